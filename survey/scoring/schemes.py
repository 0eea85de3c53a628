"""What is published of the marks in one cell: one rounded and clipped mean, and from twelve answers one word.

A scheme is pure arithmetic on whole numbers. It reads a data set only through sums over its answers (`weigh`), which
is what lets the auditor go through every data set there is. It knows nothing of groups, rounds or people.
"""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple, Protocol

from survey.scoring.cells import Edge, Spread
from survey.scoring.items import FIVE_POINT, REPORT_MARK, Scale
from survey.scoring.method import METHOD

Totals = tuple[int, ...]


class Scheme(Protocol):
    """A way of publishing something about n marks on a scale."""

    @property
    def scale(self) -> Scale:
        """The marks that an answer can be."""

    def __hash__(self) -> int:
        """Schemes are values: the auditor remembers what it found about each."""

    def weigh(self, mark: int, n: int) -> Totals:
        """What one of n marks adds to the totals from which the published figure is made."""

    def published(self, n: int, totals: Totals) -> Hashable:
        """What the world sees of n marks with these totals."""


class Figure(NamedTuple):
    """The whole of what a cell says about its marks."""

    mean: float
    edge: Edge | None
    spread: Spread | None


class ShownRange(NamedTuple):
    """From `answers` answers on, a mean is shown as lying within `lowest` and `highest`."""

    answers: int
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class RoundedMean:
    """The mean, rounded half-up to `step` and clipped to the shown range of its count.

    `spread_from` is the count from which the cell says whether the group is divided, `spread_at_edge_from` the same
    for a clipped cell; None means never.
    """

    scale: Scale
    step: Fraction
    ranges: tuple[ShownRange, ...]
    spread_from: int | None = None
    spread_at_edge_from: int | None = None

    def weigh(self, mark: int, n: int) -> Totals:
        if self.spread_from is None or n < self.spread_from:
            return (mark,)
        return (mark, mark * mark)

    def published(self, n: int, totals: Totals) -> Figure:
        mean, edge = self._clipped(n, rounded_half_up(totals[0], n, self.step))
        says_from = self.spread_from if edge is None else self.spread_at_edge_from
        if says_from is None or n < says_from:
            return Figure(mean, edge, None)
        return Figure(mean, edge, spread_of(n, *totals))

    def figure(self, marks: Collection[int]) -> Figure:
        """What is published of these marks."""
        n = len(marks)
        return self.published(n, tuple(map(sum, zip(*(self.weigh(mark, n) for mark in marks), strict=True))))

    def _clipped(self, n: int, mean: Fraction) -> tuple[float, Edge | None]:
        shown = next(shown for shown in reversed(self.ranges) if n >= shown.answers)
        if mean <= shown.lowest:
            return float(shown.lowest), Edge.LOW
        if mean >= shown.highest:
            return float(shown.highest), Edge.HIGH
        return float(mean), None


def rounded_half_up(total: int, n: int, step: Fraction) -> Fraction:
    """total / n to the nearest multiple of step, halves upward, in whole numbers (vector round-halfup)."""
    steps = (2 * total * step.denominator + n * step.numerator) // (2 * n * step.numerator)
    return steps * step


def spread_of(n: int, total: int, squares: int) -> Spread:
    """Divided from a sample variance of 1.5: (n * sum of squares - total squared) / (n * (n - 1))."""
    limit = METHOD.divided_from
    is_divided = (n * squares - total * total) * limit.denominator >= limit.numerator * n * (n - 1)
    return Spread.DIVIDED if is_divided else Spread.AGREED


# At a clipped end the word would cost a colleague's neighbour a value below fifteen answers: whoever answered 5 in a
# group of twelve that is "2,0 of lager" and agreed knows that nobody else did. So a clipped cell says it one band
# later; the auditor's table proves both counts.
ITEM_SCHEME: Final = RoundedMean(
    FIVE_POINT, Fraction(1, 2), (ShownRange(1, 2, 4),), spread_from=12, spread_at_edge_from=20
)

# No word about spread here: a variance of 1.5 is nothing on a scale of ten.
GUT_FEELING_SCHEME: Final = RoundedMean(REPORT_MARK, Fraction(1), (ShownRange(1, 4, 7), ShownRange(8, 4, 8)))

SCHEMES: Final = {scheme.scale: scheme for scheme in (ITEM_SCHEME, GUT_FEELING_SCHEME)}
"""The one scheme of each scale; a scale without one cannot be released for a group."""
