"""Who is who: accounts, companies, and the people who were invited. It must not know what anybody answered."""

from datetime import datetime
from typing import Any

from flask_security import AsaList, UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, func
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from survey.chance import new_id
from survey.store.database import Base, Moment, db


class Account(Base, UserMixin):
    """Somebody who signs in. Respondents never do. The column names are those the sign-in library asks for."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(5), default="nl")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=new_id)
    us_totp_secrets: Mapped[str | None]
    us_phone_number: Mapped[str | None] = mapped_column(String(128), unique=True)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    mf_recovery_codes: Mapped[Any | None] = mapped_column(MutableList.as_mutable(AsaList()))

    companies: Mapped[list["Company"]] = relationship(secondary="ownership", back_populates="owners")
    roles: list[Any] = []  # noqa: RUF012  # the library looks for it; access here goes by ownership


class Company(Base):
    """A company that holds up a mirror; one or two owners."""

    __tablename__ = "company"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))

    owners: Mapped[list[Account]] = relationship(secondary="ownership", back_populates="companies")


class Ownership(Base):
    """This account owns this company."""

    __tablename__ = "ownership"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), primary_key=True)


class Invitation(Base):
    """One person, or one card, on the list of one round. Whether it was used is not known here."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("address IS NULL OR card_hash IS NULL", name="mail_or_card"),
        CheckConstraint("bounced IN (0, 1) AND revoked IN (0, 1) AND muted IN (0, 1)", name="flags"),
        UniqueConstraint("round_id", "address"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    perspective: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str | None] = mapped_column(String(254))
    card_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    bounced: Mapped[int] = mapped_column(default=0)
    revoked: Mapped[int] = mapped_column(default=0)
    muted: Mapped[int] = mapped_column(default=0)
    """1 when the invited person asked for no more mail; the owner never sees it."""


def invitations_of(round_id: str, perspective: str | None = None) -> list[Invitation]:
    """Return a round's invitations (of one perspective when named), by id: an order that says nothing."""
    query = db.select(Invitation).filter_by(round_id=round_id).order_by(Invitation.id)
    if perspective is not None:
        query = query.filter_by(perspective=perspective)
    return list(db.session.scalars(query))


def company_owned_by(account_id: int, company_id: str) -> Company | None:
    """Return the company when this account owns it: fetching and permission are one question."""
    query = db.select(Company).join(Ownership)
    return db.session.scalars(query.where(Ownership.account_id == account_id, Company.id == company_id)).one_or_none()


def companies_owned_by(account_id: int) -> list[Company]:
    """Return the companies of an account by name, with their owners at hand."""
    query = db.select(Company).join(Ownership).where(Ownership.account_id == account_id)
    query = query.options(joinedload(Company.owners)).order_by(func.lower(Company.name), Company.id)
    return list(db.session.scalars(query).unique())


def owns_a_company(account_id: int) -> bool:
    """Say whether this account owns any company."""
    return db.session.scalar(db.select(Ownership.company_id).filter_by(account_id=account_id).limit(1)) is not None
