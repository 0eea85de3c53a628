"""Rounds: what was asked of whom and when, the owner's own answers, and what was released. No ballots."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, String, column, or_, table
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.chance import crockford, new_id
from survey.clock import end_of, start_of
from survey.store.database import Base, Moment, db

RECEIPT_PREFIX = 4
"""Characters of a receipt code that name the round: 20 bits, unique, no secret."""

KEPT_AFTER_CLOSE = timedelta(days=60)
"""So long invitations, cards, receipts and mail outlive the last day of a round; then they are erased."""

PASSPHRASE_WITHIN = timedelta(days=30)
"""After its last day a round in strict mode waits so long for its passphrase; then its ballots are destroyed."""


_OWNERSHIP = table("ownership", column("account_id"), column("company_id"))
"""Who owns what, as numbers: of people nothing else is needed here."""


class RoundFrozen(Exception):
    """The round was sent: its list, groups and questions no longer change."""


class Standing(Enum):
    """Where a round stands at a moment."""

    PREPARED = "prepared"
    ANNOUNCED = "announced"
    """Sent, and not yet open."""
    OPEN = "open"
    CLOSED = "closed"
    """Takes no more ballots; not yet counted."""
    COUNTED = "counted"
    CANCELLED = "cancelled"


class Ending(Enum):
    """Why a cancelled round was never counted."""

    STOPPED = "stopped"
    """Its owner ended it before the last day was over."""
    STAYED_LOCKED = "stayed_locked"
    """It was closed, and nobody typed the passphrase within thirty days."""
    KEY_LOST = "key_lost"
    """It was closed, and its key is nowhere any more."""


def _free_tag(context: DefaultExecutionContext) -> str:
    """Draw a tag until nobody has it: among forty thousand rounds one draw in twenty-six is taken."""
    while True:
        tag = crockford(RECEIPT_PREFIX)
        if context.connection.scalar(db.select(Round.id).where(Round.tag == tag)) is None:
            return tag


class Round(Base):
    """One time the mirror is held up. Its state is derived from its moments, never stored beside them."""

    __tablename__ = "round"
    __table_args__ = (
        CheckConstraint("minimum >= 5", name="never_below_five"),
        CheckConstraint("closes_on >= opens_on", name="closes_after_it_opens"),
        CheckConstraint("counted_at IS NULL OR closed_at IS NOT NULL", name="counted_after_closed"),
        CheckConstraint("kind IN ('mirror', 'thermometer', 'one_question', 'circle')", name="known_kind"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    tag: Mapped[str] = mapped_column(String(RECEIPT_PREFIX), unique=True, default=lambda context: _free_tag(context))
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), index=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    subject_name: Mapped[str] = mapped_column(String(120))
    """The owner in whose mirror this round looks, as the others call him or her."""
    kind: Mapped[str] = mapped_column(String(20), default="mirror")
    """Which kind of round it is, as in `survey.kinds`: what is asked of whom, and what the mirror shows."""
    questionnaire: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(5))
    minimum: Mapped[int] = mapped_column(default=5)
    """k of the release: the fewest answers of an anonymous group that are ever opened."""
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    extended_from: Mapped[date | None]
    partner_name: Mapped[str] = mapped_column(String(120))
    partner_address: Mapped[str] = mapped_column(String(254))
    conversation_on: Mapped[date]
    contact_name: Mapped[str] = mapped_column(String(120))
    contact_address: Mapped[str] = mapped_column(String(254))
    script_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    script_digest: Mapped[str | None] = mapped_column(String(64))
    turn: Mapped[date | None]
    """The turn of the company's rhythm for which it was prepared; empty for a round that was prepared by hand."""
    public_key: Mapped[str | None] = mapped_column(String(64))
    strict: Mapped[bool] = mapped_column(default=False)
    """The private key is locked: nobody counts before the conversation partner's passphrase is typed.

    Chosen, and not locked yet, as long as there is no public key; a round is not sent before."""
    locked_by_partner: Mapped[bool] = mapped_column(default=False)
    """The passphrase was typed behind the conversation partner's own sign-in; else nobody can say who typed it."""
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_early: Mapped[bool] = mapped_column(default=False)
    counted_at: Mapped[datetime | None] = mapped_column(Moment)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    opened_mirror_at: Mapped[datetime | None] = mapped_column(Moment)

    groups: Mapped[list["Group"]] = relationship(
        back_populates="round", cascade="all, delete-orphan", passive_deletes=True, order_by="Group.position"
    )
    self_assessment: Mapped["SelfAssessment | None"] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    release: Mapped["ReleaseRecord | None"] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    voices: Mapped[list["Voice"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="Voice.position"
    )

    def standing_at(self, moment: datetime) -> Standing:
        """Return where the round stands; closed is a fact of the calendar even before the worker noticed."""
        if self.cancelled_at is not None:
            return Standing.CANCELLED
        if self.counted_at is not None:
            return Standing.COUNTED
        if self.sent_at is None:
            return Standing.PREPARED
        if self.closed_at is not None or moment >= end_of(self.closes_on):
            return Standing.CLOSED
        return Standing.OPEN if moment >= start_of(self.opens_on) else Standing.ANNOUNCED

    @property
    def erased_on(self) -> date:
        """The day on which everything that leads to an invited person is erased."""
        return self.closes_on + KEPT_AFTER_CLOSE

    @property
    def awaits_lock(self) -> bool:
        """Whether it was put in strict mode and nobody typed a passphrase yet."""
        return self.strict and self.public_key is None

    @property
    def unlocked_by(self) -> date:
        """The last day on which the passphrase of a round in strict mode can be typed."""
        return self.closes_on + PASSPHRASE_WITHIN

    def awaits_passphrase_at(self, moment: datetime) -> bool:
        """Say whether it is closed and locked: counted as soon as somebody types the passphrase."""
        return self.strict and self.standing_at(moment) is Standing.CLOSED

    def is_locked_too_long_at(self, moment: datetime) -> bool:
        """Say whether nobody can unlock it any more, because the thirty days are over."""
        return self.strict and moment >= end_of(self.unlocked_by)

    @property
    def ending(self) -> Ending | None:
        """Why it was never counted; nothing unless it was cancelled. Only what cannot be counted ends after its end."""
        if self.cancelled_at is None:
            return None
        if self.closed_at is None and self.cancelled_at < end_of(self.closes_on):
            return Ending.STOPPED
        return Ending.STAYED_LOCKED if self.is_locked_too_long_at(self.cancelled_at) else Ending.KEY_LOST

    def group(self, perspective: str) -> "Group":
        """Return the round's group of this perspective. Raises KeyError."""
        for group in self.groups:
            if group.perspective == perspective:
                return group
        raise KeyError(perspective)


class Group(Base):
    """One perspective of a round: who belongs to it, by mail or by card, and how many."""

    __tablename__ = "round_group"
    __table_args__ = (
        CheckConstraint("channel IN ('mail', 'cards')", name="one_channel"),
        CheckConstraint("head_count >= 1", name="somebody"),
        CheckConstraint("reminders BETWEEN 0 AND 2", name="two_reminders_at_most"),
        CheckConstraint("enough IN (0, 1)", name="enough_or_not"),
    )

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    perspective: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]
    channel: Mapped[str] = mapped_column(String(5))
    head_count: Mapped[int]
    reminders: Mapped[int] = mapped_column(default=0)
    cards_made_at: Mapped[datetime | None] = mapped_column(Moment)
    enough: Mapped[int] = mapped_column(default=0)
    """Latched at 06:00 for groups of eight or more; put back to 0 when the round is counted."""
    moved: Mapped[int | None]
    """How many joined plus how many left since the round before; only this number is kept. Empty: not known."""

    round: Mapped[Round] = relationship(back_populates="groups")


