"""The address book is the owner's own list: filled from what was typed, changed, and thrown away."""

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import address_book, story
from survey.store.address_books import address_book_of
from survey.store.database import db
from survey.store.people import Account, Company
from survey.store.rounds import Round
from tests.web.owner.conftest import become
from tests.web.routes import all_that_is_stored


def page_of(owner: FlaskClient, bakery: Company) -> str:
    answer = owner.get(f"/bedrijf/{bakery.id}/adresboek")
    assert answer.status_code == 200
    return unescape(answer.text)


def test_it_is_empty_until_the_owner_fills_it_with_the_list_of_a_round(
    owner: FlaskClient, bakery: Company, karin: Account, open_round: Round
) -> None:
    assert "Neem die lijst over" in page_of(owner, bakery)
    assert story.EMPLOYEES[0].address not in page_of(owner, bakery)
    owner.post(f"/bedrijf/{bakery.id}/adresboek/overnemen", data={"round": open_round.id})
    page = page_of(owner, bakery)
    for person in (*story.EMPLOYEES, story.ACCOUNTANT, story.BANKER, *story.PEERS):
        assert person.address in page


def test_it_is_linked_to_no_round(owner: FlaskClient, bakery: Company, open_round: Round) -> None:
    owner.post(f"/bedrijf/{bakery.id}/adresboek/overnemen", data={"round": open_round.id})
    stored = all_that_is_stored()
    for row in stored["address_book"] + stored["address_book_entry"]:
        assert open_round.id not in row


def test_the_list_of_another_companys_round_cannot_be_taken_over(
    owner: FlaskClient, bakery: Company, noise: Round
) -> None:
    answer = owner.post(f"/bedrijf/{bakery.id}/adresboek/overnemen", data={"round": noise.id})
    assert answer.status_code == 400
    assert address_book_of(bakery.id, noise.subject_id) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"employees": "bram@bakkerijdekker"}, "Regel 1: na ‘bakkerijdekker’"),
        ({"employees": "karin@bakkerijdevries.example"}, "hier gaat de spiegel over"),
        ({"bank": "joost@regiobank.nl"}, "zet de naam erbij"),
        ({"employees": "a@bakkerij.nl", "bank": "Joost <a@bakkerij.nl>"}, "staat ook bij Medewerkers, regel 1"),
        ({"channel": "cards", "cards": "veel"}, "Vul het aantal medewerkers in"),
    ],
)
def test_what_is_wrong_is_said_at_its_line_and_nothing_typed_is_lost(
    owner: FlaskClient, bakery: Company, karin: Account, typed: dict[str, str], said: str
) -> None:
    answer = owner.post(f"/bedrijf/{bakery.id}/adresboek", data={"channel": "mail", **typed})
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert said in page
    assert all(value in page for value in typed.values())
    assert address_book_of(bakery.id, karin.id) is None


def test_cards_are_a_number_and_come_back_as_one(owner: FlaskClient, bakery: Company, karin: Account) -> None:
    owner.post(f"/bedrijf/{bakery.id}/adresboek", data={"channel": "cards", "cards": "9"})
    book = address_book_of(bakery.id, karin.id)
    assert book is not None
    assert (book.cards, book.entries) == (9, [])
    assert 'value="9"' in page_of(owner, bakery)


def test_it_can_be_thrown_away(owner: FlaskClient, bakery: Company, karin: Account, open_round: Round) -> None:
    address_book.take_over(bakery, karin, open_round)
    owner.post(f"/bedrijf/{bakery.id}/adresboek/weggooien")
    stored = all_that_is_stored()
    assert stored["address_book"] == stored["address_book_entry"] == []


def test_another_owner_of_the_same_company_has_a_list_of_his_own(
    app: Flask, owner: FlaskClient, bakery: Company, karin: Account, open_round: Round
) -> None:
    address_book.take_over(bakery, karin, open_round)
    second = Account(email="tom@bakkerijdevries.example", name="Tom de Vries")
    bakery.owners.append(second)
    db.session.commit()
    browser = app.test_client()
    become(browser, second)
    assert story.EMPLOYEES[0].address not in page_of(browser, bakery)
