"""The owner's page about who looks along: nobody by default, previewed, by mail, and withdrawn with one button."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from survey import sharing, story
from survey.installation import Installation
from survey.mirror import open_mirror
from survey.store.database import db
from survey.store.grants import views_of
from survey.store.people import Account, Company
from survey.store.rounds import Round
from survey.web.owner.sharing import key_of
from tests.web.owner.conftest import become
from tests.web.owner.test_on_a_phone import check
from tests.web.signing_in import link_in, newest_mail

PETRA, ROB = key_of(story.PARTNER.address), key_of(story.ACCOUNTANT.address)


@pytest.fixture
def opened(mirrored_round: Round, house: Installation) -> Round:
    open_mirror(mirrored_round, house.clock())
    return mirrored_round


@pytest.fixture
def page(opened: Round) -> str:
    """The address of the page."""
    return f"/ronde/{opened.id}/delen"


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def scope_of(round_: Round, address: str) -> str | None:
    [line] = [line for line in sharing.people_around(round_) if line.address == address]
    return line.mirror.scope if line.mirror else None


def test_nobody_looks_along_until_the_owner_says_so(owner: FlaskClient, page: str) -> None:
    shown = owner.get(page).text
    assert "Niemand, tot jij het zegt." in shown
    assert shown.count('value="nothing" checked') == 5
    assert shown.count(" checked") == 5
    assert shown.index("Petra Visser") < shown.index("Rob de Wit")


def test_the_sentences_for_one_and_the_whole_for_another(owner: FlaskClient, page: str, opened: Round) -> None:
    owner.post(page, data={f"scope-{PETRA}": "words", f"until-{PETRA}": "92", f"scope-{ROB}": "sentences"})
    assert scope_of(opened, story.PARTNER.address) == "words"
    assert scope_of(opened, story.ACCOUNTANT.address) == "sentences"
    assert scope_of(opened, story.BANKER.address) is None


def test_own_words_cannot_be_chosen_for_anybody_but_the_partner(owner: FlaskClient, page: str, opened: Round) -> None:
    shown = owner.get(page).text
    assert f'name="scope-{ROB}" value="words"' not in shown
    assert owner.post(page, data={f"scope-{ROB}": "words"}).status_code == 403
    assert scope_of(opened, story.ACCOUNTANT.address) is None


def test_a_person_who_is_let_in_gets_one_mail_and_an_account_looks_along_after_a_press(
    app: Flask, owner: FlaskClient, page: str, opened: Round, house: Installation
) -> None:
    owner.post(page, data={f"scope-{PETRA}": "mirror", f"until-{PETRA}": "31", f"relation-{PETRA}": "y"})
    link = link_in(newest_mail(story.PARTNER.address))
    petra = Account(email=story.PARTNER.address, name="Petra Visser", confirmed_at=house.clock())
    db.session.add(petra)
    db.session.commit()
    browser = app.test_client()
    assert "Log in met het adres" in browser.get(link).text
    assert browser.post(link).status_code == 303
    become(browser, petra)
    assert browser.get(link).status_code == 200
    assert "Bakkerij De Vries" not in browser.get("/klanten").text
    assert browser.post(link).location == "/klanten"
    assert "Bakkerij De Vries" in browser.get("/klanten").text
    assert browser.get("/").location == "/klanten"


def test_the_link_is_worth_nothing_to_another_account(
    owner: FlaskClient, page: str, opened: Round, karin: Account
) -> None:
    owner.post(page, data={f"scope-{PETRA}": "mirror"})
    link = link_in(newest_mail(story.PARTNER.address))
    assert "Je bent ingelogd met" in owner.get(link).text
    assert owner.post(link).status_code == 403
    assert owner.get("/meekijken/verzonnen").status_code == 410


def test_one_press_withdraws(owner: FlaskClient, page: str, opened: Round) -> None:
    owner.post(page, data={f"scope-{PETRA}": "mirror", f"relation-{PETRA}": "y"})
    owner.post(page, data={"revoke": PETRA, f"scope-{PETRA}": "mirror", f"relation-{PETRA}": "y"})
    assert scope_of(opened, story.PARTNER.address) is None
    shown = words_of(owner.get(page).text)
    assert "gestopt met delen met Petra Visser" in shown


def test_choosing_nothing_withdraws_and_each_grant_ends_by_itself(owner: FlaskClient, page: str, opened: Round) -> None:
    owner.post(page, data={f"scope-{PETRA}": "mirror", f"relation-{PETRA}": "y"})
    owner.post(page, data={f"scope-{PETRA}": "nothing", f"until-{PETRA}": "keep", f"relation-{PETRA}": "y"})
    line = sharing.people_around(opened)[0]
    assert line.mirror is None
    assert line.relation is not None
    owner.post(page, data={f"scope-{PETRA}": "nothing"})
    assert sharing.people_around(opened)[0].relation is None


def test_the_preview_is_what_the_other_sees_and_no_look(owner: FlaskClient, page: str, opened: Round) -> None:
    owner.post(page, data={f"scope-{ROB}": "sentences"})
    shown = words_of(owner.get(f"{page}/zo/{ROB}").text)
    assert "Dit ziet Rob de Wit." in shown
    assert "Het grootste verschil" in shown
    assert "Alle uitspraken" not in shown
    whole = words_of(owner.get(f"{page}/zo/{ROB}?wat=words").text)
    assert "Zeg eerder wat er gaat veranderen." not in whole
    assert "Zeg eerder wat er gaat veranderen." in owner.get(f"{page}/zo/{PETRA}?wat=words").text
    assert views_of(opened.id) == []


def test_before_the_first_opening_the_page_shows_no_number(owner: FlaskClient, mirrored_round: Round) -> None:
    page = f"/ronde/{mirrored_round.id}/delen"
    owner.post(page, data={f"scope-{ROB}": "sentences"})
    assert not re.search(r"\d,\d", words_of(owner.get(page).text))
    assert owner.get(f"{page}/zo/{ROB}").status_code == 303


def test_somebody_else_can_be_added(owner: FlaskClient, page: str, opened: Round) -> None:
    assert owner.post(page, data={"add": "y", "name": "Els", "address": "geen adres"}).status_code == 422
    owner.post(page, data={"add": "y", "name": "Els Bakker", "address": "els@mentor.example"})
    assert scope_of(opened, "els@mentor.example") is None
    owner.post(page, data={f"scope-{key_of('els@mentor.example')}": "mirror"})
    assert scope_of(opened, "els@mentor.example") == "mirror"


def test_another_owner_of_the_company_decides_nothing_here(
    client: FlaskClient, owner: FlaskClient, bakery: Company, page: str, opened: Round, house: Installation
) -> None:
    other = Account(email="jan@bakkerijdevries.example", name="Jan de Vries", confirmed_at=house.clock())
    db.session.add(other)
    bakery.owners.append(other)
    db.session.commit()
    become(client, other)
    assert client.get(page).status_code == 403
    assert client.post(page, data={f"scope-{PETRA}": "mirror"}).status_code == 404
    assert client.get(f"{page}/zo/{PETRA}").status_code == 404
    assert scope_of(opened, story.PARTNER.address) is None


def test_on_a_phone(phone_of_karin: Page, owner: FlaskClient, address: str, page: str) -> None:
    owner.post(page, data={f"scope-{PETRA}": "words", f"relation-{PETRA}": "y", f"scope-{ROB}": "sentences"})
    check(phone_of_karin, address, {"sharing": page, "sentences": f"{page}/zo/{ROB}", "whole": f"{page}/zo/{PETRA}"})


def test_it_can_be_chosen_from_home_before_there_is_a_mirror(owner: FlaskClient, open_round: Round) -> None:
    address = f"/ronde/{open_round.id}/delen"
    assert address in owner.get(f"/ronde/{open_round.id}").text
    owner.post(address, data={f"scope-{PETRA}": "words"})
    assert scope_of(open_round, story.PARTNER.address) == "words"
