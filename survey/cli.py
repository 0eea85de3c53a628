"""The `survey` command: what an operator types. Every refusal is one sentence and an exit code.

2: it cannot start as it was told (settings, folders, words on the command line). 1: it was tried and did not work.
"""

import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Final

import click
import waitress
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from survey import checkup, create_app, story
from survey.settings import SettingRefused, Settings, unknown_settings
from survey.store.backup import BackupExists, BackupImpossible, back_up
from survey.store.database import db
from survey.store.people import Account
from survey.store.schema import bring_up_to_date
from survey.worker import AnotherWorkerIsBusy, attach_queue, kept_mail_folder, post_of, wait_for_a_signal, working

PORT: Final = 8000
THREADS: Final = 8
PACKAGE: Final = "spiegelronde"


class Refused(click.ClickException):
    """It was tried and did not work; the sentence says why."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Say the sentence, without a traceback and without the word error."""
        click.echo(f"survey: {self.format_message()}", file=file or sys.stderr)


class CannotStart(Refused):
    """It cannot start as it was told; the sentence says what to change."""

    exit_code = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(PACKAGE), prog_name="survey")
def main() -> None:
    """Spiegelronde: the mirror for a company. The settings are environment variables: see docs/settings.md."""
    # No time in a line: it could be that of an answer.
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    logging.getLogger("waitress").addFilter(_without_addresses)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Elsewhere than here in production only.")
def serve(port: int, host: str) -> None:
    """Serve the pages and do the background work, in one process."""
    settings = read_settings()
    if not settings.in_production and host not in ("127.0.0.1", "localhost", "::1"):
        raise CannotStart("without SURVEY_URL this computer only is answered, so --host cannot be another.")
    with _listening(host, port) as listener:
        port = listener.getsockname()[1]
        app = start_app(settings, f"http://127.0.0.1:{port}")
        server = waitress.create_server(
            app,
            sockets=[listener],
            threads=THREADS,
            ident=None,
            url_scheme="https" if settings.in_production else "http",
            clear_untrusted_proxy_headers=True,
        )
        signal.signal(signal.SIGTERM, _stop)
        with _background_work(app):
            for line in welcome(app, settings, port):
                click.echo(line)
            sys.stdout.flush()
            server.run()
        server.close()
        close(app)
    click.echo("Stopped.")


@main.command()
def worker() -> None:
    """Do the background work only: mail, closing and counting. The pages are served by another process."""
    app = start_app(read_settings())
    try:
        with working(app):
            click.echo("Working. Stop with Ctrl-C.")
            sys.stdout.flush()
            wait_for_a_signal()
    except AnotherWorkerIsBusy as busy:
        raise Refused("another process does the background work in this SURVEY_DATA already.") from busy
    finally:
        close(app)
    click.echo("Stopped.")


