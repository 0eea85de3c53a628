"""The address book: whom an owner invites each time, kept for him, changed and thrown away by him.

It is his own list and hangs from no round. Of how the staff in it changed only a number is kept: how many joined plus
how many left since the last list was frozen, as a range, since somebody who left may have come back. That number
decides whether a trend is shown (scoring, section 5). It must not know what anybody answered.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from survey.addresses import Person, mailbox
from survey.perspectives import ANONYMOUS, PERSPECTIVES
from survey.store.address_books import (
    AddressBook,
    AddressBookEntry,
    address_book_of,
    all_address_books,
    count_a_change,
    with_a_change,
)
from survey.store.database import db
from survey.store.people import Account, Company, invitations_of
from survey.store.rounds import Round

FEW: Final = 4
"""One up to so many people who joined or left can be pointed at: a trend is withheld."""

Lists = Mapping[str, Sequence[Person]]
"""Perspective -> the people who are invited in it."""


def keep(company: Company, account: Account, lists: Lists, cards: int = 0) -> AddressBook:
    """Write an owner's list down in place of what stood there. What is wrong with a list is for the page to say."""
    book = address_book_of(company.id, account.id) or AddressBook(
        company_id=company.id, account_id=account.id, cards=0, moved_least=0, moved_most=0
    )
    db.session.add(book)
    before = _staff(lists_of(book))
    _write(book, lists, cards)
    count_a_change(book, len(before ^ _staff(lists)))
    _compare_with_last_list(book)
    db.session.commit()
    return book


def take_over(company: Company, account: Account, round_: Round) -> AddressBook:
    """Fill an owner's address book with the list of one of his rounds, as long as that list is kept."""
    lists, cards = {}, 0
    for group in round_.groups:
        people = [Person(one.name, one.address) for one in invitations_of(round_.id, group.perspective) if one.address]
        lists[group.perspective] = people
        cards += group.head_count if group.channel == "cards" else 0
    return keep(company, account, lists, cards)


def throw_away(book: AddressBook) -> None:
    """Delete an address book."""
    db.session.delete(book)
    db.session.commit()


def lists_of(book: AddressBook) -> dict[str, tuple[Person, ...]]:
    """Return who stands in an address book, by perspective and name; no empty perspectives."""
    entries = sorted(book.entries, key=lambda one: (one.name.casefold(), one.address))
    lists = {
        perspective: tuple(Person(one.name, one.address) for one in entries if one.perspective == perspective)
        for perspective in PERSPECTIVES
    }
    return {perspective: people for perspective, people in lists.items() if people}


def moved_since(book: AddressBook, opened_on: date, staff: Iterable[Person]) -> int | None:
    """Return how many of the staff joined or left between the list that opened on a day and this one, if it is known.

    Between what was certainly and what was possibly the case the answer is the number that says least: a trend is
    withheld when one to four people moved, so a doubt becomes four at most.
    """
    if book.counted_since != opened_on:
        return None
    changed = len(_staff(lists_of(book)) ^ {mailbox(person.address) for person in staff})
    least, most = with_a_change(book.moved_least, book.moved_most, changed)
    return least if least > FEW else min(most, FEW)


def compare_all() -> None:
    """Compare every address book with the last list that was frozen, before that list is erased."""
    for book in all_address_books():
        _compare_with_last_list(book)
    db.session.commit()


def _write(book: AddressBook, lists: Lists, cards: int) -> None:
    book.cards = cards
    book.entries.clear()
    db.session.flush()
    book.entries.extend(
        AddressBookEntry(perspective=perspective, name=person.name, address=person.address)
        for perspective, people in lists.items()
        for person in people
    )
    db.session.flush()


def _compare_with_last_list(book: AddressBook) -> None:
    """As long as the last frozen list of the staff is kept, the number is exact; unless somebody was erased from it."""
    last = _last_list(book)
    if last is None:
        return
    then = {mailbox(one.address) for one in invitations_of(last.id) if one.perspective in ANONYMOUS and one.address}
    if len(then) == sum(group.head_count for group in last.groups if group.perspective in ANONYMOUS):
        moved = len(then ^ _staff(lists_of(book)))
        book.counted_since, book.moved_least, book.moved_most = last.opens_on, moved, moved


def _last_list(book: AddressBook) -> Round | None:
    query = db.select(Round).filter_by(company_id=book.company_id, subject_id=book.account_id)
    sent = query.where(Round.sent_at.is_not(None), Round.cancelled_at.is_(None))
    with_staff = (
        one
        for one in db.session.scalars(sent.order_by(Round.closes_on.desc(), Round.id))
        if any(group.perspective in ANONYMOUS for group in one.groups)
    )
    return next(with_staff, None)


def _staff(lists: Lists) -> set[str]:
    return {mailbox(person.address) for perspective in ANONYMOUS for person in lists.get(perspective, ())}
