"""Throwing away a round that is over: one's own, long enough after, and it is gone for everybody."""

from datetime import date, timedelta

from flask.testing import FlaskClient
from playwright.sync_api import Page

from survey import rounds, story
from survey.installation import Installation
from survey.store.database import db
from survey.store.people import Account, Company
from survey.store.rounds import Round
from tests.web.owner.conftest import become
from tests.web.owner.test_on_a_phone import check


def long_after(round_: Round) -> date:
    return round_.closes_on + rounds.SPACING


def test_it_says_what_goes_and_one_press_throws_it_away(
    owner: FlaskClient, mirrored_round: Round, bakery: Company, clock: story.MovableClock
) -> None:
    clock.move_to(long_after(mirrored_round))
    page = f"/ronde/{mirrored_round.id}/weggooien"
    assert page in owner.get(f"/bedrijf/{bakery.id}").text
    assert "alles wat op naam gezegd is" in owner.get(page).text
    assert db.session.get(Round, mirrored_round.id) is not None
    round_ = f"/ronde/{mirrored_round.id}"
    answer = owner.post(page)
    assert "is weggegooid" in owner.get(answer.location).text
    assert owner.get(round_).status_code == owner.get(f"{round_}/spiegel").status_code == 404


def test_too_soon_it_says_from_when_and_does_nothing(
    owner: FlaskClient, mirrored_round: Round, clock: story.MovableClock
) -> None:
    clock.move_to(long_after(mirrored_round) - timedelta(days=1))
    page = f"/ronde/{mirrored_round.id}/weggooien"
    assert "Dat kan vanaf maandag 8 februari 2027." in owner.get(page).text
    assert owner.post(page).status_code == 303
    assert db.session.get(Round, mirrored_round.id) is not None


def test_a_round_that_runs_has_no_such_page(owner: FlaskClient, open_round: Round) -> None:
    for ask in (owner.get, owner.post):
        assert ask(f"/ronde/{open_round.id}/weggooien").status_code == 404
    assert db.session.get(Round, open_round.id) is not None


def test_the_other_owner_of_the_company_throws_nothing_away(
    owner: FlaskClient, mirrored_round: Round, bakery: Company, house: Installation, clock: story.MovableClock
) -> None:
    clock.move_to(long_after(mirrored_round))
    other = Account(email="ruud@bakkerijdevries.example", name="Ruud de Vries", confirmed_at=house.clock())
    bakery.owners.append(other)
    db.session.commit()
    become(owner, other)
    page = f"/ronde/{mirrored_round.id}/weggooien"
    assert page not in owner.get(f"/bedrijf/{bakery.id}").text
    for ask in (owner.get, owner.post):
        assert ask(page).status_code == 404
    assert db.session.get(Round, mirrored_round.id) is not None


def test_on_a_phone(phone_of_karin: Page, address: str, mirrored_round: Round, clock: story.MovableClock) -> None:
    page = f"/ronde/{mirrored_round.id}/weggooien"
    check(phone_of_karin, address, {"too soon": page})
    clock.move_to(long_after(mirrored_round))
    check(phone_of_karin, address, {"throw away": page})