@main.command()
def check() -> None:
    """Try everything that must work and say in words what is wrong."""
    settings = read_settings()
    wrong = 0
    for finding in checkup.examine(settings, lambda: create_app(settings)):
        click.echo(f"{'ok   ' if finding.in_order else 'WRONG'} {finding.part}: {finding.sentence}")
        wrong += not finding.in_order
    if wrong:
        raise Refused("one thing is wrong." if wrong == 1 else f"{wrong} things are wrong.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy database and ballot boxes into FILE, a zip, also while people answer. The keys are never in it."""
    settings = read_settings()
    if not settings.database_url.startswith("sqlite"):
        raise Refused("a PostgreSQL database is copied with pg_dump, which takes the ballot boxes along.")
    boxes = settings.data / "boxes"
    file = file.resolve()
    if not file.parent.is_dir():
        raise CannotStart(f"there is no folder {file.parent}.")
    try:
        running = back_up(settings.data / "survey.db", lambda: sorted(boxes.glob("*.box")), file, version(PACKAGE))
    except BackupExists as exists:
        raise CannotStart(f"{file} is there already. Choose another name.") from exists
    except BackupImpossible as impossible:
        raise Refused(f"no backup was made: {impossible}.") from impossible
    except OSError as refusal:
        raise Refused(f"no backup was made: {refusal.strerror} ({file}).") from refusal
    click.echo(f"Written: {file}")
    if running:
        click.echo(
            f"{len(running)} rounds are running. Their keys are in {':'.join(map(str, settings.keys))} and not in this "
            "file: keep that folder apart. Without it these rounds cannot be counted."
        )


def read_settings() -> Settings:
    """Return the settings of the environment. Raises CannotStart."""
    for name in unknown_settings(os.environ):
        click.echo(f"survey: {name} is not a setting; see docs/settings.md.", err=True)
    try:
        return Settings.from_environment(os.environ)
    except SettingRefused as refusal:
        raise CannotStart(str(refusal)) from refusal


def start_app(settings: Settings, base: str | None = None) -> Flask:
    """Return the application on a database that is up to date. Raises CannotStart."""
    try:
        app = create_app(settings, base=base) if base else create_app(settings)
        bring_up_to_date(app)
    except SettingRefused as refusal:
        raise CannotStart(str(refusal)) from refusal
    except OSError as refusal:
        raise CannotStart(f"SURVEY_DATA: {settings.data} cannot be used: {refusal.strerror}.") from refusal
    except SQLAlchemyError as fault:
        raise CannotStart(f"the database cannot be used: {_first_line(fault)}.") from fault
    return app


def close(app: Flask) -> None:
    """Let go of the database."""
    with app.app_context():
        db.engine.dispose()


def application() -> Flask:
    """Return the application for another server, beside a `survey worker`: gunicorn 'survey.cli:application()'."""
    app = start_app(read_settings())
    attach_queue(app)
    return app


def welcome(app: Flask, settings: Settings, port: int) -> Iterator[str]:
    """Say in a few lines what somebody needs who sees this for the first time; only what is there."""
    yield f"Open:    {settings.url or f'http://127.0.0.1:{port}'}"
    if not settings.in_production and _story_was_told(app):
        yield f"Sign in: {story.OWNER.address} with the password {story.PASSWORD}"
    else:
        yield "Sign in: make an account there; the code to sign in with comes by mail"
    yield f"Mail:    {_where_mail_goes(app, settings, port)}"
    if pdf := max(settings.data.rglob("*.pdf"), key=lambda file: file.stat().st_mtime, default=None):
        yield f"Mirror:  {pdf}"
    yield "Stop:    Ctrl-C"


def _where_mail_goes(app: Flask, settings: Settings, port: int) -> str:
    if settings.mail_server is not None:
        return f"sent by {settings.mail_server.host} as {settings.mail_from.addr_spec}"
    if post_of(settings) is None:
        return "NOT SENT, because SURVEY_SMTP_URL is not given; it waits until it is"
    return f"kept in {kept_mail_folder(settings)}"


def _story_was_told(app: Flask) -> bool:
    with app.app_context():
        return db.session.scalar(db.select(Account.id).filter_by(email=story.OWNER.address)) is not None


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(128)
        except OSError as refusal:
            raise Refused(
                f"port {port} of {host} cannot be used: {refusal.strerror}. Choose another: survey serve --port 8001"
            ) from refusal
        yield listener


@contextmanager
def _background_work(app: Flask) -> Iterator[None]:
    """Do the background work here, unless a `survey worker` does it already."""
    try:
        with working(app):
            yield
            return
    except AnotherWorkerIsBusy:
        attach_queue(app)
        click.echo("The background work is done by another process.")
    yield


def _stop(_number: int, _frame: object) -> None:
    raise SystemExit(0)


def _without_addresses(record: logging.LogRecord) -> bool:
    """Take out of the server's own lines what was asked: the address of a page can be somebody's link."""
    if record.exc_info:
        kind = record.exc_info[0]
        record.msg, record.args = "a request went wrong: %s", (kind.__name__ if kind else "unknown",)
        record.exc_info = record.exc_text = None
    return True


def _first_line(fault: BaseException) -> str:
    cause: Sequence[str] = str(getattr(fault, "orig", None) or fault).splitlines()
    return cause[0] if cause else type(fault).__name__
