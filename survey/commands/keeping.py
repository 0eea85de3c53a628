"""`survey check`, `backup`, `restore` and `person`: what an operator does to keep it well, and to keep no more."""

import json
from importlib.metadata import version
from pathlib import Path

import click

from survey import checkup, create_app, retention
from survey.commands.starting import CannotStart, Refused, close, read_settings, start_app
from survey.installation import installation
from survey.settings import SECRET_FILE, Settings
from survey.store.backup import BackupExists, BackupImpossible, FolderNotEmpty, NoBackup, back_up
from survey.store.backup import restore as put_back
from survey.store.database import db, only_reading
from survey.store.keys import kept_keys
from survey.store.people import Company
from survey.store.rounds import Round, find_round

LOST = (
    "the keys of these rounds are not in {folders}. Either they were counted or cancelled after this backup was made; "
    "then their ballots can never be opened again, by nobody. Or the key folder was not brought along; then bring it, "
    "and restore once more into an empty folder. They take no more answers; the owner can cancel them, which tells "
    "everybody who was invited."
)

SINCE_THEN = (
    "What was taken back after the backup was made is there again: erase once more who asked for it (`survey person`), "
    "and repeat redactions, revoked links and what was shared and withdrawn since."
)

NEW_SECRET = (
    "NEW SECRET: SURVEY_SECRET_KEYS is not set, and {folder} holds no {file}, so another was made. Links in mails, "
    "cards and receipt codes of before no longer work, and everybody signs in again. Bring the key folder along and "
    "restore once more into an empty folder to keep them."
)

WITH_SECRET_KEYS = "Links, cards and receipt codes of before work only with the SURVEY_SECRET_KEYS of before."


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


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
def restore(file: Path | None) -> None:
    """Put a backup back into an empty SURVEY_DATA. The keys of the rounds that ran are looked for in SURVEY_KEYS.

    On PostgreSQL, put it back with pg_restore first; without FILE this then looks for the keys.
    """
    settings = read_settings()
    if not settings.database_url.startswith("sqlite"):
        if file is not None:
            raise Refused("PostgreSQL is put back with pg_restore; then type `survey restore` without a file.")
        _look_for_keys(settings)
        return
    if file is None:
        raise CannotStart("name the backup: survey restore FILE.")
    try:
        restored = put_back(file, settings.data, kept_keys(settings.keys))
    except FolderNotEmpty as filled:
        raise CannotStart(f"{settings.data} is not empty. Choose an empty SURVEY_DATA.") from filled
    except NoBackup as fault:
        raise Refused(f"nothing was put back: {file} is no whole backup: {fault}.") from fault
    except OSError as refusal:
        raise Refused(f"nothing was put back: {refusal.strerror} ({settings.data}).") from refusal
    click.echo(f"Put back: {file}, made by version {restored.version}, with {len(restored.running)} running rounds.")
    click.echo(SINCE_THEN)
    secret = settings.keys[0] / SECRET_FILE
    if settings.secret_keys:
        click.echo(WITH_SECRET_KEYS)
    elif not secret.exists():
        click.echo(NEW_SECRET.format(folder=secret.parent, file=SECRET_FILE))
    app = start_app(settings)
    with app.app_context(), only_reading():
        for round_id in restored.lost:
            click.echo(f"LOST: {_name_of_round(round_id)}")
        db.session.remove()
    close(app)
    if restored.lost:
        raise Refused(LOST.format(folders=":".join(map(str, settings.keys))))


@click.command()
@click.argument("address")
@click.option("--erase", is_flag=True, help="Erase it from lists, queue and kept mails.")
def person(address: str, erase: bool) -> None:
    """Answer somebody who asks what is kept of ADDRESS, or wants it erased. What was answered is not searched."""
    settings = read_settings()
    app = start_app(settings)
    with app.app_context():
        if erase:
            erased = retention.forget(address, settings.kept_mails)
            click.echo(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in vars(erased).items()))
        left = retention.what_is_kept_of(address)
        if left or not erase:
            click.echo(json.dumps(left, indent=2, ensure_ascii=False))
        db.session.remove()
    close(app)


def _look_for_keys(settings: Settings) -> None:
    """Name every running round that can never be counted, and let it take no more answers. Raises Refused."""
    app = start_app(settings)
    with app.app_context():
        running = db.select(Round.id).where(
            Round.sent_at.is_not(None), Round.counted_at.is_(None), Round.cancelled_at.is_(None)
        )
        found = list(db.session.scalars(running.order_by(Round.id)))
        kept = kept_keys(settings.keys)
        lost = [round_id for round_id in found if round_id not in kept]
        for round_id in lost:
            click.echo(f"LOST: {_name_of_round(round_id)}")
            box = installation(app).boxes.of(round_id)
            if box.exists():
                box.shut()  # nobody should answer what nobody can ever count
        db.session.remove()
    close(app)
    click.echo(f"{len(found) - len(lost)} of {len(found)} running rounds have their key.")
    if lost:
        raise Refused(LOST.format(folders=":".join(map(str, settings.keys))))


def _name_of_round(round_id: str) -> str:
    round_ = find_round(round_id)
    assert round_ is not None
    company = db.session.get_one(Company, round_.company_id)
    return f"the round of {company.name} that closes on {round_.closes_on:%d-%m-%Y} ({round_id})"
