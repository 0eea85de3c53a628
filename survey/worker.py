"""Background work: sending mail, closing and counting rounds, and the few things that happen at an hour of the day.

What must be done stands in the database; this only makes sure that somebody looks, every minute and as soon as a mail
waits. Nothing in the queue is worth keeping: it can be thrown away at any moment, and the next minute finds the work.
It must not know what anybody answered.
"""

import contextlib
import fcntl
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Final

from flask import Flask, current_app
from huey import SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session

from survey import counting, dispatch, letters, locking, retention, rounds
from survey.clock import AMSTERDAM, day_of
from survey.installation import Installation, installation
from survey.outgoing.mail import KeptPost, Post, SmtpPost
from survey.settings import Settings
from survey.store.database import db
from survey.store.keys import kept_keys
from survey.store.outbox import OutboxMail
from survey.store.rounds import Round, find_round

LOOK_AT_PARTICIPATION: Final = 6
"""The hour in Amsterdam when it is looked whether enough ballots are in: once a day, so that no single one shows."""

PATIENCE: Final = timedelta(seconds=10)
"""How long a stop waits for the work in hand. What is cut off is found again by the next worker."""

QUEUE: Final = "spiegelronde queue"
MAIL_WAITS: Final = "mail waits"

logger = logging.getLogger(__name__)


class AnotherWorkerIsBusy(Exception):
    """Another process does the background work of this installation."""


class Worker:
    """The duties of one installation. Each method is safe at any moment, from any thread, and after any crash."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._house = installation(app)
        self._post = post_of(self._house.settings)
        self._asked = threading.Event()
        self._sending = threading.Lock()
        self._keeping = threading.Lock()
        self.stopping = threading.Event()

    def send_mail(self) -> None:
        """Send all mail that is due. Asked while it is busy, it looks once more when it is done."""
        self._asked.set()
        while self._post is not None and self._asked.is_set() and self._sending.acquire(blocking=False):
            try:
                self._asked.clear()
                self._duty("sending mail", lambda house: dispatch.send_waiting(self._office(), self.stopping.is_set))
            finally:
                self._sending.release()

    def keep_rounds(self) -> None:
        """Close, count, clear away and announce what is due."""
        if not self._keeping.acquire(blocking=False):
            return
        try:
            self._duty("closing rounds", lambda house: counting.close_due(house.boxes, house.clock()))
            self._duty("counting rounds", _count_due)
            self._duty("destroying what stayed locked", _give_up_what_stayed_locked)
            self._duty("saying what waits for a passphrase", lambda house: locking.put_mails(house.clock()))
            self._duty("clearing cancelled rounds away", _finish_cancelling)
            self._duty("looking at participation", _look_at_participation)
            self._duty("erasing what is due", _erase_once_a_day)
            self._duty("saying that mirrors are ready", lambda house: letters.put_ready_mails(house.clock()))
        finally:
            self._keeping.release()

    def _office(self) -> dispatch.Office:
        assert self._post is not None
        return dispatch.Office(
            post=self._post,
            write=lambda mail, now: letters.write(mail, self._house.links, now),
            thread=letters.earlier_mails,
            mail_from=self._house.settings.mail_from,
            clock=self._house.clock,
        )

    def _duty(self, name: str, duty: Callable[[Installation], object]) -> None:
        """Do one thing; when it fails, say so and let the others go on."""
        with self._app.app_context():
            try:
                duty(self._house)
            except Exception as fault:
                # The class only: the text of a fault could hold a name, an address or a link.
                logger.error("%s went wrong: %s", name, type(fault).__name__)


def post_of(settings: Settings) -> Post | None:
    """Return the way mail leaves: the mail server, a folder outside production, or none at all."""
    if settings.mail_server is not None:
        return SmtpPost(settings.mail_server, settings.mail_from)
    return None if settings.in_production else KeptPost(settings.kept_mails)


def attach_queue(app: Flask, worker: Worker | None = None) -> SqliteHuey:
    """Give an app its queue, and let every mail that is put in the outbox wake whoever works it off.

    Without a worker the app only asks; the tasks are done in the process that has one.
    """
    settings = installation(app).settings
    queue = SqliteHuey(
        "spiegelronde",
        filename=str(settings.data / "queue.db"),
        results=False,
        timeout=2,
        # Tasks are stored pickled: who can write to this file but has no key must not get anything run.
        serializer=SignedSerializer(secret=settings.signing_keys()[0], salt="spiegelronde queue"),
    )

    def send_mail() -> None:
        if worker is not None:
            worker.send_mail()

    def keep_rounds() -> None:
        if worker is not None:
            worker.keep_rounds()

    queue.periodic_task(crontab(), name="keep_rounds")(keep_rounds)
    queue.periodic_task(crontab(), name="look_for_mail")(send_mail)
    app.extensions[QUEUE] = queue.task(name="send_mail")(send_mail)
    return queue


@contextlib.contextmanager
def working(app: Flask) -> Iterator[Worker]:
    """Do the background work of an installation in threads of this process, as long as the block lasts.

    Raises AnotherWorkerIsBusy.
    """
    worker = Worker(app)
    with _alone(installation(app).settings.data):
        queue = attach_queue(app, worker)
        queue.flush()  # what an earlier worker left undone is in the database, not here
        consumer = _InProcess(
            queue,
            workers=2,  # one may be waiting for a slow mail server while the other counts
            max_delay=1.0,
            check_worker_health=False,
            shutdown_timeout=PATIENCE.total_seconds(),
        )
        consumer.start()
        for duty in (worker.keep_rounds, worker.send_mail):
            threading.Thread(target=duty, daemon=True).start()
        try:
            yield worker
        finally:
            worker.stopping.set()
            consumer.stop(graceful=True)
            queue.storage.close()


def listen_for_a_signal() -> threading.Event:
    """Return what is set as soon as this process is asked to stop (Ctrl-C, or a service manager's TERM)."""
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: asked.set())
    return asked


