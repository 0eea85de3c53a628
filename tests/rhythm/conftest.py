"""What tests of a rhythm may ask for: Karin's address book, a quarterly rhythm, and a worker that looks twice a day."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from survey import address_book, rhythm, story
from survey.clock import at_hour, day_of
from survey.installation import Installation
from survey.kinds import MIRROR
from survey.store.address_books import AddressBook
from survey.store.database import db
from survey.store.people import Account, Company
from survey.store.rhythms import Rhythm
from survey.store.rounds import Round
from survey.turns import Every
from survey.worker import Worker
from tests.bakery import CLOSES_ON

OPENS_AGAIN = date(2027, 2, 2)
"""A quarter after Karin's first list opened: a Tuesday."""
FIRST_LIST_COUNTED = CLOSES_ON + timedelta(days=1)
NOTHING_BEFORE = CLOSES_ON + timedelta(days=58)
"""Two days before what hangs from her first list is erased, and nine before the next round is prepared."""


@pytest.fixture
def book(bakery: Company, karin: Account, open_round: Round) -> AddressBook:
    """Karin's address book, filled with the list of her first round."""
    return address_book.take_over(bakery, karin, open_round)


@pytest.fixture
def quarterly(bakery: Company, karin: Account, book: AddressBook, clock: story.MovableClock) -> Rhythm:
    """A rhythm of a quarter, switched on while the first round runs."""
    return rhythm.switch_on(bakery, karin, MIRROR, Every.QUARTER, clock())


Live = Callable[..., None]


@pytest.fixture
def live_until(app: Flask, house: Installation, clock: story.MovableClock) -> Live:
    """Lets a worker look several times a day up to a day and hour, and send what mail is due."""
    worker = Worker(app)

    def until(day: date, hour: int = 23, *, asleep: bool = False) -> None:
        db.session.commit()
        end = at_hour(day, hour)
        today = day if asleep else day_of(clock())
        while today <= day:
            if FIRST_LIST_COUNTED < today < NOTHING_BEFORE:
                today = min(NOTHING_BEFORE, day)  # two months without any work; tests wait too long for them
            for moment in (at_hour(today, 7), at_hour(today, 9)):
                if clock() < moment < end and not asleep:
                    clock.moment = moment
                    worker.keep_rounds()
            today += timedelta(days=1)
        clock.moment = end
        worker.keep_rounds()
        db.session.expire_all()

    return until
