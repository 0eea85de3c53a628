"""What happens in a rhythm at the stated time: preparing, telling the owner, opening, reminding.

Each step is found in the database again after any crash, is done once, and when it comes late it comes late as a whole:
the owner still has his week, and the list is open as long as it was going to be.
"""

from datetime import datetime, timedelta
from typing import Final

from survey import address_book, invitations, locking, rounds
from survey.addresses import Person
from survey.clock import at_hour, day_of
from survey.installation import Installation
from survey.rhythm.coming import (
    LEAD,
    Coming,
    Held,
    coming_round,
    moved_plan,
    plan_for,
    prepared_round,
    waiting_rounds,
    whose,
)
from survey.rounds import MORNING_HOUR, NobodyInvited, OwnerUnconfirmed, PassphraseAwaited, PlanRefused
from survey.store.address_books import address_book_of
from survey.store.database import db, keep_others_off
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Invitation, invitations_of
from survey.store.rhythms import LONGEST_QUIET, Rhythm
from survey.store.rounds import Group, Round, Standing, round_before
from survey.turns import APART, Dates, Every, reminding_days

OFFICE_HOUR: Final = 9
"""From nine o'clock on a round is prepared and reminded of, so that mail about it comes during the day."""

PREPARED, OPENED, HELD = "rhythm_prepared", "rhythm_opened", "rhythm_held"
"""The mails to the owner."""


def keep_rhythm(company_id: str, kind: str, house: Installation) -> None:
    """Prepare the next round of a kind, tell its owner, and open it, as far as it is time."""
    rhythm = db.session.get(Rhythm, (company_id, kind), with_for_update=True)
    now = house.clock()
    coming = coming_round(rhythm, day_of(now)) if rhythm is not None else None
    if rhythm is None or coming is None:
        return
    if coming.round_ is None:
        _prepare(rhythm, coming, now)
    if (prepared := prepared_round(rhythm)) is not None:
        _announce(coming, prepared, now)
        _open(rhythm, prepared, house)
    else:
        rhythm.quiet_until = min(coming.dates.opens_on - LEAD, day_of(now) + LONGEST_QUIET)
    db.session.commit()


def tell_what_opened(now: datetime) -> None:
    """Tell every owner whose round was opened by itself, once: mails left in his name, and his own picture is asked."""
    for round_ in _running(now):
        _tell_once(round_, OPENED, now)
    db.session.commit()


def remind_due(now: datetime) -> None:
    """Remind the groups of every round that opened by itself, on its days; never twice within three days."""
    if now < at_hour(day_of(now), OFFICE_HOUR):
        return
    for round_ in _running(now):
        passed = [day for day in reminding_days(Dates(round_.opens_on, round_.closes_on)) if day <= day_of(now)]
        for group in list(round_.groups):
            if _is_due(round_, group, len(passed), now):
                keep_others_off(group)
                if _is_due(round_, group, len(passed), now):
                    invitations.remind(round_, group.perspective, now)


def _prepare(rhythm: Rhythm, coming: Coming, now: datetime) -> None:
    if now < at_hour(coming.dates.opens_on - LEAD, OFFICE_HOUR):
        return
    company, account = whose(rhythm)
    plan = plan_for(coming, Every(rhythm.every))
    if waiting_rounds(company.id, rhythm.kind):
        _hold(rhythm, coming.repeats, Held.OTHER_WAITS, now)
    elif not plan.groups:
        _hold(rhythm, coming.repeats, Held.NOBODY, now)
    else:
        try:
            rounds.prepare(company, account, plan, turn=coming.turn)
        except PlanRefused:
            db.session.rollback()
            _hold(rhythm, coming.repeats, Held.LIST_REFUSED, now)
        else:
            rhythm.held = None


def _announce(coming: Coming, prepared: Round, now: datetime) -> None:
    """Tell the owner once what was prepared; and put it in strict mode before that, when the last one was."""
    if _was_told(prepared, PREPARED):
        return
    if coming.repeats.strict:
        keep_others_off(prepared)
        if not prepared.strict:
            locking.choose(prepared)
        _tell_once(prepared, locking.ASKED, now, prepared.partner_address)
    _tell_once(prepared, PREPARED, now)


