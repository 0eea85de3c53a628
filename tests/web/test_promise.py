"""The promise page: three sentences, three live numbers, and as plainly what is not promised."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask

from survey import address_book, locking, rounds, story
from survey.installation import EXTENSION, Installation
from survey.perspectives import NAMED
from survey.rounds import GroupPlan, Person
from survey.store.ballots import Box
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON
from tests.web.conftest import MOOD, Phone
from tests.web.owner.conftest import become


def promise(phone: Phone, invitation: Invitation, language: str = "nl") -> str:
    return " ".join(unescape(phone.client.get(f"{phone.link_of(invitation)}?taal={language}").text).split())


def numbers_on(page: str) -> list[str]:
    return re.findall(r"<dd>([^<]+)</dd>", page)


def test_three_numbers_come_from_the_live_settings(phone: Phone, staff: list[Invitation]) -> None:
    assert numbers_on(promise(phone, staff[0])) == ["9", "5", "19 jan"]


def test_another_round_has_other_numbers(phone: Phone, bakery: Company, karin: Account, house: Installation) -> None:
    plan = replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", story.EMPLOYEES[:6]),))
    round_ = rounds.prepare(bakery, karin, plan)
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    assert numbers_on(promise(phone, invitations_of(round_.id)[0]))[0] == "6"


def test_above_the_button_stands_what_one_must_know_first(phone: Phone, staff: list[Invitation]) -> None:
    above = promise(phone, staff[0]).partition("<button")[0]
    for words in (
        "Karin de Vries vraagt",
        "vertrouwelijk en wordt anoniem bij het tellen",
        "Meedoen is vrij en mag onder werktijd.",
        "4 tot 6 minuten",
        "vrijdag 20 november",
        "Marijke Bos",
        "marijke@vertrouwenspersoon.example",
    ):
        assert words in above


def test_what_is_not_promised_is_not_folded_away(phone: Phone, staff: list[Invitation]) -> None:
    page = promise(phone, staff[0])
    assert page.index("Dit beloven we niet") < page.index("<details")
    assert "De beheerder is Stichting Spiegel." in page


@pytest.mark.parametrize("perspective", ["employees", "bank"])
def test_who_reads_your_mail_and_who_runs_it_are_not_ruled_out(
    phone: Phone, open_round: Round, perspective: str
) -> None:
    page = promise(phone, invitations_of(open_round.id, perspective)[0])
    unpromised = page.partition("Dit beloven we niet")[2].partition("<details")[0]
    assert "Wie jouw mail kan lezen, kan zien of je link gebruikt is en in jouw plaats antwoorden." in unpromised
    assert "de sleutel kopiëren of eerder sluiten" in unpromised


@pytest.mark.parametrize(("perspective", "other"), [("employees", "bank"), ("bank", "employees")])
def test_who_stands_in_an_address_book_reads_that_only_the_invitation_is_erased(
    phone: Phone, open_round: Round, bakery: Company, karin: Account, perspective: str, other: str
) -> None:
    invited = invitations_of(open_round.id, perspective)[0]
    kept = "Het adresboek dat Bakkerij De Vries zelf bijhoudt, wissen wij niet. Vraag Karin om je eruit te halen."
    for in_the_book, said in ((other, False), (perspective, True)):
        address_book.keep(bakery, karin, {in_the_book: (Person("Iemand Anders", "iemand@else.example"),)})
        page = promise(phone, invited)
        assert (kept in page, "jouw uitnodiging gewist" in page, "jouw adres gewist" in page) == (said, said, not said)


def test_the_sixteen_promises_each_name_their_proof(phone: Phone, staff: list[Invitation]) -> None:
    folded = promise(phone, staff[0]).partition("Zestien beloften")[2].partition("</details>")[0]
    assert folded.count("<li>") == 16
    assert folded.count("<small>") == 16


@pytest.mark.parametrize(
    "operator", ["bakkerij  de vries", "Bakkerij De Vries B.V.", "BakkerijDeVries BV", "bakkerij-de vries v.o.f."]
)
def test_a_company_that_runs_it_itself_is_named_as_such(
    app: Flask, house: Installation, phone: Phone, staff: list[Invitation], operator: str
) -> None:
    own = replace(house, settings=replace(house.settings, operator=operator))
    app.extensions[EXTENSION] = own
    assert "Hier beheert Bakkerij De Vries de website zelf." in promise(phone, staff[0])


def test_an_operator_who_is_not_named_is_told_too(
    app: Flask, house: Installation, phone: Phone, staff: list[Invitation]
) -> None:
    app.extensions[EXTENSION] = replace(house, settings=replace(house.settings, operator=None))
    assert "heeft niemand ingevuld" in promise(phone, staff[0])


def test_a_round_that_was_cancelled_is_named_on_the_next_promise(
    phone: Phone, open_round: Round, box: Box, bakery: Company, karin: Account, house: Installation
) -> None:
    rounds.cancel(open_round, box, house.settings.keys, house.clock())
    next_round = rounds.prepare(bakery, karin, story.plan(CLOSES_ON))
    rounds.send(next_round, karin, house.boxes.of(next_round.id), house.settings.keys, house.clock())
    for invitation in invitations_of(next_round.id):
        assert "op maandag 2 november afgebroken" in promise(phone, invitation)


def test_nobody_reads_that_a_round_was_cancelled_that_was_never_sent(
    phone: Phone, prepared_round: Round, bakery: Company, karin: Account, house: Installation
) -> None:
    rounds.cancel(prepared_round, house.boxes.of(prepared_round.id), house.settings.keys, house.clock())
    next_round = rounds.prepare(bakery, karin, story.plan(CLOSES_ON))
    rounds.send(next_round, karin, house.boxes.of(next_round.id), house.settings.keys, house.clock())
    assert "afgebroken" not in promise(phone, invitations_of(next_round.id)[0])


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("perspective", NAMED)
def test_who_answers_by_name_never_sees_the_word_anonymous(
    perspective: str,
    language: str,
    new_phone: Callable[[], Phone],
    bakery: Company,
    karin: Account,
    house: Installation,
    clock: story.MovableClock,
) -> None:
    plan = replace(story.plan(CLOSES_ON), groups=(GroupPlan(perspective, (Person("Joost Meijer", "j@bank.example"),)),))
    round_ = rounds.prepare(bakery, karin, plan)
    box = house.boxes.of(round_.id)
    rounds.send(round_, karin, box, house.settings.keys, house.clock())
    [invitation] = invitations_of(round_.id)
    phone, taal = new_phone(), {"taal": language}
    link = f"{phone.link_of(invitation)}?taal={language}"
    pages = [phone.client.get(link)]
    assert {"nl": "op naam", "en": "by name"}[language] in pages[0].text
    phone.client.post(link)
    pages.append(phone.client.get("/lijst"))
    start = pages[-1].text.split('name="start" value="')[1].split('"')[0]
    pages.append(phone.client.post("/lijst", data={"start": start, **taal}))
    pages.append(phone.client.post("/lijst", data={"start": start, **taal, **MOOD}))
    pages.append(phone.client.get(link))
    pages.append(phone.client.post(link, data={"do": "withdraw", **taal}))
    pages.append(phone.client.post(link, data={"do": "decline", **taal}))
    clock.move_to(CLOSES_ON.replace(day=30))
    pages.append(phone.client.get(link))
    for page in pages:
        assert page.headers["Content-Language"] == language
        assert "anoniem" not in page.text.lower()
        assert "anonym" not in page.text.lower()


def test_the_promise_is_one_request_and_names_its_style_sheet_by_hash(phone: Phone, staff: list[Invitation]) -> None:
    answer = phone.client.get(phone.link_of(staff[0]))
    assert "<script" not in answer.text
    assert not re.findall(r'(?:src|href)="(?!\?taal|\?blad|mailto:|data:,)', answer.text)
    assert re.search(r"style-src 'sha256-[A-Za-z0-9+/=]+'", answer.headers["Content-Security-Policy"])
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.fixture
def strict_round(prepared_round: Round, karin: Account, house: Installation) -> Round:
    """Karin's round in strict mode, its passphrase typed on Petra's own page; open."""
    locking.lock(prepared_round, "vier broden en een krentenbol", house.settings.keys, by_partner=True)
    rounds.send(prepared_round, karin, house.boxes.of(prepared_round.id), house.settings.keys, house.clock())
    return prepared_round


@pytest.mark.parametrize("perspective", ["employees", "bank"])
def test_that_the_round_is_locked_and_by_whom_is_said_from_the_live_settings(
    phone: Phone, strict_round: Round, perspective: str
) -> None:
    page = promise(phone, invitations_of(strict_round.id, perspective)[0])
    assert "Deze ronde zit op slot.</strong> Er wordt pas geteld als Petra Visser een wachtzin typt." in page
    assert "uiterlijk 20 december 2026" in page
    assert "de sleutel kopiëren" not in page
    assert "kan eerder sluiten, of het programma veranderen en dan meelezen" in page
    assert "Zonder die zin of de reservecode op papier opent niemand je antwoord" in page
    assert "wegkeek" not in page
    assert "Karin gaf het mailadres van Petra Visser op. Of het echt van die ander is, weten wij niet." in page


def test_typed_at_the_owners_screen_is_said_to_be_typed_there(phone: Phone, strict_round: Round) -> None:
    strict_round.locked_by_partner = False
    page = promise(phone, invitations_of(strict_round.id, "employees")[0])
    assert "De wachtzin is getypt op het scherm van Karin. Of die toen wegkeek, weten wij niet." in page


def test_an_ordinary_round_says_nothing_of_a_lock(phone: Phone, staff: list[Invitation]) -> None:
    page = promise(phone, staff[0])
    assert "op slot" not in page
    assert "de sleutel kopiëren" in page


def test_named_voices_read_what_the_owner_sees_of_them_and_the_owner_reads_the_same(
    phone: Phone, open_round: Round, owner_page: str
) -> None:
    assert "Karin ziet tot het sluiten alleen: binnen, of nog niet. Niet wat je koos, en niet wanneer." in promise(
        phone, invitations_of(open_round.id, "bank")[0]
    )
    assert "Zij lezen vooraf dat je dit ziet: binnen, of nog niet. Niet wat ze kozen, en niet wanneer." in owner_page


@pytest.fixture
def owner_page(app: Flask, open_round: Round, karin: Account) -> str:
    """The owner's page about taking part."""
    browser = app.test_client()
    become(browser, karin)
    return " ".join(unescape(browser.get(f"/ronde/{open_round.id}/deelname").text).split())
