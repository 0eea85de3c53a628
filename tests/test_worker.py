"""The work that nobody presses a button for: it is done on time, once, and again after any crash."""

import dataclasses
import os
import re
import signal
import stat
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from survey import ballots, letters, rounds, story
from survey.ballots import Place, Response
from survey.clock import at_hour, start_of
from survey.installation import EXTENSION, Installation
from survey.settings import Settings
from survey.store.ballots import Box, Slot
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Invitation
from survey.store.rounds import Round, SelfAssessment
from survey.worker import Worker, post_of, working
from tests.bakery import CLOSES_ON, TODAY

SURVEY = Path(sys.executable).parent / "survey"


class Beside(Worker):
    """A worker beside a test: the test's own transaction ends before the work, and what it remembers after it."""

    def keep_rounds(self) -> None:
        db.session.commit()
        super().keep_rounds()
        db.session.expire_all()

    def send_mail(self) -> None:
        db.session.commit()
        super().send_mail()
        db.session.expire_all()


@pytest.fixture
def worker(app: Flask) -> Worker:
    return Beside(app)


def answer(house: Installation, round_: Round, invitations: list[Invitation]) -> None:
    for invitation in invitations:
        ballots.cast(
            round_,
            house.boxes.of(round_.id),
            house.hasher,
            Place(Slot(invitation.id), invitation.perspective),
            Response({"order_book": 4}),
            ballots.new_receipt_for(round_),
            house.clock(),
        )


def kept_mails(house: Installation) -> list[Path]:
    return sorted(house.settings.kept_mails.glob("*.eml"))


def ready_mails() -> list[OutboxMail]:
    return list(db.session.scalars(db.select(OutboxMail).filter_by(kind="ready")))


def test_a_round_is_closed_and_counted_when_its_last_day_is_over(
    worker: Worker, open_round: Round, house: Installation, staff: list[Invitation], clock: story.MovableClock
) -> None:
    answer(house, open_round, staff)
    clock.moment = start_of(CLOSES_ON + timedelta(days=1)) - timedelta(seconds=1)
    worker.keep_rounds()
    assert open_round.closed_at is None
    clock.moment += timedelta(seconds=1)
    worker.keep_rounds()
    assert open_round.closed_at == clock()
    assert open_round.counted_at == clock()
    assert open_round.release is not None
    assert not house.boxes.of(open_round.id).exists()


