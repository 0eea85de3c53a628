"""Rounds by script: what is printed, what is refused, and with which exit code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from survey import cli, rounds, story
from survey.installation import Installation
from survey.settings import Settings
from survey.store import keys
from survey.store.database import db
from survey.store.people import Account
from survey.store.rounds import Round, SelfAssessment
from tests.test_round_file import GOOD

CARDS_ONLY = {"groups": [{"perspective": "employees", "cards": 6}], "opens": "2099-01-05", "closes": "2099-01-20"}
Survey = Callable[..., Result]


@pytest.fixture
def survey(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Survey:
    """The command on the bakery's folders, each time as a new program would see them."""
    monkeypatch.setenv("SURVEY_DATA", str(settings.data))
    monkeypatch.setenv("SURVEY_KEYS", str(settings.keys[0]))
    monkeypatch.setenv("SURVEY_OPERATOR", settings.operator or "")
    if not settings.database_url.startswith("sqlite"):
        monkeypatch.setenv("SURVEY_DATABASE_URL", settings.database_url)

    def run(*words: str, given: str | None = None) -> Result:
        db.session.remove()
        return CliRunner().invoke(cli.main, words, input=given)

    return run


def create(survey: Survey, *words: str, **changes: Any) -> Result:
    return survey("round", "create", "-", *words, given=json.dumps({**GOOD, **changes}))


def test_a_rerun_prints_the_same_id(survey: Survey) -> None:
    first, second = create(survey), create(survey)
    assert (first.exit_code, first.output) == (0, second.output)
    assert set(json.loads(first.output)) == {"round"}


@pytest.mark.parametrize(
    ("words", "changes", "sentence"),
    [
        ((), {"closes": "2026-11-01"}, "closes: the round closes before it opens."),
        ((), {"contact": GOOD["owner"]}, "staff need a contact who is not the owner"),
        (("--send",), {"opens": "2099-01-05", "closes": "2099-01-20"}, "the owner has not confirmed the address yet"),
    ],
)
def test_what_is_refused_is_one_sentence_and_creates_nothing(
    survey: Survey, words: tuple[str, ...], changes: dict[str, Any], sentence: str
) -> None:
    refused = create(survey, *words, **changes)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert sentence in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert db.session.scalar(db.select(db.func.count()).select_from(Round)) == 0


def test_the_same_key_with_other_content_is_refused(survey: Survey) -> None:
    create(survey)
    refused = create(survey, company="Bakkerij Jansen")
    assert (refused.exit_code, refused.stdout) == (2, "")


def test_cards_are_printed_once(survey: Survey) -> None:
    round_id = json.loads(create(survey, "--send", **CARDS_ONLY).output)["round"]
    printed = survey("round", "cards", round_id, "--csv")
    head, *rows = printed.output.splitlines()
    assert head == "perspective,code,link"
    assert len(set(rows)) == 6
    perspective, code, link = rows[0].split(",")
    assert perspective == "employees"
    assert link.endswith(f"/kaart/{code}")
    again = survey("round", "cards", round_id, "--csv")
    assert (again.exit_code, again.stdout) == (1, "")
    assert survey("round", "cards", round_id, "--csv", "--reissue").exit_code == 0


def test_a_round_that_does_not_exist_is_said_so(survey: Survey) -> None:
    for words in (
        ("cards", "nothing", "--csv"),
        ("close", "nothing"),
        ("report", "nothing", "--pdf", "x.pdf"),
        ("export", "nothing", "--csv", "x.csv"),
    ):
        refused = survey("round", *words)
        assert (refused.exit_code, refused.stderr) == (2, "survey: there is no round with this id.\n")


@pytest.fixture
def counted_early(survey: Survey, house: Installation, bakery: Any, karin: Account, clock: story.MovableClock) -> str:
    """A round that was sent today and closed by the operator; nobody answered."""
    today = story.plan(clock().date())
    round_ = rounds.prepare(bakery, karin, story.plan(today.closes_on.replace(year=2098)))
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, clock())
    round_id = round_.id
    closed = survey("round", "close", round_id)
    assert closed.exit_code == 0
    assert closed.output == (
        "employees: 0 released, 30 not (too few answers)\n"
        "accountant: no answer\nbank: no answer\npeer_1: no answer\npeer_2: no answer\n"
    )
    return round_id


