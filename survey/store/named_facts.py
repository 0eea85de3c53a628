"""What was asked of named roles only, beside the release of its round and never in it."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.store.database import Base, db


class NamedFacts(Base):
    """The facts of one named voice of one counted round; for the owner only."""

    __tablename__ = "named_facts"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    voice: Mapped[str] = mapped_column(String(20), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As in `survey.facts` ("figures", or "signals" and "positive") and in `survey.named_questions`."""


def facts_of_voices(round_id: str) -> dict[str, dict[str, Any]]:
    """Return the facts of a round by voice."""
    rows = db.session.scalars(db.select(NamedFacts).filter_by(round_id=round_id).order_by(NamedFacts.voice))
    return {row.voice: row.document for row in rows}
