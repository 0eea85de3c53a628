"""Which statements a mirror speaks about: by verdict, then by size, then by the order of the edition; never more than
three of a kind."""

from typing import Any

from survey import story
from survey.mirror import MirrorReport, hold_up_mirror
from survey.questionnaires import load
from tests.mirror.karins_mirror import EMPLOYEES, facts_of, mirror, own_view, released

ITEMS = [item.id for item in load("spiegel-1").items if item.theme != "overall" and not item.predicted]


def seen(staff: dict[str, int], own: dict[str, int], predictions: dict[str, Any] | None = None) -> MirrorReport:
    """A mirror in which everybody answers 3, but for these items."""
    told = {name: dict.fromkeys(ITEMS, 3) for name in story.answers()}
    for name in EMPLOYEES:
        told[name] = {**told[name], **staff}
    result = released(told)
    view = own_view(answers={**told["karin"], **own}, predictions=predictions or {}, texts={})
    return hold_up_mirror(result, view, facts_of(result), "nl")


def items(statements: Any) -> list[str]:
    return [getattr(one, "statement", one).item for one in statements]


def test_never_more_than_three_differences() -> None:
    many = ITEMS[:8]

    assert len(seen(dict.fromkeys(many, 2), dict.fromkeys(many, 5)).differences) == 3


def test_what_is_said_of_the_owner_comes_first_among_the_differences() -> None:
    marks = {"order_book": 2, "asks_views": 2}

    report = seen(marks, dict.fromkeys(marks, 5))

    assert items(report.differences) == ["asks_views", "order_book"]


def test_a_larger_gap_comes_before_a_smaller_one_and_the_order_of_the_edition_decides_after_that() -> None:
    staff = {"asks_views": 3, "honest_about_state": 3, "keeps_agreements": 2}

    report = seen(staff, dict.fromkeys(staff, 5))

    assert items(report.differences) == ["keeps_agreements", "honest_about_state", "asks_views"]


def test_what_only_the_others_see_well_is_a_strength_and_no_difference() -> None:
    report = seen({"asks_views": 5}, {"asks_views": 1})

    assert items(report.hidden_strengths) == ["asks_views"]
    assert not report.differences


def test_a_worry_of_the_owner_that_others_do_not_share_is_a_difference() -> None:
    report = seen({"asks_views": 3}, {"asks_views": 1})

    assert items(report.differences) == ["asks_views"]
    assert not report.hidden_strengths


def test_where_voices_point_in_opposite_directions_the_question_is_what_each_can_see() -> None:
    told = {name: dict.fromkeys(ITEMS, 3) for name in story.answers()}
    for name in EMPLOYEES:
        told[name]["asks_views"] = 1
    told["rob"]["asks_views"] = 5
    result = released(told)

    report = hold_up_mirror(result, own_view(answers=told["karin"], predictions={}, texts={}), facts_of(result), "nl")

    assert report.differences[0].question == "Wat kan de een hier zien en de ander niet?"


def test_an_expectation_that_was_not_met_takes_one_of_the_three_places() -> None:
    many = ITEMS[:8]
    staff = {**dict.fromkeys(many, 2), "would_think_along": 5}

    report = seen(staff, dict.fromkeys(many, 5), {"employees": {"would_think_along": 2}})

    assert len(report.differences) == 3
    assert report.differences[-1].statement.item == "would_think_along"


def test_a_strength_is_shared_only_when_nobody_sees_the_opposite() -> None:
    told = {name: dict.fromkeys(ITEMS, 3) for name in story.answers()}
    for name in (*EMPLOYEES, "karin"):
        told[name]["asks_views"] = 4
    told["rob"]["asks_views"] = 2
    result = released(told)

    report = hold_up_mirror(result, own_view(answers=told["karin"], predictions={}, texts={}), facts_of(result), "nl")

    assert "asks_views" not in items(report.shared_strengths)


def test_what_can_be_better_is_low_in_the_eyes_of_both() -> None:
    report = seen({"asks_views": 2}, {"asks_views": 2})

    assert items(report.shared_concerns) == ["asks_views"]


def test_a_statement_stands_in_one_place_only() -> None:
    report = mirror()
    places = (report.shared_strengths, report.hidden_strengths, report.differences, report.shared_concerns)
    chosen = [item for place in places for item in items(place)]

    assert len(chosen) == len(set(chosen))


def test_on_a_hard_item_the_figures_are_looked_up_before_the_question() -> None:
    report = seen({"order_book": 1, "asks_views": 1}, {"order_book": 5, "asks_views": 5})
    before = {block.statement.item: block.facts_first for block in report.differences}

    assert before == {"asks_views": "", "order_book": "Zoek eerst samen op wat de cijfers zeggen."}
