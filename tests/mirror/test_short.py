"""The mirror of a thermometer: what it says of the gut feeling, and how little paper it takes."""

import io
from dataclasses import replace

import pikepdf
import pytest

from survey.counting import scored_items
from survey.mirror import MirrorReport, NamedPerson, OwnView, hold_up_mirror
from survey.mirror.printing import report_html, report_pdf
from survey.mirror.reports import AskedByName, Direction
from survey.questionnaires import load
from survey.scoring import AnonymousGroup, NamedVoice, release
from tests.mirror.karins_mirror import KEY, facts_of

EDITION = "thermometer-1"
PEOPLE = (
    NamedPerson("accountant", "accountant", "Rob de Wit"),
    NamedPerson("bank", "bank", "Joost Meijer"),
    NamedPerson("adviser", "adviser", "Ellen Prins"),
)
ALIKE = "geen verschil groter dan toeval"


def thermometer(own: int, employees: int | None = None, /, language: str = "nl", **feelings: int) -> MirrorReport:
    """A thermometer on which everybody sees the statements alike, with these gut feelings."""
    statements = {item.id: 4 for item in load(EDITION).items}
    voices = [NamedVoice(voice, statements | {"gut_feeling": mark}) for voice, mark in feelings.items()]
    groups = [AnonymousGroup("employees", [statements | {"gut_feeling": employees}] * 9, 9)] if employees else []
    result = release(scored_items(load(EDITION)), [*groups, *voices], KEY)
    facts = facts_of(
        result,
        edition=EDITION,
        kind="thermometer",
        groups=("employees",) * bool(employees) + tuple(feelings),
        people=PEOPLE[: len(feelings)],
    )
    return hold_up_mirror(result, OwnView(statements | {"gut_feeling": own}, {}, {}), facts, language)


def test_two_voices_with_another_feeling_are_named_and_not_called_chance() -> None:
    report = thermometer(3, accountant=7, bank=7)
    [feelings] = report.openings[:1]
    assert feelings.before == "Over het gevoel lopen jullie uiteen: jij 3, de accountant 7, de bank 7."
    assert feelings.question == "Wat weet jij nu dat anderen niet weten?"
    assert feelings.before in report_html(report)
    assert ALIKE not in report_html(report)


def test_a_feeling_one_point_away_is_no_difference() -> None:
    report = thermometer(6, accountant=7, bank=5)
    assert report.feelings is None
    assert f"Bij de uitspraken is {ALIKE}." in report_html(report)


def test_only_who_is_far_away_is_named_and_whoever_points_both_ways_is_asked_about() -> None:
    assert "de bank" not in str(thermometer(6, accountant=8, bank=7).feelings)
    both = thermometer(6, accountant=8, bank=3).feelings
    assert both is not None
    assert both.question == "Wat kan de een hier zien en de ander niet?"
    higher = thermometer(9, language="en", accountant=7).feelings
    assert higher is not None
    assert higher.before == "On the feeling you are apart: you 9, the accountant 7."


def test_of_a_groups_feeling_nothing_is_concluded() -> None:
    assert thermometer(3, 7).feelings is None


@pytest.mark.parametrize("voices", [1, 2, 3])
@pytest.mark.parametrize("own", [3, 7])
def test_up_to_three_voices_by_name_take_one_sheet(voices: int, own: int) -> None:
    feelings = dict.fromkeys(["accountant", "bank", "adviser"][:voices], 7)
    report = thermometer(own, **feelings)
    told = [("Jij", True), ("Accountant", False), ("Bank", False), ("Adviseur", False)][: voices + 1]
    directions = tuple(Direction(label, is_own, "hetzelfde") for label, is_own in told)
    report = replace(report, asked_by_name=AskedByName(directions, None, None))
    assert len(pikepdf.open(io.BytesIO(report_pdf(report))).pages) == 1
