"""The whole road, told through the doors: from an account to the PDF on the table."""

import json
from pathlib import Path

import pytest
from flask import Flask

from survey import clock, create_app, demo, story
from survey.settings import Settings
from survey.store.database import db
from survey.store.people import Account, invitations_of
from survey.store.rounds import Round, Standing


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the story was told, once."""
    folder = tmp_path_factory.mktemp("demo")
    demo.tell(settings_in(folder), clock.now, demo.BASE, folder, lambda line: None)
    return folder


def settings_in(folder: Path) -> Settings:
    return Settings.from_environment({"SURVEY_DATA": str(folder / "data"), "SURVEY_KEYS": str(folder / "keys")})


@pytest.fixture
def bakery_told(told: Path) -> Flask:
    return create_app(settings_in(told))


def test_the_road_ends_in_a_mirror_and_no_ballot(told: Path, bakery_told: Flask) -> None:
    with bakery_told.app_context():
        [round_] = db.session.scalars(db.select(Round))
        assert round_.standing_at(clock.now()) is Standing.COUNTED
        assert len(invitations_of(round_.id)) == 13
        [karin] = db.session.scalars(db.select(Account))
        assert (karin.email, karin.name) == (story.OWNER.address, story.OWNER.name)
        db.engine.dispose()
    assert not list((told / "data" / "boxes").iterdir())
    assert not list((told / "keys").glob("*.key"))
    assert (told / demo.REPORT).read_bytes().startswith(b"%PDF")


def test_everybody_answered_through_a_door(told: Path) -> None:
    release = json.loads((told / demo.MIRROR).read_text())["release"]
    counts = {one["id"]: one["n"] for one in release["perspectives"]}
    assert counts == {"employees": 9, "accountant": 1, "bank": 1, "peer_1": 1, "peer_2": 1}


def test_what_staff_ticked_is_in_no_file(told: Path) -> None:
    # Eight of nine could not judge the books: only an answer pairs this item with that word.
    for file in (told / "data").rglob("*"):
        kept = b"" if file.is_dir() else file.read_bytes().replace(b" ", b"")
        assert b'"figures_current":"cannot_judge"' not in kept


def test_a_story_is_told_once(told: Path) -> None:
    before = (told / "data" / "survey.db").read_bytes()
    with pytest.raises(demo.StoryTold):
        demo.tell(settings_in(told), clock.now, demo.BASE, told, lambda line: None)
    assert (told / "data" / "survey.db").read_bytes() == before
