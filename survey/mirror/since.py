"""Since last time: which marks moved by more than noise between two mirrors of one owner, and what stays unsaid.

A group is compared by its released cells, and not at all when one to four people joined or left, or nobody said how
many. The owner and a person who answers by name are compared by the reliable change index. A statement with other words
is another statement. It must not know how a change is drawn.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from survey.mirror.facts import EarlierMirror, NamedPerson, OwnView, RoundFacts
from survey.mirror.marks import Mark, said_of_item
from survey.mirror.reports import Moved, MovedStatement, SinceLastTime
from survey.mirror.speakers import Speaker
from survey.mirror.words import Words
from survey.scoring import (
    Change,
    Movement,
    Release,
    ScoredItem,
    VoiceCell,
    changes,
    is_reliably_changed,
    is_trend_withheld,
)

SAID: Final = {
    Movement.PROBABLY_CHANGED: "since.probably",
    Movement.POSSIBLY_CHANGED: "since.possibly",
}


@dataclass(frozen=True)
class Statements:
    """How a statement is written, by item id."""

    theme: Callable[[str], str]
    text: Callable[[str], str]


@dataclass(frozen=True)
class _Found:
    """One move on one item, with its place in the order: plain moves of groups first, then the larger."""

    item: ScoredItem
    row: Moved
    sentence: str
    size: float


def since_last_time(
    earlier: EarlierMirror,
    release: Release,
    own: OwnView,
    facts: RoundFacts,
    speakers: tuple[Speaker, ...],
    statements: Statements,
    words: Words,
) -> SinceLastTime:
    """Compare two mirrors. speakers: the voices of the later one, in their order."""
    same = tuple(item for item in release.items if item in earlier.release.items and not item.is_overall)
    found = list(_own_moves(earlier, own, same, words))
    notes = []
    for speaker in speakers:
        if speaker.is_group:
            moved, left = _of_a_group(earlier, release, speaker, words)
            found += moved
            notes += left
        else:
            found += _of_a_voice(earlier, release, facts, speaker, same, words)
    written = tuple(_written(item, found, statements) for item in _in_order(same, found))
    rest = words("since.rest" if written else "since.none")
    renewed = len({item.id for item in release.items} & {item.id for item in earlier.release.items}) - sum(
        item in earlier.release.items for item in release.items
    )
    if renewed:
        notes.append(words("since.renewed_one" if renewed == 1 else "since.renewed", count=_opening(words, renewed)))
    return SinceLastTime(
        words.season(earlier.closed_on),
        written,
        (rest, *notes, words("since.nobody")),
        words("since.question"),
        tuple(_signs(found, words)),
    )


def _signs(found: list[_Found], words: Words) -> Iterator[str]:
    if any(not one.row.is_own for one in found):
        yield words("since.signs")
    if any(one.row.is_own for one in found):
        yield words("since.own_stroke")


def _of_a_group(
    earlier: EarlierMirror, release: Release, speaker: Speaker, words: Words
) -> tuple[list[_Found], list[str]]:
    shown_before = any(one.id == speaker.id and one.n is not None for one in earlier.release.perspectives)
    if not shown_before or not speaker.answered:
        return [], []
    moved = earlier.moved.get(speaker.id)
    if moved is None:
        return [], [words("since.unknown", voice=speaker.spoken)]
    if is_trend_withheld(moved):
        return [], [words("since.withheld", voice=speaker.spoken)]
    by_item = changes(earlier.release, release, speaker.id, moved)
    found = [
        _move_of_a_group(earlier, release, speaker, item, change, words)
        for item, change in by_item.items()
        if change.movement in SAID
    ]
    at_an_end = sum(change.movement is Movement.NO_VISIBLE_CHANGE for change in by_item.values())
    key = "since.at_an_end_one" if at_an_end == 1 else "since.at_an_end"
    return found, [words(key, count=words.counted(at_an_end), voice=speaker.spoken)] if at_an_end else []


def _move_of_a_group(
    earlier: EarlierMirror, release: Release, speaker: Speaker, item: str, change: Change, words: Words
) -> _Found:
    then, now = (said_of_item(each, speaker.id, item, words) for each in (earlier.release, release))
    assert isinstance(then, Mark)
    assert isinstance(now, Mark)
    is_plain = change.movement is Movement.PROBABLY_CHANGED
    sentence = _sentence(speaker.opening, then, now, words) + " " + words(SAID[change.movement])
    row = Moved(speaker.label, False, then, now, is_plain)
    return _Found(release.item(item), row, sentence, abs(change.difference))


def _of_a_voice(
    earlier: EarlierMirror,
    release: Release,
    facts: RoundFacts,
    speaker: Speaker,
    items: tuple[ScoredItem, ...],
    words: Words,
) -> Iterator[_Found]:
    """The moves of one person, found again by name: another person in the same role is another voice."""
    before = _same_person(speaker, facts.people, earlier.people)
    if before is None:
        return
    for item in items:
        then, now = earlier.release.said(before, item.id), release.said(speaker.id, item.id)
        if isinstance(then, VoiceCell) and isinstance(now, VoiceCell):
            yield from _move_of_one(speaker.label, speaker.opening, False, item, then.mark, now.mark, words)


def _same_person(speaker: Speaker, now: tuple[NamedPerson, ...], then: tuple[NamedPerson, ...]) -> str | None:
    name = next((person.name for person in now if person.id == speaker.id), None)
    found = [person.id for person in then if (person.perspective, person.name) == (speaker.perspective, name)]
    return found[0] if len(found) == 1 else None


def _own_moves(earlier: EarlierMirror, own: OwnView, items: tuple[ScoredItem, ...], words: Words) -> Iterator[_Found]:
    for item in items:
        then, now = _healthy(item, earlier.own_answers), _healthy(item, own.answers)
        if then is not None and now is not None:
            yield from _move_of_one(words("mark.You"), words("mark.You"), True, item, then, now, words)


def _healthy(item: ScoredItem, answers: Mapping[str, object]) -> int | None:
    answer = answers.get(item.id)
    return item.healthy_side_up(answer) if isinstance(answer, int) else None


def _move_of_one(
    label: str, opening: str, is_own: bool, item: ScoredItem, then: int, now: int, words: Words
) -> Iterator[_Found]:
    if is_reliably_changed(then, now):
        marks = [Mark(mark, None, 0, text, text, short=text) for mark in (then, now) if (text := str(mark))]
        row = Moved(label, is_own, marks[0], marks[1], True)
        yield _Found(item, row, _sentence(opening, marks[0], marks[1], words), abs(now - then))


def _sentence(opening: str, then: Mark, now: Mark, words: Words) -> str:
    return words("since.moved", voice=opening, then=then.plain, now=now.plain)


def _in_order(items: tuple[ScoredItem, ...], found: list[_Found]) -> list[ScoredItem]:
    """The items that moved: where a group probably changed first, then the larger move, then the edition's order."""
    ranks = {
        item: (
            not any(one.row.after.is_group and one.row.is_plain for one in found if one.item == item),
            -max((one.size for one in found if one.item == item), default=0),
        )
        for item in items
    }
    moved = {one.item for one in found}
    return sorted((item for item in items if item in moved), key=lambda item: ranks[item])


def _written(item: ScoredItem, found: list[_Found], statements: Statements) -> MovedStatement:
    on_this = [one for one in found if one.item == item]
    return MovedStatement(
        theme=statements.theme(item.theme),
        text=statements.text(item.id),
        is_reversed=item.reverse,
        rows=tuple(one.row for one in on_this),
        sentence=" ".join(one.sentence for one in on_this),
    )


def _opening(words: Words, number: int) -> str:
    counted = words.counted(number)
    return counted[:1].upper() + counted[1:]
