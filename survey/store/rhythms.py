"""The rhythm of a company: how often its mirror is held up by itself. It must not know who is invited."""

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.store.database import Base, Moment, db

LONGEST_QUIET: Final = timedelta(days=7)
"""What lies further ahead is looked at again after so long: another round may have been cancelled meanwhile."""


class Rhythm(Base):
    """How often one kind of round comes back, switched on by the owner in whose name the mails leave. No row: never."""

    __tablename__ = "rhythm"
    __table_args__ = (CheckConstraint("every IN ('month', 'quarter', 'half_year', 'year')", name="known_rhythm"),)

    company_id: Mapped[str] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    """Which kind of round comes back, as in `survey.kinds`."""
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    every: Mapped[str] = mapped_column(String(9))
    starts_on: Mapped[date]
    """The day from which the turns are counted: when the list before the first turn opened."""
    since: Mapped[date]
    """The last turn that was passed over, or `starts_on`."""
    moved_to: Mapped[date | None]
    """When the next list opens, when the owner chose another day than that of its turn."""
    switched_on_at: Mapped[datetime] = mapped_column(Moment)
    quiet_until: Mapped[date | None]
    """Before this day there is nothing to do; so a thousand rhythms do not cost a thousand looks a minute."""
    held: Mapped[str | None] = mapped_column(String(20))
    """Why the next round cannot be prepared or opened now, as it was told to the owner."""


def rhythm_of(company_id: str, kind: str) -> Rhythm | None:
    """Return the rhythm of one kind of round in a company, or nothing when it has none."""
    return db.session.get(Rhythm, (company_id, kind))


def rhythms_of(company_id: str) -> list[Rhythm]:
    """Return the rhythms of a company, by kind."""
    return list(db.session.scalars(db.select(Rhythm).filter_by(company_id=company_id).order_by(Rhythm.kind)))


def rhythms_to_look_at(today: date) -> list[tuple[str, str]]:
    """Return company and kind of every rhythm that may have something to do today."""
    # A clock that stood wrong may have written a day far ahead.
    awake = db.or_(
        Rhythm.quiet_until.is_(None), Rhythm.quiet_until <= today, Rhythm.quiet_until > today + LONGEST_QUIET
    )
    query = db.select(Rhythm.company_id, Rhythm.kind).where(awake).order_by(Rhythm.company_id, Rhythm.kind)
    return [(company_id, kind) for company_id, kind in db.session.execute(query)]
