"""What is wrong with this installation, in words: each part that must work is tried, and nothing is changed.

It must not know what anybody answered.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from survey import clock, dispatch
from survey.health import SEEN_WITHIN
from survey.installation import Installation, installation
from survey.invitations import UnknownLink
from survey.outgoing.mail import ServerAway, SmtpPost
from survey.outgoing.pdf import PangoMissing, renderer
from survey.queue import reach_queue, refuse_queue_without_its_library
from survey.settings import SECRET_FILE, Settings, SettingWrong
from survey.store.database import db, only_reading
from survey.store.keys import kept_keys
from survey.store.last_done import SIGN_OF_LIFE, last_done
from survey.store.rounds import Round
from survey.store.schema import is_up_to_date

ROOM_NEEDED: Final = 200 * 1024 * 1024
"""Bytes that should be free: a migration and a backup each write the database once more."""
CLOCKS_MAY_DIFFER: Final = timedelta(minutes=2)
UP_TO_DATE: Final = "up to date."


@dataclass(frozen=True)
class Finding:
    """One part, whether it is in order, and what can be said of it."""

    part: str
    in_order: bool
    sentence: str


class NotInOrder(Exception):
    """This part does not work; the text says what is wrong and what to do."""


def examine(settings: Settings, make_app: Callable[[], Flask]) -> Iterator[Finding]:
    """Try every part and say what was found, from storage to the renderer of PDFs."""
    yield _finding("storage", lambda: _folders(settings))
    yield _finding("secret key", lambda: _secret_key(settings))
    try:
        app = make_app()
    except (OSError, SettingWrong, SQLAlchemyError) as fault:
        yield Finding("database", False, f"cannot be opened: {type(fault).__name__}.")
    else:
        with app.app_context():
            house = installation(app)
            database = _finding("database", lambda: _database(house))
            yield database
            yield _finding("clock", lambda: _time(house))
            yield _finding("links", lambda: _links(house))
            if database.sentence.endswith(UP_TO_DATE):
                yield _finding("rounds", lambda: _running_rounds(house))
                yield _finding("outbox", lambda: _outbox(house))
                yield _finding("worker", lambda: _worker(house))
            db.session.remove()
            db.engine.dispose()
    yield _finding("queue", lambda: _queue(settings))
    yield _finding("visitors", lambda: _visitors(settings))
    yield _finding("mail", lambda: _mail(settings))
    yield _finding("pango", _pango)


def _finding(part: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(part, True, look())
    except NotInOrder as fault:
        return Finding(part, False, str(fault))
    except (OSError, SettingWrong) as fault:
        return Finding(part, False, f"{fault}.")
    except SQLAlchemyError as fault:
        return Finding(part, False, f"cannot be read ({type(fault).__name__}). Is the database there?")


def _folders(settings: Settings) -> str:
    for name, folder in [("SURVEY_DATA", settings.data), *(("SURVEY_KEYS", folder) for folder in settings.keys)]:
        _folder(name, folder)
    free = shutil.disk_usage(_nearest(settings.data)).free
    if free < ROOM_NEEDED:
        raise NotInOrder(f"only {free // 2**20} MB is free on the disk of {settings.data}.")
    return f"{settings.data} and {', '.join(map(str, settings.keys))} can be written; {free // 2**20} MB is free."


def _folder(name: str, folder: Path) -> None:
    place = _nearest(folder)
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as refusal:
        raise NotInOrder(f"{name}: {place} cannot be written: {refusal.strerror}.") from refusal
    if place == folder and os.name == "posix" and folder.stat().st_mode & 0o077:
        raise NotInOrder(f"{name}: others on this computer can look into {folder}. Type: chmod 700 {folder}")


def _nearest(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there: it is made at the first start."""
    return next(place for place in (folder, *folder.parents) if place.is_dir())


def _secret_key(settings: Settings) -> str:
    if settings.secret_keys:
        return f"{len(settings.secret_keys)} given in SURVEY_SECRET_KEYS, long enough and not easily guessed."
    secret = settings.keys[0] / SECRET_FILE
    if not secret.exists():
        return f"will be made in {secret} at the first start."
    if secret.stat().st_mode & 0o077:
        raise NotInOrder(f"others on this computer can read {secret}. Type: chmod 600 {secret}")
    return f"made earlier, in {secret}."


def _database(house: Installation) -> str:
    kind = db.engine.dialect.name
    file = house.settings.data / "survey.db"
    if kind == "sqlite" and (not file.exists() or file.stat().st_size == 0):
        return "will be made at the first start."
    if not is_up_to_date():
        return f"{kind}, of an earlier version: brought up to date at the next start. Make a backup first."
    return f"{kind}, {UP_TO_DATE}"


