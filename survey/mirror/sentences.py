"""The sentences of a mirror, made by rules from marks: which voices are named, and in what words.

A number, then a question. Every rule stands in `docs/report/rules.md` with an example, and every sentence that can be
made is read by a test for adjectives and for words that never appear. It must not know how a topic was chosen.
"""

from collections.abc import Sequence

from survey.mirror.marks import Mark
from survey.mirror.reports import Row, Statement, Strip
from survey.mirror.speakers import Speaker
from survey.mirror.words import Words
from survey.scoring import METHOD


def quoted(statement: str) -> str:
    """A statement as it stands inside another sentence: without its full stop."""
    return statement.removesuffix(".")


def gives(speaker: Speaker, mark: Mark, words: Words) -> str:
    """What a voice does: "geven 2,5", "geeft een 4"."""
    return words("opening.group_gives" if speaker.is_group else "opening.one_gives", mark=mark.plain)


def marks_named(statement: Statement, words: Words, owner: str = "") -> str:
    """ "Jij: 5. De medewerkers: 2,5. De bank: 2." — the owner, the groups, and the persons with whom the rule speaks.

    When it speaks with nobody by name, and no group is shown, everybody who said something is named. owner: what to
    call the owner when somebody else is the reader.
    """
    said = [(row, row.said) for row in statement.strip.rows if isinstance(row.said, Mark)]
    named = [(row, mark) for row, mark in said if row.speaker.is_group or row.speaks] or said
    own = statement.strip.own_text
    parts = [words("differ.voice_mark", voice=owner, mark=own) if owner else words("differ.you_mark", mark=own)]
    parts += [words("differ.voice_mark", voice=row.speaker.opening, mark=mark.text) for row, mark in named]
    return " ".join(parts)


def feelings_apart(strip: Strip, words: Words) -> str:
    """ "Over het gevoel lopen jullie uiteen: jij 3, de accountant 7." — empty when nobody by name is that far away.

    Of the gut feeling there is no verdict, so of a group nothing is said: its constants are not for this scale.
    """
    apart = persons_apart(strip)
    if not apart:
        return ""
    voices = ", ".join(f"{row.speaker.spoken} {mark.plain}" for row, mark in apart)
    return words("short.feeling_apart", own=strip.own_text, voices=voices)


def persons_apart(strip: Strip) -> list[tuple[Row, Mark]]:
    """Return who answered by name and is as far from the owner as makes one person's difference clear."""
    if strip.own is None:
        return []
    marks = [(row, row.said) for row in strip.rows if isinstance(row.said, Mark) and not row.speaker.is_group]
    return [(row, mark) for row, mark in marks if abs(mark.value - strip.own) >= METHOD.clear_difference]


def expectation_met(row: Row, words: Words, owner: str = "") -> str:
    """ "Je verwachtte 2, de bank zegt 4." Or "Karin verwachtte 2": owner, as in `marks_named`."""
    assert isinstance(row.said, Mark)
    key = ("differ.owner_" if owner else "differ.") + ("expected_group" if row.speaker.is_group else "expected_one")
    return words(key, owner=owner, expected=row.expected, voice=row.speaker.spoken, mark=row.said.plain)


def of_a_statement(key: str, statement: Statement, row: Row, words: Words) -> tuple[str, ...]:
    """A sentence about one statement and one voice, in the parts that its words have."""
    assert isinstance(row.said, Mark)
    places = {
        "statement": quoted(statement.text),
        "reversed": words("opening.reversed") if statement.is_reversed else "",
        "own": statement.strip.own_text,
        "expected": row.expected,
        "voice": row.speaker.spoken,
        "gives": gives(row.speaker, row.said, words),
    }
    return words.lines(key, **places) if key.startswith("opening.start_") else (words(key, **places),)


def row_of(rows: Sequence[Row], speaker: str | None) -> Row:
    """The row of this voice."""
    return next(row for row in rows if row.speaker.id == speaker)