class _InProcess(Consumer):  # type: ignore[misc]  # huey has no type hints
    """huey's consumer without its signal handlers: the process it lives in decides when to stop."""

    def _set_signal_handlers(self) -> None:
        """Leave the signals of this process alone."""


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the installation's worker lock; the system lets go of it when a process dies, however it dies."""
    with (folder / "worker.lock").open("w") as lock:
        _take(lock)
        yield


def _take(lock: IO[str]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        raise AnotherWorkerIsBusy from taken


def _count_due(house: Installation) -> None:
    for round_id in counting.rounds_to_count(house.settings.keys):
        round_ = find_round(round_id)
        assert round_ is not None
        try:
            counting.count(round_, house.boxes.of(round_id), house.settings.keys, house.clock())
        except Exception as fault:
            db.session.rollback()
            logger.error("round %s cannot be counted: %s", round_id, type(fault).__name__)


def _finish_cancelling(house: Installation) -> None:
    for round_id in kept_keys(house.settings.keys):
        round_ = find_round(round_id)
        if round_ is not None and round_.cancelled_at is not None:
            rounds.cancel(round_, house.boxes.of(round_id), house.settings.keys, house.clock())


def _give_up_what_stayed_locked(house: Installation) -> None:
    for round_ in locking.locked_too_long(house.clock()):
        rounds.cancel(round_, house.boxes.of(round_.id), house.settings.keys, house.clock())


def _erase_once_a_day(house: Installation) -> None:
    now = house.clock()
    done = house.settings.data / "erased-on"
    today = day_of(now).isoformat()
    if done.exists() and done.read_text() == today:
        return
    erased = retention.erase_due(house.settings.kept_mails, now)
    logger.info("erased: %s", ", ".join(f"{count} {name}" for name, count in vars(erased).items()))
    done.write_text(today)


def _look_at_participation(house: Installation) -> None:
    now = house.clock()
    seen = house.settings.data / "participation-seen-on"
    today = day_of(now).isoformat()
    # A worker that was away at six looks tomorrow: looking later would say what came in meanwhile.
    if now.astimezone(AMSTERDAM).hour != LOOK_AT_PARTICIPATION or (seen.exists() and seen.read_text() == today):
        return
    seen.write_text(today)
    open_rounds = db.select(Round).where(Round.sent_at.is_not(None), Round.closed_at.is_(None))
    for round_ in db.session.scalars(open_rounds.where(Round.cancelled_at.is_(None)).order_by(Round.id)):
        rounds.look_at_participation(round_, house.boxes.of(round_.id))


@event.listens_for(db.session, "after_flush")
def _notice_mail(session: Session, _context: Any) -> None:
    if any(isinstance(row, OutboxMail) for row in session.new):
        session.info[MAIL_WAITS] = True


@event.listens_for(db.session, "after_rollback")
def _forget_mail(session: Session) -> None:
    session.info.pop(MAIL_WAITS, None)


@event.listens_for(db.session, "after_commit")
def _wake(session: Session) -> None:
    if session.info.pop(MAIL_WAITS, False) and (ask := current_app.extensions.get(QUEUE)) is not None:
        try:
            ask()
        except Exception as fault:
            # The mail is in the outbox; at worst it leaves within a minute.
            logger.warning("the queue cannot be reached: %s", type(fault).__name__)
