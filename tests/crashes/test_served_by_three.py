"""Three servers on the same files, asked over the wire: nobody is turned away, nobody counts twice, nothing is lost."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from survey import story
from survey.installation import Installation
from survey.store.people import Account, Company
from tests.conftest import Figure
from tests.crashes.conftest import Serve, Server
from tests.crashes.running_round import Opened, open_lists, running_round, send_together, thanked, used

SERVERS, AT_ONCE = 3, 50
SLOWEST_BUT_FEW = 3.0
"""Seconds within which 95 of 100 are done."""


@pytest.fixture
def clock(real_clock: story.MovableClock) -> story.MovableClock:
    return real_clock


@pytest.fixture
def servers(serve: Serve) -> list[Server]:
    return [serve() for _ in range(SERVERS)]


def ports_of(servers: Sequence[Server]) -> list[int]:
    return [server.port for server in servers]


def test_fifty_lists_at_once_through_three_servers_are_all_in(
    servers: list[Server], bakery: Company, karin: Account, house: Installation, figure: Figure
) -> None:
    box, links = running_round(bakery, karin, house, AT_ONCE)
    answered = send_together(open_lists([*links], links, ports_of(servers)))
    assert Counter(status for status, _ in answered) == {200: AT_ONCE}
    assert len(box.sealed_ballots()) == len(used(box, links)) == AT_ONCE
    seconds = sorted(took for _, took in answered)
    assert seconds[AT_ONCE * 95 // 100] < SLOWEST_BUT_FEW
    figure(f"50 of 50; p95 {seconds[AT_ONCE * 95 // 100]:.2f} s, slowest {seconds[-1]:.2f} s")


@pytest.mark.long  # in one process it is done every time: test_everybody_sends_at_once.py
def test_twenty_posts_of_one_link_through_three_servers_are_one_ballot(
    servers: list[Server], bakery: Company, karin: Account, house: Installation, figure: Figure
) -> None:
    """Each from a form of its own, as if that many people had the same link open."""
    people, forms = 10, 20
    box, links = running_round(bakery, karin, house, people)
    answered = send_together(open_lists([*links] * forms, links, ports_of(servers)))
    assert Counter(status for status, _ in answered) == {200: people, 409: people * (forms - 1)}
    assert len(box.sealed_ballots()) == len(used(box, links)) == people
    figure(f"{people * forms} posts, {people} ballots")


def test_servers_that_are_killed_and_started_again_keep_every_list_that_was_thanked_for(
    serve: Serve, servers: list[Server], bakery: Company, karin: Account, house: Installation, long: bool,
    figure: Figure,
) -> None:  # fmt: skip
    """A phone that got no answer sends the same list again, until it is thanked."""
    people, kills = (150, 9) if long else (40, 1)
    box, links = running_round(bakery, karin, house, people)
    alive, dice, seen = list(servers), random.Random(7), []

    def until_thanked(one: Opened) -> None:
        while not thanked(one):
            one = replace(one, port=dice.choice(alive).port)
            time.sleep(0.02)
        seen.append(one.slot)

    with ThreadPoolExecutor(8) as phones:
        sending = [phones.submit(until_thanked, one) for one in open_lists([*links], links, ports_of(servers))]
        for _ in range(kills):
            time.sleep(dice.uniform(0.02, 0.12))
            alive.pop(0).kill()
            acknowledged = list(seen)
            assert used(box, acknowledged) == {*acknowledged}
            alive.append(serve())
        for each in sending:
            each.result()
    assert used(box, links) == {*links}
    assert len(box.sealed_ballots()) == people
    figure(f"{kills} servers killed; {people} lists thanked for, {people} ballots")
