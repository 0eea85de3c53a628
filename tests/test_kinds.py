"""Kinds of round: a fact stored with the round, and what each may ask of whom."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import kinds, rounds, story
from survey.kinds import KINDS, KindUnknown, may_come_monthly
from survey.perspectives import NAMED, PERSPECTIVES, answers_by_name
from survey.questionnaires import editions
from survey.rounds import GroupPlan, RoundPlan
from survey.store.people import Account, Company
from survey.store.rounds import round_before
from tests.bakery import CLOSES_ON

BY_NAME = (GroupPlan("accountant", (story.ACCOUNTANT,)), GroupPlan("bank", (story.BANKER,)))
STAFF = GroupPlan("employees", story.EMPLOYEES)


def plan(kind: str, *groups: GroupPlan, edition: str = "") -> RoundPlan:
    edition = edition or KINDS[kind].editions[0]
    return replace(story.plan(CLOSES_ON), kind=kind, questionnaire=edition, groups=groups or BY_NAME)


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_stands_with_the_round_as_a_fact(karin: Account, bakery: Company, kind: str) -> None:
    round_ = rounds.prepare(bakery, karin, plan(kind))
    assert (round_.kind, round_.questionnaire) == (kind, KINDS[kind].editions[0])
    assert rounds.plan_of(round_).kind == kind


def test_a_plan_that_says_nothing_is_a_full_mirror() -> None:
    assert story.plan(CLOSES_ON).kind == kinds.MIRROR


@pytest.mark.parametrize(
    ("refused", "refusal"),
    [
        (plan("thermometer", edition="spiegel-1"), rounds.EditionOfOtherKind),
        (plan("mirror", edition="vraag-1"), rounds.EditionOfOtherKind),
        (plan("circle", *BY_NAME, STAFF), rounds.GroupOfOtherKind),
        (plan("thermometer", GroupPlan("peer", story.PEERS)), rounds.GroupOfOtherKind),
        (plan("mirror", *BY_NAME, edition="spiegel-werk-1"), rounds.WorkWithoutEmployees),
        (plan("circle", GroupPlan("peer", story.EMPLOYEES[:7])), rounds.CircleTooLarge),
        (replace(story.plan(CLOSES_ON), kind="shopping"), rounds.KindUnknown),
    ],
)
def test_what_a_kind_does_not_ask_is_refused(
    karin: Account, bakery: Company, refused: RoundPlan, refusal: type[rounds.PlanRefused]
) -> None:
    with pytest.raises(refusal):
        rounds.prepare(bakery, karin, refused)


def test_every_edition_is_asked_in_a_kind_and_every_kind_asks_an_edition_that_there_is() -> None:
    assert {edition for kind in KINDS.values() for edition in kind.editions} == set(editions())
    for edition in editions():
        assert edition in kinds.kind_asking(edition).editions
    with pytest.raises(KindUnknown):
        kinds.kind_asking("spiegel-0")
    with pytest.raises(KindUnknown):
        kinds.kind_with("shopping")


def test_a_small_circle_is_asked_by_name_only() -> None:
    assert all(answers_by_name(one) for one in KINDS[kinds.CIRCLE].perspectives)


@given(st.sets(st.sampled_from(PERSPECTIVES)))
def test_only_a_round_in_which_everybody_answers_by_name_may_come_monthly(perspectives: set[str]) -> None:
    assert may_come_monthly(perspectives) == (perspectives <= set(NAMED))


@pytest.mark.parametrize("days", [1, 30, 79])
def test_a_thermometer_with_employees_within_eighty_days_of_their_mirror_is_refused(
    karin: Account, bakery: Company, open_round: object, days: int
) -> None:
    soon = CLOSES_ON + timedelta(days=days)
    thermometer = replace(plan("thermometer", STAFF, *BY_NAME), closes_on=soon)
    with pytest.raises(rounds.TooSoonAfterLastRound) as refused:
        rounds.prepare(bakery, karin, thermometer)
    assert refused.value.first_possible == CLOSES_ON + timedelta(days=80)
    assert rounds.prepare(bakery, karin, replace(thermometer, groups=BY_NAME)).closes_on == soon


def test_a_round_is_laid_beside_the_last_one_of_its_own_kind(
    karin: Account, bakery: Company, clock: story.MovableClock
) -> None:
    first, second, third = (
        rounds.prepare(bakery, karin, replace(plan(kind), closes_on=CLOSES_ON + timedelta(days=after)))
        for kind, after in (("thermometer", 0), ("circle", 20), ("thermometer", 30))
    )
    for round_ in (first, second, third):
        round_.sent_at = clock()
    assert round_before(third) is first
    assert round_before(second) is None
