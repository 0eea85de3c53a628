"""The voices of a mirror, in their fixed order, and what each is called in a column, in a sentence and on the cover."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from survey.mirror.facts import RoundFacts
from survey.mirror.words import Words
from survey.perspectives import PERSPECTIVES, answers_by_name
from survey.scoring import REMOVED, Release

NAMED_IN_FULL: Final = 5
"""With more voices than this every column in the appendix is headed by a letter."""


@dataclass(frozen=True)
class Speaker:
    """One voice: a group without faces, or one person who answers by name."""

    id: str
    perspective: str
    is_group: bool
    answered: bool
    """Whether anything of this voice was counted: not of a group below the minimum, not of a person who kept still."""
    label: str
    """In a row: "Medewerkers", "Ondernemer 1"."""
    head: str
    """Above a column, with the group's number, which stands nowhere else: "Medewerkers (9)"."""
    spoken: str
    """In a sentence: "de medewerkers", "collega-ondernemer 1"."""
    short: str
    """Where there is no room: "O 1"."""
    on_the_cover: str
    name: str
    """Of the person; empty for a group."""
    removed: bool = False
    """Whether this person had all that was said taken out, and the name with it."""

    @property
    def opening(self) -> str:
        """The voice at the start of a sentence: "De medewerkers"."""
        return self.spoken[:1].upper() + self.spoken[1:]


def speakers_of(release: Release, facts: RoundFacts, words: Words) -> tuple[Speaker, ...]:
    """Every voice that was invited, groups first, in the order in which they stand everywhere."""
    speakers = tuple(_speakers(release, facts, words))
    if len(speakers) <= NAMED_IN_FULL:
        return speakers
    return tuple(
        speaker if speaker.is_group else replace(speaker, short=_initial(speaker, words)) for speaker in speakers
    )


def _initial(speaker: Speaker, words: Words) -> str:
    number = speaker.label.rpartition(" ")[2]
    letter = words(f"voice.{speaker.perspective}.short")
    return f"{letter} {number}" if number.isdigit() else letter


def _speakers(release: Release, facts: RoundFacts, words: Words) -> Iterator[Speaker]:
    released = {perspective.id: perspective for perspective in release.perspectives}
    size = Counter(person.perspective for person in facts.people)
    for perspective in PERSPECTIVES:
        if not answers_by_name(perspective):
            if perspective in facts.groups:
                yield _group(perspective, released[perspective].n if perspective in released else None, words)
            continue
        people = [person for person in facts.people if person.perspective == perspective]
        for number, person in enumerate(people, start=1):
            yield _voice(
                person.id,
                perspective,
                person.name,
                number if size[perspective] > 1 else 0,
                person.id in released,
                words,
            )


def _group(perspective: str, n: int | None, words: Words) -> Speaker:
    at = f"voice.{perspective}"
    label = words(f"{at}.head")
    return Speaker(
        id=perspective,
        perspective=perspective,
        is_group=True,
        answered=n is not None,
        label=label,
        head=label if n is None else f"{label} ({n})",
        spoken=words(f"{at}.spoken"),
        short=words(f"{at}.short"),
        on_the_cover=words(f"{at}.silent") if n is None else words(f"{at}.cover", n=n),
        name="",
    )


def _voice(id: str, perspective: str, name: str, number: int, answered: bool, words: Words) -> Speaker:
    at = f"voice.{perspective}"
    suffix = f" {number}" if number else ""
    label = words(f"{at}.head") + suffix
    removed = name == REMOVED
    cover = words(f"{at}.cover") + suffix
    return Speaker(
        id=id,
        perspective=perspective,
        is_group=False,
        answered=answered,
        label=label,
        head=label,
        spoken=words(f"{at}.numbered", number=number) if number else words(f"{at}.spoken"),
        short=words(f"{at}.short") + suffix if number else label,
        on_the_cover=f"{cover} ({words('words.removed')})" if removed else cover if answered else words(f"{at}.silent"),
        name=words("words.removed") if removed else name,
        removed=removed,
    )
