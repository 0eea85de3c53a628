"""The `survey` command. What each of its words does is in survey/commands."""

import logging
from importlib.metadata import version
from typing import Final

import click
from flask import Flask

from survey.commands.keeping import backup, check, person, restore
from survey.commands.measuring import bench
from survey.commands.rounds import round_group
from survey.commands.scoring import score
from survey.commands.serving import serve, worker
from survey.commands.starting import read_settings, start_app
from survey.commands.telling import tell_story
from survey.queue import attach_queue

PACKAGE: Final = "spiegelronde"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(PACKAGE), prog_name="survey")
def main() -> None:
    """Spiegelronde: the mirror for a company. The settings are environment variables: see docs/settings.md."""
    # No time in a line: it could be that of an answer.
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    logging.getLogger("waitress").addFilter(_without_addresses)


for command in (serve, worker, check, backup, restore, person, round_group, score, bench, tell_story):
    main.add_command(command)


def application() -> Flask:
    """Return the application for another server, beside a `survey worker`: gunicorn 'survey.cli:application()'."""
    app = start_app(read_settings())
    attach_queue(app)
    return app


def _without_addresses(record: logging.LogRecord) -> bool:
    """Take out of the server's own lines what was asked: the address of a page can be somebody's link."""
    if record.exc_info:
        kind = record.exc_info[0]
        record.msg, record.args = "a request went wrong: %s", (kind.__name__ if kind else "unknown",)
        record.exc_info = record.exc_text = None
    return True
