"""Meetings: the conversation itself, and the day on which the next list opens. They can move, or be called off.

A calendar recognises a meeting by its id and follows the highest sequence; so every change counts one up.
It must not know how a calendar file is written.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final, Literal

from survey.store.conversations import Appointment
from survey.store.database import db
from survey.store.rounds import Round

Kind = Literal["conversation", "next_round"]
KINDS: Final[tuple[Kind, ...]] = ("conversation", "next_round")

USUAL_MINUTES: Final = 90
"""An hour and a half is what a conversation about a mirror takes (60 to 90 minutes in the studies)."""

USUAL_PAUSE: Final = timedelta(days=91)
"""A quarter of a year, and more than the eighty days between two lists of the same anonymous group."""


@dataclass(frozen=True)
class Meeting:
    """One date in a calendar. starts_at: on the clock in Amsterdam, or nothing when it is about the whole day."""

    kind: Kind
    day: date
    starts_at: time | None
    minutes: int
    sequence: int
    called_off: bool
    is_planned: bool
    """False: nobody set it yet, this is the usual day."""


def meeting_of(round_: Round, kind: Kind) -> Meeting:
    """Return the conversation, or the opening of the next list; the usual day when nobody set one."""
    found = db.session.get(Appointment, (round_.id, kind))
    if found is None:
        is_conversation = kind == "conversation"
        day = round_.conversation_on if is_conversation else round_.opens_on + USUAL_PAUSE
        return Meeting(kind, day, None, USUAL_MINUTES, 0, called_off=False, is_planned=is_conversation)
    return Meeting(
        kind, found.day, found.starts_at, found.minutes, found.sequence, bool(found.called_off), is_planned=True
    )


def move(round_: Round, kind: Kind, day: date, starts_at: time | None, minutes: int = USUAL_MINUTES) -> Meeting:
    """Put a meeting on a day; one that was called off is on again. Set to what it was already, nothing changes."""
    was = meeting_of(round_, kind)
    same = (was.day, was.starts_at, was.minutes, was.called_off) == (day, starts_at, minutes, False)
    if was.is_planned and same:
        return was
    _write(round_, was, day, starts_at, minutes, called_off=False)
    if kind == "conversation":
        round_.conversation_on = day
    db.session.commit()
    return meeting_of(round_, kind)


def call_off(round_: Round, kind: Kind) -> Meeting:
    """Call a meeting off: the calendars that hold it are told. Called off twice is once."""
    was = meeting_of(round_, kind)
    if not was.called_off:
        _write(round_, was, was.day, was.starts_at, was.minutes, called_off=True)
        db.session.commit()
    return meeting_of(round_, kind)


def _write(round_: Round, was: Meeting, day: date, starts_at: time | None, minutes: int, *, called_off: bool) -> None:
    found = db.session.get(Appointment, (round_.id, was.kind))
    if found is None:
        found = Appointment(round_id=round_.id, kind=was.kind, sequence=-1 if not was.is_planned else 0)
        db.session.add(found)
    found.day, found.starts_at, found.minutes = day, starts_at, minutes
    found.called_off = int(called_off)
    found.sequence += 1
