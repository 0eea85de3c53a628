"""A company of one's own, and a second owner beside the first."""

import pytest

from survey import owners
from survey.installation import Installation
from survey.store.database import db
from survey.store.people import Account, Company

ANNEKE = "anneke@postma-installatie.example"


@pytest.fixture
def anneke(karin: Account) -> Account:
    """Somebody else with an account."""
    account = Account(email=ANNEKE, name="Anneke Postma")
    db.session.add(account)
    db.session.commit()
    return account


def test_one_owner_can_have_several_companies(karin: Account, bakery: Company) -> None:
    owners.add_company(karin, "De Vries Vastgoed")
    assert {company.name for company in karin.companies} == {"Bakkerij De Vries", "De Vries Vastgoed"}


def test_a_company_can_have_two_owners_and_no_third(
    house: Installation, karin: Account, bakery: Company, anneke: Account
) -> None:
    token, early = (owners.ask(house.hasher, bakery, karin, address) for address in (ANNEKE, "derde@elders.example"))
    owners.accept(owners.read_question(house.hasher, token), anneke)
    owners.accept(owners.read_question(house.hasher, token), anneke)
    assert {owner.email for owner in bakery.owners} == {karin.email, ANNEKE}
    with pytest.raises(owners.EnoughOwners):
        owners.ask(house.hasher, bakery, karin, "derde@elders.example")
    third = Account(email="derde@elders.example", name="Derde")
    db.session.add(third)
    db.session.commit()
    with pytest.raises(owners.EnoughOwners):
        owners.accept(owners.read_question(house.hasher, early), third)


def test_only_the_reader_of_the_asked_address_can_say_yes(
    house: Installation, karin: Account, bakery: Company, anneke: Account
) -> None:
    token = owners.ask(house.hasher, bakery, karin, "joost@regiobank.example")
    with pytest.raises(owners.AskedSomebodyElse):
        owners.accept(owners.read_question(house.hasher, token), anneke)
    assert bakery.owners == [karin]


def test_a_question_is_void_when_it_is_damaged_or_its_asker_owns_the_company_no_longer(
    house: Installation, karin: Account, bakery: Company, anneke: Account
) -> None:
    token = owners.ask(house.hasher, bakery, karin, ANNEKE)
    with pytest.raises(owners.QuestionVoid):
        owners.read_question(house.hasher, f"x{token}")
    bakery.owners = [anneke]
    db.session.commit()
    with pytest.raises(owners.QuestionVoid):
        owners.read_question(house.hasher, token)


def test_a_question_lasts_a_week(
    house: Installation, karin: Account, bakery: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = owners.ask(house.hasher, bakery, karin, ANNEKE)
    monkeypatch.setattr(owners, "QUESTION_LASTS", -1)
    with pytest.raises(owners.QuestionVoid):
        owners.read_question(house.hasher, token)
