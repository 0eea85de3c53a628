"""When the worker last did what it does by itself: its sign of life, and what is done once a day. No person in it."""

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from survey.clock import day_of
from survey.store.database import Base, Moment, db

SIGN_OF_LIFE = "sign of life"
"""Written every minute by the one process that looks what is due."""


class LastDone(Base):
    """One thing the worker does, and when it last did."""

    __tablename__ = "last_done"

    duty: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


def last_done(duty: str) -> datetime | None:
    """Return when a duty was last done, or nothing when it never was."""
    moment: datetime | None = db.session.scalar(db.select(LastDone.at).filter_by(duty=duty))
    return moment


def was_done_on(duty: str, day: date) -> bool:
    """Say whether a duty was last done on this day."""
    moment = last_done(duty)
    return moment is not None and day_of(moment) == day


def write_down(duty: str, now: datetime) -> None:
    """Write down that a duty was done now, whoever did it before."""
    db.session.merge(LastDone(duty=duty, at=now))
    db.session.commit()
