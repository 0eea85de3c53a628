"""What the log says is what docs/trust.md says it says: in words and as JSON, under waitress and under gunicorn."""

import contextlib
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey import story
from survey.bench.road import Browser
from survey.clock import now
from survey.installation import Installation
from survey.logs import AS_JSON, IN_WORDS, start_logging
from survey.store.database import db
from survey.store.people import Account, Company, Invitation
from tests.crashes.running_round import running_round

BIN = Path(sys.executable).parent
DEVICE = "Fairphone/5 (browser of somebody)"
SERVERS = {
    "waitress": (BIN / "survey", "serve", "--port"),
    "gunicorn": (
        *(BIN / "gunicorn", "--config", "python:survey.under_gunicorn", "survey.cli:application()", "--workers", "2"),
        "--bind",
    ),
}


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    start_logging()


def test_a_line_in_words_tells_no_time_and_no_thread(log: None, capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(IN_WORDS)
    start_logging(IN_WORDS)
    logging.getLogger("survey.web").error("%s %s", "F-ABCDE", "builtins.KeyError")
    assert capsys.readouterr().err == "ERROR F-ABCDE builtins.KeyError\n"


def test_what_was_erased_is_written_down_in_words_too(log: None, capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(IN_WORDS)
    logging.getLogger("survey.duties").info("erased: %s", "9 receipts")
    assert capsys.readouterr().err == "INFO erased: 9 receipts\n"


def test_a_line_as_json_has_the_same_in_it(log: None, capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(AS_JSON)
    logging.getLogger("survey.duties").error("round %s cannot be counted: %s", "a1", "KeyLost")
    assert json.loads(capsys.readouterr().err) == {
        "level": "error",
        "by": "survey.duties",
        "event": "round %s cannot be counted: %s",
        "line": "round a1 cannot be counted: KeyLost",
    }


@pytest.mark.parametrize("how", [IN_WORDS, AS_JSON])
def test_of_a_line_of_a_library_only_its_fixed_words_and_the_kind_of_fault_are_kept(
    log: None, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    start_logging(how)
    try:
        raise ValueError("/u/iemands-link")
    except ValueError:
        logging.getLogger("waitress").exception("Exception while serving %s", "/u/iemands-link")
        logging.getLogger("gunicorn.error").warning("Invalid request from ip=192.0.2.7: /u/iemands-link")
    said = capsys.readouterr().err
    assert "waitress: Exception while serving %s ValueError" in said
    assert "gunicorn.error:" in said
    assert len(said.splitlines()) == 2
    assert not any(word in said for word in ("iemands-link", "192.0.2.7", "Traceback"))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def clock() -> story.MovableClock:
    """The servers of these tests live today."""
    return story.MovableClock(now())


@contextlib.contextmanager
def serving(server: str, port: int, house: Installation, *, logs: str) -> Iterator[subprocess.Popen[str]]:
    settings = house.settings
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("SURVEY_")},
        "SURVEY_DATA": str(settings.data),
        "SURVEY_KEYS": ":".join(map(str, settings.keys)),
        "SURVEY_DATABASE_URL": "" if settings.database_url.startswith("sqlite") else settings.database_url,
        "SURVEY_LOGS": logs,
        "SURVEY_TRUSTED_PROXIES": "1",
    }
    where = str(port) if server == "waitress" else f"127.0.0.1:{port}"
    process = subprocess.Popen(
        [*SERVERS[server], where], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(port, process)
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(600):
        assert process.poll() is None, process.communicate()
        with contextlib.suppress(OSError), Browser(port) as browser:
            browser.ask("alive", "GET", "/health/live")
            return
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def walk(port: int, links: list[str]) -> None:
    """Answer a list; mistype a card, a link and a receipt; send nonsense; and come back with the same link."""
    with Browser(port) as phone:
        phone._headers |= {"User-Agent": DEVICE, "X-Forwarded-For": "192.0.2.7"}
        assert phone.send_list(phone.open_list(links[0])) == 200
        phone.ask("again", "GET", links[0])
        phone.ask("wrong link", "GET", links[1] + "x")
        phone.ask("wrong form", "POST", "/lijst", {"start": "verzonnen"})
        phone.ask("nowhere", "GET", "/nergens" + links[1])
        phone.ask("metrics", "GET", "/metrics")
    for nonsense in (
        f"GET {links[1]} HTTP/9.9\r\nHost: x\r\n\r\n",
        f"POST {links[1]} HTTP/1.1\r\nHost: localhost\r\nContent-Length: nonsense\r\n\r\n",
        f"G\0T {links[1]}\r\n\r\n",
    ):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=10) as rude:
            rude.sendall(nonsense.encode())
            rude.recv(1000)


def make_a_page_of_respondents_go_wrong(port: int, link: str) -> None:
    db.session.execute(db.text("ALTER TABLE invitation RENAME TO lost"))
    db.session.commit()
    with Browser(port) as phone:
        phone.ask("broken", "GET", link)
        assert phone.status >= 500
    db.session.execute(db.text("ALTER TABLE lost RENAME TO invitation"))
    db.session.commit()


@pytest.mark.parametrize("server", SERVERS)
def test_a_whole_walk_leaves_no_address_no_link_no_device_and_no_time_in_a_json_log(
    server: str, bakery: Company, karin: Account, house: Installation
) -> None:
    _, by_slot = running_round(bakery, karin, house, 3)
    links = list(by_slot.values())
    people = [one.address or "" for one in db.session.scalars(db.select(Invitation))]
    db.session.commit()
    with serving(server, port := free_port(), house, logs=AS_JSON) as process:
        walk(port, links)
        make_a_page_of_respondents_go_wrong(port, links[1])
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    lines = [json.loads(line) for line in said.splitlines()]
    assert {frozenset(line) for line in lines} <= {frozenset({"level", "by", "event", "line"})}
    assert "a page went wrong" in {line["event"] for line in lines}
    if server == "waitress":
        assert {"serving", "stopped"} <= {line["line"] for line in lines}
    tokens = [link.rpartition("/")[2] for link in links]
    for secret in (*tokens, *people, *by_slot, DEVICE, "192.0.2.7", "127.0.0.1", "/lijst", "/u/", "Traceback"):
        assert secret not in said, secret
    assert not re.search(r"\d\d:\d\d|20\d\d-\d\d", said), said


def test_a_setting_that_cannot_work_stops_gunicorn_with_one_sentence(tmp_path: Path) -> None:
    environment = {**os.environ, "SURVEY_DATA": str(tmp_path / "data"), "SURVEY_KEYS": str(tmp_path / "data" / "keys")}
    process = subprocess.run(
        [*SERVERS["gunicorn"], f"127.0.0.1:{free_port()}"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert process.returncode != 0
    assert "survey: SURVEY_KEYS must lie outside SURVEY_DATA" in process.stderr
    assert "Traceback" not in process.stderr
