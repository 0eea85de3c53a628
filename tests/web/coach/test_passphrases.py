"""The conversation partner on a page of his own: locks the round, opens it, and sees nothing else by it."""

from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext

from survey import locking, rounds, sharing, story
from survey.clock import end_of
from survey.installation import Installation
from survey.store import keys
from survey.store.database import db
from survey.store.grants import Confidant, RelationGrant
from survey.store.people import Account, invitations_of
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON
from tests.test_counting import everybody_answers
from tests.web.coach.conftest import today
from tests.web.owner.conftest import become
from tests.web.owner.test_on_a_phone import check
from tests.web.owner.test_strict_mode import PASSPHRASE, type_once, type_twice


@pytest.fixture(autouse=True)
def _one_try_is_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "KIBIBYTES", 64)


@pytest.fixture
def relation(confidant: Confidant, house: Installation) -> RelationGrant:
    """Petra sees dates and status."""
    return sharing.share_relation(confidant, today(house) + sharing.USUAL_TIME, house.clock())


@pytest.fixture
def chosen_round(prepared_round: Round, relation: RelationGrant) -> Round:
    """Karin chose strict mode."""
    locking.choose(prepared_round)
    return prepared_round


@pytest.fixture
def closed_round(chosen_round: Round, karin: Account, house: Installation, clock: story.MovableClock) -> Round:
    """Locked on Petra's own page, sent, answered and closed."""
    locking.lock(chosen_round, PASSPHRASE, house.settings.keys, by_partner=True)
    rounds.send(chosen_round, karin, house.boxes.of(chosen_round.id), house.settings.keys, house.clock())
    everybody_answers(house, chosen_round, invitations_of(chosen_round.id))
    clock.moment = end_of(CLOSES_ON)
    return chosen_round


def see(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.location
    return " ".join(unescape(answer.text).split())


def test_her_home_says_what_waits_for_her(coach: FlaskClient, chosen_round: Round) -> None:
    page = see(coach, "/klanten")
    assert "Karin de Vries wil de ronde op slot doen en wacht op je wachtzin." in page
    assert f"/klanten/{chosen_round.id}/wachtzin" in page


def test_she_chooses_the_passphrase_on_her_own_page_and_that_is_kept(
    coach: FlaskClient, chosen_round: Round, house: Installation
) -> None:
    path = f"/klanten/{chosen_round.id}/wachtzin"
    page = see(coach, path)
    assert "kijkt nu weg" not in page
    assert "Karin de Vries doet de ronde op slot." in page
    answer = type_twice(coach, path)
    assert "Dit is de reservecode van Petra Visser." in answer.text
    assert chosen_round.locked_by_partner
    assert keys.unlock_key(house.settings.keys, chosen_round.id, PASSPHRASE)
    assert path not in see(coach, "/klanten")


def test_she_opens_the_closed_round_and_sees_no_answer(coach: FlaskClient, closed_round: Round) -> None:
    page = see(coach, "/klanten")
    assert "De lijst is dicht. Tellen kan nog 29 dagen, met je wachtzin." in page
    path = f"/klanten/{closed_round.id}/openen"
    assert "Nog 29 dagen: het kan tot en met zondag 20 december 2026." in see(coach, path)
    assert type_once(coach, path, "drie broden en een bol").status_code == 422
    counted = type_once(coach, path, PASSPHRASE)
    assert counted.location == "/klanten"
    assert "De antwoorden zijn geteld." in coach.get("/klanten").text
    assert closed_round.release is not None
    assert coach.get(f"/klanten/{closed_round.id}/spiegel").status_code == 404


@pytest.mark.parametrize("page", ["wachtzin", "openen"])
def test_without_the_owners_word_or_after_it_was_withdrawn_there_is_no_such_page(
    coach: FlaskClient, chosen_round: Round, relation: RelationGrant, house: Installation, page: str
) -> None:
    path = f"/klanten/{chosen_round.id}/{page}"
    sharing.revoke(relation, house.clock())
    typed = {"seen": "", "passphrase": PASSPHRASE, "again": PASSPHRASE}
    assert (coach.get(path).status_code, coach.post(path, data=typed).status_code) == (404, 404)
    assert chosen_round.awaits_lock


def test_who_only_looks_along_cannot_lock(coach: FlaskClient, chosen_round: Round, house: Installation) -> None:
    chosen_round.partner_address = "els@smit-mentoring.example"
    db.session.commit()
    assert coach.get(f"/klanten/{chosen_round.id}/wachtzin").status_code == 404
    assert "wachtzin" not in see(coach, "/klanten")


def test_a_round_that_is_not_in_strict_mode_has_no_lock_for_her(
    coach: FlaskClient, prepared_round: Round, relation: RelationGrant
) -> None:
    assert coach.get(f"/klanten/{prepared_round.id}/wachtzin").status_code == 404


def test_her_pages_on_a_phone(
    coach: FlaskClient,
    petra: Account,
    address: str,
    context: BrowserContext,
    chosen_round: Round,
    karin: Account,
    house: Installation,
    clock: story.MovableClock,
) -> None:
    become(coach, petra)
    cookie = coach.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    phone, path = context.new_page(), f"/klanten/{chosen_round.id}"
    check(phone, address, {"clients": "/klanten", "choose": f"{path}/wachtzin"})
    locking.lock(chosen_round, PASSPHRASE, house.settings.keys, by_partner=True)
    rounds.send(chosen_round, karin, house.boxes.of(chosen_round.id), house.settings.keys, house.clock())
    clock.move_to(CLOSES_ON + timedelta(days=3))
    check(phone, address, {"clients that wait": "/klanten", "open": f"{path}/openen"})
