"""Leaving for good: what is deleted with an account, and deleting it; and throwing away one round.

A company with another owner stays; the rounds that mirrored the one who leaves do not, for they are his. Whoever was
invited to a round that still ran is told that it stops, in mail that no longer hangs from anything that is deleted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from survey import letters, rounds
from survey.clock import day_of
from survey.installation import Installation
from survey.outgoing.kept_mail import forget_kept_to
from survey.outgoing.mail import forget_kept
from survey.store.database import db, leave_no_old_versions
from survey.store.grants import Confidant
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company
from survey.store.rounds import Round, Standing


class RoundBeingCounted(Exception):
    """A round is closed and not counted yet: its ballots are being handled at this moment."""


class RoundStillNeeded(Exception):
    """This round was not counted, or so short ago that the next one of the same people would come too soon."""


@dataclass(frozen=True)
class Farewell:
    """What goes with an account, and what stays."""

    companies: tuple[Company, ...]
    """Nobody else owns these: they go, with everything in them."""
    kept: tuple[Company, ...]
    """These stay with the other owner, without the rounds that mirrored the one who leaves."""
    rounds: tuple[Round, ...]
    running: tuple[Round, ...]
    """Those of the rounds that were sent and take answers, or will: they are cancelled first."""


def what_goes(account: Account, now: datetime) -> Farewell:
    """Return what leaving would delete. Nothing is deleted yet."""
    alone = tuple(company for company in account.companies if len(company.owners) == 1)
    kept = tuple(company for company in account.companies if len(company.owners) > 1)
    query = db.select(Round).where(
        db.or_(Round.company_id.in_([company.id for company in alone]), Round.subject_id == account.id)
    )
    going = tuple(db.session.scalars(query.order_by(Round.opens_on, Round.id)))
    running = tuple(one for one in going if one.standing_at(now) in (Standing.ANNOUNCED, Standing.OPEN))
    return Farewell(alone, kept, going, running)


def leave(house: Installation, account: Account) -> None:
    """Cancel what runs, tell everybody who was invited, and delete the account with all that is only its own.

    Interrupted and started again, it finishes. Raises RoundBeingCounted.
    """
    now = house.clock()
    farewell = what_goes(account, now)
    if any(one.standing_at(now) is Standing.CLOSED for one in farewell.rounds):
        raise RoundBeingCounted
    for round_ in farewell.rounds:
        if round_.standing_at(now) is not Standing.COUNTED:
            rounds.cancel(round_, house.boxes.of(round_.id), house.settings.keys, now)
    _write_out_what_is_still_to_be_told(farewell.rounds, house, now)
    gone = db.or_(OutboxMail.round_id.in_([one.id for one in farewell.rounds]), OutboxMail.address == account.email)
    forget_kept(house.settings.kept_mails, db.session.scalars(db.select(OutboxMail.message_id).where(gone)))
    forget_kept_to(house.settings.kept_mails, account.email)
    still_known = set(db.session.scalars(db.select(OutboxMail.message_id)))
    for address in _who_was_let_in(farewell.companies):
        forget_kept_to(house.settings.kept_mails, address, still_known)
    db.session.execute(db.delete(Round).where(Round.id.in_([one.id for one in farewell.rounds])))
    db.session.execute(db.delete(OutboxMail).where(OutboxMail.address == account.email))
    for company in farewell.companies:
        db.session.delete(company)
    db.session.delete(account)
    db.session.commit()
    leave_no_old_versions()


def may_be_thrown_away(round_: Round, now: datetime) -> bool:
    """Say whether a round can be deleted by itself: counted, and its last day eighty days ago.

    Sooner, throwing it away would let the next round of the same group come sooner, and two mirrors shortly after one
    another say more than either. A cancelled round stays as well: the next promise names it.
    """
    return round_.standing_at(now) is Standing.COUNTED and day_of(now) >= round_.closes_on + rounds.SPACING


def throw_away(house: Installation, round_: Round) -> None:
    """Delete one round with its mirror and all that was written about it. Raises RoundStillNeeded."""
    if not may_be_thrown_away(round_, house.clock()):
        raise RoundStillNeeded
    mails = db.select(OutboxMail.message_id).where(OutboxMail.round_id == round_.id)
    forget_kept(house.settings.kept_mails, db.session.scalars(mails))
    db.session.execute(db.delete(Round).where(Round.id == round_.id))
    db.session.commit()
    leave_no_old_versions()


def _who_was_let_in(companies: Iterable[Company]) -> list[str]:
    """Return who was asked to look along: the mail that asked names the company and has no row."""
    query = db.select(Confidant.address).where(Confidant.company_id.in_([company.id for company in companies]))
    return list(db.session.scalars(query.order_by(Confidant.id)))


def _write_out_what_is_still_to_be_told(gone: Iterable[Round], house: Installation, now: datetime) -> None:
    query = db.select(OutboxMail).where(OutboxMail.kind.in_(("cancelled", "destroyed")), OutboxMail.state == "waiting")
    for mail in db.session.scalars(query.where(OutboxMail.round_id.in_([one.id for one in gone]))):
        letter = letters.write(mail, house.links, now)
        if letter is not None:
            content = {"subject": letter.subject, "text": letter.text, "html": letter.html}
            db.session.add(OutboxMail(kind=letters.STOPPED, address=letter.to.address, content=content, due_at=now))
