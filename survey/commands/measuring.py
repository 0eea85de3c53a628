"""`survey bench`: what the product costs on this machine, beside what it should cost."""

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import click

from survey.bench.counted import of_a_count, of_the_mirror_page, of_the_overview, of_the_paper
from survey.bench.machine import machine
from survey.bench.post import of_mail
from survey.bench.responses import of_a_response, of_a_start
from survey.bench.scoring_rounds import of_many_rounds
from survey.bench.sheet import HEAD, Line, row

PARTS: Final[Mapping[str, Callable[[], Iterator[Line]]]] = {
    "response": of_a_response,
    "start": lambda: iter([of_a_start()]),
    "count": of_a_count,
    "mirror": of_the_mirror_page,
    "paper": of_the_paper,
    "overview": of_the_overview,
    "mail": of_mail,
    "scoring": of_many_rounds,
}


@click.command()
@click.option("--only", multiple=True, type=click.Choice([*PARTS]), help="Measure this part; may be given again.")
def bench(only: tuple[str, ...]) -> None:
    """Measure what this machine takes for a response, a count, a mirror, a mail; some minutes, in folders of its own.

    Prints a table in Markdown. CPU is what counts: the clock on the wall moves with whatever else the machine does.
    """
    click.echo(f"{machine()}\n")
    click.echo("\n".join(HEAD))
    for part in only or PARTS:
        for line in PARTS[part]():
            click.echo(row(line))
            sys.stdout.flush()
