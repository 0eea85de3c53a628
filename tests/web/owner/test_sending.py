"""Sending: everything on one page, nothing before the button, and the list frozen after it."""

from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey import rounds, story
from survey.rounds import GroupPlan
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON, TODAY


def look(owner: FlaskClient, round_: Round) -> str:
    answer = owner.get(f"/ronde/{round_.id}/verzenden")
    assert answer.status_code == 200
    return unescape(answer.text)


def press_send(owner: FlaskClient, round_: Round) -> TestResponse:
    seen = look(owner, round_).split('name="seen" value="')[1].split('"')[0]
    return owner.post(f"/ronde/{round_.id}/verzenden", data={"seen": seen})


def mails() -> list[OutboxMail]:
    return list(db.session.scalars(db.select(OutboxMail)))


def test_the_page_lists_every_recipient_group_text_and_day(owner: FlaskClient, prepared_round: Round) -> None:
    page = look(owner, prepared_round)
    for person in (*story.EMPLOYEES, story.ACCOUNTANT, story.BANKER, *story.PEERS):
        assert person.name in page
        assert person.address in page
    for group in ("Medewerkers", "Accountant", "Bank", "Collega-ondernemers"):
        assert f"<summary>{group}</summary>" in page
    assert "Jij kijkt mee als accountant." in page
    assert "13 mails vertrekken meteen." in page
    assert "tot en met vrijdag 20 november 2026" in page
    assert "Gesprek met Petra Visser op maandag 30 november 2026." in page
    assert story.CONTACT.address in page
    assert ">Verstuur 13 mails</button>" in page


def test_looking_sends_nothing(owner: FlaskClient, prepared_round: Round) -> None:
    for _time in range(3):
        look(owner, prepared_round)
    assert mails() == []
    assert prepared_round.sent_at is None


def test_the_shown_text_holds_no_working_link(owner: FlaskClient, prepared_round: Round) -> None:
    assert "/u/..." in look(owner, prepared_round)


def test_the_button_sends_once(owner: FlaskClient, bakery: Company, prepared_round: Round) -> None:
    answer = press_send(owner, prepared_round)
    assert answer.location == f"/bedrijf/{bakery.id}"
    assert "13 mails vertrekken meteen." in owner.get(answer.location).text
    again = owner.post(f"/ronde/{prepared_round.id}/verzenden", data={"seen": "anything"})
    assert again.status_code == 303
    assert len(mails()) == 13
    assert owner.get(f"/ronde/{prepared_round.id}/verzenden").location == f"/ronde/{prepared_round.id}"


def test_what_is_sent_is_what_was_looked_at(
    owner: FlaskClient, bakery: Company, karin: Account, prepared_round: Round
) -> None:
    seen = look(owner, prepared_round).split('name="seen" value="')[1].split('"')[0]
    changed = replace(story.plan(CLOSES_ON), groups=(GroupPlan("bank", (story.BANKER,)),))
    rounds.prepare(bakery, karin, changed, prepared_round)
    answer = owner.post(f"/ronde/{prepared_round.id}/verzenden", data={"seen": seen})
    assert answer.status_code == 409
    assert "De lijst is veranderd nadat je deze bladzijde opende." in answer.text
    assert mails() == []


def test_a_round_of_later_says_when_its_mails_leave(owner: FlaskClient, bakery: Company, karin: Account) -> None:
    later = replace(story.plan(CLOSES_ON), opens_on=TODAY + timedelta(days=2))
    page = look(owner, rounds.prepare(bakery, karin, later))
    assert "13 mails vertrekken op woensdag 4 november om 7.00 uur." in page


def test_cards_are_named_on_the_button(owner: FlaskClient, bakery: Company, karin: Account) -> None:
    groups = (GroupPlan("employees", cards=9), GroupPlan("bank", (story.BANKER,)))
    round_ = rounds.prepare(bakery, karin, replace(story.plan(CLOSES_ON), groups=groups))
    assert "Verstuur 1 mail en maak 9 kaartjes" in look(owner, round_)
    only_cards = replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", cards=9),))
    rounds.prepare(bakery, karin, only_cards, round_)
    assert "Zet vast en maak 9 kaartjes" in look(owner, round_)


def test_an_unconfirmed_owner_reads_what_to_do_and_nothing_leaves(
    owner: FlaskClient, karin: Account, prepared_round: Round
) -> None:
    karin.confirmed_at = None
    db.session.commit()
    assert "Bevestig eerst het mailadres van Karin de Vries." in look(owner, prepared_round)
    answer = press_send(owner, prepared_round)
    assert answer.status_code == 422
    assert "nog niet bevestigd" in answer.text
    assert mails() == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [("late", "De dag van sluiten is voorbij."), ("nobody", "Er staat nog niemand op de lijst.")],
)
def test_what_cannot_be_sent_is_said_in_words(
    owner: FlaskClient, bakery: Company, karin: Account, clock: story.MovableClock, change: str, sentence: str
) -> None:
    plan = story.plan(CLOSES_ON) if change == "late" else replace(story.plan(CLOSES_ON), groups=())
    round_ = rounds.prepare(bakery, karin, plan)
    if change == "late":
        clock.move_to(CLOSES_ON + timedelta(days=1))
    answer = press_send(owner, round_)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert mails() == []


def test_a_test_mail_goes_to_oneself_only(owner: FlaskClient, karin: Account, prepared_round: Round) -> None:
    answer = owner.post(f"/ronde/{prepared_round.id}/proefmail", data={"group": "bank"})
    assert answer.status_code == 303
    assert [(mail.kind, mail.address, mail.invitation_id) for mail in mails()] == [("test_bank", karin.email, None)]
    assert owner.post(f"/ronde/{prepared_round.id}/proefmail", data={"group": "x"}).status_code == 400


def test_the_announcement_is_text_to_take_over(owner: FlaskClient, prepared_round: Round) -> None:
    page = unescape(owner.get(f"/ronde/{prepared_round.id}/aankondiging").text)
    text = page.split("<textarea")[1].split("</textarea>")[0]
    assert "Bakkerij De Vries" in text
    assert story.CONTACT.address in text
    assert all("\n" not in paragraph for paragraph in text.strip().split("\n\n"))
