"""Taking back the link of somebody who answers by name: asked once more, and never for an anonymous group."""

from html import unescape

from flask.testing import FlaskClient
from playwright.sync_api import Page

from survey.store.database import db
from survey.store.people import Invitation, invitations_of
from survey.store.rounds import Round
from tests.web.conftest import Phone
from tests.web.owner.test_on_a_phone import check


def see(owner: FlaskClient, path: str) -> str:
    answer = owner.get(path)
    assert answer.status_code == 200, answer.location
    return " ".join(unescape(answer.text).split())


def bank_of(round_: Round) -> Invitation:
    [invitation] = invitations_of(round_.id, "bank")
    return invitation


def test_one_press_after_reading_what_it_does(owner: FlaskClient, open_round: Round, phone: Phone) -> None:
    bank = bank_of(open_round)
    link, path = phone.link_of(bank), f"/ronde/{open_round.id}/intrekken"
    page = see(owner, f"{path}?wie={bank.id}")
    assert "De link van Joost Meijer intrekken" in page
    assert "De lijst is nog niet binnen." in page
    assert phone.client.get(link).status_code == 200
    assert owner.post(path, data={"wie": bank.id}).location == f"/ronde/{open_round.id}/deelname"
    page = see(owner, f"/ronde/{open_round.id}/deelname")
    assert "De link van Joost Meijer is ingetrokken." in page
    assert "link ingetrokken" in page
    assert "Link intrekken: Joost Meijer" not in page
    revoked = phone.client.get(link)
    assert (revoked.status_code, "Deze link is ingetrokken" in revoked.text) == (410, True)
    assert owner.get(f"{path}?wie={bank.id}").status_code == 303


def test_a_list_that_is_in_keeps_counting_and_the_page_says_so(
    owner: FlaskClient, open_round: Round, phone: Phone
) -> None:
    bank = bank_of(open_round)
    phone.answer(bank)
    path = f"/ronde/{open_round.id}/intrekken"
    assert "De lijst is binnen. Die blijft tellen, met de naam erbij." in see(owner, f"{path}?wie={bank.id}")
    owner.post(path, data={"wie": bank.id})
    assert "0 van 3 binnen" in see(owner, f"/ronde/{open_round.id}")


def test_nobody_of_an_anonymous_group_can_be_taken_off(
    owner: FlaskClient, open_round: Round, staff: list[Invitation]
) -> None:
    path = f"/ronde/{open_round.id}/intrekken"
    one = staff[0].id
    assert owner.get(f"{path}?wie={one}").status_code == 404
    assert owner.post(path, data={"wie": one}).status_code == 404
    assert not db.session.get_one(Invitation, one).revoked


def test_a_voice_of_another_company_does_not_exist_here(owner: FlaskClient, open_round: Round, noise: Round) -> None:
    other = bank_of(noise).id
    assert owner.post(f"/ronde/{open_round.id}/intrekken", data={"wie": other}).status_code == 404
    assert not db.session.get_one(Invitation, other).revoked


def test_the_page_on_a_phone(phone_of_karin: Page, address: str, open_round: Round) -> None:
    pages = {"revoke": f"/ronde/{open_round.id}/intrekken?wie={bank_of(open_round).id}"}
    check(phone_of_karin, address, pages | {"participation": f"/ronde/{open_round.id}/deelname"})
