"""Every attack that was thought of is tried: docs/abuse-cases.md misses none, and names tests that exist."""

import csv
import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.test_trust import exists

PAGE = REPOSITORY / "docs" / "abuse-cases.md"
ROW = re.compile(r"^\| (\d\d) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
CASES = re.findall(
    r"\d\d",
    "01 03 04 05 08 09 12 13 14 19 20 21 22 25 27 28 32 33 34 35 37 38 39 40 41 42 43 45 46 47 48 51 52 54 56 57 59 60"
    " 61 62 64 65 67 68 69 70 75 76 77 78 80 82 83 84 85 86 90 91 92 93 94",
)
MOST_WITHOUT_A_TEST = 6

TABLE = {number: (promise, tests) for number, promise, tests in ROW.findall(PAGE.read_text(encoding="utf-8"))}


def test_every_case_has_its_row() -> None:
    assert list(TABLE) == CASES


def test_the_cases_are_those_that_were_given(shared: Path) -> None:
    with (shared / "spec" / "abuse_cases.csv").open(encoding="utf-8") as file:
        assert [row["id"] for row in csv.DictReader(file)] == CASES


@pytest.mark.parametrize("number", CASES)
def test_a_case_is_tried_by_tests_that_exist(number: str) -> None:
    _, tests = TABLE[number]
    named = re.findall(r"`([^`]+)`", tests)
    assert named or tests == "not a test"
    assert [test for test in named if not exists(test)] == []


def test_at_most_six_cases_are_a_line_instead_of_a_test() -> None:
    assert sum(tests == "not a test" for _, tests in TABLE.values()) <= MOST_WITHOUT_A_TEST
