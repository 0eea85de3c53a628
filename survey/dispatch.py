"""Getting the mail out: claim a mail of the outbox, hand it over, write down that it left. Once, or recognisably again.

A claim is a conditional UPDATE with a lease, so two workers never hold the same mail, and one that died gives it back
by itself. Between handing over and writing that down a worker can still die: then the mail goes a second time, with
the same Message-ID and the same link. The database transaction is never open while a mail server thinks.
It must not know what a letter says; whoever starts it brings the writer.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, or_, update

from survey.clock import Clock
from survey.outgoing.mail import (
    AddressRefused,
    Counter,
    Envelope,
    Letter,
    NotDeliverable,
    Post,
    ServerAway,
    TryLater,
    message_of,
    read_address,
)
from survey.store.database import db, only_reading
from survey.store.outbox import OutboxMail
from survey.store.people import Invitation

LEASE: Final = timedelta(minutes=5)
"""Longer than the slowest mail server is waited for (see SECONDS_PER_STEP in survey/outgoing/mail.py)."""
LONGEST_PAUSE: Final = timedelta(hours=4)
GIVEN_UP_AFTER: Final = timedelta(days=3)
LATE_AFTER: Final = timedelta(minutes=30)
"""From then on the owner sees that a mail waits."""

logger = logging.getLogger(__name__)

Writer = Callable[[OutboxMail, datetime], Letter | None]
"""Says what a mail of the outbox reads now; nothing when it has become pointless."""
Threader = Callable[[OutboxMail], list[str]]
"""Names the message ids of the mails that this one follows up."""


@dataclass(frozen=True)
class Undelivered:
    """A mail of a round that did not arrive, or not yet. It says nothing about taking part."""

    invitation_id: str
    perspective: str
    name: str
    address: str
    gone_back: bool
    """False: it is late, and tried again. True: it will not be tried again at this address."""
    reason: str


@dataclass(frozen=True)
class Departure:
    """The invitations of one round while they leave: how many did, of how many. Nothing of who answers, or when."""

    left: int
    total: int


@dataclass(frozen=True)
class Office:
    """All that sending needs: the way out, the words, the sender's address and the time."""

    post: Post
    write: Writer
    thread: Threader
    mail_from: Address
    clock: Clock


def send_waiting(office: Office, stop: Callable[[], bool] = lambda: False) -> int:
    """Send every mail that is due, over one connection; return how many left.

    Ends early when there is no mail server to talk to, or when `stop` says so.
    """
    sent = 0
    with office.post.opened() as counter:
        while not stop() and (mail := _claim_next(office.clock())) is not None:
            try:
                sent += _deal_with(mail, office, counter)
            except ServerAway as away:
                _put_back(mail.id, office.clock() + _pause(1), str(away))
                logger.warning("no mail leaves now: %s", away)
                break
    return sent


def failed_mail(round_id: str, now: datetime) -> list[Undelivered]:
    """Return which mails of a round did not arrive, or are late, by perspective and name."""
    late = and_(OutboxMail.state == "waiting", OutboxMail.due_at < now - LATE_AFTER)
    gone_back = and_(OutboxMail.state == "failed", Invitation.bounced == 1)
    query = (
        db.select(Invitation, OutboxMail)
        .join(OutboxMail, OutboxMail.invitation_id == Invitation.id)
        .where(OutboxMail.round_id == round_id, or_(late, gone_back))
        .order_by(Invitation.perspective, Invitation.name, Invitation.id, OutboxMail.due_at)
    )
    latest = {invitation.id: (invitation, mail) for invitation, mail in db.session.execute(query)}
    return [
        Undelivered(
            invitation_id=invitation.id,
            perspective=invitation.perspective,
            name=invitation.name,
            address=invitation.address or "",
            gone_back=mail.state == "failed",
            reason=mail.last_error or "",
        )
        for invitation, mail in latest.values()
    ]


def departure_of(round_id: str, now: datetime) -> Departure | None:
    """Return how far the invitations of a round are on their way; nothing when none waits for its first attempt.

    Invitations only: of a reminder it would show how many asked for no more mail. What is late is no longer leaving,
    and is among `failed_mail`.
    """
    first_attempt = and_(
        OutboxMail.state == "waiting",
        OutboxMail.last_error.is_(None),
        OutboxMail.due_at <= now,
        OutboxMail.due_at >= now - LATE_AFTER,
    )
    query = db.select(
        db.func.count(),
        db.func.count(db.case((OutboxMail.state == "sent", 1))),
        db.func.count(db.case((first_attempt, 1))),
    ).where(OutboxMail.round_id == round_id, OutboxMail.kind == "invitation")
    total, left, leaving = db.session.execute(query).one()
    return Departure(left, total) if leaving else None


def waiting_since(now: datetime) -> datetime | None:
    """Return since when the mail that waits longest has been due, or nothing when none is late."""
    query = db.select(db.func.min(OutboxMail.due_at)).where(OutboxMail.state == "waiting")
    with only_reading():
        oldest: datetime | None = db.session.scalar(query)
        db.session.rollback()
    return oldest if oldest is not None and oldest < now - LATE_AFTER else None


