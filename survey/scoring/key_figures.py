"""Three key figures of the owner beside three of the accountant: what they share, beside what chance would give."""

from collections.abc import Collection
from dataclasses import dataclass
from math import comb


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two lists share; shares and chances from 0 to 1."""

    common: tuple[str, ...]
    jaccard: float
    of_the_shorter: float
    at_least_by_chance: float


def overlap(one: Collection[str], other: Collection[str], catalogue: int) -> Overlap:
    """Compare two lists drawn from a catalogue of so many key figures; raises ValueError for an empty list.

    Jaccard 1901; by chance: the hypergeometric chance that two blind lists share at least as many.
    """
    if not one or not other:
        raise ValueError("Both lists name at least one key figure.")
    first, second = set(one), set(other)
    common = first & second
    return Overlap(
        common=tuple(sorted(common)),
        jaccard=len(common) / len(first | second),
        of_the_shorter=len(common) / min(len(first), len(second)),
        at_least_by_chance=chance_of_at_least(len(common), len(first), len(second), catalogue),
    )


def chance_of_at_least(shared: int, first: int, second: int, catalogue: int) -> float:
    """The hypergeometric chance, from 0 to 1, that two blind lists of these lengths share at least so many."""
    ways = sum(
        comb(first, count) * comb(catalogue - first, second - count) for count in range(shared, min(first, second) + 1)
    )
    return ways / comb(catalogue, second)
