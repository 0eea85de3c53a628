"""Zo werkt de spiegel: one sheet for staff, on a page and on one A4, with the numbers of the promise page."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pikepdf
import pytest
from flask import Flask
from pypdf import PdfReader

from survey import rounds, story
from survey.installation import Installation
from survey.rounds import GroupPlan
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Round
from survey.web.respondent.how_it_works import sheet
from survey.web.respondent.promise import promise_in
from tests.bakery import CLOSES_ON
from tests.web.conftest import Phone, path_of
from tests.web.owner.conftest import become
from tests.web.routes import all_that_is_stored

A4 = (595, 842)
LANGUAGES = pytest.mark.parametrize("language", ["nl", "en"])


@pytest.fixture
def path(open_round: Round, house: Installation) -> str:
    """Where staff read how the bakery's round works."""
    return path_of(house.links.how_it_works(open_round.id))


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def numbers_on(page: str) -> list[str]:
    return re.findall(r"<dd>([^<]+)</dd>", page)


def words_on(paper: bytes) -> str:
    [page] = PdfReader(io.BytesIO(paper)).pages
    return " ".join(page.extract_text().split())


@LANGUAGES
def test_page_and_paper_have_the_numbers_of_the_promise_page(
    phone: Phone, staff: list[Invitation], path: str, language: str
) -> None:
    promised = numbers_on(phone.client.get(f"{phone.link_of(staff[0])}?taal={language}").text)
    page = phone.client.get(f"{path}?taal={language}").text
    paper = words_on(phone.client.get(f"{path}.pdf?taal={language}").data)
    assert len(promised) == 3
    assert [number for number in promised if number in numbers_on(page)] == promised
    assert [number for number in promised if number in paper] == promised
    for said in ("Marijke Bos", "marijke@vertrouwenspersoon.example", "Stichting Spiegel", "Petra Visser"):
        assert said in words_of(page)
        assert said in paper


@LANGUAGES
def test_nobody_may_ask_for_your_code(phone: Phone, path: str, language: str) -> None:
    sentence = {"nl": "Niemand mag om je code vragen.", "en": "Nobody may ask for your code."}[language]
    assert sentence in words_of(phone.client.get(f"{path}?taal={language}").text)
    assert sentence in words_on(phone.client.get(f"{path}.pdf?taal={language}").data)


@LANGUAGES
def test_sixteen_promises_and_what_is_not_promised_are_those_of_the_promise_page(
    phone: Phone, staff: list[Invitation], path: str, language: str
) -> None:
    promise, page = (phone.client.get(f"{one}?taal={language}").text for one in (phone.link_of(staff[0]), path))
    lines = re.findall(r"<li>.*", promise)
    assert len(lines) == 23
    assert [line for line in lines if line not in page] == []


@LANGUAGES
def test_the_paper_is_one_tagged_a4_with_its_own_letters(phone: Phone, path: str, language: str) -> None:
    answer = phone.client.get(f"{path}.pdf?taal={language}")
    assert answer.mimetype == "application/pdf"
    made = pikepdf.open(io.BytesIO(answer.data))
    [page] = made.pages
    assert tuple(round(float(side)) for side in page.mediabox[2:]) == A4
    assert made.Root.MarkInfo.Marked
    assert str(made.Root.Lang) == language
    letters = sorted(str(font.BaseFont).rstrip(",").partition("+")[2] for font in page.Resources.Font.values())
    assert letters == ["Mirror-Bold", "Mirror-Sans", "Mirror-Serif"]


@LANGUAGES
@pytest.mark.parametrize("word", ["W" * 120, "Wilhelmina van Wouwenbergh-Westerwoudt " * 3])
def test_whatever_somebody_is_called_it_stays_one_sheet(
    app: Flask, house: Installation, open_round: Round, word: str, language: str
) -> None:
    promise = promise_in(house, open_round, "employees", language, by_card=True)
    name = word[:120].strip()
    long = replace(
        promise,
        company=name, owner=name, first_name=name, partner=name, contact_name=name, operator=name,
        contact_address=f"{'w' * 64}@{'.'.join(['w' * 60] * 3)}.example",
        runs_it_itself=True, locked_by=name, typed_by_partner=False,
    )  # fmt: skip
    with app.test_request_context():
        assert words_on(sheet(long, language))


@LANGUAGES
@pytest.mark.parametrize("word", ["Petra Visser", "W" * 120])
def test_a_locked_round_says_so_and_stays_one_sheet(
    app: Flask, house: Installation, open_round: Round, word: str, language: str
) -> None:
    promise = promise_in(house, open_round, "employees", language, by_card=True)
    assert not promise.locked_by
    with app.test_request_context():
        on_paper = words_on(sheet(replace(promise, locked_by=word, typed_by_partner=False), language))
    assert {"nl": "Deze ronde zit op slot:", "en": "This round is locked:"}[language] in on_paper
    assert {"nl": "de reservecode op papier", "en": "the recovery code on paper"}[language] in on_paper


