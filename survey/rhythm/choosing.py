"""What the owner decides about a rhythm: switching it on, moving or skipping one round, stopping it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from survey import rounds
from survey.clock import day_of
from survey.installation import Installation
from survey.opening_days import first_opening_day
from survey.rhythm.coming import (
    LEAD,
    Coming,
    coming_round,
    days_for,
    groups_for,
    last_round,
    moved_plan,
    prepared_round,
    whose,
)
from survey.rounds import OwnerUnconfirmed
from survey.store.database import db
from survey.store.people import Account, Company
from survey.store.rhythms import Rhythm, rhythm_of
from survey.store.rounds import Round
from survey.turns import Every

A_WEEK: Final = timedelta(days=7)


class NothingToRepeat(Exception):
    """No round about this owner was ever sent: there is no conversation partner, contact or length to repeat."""


class NobodyToInvite(Exception):
    """The owner's address book is empty."""


class RhythmOfOtherOwner(Exception):
    """The company has a rhythm, and its mails leave in the name of another owner."""


class DayNotPossible(Exception):
    """The round cannot open on that day; `first_possible` is the first day on which it can."""

    def __init__(self, first_possible: date) -> None:
        super().__init__(f"possible from {first_possible.isoformat()}")
        self.first_possible = first_possible


def switch_on(company: Company, account: Account, kind: str, every: Every, now: datetime) -> Rhythm:
    """Let every next round of a kind be prepared and sent by itself, in this owner's name. Once more changes the pace.

    Raises RhythmOfOtherOwner, NothingToRepeat, NobodyToInvite, OwnerUnconfirmed.
    """
    last = last_round(company.id, account.id, kind)
    rhythm = rhythm_of(company.id, kind)
    if rhythm is not None and rhythm.account_id != account.id:
        raise RhythmOfOtherOwner
    if last is None:
        raise NothingToRepeat
    groups = groups_for(last, every)
    if not groups:
        raise NobodyToInvite
    if account.confirmed_at is None and any(group.people for group in groups):
        raise OwnerUnconfirmed
    rhythm = rhythm or Rhythm(company_id=company.id, kind=kind, account_id=account.id, switched_on_at=now)
    rhythm.every = every.value
    rhythm.starts_on = rhythm.since = last.opens_on
    rhythm.moved_to = rhythm.quiet_until = rhythm.held = None
    db.session.add(rhythm)
    db.session.commit()
    return rhythm


def move(rhythm: Rhythm, opens_on: date, now: datetime) -> None:
    """Let the next round open on another day, this once; later turns stay where they were. Raises DayNotPossible."""
    coming = _coming(rhythm, day_of(now))
    soonest = day_of(now) + (timedelta(days=1) if coming.round_ else LEAD)
    if opens_on < soonest:
        raise DayNotPossible(_first_from(rhythm, coming, soonest))
    if (first := _first_from(rhythm, coming, opens_on)) != opens_on:
        raise DayNotPossible(first)
    _set_day(rhythm, coming, opens_on)


def move_a_week(rhythm: Rhythm, now: datetime) -> None:
    """Let the next round open a week later, or on the first possible day after that."""
    coming = _coming(rhythm, day_of(now))
    _set_day(rhythm, coming, _first_from(rhythm, coming, max(coming.dates.opens_on + A_WEEK, day_of(now) + A_WEEK)))


def skip(rhythm: Rhythm, house: Installation, now: datetime) -> None:
    """Leave one turn out. What was prepared for it is put away, and nobody is told: nobody knew."""
    coming = _coming(rhythm, day_of(now))
    rhythm.since, rhythm.moved_to, rhythm.quiet_until, rhythm.held = coming.turn, None, None, None
    db.session.commit()
    _put_away(coming.round_, house, now)


def stop(rhythm: Rhythm, house: Installation, now: datetime) -> None:
    """Switch the rhythm off. A round that runs goes on as it was sent; one that was prepared is put away."""
    prepared = prepared_round(rhythm)
    db.session.delete(rhythm)
    if prepared is not None:
        prepared.turn = None
    db.session.commit()
    _put_away(prepared, house, now)


def take_list_over(rhythm: Rhythm) -> Round | None:
    """Give the round that is prepared the people who now stand in the address book; return it, if there is one.

    Raises every kind of PlanRefused.
    """
    prepared = prepared_round(rhythm)
    if prepared is None:
        return None
    company, account = whose(rhythm)
    plan = replace(rounds.plan_of(prepared), groups=groups_for(prepared, Every(rhythm.every)))
    return rounds.prepare(company, account, plan, prepared)


def _coming(rhythm: Rhythm, today: date) -> Coming:
    coming = coming_round(rhythm, today)
    if coming is None:
        raise NothingToRepeat
    return coming


def _first_from(rhythm: Rhythm, coming: Coming, wanted: date) -> date:
    if coming.round_ is not None:
        return moved_plan(coming.round_, wanted).opens_on
    return days_for(coming.repeats, Every(rhythm.every), first_opening_day(wanted)).opens_on


def _set_day(rhythm: Rhythm, coming: Coming, opens_on: date) -> None:
    rhythm.quiet_until = None
    if coming.round_ is None:
        rhythm.moved_to = opens_on
        db.session.commit()
        return
    company, account = whose(rhythm)
    rounds.prepare(company, account, moved_plan(coming.round_, opens_on), coming.round_)


def _put_away(prepared: Round | None, house: Installation, now: datetime) -> None:
    if prepared is not None:
        rounds.cancel(prepared, house.boxes.of(prepared.id), house.settings.keys, now)