class Voice(Base):
    """Somebody who answers by name, as the mirror will call him: fixed when the round is sent."""

    __tablename__ = "voice"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    """"accountant", or "peer_1" and "peer_2" where a perspective has more than one voice."""
    perspective: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))


class SelfAssessment(Base):
    """The owner's own answers and what he expects of each group; his to keep, so stored in the open."""

    __tablename__ = "self_assessment"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """item id -> 1..5 (1..10 for the gut feeling) or "cannot_judge"."""
    predictions: Mapped[dict[str, dict[str, int]]] = mapped_column(JSON, default=dict)
    """perspective -> item or theme id -> expected mark."""
    texts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    beside: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What only he and named roles are asked, as in `survey.named_questions`."""
    handed_in_at: Mapped[datetime | None] = mapped_column(Moment)
    after_close: Mapped[bool] = mapped_column(default=False)


class ReleaseRecord(Base):
    """The frozen release of a counted round, as a canonical JSON document with its hash."""

    __tablename__ = "release"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    document: Mapped[str]
    digest: Mapped[str] = mapped_column(String(64))


class Redaction(Base):
    """One change of a release after it was published: what was taken out, when, and the hash of what was before."""

    __tablename__ = "redaction"
    __table_args__ = (CheckConstraint("(voice IS NULL) <> (question IS NULL)", name="a_voice_or_a_text"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    redacted_at: Mapped[datetime] = mapped_column(Moment)
    voice: Mapped[str | None] = mapped_column(String(20))
    question: Mapped[str | None] = mapped_column(String(40))
    old_digest: Mapped[str] = mapped_column(String(64))
    new_digest: Mapped[str] = mapped_column(String(64))


class Receipt(Base):
    """What became of the ballot behind a receipt: only a keyed hash and one word, no time, no group."""

    __tablename__ = "receipt"
    __table_args__ = (CheckConstraint("standing IN ('counted', 'destroyed')", name="counted_or_destroyed"),)

    ballot_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    standing: Mapped[str] = mapped_column(String(9))


class RoundDraft(Base):
    """What an owner typed on the prepare page and has not finished: his own words, not yet a round."""

    __tablename__ = "round_draft"

    company_id: Mapped[str] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), primary_key=True)
    round_id: Mapped[str | None] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    """The prepared round that he was changing; empty for a new one."""
    fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """Name of the field -> what stands in it, right or wrong."""


def redactions_of(round_id: str) -> list[Redaction]:
    """Return what was taken out of a round's release, first to last."""
    query = db.select(Redaction).filter_by(round_id=round_id).order_by(Redaction.redacted_at, Redaction.id)
    return list(db.session.scalars(query))


