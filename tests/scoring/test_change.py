"""What may be said of a change between two rounds, and when nothing may be."""

from dataclasses import replace
from typing import Any

import pytest

from survey.scoring.audit import is_too_soon
from survey.scoring.cells import ShownCell
from survey.scoring.change import (
    Movement,
    TrendWithheld,
    change,
    changes,
    is_reliably_changed,
    is_trend_withheld,
    measurement_error,
    reliable_change_index,
)
from tests.scoring.bakery import CHECKLIST, ORDER_BOOK, cell_of, employees, named, released
from tests.scoring.vectors import vectors

MOVEMENTS = {
    "waarschijnlijk-veranderd": Movement.PROBABLY_CHANGED,
    "mogelijk-veranderd": Movement.POSSIBLY_CHANGED,
    "niet-zichtbaar-veranderd": Movement.NO_VISIBLE_CHANGE,
    "geen-aanwijzing": Movement.NO_INDICATION,
}


def cell(answers: list[int]) -> ShownCell:
    shown = cell_of(answers)
    assert isinstance(shown, ShownCell)
    return shown


@vectors("C.change")
def test_a_change_is_called_what_the_vectors_say(given: dict[str, Any], expected: dict[str, Any]) -> None:
    found = change(cell(given["round1"]), cell(given["round2"]))
    assert found.movement == MOVEMENTS[expected["v"]]
    assert found.difference == expected["d"]
    assert found.error == pytest.approx(expected["se"])
    if "lo" in expected:
        assert [found.low, found.high] == pytest.approx([expected["lo"], expected["hi"]])


@pytest.mark.parametrize(
    ("before", "after", "movement"),
    [
        ([3] * 40, [3, 4] * 20, Movement.POSSIBLY_CHANGED),  # 3.0 to 3.5, error 0.30
        ([3, 4] * 20, [3] * 40, Movement.POSSIBLY_CHANGED),
        ([3] * 5, [4] * 5, Movement.POSSIBLY_CHANGED),  # a point, but less than 1.645 errors of 0.66
        ([3] * 5, [3, 4] * 3, Movement.NO_INDICATION),  # half a point within an error of 0.66
        ([3] * 8, [3] * 8, Movement.NO_INDICATION),
        ([4] * 8, [5] * 8, Movement.NO_VISIBLE_CHANGE),
        ([1] * 8, [5] * 8, Movement.PROBABLY_CHANGED),
        ([5] * 8, [1] * 8, Movement.PROBABLY_CHANGED),
    ],
)
def test_a_change_needs_half_a_point_and_more_than_noise(
    before: list[int], after: list[int], movement: Movement
) -> None:
    assert change(cell(before), cell(after)).movement == movement


@pytest.mark.parametrize(("moved", "withheld"), [(0, False), (1, True), (4, True), (5, False), (9, False)])
def test_the_line_of_a_group_is_withheld_when_one_to_four_people_moved(moved: int, withheld: bool) -> None:
    assert is_trend_withheld(moved) is withheld


@pytest.mark.parametrize(("days", "too_soon"), [(0, True), (79, True), (80, False)])
def test_an_item_rests_eighty_days_between_two_releases_of_a_group(days: int, too_soon: bool) -> None:
    assert is_too_soon(days) is too_soon


def test_all_items_shown_twice_in_one_version_have_a_change() -> None:
    before = released(employees([2] * 8), named("bank", 1), items=CHECKLIST)
    after = released(employees([4] * 8), named("bank", 5), items=CHECKLIST)
    assert list(changes(before, after, "employees", moved=0)) == ["order_book"]
    assert changes(before, after, "bank", moved=0) == {}


def test_a_changed_wording_is_a_new_item_and_has_no_line() -> None:
    before = released(employees([2] * 8))
    after = released(employees([4] * 8), items=[replace(ORDER_BOOK, version=2)])
    assert changes(before, after, "employees", moved=0) == {}
    assert list(changes(before, before, "employees", moved=5)) == ["order_book"]


def test_the_gut_feeling_has_no_line_because_the_constants_are_not_for_its_scale() -> None:
    once = released(employees([7] * 8, item="gut_feeling"), items=CHECKLIST)
    assert changes(once, once, "employees", moved=0) == {}


def test_a_withheld_line_is_refused_in_words() -> None:
    once = released(employees([2] * 8))
    with pytest.raises(TrendWithheld, match="So few people joined or left employees"):
        changes(once, once, "employees", moved=1)


@vectors("C.reliable_change_index")
def test_the_reliable_change_index_is_that_of_its_makers(given: dict[str, Any], expected: dict[str, Any]) -> None:
    error = measurement_error(given["sd"], given["reliability"])
    assert error == pytest.approx(expected["SEM"])
    assert reliable_change_index(given["pre"], given["post"], error) == pytest.approx(expected["RC"])
    assert is_reliably_changed(given["pre"], given["post"], error) is expected["reliable"]


@pytest.mark.parametrize(("before", "after", "changed"), [(2, 3, False), (2, 4, True), (4, 2, True), (3, 3, False)])
def test_one_person_moved_from_two_points_on(before: int, after: int, changed: bool) -> None:
    assert is_reliably_changed(before, after) is changed
