"""The queue: how a process that put mail in the outbox wakes one that sends it, on the same computer or on another.

Nothing in it is worth keeping. It says "mail waits" and not whose: what must leave stands in the outbox, and whoever
does the background work looks there every minute anyway. It is opened when somebody first asks.
It must not know what a mail says.
"""

import contextlib
import importlib.util
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from survey.installation import installation
from survey.settings import Settings, SettingWrong
from survey.store.database import db
from survey.store.outbox import OutboxMail

QUEUE: Final = "spiegelronde queue"
MAIL_WAITS: Final = "mail waits"
NAME: Final = "spiegelronde"
FILE: Final = "queue.db"
SECONDS_TO_REACH_IT: Final = 2
"""A page that put mail in the outbox waits no longer than this for a queue that does not answer."""
LOOKS_EVERY: Final = 1.0
"""Seconds between two looks into a queue that cannot wake us (SQLite)."""

RESTS_AT_MOST: Final = 30.0
"""Seconds between two tries to reach a queue that wakes us by itself, when it is away."""

logger = logging.getLogger(__name__)


class Queue:
    """The queue of one installation: a SQLite file, a PostgreSQL database or a Redis server."""

    def __init__(self, settings: Settings, send_mail: Callable[[], None] = lambda: None) -> None:
        """`send_mail` is done here, once this process works; others only ask."""
        self._settings = settings
        self._send_mail = send_mail
        self._opening = threading.Lock()
        self._huey: Any = None
        self._task: Any = None
        self._consumer: Any = None

    def ask(self) -> None:
        """Ask whoever works to look into the outbox. Raises when the queue cannot be reached."""
        self._open()
        self._task()

    def forget_everything(self) -> None:
        """Throw away what was asked before: who does this looks into the outbox right after. Raises as `ask`."""
        self._open().flush()

    @property
    def is_worked_off_here(self) -> bool:
        """Whether this process does what is asked."""
        return self._consumer is not None

    def start_working(self) -> None:
        """Do here what is asked, in a thread of this process, as well as other workers. Raises as `ask`."""
        if self._consumer is None:
            consumer = _consumer_of(self._open())
            consumer.start()
            self._consumer = consumer

    def stop_working(self, patience: float) -> None:
        """Stop, and wait at most `patience` seconds for what is in hand."""
        if self._consumer is not None:
            self._consumer.shutdown_timeout = patience
            self._consumer.stop(graceful=True)
            self._consumer = None

    def close(self) -> None:
        """Let go of the connection."""
        if self._huey is not None:
            _close(self._huey)

    def _do(self) -> None:
        # Named by its module in the queue, so it is the same function for who asks and for who does it.
        self._send_mail()

    def _open(self) -> Any:
        with self._opening:
            if self._huey is None:
                huey = _opened(self._settings)
                self._task = huey.task(name="send_mail")(self._do)
                self._huey = huey
        return self._huey


def refuse_queue_without_its_library(settings: Settings) -> None:
    """Say what is missing for SURVEY_QUEUE_URL, at the start and not at the first mail. Raises SettingWrong."""
    if _is_redis(settings.queue_url) and importlib.util.find_spec("redis") is None:
        raise SettingWrong(
            "SURVEY_QUEUE_URL",
            "names a Redis server, and the library that speaks to it is not installed. Type: pip install redis",
        )


def reach_queue(settings: Settings) -> None:
    """Try whether the queue can be reached, and change nothing. Raises what its library raises."""
    if settings.queue_url is None and not (settings.data / FILE).exists():
        return  # made when the first mail waits
    queue = _opened(settings)
    try:
        queue.storage.queue_size()
    finally:
        _close(queue)


def attach_queue(app: Flask) -> None:
    """Let every mail that this app puts in the outbox wake whoever sends mail."""
    app.extensions[QUEUE] = Queue(installation(app).settings).ask


@contextlib.contextmanager
def _left_unread(*libraries: str) -> Iterator[None]:
    """Let what is imported in the block find none of these libraries; afterwards they can be imported as ever."""
    hidden = [name for name in libraries if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is how Python marks what is not there
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _opened(settings: Settings) -> Any:
    # It reads the clients of every queue it knows, 27 MB of them, also when the queue is a file.
    with _left_unread("redis", "psycopg") if settings.queue_url is None else contextlib.nullcontext():
        from huey import PostgresHuey, RedisHuey, SqliteHuey
        from huey.serializer import SignedSerializer

    # Tasks are stored pickled: who can write to the queue but has no key must not get anything run.
    serializer = SignedSerializer(secret=settings.signing_keys()[0], salt="spiegelronde queue")
    address = settings.queue_url
    if address is None:
        file = str(settings.data / FILE)
        return SqliteHuey(NAME, filename=file, results=False, timeout=SECONDS_TO_REACH_IT, serializer=serializer)
    if _is_redis(address):
        from redis import ConnectionPool

        pool = ConnectionPool.from_url(address, socket_connect_timeout=SECONDS_TO_REACH_IT, socket_timeout=5)
        return RedisHuey(NAME, results=False, connection_pool=pool, serializer=serializer)
    return PostgresHuey(NAME, dsn=address, results=False, connect_timeout=SECONDS_TO_REACH_IT, serializer=serializer)


def _close(huey: Any) -> None:
    from huey.storage import BaseSqlStorage

    if isinstance(huey.storage, BaseSqlStorage):
        huey.storage.close()
    else:
        huey.storage.pool.disconnect()


def _is_redis(address: str | None) -> bool:
    return address is not None and address.startswith("redis")


def _consumer_of(huey: Any) -> Any:
    from huey.consumer import Consumer

    class InProcess(Consumer):  # type: ignore[misc]  # huey has no type hints
        """huey's consumer without its signal handlers: the process it lives in decides when to stop."""

        def _set_signal_handlers(self) -> None:
            """Leave the signals of this process alone."""

    return InProcess(
        huey,
        workers=1,  # sending is one conversation with one mail server
        periodic=False,  # what is due by the clock is looked for in the database, by one process of all
        scheduler_interval=60,
        max_delay=LOOKS_EVERY if not huey.storage.blocking else RESTS_AT_MOST,
        check_worker_health=False,
    )


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