def forget_participation(round_: Round) -> None:
    """Write the round's groups as fresh rows, in their order, with nothing latched: alike whenever it was latched."""
    columns = Group.__table__.columns.keys()
    rows = [{name: getattr(group, name) for name in columns} | {"enough": 0} for group in round_.groups]
    db.session.execute(db.delete(Group).where(Group.round_id == round_.id))
    db.session.execute(db.insert(Group), rows)
    db.session.expire(round_, ["groups"])


def round_with_tag(tag: str) -> Round | None:
    """Return the round whose receipts start with this tag, or nothing."""
    return db.session.scalars(db.select(Round).filter_by(tag=tag)).one_or_none()


def find_round(round_id: str) -> Round | None:
    """Return the round with this id, or nothing."""
    return db.session.get(Round, round_id)


def rounds_of(company_id: str) -> list[Round]:
    """Return a company's rounds, the one that closes last first."""
    query = db.select(Round).filter_by(company_id=company_id).order_by(Round.closes_on.desc(), Round.id)
    return list(db.session.scalars(query))


def rounds_of_each(company_ids: Collection[str]) -> dict[str, list[Round]]:
    """Return the rounds of several companies at once, each as `rounds_of` does; nothing of a company without any."""
    query = db.select(Round).where(Round.company_id.in_(company_ids)).order_by(Round.closes_on.desc(), Round.id)
    found: dict[str, list[Round]] = {}
    for round_ in db.session.scalars(query):
        found.setdefault(round_.company_id, []).append(round_)
    return found


def round_before(round_: Round) -> Round | None:
    """Return the last round of the same kind that was sent in which the same owner's mirror was asked for."""
    query = (
        db.select(Round)
        .filter_by(company_id=round_.company_id, subject_id=round_.subject_id, kind=round_.kind)
        .where(Round.sent_at.is_not(None), Round.cancelled_at.is_(None), Round.closes_on < round_.closes_on)
    )
    return db.session.scalars(query.order_by(Round.closes_on.desc(), Round.id)).first()


def of_the_same_owners(company_id: str) -> ColumnElement[bool]:
    """Match the rounds of a company, and those of whatever else its owners own or were mirrored in.

    A company that was added twice has the same people: what keeps two releases apart looks at both.
    """
    owners = db.select(_OWNERSHIP.c.account_id).where(_OWNERSHIP.c.company_id == company_id)
    companies = db.select(_OWNERSHIP.c.company_id).where(_OWNERSHIP.c.account_id.in_(owners))
    return or_(Round.company_id == company_id, Round.company_id.in_(companies), Round.subject_id.in_(owners))


def draft_of(company_id: str) -> RoundDraft | None:
    """Return what the company's owner was typing, or nothing."""
    return db.session.get(RoundDraft, company_id)
