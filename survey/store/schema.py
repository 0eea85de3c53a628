"""The schema of the main database: every table, and bringing a database up to date."""

from functools import lru_cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade

from survey.store import (
    address_books,
    conversations,
    grants,
    last_done,
    named_facts,
    outbox,
    people,
    rhythms,
    rounds,
    scan_outcomes,
)
from survey.store.database import Base, db, only_reading

TABLES = {
    module.__name__: module
    for module in (
        address_books,
        conversations,
        grants,
        last_done,
        named_facts,
        outbox,
        people,
        rhythms,
        rounds,
        scan_outcomes,
    )
} and Base.metadata.tables


def migrations_folder() -> Path:
    """Return where the migrations are: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


def bring_up_to_date(app: Flask) -> None:
    """Run the migrations that this database has not seen yet."""
    with app.app_context():
        upgrade(directory=str(migrations_folder()))


def is_up_to_date() -> bool:
    """Say whether the database has seen every migration; asked inside an app context."""
    wanted = {newest_version()}
    with only_reading(), db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == wanted


@lru_cache
def newest_version() -> str:
    """Return the number of the last migration."""
    [head] = ScriptDirectory(str(migrations_folder())).get_heads()
    return head
