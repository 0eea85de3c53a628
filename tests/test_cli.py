"""What an operator types, and the sentence and exit code that come back."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from survey import ballots, checkup, cli, story
from survey.ballots import Place, Response
from survey.installation import Installation
from survey.outgoing import pdf
from survey.store.ballots import Slot
from survey.store.database import db
from survey.store.last_done import SIGN_OF_LIFE, write_down
from survey.store.outbox import OutboxMail
from survey.store.people import Invitation, invitations_of
from survey.store.rounds import Round
from tests.outgoing.mail_server import RealMailServer

SURVEY = Path(sys.executable).parent / "survey"
SECRET = "9f2c6b1de07a4853b5c1f0e7d2a96843"


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str | None) -> dict[str, str]:
    """The environment of this process, with the folders of the bakery in it."""
    for name in [name for name in os.environ if name.startswith("SURVEY_")]:
        monkeypatch.delenv(name)
    folders = {"SURVEY_DATA": str(tmp_path / "data"), "SURVEY_KEYS": str(tmp_path / "keys")}
    if database_url:
        folders["SURVEY_DATABASE_URL"] = database_url
    for name, value in folders.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return folders


def survey(*words: str) -> Result:
    return CliRunner().invoke(cli.main, words)


@pytest.fixture
def on_sqlite(database_url: str | None) -> None:
    """Skips on PostgreSQL what is about the files of SQLite."""
    if database_url:
        pytest.skip("about the files of SQLite")


def test_it_says_its_version() -> None:
    assert survey("--version").output.startswith("survey, version ")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SURVEY_URL", "http://spiegel.nl", "SURVEY_URL must be an https address"),
        ("SURVEY_URL", "https://spiegel.nl", "SURVEY_SECRET_KEYS is needed"),
        ("SURVEY_SMTP_URL", "mail.nl", "SURVEY_SMTP_URL must look like"),
        ("SURVEY_DATA", "/proc/nowhere", "SURVEY_DATA: /proc/nowhere cannot be used"),
        ("SURVEY_KEYS", "/proc/nowhere", "SURVEY_KEYS names a folder that cannot be used"),
        ("SURVEY_DATABASE_URL", "postgresql://127.0.0.1:1/x", "the database cannot be used"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_setting_that_cannot_work_is_one_sentence_and_exit_code_2(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, command: str, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    result = survey(*([command, "--port", "0"] if command == "serve" else [command]))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"survey: {said}")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_a_misspelt_setting_is_named(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_SMPT_URL", "smtp://mail.nl")
    assert "SURVEY_SMPT_URL is not a setting" in survey("check").stderr


def test_a_port_in_use_is_one_sentence_and_the_way_out(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = survey("serve", "--port", str(port))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"survey: port {port} of 127.0.0.1 cannot be used")
    assert "--port 8001" in result.stderr


def test_without_an_address_of_its_own_it_answers_this_computer_only(environment: dict[str, str]) -> None:
    result = survey("serve", "--host", "0.0.0.0", "--port", "0")
    assert (result.exit_code, result.stdout) == (2, "")


def test_check_says_in_words_that_all_is_well(environment: dict[str, str], app: Flask) -> None:
    result = survey("check")
    assert result.exit_code == 0, result.output
    parts = ("storage", "secret key", "database", "rounds", "clock", "links", "outbox", "worker", "queue", "visitors")
    for part in (*parts, "mail", "pango"):
        assert f"ok    {part}: " in result.stdout


def test_check_before_the_first_start_asks_for_nothing(environment: dict[str, str], on_sqlite: None) -> None:
    for _ in range(2):
        result = survey("check")
        assert result.exit_code == 0, result.output
        assert "ok    database: will be made at the first start." in result.stdout


def wrong(result: Result) -> list[str]:
    return [line for line in result.stdout.splitlines() if line.startswith("WRONG")]


def test_check_finds_what_is_wrong_and_says_what_to_do(
    environment: dict[str, str], on_sqlite: None, open_round: Round, house: Installation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    db.session.execute(db.delete(OutboxMail))  # their day is long past on the real clock
    db.session.commit()
    for file in house.settings.keys[0].glob("*.key"):
        file.unlink()
    (house.settings.keys[0] / "local-secret").chmod(0o644)
    monkeypatch.setenv("SURVEY_SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("SURVEY_MAIL_FROM", "spiegel@bakkerijdevries.example")

    def no_pango() -> None:
        raise pdf.PangoMissing(f"A PDF needs pango, which is not installed here. Type: {pdf.APT_LINE}")

    monkeypatch.setattr(checkup, "renderer", no_pango)
    result = survey("check")
    assert result.exit_code == 1
    found = wrong(result)
    assert [line.split(":")[0].removeprefix("WRONG ") for line in found] == ["secret key", "rounds", "mail", "pango"]
    assert "chmod 600" in found[0]
    assert open_round.id in found[1]
    assert "nobody can open these ballots" in found[1]
    assert "127.0.0.1:1 takes no mail" in found[-2]
    assert "apt-get install -y libpango" in found[-1]


def test_check_in_production_misses_a_mail_server_and_tries_the_one_it_is_given(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEY_URL", "https://spiegel.example")
    monkeypatch.setenv("SURVEY_SECRET_KEYS", SECRET)
    assert wrong(survey("check")) == ["WRONG mail: SURVEY_SMTP_URL is not given, so no mail leaves."]
    with RealMailServer() as server:
        monkeypatch.setenv("SURVEY_SMTP_URL", f"smtp://127.0.0.1:{server.port}")
        monkeypatch.setenv("SURVEY_MAIL_FROM", "spiegel@bakkerijdevries.example")
        assert wrong(survey("check")) == []
        server.sender_answer = "550 5.7.1 not from there"
        [line] = wrong(survey("check"))
        assert "550 5.7.1 not from there" in line


def test_check_says_that_the_queue_is_away_and_that_no_worker_was_seen_lately(
    environment: dict[str, str], app: Flask, clock: story.MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_down(SIGN_OF_LIFE, clock())
    monkeypatch.setenv("SURVEY_QUEUE_URL", "redis://127.0.0.1:9/0")
    monkeypatch.setenv("SURVEY_URL", "https://spiegel.example")
    monkeypatch.setenv("SURVEY_SECRET_KEYS", SECRET)
    found = wrong(survey("check"))
    assert found[0].startswith("WRONG worker: none was seen since 2026-11-02 09:00; nothing is closed or sent.")
    assert found[1].startswith("WRONG queue: SURVEY_QUEUE_URL cannot be reached (")


def test_check_sees_that_others_can_look_into_the_keys(environment: dict[str, str], app: Flask) -> None:
    Path(environment["SURVEY_KEYS"]).chmod(0o755)
    [line] = wrong(survey("check"))
    assert "chmod 700" in line


def answer(house: Installation, round_id: str, invitations: list[Invitation]) -> None:
    round_ = db.session.get_one(Round, round_id)
    for invitation in invitations:
        ballots.cast(
            round_,
            house.boxes.of(round_id),
            house.hasher,
            Place(Slot(invitation.id), invitation.perspective),
            Response({"order_book": 3}),
            ballots.new_receipt_for(round_),
            house.clock(),
        )


def unpacked(backup: Path, folder: Path) -> Path:
    with zipfile.ZipFile(backup) as archive:
        archive.extractall(folder)
    return folder


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_backup_holds_all_that_was_acknowledged_and_never_a_key(
    environment: dict[str, str], on_sqlite: None, app: Flask, open_round: Round, staff: list[Invitation],
    house: Installation, tmp_path: Path,
) -> None:  # fmt: skip
    """Six people answer while it is made; the three who had their thanks before it began are in it."""
    round_id, people = open_round.id, list(staff)
    answer(house, round_id, people[:3])

    def go_on_answering() -> None:
        with app.app_context():
            answer(house, round_id, invitations_of(round_id, "employees")[3:])

    db.session.commit()
    meanwhile = threading.Thread(target=go_on_answering)
    meanwhile.start()
    result = survey("backup", "kopie.zip")
    meanwhile.join()
    assert result.exit_code == 0, result.output
    assert "keep that folder apart" in result.stdout
    backup = tmp_path / "kopie.zip"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    folder = unpacked(backup, tmp_path / "elsewhere")
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names == {"survey.db", f"boxes/{round_id}.box", "contents.json"}
    assert json.loads((folder / "contents.json").read_text())["running_rounds"] == [round_id]
    box = folder / "boxes" / f"{round_id}.box"
    assert len(rows(box, "SELECT key FROM ballot")) >= 3
    assert rows(box, "SELECT (SELECT count(*) FROM slot WHERE used = 1) - (SELECT count(*) FROM ballot)") == [(0,)]
    key = (house.settings.keys[0] / f"{round_id}.key").read_bytes()
    secret = (house.settings.keys[0] / "local-secret").read_bytes().strip()
    for path in folder.rglob("*"):
        assert path.is_dir() or not any(hidden in path.read_bytes() for hidden in (key, secret))


def test_a_backup_says_nothing_of_when_somebody_answered(
    environment: dict[str, str], on_sqlite: None, open_round: Round, tmp_path: Path
) -> None:
    db.session.commit()
    assert survey("backup", "kopie.zip").exit_code == 0
    assert {entry.date_time for entry in zipfile.ZipFile(tmp_path / "kopie.zip").infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_backup_never_takes_the_place_of_another(
    environment: dict[str, str], on_sqlite: None, tmp_path: Path
) -> None:
    (tmp_path / "kopie.zip").write_bytes(b"the first")
    result = survey("backup", "kopie.zip")
    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert (tmp_path / "kopie.zip").read_bytes() == b"the first"


def test_a_backup_without_a_box_that_should_be_there_is_refused_by_name(
    environment: dict[str, str], on_sqlite: None, open_round: Round, house: Installation, tmp_path: Path
) -> None:
    db.session.commit()
    (house.settings.data / "boxes" / f"{open_round.id}.box").rename(tmp_path / "away")
    result = survey("backup", "kopie.zip")
    assert result.exit_code == 1
    assert f"the ballot box of round {open_round.id} is not there" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["away", "data", "keys"]


def test_a_damaged_file_is_not_passed_off_as_a_backup(
    environment: dict[str, str], on_sqlite: None, open_round: Round, house: Installation, tmp_path: Path
) -> None:
    db.session.commit()
    for part in (house.settings.data / "boxes").iterdir():
        part.write_bytes(b"not a database" * 1000)
    result = survey("backup", "kopie.zip")
    assert result.exit_code == 1
    assert "cannot be copied" in result.stderr
    assert not (tmp_path / "kopie.zip").exists()


def test_a_backup_before_the_first_start_or_to_nowhere_is_refused(environment: dict[str, str], on_sqlite: None) -> None:
    assert "is not there" in survey("backup", "kopie.zip").stderr
    assert survey("backup", "nowhere/kopie.zip").exit_code == 2


@pytest.fixture
def served(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """`survey serve` in an empty folder: its process, its address, and what it printed."""
    process = subprocess.Popen(
        [SURVEY, "serve", "--port", "0"],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or not lines[-1].startswith("Stop:"):
        lines.append(process.stdout.readline())
        assert lines[-1], process.communicate()
    yield process, lines[0].split()[-1], lines
    process.kill()
    process.communicate()


def test_it_serves_from_an_empty_folder_says_where_and_stops_when_asked(
    served: tuple[subprocess.Popen[str], str, list[str]],
) -> None:
    process, address, lines = served
    with urllib.request.urlopen(f"{address}/", timeout=20) as page:
        assert page.status == 200
        assert "Server" not in page.headers
    assert len(lines) <= 5
    process.send_signal(signal.SIGINT)
    said, complaints = process.communicate(timeout=30)
    assert (process.returncode, said, complaints) == (0, "Stopped.\n", "")


def test_the_server_writes_no_line_about_a_request(served: tuple[subprocess.Popen[str], str, list[str]]) -> None:
    process, address, _ = served
    for path in ("/u/iemands-link", "/geen-mail/iemands-link", "/"):
        with pytest.raises(urllib.error.HTTPError) if path != "/" else contextlib.nullcontext():
            urllib.request.urlopen(f"{address}{path}", timeout=20).close()
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as rude:
        rude.sendall(b"GET /u/iemands-link HTTP/9.9\r\nHost: x\r\n\r\n")
        rude.recv(1000)
    process.send_signal(signal.SIGTERM)
    said, complaints = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "iemands-link" not in said + complaints
    assert "127.0.0.1" not in complaints
