"""The main database: one file on SQLite, or PostgreSQL. It never holds a ballot; those have boxes of their own.

On SQLite every writing transaction starts as BEGIN IMMEDIATE: a deferred one that reads first and writes later
fails as soon as another writer came in between.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Date, DateTime, Dialect, MetaData, TypeDecorator, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_SECONDS = 20

_reading: ContextVar[bool] = ContextVar("reading", default=False)


class Base(DeclarativeBase):
    """What every stored thing is built on: named constraints, so that a migration can find them."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(metadata=Base.metadata)


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment. SQLite forgets the zone; this gives it back, and refuses a moment without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class DaysAfter(FunctionElement[date]):
    """A day in the database and so many days later: DaysAfter(day, days)."""

    type = Date()
    inherit_cache = True


@compiles(DaysAfter, "sqlite")
def _days_after_on_sqlite(element: DaysAfter, compiler: SQLCompiler, **options: Any) -> str:
    day, days = (compiler.process(part, **options) for part in element.clauses)
    return f"date({day}, '+' || {days} || ' days')"


@compiles(DaysAfter, "postgresql")
def _days_after_on_postgresql(element: DaysAfter, compiler: SQLCompiler, **options: Any) -> str:
    day, days = (compiler.process(part, **options) for part in element.clauses)
    return f"({day} + {days})"


@contextlib.contextmanager
def only_reading() -> Iterator[None]:
    """Let transactions inside start without taking the write lock."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """Let transactions inside take the write lock at their start, whatever the request said."""
    token = _reading.set(False)
    try:
        yield
    finally:
        _reading.reset(token)


def start_reading() -> None:
    """Let the transactions of this request start without the write lock."""
    _reading.set(True)


def start_writing() -> None:
    """Let the transactions of this request take the write lock at their start."""
    _reading.set(False)


def keep_others_off(row: Base) -> None:
    """Wait until nobody else changes a row, read it anew, and keep others from changing it until the next commit.

    For whoever looks whether something was done already, and then does it. On SQLite who writes is alone anyway.
    """
    db.session.refresh(row, with_for_update=True)


def leave_no_old_versions(*tables: type[Base]) -> None:
    """Make what was changed or deleted in these tables (in all, when none is named) unreadable; safe to repeat.

    Not inside a transaction. SQLite overwrites what it deletes (secure_delete), but its write-ahead log keeps pages as
    they were: it is folded into the file and emptied. PostgreSQL keeps every version of a row until the table is
    written anew.
    """
    if db.engine.dialect.name == "sqlite":
        # Not through SQLAlchemy, which would begin a transaction.
        with contextlib.closing(db.engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{BUSY_SECONDS}s'")
        for name in [table.__tablename__ for table in tables] or sorted(Base.metadata.tables):
            connection.exec_driver_sql(f"VACUUM (FULL) {name}")


def prepare_sqlite(engine: Engine) -> None:
    """Make a SQLite engine durable, strict about references, and immediate about writing."""
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


def _set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # SQLite's own lowers A to Z only: who types "café" would not find "CAFÉ".
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
