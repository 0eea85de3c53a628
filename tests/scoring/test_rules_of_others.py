"""Rules that others use and we do not: kept here to compare with, and out of the package."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, variance
from typing import Any

import pytest

from tests.scoring.vectors import vectors


@vectors("A.reference.primalogik")
def test_a_third_of_the_scale(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert given["points"] / 3 == pytest.approx(expected["flag_if_abs_gap_gt"])


@vectors("C.reliable_change_index")
def test_the_reliable_change_index(given: dict[str, Any], expected: dict[str, Any]) -> None:
    """Jacobson & Truax 1991; it would need answers that can be linked to people."""
    measurement = given["sd"] * sqrt(1 - given["reliability"])
    difference = sqrt(2) * measurement
    index = (given["post"] - given["pre"]) / difference
    assert (measurement, difference) == pytest.approx((expected["SEM"], expected["S_diff"]))
    assert index == pytest.approx(expected["RC"])
    assert (abs(index) > 1.96) is expected["reliable"]


@vectors("C.welch")
def test_welch_would_publish_the_spread_of_a_group(given: dict[str, Any], expected: dict[str, Any]) -> None:
    """Welch 1947: two unpaired rounds; the interval gives the standard deviation away."""
    before, after = given["round1"], given["round2"]
    errors = variance(before) / len(before), variance(after) / len(after)
    difference, error = fmean(after) - fmean(before), sqrt(sum(errors))
    freedom = sum(errors) ** 2 / (errors[0] ** 2 / (len(before) - 1) + errors[1] ** 2 / (len(after) - 1))
    assert difference == pytest.approx(expected["diff"])
    assert difference / error == pytest.approx(expected["t"])
    assert freedom == pytest.approx(expected["df"])
    quantile = (expected["ci90"][1] - difference) / error
    assert difference - quantile * error == pytest.approx(expected["ci90"][0])
    assert quantile == pytest.approx(1.8372, abs=1e-4)  # t at 0.95 and 8.8256 degrees of freedom


@vectors("F.composite")
def test_a_mean_per_person_counts_half_of_the_items_or_nothing(given: dict[str, Any], expected: dict[str, Any]) -> None:
    low, high = given["scale"]
    answers = given["answers"]
    marks = [
        low + high - mark if item in given["reverse"] else mark for item, mark in answers.items() if mark is not None
    ]
    assert composite(marks, len(answers)) == (expected["score"] and pytest.approx(expected["score"]))
    assert (len(marks), 2 * len(marks) >= len(answers)) == (expected["n_items"], expected["valid"])


def composite(marks: Sequence[int], asked: int) -> float | None:
    return fmean(marks) if 2 * len(marks) >= asked else None
