"""Folders in which an installation leaves anything at all, and the bakery photographed before its round is prepared."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from survey.installation import Installation
from survey.store.database import db
from survey.store.people import Company
from tests.forensics.company import Photograph
from tests.forensics.rounds_under_attack import Attacker


@pytest.fixture
def folders(house: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """Everything but the keys: the data folder, temporary files, and a log that leaves nothing out."""
    temporary, logs = tmp_path / "temporary", tmp_path / "logs"
    temporary.mkdir()
    logs.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    handler = logging.FileHandler(logs / "everything.log")
    monkeypatch.setattr(logging.root, "level", logging.DEBUG)
    logging.root.addHandler(handler)
    yield [house.settings.data, temporary, logs]
    logging.root.removeHandler(handler)
    handler.close()


@pytest.fixture
def photograph(house: Installation, bakery: Company, tmp_path: Path) -> Iterator[Photograph]:
    """The bakery before anything was prepared."""
    taken = Photograph(house, tmp_path / "photograph")
    taken.take()
    yield taken
    taken.throw_away()


@pytest.fixture
def attacker(photograph: Photograph, folders: list[Path], tmp_path: Path) -> Attacker:
    """Somebody who holds a copy of everything after every answer."""
    return Attacker(photograph, folders, tmp_path / "shelf")


@pytest.fixture(autouse=True)
def _shelves_are_large(tmp_path: Path) -> Iterator[None]:
    yield
    shutil.rmtree(tmp_path / "shelf", ignore_errors=True)


@pytest.fixture
def on_sqlite(app: Flask) -> None:
    """Skip what is about files that SQLite writes."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("about SQLite's files")


@pytest.fixture
def on_postgresql(app: Flask) -> None:
    """Skip what is about rows as PostgreSQL keeps them."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("about PostgreSQL's rows: run with --postgresql")
