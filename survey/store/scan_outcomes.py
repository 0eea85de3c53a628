"""The outcome of a scan that a company had done elsewhere, as its owner typed it beside a round."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.store.database import Base, db


class ScanOutcome(Base):
    """One outcome beside one round. Texts, as typed: nothing is computed with them; an empty one was left out."""

    __tablename__ = "scan_outcome"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    scanned_on: Mapped[str] = mapped_column(String(40))
    score: Mapped[str] = mapped_column(String(20))
    scale: Mapped[str] = mapped_column(String(40))
    people: Mapped[str] = mapped_column(String(20))
    """How many people it is about."""
    note: Mapped[str] = mapped_column(String(200))


def scan_outcome_of(round_id: str) -> ScanOutcome | None:
    """Return what the owner typed beside a round, or nothing."""
    return db.session.get(ScanOutcome, round_id)
