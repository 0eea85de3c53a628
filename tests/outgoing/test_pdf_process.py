"""PDFs are set in a process of their own, which has no keys of ours and may die at any moment."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from survey.outgoing import pdf
from survey.outgoing.pdf_process import PATIENCE, PageNotSet, SettingRoom
from tests.outgoing.test_pdf import page

BREAD = page("<p>Goed brood.</p>")
ENDLESS = page("<table>" + "<tr><td>Brood</td></tr>" * 20_000 + "</table>")


@pytest.fixture
def room() -> Iterator[SettingRoom]:
    room = SettingRoom()
    yield room
    room.close()


def test_it_makes_the_same_bytes_as_here(room: SettingRoom) -> None:
    assert room.set_page((BREAD,), "a") == pdf.set_here((BREAD,), "a")


def test_one_process_sets_one_page_after_another(room: SettingRoom) -> None:
    room.set_page((BREAD,), "a")
    first = room.process_id
    room.set_page((BREAD,), "b")
    assert first is not None
    assert room.process_id == first


def test_it_has_none_of_our_settings(room: SettingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_SECRET_KEY", "brood" * 10)
    room.set_page((BREAD,), "a")
    process = Path("/proc") / str(room.process_id)
    assert b"SURVEY_" not in (process / "environ").read_bytes()
    assert b"brood" not in (process / "environ").read_bytes()
    held = {os.readlink(name) for name in (process / "fd").iterdir()}
    assert [name for name in held if not name.startswith(("pipe:", "/dev/null", "anon_inode"))] == []


def test_killed_in_between_nobody_notices(room: SettingRoom) -> None:
    made = room.set_page((BREAD,), "a")
    first = room.process_id
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert room.set_page((BREAD,), "a") == made
    assert room.process_id != first


def test_a_page_that_takes_too_long_is_given_up_and_the_next_one_is_set(room: SettingRoom) -> None:
    room.set_page((BREAD,), "a")
    room.patience = 1
    with pytest.raises(PageNotSet, match="too long"):
        room.set_page((ENDLESS,), "b")
    assert room.process_id is None
    room.patience = PATIENCE
    assert room.set_page((BREAD,), "a").startswith(b"%PDF")


def test_what_a_page_may_not_ask_for_is_refused_there_too(room: SettingRoom) -> None:
    with pytest.raises(pdf.ForeignAsset):
        room.set_page((page("<img alt='' src='file:///etc/passwd'>"),), "a")


def test_the_setting_that_fits_on_one_sheet_is_taken_there_too(room: SettingRoom) -> None:
    long = page("<p>Brood.</p>" * 400)
    assert room.set_page((long, BREAD), "a") == pdf.set_here((BREAD,), "a")


def test_who_asks_at_once_waits_for_his_own(room: SettingRoom) -> None:
    pages = [page(f"<p>Brood {number}</p>") for number in range(4)]
    with ThreadPoolExecutor(4) as crowd:
        made = list(crowd.map(lambda html: room.set_page((html,), "a"), pages))
    assert made == [pdf.set_here((html,), "a") for html in pages]


SERVED = """
import sys
from survey.outgoing import pdf
from survey.outgoing.pdf_process import set_pages_apart

room = set_pages_apart()
assert pdf.render_pdf(sys.argv[1], "a").startswith(b"%PDF")
assert "weasyprint" not in sys.modules
room.close()
"""


def test_who_serves_pages_does_not_carry_the_renderer() -> None:
    subprocess.run([sys.executable, "-c", SERVED, BREAD], check=True, timeout=120)
