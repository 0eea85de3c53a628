"""A disk on which nothing fits, or on which nothing may be written: words, an unused link, a whole database."""

import contextlib
import dataclasses
import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from survey import story
from survey.installation import Installation
from survey.settings import Settings
from survey.store.people import Account, Company
from tests.conftest import Figure
from tests.crashes.conftest import SURVEY, Serve, Server
from tests.crashes.running_round import open_lists, running_round, used

pytestmark = pytest.mark.usefixtures("on_sqlite")
SIZE, PEOPLE = 3 * 2**20, 40
"""Bytes of the small disk: the story fits on it, and a hundred sealed ballots do not."""

Mount = Callable[[str], Path]


@pytest.fixture
def on_sqlite(database_url: str | None) -> None:
    if database_url is not None:
        pytest.skip("a full disk of a database server is the server's own")


@pytest.fixture
def clock(real_clock: story.MovableClock) -> story.MovableClock:
    return real_clock


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Mount]:
    """Mounts a disk of its own, in memory; asks for a right that not every machine gives."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = False

    def mount(options: str) -> Path:
        nonlocal mounted
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, check=False) if shutil.which("mount") else None
        if done is None or done.returncode:
            pytest.skip("this user may not mount a disk")
        mounted = True
        return folder

    yield mount
    if mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def assert_whole(house: Installation) -> None:
    for file in (house.settings.data / "survey.db", *house.boxes.files()):
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def let_files_grow(server: Server, most: int) -> None:
    """Set how long any file that the server writes may become, in bytes."""
    _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (most, hard))


def test_a_server_whose_files_cannot_grow_refuses_in_words_and_takes_the_same_list_later(
    serve: Serve, bakery: Company, karin: Account, house: Installation, figure: Figure
) -> None:
    box, links = running_round(bakery, karin, house, 6)
    server = serve()
    lists = open_lists([*links], links, [server.port])
    assert lists[0].send() == 200
    let_files_grow(server, 0)
    assert [one.send() for one in lists[1:]] == [503] * 5
    assert len(used(box, links)) == len(box.sealed_ballots()) == 1
    let_files_grow(server, resource.RLIM_INFINITY)
    assert [one.send() for one in lists] == [200] * 6
    assert len(used(box, links)) == len(box.sealed_ballots()) == 6
    assert_whole(house)
    figure("5 of 6 refused with 503 and taken later; 6 ballots")


class TestSmallDisk:
    """All that the installation keeps lies on a disk of three megabytes."""

    @pytest.fixture
    def settings(self, settings: Settings, small_disk: Mount) -> Settings:
        data = small_disk(f"size={SIZE},mode=700") / "data"
        return dataclasses.replace(settings, data=data, database_url=f"sqlite:///{data}/survey.db")

    def test_when_it_fills_up_every_list_is_thanked_for_or_refused_and_none_is_half_in(
        self, serve: Serve, bakery: Company, karin: Account, house: Installation, figure: Figure
    ) -> None:
        box, links = running_round(bakery, karin, house, PEOPLE)
        server = serve()
        lists = open_lists([*links], links, [server.port])
        rest = house.settings.data / "something-else"
        fill(rest)
        answered = [one.send() for one in lists]
        refused = answered.count(503)
        assert {*answered} <= {200, 503}
        assert refused > 0
        assert len(used(box, links)) == len(box.sealed_ballots()) == PEOPLE - refused
        rest.unlink()
        assert [one.send() for one in lists] == [200] * PEOPLE
        assert len(box.sealed_ballots()) == PEOPLE
        assert_whole(house)
        figure(f"{refused} of {PEOPLE} refused with 503, all taken once there was room; {PEOPLE} ballots")


def fill(file: Path) -> None:
    """Write until nothing fits any more."""
    with file.open("wb", buffering=0) as written, contextlib.suppress(OSError):
        while True:
            written.write(b"\0" * 4096)


def test_a_folder_that_cannot_be_written_is_refused_at_the_start_in_one_sentence(
    tmp_path: Path, small_disk: Mount, figure: Figure
) -> None:
    folder = small_disk("size=1m,mode=700,ro")
    environment = {**os.environ, "SURVEY_DATA": str(folder), "SURVEY_KEYS": str(tmp_path / "keys")}
    said = {}
    for word in ("serve", "check"):
        done = subprocess.run([SURVEY, word], env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode != 0
        said[word] = done.stdout + done.stderr
        assert "Traceback" not in said[word]
    assert said["serve"].count("\n") == 1
    assert "cannot be used" in said["serve"]
    assert "cannot be written: Read-only file system" in said["check"]
    figure(f"“{said['serve'].strip().replace(str(tmp_path), '…')}”")
