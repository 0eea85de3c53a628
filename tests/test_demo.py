"""The whole road, told through the doors: from an account to the PDF on the table."""

import json
import logging
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from pypdf import PdfReader

from survey import clock, conversation, create_app, demo, sharing, story, story_before
from survey.cli import main
from survey.settings import Settings
from survey.store.database import db
from survey.store.people import Account, invitations_of
from survey.store.rounds import Round, Standing
from survey.telling_back import what_was_told

LINES = "lines_of_the_log.txt"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the story was told, once."""
    folder = tmp_path_factory.mktemp("demo")
    duties, lines = logging.getLogger("survey.duties"), logging.FileHandler(folder / LINES)
    duties.addHandler(lines)
    duties.setLevel(logging.INFO)
    demo.tell(settings_in(folder), clock.now, demo.BASE, folder, lambda line: None)
    duties.info("the story is told")
    duties.removeHandler(lines)
    lines.close()
    return folder


def settings_in(folder: Path) -> Settings:
    return Settings.from_environment({"SURVEY_DATA": str(folder / "data"), "SURVEY_KEYS": str(folder / "keys")})


def rounds_told() -> list[Round]:
    """Both rounds, the first one first."""
    return list(db.session.scalars(db.select(Round).order_by(Round.closes_on)))


@pytest.fixture
def bakery_told(told: Path) -> Flask:
    return create_app(settings_in(told))


def test_the_road_ends_in_a_mirror_and_no_ballot(told: Path, bakery_told: Flask) -> None:
    with bakery_told.app_context():
        before, now = rounds_told()
        assert now.standing_at(clock.now()) is Standing.COUNTED
        assert len(invitations_of(now.id)) == 13
        assert invitations_of(before.id) == []  # sixty days after its end
        names = {account.email: account.name for account in db.session.scalars(db.select(Account))}
        assert names == {one.address: one.name for one in (story.OWNER, story.PARTNER)}
        db.engine.dispose()
    assert not list((told / "data" / "boxes").iterdir())
    assert not list((told / "keys").glob("*.key"))
    for report in (demo.REPORT, demo.REPORT_BEFORE):
        assert (told / report).read_bytes().startswith(b"%PDF")


def test_a_newcomer_finds_what_was_talked_about_agreed_and_told(bakery_told: Flask) -> None:
    with bakery_told.app_context():
        before, now = rounds_told()
        sheet = conversation.sheet_of(before)
        assert sheet.topics == story_before.TOPICS
        assert sheet.note("informs_in_time", "cause_3") == story_before.NOTES["informs_in_time"]["cause_3"]
        assert [one.outcome for one in conversation.agreements_of(before)] == ["partly", "done"]
        assert conversation.meeting_of(before, "next_round").day == now.opens_on
        told = what_was_told(before)
        assert told is not None
        assert told.change == story_before.TOLD_BACK["change"]
        db.engine.dispose()


def test_the_coach_has_her_notes_and_waits_for_the_owner_to_open_the_newest(bakery_told: Flask) -> None:
    with bakery_told.app_context():
        before, now = rounds_told()
        [petra] = db.session.scalars(db.select(Account).filter_by(email=story.PARTNER.address))
        assert conversation.coach_notes(before, petra.id)["before"].text == story_before.COACHS_NOTE
        [mirrors] = sharing.mirrors_shared_with(petra.id, [now.company_id], clock.now()).values()
        assert [(one.round.id, one.is_open, one.with_words) for one in mirrors] == [
            (now.id, False, True),
            (before.id, True, True),
        ]
        db.engine.dispose()


def test_the_second_mirror_begins_with_what_came_of_it_and_holds_facts_and_moves(told: Path) -> None:
    texts = json.loads((told / demo.MIRROR).read_text())["texts"]
    assert [one["outcome"] for one in texts["agreed_before"]] == ["partly", "done"]
    assert [one["name"] for one in texts["figures_beside"]] == [story.ACCOUNTANT.name, story.BANKER.name]
    moved = {one["statement"]: one["sentence"] for one in texts["since_last_time"]["moved"]}
    assert moved["Karin houdt zich aan afspraken."].startswith("De medewerkers: eerst 3,0, nu 4,0 of hoger.")


def test_everybody_answered_through_a_door(told: Path) -> None:
    release = json.loads((told / demo.MIRROR).read_text())["release"]
    counts = {one["id"]: one["n"] for one in release["perspectives"]}
    assert counts == {"employees": 9, "accountant": 1, "bank": 1, "peer_1": 1, "peer_2": 1}


def test_the_report_on_the_command_line_is_the_whole_one_too(
    told: Path, bakery_told: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bakery_told.app_context():
        _before, now = rounds_told()
        round_id = now.id
        db.engine.dispose()
    monkeypatch.setenv("SURVEY_DATA", str(told / "data"))
    monkeypatch.setenv("SURVEY_KEYS", str(told / "keys"))
    target = tmp_path / "report.pdf"
    done = CliRunner().invoke(main, ["round", "report", round_id, "--pdf", str(target)])
    assert done.exit_code == 0, done.output
    assert target.read_bytes() == (told / demo.REPORT).read_bytes()
    text = " ".join(page.extract_text() for page in PdfReader(target).pages)
    assert story_before.AGREED["informs_in_time"]["what"] in " ".join(text.split())


def test_what_staff_ticked_is_in_no_file(told: Path) -> None:
    # Eight of nine could not judge the books: only an answer pairs this item with that word.
    for file in (told / "data").rglob("*"):
        kept = b"" if file.is_dir() else file.read_bytes().replace(b" ", b"")
        assert b'"figures_current":"cannot_judge"' not in kept


def test_no_line_of_the_log_stands_between_the_lines_of_the_story(told: Path) -> None:
    assert (told / LINES).read_text() == "the story is told\n"


def test_a_story_is_told_once(told: Path) -> None:
    before = (told / "data" / "survey.db").read_bytes()
    with pytest.raises(demo.StoryTold):
        demo.tell(settings_in(told), clock.now, demo.BASE, told, lambda line: None)
    assert (told / "data" / "survey.db").read_bytes() == before
