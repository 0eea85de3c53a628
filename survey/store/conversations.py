"""What came of a mirror: the notes and agreements of the conversation, its dates, what was told back, the own story.

Only what the owner and his conversation partner wrote themselves. No answers, no ballots, nobody who was invited.
"""

from collections.abc import Collection
from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.store.database import Base, Moment, db
from survey.store.kept_texts import KeptText


class ConversationNote(KeptText):
    """Something written at the table, the owner's to keep: a note, an agreement, what will be told back."""

    __tablename__ = "conversation_note"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)


class CoachNote(KeptText):
    """Something that one coach wrote for himself about one round; nobody else reads it, the owner neither."""

    __tablename__ = "coach_note"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)


class StoryPart(KeptText):
    """What the owner wrote under one heading of his own story."""

    __tablename__ = "story_part"

    company_id: Mapped[str] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), primary_key=True)


class Appointment(Base):
    """A date that stands in calendars: it may move or be called off, and a calendar then follows it."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("kind IN ('conversation', 'next_round')", name="known_kind"),
        CheckConstraint("called_off IN (0, 1)", name="called_off_or_not"),
        CheckConstraint("minutes BETWEEN 15 AND 600", name="a_part_of_a_day"),
    )

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    day: Mapped[date]
    starts_at: Mapped[time | None]
    """On the clock in Amsterdam; empty when it is about the day."""
    minutes: Mapped[int] = mapped_column(default=90)
    sequence: Mapped[int] = mapped_column(default=0)
    """How often it changed since it first stood in a calendar (RFC 5545, SEQUENCE)."""
    called_off: Mapped[int] = mapped_column(default=0)


class TellBack(Base):
    """What the owner told everybody who was invited, as they read it. One per round."""

    __tablename__ = "tell_back"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    thanks: Mapped[str]
    heard_first: Mapped[str]
    heard_second: Mapped[str]
    change: Mapped[str]
    next_list: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(Moment)


def rounds_written_about(round_ids: Collection[str]) -> set[str]:
    """Return which of these rounds have any note at all, in one question."""
    query = db.select(ConversationNote.round_id).where(ConversationNote.round_id.in_(round_ids)).distinct()
    return set(db.session.scalars(query))
