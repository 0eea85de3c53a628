"""The disclosure auditor: may a release of this shape exist, whatever the answers were?

It never sees an answer. It is given the shape (which cells, over whose answers, how many, by which scheme, and what
was released of the group before) and says for all data sets of that shape which marks stay possible for another
person: for an outsider, for a colleague who knows one answer (his own), for two who put theirs together. It goes
through every data set of whole marks; above `ENUMERATED_TO` answers it trusts a proof that a test redoes.
Named voices are exempt by declaration: they are not part of a shape.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import combinations_with_replacement
from typing import Final

from survey.scoring.cells import Band
from survey.scoring.items import FIVE_POINT, REPORT_MARK
from survey.scoring.method import METHOD
from survey.scoring.schemes import GUT_FEELING_SCHEME, ITEM_SCHEME, Scheme, Totals

ENUMERATED_TO: Final = 12
PROVED_ABOVE: Final[tuple[Scheme, ...]] = (ITEM_SCHEME, GUT_FEELING_SCHEME)
"""Schemes that leave an outsider and one insider every mark from ENUMERATED_TO answers on; tests/scoring proves it."""

INSIDER_KEEPS: Final = {(FIVE_POINT, 5): 3, (FIVE_POINT, 6): 4, (REPORT_MARK, 5): 9}
"""Fewest marks that must stay possible for one insider, by scale and count; the whole scale where none is named.

Three of five marks are never only the two lowest or the two highest, so the side is kept open as well.
"""


class Fact(StrEnum):
    """What is wrong with a shape."""

    TOO_FEW_VALUES_LEFT = "too_few_values_left"
    NOT_PROVED = "not_proved"
    COUNT_PUBLISHED = "count_published"
    ANSWER_IN_TWO_CELLS = "answer_in_two_cells"
    RELEASED_TOO_SOON = "released_too_soon"


@dataclass(frozen=True, slots=True)
class CellShape:
    """One cell that would be shown: `n` marks by a scheme, of the groups in `answers_of`, its count as `published`."""

    perspective: str
    item: str
    n: int
    scheme: Scheme
    published: Band | int
    answers_of: frozenset[str]


@dataclass(frozen=True, slots=True)
class EarlierRelease:
    """What was released of an anonymous group before, and how many days lie between the closing dates."""

    perspective: str
    items: frozenset[str]
    days: int


@dataclass(frozen=True, slots=True)
class Shape:
    """Everything a release would show of anonymous groups, without a single answer."""

    cells: tuple[CellShape, ...]
    earlier: tuple[EarlierRelease, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One cell that may not be shown, and why."""

    perspective: str
    item: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Audit:
    """What the auditor found; a release without findings has passed."""

    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.findings


def audit(shape: Shape) -> Audit:
    """Every cell of the shape that would tell too much, in the order of the shape."""
    shared = _cells_that_share_answers(shape.cells)
    return Audit(
        tuple(
            Finding(cell.perspective, cell.item, fact)
            for cell in shape.cells
            for fact in _facts_against(cell, cell in shared, shape.earlier)
        )
    )


def _facts_against(cell: CellShape, shares_answers: bool, earlier: tuple[EarlierRelease, ...]) -> Iterator[Fact]:
    weakness = weakness_of(cell.scheme, cell.n)
    if weakness is not None:
        yield weakness
    if isinstance(cell.published, int):
        yield Fact.COUNT_PUBLISHED
    if shares_answers:
        yield Fact.ANSWER_IN_TWO_CELLS
    if any(_comes_too_soon_after(release, cell) for release in earlier):
        yield Fact.RELEASED_TOO_SOON


def _cells_that_share_answers(cells: Iterable[CellShape]) -> set[CellShape]:
    """Cells of one item that hold answers of the same group: their difference would be a cell nobody released."""
    by_answers: dict[tuple[str, str], list[CellShape]] = {}
    for cell in cells:
        for group in cell.answers_of:
            by_answers.setdefault((cell.item, group), []).append(cell)
    return {cell for sharing in by_answers.values() if len(sharing) > 1 for cell in sharing}


def _comes_too_soon_after(release: EarlierRelease, cell: CellShape) -> bool:
    return is_too_soon(release.days) and release.perspective in cell.answers_of and cell.item in release.items


def is_too_soon(days: int) -> bool:
    """Whether an item may not be released again for an anonymous group, so many days after the last closing date."""
    return days < METHOD.days_between_releases


@cache
def weakness_of(scheme: Scheme, n: int) -> Fact | None:
    """What is wrong with publishing n marks by this scheme, over all data sets; None when nothing is."""
    if n > ENUMERATED_TO:
        return None if scheme in PROVED_ABOVE else Fact.NOT_PROVED
    every = len(scheme.scale.marks())
    if guarantee(scheme, n, known=0) < every:
        return Fact.TOO_FEW_VALUES_LEFT
    if guarantee(scheme, n, known=1) < INSIDER_KEEPS.get((scheme.scale, n), every):
        return Fact.TOO_FEW_VALUES_LEFT
    return None


def guarantee(scheme: Scheme, n: int, known: int) -> int:
    """How many marks stay possible for another person at the very least, whatever n people answered.

    `known` answers are known to the attacker: 0 for an outsider, 1 for a colleague, 2 for two together.
    """
    return min(len(left) for left in sets_left(scheme, n, known))


def sets_left(scheme: Scheme, n: int, known: int) -> set[frozenset[int]]:
    """Every set of marks that can stay possible for another person, over all data sets and all known answers."""
    return {
        left
        for answers in combinations_with_replacement(scheme.scale.marks(), known)
        for left in marks_left(scheme, n, answers).values()
    }


def marks_left(scheme: Scheme, n: int, known: tuple[int, ...]) -> dict[Hashable, frozenset[int]]:
    """For each figure that can be published: the marks that another person can have given.

    n: how many answered, all of them counted. known: the answers the attacker knows for certain, at most n - 1.
    A mark is possible when some data set of n whole marks holds it and the known ones and is published as that figure.
    """
    left: dict[Hashable, set[int]] = {}
    weights = weights_of_marks(scheme, n)
    of_known = [weights[mark - scheme.scale.low] for mark in known]
    for others in totals_of_every_data_set(weights, n - len(known) - 1):
        for mark, weight in zip(scheme.scale.marks(), weights, strict=True):
            left.setdefault(_published(scheme, n, _sum(others, weight, *of_known)), set()).add(mark)
    return {figure: frozenset(marks) for figure, marks in left.items()}


def weights_of_marks(scheme: Scheme, n: int) -> tuple[Totals, ...]:
    """What each mark of the scale adds to the totals, lowest mark first."""
    return tuple(scheme.weigh(mark, n) for mark in scheme.scale.marks())


@cache
def totals_of_every_data_set(weights: tuple[Totals, ...], n: int) -> frozenset[Totals]:
    """The totals of all data sets of n marks with these weights: a scheme sees no more of a data set than these."""
    if n == 0:
        return frozenset({(0,) * len(weights[0])})
    return frozenset(_sum(totals, weight) for totals in totals_of_every_data_set(weights, n - 1) for weight in weights)


@cache
def _published(scheme: Scheme, n: int, totals: Totals) -> Hashable:
    return scheme.published(n, totals)


def _sum(*totals: Totals) -> Totals:
    return tuple(map(sum, zip(*totals, strict=True)))
