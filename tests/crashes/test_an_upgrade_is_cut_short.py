"""An upgrade that is killed leaves the old schema or the new one, with every row, and can be run again."""

import shutil
import sqlite3
from contextlib import closing
from itertools import count as from_one
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from survey import create_app
from survey.settings import Settings
from survey.store.database import db
from survey.store.schema import migrations_folder
from tests.crashes.plug import dies_at
from tests.store.test_migrating import BEFORE

FIRST = "0001"


@pytest.fixture
def filled(tmp_path: Path) -> Flask:
    """An installation with the first schema and the bakery's round in it, nobody connected."""
    app = create_app(Settings.from_environment({"SURVEY_DATA": f"{tmp_path}/data", "SURVEY_KEYS": f"{tmp_path}/keys"}))
    with app.app_context():
        upgrade(directory=str(migrations_folder()), revision=FIRST)
        for statement in BEFORE:
            db.session.execute(text(statement))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return app


def state_of(file: Path) -> tuple[str, dict[str, int]]:
    """The schema's number, and how many rows each table of the first schema has; references must hold."""
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        [(number,)] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        tables = ("account", "company", "round", "self_assessment")
        return number, {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}


def test_killed_at_any_step_it_is_the_old_schema_or_the_new_one(filled: Flask, tmp_path: Path, long: bool) -> None:
    file, before = tmp_path / "data" / "survey.db", tmp_path / "before.db"
    shutil.copy(file, before)
    rows = state_of(file)[1]

    def run() -> None:
        with filled.app_context():
            upgrade(directory=str(migrations_folder()))

    run()
    last = state_of(file)[0]
    for step in from_one(1, 1 if long else 5):
        for part in file.parent.glob("survey.db*"):
            part.unlink()
        shutil.copy(before, file)
        if not dies_at(step, run):
            break
        number, left = state_of(file)
        assert number in (FIRST, last)
        assert left == rows
        run()
        assert state_of(file) == (last, rows)
    assert step > 20
