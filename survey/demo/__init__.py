"""Telling the bakery's story through the product's own doors, on a database that holds nothing yet.

Two rounds, half a year apart. After the first Karin and her coach talk, agree and tell back; before the second she says
what came of it. Everything goes in by a page and a mail; only the clock is moved.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from flask import Flask

from survey import create_app, story, story_before
from survey.clock import Clock, day_of
from survey.demo.rounds_told import BEFORE, NOW, RoundTold, write_mirror
from survey.demo.stage import LetterMissing, Stage
from survey.demo.talk_told import look_along, open_mirror, say_what_came_of_it, share, talk, tell_back
from survey.settings import Settings
from survey.store.database import db
from survey.store.people import Account
from survey.store.schema import bring_up_to_date
from survey.story import MovableClock

__all__ = [
    "BASE",
    "MIRROR",
    "OPERATOR",
    "REPORT",
    "REPORT_BEFORE",
    "LetterMissing",
    "StoryTold",
    "is_told",
    "tell",
]

BASE: Final = "http://127.0.0.1:8000"
OPERATOR: Final = "Stichting Spiegelronde"
REPORT: Final = "spiegelrapport.pdf"
REPORT_BEFORE: Final = "spiegelrapport-vorige-keer.pdf"
MIRROR: Final = "mirror.json"

Say = Callable[[str], None]


class StoryTold(Exception):
    """The story was told here before; it is told on an empty database only."""


def is_told(app: Flask) -> bool:
    """Say whether Karin has an account here."""
    with app.app_context():
        return db.session.scalar(db.select(Account.id).filter_by(email=story.OWNER.address)) is not None


def tell(settings: Settings, real_clock: Clock, base: str, reports: Path, say: Say) -> None:
    """Tell the story into an installation, and write its reports and its mirror as files.

    The second round closed at the end of yesterday. Raises StoryTold.
    """
    clock = MovableClock(real_clock())
    app = create_app(settings, clock, base=base)
    bring_up_to_date(app)
    if is_told(app):
        raise StoryTold
    reports.mkdir(parents=True, exist_ok=True)
    with _without_lines_of_duties():
        _tell(Stage(app, clock, base), day_of(real_clock()) - timedelta(days=1), reports, say)
    with app.app_context():
        db.engine.dispose()


@contextmanager
def _without_lines_of_duties() -> Iterator[None]:
    """What was erased in half a year that is told in a minute is no line in the log of an installation."""
    duties = logging.getLogger("survey.duties")
    level = duties.level
    duties.setLevel(logging.WARNING)
    try:
        yield
    finally:
        duties.setLevel(level)


def _tell(stage: Stage, closes_on: date, reports: Path, say: Say) -> None:
    before = RoundTold(stage, BEFORE, story_before.closes_on(closes_on))
    stage.move_to(before.plan.opens_on - timedelta(days=1), 10)
    say("Half a year ago Karin opens an account and adds her bakery.")
    karin = stage.open_account(story.OWNER)
    company = stage.add_company(karin)
    say("She asks nine employees, her accountant, her bank and two other owners; they answer and are counted.")
    before.tell(karin, company)
    open_mirror(stage, karin, before)
    write_mirror(stage, before.path, reports / REPORT_BEFORE)

    now = RoundTold(stage, NOW, closes_on)
    say("Petra, her coach, looks along. They talk and agree on two things, and Karin tells everybody.")
    share(karin, before)
    look_along(stage, before)
    talk(stage, karin, before, now.plan.opens_on)
    tell_back(stage, karin, before)

    stage.move_to(now.plan.opens_on - timedelta(days=1), 10)
    say("Half a year later she says what came of it, and prepares the second round.")
    karin = stage.sign_in(story.OWNER)
    say_what_came_of_it(karin, before)
    now.prepare(karin, company)
    share(karin, now)
    say("She answers first, and says what she expects of each group.")
    now.answer_herself(karin)
    now.send(karin)
    now.open()
    say("Thirteen people open the link in their mail and answer; Rob and Joost add facts.")
    now.collect()
    say("The round closes; the ballots are counted once and destroyed.")
    now.close()
    write_mirror(stage, now.path, reports / REPORT, reports / MIRROR)
