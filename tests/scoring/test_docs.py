"""The numbers printed in docs/scoring.md are those that the code gives."""

import re
from pathlib import Path

import pytest

from survey.scoring.audit import Fact, guarantee
from survey.scoring.method import METHOD
from survey.scoring.schemes import GUT_FEELING_SCHEME, ITEM_SCHEME, Scheme

PAGE = (Path(__file__).parents[2] / "docs" / "scoring.md").read_text(encoding="utf-8")


def rows_after(marker: str) -> list[list[str]]:
    """The cells of the table under a marker, without its head."""
    table = PAGE.split(f"<!-- {marker} -->\n")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


@pytest.mark.parametrize(
    ("marker", "scheme"), [("guarantee: items", ITEM_SCHEME), ("guarantee: gut feeling", GUT_FEELING_SCHEME)]
)
def test_the_printed_guarantee_is_what_enumeration_finds(marker: str, scheme: Scheme) -> None:
    rows = [list(map(int, row)) for row in rows_after(marker)]
    assert rows == [[n, *(guarantee(scheme, n, known) for known in (0, 1, 2))] for n, *_ in rows]
    assert {5, 6, 7, 8, 9, 10, 11, 12} <= {n for n, *_ in rows}


def test_the_printed_constants_are_those_of_the_method() -> None:
    assert dict(rows_after("constants")) == METHOD.as_table()


def test_every_finding_of_the_auditor_is_explained() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(Fact)
