"""`survey serve` and `survey worker`: the processes that run the product."""

import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click
import waitress
from flask import Flask

from survey import clock, demo, story
from survey.commands.starting import (
    CannotStart,
    Refused,
    close,
    read_settings,
    remember_address,
    say_it_is_in_use,
    start_app,
)
from survey.installation import installation
from survey.logs import AS_JSON
from survey.outgoing.pdf_process import set_pages_apart
from survey.settings import Settings
from survey.web import post_box
from survey.worker import hold_stops_back, post_of, wait_for_a_stop, working

PORT: Final = 8000
THREADS: Final = 8
WORKING: Final = "Working. Stop with Ctrl-C."
STANDING_BY: Final = "Another worker looks after the rounds; this one takes over when that one stops. Stop with Ctrl-C."

logger = logging.getLogger(__name__)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Elsewhere than here in production only.")
@click.option(
    "--story", "with_story", is_flag=True, help="Tell the bakery's story first, when there is no database yet."
)
def serve(port: int, host: str, with_story: bool) -> None:
    """Serve the pages and do the background work, in one process."""
    settings = read_settings()
    if not settings.in_production and host not in ("127.0.0.1", "localhost", "::1"):
        raise CannotStart("without SURVEY_URL this computer only is answered, so --host cannot be another.")
    set_pages_apart()
    with _listening(host, port) as listener:
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        if with_story:
            _tell_story_once(settings, base)
        app = start_app(settings, base)
        say_it_is_in_use(settings)
        remember_address(settings, base)
        server = waitress.create_server(
            app,
            sockets=[listener],
            threads=THREADS,
            ident=None,
            url_scheme="https" if settings.in_production else "http",
            clear_untrusted_proxy_headers=False,  # survey/web/proxy.py does it, for every server
        )
        # Said for both: a shell that starts a program in the background has it ignore Ctrl-C.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        with working(app) as rota:
            if not rota.is_ours:
                _say(
                    settings, "The background work is done by another process; this one takes over when that one stops."
                )
            for line in welcome(app, settings, base):
                _say(settings, line)
            logger.info("serving")
            server.run()
        server.close()
        close(app)
    logger.info("stopped")
    _say(settings, "Stopped.")


@click.command()
def worker() -> None:
    """Do the background work only: mail, closing and counting. The pages are served by another process."""
    settings = read_settings()
    app = start_app(settings)
    say_it_is_in_use(settings)
    hold_stops_back()
    try:
        with working(app, beside_others=True) as rota:
            _say(settings, WORKING if rota.is_ours else STANDING_BY)
            logger.info("working" if rota.is_ours else "standing by")
            wait_for_a_stop()
    finally:
        close(app)
    logger.info("stopped")
    _say(settings, "Stopped.")


def _say(settings: Settings, line: str) -> None:
    """Say a line to whoever sits at the terminal; who asked for JSON gets the log only."""
    if settings.logs != AS_JSON:
        click.echo(line)
        sys.stdout.flush()


def welcome(app: Flask, settings: Settings, base: str) -> Iterator[str]:
    """Say in a few lines what somebody needs who sees this for the first time; only what is there."""
    yield f"Open:    {settings.url or base}"
    if not settings.in_production and demo.is_told(app):
        yield f"Sign in: {story.OWNER.address} (or her coach: {story.PARTNER.address}), password {story.PASSWORD}"
    else:
        yield "Sign in: make an account there; the code to sign in with comes by mail"
    yield f"Mail:    {_where_mail_goes(app, settings, base)}"
    if pdf := max(settings.data.rglob("*.pdf"), key=lambda file: file.stat().st_mtime, default=None):
        yield f"Mirror:  {pdf}"
    yield "Stop:    Ctrl-C"


def _where_mail_goes(app: Flask, settings: Settings, base: str) -> str:
    if settings.mail_server is not None:
        return f"sent by {settings.mail_server.host} as {settings.mail_from.addr_spec}"
    if post_of(settings) is None:
        return "NOT SENT, because SURVEY_SMTP_URL is not given; it waits until it is"
    return f"{post_box.address(installation(app), base)} (files in {settings.kept_mails})"


def _tell_story_once(settings: Settings, base: str) -> None:
    if settings.in_production:
        raise CannotStart("--story is for trying the product out; it is not told in production.")
    if (settings.data / "survey.db").exists():
        return
    click.echo("Telling the story of a bakery:")
    demo.tell(settings, clock.now, base, settings.data / "reports", lambda line: click.echo(f"  {line}"))


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


def _stop(_number: int, _frame: object) -> None:
    raise SystemExit(0)
