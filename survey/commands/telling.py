"""`survey demo`: tells the bakery's story into a folder, through the product's own doors, and exits."""

from pathlib import Path

import click

from survey import clock, demo
from survey.commands.starting import CannotStart, Refused
from survey.outgoing.pdf import PangoMissing
from survey.settings import SettingRefused, Settings


@click.command("demo")
@click.option(
    "--out", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="An empty folder."
)
def tell_story(folder: Path) -> None:
    """Tell a bakery's story: write database, kept mails, report and mirror into a folder."""
    try:
        settings = Settings.from_environment(
            {"SURVEY_DATA": str(folder / "data"), "SURVEY_KEYS": str(folder / "keys"), "SURVEY_OPERATOR": demo.OPERATOR}
        )
        demo.tell(settings, clock.now, demo.BASE, folder, click.echo)
    except SettingRefused as refusal:
        raise CannotStart(str(refusal)) from refusal
    except demo.StoryTold as told:
        raise CannotStart(f"the story was told in {folder} before. Choose another folder.") from told
    except OSError as refusal:
        raise CannotStart(f"{folder} cannot be used: {refusal.strerror}.") from refusal
    except PangoMissing as missing:
        raise Refused(str(missing)) from missing
    click.echo(f"Report: {folder / demo.REPORT}")
    click.echo(f"Mirror: {folder / demo.MIRROR}")
