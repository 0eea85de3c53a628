"""Starting other processes on the files of a test's own installation: servers, workers, and what races with them."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from survey import story
from survey.installation import Installation
from survey.store.database import db
from survey.store.rounds import Round

REPOSITORY = Path(__file__).parents[2]
SURVEY = Path(sys.executable).parent / "survey"
Start = Callable[..., "subprocess.Popen[str]"]


@dataclass(frozen=True)
class Server:
    """A `survey serve` in a process of its own."""

    process: "subprocess.Popen[str]"
    port: int

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


Serve = Callable[..., Server]


def environment_of(house: Installation) -> dict[str, str]:
    """Return the environment in which a command works on the same files."""
    settings = house.settings
    environment = {
        "SURVEY_DATA": str(settings.data),
        "SURVEY_KEYS": ":".join(map(str, settings.keys)),
        "SURVEY_SECRET_KEYS": ",".join(settings.signing_keys()),
        "PATH": "",
    }
    if not settings.database_url.startswith("sqlite"):
        environment["SURVEY_DATABASE_URL"] = settings.database_url
    return environment


@pytest.fixture
def start(house: Installation, clock: story.MovableClock) -> Start:
    """Start `tests.crashes.from_another_process` for a round, at the moment at which the clock stands."""
    environment = environment_of(house)

    def started(what: str, round_: Round, *words: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.crashes.from_another_process", what, round_.id, clock().isoformat()]
        db.session.rollback()
        return subprocess.Popen(
            [*command, *words], cwd=REPOSITORY, env=environment, text=True, stdout=subprocess.PIPE, stderr=None
        )

    return started


@pytest.fixture
def serve(house: Installation) -> Iterator[Serve]:
    """Start `survey serve`, by the real clock, on any free port; whatever still runs at the end is ended."""
    servers: list[Server] = []

    def served(**settings: str) -> Server:
        db.session.rollback()
        process = subprocess.Popen(
            [SURVEY, "serve", "--port", "0"],
            env={**environment_of(house), "PATH": os.environ["PATH"], **settings},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None
        said = ""
        while "Stop:" not in said:
            line = process.stdout.readline()
            assert line, process.communicate()
            said += line
        address = re.search(r"^Open: +http://127\.0\.0\.1:(\d+)$", said, re.MULTILINE)
        assert address is not None, said
        servers.append(Server(process, int(address[1])))
        return servers[-1]

    yield served
    for server in servers:
        server.kill()
        server.process.communicate()


@pytest.fixture
def real_clock() -> story.MovableClock:
    """Stands at the present moment: what a test prepares is then open for servers, which go by the real clock."""
    from survey.clock import now

    return story.MovableClock(now())
