"""`survey score`: raw answers in a file, everything the method makes of them on standard output."""

from typing import IO

import click

from survey.commands.starting import CannotStart
from survey.scoring.plain_values import BadInput
from survey.scoring.score import score_text


@click.command()
@click.argument("file", type=click.File("rb"))
def score(file: IO[bytes]) -> None:
    """Score a JSON FILE ("-" reads standard input) and print JSON; see docs/scoring.md for both forms."""
    try:
        text = file.read().decode("utf-8")
        click.echo(score_text(text))
    except UnicodeDecodeError as other:
        raise CannotStart("the document is not UTF-8.") from other
    except BadInput as bad:
        raise CannotStart(str(bad)) from bad
