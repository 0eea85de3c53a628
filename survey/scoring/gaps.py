"""The gap between two views of one thing, and what may be said of it.

A gap is signed: own view minus the others'. Of a group it is an estimate, weighed by a normal model with constants that
are fixed beforehand (`method.py`), because a spread taken from the group itself would leak. Of a single named voice it
is a fact. Everything here reads released cells only.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import erfc, sqrt

from survey.scoring.cells import Edge, ShownCell, VoiceCell
from survey.scoring.method import METHOD


class Word(StrEnum):
    """What is said of a gap."""

    BLIND_SPOT = "blind_spot"
    HIDDEN_STRENGTH = "hidden_strength"
    POSSIBLE_DIFFERENCE = "possible_difference"
    IN_AGREEMENT = "in_agreement"
    UNCERTAIN = "uncertain"
    NOT_ENOUGH_INFORMATION = "not_enough_information"
    PARTIES_DISAGREE = "parties_disagree"
    ONE_VOICE_ALIKE = "one_voice_alike"
    ONE_VOICE_SMALL_DIFFERENCE = "one_voice_small_difference"
    ONE_VOICE_CLEAR_DIFFERENCE = "one_voice_clear_difference"


@dataclass(frozen=True, slots=True)
class Chances:
    """What the normal model makes of a gap: the chances that the true one is over, under or within."""

    over: float
    under: float
    agree: float


def gap_to(own: float, cell: ShownCell | VoiceCell) -> float:
    """own minus the cell, in points; of a clipped cell the nearest point of its open interval counts.

    Own 5 against "4,0 of hoger" is no gap: the group may have meant 5 as well.
    """
    if isinstance(cell, VoiceCell):
        return own - cell.mark
    gap = own - cell.mean
    if cell.edge is Edge.HIGH:
        return min(gap, 0.0)
    return max(gap, 0.0) if cell.edge is Edge.LOW else gap


def variance_of(cell: ShownCell | VoiceCell) -> float:
    """How far the cell may lie from its perspective's true mean, in points squared (scoring.md 4.2).

    sigma^2 / n, n the lower bound of the published band, and step^2 / 12 for the rounding; one voice is not rounded.
    """
    if isinstance(cell, VoiceCell):
        return METHOD.sigma**2
    return METHOD.sigma**2 / cell.band.at_least + METHOD.step**2 / 12


@lru_cache(maxsize=4096)
def chances_of(gap: float, variance: float) -> Chances:
    """The chances under the posterior Normal(B gap, B variance), with B = tau^2 / (tau^2 + variance) (scoring.md 4.3).

    gap in points, variance in points squared.
    """
    shrinkage = METHOD.tau**2 / (METHOD.tau**2 + variance)
    mean, deviation = shrinkage * gap, sqrt(shrinkage * variance)
    return Chances(
        over=_chance_above((METHOD.eps - mean) / deviation),
        under=_chance_above((METHOD.eps + mean) / deviation),
        agree=_chance_above((-METHOD.delta - mean) / deviation) - _chance_above((METHOD.delta - mean) / deviation),
    )


def _chance_above(z: float) -> float:
    """The standard normal upper tail, exact also far out."""
    return erfc(z / sqrt(2)) / 2


def word_for(gap: float, chances: Chances) -> Word:
    """What is said of a gap to a group (scoring.md 4.4)."""
    if gap >= METHOD.delta and chances.over >= METHOD.p_flag:
        return Word.BLIND_SPOT
    if gap <= -METHOD.delta and chances.under >= METHOD.p_flag:
        return Word.HIDDEN_STRENGTH
    return word_without_a_flag(gap, chances)


def word_without_a_flag(gap: float, chances: Chances) -> Word:
    """What is said of a gap that is neither a blind spot nor a hidden strength."""
    if abs(gap) >= METHOD.delta and max(chances.over, chances.under) >= METHOD.p_hint:
        return Word.POSSIBLE_DIFFERENCE
    if abs(gap) < METHOD.delta and chances.agree >= METHOD.p_agree:
        return Word.IN_AGREEMENT
    return Word.UNCERTAIN


def word_for_one_voice(gap: float) -> Word:
    """What is said of a gap to one named voice: a fact, without chances (scoring.md 4.5)."""
    if abs(gap) >= METHOD.clear_difference:
        return Word.ONE_VOICE_CLEAR_DIFFERENCE
    return Word.ONE_VOICE_SMALL_DIFFERENCE if abs(gap) >= METHOD.delta else Word.ONE_VOICE_ALIKE
