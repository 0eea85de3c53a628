"""The worker: sends the mail that waits, and looks every minute whether one of the duties is due.

Any number of processes can be workers of one installation. They all send mail when asked; one of them, whose turn it
is, looks after the duties and the clock, and when it dies another takes over within seconds. What must be done stands
in the database: no process hands anything to another that could be lost.
It must not know what anybody answered.
"""

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from flask import Flask

from survey import dispatch, letters
from survey.duties import DUTIES
from survey.installation import Installation, installation
from survey.outgoing.mail import KeptPost, Post, SmtpPost
from survey.queue import QUEUE, Queue
from survey.settings import Settings
from survey.store.database import db
from survey.store.last_done import SIGN_OF_LIFE, write_down
from survey.store.turn import Turn, turn_of

PATIENCE: Final = timedelta(seconds=10)
"""How long a stop waits for the work in hand. What is cut off is found again by the next worker."""
TURN_FILE: Final = "worker.lock"
TURN_NUMBER: Final = 1
"""Which of our turns at PostgreSQL: looking after the duties."""
ASK_EVERY: Final = 2.0
"""Seconds between two questions whose turn it is: so soon another worker takes over."""
A_ROUND_OF_DUTIES: Final = 60.0
"""Seconds after which everything is looked at again."""
STOPS: Final = (signal.SIGINT, signal.SIGTERM)

logger = logging.getLogger(__name__)


class Worker:
    """The work of one installation. Each method is safe at any moment, from any thread, and after any crash."""

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
        """Do every duty that is due, in their order."""
        if not self._keeping.acquire(blocking=False):
            return
        try:
            for duty in DUTIES:
                self._duty(duty.name, duty.do)
        finally:
            self._keeping.release()

    def show_life(self) -> None:
        """Write down that somebody looks what is due."""
        self._duty("showing life", lambda house: write_down(SIGN_OF_LIFE, house.clock()))

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


class Rota:
    """Finds out whose turn it is, and does what is due while it is ours."""

    def __init__(self, worker: Worker, queue: Queue, turn: Turn, *, steady: bool) -> None:
        """steady: send mail when asked, whosever turn it is."""
        self._worker = worker
        self._queue = queue
        self._turn = turn
        self._steady = steady
        self._due = self._try_again = 0.0
        self._ours = False
        self._threads: list[threading.Thread] = []
        self._watch = threading.Thread(target=self._watch_the_turn, daemon=True)
        self.asked_once = threading.Event()

    def start(self) -> None:
        """Begin, and wait until it is known whose turn it is."""
        self._watch.start()
        self.asked_once.wait()

    @property
    def is_ours(self) -> bool:
        """Whether it is our turn, as far as we know."""
        return self._ours

    def stop(self) -> None:
        """Stop, with PATIENCE for the work in hand, and let another process have the turn."""
        until = time.monotonic() + PATIENCE.total_seconds()
        self._worker.stopping.set()
        self._watch.join(max(0.0, until - time.monotonic()))
        self._queue.stop_working(max(0.0, until - time.monotonic()))
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._turn.give_back()

    def _watch_the_turn(self) -> None:
        while not self._worker.stopping.is_set():
            self._ask_whose_turn()
            self.asked_once.set()
            self._answer_the_queue()
            if self._ours and time.monotonic() >= self._due:
                self._due = time.monotonic() + A_ROUND_OF_DUTIES
                self._begin(self._worker.show_life, self._worker.send_mail)
                self._begin(self._worker.keep_rounds)
            self._worker.stopping.wait(ASK_EVERY)

    def _ask_whose_turn(self) -> None:
        before = self._ours
        try:
            self._ours = self._turn.is_ours()
        except Exception as fault:
            self._ours = False
            logger.error("nobody can say whose turn it is: %s", type(fault).__name__)
        if self._ours != before:
            logger.info("it is our turn" if self._ours else "the turn is another's")
        if self._ours and not before:
            self._due = 0.0
            self._with_the_queue(self._queue.forget_everything)
        elif before and not self._ours and not self._steady:
            self._queue.stop_working(PATIENCE.total_seconds())

    def _answer_the_queue(self) -> None:
        if (self._ours or self._steady) and not self._queue.is_worked_off_here and time.monotonic() >= self._try_again:
            self._try_again = time.monotonic() + A_ROUND_OF_DUTIES
            self._with_the_queue(self._queue.start_working)

    @staticmethod
    def _with_the_queue(step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as fault:
            # What must be done stands in the database, and is looked for every minute without being asked.
            logger.warning("the queue cannot be reached: %s", type(fault).__name__)

    def _begin(self, *steps: Callable[[], None]) -> None:
        def one_after_another() -> None:
            for step in steps:
                step()

        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=one_after_another, daemon=True)
        self._threads.append(thread)
        thread.start()


def post_of(settings: Settings) -> Post | None:
    """Return the way mail leaves: the mail server, a folder outside production, or none at all."""
    if settings.mail_server is not None:
        return SmtpPost(settings.mail_server, settings.mail_from)
    return None if settings.in_production else KeptPost(settings.kept_mails)


@contextlib.contextmanager
def working(app: Flask, *, beside_others: bool = False) -> Iterator[Rota]:
    """Do the background work of an installation in threads of this process, as long as the block lasts.

    One process at a time does it, and the others wait for their turn. `beside_others`: on PostgreSQL send mail at once,
    while another looks after the rest; a SQLite file has one pen, so there it makes no difference.
    """
    house = installation(app)
    worker = Worker(app)
    queue = Queue(house.settings, worker.send_mail)
    app.extensions[QUEUE] = queue.ask
    with app.app_context():
        main = db.engine
    turn = turn_of(main, house.settings.data / TURN_FILE, TURN_NUMBER)
    rota = Rota(worker, queue, turn, steady=beside_others and main.dialect.name != "sqlite")
    rota.start()
    try:
        yield rota
    finally:
        rota.stop()
        queue.close()


def hold_stops_back() -> None:
    """Let a request to stop (Ctrl-C, or a service manager's TERM) wait until `wait_for_a_stop` asks for it.

    Before any thread is begun: a signal that comes while Python is between two steps would otherwise be noticed only
    at the next one.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)


def wait_for_a_stop() -> None:
    """Return as soon as this process is asked to stop, or at once when it was asked already."""
    signal.sigwait(STOPS)
