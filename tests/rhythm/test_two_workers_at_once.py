"""Two workers look at the same rhythms at the same moment: each round is prepared and sent once, and each mail is one.

Two at once is what happens when the database lends the turn to another worker while the first is still busy.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from survey import address_book, duties, locking, rhythm, rounds, story
from survey.clock import at_hour
from survey.installation import Installation
from survey.kinds import MIRROR
from survey.store.database import db
from survey.store.keys import make_key, private_key
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, invitations_of
from survey.store.rhythms import Rhythm
from survey.store.rounds import Round
from survey.turns import Every
from survey.worker import Worker
from tests.bakery import CLOSES_ON
from tests.rhythm.conftest import FIRST_LIST_COUNTED, OPENS_AGAIN

COMPANIES = 4
TOLD_ON = OPENS_AGAIN - rhythm.LEAD
INVITED = 13


@pytest.fixture
def companies(app: Flask, house: Installation, clock: story.MovableClock) -> list[Company]:
    """Companies, each with an owner, a first round behind it and a rhythm of a quarter."""
    made = [Company(name=f"Bakkerij {number}", owners=[owner_of(number, clock)]) for number in range(COMPANIES)]
    db.session.add_all(made)
    db.session.commit()
    for company in made:
        [owner] = company.owners
        first = rounds.prepare(company, owner, story.plan(CLOSES_ON))
        rounds.send(first, owner, house.boxes.of(first.id), house.settings.keys, clock())
        address_book.take_over(company, owner, first)
        rhythm.switch_on(company, owner, MIRROR, Every.QUARTER, clock())
    db.session.execute(db.delete(OutboxMail))
    db.session.commit()
    return made


def owner_of(number: int, clock: story.MovableClock) -> Account:
    return Account(email=f"owner-{number}@bakkerijen.example", name="Karin de Vries", confirmed_at=clock())


@pytest.fixture
def at_once(app: Flask) -> Callable[[Callable[[], object], Callable[[], object]], None]:
    """Does two things at the same moment, each in a thread with a database connection of its own."""

    def do(one: Callable[[], object], other: Callable[[], object]) -> None:
        db.session.remove()
        start = threading.Barrier(2)

        def begin(what: Callable[[], object]) -> None:
            with app.app_context():
                start.wait(timeout=30)
                what()

        with ThreadPoolExecutor(2) as threads:
            for done in [threads.submit(begin, one), threads.submit(begin, other)]:
                done.result(timeout=120)

    return do


def of_rhythm() -> list[Round]:
    return list(db.session.scalars(db.select(Round).where(Round.turn.is_not(None)).order_by(Round.company_id)))


def mails() -> Counter[tuple[str, str | None]]:
    return Counter(
        (kind, round_id) for kind, round_id in db.session.execute(db.select(OutboxMail.kind, OutboxMail.round_id))
    )


@pytest.mark.parametrize("strict", [False, True])
def test_two_workers_at_once_prepare_one_round_and_tell_its_owner_once(
    app: Flask, companies: list[Company], clock: story.MovableClock, at_once: Callable[..., None], strict: bool
) -> None:
    db.session.execute(db.update(Round).values(strict=strict))
    db.session.commit()
    clock.move_to(TOLD_ON, 9)
    at_once(Worker(app).keep_rounds, Worker(app).keep_rounds)
    prepared = of_rhythm()
    assert len(prepared) == len({one.company_id for one in prepared}) == COMPANIES
    assert {one.strict for one in prepared} == {strict}
    for one in prepared:
        assert mails()["rhythm_prepared", one.id] == 1
        assert mails()[locking.ASKED, one.id] == strict
        assert len(invitations_of(one.id)) == INVITED


def test_two_workers_at_once_open_a_round_once_with_one_key_and_remind_once(
    app: Flask, companies: list[Company], house: Installation, clock: story.MovableClock, at_once: Callable[..., None]
) -> None:
    clock.move_to(TOLD_ON, 9)
    Worker(app).keep_rounds()
    clock.move_to(OPENS_AGAIN, 7)
    at_once(Worker(app).keep_rounds, Worker(app).keep_rounds)
    clock.move_to(OPENS_AGAIN + timedelta(days=7), 9)
    at_once(Worker(app).keep_rounds, Worker(app).keep_rounds)
    for one in of_rhythm():
        assert one.sent_at == at_hour(OPENS_AGAIN, 7)
        assert mails()["invitation", one.id] == mails()["reminder_1", one.id] == INVITED
        assert mails()["reminder_2", one.id] == 0
        assert mails()["rhythm_opened", one.id] == 1
        assert {group.reminders for group in one.groups} == {1}
        assert one.public_key == make_key(house.settings.keys, one.id)
        assert private_key(house.settings.keys, one.id)


def test_two_workers_at_once_say_once_why_a_rhythm_is_held(
    app: Flask, companies: list[Company], clock: story.MovableClock, at_once: Callable[..., None]
) -> None:
    for company in companies:
        address_book.keep(company, company.owners[0], {})
    clock.move_to(TOLD_ON, 9)
    at_once(Worker(app).keep_rounds, Worker(app).keep_rounds)
    assert set(db.session.scalars(db.select(Rhythm.held))) == {rhythm.Held.NOBODY.value}
    assert mails()["rhythm_held", None] == COMPANIES


def test_a_round_that_its_owner_and_a_worker_send_at_once_is_sent_once(
    companies: list[Company], house: Installation, clock: story.MovableClock, at_once: Callable[..., None]
) -> None:
    """Two keys would be worse than two mails: what is sealed with one, the other cannot open."""
    clock.move_to(TOLD_ON, 9)
    duties.keep_rhythms(house)
    clock.move_to(OPENS_AGAIN, 7)

    def send_by_hand() -> None:
        for one in of_rhythm():
            owner = db.session.get_one(Account, one.subject_id)
            rounds.send(one, owner, house.boxes.of(one.id), house.settings.keys, clock())

    at_once(send_by_hand, lambda: duties.keep_rhythms(house))
    for one in of_rhythm():
        assert mails()["invitation", one.id] == INVITED
        assert one.public_key == make_key(house.settings.keys, one.id)
        assert house.boxes.of(one.id).head_counts()["employees"] == 9


def test_two_workers_at_once_count_every_round_once_and_tell_its_owner_once(
    app: Flask, companies: list[Company], clock: story.MovableClock, at_once: Callable[..., None]
) -> None:
    clock.move_to(FIRST_LIST_COUNTED, 9)
    at_once(Worker(app).keep_rounds, Worker(app).keep_rounds)
    counted = list(db.session.scalars(db.select(Round)))
    assert [bool(one.counted_at) for one in counted] == [True] * COMPANIES
    assert {mails()["ready", one.id] for one in counted} == {1}
