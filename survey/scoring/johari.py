"""The Johari window: where a mark of the owner and one of a perspective stand together.

A position is a place to look, never a verdict by itself. Luft & Ingham 1955, with fixed cuts on the scale of 1 to 5.
"""

from enum import StrEnum

from survey.scoring.method import METHOD
from survey.scoring.releases import Release
from survey.scoring.visibility import Sight


class Position(StrEnum):
    """A pane of the window, or none of them."""

    SHARED_STRENGTH = "shared_strength"
    SHARED_CONCERN = "shared_concern"
    BLIND_SPOT_CANDIDATE = "blind_spot_candidate"
    HIDDEN_STRENGTH_CANDIDATE = "hidden_strength_candidate"
    MIXED = "mixed"


_PANES = {
    (True, True): Position.SHARED_STRENGTH,
    (False, False): Position.SHARED_CONCERN,
    (True, False): Position.BLIND_SPOT_CANDIDATE,
    (False, True): Position.HIDDEN_STRENGTH_CANDIDATE,
}


def position(own: float, others: float) -> Position:
    """The pane of two marks with high as the healthy end; a clipped cell counts as the end it is clipped at."""
    own_side, others_side = _is_high(own), _is_high(others)
    if own_side is None or others_side is None:
        return Position.MIXED
    return _PANES[own_side, others_side]


def _is_high(mark: float) -> bool | None:
    if mark >= METHOD.high:
        return True
    return False if mark <= METHOD.low else None


def nobody_can_see(release: Release, theme: str) -> bool:
    """Whether every perspective that said anything about the theme mostly could not judge it."""
    levels = [seen.level for seen in release.visibility if seen.theme == theme]
    return bool(levels) and all(level is Sight.CANNOT_SEE for level in levels)
