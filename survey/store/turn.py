"""Whose turn it is: of all processes of one installation at most one holds it, and a dead one holds nothing.

On PostgreSQL the database lends it to a connection (a session lock); on SQLite, which lives on one computer, the
system lends it to an open file. Nothing has to expire, and no clock is asked.
It must not know what the turn is for.
"""

import contextlib
import fcntl
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import Connection, Engine, NullPool, create_engine, func, select
from sqlalchemy.exc import SQLAlchemyError

LOCK_SPACE = 0x53504745
"""First half of the number of every lock of ours: another program in the same database has another."""
NOTICED_DEAD = "-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4"
"""The server finds out within a minute that a computer was unplugged, and not after its usual two hours."""


class Turn(Protocol):
    """One thing that one process at a time may do."""

    def is_ours(self) -> bool:
        """Take the turn when nobody has it, and say whether it is ours now. Raises when nobody can be asked."""

    def give_back(self) -> None:
        """Let somebody else have it."""


class TurnAtFile:
    """A turn lent by the system: a lock on an open file, which goes with the process however it dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: IO[str] | None = None

    def is_ours(self) -> bool:
        """Take the turn when nobody has it, and say whether it is ours now. Raises OSError."""
        if self._held is None:
            with contextlib.ExitStack() as undo:
                file = undo.enter_context(self._path.open("w"))
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return False
                undo.pop_all()
                self._held = file
        return True

    def give_back(self) -> None:
        """Let somebody else have it."""
        if self._held is not None:
            self._held.close()
            self._held = None


class TurnAtDatabase:
    """A turn lent by PostgreSQL to a connection of its own; without a pooler in between that shares connections."""

    def __init__(self, main: Engine, number: int) -> None:
        self._engine = create_engine(
            main.url,
            poolclass=NullPool,
            hide_parameters=True,
            isolation_level="AUTOCOMMIT",
            connect_args={"options": NOTICED_DEAD},
        )
        self._number = number
        self._connection: Connection | None = None
        self._ours = False

    def is_ours(self) -> bool:
        """Take the turn when nobody has it, and say whether it is ours now. Raises SQLAlchemyError."""
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            if self._ours:
                # A server that was started again has forgotten who held it, and lends it to whoever asks first.
                self._connection.scalar(select(1))
            else:
                self._ours = bool(self._connection.scalar(select(func.pg_try_advisory_lock(LOCK_SPACE, self._number))))
        except SQLAlchemyError:
            self.give_back()
            raise
        return self._ours

    def give_back(self) -> None:
        """Let somebody else have it."""
        if self._connection is not None:
            with contextlib.suppress(SQLAlchemyError):
                # Said aloud, because a server notices a closed connection a moment later.
                self._connection.scalar(select(func.pg_advisory_unlock_all()))
            with contextlib.suppress(SQLAlchemyError):
                self._connection.close()
        self._ours, self._connection = False, None


def turn_of(main: Engine, file: Path, number: int) -> Turn:
    """Return the turn of an installation: at its PostgreSQL, or at a file beside its SQLite database."""
    return TurnAtFile(file) if main.dialect.name == "sqlite" else TurnAtDatabase(main, number)