def test_it_says_that_what_people_wrote_remains_beside_one_line_for_each_question(phone: Phone, path: str) -> None:
    kept = "per vraag één regel over, van de hele groep, en wat jullie zelf schreven, zonder naam."
    assert kept in words_of(phone.client.get(path).text)


@LANGUAGES
def test_with_an_address_book_and_a_lock_it_stays_one_sheet(
    app: Flask, house: Installation, open_round: Round, language: str
) -> None:
    promise = promise_in(house, open_round, "employees", language, by_card=False)
    full = replace(promise, in_address_book=True, locked_by="W" * 120, partner="W" * 120, company="W" * 120)
    with app.test_request_context():
        on_paper = words_on(sheet(full, language))
    assert {"nl": "jouw uitnodiging", "en": "your invitation"}[language] in on_paper


def test_with_cards_it_speaks_of_cards(phone: Phone, bakery: Company, karin: Account, house: Installation) -> None:
    round_ = rounds.prepare(bakery, karin, replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", cards=6),)))
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    page = words_of(phone.client.get(path_of(house.links.how_it_works(round_.id))).text)
    assert "Je trekt zelf een kaartje uit de pot." in page
    assert "jouw kaartje gewist" in page
    assert "Wie de kaartjes afdrukt, kan zien hoeveel er gebruikt zijn en er zelf mee antwoorden." in page
    assert "Je krijgt een mail" not in page


def test_asking_for_it_stores_nothing_and_needs_no_session(phone: Phone, path: str) -> None:
    before = all_that_is_stored()
    for address in (path, f"{path}.pdf"):
        answer = phone.client.get(address)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
    assert all_that_is_stored() == before


def test_who_answers_in_the_group_finds_it_and_who_answers_by_name_does_not(
    phone: Phone, open_round: Round, staff: list[Invitation], path: str
) -> None:
    link = phone.link_of(staff[0])
    assert '<a href="?blad">' in phone.client.get(link).text
    answer = phone.client.get(f"{link}?blad&taal=en")
    assert answer.status_code == 303
    assert path_of(answer.location) == f"{path}?taal=en"
    [bank] = invitations_of(open_round.id, "bank")
    page = phone.client.get(f"{phone.link_of(bank)}?blad")
    assert page.status_code == 200
    assert "blad" not in page.text


def test_the_owner_finds_it_before_sending_and_while_the_round_runs(
    app: Flask, karin: Account, prepared_round: Round, house: Installation
) -> None:
    browser = app.test_client()
    become(browser, karin)
    link = house.links.how_it_works(prepared_round.id)
    for page in ("verzenden", "aankondiging"):
        assert link in browser.get(f"/ronde/{prepared_round.id}/{page}").text
    assert browser.get(path_of(link)).status_code == 200
    rounds.send(prepared_round, karin, house.boxes.of(prepared_round.id), house.settings.keys, house.clock())
    assert link in browser.get(f"/ronde/{prepared_round.id}/deelname").text


def test_a_round_without_staff_has_no_sheet(
    app: Flask, phone: Phone, bakery: Company, karin: Account, house: Installation
) -> None:
    bank = next(group for group in story.plan(CLOSES_ON).groups if group.perspective == "bank")
    round_ = rounds.prepare(bakery, karin, replace(story.plan(CLOSES_ON), groups=(bank,)))
    assert phone.client.get(path_of(house.links.how_it_works(round_.id))).status_code == 404
    browser = app.test_client()
    become(browser, karin)
    assert "zo-werkt-de-spiegel" not in browser.get(f"/ronde/{round_.id}/verzenden").text


def test_no_other_link_opens_it_and_it_opens_nothing_else(
    phone: Phone, path: str, open_round: Round, staff: list[Invitation]
) -> None:
    token = path.rpartition("/")[2]
    invited = phone.link_of(staff[0]).rpartition("/")[2]
    for address in (f"/u/{token}", f"/zo-werkt-de-spiegel/{invited}", f"/zo-werkt-de-spiegel/{open_round.id}"):
        assert phone.client.get(address).status_code == 404
    assert phone.client.get(f"/zo-werkt-de-spiegel/{invited}.pdf").status_code == 404


def test_it_is_gone_when_the_addresses_are_and_when_the_round_is_cancelled(
    new_phone: Callable[[], Phone],
    path: str,
    open_round: Round,
    karin: Account,
    house: Installation,
    clock: story.MovableClock,
) -> None:
    today = house.clock()
    clock.move_to(open_round.erased_on)
    assert new_phone().client.get(path).status_code == 200
    clock.move_to(open_round.erased_on + timedelta(days=1))
    assert new_phone().client.get(path).status_code == 410
    assert new_phone().client.get(f"{path}.pdf").status_code == 410
    clock.move_to(today)
    rounds.cancel(open_round, house.boxes.of(open_round.id), house.settings.keys, house.clock())
    assert new_phone().client.get(path).status_code == 410
