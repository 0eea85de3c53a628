"""Mail that must leave: written in the same transaction as what it tells, so that neither goes without the other.

A row names whom it is for by invitation or address and holds no link and no text; both are made at sending.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.chance import new_id
from survey.store.database import Base, Moment

CAN_BE_SEEN: Final = "can_be_seen"
"""The kind of the mail that tells somebody who looks along that a mirror is open; it is put by one and written by
another, who do not know each other."""


class OutboxMail(Base):
    """One mail to one person. `message_id` is fixed at birth: a repeat is recognisable as a repeat."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'failed')", name="known_state"),
        CheckConstraint("invitation_id IS NOT NULL OR address IS NOT NULL", name="for_somebody"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(40))
    round_id: Mapped[str | None] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    invitation_id: Mapped[str | None] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"), index=True)
    address: Mapped[str | None] = mapped_column(String(254))
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Only for mail about an account (subject, text, html) or about a rhythm that is held (which round it repeats);
    emptied once sent. Never for an invitation."""
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    due_at: Mapped[datetime] = mapped_column(Moment)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(500))
    message_id: Mapped[str] = mapped_column(String(64), default=new_id)
