"""`survey check` and `survey backup`: what an operator does to keep it well."""

from importlib.metadata import version
from pathlib import Path

import click

from survey import checkup, create_app
from survey.commands.starting import CannotStart, Refused, read_settings
from survey.store.backup import BackupExists, BackupImpossible, back_up


@click.command()
def check() -> None:
    """Try everything that must work and say in words what is wrong."""
    settings = read_settings()
    wrong = 0
    for finding in checkup.examine(settings, lambda: create_app(settings)):
        click.echo(f"{'ok   ' if finding.in_order else 'WRONG'} {finding.part}: {finding.sentence}")
        wrong += not finding.in_order
    if wrong:
        raise Refused("one thing is wrong." if wrong == 1 else f"{wrong} things are wrong.")


@click.command()
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
        running = back_up(
            settings.data / "survey.db", lambda: sorted(boxes.glob("*.box")), file, version("spiegelronde")
        )
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
