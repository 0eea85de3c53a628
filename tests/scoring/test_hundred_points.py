"""A hundred points, divided by an owner or by somebody with a name."""

from typing import Any

import pytest

from survey.scoring.hundred_points import (
    NotAHundredPoints,
    centre,
    check_allocation,
    mean_allocation,
    named_by,
    rounded_to_whole,
)
from tests.scoring.vectors import vectors


@vectors("F.constant_sum_100")
def test_allocations_are_taken_together_as_the_vectors_say(given: dict[str, Any], expected: dict[str, Any]) -> None:
    allocations = given["allocations"]
    for allocation in allocations:
        check_allocation(allocation)
    assert mean_allocation(allocations) == pytest.approx(tuple(expected["arithmetic_mean"]))
    assert rounded_to_whole(mean_allocation(allocations)) == tuple(expected["rounded_to_100_largest_remainder"])
    assert centre(allocations) == pytest.approx(tuple(expected["geometric_center_pct"]), abs=1e-9)
    assert named_by(allocations) == tuple(expected["named_by_pct"])


@vectors("F.largest_remainder")
def test_the_largest_remainder_goes_up(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert rounded_to_whole(given["values"]) == tuple(expected["rounded"])


@pytest.mark.parametrize(
    ("values", "rounded"),
    [
        ((50.5, 49.5), (51, 49)),
        ((1 / 3 * 100,) * 3, (34, 33, 33)),
        ((20.0, 80.0), (20, 80)),
        ((16.6, 16.6, 66.8), (17, 16, 67)),
        ((12.5,) * 8, (13, 13, 13, 13, 12, 12, 12, 12)),
    ],
)
def test_rounded_points_add_up_and_the_first_of_equals_goes_up(
    values: tuple[float, ...], rounded: tuple[int, ...]
) -> None:
    assert rounded_to_whole(values) == rounded


@pytest.mark.parametrize(
    ("allocation", "fact"),
    [
        ((40, 60, 5), "add up to 105"),
        ((40, 55), "add up to 95"),
        ((), "add up to 0"),
        ((42, 58), r"^Points are given in steps of five\.$"),
        ((-5, 105), r"^Points are given in steps of five\.$"),
    ],
)
def test_points_come_in_fives_and_make_a_hundred(allocation: tuple[int, ...], fact: str) -> None:
    with pytest.raises(NotAHundredPoints, match=fact):
        check_allocation(allocation)
    check_allocation((40, 55, 5))


@pytest.mark.parametrize("together", [mean_allocation, named_by, centre])
def test_allocations_over_other_options_are_not_taken_together(together: Any) -> None:
    with pytest.raises(ValueError, match="shorter"):
        together([(40, 60), (40, 55, 5)][::-1])
