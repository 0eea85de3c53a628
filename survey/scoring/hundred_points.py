"""A hundred points over possible sparring partners: asked of the owner and of named roles only, never of a group.

An allocation is a tuple of points, one per option, in the order of the options.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import exp, fsum, log
from typing import Final, TypeAlias

POINTS: Final = 100
STEP: Final = 5

Allocation: TypeAlias = Sequence[int]


class NotAHundredPoints(ValueError):
    """An allocation is not made of steps of five that add up to a hundred."""


def check_allocation(allocation: Allocation) -> None:
    """Accept points in steps of five that add up to a hundred; raises NotAHundredPoints."""
    if any(points < 0 or points % STEP for points in allocation):
        raise NotAHundredPoints("Points are given in steps of five.")
    if sum(allocation) != POINTS:
        raise NotAHundredPoints(f"The points add up to {sum(allocation)}, not to {POINTS}.")


def mean_allocation(allocations: Sequence[Allocation]) -> tuple[float, ...]:
    """The arithmetic mean of each option, in points; it adds up to a hundred again."""
    return tuple(sum(points) / len(allocations) for points in zip(*allocations, strict=True))


def named_by(allocations: Sequence[Allocation]) -> tuple[float, ...]:
    """The share of allocations, in per cent, that gives an option anything at all."""
    return tuple(
        100 * sum(points > 0 for points in column) / len(allocations) for column in zip(*allocations, strict=True)
    )


def centre(allocations: Sequence[Allocation]) -> tuple[float, ...]:
    """The closed geometric mean of each option, in per cent (Aitchison 1986).

    Zeroes are replaced beforehand by (1 / D)^2 of the whole, D options, and the rest shrinks to make room for them.
    """
    logs = [[log(share) for share in _without_zeroes(allocation)] for allocation in allocations]
    means = [exp(fsum(column) / len(allocations)) for column in zip(*logs, strict=True)]
    return tuple(100 * mean / fsum(means) for mean in means)


def _without_zeroes(allocation: Allocation) -> list[float]:
    small = 1 / len(allocation) ** 2
    left = 1 - small * sum(points == 0 for points in allocation)
    return [left * points / sum(allocation) if points else small for points in allocation]


def rounded_to_whole(values: Sequence[float]) -> tuple[int, ...]:
    """Whole numbers with the same rounded sum: the largest remainders go up, the first of equals first (Hamilton)."""
    exact = [Fraction(value).limit_denominator(10**9) for value in values]
    floors = [value.__floor__() for value in exact]
    missing = round(sum(exact)) - sum(floors)
    by_remainder = sorted(range(len(exact)), key=lambda index: floors[index] - exact[index])
    raised = set(by_remainder[:missing])
    return tuple(floor + (index in raised) for index, floor in enumerate(floors))
