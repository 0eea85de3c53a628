"""Many lists at one moment, and a server that dies between them: what was acknowledged stays, nothing is half in."""

import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask

from survey import rounds, story
from survey.ballots import AlreadyResponded
from survey.installation import Installation
from survey.rounds import GroupPlan
from survey.store.ballots import Box, Slot
from survey.store.database import db, only_reading
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Round, find_round
from tests.bakery import CLOSES_ON
from tests.conftest import Figure
from tests.crashes.conftest import Start
from tests.crashes.from_another_process import send_list

FORMS_PER_LINK, LINKS = 20, 10
AT_ONCE, PROCESSES = 50, 3
SLOWEST_BUT_FEW = 3.0
"""Seconds within which 95 of 100 are done."""


@pytest.fixture
def large_round(bakery: Company, karin: Account, house: Installation) -> Round:
    """A round for four hundred by card."""
    plan = replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", cards=400),))
    round_ = rounds.prepare(bakery, karin, plan)
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    return round_


@pytest.fixture
def large_box(house: Installation, large_round: Round) -> Box:
    """Its box."""
    return house.boxes.of(large_round.id)


@pytest.fixture
def cards(large_round: Round) -> list[Invitation]:
    """Its four hundred invitations."""
    return invitations_of(large_round.id)


def assert_each_used_slot_has_one_ballot(box: Box, cards: list[Invitation]) -> None:
    assert sum(box.is_used(Slot(card.id)) for card in cards) == len(box.sealed_ballots())


def test_twenty_forms_of_one_link_at_once_are_one_ballot(
    app: Flask, house: Installation, large_round: Round, large_box: Box, cards: list[Invitation], figure: Figure
) -> None:
    round_id, slots = large_round.id, [card.id for card in cards[:LINKS]]
    db.session.rollback()

    def send(slot: str) -> bool:
        with app.app_context(), only_reading():
            round_ = find_round(round_id)
            assert round_ is not None
            try:
                send_list(house, round_, slot)
            except AlreadyResponded:
                return False
            return True

    with ThreadPoolExecutor(FORMS_PER_LINK) as senders:
        taken = list(senders.map(send, slots * FORMS_PER_LINK))
    assert sum(taken) == LINKS
    assert len(large_box.sealed_ballots()) == LINKS
    assert_each_used_slot_has_one_ballot(large_box, cards)
    figure(f"{len(taken)} lists, {sum(taken)} ballots")


def test_fifty_lists_at_once_from_three_processes_are_all_in(
    start: Start, large_round: Round, large_box: Box, cards: list[Invitation], figure: Figure
) -> None:
    slots = [card.id for card in cards[:AT_ONCE]]
    senders = [start("cast_at_once", large_round, *slots[part::PROCESSES]) for part in range(PROCESSES)]
    said = [sender.communicate(timeout=60)[0] for sender in senders]
    assert [sender.returncode for sender in senders] == [0] * PROCESSES
    seconds = sorted(float(word) for words in said for word in words.split())
    assert len(seconds) == len(large_box.sealed_ballots()) == AT_ONCE
    assert seconds[AT_ONCE * 95 // 100] < SLOWEST_BUT_FEW
    assert_each_used_slot_has_one_ballot(large_box, cards)
    figure(f"50 of 50; p95 {seconds[AT_ONCE * 95 // 100]:.2f} s, slowest {seconds[-1]:.2f} s")


def test_a_server_that_is_killed_keeps_what_it_acknowledged_and_leaves_nothing_half(
    start: Start, large_round: Round, large_box: Box, cards: list[Invitation], long: bool, figure: Figure
) -> None:
    draw, kills, kept = random.Random(5), 12 if long else 2, 0
    waiting = [card.id for card in cards]
    for _ in range(kills):
        with start("cast", large_round, *waiting) as server:
            assert server.stdout is not None
            acknowledged = [server.stdout.readline().strip()]
            time.sleep(draw.uniform(0.02, 0.15))
            server.send_signal(signal.SIGKILL)
            acknowledged += server.stdout.read().split()
        assert all(large_box.is_used(Slot(slot)) for slot in acknowledged if slot)
        kept += len(acknowledged)
        assert_each_used_slot_has_one_ballot(large_box, cards)
        waiting = [slot for slot in waiting if not large_box.is_used(Slot(slot))]
    assert 0 < len(waiting) < len(cards)
    figure(f"{kills} kills; {kept} acknowledged, all there")
