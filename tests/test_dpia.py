"""docs/dpia.md says nothing that is not so: each table stands in it; numbers and commands are those of the program."""

import re

import click
import pytest
from flask import Flask

from survey.cli import main
from survey.kinds import WITH_WORK
from survey.questionnaires import load
from survey.rounds import SPACING
from survey.scoring.method import METHOD
from survey.store.database import db
from survey.store.rounds import KEPT_AFTER_CLOSE
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "dpia.md").read_text(encoding="utf-8")
KEPT = PAGE.partition("## 4.")[2].partition("## 5.")[0]
SPOKEN_OF = r"`survey ([a-z]+(?: [a-z]+)?)"


def test_every_table_that_is_stored_stands_in_it_and_no_other(app: Flask) -> None:
    named = {name for row in KEPT.splitlines() for name in re.findall(r"`([a-z_]+)`", row)}
    assert named == {table.name for table in db.metadata.sorted_tables}


def test_no_table_stands_in_it_twice() -> None:
    named = re.findall(r"`([a-z_]+)`", KEPT)
    # A release holds a group's answers and a named voice's: two rows, each with its own way out.
    assert sorted(name for name in set(named) if named.count(name) > 1) == ["release"]


def test_it_says_how_many_statements_each_kind_of_round_asks() -> None:
    said = PAGE.partition("## 2.")[2].partition("## 3.")[0]
    whole, with_work, thermometer = (load(edition) for edition in ("spiegel-1", WITH_WORK, "thermometer-1"))
    asked = [(whole, "employees"), (with_work, "employees"), (thermometer, "employees")]
    numbers = [str(len(edition.items_for(perspective))) for edition, perspective in asked]
    assert re.findall(r"\d+", said.partition("1. **Voorbereiden")[0]) == numbers
    assert f"hooguit eens per {SPACING.days} dagen" in PAGE


def test_the_numbers_are_those_of_the_program() -> None:
    assert set(re.findall(r"(\d+) dagen na", PAGE)) == {str(KEPT_AFTER_CLOSE.days)}
    assert set(re.findall(r"(?:ten minste|vanaf|onder de|dan) (\d+)", PAGE)) == {str(METHOD.k)}


@pytest.mark.parametrize("words", sorted(set(re.findall(SPOKEN_OF, PAGE))))
def test_a_command_that_it_names_exists(words: str) -> None:
    command: click.Command = main
    for word in words.split():
        if isinstance(command, click.Group):
            assert word in command.commands
            command = command.commands[word]


def test_what_an_organisation_fills_in_is_marked() -> None:
    assert len(re.findall(r"\*\*\[vul in(?::[^\]]+)?\]\*\*", PAGE)) == PAGE.count("[vul in")
