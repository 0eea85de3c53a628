"""Starting: settings and application for a command, and the two ways in which a command refuses.

2: it cannot start as it was told (settings, folders, words on the command line). 1: it was tried and did not work.
"""

import fcntl
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, Final

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from survey import LOOPBACK, create_app
from survey.logs import start_logging
from survey.queue import refuse_queue_without_its_library
from survey.settings import SettingRefused, Settings, unknown_settings
from survey.store.database import db
from survey.store.schema import bring_up_to_date

ADDRESS_FILE: Final = "address"
"""In SURVEY_DATA: where `survey serve` last served, outside production."""
IN_USE_FILE: Final = "in-use.lock"
_held: list[IO[str]] = []
"""Kept open: the system lets go of the lock when the process ends, however it ends."""


class Refused(click.ClickException):
    """It was tried and did not work; the sentence says why."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Say the sentence, without a traceback and without the word error."""
        click.echo(f"survey: {self.format_message()}", file=file or sys.stderr)


class CannotStart(Refused):
    """It cannot start as it was told; the sentence says what to change."""

    exit_code = 2


def read_settings() -> Settings:
    """Return the settings of the environment. Raises CannotStart."""
    for name in unknown_settings(os.environ):
        click.echo(f"survey: {name} is not a setting; see docs/settings.md.", err=True)
    try:
        settings = Settings.from_environment(os.environ)
    except SettingRefused as refusal:
        raise CannotStart(str(refusal)) from refusal
    start_logging(settings.logs)
    return settings


def start_app(settings: Settings, base: str | None = None) -> Flask:
    """Return the application on a database that is up to date. Raises CannotStart."""
    try:
        refuse_queue_without_its_library(settings)
        app = create_app(settings, base=base or _address_in_use(settings))
        bring_up_to_date(app)
    except SettingRefused as refusal:
        raise CannotStart(str(refusal)) from refusal
    except OSError as refusal:
        raise CannotStart(f"SURVEY_DATA: {settings.data} cannot be used: {refusal.strerror}.") from refusal
    except SQLAlchemyError as fault:
        raise CannotStart(f"the database cannot be used: {_first_line(fault)}.") from fault
    return app


def say_it_is_in_use(settings: Settings) -> None:
    """Let other commands know, for as long as this process lives, that somebody answers pages or works here."""
    file = (settings.data / IN_USE_FILE).open("w")
    _held.append(file)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        raise Refused(f"{settings.data} is being moved; wait until that is done.") from taken


@contextmanager
def nobody_else_uses_it(settings: Settings) -> Iterator[None]:
    """Have the installation for oneself. Raises Refused."""
    with (settings.data / IN_USE_FILE).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise Refused("stop everything that serves pages or works here first.") from taken
        yield


def remember_address(settings: Settings, base: str) -> None:
    """Write down where pages are served, so that links which another command prints lead there."""
    (settings.data / ADDRESS_FILE).write_text(base, encoding="ascii")


def _address_in_use(settings: Settings) -> str:
    try:
        return (settings.data / ADDRESS_FILE).read_text(encoding="ascii").strip() or LOOPBACK
    except (OSError, UnicodeDecodeError):
        return LOOPBACK


def close(app: Flask) -> None:
    """Let go of the database."""
    with app.app_context():
        db.engine.dispose()


def _first_line(fault: BaseException) -> str:
    cause: Sequence[str] = str(getattr(fault, "orig", None) or fault).splitlines()
    return cause[0] if cause else type(fault).__name__
