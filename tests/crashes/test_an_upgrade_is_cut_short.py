"""An upgrade that is killed leaves the old schema or the new one, with every row, and can be run again."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count as from_one
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine

from survey import create_app
from survey.settings import Settings
from survey.store.database import db
from survey.store.schema import bring_up_to_date, migrate_to
from tests.conftest import Figure
from tests.crashes.plug import dies_at
from tests.store.filled import State, fill, lost, state_of
from tests.store.test_every_earlier_schema import EARLIER

FIRST = EARLIER[0]
Filled = Callable[[str], Flask]


@pytest.fixture
def filled(tmp_path: Path) -> Filled:
    """Makes an installation with an earlier schema, a row in every table, and nobody connected."""

    def made(revision: str) -> Flask:
        app = create_app(
            Settings.from_environment({"SURVEY_DATA": f"{tmp_path}/data", "SURVEY_KEYS": f"{tmp_path}/keys"})
        )
        with app.app_context():
            migrate_to(revision)
            with db.engine.begin() as connection:
                fill(connection)
            db.session.remove()
            db.engine.dispose()
        return app

    return made


def found_in(file: Path) -> tuple[str, State]:
    """The schema's number, and all that stands in the file; it must be whole."""
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        [(number,)] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        state = state_of(connection)
    engine.dispose()
    return number, state


@pytest.mark.parametrize("revision", [FIRST, *(pytest.param(each, marks=pytest.mark.long) for each in EARLIER[1:])])
def test_killed_at_any_step_it_is_the_old_schema_or_the_new_one(
    filled: Filled, tmp_path: Path, long: bool, revision: str, figure: Figure
) -> None:
    app = filled(revision)
    file, before = tmp_path / "data" / "survey.db", tmp_path / "before.db"
    shutil.copy(file, before)
    _, old = found_in(file)
    bring_up_to_date(app)
    last, new = found_in(file)
    assert lost(old, new) == []
    for step in from_one(1, 1 if long else 5):
        for part in file.parent.glob("survey.db*"):
            part.unlink()
        shutil.copy(before, file)
        if not dies_at(step, lambda: bring_up_to_date(app)):
            break
        assert found_in(file) in ((revision, old), (last, new)), f"after a kill at step {step}"
        bring_up_to_date(app)
        assert found_in(file) == (last, new)
    assert step > 5
    figure(f"{revision}: killed at {step - 1} steps")
