"""Strict mode: a round that nobody counts without the conversation partner's passphrase, whoever runs the program.

It is chosen before the round is sent, and sent only once the partner typed a passphrase; closed, it waits thirty days
for the same passphrase, and then its ballots are destroyed. Counting itself is in `counting`. The passphrase lives in
memory while it is typed, and in no queue, log or database. It must not know what anybody answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Select, select

from survey.addresses import mailbox
from survey.clock import day_of
from survey.passphrases import refuse_guessable
from survey.store.database import db, keep_others_off
from survey.store.grants import Confidant, RelationGrant
from survey.store.keys import destroy_key, make_locked_key
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company
from survey.store.rounds import Ending, Round, RoundFrozen

LAST_WEEK: Final = timedelta(days=7)
"""So long before its ballots are destroyed a locked round is spoken of once more."""

ASKED: Final = "lock_asked"
WAITS: Final = "lock_waits"
WEEK_LEFT: Final = "lock_week_left"
STAYED: Final = "lock_stayed"
"""What is mailed about a lock: to the partner that a passphrase is asked for; to partner and owner that a closed round
waits for it, that a week is left, and that it stayed locked and was destroyed."""

TOLD_WITHIN: Final = timedelta(days=14)
"""So long after a round stayed locked its end is still news; what was mailed about it is erased later on."""


@dataclass(frozen=True)
class Entrusted:
    """A round in strict mode that is entrusted to its conversation partner, and what its company is called."""

    round: Round
    company: str


def choose(round_: Round) -> None:
    """Put a round in strict mode; from here it is not sent before a passphrase is typed. Raises RoundFrozen."""
    _refuse_frozen(round_)
    round_.strict = True
    db.session.commit()


def lock(round_: Round, passphrase: str, key_folders: Sequence[Path], *, by_partner: bool = False) -> str:
    """Lock a round before it is sent: only this passphrase lets it be counted.

    by_partner: typed behind the conversation partner's own sign-in. Return the recovery code, which is shown now and
    known nowhere afterwards. Locked once more, the earlier passphrase and code are void. Raises RoundFrozen,
    PassphraseTooShort, PassphraseGuessable.
    """
    _refuse_frozen(round_)
    company = db.session.get_one(Company, round_.company_id)
    refuse_guessable(passphrase, (company.name, round_.subject_name, round_.partner_name, round_.contact_name))
    round_.public_key, code = make_locked_key(key_folders, round_.id, passphrase)
    round_.strict, round_.locked_by_partner = True, by_partner
    db.session.commit()
    return code


def leave_strict_mode(round_: Round, key_folders: Sequence[Path]) -> None:
    """Take the lock off a round that was not sent yet. Raises RoundFrozen."""
    _refuse_frozen(round_)
    round_.public_key, round_.strict, round_.locked_by_partner = None, False, False
    db.session.commit()
    destroy_key(key_folders, round_.id)


def ask_partner(round_: Round, now: datetime) -> None:
    """Mail the conversation partner that a passphrase is asked for."""
    db.session.add(_mail(ASKED, round_, round_.partner_address, now))
    db.session.commit()


def entrusted_to(account_id: int, round_id: str, now: datetime) -> Round | None:
    """Return the round in strict mode whose passphrase this account types: its conversation partner, who sees dates.

    Nothing for anybody else, nor once the owner withdrew it: fetching and permission are one question.
    """
    entrusted = _entrusted(account_id, now).where(Round.id == round_id)
    return next((each.round for each in _to_the_partner(entrusted)), None)


def awaited_from(account_id: int, now: datetime) -> list[Entrusted]:
    """Return the rounds that wait for a passphrase of this account: to be locked, or to be counted; soonest first."""
    uncounted = _to_the_partner(_entrusted(account_id, now).where(Round.counted_at.is_(None)))
    return [each for each in uncounted if each.round.awaits_lock or each.round.awaits_passphrase_at(now)]


def partner_can_lock(round_: Round, now: datetime) -> bool:
    """Say whether the conversation partner has a page of his own to type the passphrase on."""
    query = db.select(Confidant.account_id, Confidant.address).filter_by(company_id=round_.company_id)
    accounts = [
        account_id
        for account_id, address in db.session.execute(query.where(Confidant.account_id.is_not(None)))
        if mailbox(address) == mailbox(round_.partner_address)
    ]
    return any(entrusted_to(account_id, round_.id, now) is not None for account_id in accounts)


def locked_too_long(now: datetime) -> list[Round]:
    """Return the rounds in strict mode whose passphrase was not typed in time: they are to be cancelled."""
    return [round_ for round_ in db.session.scalars(_waiting()) if round_.is_locked_too_long_at(now)]


def put_mails(now: datetime) -> None:
    """Tell partner and owner, once each, that a closed round waits for its passphrase, in its last week, its end."""
    for round_ in db.session.scalars(_waiting().where(Round.closed_at.is_not(None))).all():
        _tell_once(WEEK_LEFT if day_of(now) >= round_.unlocked_by - LAST_WEEK else WAITS, round_, now)
    for round_ in db.session.scalars(_ended_since(now - TOLD_WITHIN)).all():
        if round_.ending is Ending.STAYED_LOCKED:
            _tell_once(STAYED, round_, now)


def _tell_once(kind: str, round_: Round, now: datetime) -> None:
    if _was_put(kind, round_):
        return
    keep_others_off(round_)
    if not _was_put(kind, round_):
        owner = db.session.get_one(Account, round_.subject_id)
        for address in (round_.partner_address, owner.email):
            db.session.add(_mail(kind, round_, address, now))
    db.session.commit()


def _ended_since(moment: datetime) -> Select[Round]:
    return select(Round).where(Round.strict, Round.sent_at.is_not(None), Round.cancelled_at > moment).order_by(Round.id)


def _was_put(kind: str, round_: Round) -> bool:
    told = db.select(OutboxMail.id).filter_by(round_id=round_.id, kind=kind)
    return db.session.scalar(told.limit(1)) is not None


def _entrusted(account_id: int, now: datetime) -> Select[Round, str, str]:
    return (
        select(Round, Company.name, Confidant.address)
        .join(Company, Company.id == Round.company_id)
        .join(Confidant, Confidant.company_id == Round.company_id)
        .join(RelationGrant, RelationGrant.confidant_id == Confidant.id)
        .where(Confidant.account_id == account_id, Round.strict, Round.cancelled_at.is_(None))
        .where(RelationGrant.revoked_at.is_(None), RelationGrant.ends_on >= day_of(now))
        .order_by(Round.closes_on, Round.id)
    )


def _to_the_partner(entrusted: Select[Round, str, str]) -> list[Entrusted]:
    found = db.session.execute(entrusted)
    return [
        Entrusted(round_, company)
        for round_, company, address in found
        if mailbox(round_.partner_address) == mailbox(address)
    ]


def _mail(kind: str, round_: Round, address: str, now: datetime) -> OutboxMail:
    return OutboxMail(kind=kind, round_id=round_.id, address=address, due_at=now)


def _in_strict_mode() -> Select[Round]:
    return select(Round).where(Round.strict, Round.cancelled_at.is_(None)).order_by(Round.id)


def _waiting() -> Select[Round]:
    return _in_strict_mode().where(Round.sent_at.is_not(None), Round.counted_at.is_(None))


def _refuse_frozen(round_: Round) -> None:
    if round_.sent_at is not None or round_.cancelled_at is not None:
        raise RoundFrozen
