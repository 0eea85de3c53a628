"""The cells of a release, and the rules that decide on counts alone whether one may be shown.

A cell is shown, one voice's, or suppressed, and each is a type of its own: no template can print a number that is not
there. A shown cell carries the band of its count, never the count. Nothing here looks at the value of an answer.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from survey.scoring.method import METHOD


class Reason(StrEnum):
    """Why a cell is suppressed, in the order of testing."""

    TOO_FEW_INVITED = "too_few_invited"
    MOST_CANNOT_JUDGE = "most_cannot_judge"
    TOO_FEW_ANSWERS = "too_few_answers"


class Edge(StrEnum):
    """The end at which a mean is clipped: "2,0 of lager" or "4,0 of hoger"."""

    LOW = "low"
    HIGH = "high"


class Coverage(StrEnum):
    """Which part of those who spoke could judge."""

    ALMOST_ALL = "almost_all"
    MORE_THAN_HALF = "more_than_half"


class Spread(StrEnum):
    """Whether a large group is of one mind."""

    AGREED = "agreed"
    DIVIDED = "divided"


class Band(NamedTuple):
    """The published range of a count of answers; `at_most` is None for the highest."""

    at_least: int
    at_most: int | None


BANDS = (Band(5, 7), Band(8, 11), Band(12, 19), Band(20, 39), Band(40, None))


@dataclass(frozen=True, slots=True)
class ShownCell:
    """What is published of one item as an anonymous group sees it; `mean` is a multiple of the scheme's step."""

    perspective: str
    item: str
    mean: float
    edge: Edge | None
    band: Band
    coverage: Coverage
    spread: Spread | None


@dataclass(frozen=True, slots=True)
class VoiceCell:
    """The mark of one named voice, with high as the healthy end."""

    perspective: str
    item: str
    mark: int


@dataclass(frozen=True, slots=True)
class SuppressedCell:
    """A cell of which nothing but the reason is known."""

    perspective: str
    item: str
    reason: Reason


Cell: TypeAlias = ShownCell | VoiceCell | SuppressedCell


def band_of(n: int) -> Band:
    """The band that holds a count of answers; raises ValueError below the lowest band."""
    for band in reversed(BANDS):
        if n >= band.at_least:
            return band
    raise ValueError("A count below the lowest band is never published.")


def is_share(part: int, whole: int, share: Fraction) -> bool:
    """Whether `part` of `whole` is at least `share`, in whole numbers."""
    return part * share.denominator >= whole * share.numerator


def reason_to_suppress(valid: int, cannot_judge: int, invited: int, k: int = METHOD.k) -> Reason | None:
    """The first reason that applies, or None: a function of counts, never of values (scoring.md section 2)."""
    spoke = valid + cannot_judge
    if invited < k:
        return Reason.TOO_FEW_INVITED
    if spoke >= k and not is_share(valid, spoke, METHOD.half_judged):
        return Reason.MOST_CANNOT_JUDGE
    if valid < k:
        return Reason.TOO_FEW_ANSWERS
    return None


def coverage_of(valid: int, cannot_judge: int) -> Coverage:
    """How many of those who spoke could judge, in two words."""
    if is_share(valid, valid + cannot_judge, METHOD.nearly_all_judged):
        return Coverage.ALMOST_ALL
    return Coverage.MORE_THAN_HALF
