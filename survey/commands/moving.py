"""`survey move`: from SQLite to PostgreSQL, and nothing of it to do twice."""

from collections.abc import Sequence

import click

from survey import clock
from survey.commands.starting import CannotStart, Refused, close, nobody_else_uses_it, read_settings, start_app
from survey.settings import Settings
from survey.shredding import shred
from survey.store.database import db
from survey.store.last_done import last_done
from survey.store.moving import (
    MOVED,
    Content,
    MovedDifferently,
    NothingToMove,
    SourceOfOtherVersion,
    TargetNotEmpty,
)
from survey.store.moving import move as move_all

LEFT_BEHIND = (
    "The SQLite files in {data} are as they were. They still say which links were used: when all is well, "
    "`survey move --erase-source` overwrites and removes them."
)


@click.command()
@click.option("--erase-source", is_flag=True, help="Overwrite and remove the SQLite files, after a move.")
def move(erase_source: bool) -> None:
    """Move the SQLite files in SURVEY_DATA to the PostgreSQL in SURVEY_DATABASE_URL, and compare every row."""
    settings = read_settings()
    if settings.database_url.startswith("sqlite"):
        raise CannotStart("SURVEY_DATABASE_URL must name the PostgreSQL database to move to.")
    if not (settings.data / "survey.db").exists():
        raise CannotStart(f"there is no SQLite database in {settings.data}.")
    app = start_app(settings)
    try:
        with app.app_context():
            if erase_source:
                _erase_source(settings)
            else:
                with nobody_else_uses_it(settings):
                    _move(settings)
    finally:
        close(app)


def _move(settings: Settings) -> None:
    try:
        moved = move_all(settings.data / "survey.db", settings.data / "boxes", db.engine, clock.now)
    except NothingToMove as nothing:
        raise CannotStart(f"there is no SQLite database in {settings.data}.") from nothing
    except SourceOfOtherVersion as other:
        raise Refused(
            "nothing was moved: the SQLite database is of another version of the program. Start this version on it "
            "once, without SURVEY_DATABASE_URL; that brings it up to date."
        ) from other
    except TargetNotEmpty as filled:
        raise Refused("nothing was moved: something else is stored in the database of SURVEY_DATABASE_URL.") from filled
    except MovedDifferently as different:
        raise Refused(f"nothing was moved: {different} came out differently.") from different
    _tell(moved.contents)
    click.echo(
        "It had been moved before, and all of it is equal." if moved.before else "Moved, and all of it is equal."
    )
    click.echo(LEFT_BEHIND.format(data=settings.data))


def _tell(contents: Sequence[Content]) -> None:
    for each in contents:
        click.echo(f"{each.rows:>8}  {each.digest[:16]}  {each.name}")


def _erase_source(settings: Settings) -> None:
    if last_done(MOVED) is None:
        raise Refused("nothing was erased: no move to the database of SURVEY_DATABASE_URL was finished.")
    main = settings.data / "survey.db"
    files = [file for file in settings.data.rglob("*") if file.name.startswith(main.name)]
    files += sorted((settings.data / "boxes").glob("*.box*"))
    # The main file goes last: as long as it is there, this can be asked again.
    for file in sorted(files, key=lambda file: file == main):
        shred(file)
    click.echo(f"{len(files)} files were overwritten and removed.")
