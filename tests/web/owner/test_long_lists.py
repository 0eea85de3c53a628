"""Two hundred people on a list: every page of the owner stays a page, and nothing of the list is out of reach."""

import io
import re
import time
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from survey import dispatch, rounds, story
from survey.installation import Installation
from survey.rounds import GroupPlan, Person
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON
from tests.web.owner.test_on_a_phone import check

MANY = 200


@pytest.fixture
def long_round(owner: FlaskClient, bakery: Company, karin: Account) -> Round:
    plan = story.plan(CLOSES_ON)
    people = tuple(Person(f"Medewerker {number:03d}", f"m{number:03d}@bakkerij.example") for number in range(MANY))
    named = tuple(group for group in plan.groups if group.perspective != "employees")
    return rounds.prepare(bakery, karin, replace(plan, groups=(GroupPlan("employees", people=people), *named)))


@pytest.fixture
def nothing_arrives(long_round: Round, karin: Account, house: Installation, clock: story.MovableClock) -> Round:
    """The same round sent, while the mail server has been away for hours."""
    rounds.send(long_round, karin, house.boxes.of(long_round.id), house.settings.keys, house.clock())
    clock.move_to(long_round.opens_on, 15)
    assert len(dispatch.failed_mail(long_round.id, house.clock())) == MANY + 4
    return long_round


def test_five_hundred_addresses_are_read_and_sent_without_waiting(
    owner: FlaskClient, bakery: Company, karin: Account
) -> None:
    """As many as a list may have; the mails themselves leave afterwards, in the background."""
    people = tuple(Person(f"Medewerker {number:03d}", f"m{number:03d}@bakkerij.example") for number in range(500))
    file = "\n".join(f"{person.name} <{person.address}>" for person in people).encode()
    round_ = rounds.prepare(bakery, karin, replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", people),)))
    seen = re.search(r'name="seen" value="(\w+)"', owner.get(f"/ronde/{round_.id}/verzenden").text)
    assert seen is not None
    uploaded = {"press": "file", "file": (io.BytesIO(file), "lijst.csv")}
    for address, form in (("voorbereiden", uploaded), ("verzenden", {"seen": seen[1]})):
        started = time.process_time()
        answer = owner.post(f"/ronde/{round_.id}/{address}", data=form)
        assert time.process_time() - started < 1.5, address
        assert answer.status_code in (200, 303)
    assert "De mails gaan weg: 0 van de 500 zijn verstuurd." in owner.get(f"/ronde/{round_.id}").text


def test_before_sending_everybody_is_there_and_most_are_folded(owner: FlaskClient, long_round: Round) -> None:
    page = unescape(owner.get(f"/ronde/{long_round.id}/verzenden").text)
    assert "En nog 188 mensen" in page
    before, _, folded = page.partition("En nog 188 mensen")
    assert before.count("@bakkerij.example") == 12
    assert folded.count("@bakkerij.example") == 188


def test_a_short_list_is_not_folded(owner: FlaskClient, prepared_round: Round) -> None:
    assert "En nog" not in owner.get(f"/ronde/{prepared_round.id}/verzenden").text


def test_what_did_not_arrive_is_counted_and_most_of_it_folded(owner: FlaskClient, nothing_arrives: Round) -> None:
    page = unescape(owner.get(f"/ronde/{nothing_arrives.id}/deelname").text)
    assert "En nog 194 mails" in page
    assert page.count("@bakkerij.example") == MANY


def test_an_address_that_is_being_mended_is_never_folded_away(
    owner: FlaskClient, nothing_arrives: Round, house: Installation
) -> None:
    mails = db.session.scalars(db.select(OutboxMail).filter_by(round_id=nothing_arrives.id, kind="invitation")).all()
    for mail in mails:
        mail.state = "failed"
    db.session.execute(db.text("UPDATE invitation SET bounced = 1"))
    db.session.commit()
    last = dispatch.failed_mail(nothing_arrives.id, house.clock())[-1]
    form = {"invitation": last.invitation_id, "address": "geen adres"}
    page = owner.post(f"/ronde/{nothing_arrives.id}/adres", data=form).text
    assert '<details class="fold" open>' in page
    assert 'value="geen adres"' in page


def test_long_lists_read_well_on_a_phone(phone_of_karin: Page, address: str, nothing_arrives: Round) -> None:
    check(phone_of_karin, address, {"participation": f"/ronde/{nothing_arrives.id}/deelname"})


def test_before_sending_a_long_list_reads_well_on_a_phone(
    phone_of_karin: Page, address: str, long_round: Round
) -> None:
    pages = {name: f"/ronde/{long_round.id}/{name}" for name in ("verzenden", "voorbereiden")}
    check(phone_of_karin, address, pages)


def test_what_few_need_is_folded_until_it_is_used(phone_of_karin: Page, address: str, prepared_round: Round) -> None:
    phone_of_karin.goto(f"{address}/ronde/{prepared_round.id}/voorbereiden")
    assert phone_of_karin.locator("#peer").is_visible()  # two of them stand on the list
    assert not phone_of_karin.locator("#co_owner").is_visible()
    phone_of_karin.get_by_text("Mede-eigenaar", exact=True).first.click()
    assert phone_of_karin.get_by_label("Mede-eigenaar").is_visible()


def test_choosing_cards_hides_the_list_and_loses_nothing_of_it(
    phone_of_karin: Page, address: str, prepared_round: Round
) -> None:
    prepare = f"{address}/ronde/{prepared_round.id}/voorbereiden"
    db.session.commit()  # the page writes; this test must not hold the lock meanwhile
    phone_of_karin.goto(prepare)
    typed = phone_of_karin.locator("#employees").input_value()
    phone_of_karin.locator("[name=channel][value=cards]").check()
    assert not phone_of_karin.locator("#employees").is_visible()
    phone_of_karin.locator("#cards").fill("9")
    phone_of_karin.get_by_role("button", name="Bewaar en stop").click()
    phone_of_karin.wait_for_url("**/bedrijf/**")
    phone_of_karin.goto(prepare)
    assert phone_of_karin.locator("#employees").input_value() == typed
    assert phone_of_karin.locator("#cards").input_value() == "9"