@dataclass(frozen=True)
class _Claimed:
    """A mail that is ours until its lease ends."""

    id: str
    kind: str
    due_at: datetime
    attempts: int


_CLAIM: Final = (OutboxMail.id, OutboxMail.kind, OutboxMail.due_at, OutboxMail.attempts)


def _deal_with(mail: _Claimed, office: Office, counter: Counter) -> int:
    """Send one claimed mail or settle it otherwise; return how many left. Raises ServerAway."""
    now = office.clock()
    try:
        envelope = _envelope(mail, office, now)
        if envelope is not None:
            counter.hand_over(envelope)
    except (AddressRefused, NotDeliverable) as refusal:
        _give_up(mail.id, str(refusal) or "not an address")
    except TryLater as later:
        _try_again(mail, now, str(later))
    except ServerAway:
        raise
    except Exception as fault:
        # A fault of ours in one letter must not hold up the others; its text could hold a link.
        logger.error("a mail of kind %s cannot be written: %s", mail.kind, type(fault).__name__)
        _try_again(mail, now, type(fault).__name__)
    else:
        _forget(mail.id) if envelope is None else _settle(mail.id)
        return 0 if envelope is None else 1
    return 0


def _envelope(claimed: _Claimed, office: Office, now: datetime) -> Envelope | None:
    """Return the mail as it goes over the counter, with no transaction left open; nothing when it is pointless."""
    with only_reading():
        try:
            mail = db.session.get_one(OutboxMail, claimed.id)
            letter = office.write(mail, now)
            if letter is None:
                return None
            message = message_of(letter, mail.message_id, office.mail_from, now, office.thread(mail))
            return Envelope(read_address(letter.to.address).addr_spec, claimed.due_at, message)
        finally:
            db.session.rollback()


def _claim_next(now: datetime) -> _Claimed | None:
    while (mail_id := _next_due(now)) is not None:
        claim = (
            update(OutboxMail)
            .where(OutboxMail.id == mail_id, _is_free(now))
            .values(leased_until=now + LEASE, attempts=OutboxMail.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        done = db.session.execute(claim.returning(*_CLAIM)).one_or_none()
        db.session.commit()
        if done is not None:
            return _Claimed(*done)
    return None


def _next_due(now: datetime) -> str | None:
    # Somebody who is signing in is waiting at this moment; invitations can wait for that.
    first = db.case((OutboxMail.kind == "account", 0), else_=1)
    query = db.select(OutboxMail.id).where(_is_free(now)).order_by(first, OutboxMail.due_at, OutboxMail.id).limit(1)
    with only_reading():
        found: str | None = db.session.scalar(query)
        db.session.rollback()
    return found


def _is_free(now: datetime) -> ColumnElement[bool]:
    nobody_has_it = or_(OutboxMail.leased_until.is_(None), OutboxMail.leased_until <= now)
    return and_(OutboxMail.state == "waiting", OutboxMail.due_at <= now, nobody_has_it)


def _forget(mail_id: str) -> None:
    db.session.execute(delete(OutboxMail).where(OutboxMail.id == mail_id))
    db.session.commit()


def _settle(mail_id: str) -> None:
    if _belongs_to_no_round(mail_id):
        _forget(mail_id)
        return
    _write(mail_id, state="sent", content=None, leased_until=None, last_error=None)


def _belongs_to_no_round(mail_id: str) -> bool:
    # No round erases it on a day, so the address in it goes as soon as the mail is dealt with.
    return db.session.scalar(db.select(OutboxMail.round_id).filter_by(id=mail_id)) is None


def _try_again(mail: _Claimed, now: datetime, reason: str) -> None:
    if now - mail.due_at > GIVEN_UP_AFTER:
        _give_up(mail.id, reason)
    else:
        _put_back(mail.id, now + _pause(mail.attempts), reason)


def _pause(attempts: int) -> timedelta:
    """Return how long a mail rests after so many attempts: a minute, and twice as long each time."""
    return min(timedelta(minutes=1 << min(attempts - 1, 10)), LONGEST_PAUSE)


def _put_back(mail_id: str, until: datetime, reason: str) -> None:
    _write(mail_id, leased_until=until, last_error=reason)


def _give_up(mail_id: str, reason: str) -> None:
    if _belongs_to_no_round(mail_id):
        _forget(mail_id)
        return
    mail = db.session.get_one(OutboxMail, mail_id)
    mail.state, mail.content, mail.leased_until, mail.last_error = "failed", None, None, reason
    if mail.invitation_id is not None:
        db.session.execute(update(Invitation).where(Invitation.id == mail.invitation_id).values(bounced=1))
    db.session.commit()


def _write(mail_id: str, **values: Any) -> None:
    db.session.execute(update(OutboxMail).where(OutboxMail.id == mail_id).values(**values))
    db.session.commit()
