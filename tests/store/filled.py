"""A database of any earlier schema with something in every table and every column, and what it holds, to compare.

Each table gets one row. Values are made from the type of a column, or are the first of those that a constraint names;
where a table is particular in another way, the value stands here. A reference leads to the one row of the other table.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date, DateTime, Integer, MetaData, Table, Time, select
from sqlalchemy import inspect as look_into
from sqlalchemy.types import JSON

PARTICULAR: Mapping[tuple[str, str], object] = {
    ("round", "tag"): "ABCD",
    ("round", "questionnaire"): "spiegel-1",
    ("round", "language"): "nl",
    ("round", "minimum"): 5,
    ("invitation", "card_hash"): None,
    ("appointment", "minutes"): 90,
    ("redaction", "question"): None,
    ("relation_grant", "revoked_at"): None,
    ("mirror_grant", "revoked_at"): None,
}
"""(table, column) -> what stands there, where any value of the type will not do."""

BOOKKEEPING = "alembic_version"

State = dict[str, dict[str, Any]]
"""Table -> column -> what stands in its one row."""


def fill(connection: Connection) -> None:
    """Put a row in every table that this database has now."""
    for table in _tables(connection):
        named = [each["sqltext"] for each in look_into(connection).get_check_constraints(table.name)]
        connection.execute(table.insert().values({column.name: _value(column, named) for column in table.columns}))


def state_of(connection: Connection) -> State:
    """Return everything that this database holds; there must be exactly one row in each table that was filled."""
    found: State = {}
    for table in _tables(connection):
        rows = connection.execute(select(table)).mappings().all()
        assert len(rows) <= 1, table.name
        if rows:
            found[table.name] = dict(rows[0])
    return found


RENAMED = {("mirror_grant", "scope", "cover"): "sentences"}
"""Table, column and word -> the word that says the same since a later step."""


def lost(before: State, after: State) -> list[str]:
    """Return what stood in the earlier state and does not stand in the later one, as "table.column"."""
    return [
        f"{table}.{column}"
        for table, row in before.items()
        for column, value in row.items()
        if after.get(table, {}).get(column, ...) not in (value, RENAMED.get((table, column, str(value)), value))
    ]


def _tables(connection: Connection) -> list[Table]:
    known = MetaData()
    known.reflect(connection)
    return [table for table in known.sorted_tables if table.name != BOOKKEEPING]


def _value(column: Column[Any], constraints: Sequence[str] = ()) -> object:
    table = column.table
    assert isinstance(table, Table)
    if (table.name, column.name) in PARTICULAR:
        return PARTICULAR[table.name, column.name]
    for key in column.foreign_keys:
        return _value(key.column)
    # "kind IN ('full', ...)"; as PostgreSQL tells it: "(kind)::text = ANY (ARRAY['full'::character varying, ...".
    first = re.compile(rf"\b{column.name}\b[^']*?(?:IN \(|ARRAY\[)'([^']+)'")
    if allowed := next(filter(None, map(first.search, constraints)), None):
        return allowed[1]
    return _any_of(column, f"{table.name} {column.name}")


def _any_of(column: Column[Any], name: str) -> object:
    kind = column.type
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer):
        return 1
    if isinstance(kind, DateTime):
        return datetime(2026, 11, 21, 9, tzinfo=UTC if kind.timezone else None)
    if isinstance(kind, Date):
        return date(2026, 11, 20)
    if isinstance(kind, Time):
        return time(10, 30)
    if isinstance(kind, JSON):
        return {name: "Netjes."}
    length = getattr(kind, "length", None) or len(name)
    return name[-length:]


def names_of_tables(connection: Connection) -> set[str]:
    """Return the tables that this database has, without the one that keeps its version."""
    return set(look_into(connection).get_table_names()) - {BOOKKEEPING}
