"""A clock that is put back, or far ahead, closes nothing early and sends nothing twice."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from survey import rounds, story
from survey.clock import end_of, start_of
from survey.installation import Installation
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company
from survey.store.rounds import Round, Standing
from survey.worker import Worker
from tests.bakery import CLOSES_ON

DAY = timedelta(days=1)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def worker(app: Flask) -> Worker:
    return Worker(app)


def work(worker: Worker) -> None:
    db.session.commit()
    worker.send_mail()
    worker.keep_rounds()
    db.session.expire_all()


def sent_mails() -> list[tuple[str, str | None, str | None]]:
    return sorted((one.kind, one.invitation_id, one.message_id) for one in db.session.scalars(db.select(OutboxMail)))


def test_a_day_back_closes_nothing_and_sends_nothing_again(
    worker: Worker, open_round: Round, house: Installation, clock: story.MovableClock
) -> None:
    work(worker)
    before, kept = sent_mails(), len(list(house.settings.kept_mails.glob("*.eml")))
    for step in (-DAY, DAY, -DAY, 2 * DAY):
        clock.moment += step
        work(worker)
    assert open_round.closed_at is None
    assert sent_mails() == before
    assert len(list(house.settings.kept_mails.glob("*.eml"))) == kept


def test_back_over_the_close_nothing_opens_again_and_nothing_is_counted_twice(
    worker: Worker, open_round: Round, clock: story.MovableClock
) -> None:
    clock.moment = end_of(CLOSES_ON) + timedelta(minutes=1)
    work(worker)
    closed, release = open_round.closed_at, open_round.release
    clock.moment -= DAY
    work(worker)
    assert open_round.standing_at(clock()) is Standing.COUNTED
    assert (open_round.closed_at, open_round.release) == (closed, release)


def test_four_hundred_days_ahead_the_round_is_closed_and_counted_once(
    worker: Worker, open_round: Round, clock: story.MovableClock
) -> None:
    clock.moment += 400 * DAY
    work(worker)
    work(worker)
    assert open_round.counted_at == clock()


@pytest.mark.parametrize(
    "last",
    [date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29)],
    ids=["summer time", "winter time", "29 February"],
)
def test_the_last_day_ends_at_midnight_in_amsterdam_also_on_an_odd_day(
    worker: Worker, bakery: Company, karin: Account, house: Installation, clock: story.MovableClock, last: date
) -> None:
    clock.move_to(last - 14 * DAY)
    round_ = rounds.prepare(bakery, karin, story.plan(last))
    clock.moment = max(clock(), start_of(round_.opens_on))
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, clock())
    midnight = datetime.combine(last + DAY, datetime.min.time(), AMSTERDAM)
    clock.moment = midnight - timedelta(seconds=1)
    work(worker)
    assert round_.closed_at is None
    clock.moment = midnight
    work(worker)
    assert round_.closed_at == midnight
