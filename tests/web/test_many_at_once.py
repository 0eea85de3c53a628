"""Many people at the same moment: everybody gets through, and nobody twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient

from survey import rounds, story
from survey.installation import Installation
from survey.rounds import GroupPlan, Person
from survey.store.people import Account, Company, Invitation, invitations_of
from tests.bakery import CLOSES_ON
from tests.web.conftest import MOOD, Phone


def open_lists(app: Flask, house: Installation, invitations: list[Invitation]) -> list[tuple[Phone, str]]:
    # The tests' own client shares the test's transaction; here every request must stand alone.
    phones = [Phone(FlaskClient(app, app.response_class), house) for _ in invitations]
    return [(phone, phone.open_list(one)) for phone, one in zip(phones, invitations, strict=True)]


def send(phone_and_start: tuple[Phone, str]) -> int:
    phone, start = phone_and_start
    return phone.send(start, MOOD).status_code


def test_fifty_lists_at_once_all_arrive(app: Flask, bakery: Company, karin: Account, house: Installation) -> None:
    people = tuple(Person(f"Bakker {number}", f"bakker{number}@bakkerijdevries.example") for number in range(50))
    plan = replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", people),))
    round_ = rounds.prepare(bakery, karin, plan)
    box = house.boxes.of(round_.id)
    rounds.send(round_, karin, box, house.settings.keys, house.clock())
    opened = open_lists(app, house, invitations_of(round_.id))
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(send, opened)) == {200}
    assert len(box.sealed_ballots()) == 50


def test_twenty_posts_of_one_link_are_one_ballot(app: Flask, house: Installation, staff: list[Invitation]) -> None:
    """Each from a form of its own, as if twenty people had the same link open."""
    box = house.boxes.of(staff[0].round_id)
    opened = [one for invitation in staff[:5] for one in open_lists(app, house, [invitation] * 20)]
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(send, opened))
    assert statuses.count(200) == 5
    assert statuses.count(409) == 95
    assert len(box.sealed_ballots()) == 5