def _open(rhythm: Rhythm, prepared: Round, house: Installation) -> None:
    now = house.clock()
    today = day_of(now)
    company, account = whose(rhythm)
    keep_others_off(prepared)
    if prepared.sent_at is not None or prepared.cancelled_at is not None:
        return  # by its owner, a moment ago
    try:
        # Whatever the hour: the people of a round whose last day is long past would be erased.
        if (prepared.closes_on if prepared.awaits_lock else prepared.opens_on) < today:
            rounds.prepare(company, account, moved_plan(prepared, today), prepared)
        if now < at_hour(max(prepared.opens_on, today), MORNING_HOUR):
            return
        if prepared.awaits_lock:
            _hold(rhythm, prepared, Held.NOT_LOCKED, now)
        elif prepared.opens_on == today:
            _count_who_moved(rhythm, prepared)
            rounds.send(prepared, account, house.boxes.of(prepared.id), house.settings.keys, now)
            rhythm.moved_to = rhythm.held = None
    except OwnerUnconfirmed:
        db.session.rollback()
        _hold(rhythm, prepared, Held.UNCONFIRMED, now)
    except PassphraseAwaited:
        db.session.rollback()
        _hold(rhythm, prepared, Held.NOT_LOCKED, now)
    except NobodyInvited:
        db.session.rollback()
        _hold(rhythm, prepared, Held.NOBODY, now)
    except rounds.TooSoonAfterLastRound as soon:
        db.session.rollback()
        rounds.prepare(company, account, moved_plan(prepared, soon.first_possible - _length(prepared)), prepared)
    except PlanRefused:
        db.session.rollback()
        _hold(rhythm, prepared, Held.LIST_REFUSED, now)


def _length(round_: Round) -> timedelta:
    return round_.closes_on - round_.opens_on


def _count_who_moved(rhythm: Rhythm, prepared: Round) -> None:
    before, book = round_before(prepared), address_book_of(rhythm.company_id, rhythm.account_id)
    if before is None or book is None:
        return
    for group in prepared.groups:
        if group.channel == "mail":
            listed = invitations_of(prepared.id, group.perspective)
            staff = [Person(one.name, one.address) for one in listed if one.address]
            group.moved = address_book.moved_since(book, before.opens_on, staff)


def _hold(rhythm: Rhythm, about: Round, reason: Held, now: datetime) -> None:
    """Write down why it does not go on, and tell the owner once per reason."""
    keep_others_off(rhythm)
    if rhythm.held != reason.value:
        rhythm.held = reason.value
        # It belongs to no round: what hangs from the last one is erased about this time.
        address, content = whose(rhythm)[1].email, {"round_id": about.id}
        db.session.add(OutboxMail(kind=HELD, address=address, content=content, due_at=now))
    db.session.commit()


def _tell_once(round_: Round, kind: str, now: datetime, address: str | None = None) -> None:
    """Write a mail to its owner, or to this address, unless there is one of this kind already."""
    if _was_told(round_, kind):
        return
    keep_others_off(round_)
    if not _was_told(round_, kind):
        address = address or db.session.get_one(Account, round_.subject_id).email
        db.session.add(OutboxMail(kind=kind, round_id=round_.id, address=address, due_at=now))
    db.session.commit()


def _was_told(round_: Round, kind: str) -> bool:
    told = db.select(OutboxMail.id).filter_by(round_id=round_.id, kind=kind)
    return db.session.scalars(told).first() is not None


def _running(now: datetime) -> list[Round]:
    query = db.select(Round).where(
        Round.turn.is_not(None), Round.sent_at.is_not(None), Round.closed_at.is_(None), Round.cancelled_at.is_(None)
    )
    running = db.session.scalars(query.order_by(Round.id))
    return [round_ for round_ in running if round_.standing_at(now) is Standing.OPEN]


def _is_due(round_: Round, group: Group, days_passed: int, now: datetime) -> bool:
    due = group.reminders < days_passed and not _was_reminded_lately(round_, group.perspective, now)
    return due and invitations.may_be_reminded(round_, group.perspective, now)


def _was_reminded_lately(round_: Round, perspective: str, now: datetime) -> bool:
    query = (
        db.select(db.func.max(OutboxMail.due_at))
        .join(Invitation, Invitation.id == OutboxMail.invitation_id)
        .where(OutboxMail.round_id == round_.id, Invitation.perspective == perspective)
        .where(OutboxMail.kind.in_(["reminder_1", "reminder_2"]))
    )
    last: datetime | None = db.session.scalar(query)
    return last is not None and day_of(now) - day_of(last) < APART
