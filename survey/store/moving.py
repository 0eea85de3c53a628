"""Moving an installation from SQLite to PostgreSQL: every table and every box, whole or not at all, and compared.

Everything is written in one transaction of the new database, so a move that was cut short left nothing behind. The old
files are opened for reading only. Rows are written by their keys: in what order they once came goes nowhere.
It must not know what the tables mean. Ballots pass through it sealed: it knows no key.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    cast,
    create_engine,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.schema import CreateSchema, CreateTable
from sqlalchemy.types import TypeEngine

from survey.clock import Clock
from survey.store.ballots import schema_of, tables_of_a_box
from survey.store.database import Base, Moment
from survey.store.last_done import LastDone
from survey.store.schema import BOOKKEEPING, newest_version

MOVED: Final = "moved from SQLite"
"""The duty under which a finished move is written down in the new database."""
AT_ONCE: Final = 500
"""Rows per statement."""


class NothingToMove(Exception):
    """There is no SQLite database in this folder."""


class SourceOfOtherVersion(Exception):
    """The SQLite database was last used by another version of the program."""


class TargetNotEmpty(Exception):
    """Something else is stored in the new database; a move never takes the place of that."""


class MovedDifferently(Exception):
    """What was written is not what was read; the text names the table. Nothing was kept of it."""


@dataclass(frozen=True)
class Content:
    """What stands in one table, of the main database or of a box: how many rows, and a hash over all of them."""

    name: str
    rows: int
    digest: str


@dataclass(frozen=True)
class Moved:
    """What stands in the new database now, table by table, and whether it had been moved before."""

    contents: tuple[Content, ...]
    before: bool


def move(database: Path, boxes: Path, target: Engine, clock: Clock) -> Moved:
    """Copy everything into an empty, migrated PostgreSQL database, and compare every table and every box.

    Nobody may use the old files meanwhile. Raises NothingToMove, SourceOfOtherVersion, TargetNotEmpty,
    MovedDifferently, SQLAlchemyError.
    """
    if not database.exists():
        raise NothingToMove(database)
    with _reading(database) as source, target.begin() as new:
        if source.exec_driver_sql(f"SELECT version_num FROM {BOOKKEEPING}").scalars().all() != [newest_version()]:
            raise SourceOfOtherVersion
        wanted = [*_contents_of(source, _plain(_main_tables())), *_contents_of_boxes(boxes)]
        if not _is_empty(new):
            if _without_marks(_all_contents(new)) != _without_marks(wanted):
                raise TargetNotEmpty
            return Moved(tuple(wanted), before=True)
        new.execute(LastDone.__table__.delete())  # type: ignore[attr-defined]  # a process may have shown life there
        _copy(source, new, _plain(_main_tables()))
        _copy_boxes(boxes, new)
        _go_on_counting(new)
        found = _all_contents(new)
        if different := next((one.name for one, other in zip(wanted, found, strict=True) if one != other), None):
            raise MovedDifferently(different)
        new.execute(insert(LastDone).values(duty=MOVED, at=clock()))
        return Moved(tuple(found), before=False)


class _AsWritten(TypeDecorator[str]):
    """JSON as the text that it is: what was written with one order of keys keeps it."""

    impl = Text
    cache_ok = True

    def bind_expression(self, bindvalue: Any) -> ColumnElement[Any]:
        return cast(bindvalue, JSON)

    def column_expression(self, column: Any) -> ColumnElement[Any]:
        return cast(column, Text)


def _main_tables() -> list[Table]:
    return Base.metadata.sorted_tables


def _plain(tables: Iterable[Table]) -> list[Table]:
    """Return tables with the same names and columns, whose values are what lies in the database."""
    plain = MetaData()
    return [
        Table(
            table.name,
            plain,
            *(Column(each.name, _plain_type(each.type), primary_key=each.primary_key) for each in table.columns),
        )
        for table in tables
    ]


def _plain_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    if isinstance(kind, JSON):
        return _AsWritten()
    if isinstance(kind, TypeDecorator) and not isinstance(kind, Moment):
        return Text()
    return Moment() if isinstance(kind, DateTime) else kind


def _reading(file: Path) -> Connection:
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True),
        hide_parameters=True,
    )
    return engine.connect()


def _rows(connection: Connection, table: Table, schema: str | None = None) -> Iterator[dict[str, Any]]:
    query = select(table).order_by(*table.primary_key.columns)
    return (dict(row) for row in connection.execute(query, execution_options=_in(schema)).mappings())


def _in(schema: str | None) -> dict[str, Any]:
    return {"schema_translate_map": {None: schema}} if schema else {}


def _copy(source: Connection, new: Connection, tables: Sequence[Table], schema: str | None = None) -> None:
    for table in tables:
        rows = _rows(source, table)
        while some := list(islice(rows, AT_ONCE)):
            new.execute(insert(table), some, execution_options=_in(schema))


def _copy_boxes(boxes: Path, new: Connection) -> None:
    for file in _box_files(boxes):
        schema = schema_of(file.stem)
        new.execute(CreateSchema(schema))
        for table in tables_of_a_box():
            new.execute(CreateTable(table), execution_options=_in(schema))
        with _reading(file) as source:
            _copy(source, new, _plain(tables_of_a_box()), schema)


def _go_on_counting(new: Connection) -> None:
    """Let numbers that the database gives out go on after the highest that is there."""
    for table in _main_tables():
        column = table.autoincrement_column
        if column is not None and isinstance(column.type, Integer) and not column.foreign_keys:
            highest = new.scalar(select(func.max(column)))
            if highest is not None:
                new.execute(select(func.setval(func.pg_get_serial_sequence(table.name, column.name), highest)))


def _box_files(boxes: Path) -> list[Path]:
    return sorted(boxes.glob("*.box"))


def _is_empty(new: Connection) -> bool:
    filled = (new.scalar(select(func.count()).select_from(table)) for table in _main_tables() if table.name != MARKS)
    return not any(filled) and not _box_schemas(new)


def _box_schemas(new: Connection) -> list[str]:
    return sorted(name for name in inspect(new).get_schema_names() if name.startswith(schema_of("")))


def _all_contents(new: Connection) -> list[Content]:
    contents = _contents_of(new, _plain(_main_tables()))
    for schema in _box_schemas(new):
        contents += _contents_of(new, _plain(tables_of_a_box()), schema)
    return contents


def _contents_of_boxes(boxes: Path) -> list[Content]:
    contents = []
    for file in _box_files(boxes):
        with _reading(file) as source:
            contents += [
                Content(f"{schema_of(file.stem)}.{each.name}", each.rows, each.digest)
                for each in _contents_of(source, _plain(tables_of_a_box()))
            ]
    return contents


def _contents_of(connection: Connection, tables: Sequence[Table], schema: str | None = None) -> list[Content]:
    return [
        Content(f"{schema}.{table.name}" if schema else table.name, *_digest(_rows(connection, table, schema)))
        for table in tables
    ]


def _digest(rows: Iterator[dict[str, Any]]) -> tuple[int, str]:
    """Return how many rows there are, and a hash over them in whatever order a database sorts its keys."""
    each = sorted(hashlib.sha256(json.dumps(row, default=_said, sort_keys=True).encode()).digest() for row in rows)
    return len(each), hashlib.sha256(b"".join(each)).hexdigest()


def _said(value: object) -> str:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    assert isinstance(value, (datetime, date, time)), type(value)
    return value.isoformat()


MARKS: Final = LastDone.__tablename__


def _without_marks(contents: Iterable[Content]) -> list[Content]:
    return [each for each in contents if each.name != MARKS]
