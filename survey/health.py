"""Whether this installation is well, for programs that watch it: each part, and well or not. `survey check` says why.

It reads what must be there to answer a page and to do the background work. It tells nothing about a person, a company
or a round, and nothing that changes when somebody answers.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from survey import dispatch
from survey.installation import Installation
from survey.store.database import db, only_reading
from survey.store.last_done import SIGN_OF_LIFE, last_done
from survey.store.rounds import Round
from survey.store.schema import is_up_to_date

SEEN_WITHIN: Final = timedelta(minutes=5)
"""A worker shows life every minute; a count or a slow start may take some."""


@dataclass(frozen=True)
class Part:
    """One part and whether it is well."""

    name: str
    well: bool


def parts_to_answer_pages(house: Installation) -> list[Part]:
    """Look at what a page needs: the database, its schema, and the folders of keys."""
    return [
        Part("database", _holds(_database_answers)),
        Part("schema", _holds(is_up_to_date)),
        Part("keys", _holds(lambda: _keys_can_be_read(house))),
    ]


def parts_of_background_work(house: Installation) -> list[Part]:
    """Look at whether the background work is done: a worker shows life, and no mail is late."""
    return [
        Part("worker", _holds(lambda: worker_was_seen(house))),
        Part("mail", _holds(lambda: dispatch.waiting_since(house.clock()) is None)),
    ]


def worker_was_seen(house: Installation) -> bool:
    """Say whether the process that looks after the duties showed life lately."""
    with only_reading():
        seen = last_done(SIGN_OF_LIFE)
        db.session.rollback()
    return seen is not None and house.clock() - seen <= SEEN_WITHIN


def _holds(look: Callable[[], bool]) -> bool:
    try:
        return look()
    except (SQLAlchemyError, OSError):
        db.session.rollback()
        return False


def _database_answers() -> bool:
    with only_reading():
        db.session.execute(db.select(1))
        db.session.rollback()
    return True


def _keys_can_be_read(house: Installation) -> bool:
    missing = [folder for folder in house.settings.keys if not folder.is_dir()]
    if missing and _any_round_needs_one():
        return False
    there = [folder for folder in house.settings.keys if folder not in missing]
    return all(os.access(folder, os.R_OK | os.W_OK | os.X_OK) for folder in there)


def _any_round_needs_one() -> bool:
    running = db.select(Round.id).where(
        Round.sent_at.is_not(None), Round.counted_at.is_(None), Round.cancelled_at.is_(None)
    )
    with only_reading():
        found = db.session.scalar(running.limit(1)) is not None
        db.session.rollback()
    return found
