"""Ways of publishing that leak, planted for the auditor to find, and others' schemes to compare ours with."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from fractions import Fraction
from statistics import pstdev

from survey.scoring.items import FIVE_POINT, Scale
from survey.scoring.schemes import ITEM_SCHEME, RoundedMean, ShownRange, Totals

Histogram = tuple[int, ...]


@dataclass(frozen=True)
class OfHistogram:
    """Publishes anything at all about a group: its totals are the counts of each mark."""

    says: Callable[[Histogram], Hashable]
    scale: Scale = FIVE_POINT

    def weigh(self, mark: int, n: int) -> Totals:
        return tuple(int(mark == other) for other in self.scale.marks())

    def published(self, n: int, totals: Totals) -> Hashable:
        return self.says(totals)


def marks_of(histogram: Histogram) -> list[int]:
    return [mark for mark, count in enumerate(histogram, start=1) for _ in range(count)]


def standard_deviation(histogram: Histogram) -> Hashable:
    return mean_in_halves(histogram), round(pstdev(marks_of(histogram)), 1)


def mean_in_halves(histogram: Histogram) -> Hashable:
    return ITEM_SCHEME.figure(marks_of(histogram))


def lowest_and_highest(histogram: Histogram) -> Hashable:
    marks = marks_of(histogram)
    return mean_in_halves(histogram), min(marks), max(marks)


def whole_distribution(histogram: Histogram) -> Hashable:
    return histogram


def share_of_fours_and_fives(histogram: Histogram) -> Hashable:
    return mean_in_halves(histogram), sum(histogram[3:])


def three_bands(histogram: Histogram) -> Hashable:
    marks = marks_of(histogram)
    mean = Fraction(sum(marks), len(marks))
    return -1 if mean <= Fraction(5, 2) else 1 if mean >= Fraction(7, 2) else 0


def unclipped(step: Fraction) -> RoundedMean:
    return RoundedMean(FIVE_POINT, step, (ShownRange(1, 1, 5),))


@dataclass(frozen=True)
class WiderRange(RoundedMean):
    """Halves between one and a half and four and a half, which a range in whole marks cannot say."""

    def published(self, n: int, totals: Totals) -> Hashable:  # type: ignore[override]  # says less than a Figure
        halves = min(max((4 * totals[0] + n) // (2 * n), 3), 9)
        return Fraction(halves, 2)


TENTHS = unclipped(Fraction(1, 10))
HALVES_WITHOUT_CLIP = unclipped(Fraction(1, 2))
HALVES_IN_A_WIDER_RANGE = WiderRange(FIVE_POINT, Fraction(1, 2), (ShownRange(1, 1, 5),))
