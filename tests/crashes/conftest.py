"""Starting another process on the files of a test's own installation."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from survey import story
from survey.installation import Installation
from survey.store.database import db
from survey.store.rounds import Round

REPOSITORY = Path(__file__).parents[2]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(house: Installation, clock: story.MovableClock) -> Start:
    """Start `tests.crashes.from_another_process` for a round, at the moment at which the clock stands."""
    settings = house.settings
    environment = {
        "SURVEY_DATA": str(settings.data),
        "SURVEY_KEYS": ":".join(map(str, settings.keys)),
        "SURVEY_SECRET_KEYS": ",".join(settings.signing_keys()),
        "PATH": "",
    }
    if not settings.database_url.startswith("sqlite"):
        environment["SURVEY_DATABASE_URL"] = settings.database_url

    def started(what: str, round_: Round, *words: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.crashes.from_another_process", what, round_.id, clock().isoformat()]
        db.session.rollback()
        return subprocess.Popen(
            [*command, *words], cwd=REPOSITORY, env=environment, text=True, stdout=subprocess.PIPE, stderr=None
        )

    return started
