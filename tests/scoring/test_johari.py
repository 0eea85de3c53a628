"""Where two marks stand in the window."""

from typing import Any

import pytest

from survey.scoring.answers import CANNOT_JUDGE, NamedVoice
from survey.scoring.johari import Position, nobody_can_see, position
from tests.scoring.bakery import CHECKLIST, employees, named, released
from tests.scoring.vectors import vectors

PANES = {
    "gedeelde kracht": Position.SHARED_STRENGTH,
    "gedeelde zorg": Position.SHARED_CONCERN,
    "blinde vlek (kandidaat)": Position.BLIND_SPOT_CANDIDATE,
    "verborgen kracht (kandidaat)": Position.HIDDEN_STRENGTH_CANDIDATE,
    "gemengd": Position.MIXED,
}


@vectors("A.johari")
def test_two_marks_stand_where_the_vectors_say(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert position(given["self"], given["others"]) == PANES[expected["quadrant"]]


@pytest.mark.parametrize(
    ("own", "others", "found"),
    [
        (3.5, 3.5, Position.SHARED_STRENGTH),
        (2.5, 2.5, Position.SHARED_CONCERN),
        (3.5, 2.5, Position.BLIND_SPOT_CANDIDATE),
        (2.5, 3.5, Position.HIDDEN_STRENGTH_CANDIDATE),
        (3.4, 5, Position.MIXED),
        (5, 2.6, Position.MIXED),
    ],
)
def test_the_cuts_are_at_three_and_a_half_and_two_and_a_half(own: float, others: float, found: Position) -> None:
    assert position(own, others) == found


def test_nobody_can_see_what_every_perspective_mostly_cannot_judge() -> None:
    blind = NamedVoice("bank", {"order_book": CANNOT_JUDGE, "asks_views": CANNOT_JUDGE})
    staff = employees([2], cannot_judge=5)
    assert nobody_can_see(released(blind, staff, items=CHECKLIST), "customers")
    assert not nobody_can_see(released(blind, staff, named("peer_1", 3), items=CHECKLIST), "customers")
    assert nobody_can_see(released(blind, staff, items=CHECKLIST), "openness")


def test_where_nobody_said_anything_nothing_is_said_about_seeing() -> None:
    assert not nobody_can_see(released(named("bank", 3), items=CHECKLIST), "openness")
