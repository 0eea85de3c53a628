"""Who may look along: people whom an owner lets in, what each may see and until when, and what they opened.

It must not know what anybody answered; what may be seen is the released mirror and nothing else.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.chance import new_id
from survey.store.database import Base, Moment, db
from survey.store.people import Company
from survey.store.rounds import Round

NOT_REVOKED = text("revoked_at IS NULL")


class Confidant(Base):
    """Somebody whom the owners of a company could let look along. Being one gives nothing; only grants do."""

    __tablename__ = "confidant"
    __table_args__ = (UniqueConstraint("company_id", "address"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(254))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    """The account with which the link in the mail was answered; empty until then."""

    company: Mapped[Company] = relationship()


class RelationGrant(Base):
    """A confidant may see the dates and the status of a company's rounds."""

    __tablename__ = "relation_grant"
    __table_args__ = (
        Index("ix_relation_grant_one_at_a_time", "confidant_id", unique=True, sqlite_where=NOT_REVOKED,
              postgresql_where=NOT_REVOKED),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    confidant_id: Mapped[str] = mapped_column(ForeignKey("confidant.id", ondelete="CASCADE"))
    granted_at: Mapped[datetime] = mapped_column(Moment)
    ends_on: Mapped[date]
    """The last day on which it holds."""
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)

    confidant: Mapped[Confidant] = relationship()


class MirrorGrant(Base):
    """A confidant may see one mirror, or its three sentences. It may be given long before there is a mirror to see."""

    __tablename__ = "mirror_grant"
    __table_args__ = (
        CheckConstraint("scope IN ('sentences', 'mirror', 'words')", name="known_scope"),
        Index("ix_mirror_grant_one_at_a_time", "confidant_id", "round_id", unique=True, sqlite_where=NOT_REVOKED,
              postgresql_where=NOT_REVOKED),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    confidant_id: Mapped[str] = mapped_column(ForeignKey("confidant.id", ondelete="CASCADE"))
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    scope: Mapped[str] = mapped_column(String(9))
    granted_at: Mapped[datetime] = mapped_column(Moment)
    ends_on: Mapped[date]
    """The last day on which it holds."""
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)

    confidant: Mapped[Confidant] = relationship()
    round: Mapped[Round] = relationship()


class MirrorView(Base):
    """A confidant opened something of a mirror on a day: for the owner to see. No hour, no device, no address."""

    __tablename__ = "mirror_view"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    confidant_id: Mapped[str] = mapped_column(ForeignKey("confidant.id", ondelete="CASCADE"), primary_key=True)
    seen_on: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(12), primary_key=True)

    confidant: Mapped[Confidant] = relationship()


def confidant_with(company_id: str, address: str) -> Confidant | None:
    """Return the company's confidant with this address, as it is kept (lower case)."""
    return db.session.scalars(db.select(Confidant).filter_by(company_id=company_id, address=address)).one_or_none()


def confidants_of(company_id: str) -> list[Confidant]:
    """Return everybody whom the owners of a company could let look along, by name."""
    query = db.select(Confidant).filter_by(company_id=company_id).order_by(Confidant.name, Confidant.id)
    return list(db.session.scalars(query))


def standing_relation(confidant_id: str) -> RelationGrant | None:
    """Return the relation grant that was not revoked; it may have ended."""
    query = db.select(RelationGrant).filter_by(confidant_id=confidant_id, revoked_at=None)
    return db.session.scalars(query).one_or_none()


def standing_mirror(confidant_id: str, round_id: str) -> MirrorGrant | None:
    """Return the grant on a mirror that was not revoked; it may have ended."""
    query = db.select(MirrorGrant).filter_by(confidant_id=confidant_id, round_id=round_id, revoked_at=None)
    return db.session.scalars(query).one_or_none()


def mirror_grants_of(round_id: str) -> list[MirrorGrant]:
    """Return every grant ever given on a mirror, first to last."""
    query = db.select(MirrorGrant).filter_by(round_id=round_id).order_by(MirrorGrant.granted_at, MirrorGrant.id)
    return list(db.session.scalars(query))


def views_of(round_id: str) -> list[MirrorView]:
    """Return what was opened of a mirror, first to last."""
    query = db.select(MirrorView).filter_by(round_id=round_id)
    return list(db.session.scalars(query.order_by(MirrorView.seen_on, MirrorView.confidant_id, MirrorView.what)))