def test_where_every_company_stands_is_one_table(survey: Survey) -> None:
    round_id = json.loads(create(survey, "--send", **CARDS_ONLY).output)["round"]
    head, line = survey("round", "list").output.splitlines()
    assert head == "company,stage,day,round"
    assert line.split(",")[1:] == ["announced", "2099-01-05", round_id]
    assert survey("round", "list", "--stage", "counted").exit_code == 2
    assert survey("round", "list", "--stage", "open").output.splitlines() == [head]
    assert survey("round", "list", "--words", "garage").output.splitlines() == [head]


def test_a_report_waits_for_the_owners_own_answers(
    survey: Survey, counted_early: str, tmp_path: Path, clock: story.MovableClock
) -> None:
    target = tmp_path / "mirror.pdf"
    refused = survey("round", "report", counted_early, "--pdf", str(target))
    assert refused.exit_code == 1
    assert not target.exists()
    own = story.answers()["karin"]
    db.session.add(SelfAssessment(round_id=counted_early, answers=own, handed_in_at=clock(), after_close=True))
    db.session.commit()
    assert survey("round", "report", counted_early, "--pdf", str(target)).exit_code == 0
    assert target.read_bytes().startswith(b"%PDF")


def test_an_export_waits_as_long_and_writes_what_is_asked(
    survey: Survey, counted_early: str, tmp_path: Path, clock: story.MovableClock
) -> None:
    book, table = tmp_path / "mirror.xlsx", tmp_path / "mirror.csv"
    asked = ("round", "export", counted_early, "--xlsx", str(book), "--csv", str(table))
    assert survey("round", "export", counted_early).exit_code == 2
    assert survey(*asked).exit_code == 1
    assert not list(tmp_path.glob("mirror.*"))
    own = story.answers()["karin"]
    db.session.add(SelfAssessment(round_id=counted_early, answers=own, handed_in_at=clock(), after_close=True))
    db.session.commit()
    written = survey(*asked)
    assert (written.exit_code, written.output) == (0, f"Written: {book}\nWritten: {table}\n")
    assert book.read_bytes().startswith(b"PK")
    assert "te weinig antwoorden" in table.read_text("utf-8-sig")


def test_score_reads_standard_input_and_keeps_standard_output_for_json(survey: Survey) -> None:
    asked = {
        "questionnaire": "spiegel-1",
        "self": {},
        "perspectives": [{"id": "bank", "kind": "named", "answers": [{}]}],
    }
    assert json.loads(survey("score", "-", given=json.dumps(asked)).stdout)["audit"] == {"passed": True, "findings": []}
    refused = survey("score", "-", given="{")
    assert (refused.exit_code, refused.stdout, len(refused.stderr.splitlines())) == (2, "", 1)


def test_a_round_is_locked_by_who_types_the_same_passphrase_twice_and_opened_by_it_or_by_the_code(
    survey: Survey, prepared_round: Round, karin: Account, house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "KIBIBYTES", 64)
    round_id, passphrase = prepared_round.id, "vier broden en een krentenbol"
    refused = survey("round", "lock", round_id, given="Bakkerij De Vries\nBakkerij De Vries\n")
    assert (refused.exit_code, "guessed too soon" in refused.stderr) == (1, True)
    locked = survey("round", "lock", round_id, given=f"{passphrase}\n{passphrase}\n")
    assert (locked.exit_code, passphrase in locked.output) == (0, False)
    code = locked.output.splitlines()[-1]
    round_ = db.session.get_one(Round, round_id)
    assert round_.strict
    assert not round_.locked_by_partner
    rounds.send(round_, db.session.get_one(Account, 1), house.boxes.of(round_id), house.settings.keys, house.clock())
    waits = survey("round", "close", round_id)
    assert (waits.exit_code, "survey round unlock" in waits.stderr) == (1, True)
    assert survey("round", "unlock", round_id, given="iets anders dan dit\n").exit_code == 1
    assert survey("round", "unlock", round_id, given=f"{code}\n").exit_code == 0
    assert db.session.get_one(Round, round_id).release is not None
