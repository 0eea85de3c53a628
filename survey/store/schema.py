"""The schema of the main database: every table, and bringing a database up to date.

Alembic is only imported where there is something to migrate: with all that it brings along it takes a fifth of a start.
"""

from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Flask, current_app
from sqlalchemy import inspect

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

BOOKKEEPING: Final = "alembic_version"
"""The table in which Alembic writes the number of the last migration that a database has seen."""


def migrations_folder() -> Path:
    """Return where the migrations are: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


def bring_up_to_date(app: Flask) -> None:
    """Run the migrations that this database has not seen yet."""
    with app.app_context():
        seen_all = is_up_to_date()
        db.engine.dispose()  # who starts may fork hereafter: nobody inherits an open connection
        if not seen_all:
            migrate_to(newest_version())


def migrate_to(version: str) -> None:
    """Run the migrations up to and including this one, in order; inside an app context."""
    from flask_migrate import Migrate, upgrade

    folder = str(migrations_folder())
    Migrate(current_app, db, directory=folder)
    upgrade(directory=folder, revision=version)


def is_up_to_date() -> bool:
    """Say whether the database has seen every migration; asked inside an app context."""
    with only_reading(), db.engine.connect() as connection:
        if not inspect(connection).has_table(BOOKKEEPING):
            return False
        seen = connection.exec_driver_sql(f"SELECT version_num FROM {BOOKKEEPING}").scalars().all()
    return seen == [newest_version()]


@lru_cache
def newest_version() -> str:
    """Return the number of the last migration, by the names of the files: each begins with its number."""
    return max(file.name for file in (migrations_folder() / "versions").glob("[0-9]*.py")).split("_")[0]
