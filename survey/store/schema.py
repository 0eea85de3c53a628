"""The schema of the main database: every table, and bringing a database up to date."""

from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from survey.store import conversations, outbox, people, rounds
from survey.store.database import Base

TABLES = {module.__name__: module for module in (conversations, outbox, people, rounds)} and Base.metadata.tables


def migrations_folder() -> Path:
    """Return where the migrations are: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


def bring_up_to_date(app: Flask) -> None:
    """Run the migrations that this database has not seen yet."""
    with app.app_context():
        upgrade(directory=str(migrations_folder()))
