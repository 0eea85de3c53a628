"""What somebody holds who copies all folders, and the tables of the database server, whenever he likes.

A copy has everything in it: database, boxes, write-ahead logs, kept mails, reports, logs, and the times of the files.
"""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import text

from survey.store.database import db, only_reading

Row = dict[str, Any]
PLACE = "(place)"
"""Under this name a row carries where it lies: its rowid, or on PostgreSQL its page and line (ctid)."""
MOMENT = "(moment)"
"""Under this name a row of PostgreSQL carries the number of the transaction that wrote it (xmin)."""


@dataclass(frozen=True)
class Copy:
    """One copy of everything, made at one moment."""

    folder: Path
    server_tables: dict[str, list[Row]]

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Every file, by its name within the data folder."""
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in _files(self.folder)}

    @cached_property
    def times(self) -> dict[str, int]:
        """When every file was written last, in nanoseconds."""
        return {path.relative_to(self.folder).as_posix(): path.stat().st_mtime_ns for path in _files(self.folder)}

    @cached_property
    def tables(self) -> dict[str, list[Row]]:
        """Every table of every database, each row with the place where it lies."""
        tables = dict(self.server_tables)
        for path in _files(self.folder):
            if path.suffix in {".db", ".box"}:
                tables |= {f"{path.name}:{name}": rows for name, rows in _tables_in(path)}
        return tables


class Copier:
    """Copies everything as often as it is asked to, each time whole."""

    def __init__(self, folders: Sequence[Path], shelf: Path) -> None:
        self._folders, self._shelf = folders, shelf
        self.copies: list[Copy] = []

    def copy(self) -> Copy:
        """Make one more copy and keep it."""
        db.session.rollback()
        shelf = self._shelf / f"{len(self.copies):03}"
        for folder in self._folders:
            shutil.copytree(folder, shelf / folder.name)
        self.copies.append(Copy(shelf, tables_on_the_server()))
        return self.copies[-1]


def tables_on_the_server() -> dict[str, list[Row]]:
    """Every table of a PostgreSQL database, in all its schemas, with ctid and xmin; nothing on SQLite."""
    if db.engine.dialect.name == "sqlite":
        return {}
    named = text("SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'public' OR schemaname LIKE 'box%'")
    tables = {}
    with only_reading(), db.engine.connect() as connection:
        for schema, table in connection.execute(named).all():
            query = f'SELECT ctid::text AS "{PLACE}", xmin::text::bigint AS "{MOMENT}", * FROM "{schema}"."{table}"'
            tables[f"{schema}.{table}"] = [dict(row) for row in connection.execute(text(query)).mappings()]
    return tables


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _tables_in(file: Path) -> Iterator[tuple[str, list[Row]]]:
    """Read the tables of a copied SQLite file with its log; on a copy of the copy, because looking folds the log in."""
    desk = file.parent.with_name(f"{file.parent.name}-{file.name}-opened")
    desk.mkdir()
    for part in file.parent.glob(f"{file.name}*"):
        shutil.copy(part, desk)
    with contextlib.closing(sqlite3.connect(desk / file.name)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            yield name, [dict(row) for row in connection.execute(_select(connection, name))]
    shutil.rmtree(desk)


def _select(connection: sqlite3.Connection, table: str) -> str:
    with_place = f'SELECT rowid AS "{PLACE}", * FROM "{table}"'
    try:
        connection.execute(f"{with_place} LIMIT 0")
    except sqlite3.OperationalError:  # a table without rowid
        return f'SELECT * FROM "{table}"'
    return with_place
