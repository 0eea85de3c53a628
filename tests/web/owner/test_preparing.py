"""Preparing: one page on which nothing typed is lost, and every fault is named at its line."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey import address_book, rounds, story
from survey.rounds import GroupPlan
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, invitations_of
from survey.store.rounds import Round, draft_of, rounds_of
from survey.web.owner.plan_form import fields_of
from tests.bakery import CLOSES_ON, TODAY
from tests.mirror.karins_mirror import count
from tests.test_spreadsheets import a_row_far_down, with_macros, workbook
from tests.web.owner.conftest import become


@pytest.fixture
def typed(karin: Account) -> dict[str, str]:
    """The page as Karin fills it in."""
    return fields_of(story.plan(CLOSES_ON), karin)


def press(
    owner: FlaskClient, bakery: Company, fields: dict[str, str], button: str = "next", file: bytes = b""
) -> TestResponse:
    data: dict[str, object] = {**fields, "press": button}
    if file:
        data["file"] = (io.BytesIO(file), "lijst.csv")
    return owner.post(f"/bedrijf/{bakery.id}/voorbereiden", data=data, content_type="multipart/form-data")


def said(answer: TestResponse) -> str:
    return unescape(answer.text)


def day(name: str, when: date) -> dict[str, str]:
    return {f"{name}-day": str(when.day), f"{name}-month": str(when.month), f"{name}-year": str(when.year)}


def only_round(bakery: Company) -> Round:
    (round_,) = rounds_of(bakery.id)
    return round_


def test_the_first_question_is_with_whom_and_when_the_conversation_is(owner: FlaskClient, bakery: Company) -> None:
    page = owner.get(f"/bedrijf/{bakery.id}/voorbereiden").text
    places = [page.index(f'name="{name}"') for name in ("partner_name", "conversation-day", "closes-day", "employees")]
    assert places == sorted(places)


def test_what_was_filled_in_becomes_the_round_and_nothing_leaves(
    owner: FlaskClient, bakery: Company, typed: dict[str, str]
) -> None:
    answer = press(owner, bakery, typed)
    round_ = only_round(bakery)
    assert answer.location == f"/ronde/{round_.id}/verzenden"
    read = rounds.plan_of(round_)
    assert replace(read, groups=()) == replace(story.plan(CLOSES_ON), groups=())
    assert {group.perspective: set(group.people) for group in read.groups} == {
        group.perspective: set(group.people) for group in story.plan(CLOSES_ON).groups
    }
    assert db.session.scalars(db.select(OutboxMail)).all() == []
    assert draft_of(bakery.id) is None


def test_the_closing_day_follows_from_the_conversation(
    owner: FlaskClient, bakery: Company, typed: dict[str, str]
) -> None:
    empty = {name: "" for name in typed if name.startswith(("closes", "opens"))}
    press(owner, bakery, typed | empty)
    round_ = only_round(bakery)
    assert round_.closes_on == round_.conversation_on - timedelta(days=7)
    assert round_.opens_on == TODAY


def test_a_bad_line_is_named_with_what_was_meant_and_nothing_is_emptied(
    owner: FlaskClient, bakery: Company, typed: dict[str, str]
) -> None:
    lines = "anna@bakkerij.nl\nYoussef <youssef@bakkerij.nl>\nbram@bakkerijdekker\nANNA+1@bakkerij.nl"
    answer = press(owner, bakery, typed | {"employees": lines})
    page = said(answer)
    assert answer.status_code == 422
    assert "Medewerkers: Regel 3: na ‘bakkerijdekker’ mist bijvoorbeeld .nl." in page
    assert "Regel 4: staat ook op regel 1." in page
    assert lines in page.replace("\r\n", "\n")
    assert story.ACCOUNTANT.address in page
    assert rounds_of(bakery.id) == []
    assert lines in unescape(owner.get(f"/bedrijf/{bakery.id}/voorbereiden").text)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"bank": "Bram <bram@bakkerijdevries.example>"}, "Regel 1: staat ook bij Medewerkers, regel 2."),
        ({"employees": "karin@bakkerijdevries.example"}, "Regel 1: hier gaat de spiegel over; die vult apart in."),
        ({"employees": "petra+x@visser-mentoring.example"}, "Regel 1: dit is je gesprekspartner"),
        ({"bank": "joost@regiobank.example"}, "Regel 1: zet de naam erbij, zoals: Rob de Wit <joost@regiobank"),
        ({"contact_address": "KARIN@bakkerijdevries.example"}, "Kies iemand die geen eigenaar is."),
        ({"partner_address": "petra@visser"}, "Kijk het adres na: na ‘visser’ mist bijvoorbeeld .nl."),
        ({"partner_name": " "}, "Met wie voer je het gesprek? Vul een naam in."),
        ({"partner_name": "", "partner_address": ""}, "Kijk het adres na: hier staat geen adres met een @."),
        ({"partner_name": "P" * 121}, "Maak de naam korter dan 120 tekens."),
        ({"conversation-day": "31", "conversation-month": "2"}, "Deze dag bestaat niet."),
        ({"conversation-year": "2025"}, "Kies een dag die nog komt."),
        ({"conversation-day": "", "conversation-month": "", "conversation-year": ""}, "Vul een dag, een maand"),
        (day("closes", TODAY - timedelta(days=1)), "Deze dag is voorbij."),
        (day("closes", date(2026, 12, 24)), "Sluit vóór de dag van het gesprek"),
        (day("opens", date(2026, 11, 21)), "De ronde gaat dan later open dan dicht."),
        ({"channel": "cards", "cards": "negen"}, "Vul het aantal medewerkers in"),
        ({"channel": "cards", "cards": "0"}, "Vul het aantal medewerkers in"),
        (dict.fromkeys(("employees", "bank", "accountant", "peer"), ""), "Vraag minstens één groep om mee te kijken."),
        ({"employees": "x\n" * 10_000}, "Deze lijst heeft 10000 regels. We lezen er hooguit 500."),
        ({"employees": "x\n" * 20}, "En nog 14 regels."),
    ],
)
def test_what_cannot_be_a_round_is_said_at_its_field(
    owner: FlaskClient, bakery: Company, typed: dict[str, str], change: dict[str, str], sentence: str
) -> None:
    answer = press(owner, bakery, typed | change)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert rounds_of(bakery.id) == []


def test_two_digits_are_a_year_of_this_century(owner: FlaskClient, bakery: Company, typed: dict[str, str]) -> None:
    press(owner, bakery, typed | {"closes-year": "26", "conversation-year": " 26 "})
    assert only_round(bakery).closes_on == CLOSES_ON


def test_the_lines_of_a_file_are_put_under_the_typed_ones_to_be_looked_at(
    owner: FlaskClient, bakery: Company, typed: dict[str, str]
) -> None:
    file = "Naam;E-mail\r\nZoë Kok;zoe@bakkerij.nl\r\n".encode("cp1252")
    answer = press(owner, bakery, typed | {"employees": "anna@bakkerij.nl"}, "file", file)
    assert answer.status_code == 200
    page = said(answer)
    assert "anna@bakkerij.nl\nNaam;E-mail" in page.replace("\r\n", "\n")
    assert "Zoë Kok;zoe@bakkerij.nl" in page
    assert rounds_of(bakery.id) == []


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"PK\x03\x04 ...", "Kies in Excel ‘Opslaan als’ en dan ‘CSV’"),
        (b"\xd0\xcf\x11\xe0 ...", "oud Excel-bestand, of er zit een wachtwoord op"),
        (b"%PDF-1.7 ...", "Dit bestand is geen lijst."),
        (b"x@y.nl\n" * 600, "te groot voor een lijst met adressen"),
        (with_macros(), "In dit bestand zitten macro’s of andere bestanden."),
        (a_row_far_down(), "te groot voor een lijst met adressen"),
        (b" \r\n ", "Dit bestand is leeg."),
    ],
)
def test_a_file_is_refused_in_words_and_the_rest_stays(
    owner: FlaskClient, bakery: Company, typed: dict[str, str], file: bytes, sentence: str
) -> None:
    answer = press(owner, bakery, typed, "next", file)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert story.EMPLOYEES[0].address in said(answer)
    assert "x@y.nl" not in said(answer)
    assert rounds_of(bakery.id) == []


def test_people_can_come_from_a_spreadsheet(owner: FlaskClient, bakery: Company, typed: dict[str, str]) -> None:
    people = [(person.name, person.address) for person in story.EMPLOYEES]
    answer = press(owner, bakery, typed | {"employees": ""}, "file", workbook(("Naam", "E-mail"), *people))
    assert answer.status_code == 200
    listed = "\n".join(f"{name}\t{address}" for name, address in people)
    assert f"Naam\tE-mail\n{listed}" in said(answer).replace("\r\n", "\n")
    press(owner, bakery, typed | {"employees": listed})
    assert {one.address for one in invitations_of(only_round(bakery).id, "employees")} == {a for _, a in people}


def test_half_a_form_can_be_kept_and_is_found_again(owner: FlaskClient, bakery: Company) -> None:
    answer = press(owner, bakery, {"partner_name": "Petra", "employees": "bram@"}, "stop")
    assert answer.location == f"/bedrijf/{bakery.id}"
    assert "Bewaard zoals het er stond." in owner.get(answer.location).text
    page = owner.get(f"/bedrijf/{bakery.id}/voorbereiden").text
    assert 'value="Petra"' in page
    assert "bram@" in page


def test_what_was_kept_for_later_is_named_on_the_send_page(
    owner: FlaskClient, bakery: Company, prepared_round: Round, typed: dict[str, str]
) -> None:
    owner.post(f"/ronde/{prepared_round.id}/voorbereiden", data=typed | {"employees": "half@", "press": "stop"})
    assert "half@" in owner.get(f"/ronde/{prepared_round.id}/voorbereiden").text
    page = owner.get(f"/ronde/{prepared_round.id}/verzenden").text
    assert "Je bewaarde nog veranderingen die hier niet in staan." in page
    assert story.EMPLOYEES[0].address in page


def test_cards_are_exactly_as_many_as_there_are_people(
    owner: FlaskClient, bakery: Company, typed: dict[str, str]
) -> None:
    press(owner, bakery, typed | {"channel": "cards", "cards": "12"})
    group = only_round(bakery).group("employees")
    assert (group.channel, group.head_count) == ("cards", 12)


def test_the_staff_is_not_asked_again_within_eighty_days(
    owner: FlaskClient, bakery: Company, karin: Account, open_round: Round
) -> None:
    soon = fields_of(story.plan(CLOSES_ON + timedelta(days=60)), karin)
    answer = press(owner, bakery, soon)
    assert answer.status_code == 422
    assert "Sluiten kan vanaf maandag 8 februari 2027." in said(answer)
    assert press(owner, bakery, soon | {"employees": ""}).status_code == 303


def test_a_prepared_round_is_changed_on_the_same_page(
    owner: FlaskClient, bakery: Company, prepared_round: Round, typed: dict[str, str]
) -> None:
    address = f"/ronde/{prepared_round.id}/voorbereiden"
    assert owner.get(f"/bedrijf/{bakery.id}/voorbereiden").location == address
    assert story.ACCOUNTANT.address in owner.get(address).text
    assert owner.post(address, data=typed | {"bank": "", "press": "next"}).status_code == 303
    assert [group.perspective for group in only_round(bakery).groups] == ["employees", "accountant", "peer"]


def test_after_sending_nothing_changes(owner: FlaskClient, open_round: Round, typed: dict[str, str]) -> None:
    for method in (owner.get, owner.post):
        assert method(f"/ronde/{open_round.id}/voorbereiden", data=typed).status_code == 409
    assert owner.post(f"/ronde/{open_round.id}/zonder-medewerkers").status_code == 409
    assert len(invitations_of(open_round.id)) == 13


def test_four_employees_are_warned_about_and_can_be_left_out(
    owner: FlaskClient, bakery: Company, karin: Account
) -> None:
    few = (GroupPlan("employees", story.EMPLOYEES[:4]), GroupPlan("bank", (story.BANKER,)))
    round_ = rounds.prepare(bakery, karin, replace(story.plan(CLOSES_ON), groups=few))
    page = unescape(owner.get(f"/ronde/{round_.id}/verzenden").text)
    assert "Met 4 medewerkers kan deze groep nooit getoond worden." in page
    answer = owner.post(f"/ronde/{round_.id}/zonder-medewerkers")
    assert answer.location == f"/ronde/{round_.id}/verzenden"
    assert [group.perspective for group in rounds.plan_of(round_).groups] == ["bank"]


@pytest.mark.parametrize(("count", "warned"), [(5, True), (7, True), (8, False)])
def test_under_eight_the_group_is_called_small(
    owner: FlaskClient, bakery: Company, karin: Account, count: int, warned: bool
) -> None:
    plan = replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", cards=count),))
    page = unescape(owner.get(f"/ronde/{rounds.prepare(bakery, karin, plan).id}/verzenden").text)
    assert ("is een kleine groep" in page) is warned


def test_private_addresses_own_looks_and_slips_are_asked_about(
    owner: FlaskClient, bakery: Company, typed: dict[str, str]
) -> None:
    lines = "jan@gmail.com\nkarin2@hotmail.com\npiet@gmial.com\n" + "\n".join(f"p{n}@bakkerij.nl" for n in range(6))
    page = said(owner.get(press(owner, bakery, typed | {"employees": lines}).location))
    assert "1 adres is een privéadres: jan@gmail.com" in page
    assert "Dit lijkt op je eigen adres: karin2@hotmail.com" in page
    assert "Bedoel je bij piet@gmial.com misschien gmail.com?" in page


def test_with_two_owners_the_mirror_is_of_one_and_the_other_is_asked_by_name(
    owner: FlaskClient, bakery: Company, karin: Account, typed: dict[str, str]
) -> None:
    daan = Account(email="daan@devries.example", name="Daan de Vries")
    bakery.owners.append(daan)
    db.session.commit()
    assert "Om wie gaat deze spiegel?" in owner.get(f"/bedrijf/{bakery.id}/voorbereiden").text
    press(owner, bakery, typed | {"subject": str(daan.id), "co_owner": f"Karin <{karin.email}>"})
    round_ = only_round(bakery)
    assert (round_.subject_name, round_.groups[1].perspective) == ("Daan de Vries", "co_owner")


def test_somebody_who_is_no_owner_is_never_the_subject(
    owner: FlaskClient, bakery: Company, noise: Round, typed: dict[str, str]
) -> None:
    press(owner, bakery, typed | {"subject": str(noise.subject_id), "minimum": "1", "company_id": noise.company_id})
    round_ = only_round(bakery)
    assert (round_.subject_name, round_.minimum, round_.company_id) == (story.OWNER.name, 5, bakery.id)


def test_partner_and_contact_of_last_time_are_there_and_no_list_is(
    owner: FlaskClient, bakery: Company, open_round: Round
) -> None:
    page = owner.get(f"/bedrijf/{bakery.id}/voorbereiden").text
    assert story.PARTNER.address in page
    assert story.CONTACT.address in page
    assert story.EMPLOYEES[0].address not in page


def test_the_address_book_is_taken_over_under_what_was_typed_and_nobody_stands_there_twice(
    owner: FlaskClient, bakery: Company, karin: Account, open_round: Round
) -> None:
    address_book.take_over(bakery, karin, open_round)
    assert "Neem je adresboek over" in owner.get(f"/bedrijf/{bakery.id}/voorbereiden").text
    typed = {
        "partner_name": "Petra",
        "conversation-day": "31",
        "employees": f"nieuw@bakkerijdevries.example\n{story.EMPLOYEES[0].address}",
        "bank": "Nog uitzoeken",
    }
    page = said(press(owner, bakery, typed, "book"))
    assert "Overgenomen. Kijk de lijsten hieronder na." in page
    assert 'value="Petra"' in page
    assert 'value="31"' in page
    for person in (*story.EMPLOYEES, story.ACCOUNTANT, story.BANKER, *story.PEERS):
        assert page.count(person.address) == 1
    assert page.index("nieuw@bakkerijdevries.example") < page.index(story.EMPLOYEES[1].address)
    assert page.index("Nog uitzoeken") < page.index(story.BANKER.address)
    draft = draft_of(bakery.id)
    assert draft
    assert said(press(owner, bakery, dict(draft.fields), "book")).count(story.EMPLOYEES[1].address) == 1
    assert len(rounds_of(bakery.id)) == 1


def test_the_address_book_brings_only_whom_this_kind_of_round_asks(
    owner: FlaskClient, bakery: Company, karin: Account, open_round: Round
) -> None:
    address_book.take_over(bakery, karin, open_round)
    page = said(press(owner, bakery, {"kind": "thermometer"}, "book"))
    assert story.BANKER.address in page
    assert story.PEERS[0].address not in page


def test_an_address_book_with_cards_fills_in_how_many(owner: FlaskClient, bakery: Company, karin: Account) -> None:
    address_book.keep(bakery, karin, {}, 9)
    page = said(press(owner, bakery, {"kind": "mirror"}, "book"))
    assert re.search(r'value="cards"[^>]*checked|checked[^>]*value="cards"', page)
    assert re.search(r'name="cards"[^>]*value="9"|value="9"[^>]*name="cards"', page)


def test_without_an_address_book_and_with_that_of_another_owner_none_is_offered(
    app: Flask, owner: FlaskClient, bakery: Company, karin: Account, open_round: Round, clock: story.MovableClock
) -> None:
    assert "Neem je adresboek over" not in owner.get(f"/bedrijf/{bakery.id}/voorbereiden").text
    address_book.take_over(bakery, karin, open_round)
    tom = Account(email="tom@bakkerijdevries.example", name="Tom de Vries", confirmed_at=clock())
    bakery.owners.append(tom)
    db.session.commit()
    browser = app.test_client()
    become(browser, tom)
    assert "Neem je adresboek over" not in browser.get(f"/bedrijf/{bakery.id}/voorbereiden").text
    assert story.EMPLOYEES[0].address not in said(press(browser, bakery, {"kind": "mirror"}, "book"))


def test_enter_in_a_field_goes_on_and_brings_no_list_along(
    owner: FlaskClient, bakery: Company, karin: Account, open_round: Round
) -> None:
    address_book.take_over(bakery, karin, open_round)
    form = owner.get(f"/bedrijf/{bakery.id}/voorbereiden").text.split('class="plan"')[1]
    assert 'value="next"' in form[form.index("<button") :].split(">")[0]


def test_home_leads_to_the_address_book(owner: FlaskClient, bakery: Company, open_round: Round) -> None:
    assert f'href="/bedrijf/{bakery.id}/adresboek"' in owner.get(f"/bedrijf/{bakery.id}").text


def test_a_second_list_asks_how_many_joined_or_left(
    owner: FlaskClient, bakery: Company, open_round: Round, typed: dict[str, str]
) -> None:
    asked = "Hoeveel medewerkers kwamen erbij of gingen weg"
    assert asked not in owner.get(f"/bedrijf/{bakery.id}/voorbereiden").text
    count(open_round)
    assert asked in owner.get(f"/bedrijf/{bakery.id}/voorbereiden").text
    later = CLOSES_ON + timedelta(days=100)
    days = {f"{name}-year": str(later.year + 1) for name in ("conversation", "closes", "opens")}
    answer = owner.post(f"/bedrijf/{bakery.id}/voorbereiden", data={**typed, **days, "moved": "een paar"})
    assert answer.status_code == 422
    assert "Schrijf hier een heel getal, of laat het leeg." in answer.text
    owner.post(f"/bedrijf/{bakery.id}/voorbereiden", data={**typed, **days, "moved": "3"})
    [following] = [one for one in rounds_of(bakery.id) if one.id != open_round.id]
    assert rounds.plan_of(following).groups[0].moved == 3
    assert 'value="3"' in owner.get(f"/ronde/{following.id}/voorbereiden").text
