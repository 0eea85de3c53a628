"""The address book: an owner's own list, and of who joined or left only a number that never says too much."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import address_book, leaving, retention, rhythm, story
from survey.address_book import FEW
from survey.addresses import Person
from survey.installation import Installation
from survey.kinds import MIRROR
from survey.store.address_books import AddressBook, address_book_of, entries_with, with_a_change
from survey.store.database import db
from survey.store.people import Account, Company, invitations_of
from survey.store.rhythms import rhythms_of
from survey.store.rounds import Round
from survey.turns import Every
from tests.web.routes import all_that_is_stored

AISHA = story.EMPLOYEES[0]
NEWCOMERS = tuple(Person(f"Nieuw {number}", f"nieuw{number}@bakkerijdevries.example") for number in range(1, 9))
STAFF = st.sets(st.integers(0, 11), max_size=12)


@pytest.fixture
def book(bakery: Company, karin: Account, open_round: Round) -> AddressBook:
    return address_book.take_over(bakery, karin, open_round)


@pytest.fixture
def erased(book: AddressBook, open_round: Round, house: Installation, clock: story.MovableClock) -> Round:
    """Karin's first round, long over: its list is gone."""
    clock.move_to(open_round.erased_on + timedelta(days=1))
    retention.erase_due(house.settings.kept_mails, clock())
    assert invitations_of(open_round.id) == []
    return open_round


def keep_staff(bakery: Company, karin: Account, *people: Person) -> AddressBook:
    return address_book.keep(bakery, karin, {"employees": people})


def moved(book: AddressBook, since: Round, *staff: Person) -> int | None:
    return address_book.moved_since(book, since.opens_on, staff)


def test_it_holds_the_list_of_a_round_once_it_was_taken_over(book: AddressBook) -> None:
    lists = address_book.lists_of(book)
    assert set(lists["employees"]) == set(story.EMPLOYEES)
    assert lists["peer"] == tuple(sorted(story.PEERS, key=lambda person: person.name))


def test_written_again_with_the_same_people_nothing_has_moved(
    bakery: Company, karin: Account, book: AddressBook, erased: Round
) -> None:
    keep_staff(bakery, karin, *reversed(story.EMPLOYEES))
    assert moved(book, erased, *story.EMPLOYEES) == 0


def test_while_the_last_list_is_kept_the_number_is_exact(
    bakery: Company, karin: Account, book: AddressBook, open_round: Round
) -> None:
    keep_staff(bakery, karin, *NEWCOMERS)
    keep_staff(bakery, karin, *story.EMPLOYEES[1:])
    assert (book.moved_least, book.moved_most) == (1, 1)


def test_after_it_was_erased_each_change_is_counted(
    bakery: Company, karin: Account, book: AddressBook, erased: Round
) -> None:
    keep_staff(bakery, karin, *story.EMPLOYEES[2:], NEWCOMERS[0])
    assert moved(book, erased, *story.EMPLOYEES[2:], NEWCOMERS[0]) == 3


def test_moving_people_in_and_out_does_not_make_one_newcomer_look_like_seven(
    bakery: Company, karin: Account, book: AddressBook, erased: Round
) -> None:
    keep_staff(bakery, karin, *story.EMPLOYEES, *NEWCOMERS[:4])
    keep_staff(bakery, karin, *story.EMPLOYEES, NEWCOMERS[0])
    assert (book.moved_least, book.moved_most) == (1, 7)
    found = moved(book, erased, *story.EMPLOYEES, NEWCOMERS[0])
    assert found is not None
    assert 1 <= found <= FEW


def test_of_another_list_than_the_last_one_nothing_is_known(book: AddressBook, erased: Round) -> None:
    assert address_book.moved_since(book, erased.opens_on - timedelta(days=90), story.EMPLOYEES) is None


@given(st.lists(STAFF, min_size=2, max_size=6))
def test_whatever_changes_follow_one_another_the_truth_lies_between_least_and_most(lists: list[set[int]]) -> None:
    least = most = 0
    for before, after in pairwise(lists):
        least, most = with_a_change(least, most, len(before ^ after))
    assert least <= len(lists[0] ^ lists[-1]) <= most


@given(st.lists(STAFF, min_size=2, max_size=6))
def test_a_trend_is_never_shown_when_one_to_four_people_moved(lists: list[set[int]]) -> None:
    least = most = 0
    for before, after in pairwise(lists):
        least, most = with_a_change(least, most, len(before ^ after))
    told = least if least > FEW else min(most, FEW)
    if 1 <= len(lists[0] ^ lists[-1]) <= FEW:
        assert 1 <= told <= FEW


def test_who_asks_to_be_forgotten_is_found_in_it_and_struck_out_and_that_counts_as_leaving(
    house: Installation, book: AddressBook, erased: Round
) -> None:
    found = retention.what_is_kept_of(AISHA.address.upper())
    assert {"line of an address book"} == {one["kept_as"] for one in found}
    assert found[0]["company"] == "Bakkerij De Vries"
    assert retention.forget(AISHA.address.upper(), house.settings.kept_mails).address_books == 1
    assert entries_with(AISHA.address) == []
    assert retention.what_is_kept_of(AISHA.address) == []
    assert moved(book, erased, *story.EMPLOYEES[1:]) == 1


def test_a_list_from_which_somebody_was_erased_is_not_taken_for_the_whole_list(
    house: Installation, bakery: Company, karin: Account, book: AddressBook, open_round: Round
) -> None:
    retention.forget(AISHA.address, house.settings.kept_mails)
    keep_staff(bakery, karin, *story.EMPLOYEES[1:])
    assert book.moved_least == 1


def test_it_stays_when_the_people_of_a_round_are_erased(book: AddressBook, erased: Round) -> None:
    assert len(book.entries) == 13


def test_who_leaves_takes_address_book_and_rhythm_along(
    house: Installation, bakery: Company, karin: Account, book: AddressBook, clock: story.MovableClock
) -> None:
    rhythm.switch_on(bakery, karin, MIRROR, Every.QUARTER, clock())
    leaving.leave(house, karin)
    stored = all_that_is_stored()
    assert stored["address_book"] == stored["address_book_entry"] == stored["rhythm"] == []


def test_an_owner_who_leaves_a_company_to_the_other_takes_only_his_own_along(
    house: Installation, bakery: Company, karin: Account, book: AddressBook, clock: story.MovableClock
) -> None:
    tom = Account(email="tom@bakkerijdevries.example", name="Tom de Vries", confirmed_at=clock())
    bakery.owners.append(tom)
    db.session.commit()
    address_book.keep(bakery, tom, {"bank": (story.BANKER,)})
    rhythm.switch_on(bakery, karin, MIRROR, Every.QUARTER, clock())
    company_id, tom_id, karin_id = bakery.id, tom.id, karin.id
    leaving.leave(house, karin)
    assert rhythms_of(company_id) == []
    assert address_book_of(company_id, karin_id) is None
    kept = address_book_of(company_id, tom_id)
    assert kept is not None
    assert [entry.address for entry in kept.entries] == [story.BANKER.address]