def test_one_round_that_cannot_be_counted_does_not_hold_up_another(
    worker: Worker, open_round: Round, noise: Round, house: Installation, clock: story.MovableClock,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    stranger = db.session.get_one(Account, noise.subject_id)
    rounds.send(noise, stranger, house.boxes.of(noise.id), house.settings.keys, clock())
    (house.settings.keys[0] / f"{min(open_round.id, noise.id)}.key").unlink()
    clock.move_to(CLOSES_ON + timedelta(days=1))
    worker.keep_rounds()
    assert sorted(bool(round_.counted_at) for round_ in (open_round, noise)) == [False, True]
    assert "KeyLost" in caplog.text


def test_a_cancelled_round_whose_destruction_was_cut_off_is_cleared_away(
    worker: Worker, open_round: Round, house: Installation, clock: story.MovableClock
) -> None:
    open_round.cancelled_at = clock()
    db.session.commit()
    worker.keep_rounds()
    assert not house.boxes.of(open_round.id).exists()
    assert not list(house.settings.keys[0].glob("*.key"))


@pytest.mark.parametrize(
    ("hour", "minute", "seen"), [(5, 59, False), (6, 0, True), (6, 59, True), (7, 0, False), (12, 0, False)]
)
def test_participation_is_looked_at_in_the_hour_of_six_only(
    worker: Worker, open_round: Round, house: Installation, staff: list[Invitation], clock: story.MovableClock,
    hour: int, minute: int, seen: bool,
) -> None:  # fmt: skip
    answer(house, open_round, staff[:5])
    clock.moment = at_hour(TODAY + timedelta(days=1), hour) + timedelta(minutes=minute)
    worker.keep_rounds()
    assert bool(open_round.group("employees").enough) is seen


def test_participation_is_looked_at_once_a_day_also_by_a_worker_that_was_started_again(
    app: Flask, open_round: Round, house: Installation, staff: list[Invitation], clock: story.MovableClock
) -> None:
    clock.move_to(TODAY + timedelta(days=1), 6)
    Beside(app).keep_rounds()
    answer(house, open_round, staff[:5])
    clock.moment += timedelta(minutes=1)
    Beside(app).keep_rounds()
    assert not open_round.group("employees").enough
    clock.move_to(TODAY + timedelta(days=2), 6)
    Beside(app).keep_rounds()
    assert open_round.group("employees").enough


@pytest.mark.parametrize(
    ("counted", "leaves"),
    [
        (datetime(2026, 11, 20, 23), datetime(2026, 11, 23, 9)),  # Friday night -> Monday
        (datetime(2026, 11, 23, 8, 59), datetime(2026, 11, 23, 9)),
        (datetime(2026, 11, 23, 9, 1), datetime(2026, 11, 24, 9)),
        (datetime(2026, 11, 26, 9, 1), datetime(2026, 11, 30, 9)),  # Thursday, just too late -> Monday
        (datetime(2027, 3, 27, 23), datetime(2027, 3, 29, 9)),  # over the night that summer time begins
        (datetime(2028, 2, 28, 12), datetime(2028, 2, 29, 9)),
    ],
)
def test_the_mail_that_the_mirror_is_ready_leaves_monday_to_thursday_at_nine(
    counted: datetime, leaves: datetime
) -> None:
    def moment(local: datetime) -> datetime:
        return at_hour(local.date(), local.hour) + timedelta(minutes=local.minute)

    assert letters.ready_at(moment(counted)) == moment(leaves)


def test_the_owner_hears_once_that_the_mirror_is_ready(
    worker: Worker, open_round: Round, house: Installation, staff: list[Invitation], clock: story.MovableClock
) -> None:
    answer(house, open_round, staff)
    open_round.self_assessment = SelfAssessment(handed_in_at=clock())
    db.session.commit()
    worker.send_mail()
    clock.moment = start_of(CLOSES_ON + timedelta(days=1))
    for _ in range(3):
        worker.keep_rounds()
        worker.send_mail()
    [mail] = ready_mails()
    assert mail.state == "waiting"
    clock.move_to(date(2026, 11, 23), 9)
    before = kept_mails(house)
    for _ in range(2):
        worker.keep_rounds()
        worker.send_mail()
    [written] = set(kept_mails(house)) - set(before)
    assert b"De spiegel van Bakkerij De Vries staat klaar" in written.read_bytes()


def test_an_owner_who_was_first_gets_no_mail(
    worker: Worker, open_round: Round, house: Installation, clock: story.MovableClock
) -> None:
    clock.move_to(CLOSES_ON + timedelta(days=1), 0)
    worker.keep_rounds()
    open_round.opened_mirror_at = clock()
    db.session.commit()
    clock.move_to(CLOSES_ON + timedelta(days=3), 9)
    for _ in range(3):
        worker.send_mail()
        worker.keep_rounds()
    assert ready_mails() == []


def test_a_mail_leaves_as_soon_as_it_is_in_the_outbox(app: Flask, karin: Account, house: Installation) -> None:
    db.session.commit()
    with working(app):
        content = {"subject": "Je code", "text": "123456"}
        db.session.add(OutboxMail(kind="account", address=karin.email, content=content, due_at=house.clock()))
        db.session.commit()
        deadline = time.monotonic() + 10
        while not kept_mails(house) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert len(kept_mails(house)) == 1


def test_a_page_does_not_wait_for_a_queue_that_cannot_be_reached(
    app: Flask, karin: Account, house: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise OSError("database is locked")

    app.extensions["spiegelronde queue"] = broken
    db.session.add(OutboxMail(kind="account", address=karin.email, content={}, due_at=house.clock()))
    db.session.commit()
    assert "OSError" in caplog.text


def test_one_worker_at_a_time_looks_after_the_rounds(app: Flask) -> None:
    with working(app) as first, working(app) as second:
        assert first.is_ours
        assert not second.is_ours
    with working(app) as third:
        assert third.is_ours


def test_what_it_keeps_is_for_this_user_only(worker: Worker, open_round: Round, house: Installation) -> None:
    worker.send_mail()
    assert len(kept_mails(house)) == 13
    assert stat.S_IMODE(house.settings.kept_mails.stat().st_mode) == 0o700


def test_production_without_a_mail_server_sends_and_keeps_nothing(
    app: Flask, open_round: Round, house: Installation
) -> None:
    production = dataclasses.replace(house.settings, url="https://spiegel.example")
    app.extensions[EXTENSION] = dataclasses.replace(house, settings=production)
    assert post_of(production) is None
    Beside(app).send_mail()
    assert kept_mails(house) == []
    assert {mail.state for mail in db.session.scalars(db.select(OutboxMail))} == {"waiting"}


def test_a_fault_in_one_duty_leaves_the_others_and_says_no_more_than_its_kind(
    worker: Worker, open_round: Round, house: Installation, box: Box, clock: story.MovableClock,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    db.session.execute(db.text("DROP TABLE last_done"))
    db.session.commit()
    clock.move_to(CLOSES_ON + timedelta(days=1), 6)
    worker.keep_rounds()
    assert open_round.counted_at is not None
    assert re.search("looking at participation went wrong: (Operational|Programming)Error\n", caplog.text)
    assert "last_done" not in caplog.text
    assert len(ready_mails()) == 1


def test_who_takes_over_says_so(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="survey.worker")
    with working(app), working(app) as second:
        assert not second.is_ours
        assert caplog.messages.count("it is our turn") == 1
    with working(app):
        assert caplog.messages.count("it is our turn") == 2


def start(settings: Settings, **changes: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        **changes,
        "SURVEY_DATA": str(settings.data),
        "SURVEY_KEYS": ":".join(map(str, settings.keys)),
        "SURVEY_DATABASE_URL": "" if settings.database_url.startswith("sqlite") else settings.database_url,
    }
    return subprocess.Popen(
        [SURVEY, "worker"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_worker_process_stops_when_asked_and_another_goes_on_after_one_was_killed(
    open_round: Round, house: Installation, settings: Settings
) -> None:
    """The clock of these workers is real: the round of the story lies in the past, so it is closed and counted."""
    db.session.commit()
    for way_to_go in (signal.SIGKILL, signal.SIGTERM):
        worker = start(settings)
        assert worker.stdout is not None
        assert worker.stdout.readline() == "Working. Stop with Ctrl-C.\n"
        worker.send_signal(way_to_go)
        said, _ = worker.communicate(timeout=30)
        assert (worker.returncode, said) == ((0, "Stopped.\n") if way_to_go is signal.SIGTERM else (-9, ""))


def test_a_worker_whose_log_is_json_says_nothing_in_plain_lines(settings: Settings) -> None:
    worker = start(settings, SURVEY_LOGS="json")
    assert worker.stderr is not None
    while '"working"' not in (line := worker.stderr.readline()):
        assert line, worker.communicate()
    worker.send_signal(signal.SIGTERM)
    said, _ = worker.communicate(timeout=30)
    assert (worker.returncode, said) == (0, "")