def _running_rounds(house: Installation) -> str:
    query = db.select(Round.id).where(
        Round.sent_at.is_not(None), Round.counted_at.is_(None), Round.cancelled_at.is_(None)
    )
    with only_reading():
        running = list(db.session.scalars(query.order_by(Round.id)))
        db.session.rollback()
    _no_moment_to_come(house)
    keys = kept_keys(house.settings.keys)
    if lost := [round_id for round_id in running if round_id not in keys]:
        raise NotInOrder(
            f"the key of {_named(lost)} is in no SURVEY_KEYS folder. Without it nobody can open these ballots, ever. "
            "After a backup was put back: put back the key folder of the same day, if there is one."
        )
    if gone := [round_id for round_id in running if not house.boxes.of(round_id).exists()]:
        raise NotInOrder(f"the ballot box of {_named(gone)} is not there. Put back a backup that has it.")
    return f"{len(running)} running, each with its box and its key."


def _named(rounds: list[str]) -> str:
    return f"round {rounds[0]}" if len(rounds) == 1 else f"rounds {', '.join(rounds)}"


def _time(house: Installation) -> str:
    now = house.clock()
    with tempfile.NamedTemporaryFile(dir=_nearest(house.settings.data)) as touched:
        disk = clock.written_at(Path(touched.name))
    if abs(disk - now) > CLOCKS_MAY_DIFFER:
        raise NotInOrder(
            f"this computer says {_said(now)}, its disk {_said(disk)}. Set them right before a round ends."
        )
    return f"it is {_said(now)} in Amsterdam."


def _no_moment_to_come(house: Installation) -> None:
    now = house.clock()
    moments = (Round.sent_at, Round.closed_at, Round.counted_at, Round.cancelled_at)
    with only_reading():
        found = [db.session.scalar(db.select(db.func.max(moment))) for moment in moments]
        db.session.rollback()
    latest = max((moment for moment in found if moment is not None), default=now)
    if latest > now + CLOCKS_MAY_DIFFER:
        raise NotInOrder(f"it is {_said(now)} here, but something was done at {_said(latest)}: the clock went back.")


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(clock.AMSTERDAM):%Y-%m-%d %H:%M}"


def _links(house: Installation) -> str:
    example = "0" * 32
    link = house.links.invitation(example)
    try:
        works = house.links.read_invitation(link.rpartition("/")[2]) == example
    except UnknownLink:
        works = False
    if not works or not link.startswith(house.links.base):
        raise NotInOrder("a link that is made now cannot be read back.")
    if not house.settings.in_production:
        return "work on this computer only; give SURVEY_URL to invite people elsewhere."
    return f"begin with {house.links.base}."


def _outbox(house: Installation) -> str:
    late = dispatch.waiting_since(house.clock())
    if late is not None:
        raise NotInOrder(f"mail has been waiting since {_said(late)}. Is the worker running, and the mail server?")
    return "no mail is late."


def _worker(house: Installation) -> str:
    with only_reading():
        seen = last_done(SIGN_OF_LIFE)
        db.session.rollback()
    if seen is None:
        return "none was seen yet; `survey serve` and `survey worker` are one."
    if house.settings.in_production and house.clock() - seen > SEEN_WITHIN:
        raise NotInOrder(f"none was seen since {_said(seen)}; nothing is closed or sent. Start `survey worker`.")
    return f"last seen at {_said(seen)}."


def _queue(settings: Settings) -> str:
    refuse_queue_without_its_library(settings)
    try:
        reach_queue(settings)
    except Exception as fault:
        raise NotInOrder(
            f"SURVEY_QUEUE_URL cannot be reached ({type(fault).__name__}). Mail leaves all the same, within a minute."
        ) from fault
    return "can be reached, so that mail leaves at once."


def _visitors(settings: Settings) -> str:
    proxies = settings.trusted_proxies
    if proxies:
        return f"told apart by what {'the proxy says' if proxies == 1 else f'{proxies} proxies in a row say'} of them."
    if settings.in_production:
        return "count as one behind a proxy, and share their limits; give SURVEY_TRUSTED_PROXIES to tell them apart."
    return "told apart by their own address."


def _mail(settings: Settings) -> str:
    server = settings.mail_server
    if server is None:
        if settings.in_production:
            raise NotInOrder("SURVEY_SMTP_URL is not given, so no mail leaves.")
        return f"kept in {settings.data / 'mails'} instead of sent; give SURVEY_SMTP_URL to send it."
    try:
        SmtpPost(server, settings.mail_from).try_out()
    except ServerAway as away:
        raise NotInOrder(f"{server.host}:{server.port} takes no mail: {away}.") from away
    return f"{server.host}:{server.port} takes mail from {settings.mail_from.addr_spec}."


def _pango() -> str:
    try:
        renderer()
    except PangoMissing as missing:
        raise NotInOrder(str(missing)) from missing
    return "there, so that PDFs can be made."
