"""What comes next in a rhythm: on which days, as what round, and what stands in its way. Nothing is changed here."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from typing import Final

from survey import address_book, rounds
from survey.addresses import Person
from survey.kinds import kind_with
from survey.opening_days import first_opening_day
from survey.perspectives import answers_by_name
from survey.rounds import GroupPlan, RoundPlan
from survey.store.address_books import AddressBook, address_book_of
from survey.store.database import db
from survey.store.people import Account, Company
from survey.store.rhythms import Rhythm
from survey.store.rounds import Round
from survey.turns import Dates, Every, dates_from, next_turn, usual_length

LEAD: Final = timedelta(days=7)
"""So long before it opens a round is prepared and its owner told; a round that is prepared late opens later."""
USUAL_CONVERSATION: Final = timedelta(days=7)
"""After the close: time to count, read and sleep on it."""


class Held(Enum):
    """Why the next round cannot be prepared or opened."""

    NOBODY = "nobody"
    """The address book is empty."""
    LIST_REFUSED = "list_refused"
    """Somebody in it cannot be invited (any more), or the contact became an owner."""
    UNCONFIRMED = "unconfirmed"
    """The owner's address is not confirmed, and mails leave in his name."""
    OTHER_WAITS = "other_waits"
    """Another round was prepared by hand and waits to be sent."""
    NOT_LOCKED = "not_locked"
    """It is in strict mode, as the last one was, and its conversation partner did not type a passphrase yet."""


@dataclass(frozen=True)
class Coming:
    """The next round of a rhythm. round_: once it is prepared; its own days then are these days."""

    turn: date
    dates: Dates
    conversation_on: date
    repeats: Round
    """The last round that was sent: conversation partner, contact and language are taken from it."""
    round_: Round | None = None


def coming_round(rhythm: Rhythm, today: date) -> Coming | None:
    """Return what comes next; nothing when there is no round (any more) that could be repeated."""
    last = last_round(rhythm.company_id, rhythm.account_id, rhythm.kind)
    if last is None:
        return None
    every = Every(rhythm.every)
    since = max(rhythm.since, last.opens_on, _last_put_away(rhythm) or last.opens_on)
    turn = next_turn(rhythm.starts_on, every, since)
    prepared = prepared_round(rhythm)
    if prepared is not None:
        dates = Dates(prepared.opens_on, prepared.closes_on)
        return Coming(prepared.turn or turn, dates, prepared.conversation_on, last, prepared)
    return _unprepared(turn, last, every, max(rhythm.moved_to or turn, today + LEAD))


def first_round(company_id: str, account_id: int, kind: str, every: Every, today: date) -> Coming | None:
    """Return what would come first if a rhythm were switched on today, or nothing when there is nothing to repeat."""
    last = last_round(company_id, account_id, kind)
    if last is None:
        return None
    turn = next_turn(last.opens_on, every, last.opens_on)
    return _unprepared(turn, last, every, max(turn, today + LEAD))


def days_for(last: Round, every: Every, wanted: date) -> Dates:
    """Return the first days from `wanted` on for a list as long as the last one, eighty days after other rounds."""
    perspectives = [group.perspective for group in groups_for(last, every)]
    return dates_from(
        wanted,
        usual_length(last.opens_on, last.extended_from or last.closes_on),
        lambda closes_on: rounds.first_closing_date(last.company_id, perspectives, closes_on),
    )


def plan_for(coming: Coming, every: Every) -> RoundPlan:
    """Return the plan of a round to come: the people and days of now, all else as it was."""
    last = coming.repeats
    return RoundPlan(
        kind=last.kind,
        questionnaire=last.questionnaire,
        language=last.language,
        opens_on=coming.dates.opens_on,
        closes_on=coming.dates.closes_on,
        partner=Person(last.partner_name, last.partner_address),
        conversation_on=coming.conversation_on,
        contact=Person(last.contact_name, last.contact_address),
        groups=groups_for(last, every),
    )


def moved_plan(round_: Round, wanted: date) -> RoundPlan:
    """Return the plan of a prepared round as it is when it opens on `wanted` or the first possible day after it.

    It is open as long as it was going to be; the conversation moves along with its last day.
    """
    plan = rounds.plan_of(round_)
    perspectives = [group.perspective for group in plan.groups]
    dates = dates_from(
        wanted,
        plan.closes_on - plan.opens_on,
        lambda closes_on: rounds.first_closing_date(round_.company_id, perspectives, closes_on, round_.id),
    )
    conversation_on = first_opening_day(plan.conversation_on + (dates.closes_on - plan.closes_on))
    return replace(plan, opens_on=dates.opens_on, closes_on=dates.closes_on, conversation_on=conversation_on)


def groups_for(last: Round, every: Every) -> tuple[GroupPlan, ...]:
    """Return the groups that the owner's address book invites to a round like this one.

    A round that comes back every month asks only who answers by name.
    """
    asked = kind_with(last.kind).perspectives
    return tuple(
        group
        for group in groups_in(address_book_of(last.company_id, last.subject_id))
        if group.perspective in asked and (every is not Every.MONTH or answers_by_name(group.perspective))
    )


def groups_in(book: AddressBook | None) -> tuple[GroupPlan, ...]:
    """Return all groups of an address book."""
    if book is None:
        return ()
    cards = (GroupPlan("employees", cards=book.cards),) if book.cards else ()
    return (*cards, *(GroupPlan(perspective, people) for perspective, people in address_book.lists_of(book).items()))


def last_round(company_id: str, account_id: int, kind: str) -> Round | None:
    """Return the last round of this kind about this owner that was sent, also when it was cancelled after that."""
    query = db.select(Round).filter_by(company_id=company_id, subject_id=account_id, kind=kind)
    sent = query.where(Round.sent_at.is_not(None)).order_by(Round.opens_on.desc(), Round.id)
    return db.session.scalars(sent).first()


def prepared_round(rhythm: Rhythm) -> Round | None:
    """Return the round that the rhythm prepared and that was not sent yet."""
    waiting = waiting_rounds(rhythm.company_id, rhythm.kind)
    return next((one for one in waiting if one.turn and one.subject_id == rhythm.account_id), None)


def waiting_rounds(company_id: str, kind: str) -> list[Round]:
    """Return the rounds of one kind in a company that are prepared, by the rhythm or by hand, and were not sent."""
    query = db.select(Round).filter_by(company_id=company_id, kind=kind, sent_at=None, cancelled_at=None)
    return list(db.session.scalars(query.order_by(Round.opens_on, Round.id)))


def whose(rhythm: Rhythm) -> tuple[Company, Account]:
    """Return the company, and the owner in whose name its mails leave."""
    return db.session.get_one(Company, rhythm.company_id), db.session.get_one(Account, rhythm.account_id)


def _unprepared(turn: date, last: Round, every: Every, wanted: date) -> Coming:
    dates = days_for(last, every, wanted)
    return Coming(turn, dates, _conversation_after(last, dates.closes_on), last)


def _last_put_away(rhythm: Rhythm) -> date | None:
    """A round that the rhythm prepared and the owner cancelled is not prepared once more."""
    query = db.select(db.func.max(Round.turn)).where(
        Round.company_id == rhythm.company_id,
        Round.kind == rhythm.kind,
        Round.subject_id == rhythm.account_id,
        Round.cancelled_at.is_not(None),
    )
    found: date | None = db.session.scalar(query)
    return found


def _conversation_after(last: Round, closes_on: date) -> date:
    pause = last.conversation_on - last.closes_on
    return first_opening_day(closes_on + (pause if pause > timedelta(0) else USUAL_CONVERSATION))
