"""The `survey` command. What each of its words does is in survey/commands."""

from importlib.metadata import version
from typing import Final

import click
from flask import Flask

from survey.commands.keeping import backup, check, person, restore
from survey.commands.measuring import bench
from survey.commands.moving import move
from survey.commands.rounds import round_group
from survey.commands.scoring import score
from survey.commands.serving import serve, worker
from survey.commands.starting import Refused, read_settings, say_it_is_in_use, start_app
from survey.commands.telling import tell_story
from survey.logs import start_logging
from survey.outgoing.pdf_process import set_pages_apart
from survey.queue import attach_queue

PACKAGE: Final = "spiegelronde"
APP_LOAD_ERROR: Final = 4
"""What tells gunicorn to stop, and not to try again for ever."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(PACKAGE), prog_name="survey")
def main() -> None:
    """Spiegelronde: the mirror for a company. The settings are environment variables: see docs/settings.md."""
    start_logging()


for command in (serve, worker, check, backup, restore, move, person, round_group, score, bench, tell_story):
    main.add_command(command)


def application() -> Flask:
    """Return the application for another server, beside a `survey worker`: see survey/under_gunicorn.py."""
    set_pages_apart()
    try:
        settings = read_settings()
        app = start_app(settings)
        say_it_is_in_use(settings)
    except Refused as refusal:
        refusal.show()
        raise SystemExit(APP_LOAD_ERROR) from None
    attach_queue(app)
    return app
