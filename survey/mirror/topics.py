"""Which statements the mirror speaks about: by level of the verdict, then size of the gap, then order in the edition.

At most three strengths that are shared, three that only the others see, three differences and three things that can be
better. A statement stands in one place only. Every choice is a function of released cells and the owner's own answers.
It must not know any sentence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from survey.questionnaires import Item, Questionnaire
from survey.scoring import (
    METHOD,
    Level,
    Position,
    Release,
    ShownCell,
    SuppressedCell,
    Verdict,
    VoiceCell,
    Word,
    position,
)

MOST: Final = 3

Direction = Literal["self_higher", "self_lower"]

SPEAKS: Final = (Word.BLIND_SPOT, Word.HIDDEN_STRENGTH, Word.ONE_VOICE_CLEAR_DIFFERENCE)
"""The words at which the distance is drawn thick."""

LEVELS: Final[Mapping[Word, int]] = {
    Word.BLIND_SPOT: 0,
    Word.HIDDEN_STRENGTH: 0,
    Word.ONE_VOICE_CLEAR_DIFFERENCE: 1,
    Word.POSSIBLE_DIFFERENCE: 2,
}
"""A group's verdict first, then one person's clear difference, then a difference that is only possible."""

ALIKE: Final[Mapping[Word, int]] = {Word.IN_AGREEMENT: 0, Word.ONE_VOICE_ALIKE: 1}


@dataclass(frozen=True)
class Topic:
    """A statement that was chosen, and the voice that made it so."""

    item: str
    leader: Verdict
    direction: Direction
    parties_disagree: bool = False
    is_expectation: bool = False


@dataclass(frozen=True)
class Topics:
    """All that was chosen, each list in the order in which it is shown."""

    shared_strengths: tuple[Topic, ...]
    hidden_strengths: tuple[Topic, ...]
    differences: tuple[Topic, ...]
    shared_concerns: tuple[Topic, ...]


@dataclass(frozen=True)
class _Views:
    """One item as the owner and every voice see it."""

    item: Item
    order: int
    own: int | None
    shown: Mapping[str, ShownCell | VoiceCell]
    verdicts: tuple[Verdict, ...]

    def position(self, speaker: str) -> Position:
        """Where owner and voice stand together in the Johari window."""
        cell = self.shown[speaker]
        return position(self.own or 0, cell.mean if isinstance(cell, ShownCell) else cell.mark)


def choose(release: Release, edition: Questionnaire, own: Mapping[str, int], all_verdicts: Sequence[Verdict]) -> Topics:
    """Choose the statements of a mirror. `own`: the owner's marks with high as the healthy end, by item id."""
    views = [_views(release, item, order, own, all_verdicts) for order, item in enumerate(edition.items)]
    apart = sorted(filter(None, map(_difference, views)), key=lambda found: found[0])
    hidden = [topic for key, topic in apart if key.is_strength][:MOST]
    expectation = _expectation(edition, all_verdicts)
    room = MOST - len(expectation)
    differences = [topic for key, topic in apart if not key.is_strength]
    return Topics(
        shared_strengths=_shared(views, Position.SHARED_STRENGTH),
        hidden_strengths=tuple(hidden),
        differences=(*differences[:room], *expectation),
        shared_concerns=_shared(views, Position.SHARED_CONCERN),
    )


def _views(release: Release, item: Item, order: int, own: Mapping[str, int], all_verdicts: Iterable[Verdict]) -> _Views:
    shown = {
        perspective.id: cell
        for perspective in release.perspectives
        if not isinstance(cell := release.cell(perspective.id, item.id), SuppressedCell)
    }
    on_this = tuple(
        verdict
        for verdict in all_verdicts
        if verdict.level is Level.ITEM and verdict.id == item.id and verdict.gap is not None
    )
    return _Views(item, order, own.get(item.id), shown, on_this)


@dataclass(frozen=True, order=True)
class _Rank:
    """The order among the differences. Statements about the owner that he sees higher come first in their level."""

    level: int
    is_no_blind_spot: bool
    size: float
    order: int
    is_strength: bool


def _difference(views: _Views) -> tuple[_Rank, Topic] | None:
    apart = [verdict for verdict in views.verdicts if verdict.word in LEVELS]
    if not apart or views.item.predicted:
        return None
    leader = min(apart, key=_strongest)
    gaps = [verdict.gap or 0.0 for verdict in views.verdicts]
    disagree = max(gaps) >= METHOD.delta and min(gaps) <= -METHOD.delta
    direction = _direction(leader)
    assert leader.perspective is not None
    is_strength = direction == "self_lower" and not disagree and _is_high(views.shown[leader.perspective])
    is_blind_spot = views.item.kind == "soft" and views.item.referent == "owner" and direction == "self_higher"
    rank = _Rank(LEVELS[leader.word], not is_blind_spot, -abs(leader.gap or 0.0), views.order, is_strength)
    return rank, Topic(views.item.id, leader, direction, parties_disagree=disagree)


def _strongest(verdict: Verdict) -> tuple[int, float]:
    return LEVELS[verdict.word], -abs(verdict.gap or 0.0)


def _direction(verdict: Verdict) -> Direction:
    return "self_higher" if (verdict.gap or 0.0) > 0 else "self_lower"


def _is_high(cell: ShownCell | VoiceCell) -> bool:
    return (cell.mean if isinstance(cell, ShownCell) else cell.mark) >= METHOD.high


def _expectation(edition: Questionnaire, all_verdicts: Iterable[Verdict]) -> tuple[Topic, ...]:
    """The prediction that differs most from its answer. Help that was not expected goes before any other."""
    predicted = {item.id for item in edition.items if item.predicted}
    apart = [
        verdict
        for verdict in all_verdicts
        if verdict.level is Level.PREDICTION and verdict.id in predicted and verdict.word in LEVELS
    ]
    if not apart:
        return ()
    leader = min(apart, key=lambda verdict: (_direction(verdict) == "self_higher", *_strongest(verdict)))
    return (Topic(leader.id, leader, _direction(leader), is_expectation=True),)


def _shared(views: Iterable[_Views], pane: Position) -> tuple[Topic, ...]:
    """Statements on which owner and others stand in the same pane, and nobody stands in the other."""
    found = []
    for each in views:
        if each.own is None or each.item.theme == "overall":
            continue
        alike = [
            verdict
            for verdict in each.verdicts
            if verdict.word in ALIKE and verdict.perspective and each.position(verdict.perspective) is pane
        ]
        others = [_side(cell) for cell in each.shown.values()]
        against = "low" if pane is Position.SHARED_STRENGTH else "high"
        if not alike or against in others or any(verdict.word in SPEAKS for verdict in each.verdicts):
            continue
        leader = min(alike, key=lambda verdict: (ALIKE[verdict.word], abs(verdict.gap or 0.0)))
        rank = (ALIKE[leader.word], -len(alike), abs(leader.gap or 0.0), each.order)
        found.append((rank, Topic(each.item.id, leader, "self_higher")))
    return tuple(topic for _, topic in sorted(found, key=lambda one: one[0])[:MOST])


def _side(cell: ShownCell | VoiceCell) -> str:
    mark = cell.mean if isinstance(cell, ShownCell) else cell.mark
    if mark >= METHOD.high:
        return "high"
    return "low" if mark <= METHOD.low else "between"
