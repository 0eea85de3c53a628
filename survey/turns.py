"""The turns of a rhythm: on which days a quarter, half a year or a year comes round, and when a list is open then.

Turns are counted from the first one, so that a rhythm that began on the 31st, or on 29 February, comes back to that day
and a weekend or a Christmas never pushes it along for good. Pure: it reads no clock and no database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

from survey.opening_days import first_opening_day, last_opening_day

SHORTEST: Final = timedelta(days=10)
LONGEST: Final = timedelta(days=28)
"""A list that opens by itself is open for so long at least and at most; in between, as long as the time before."""

FIRST_REMINDER: Final = timedelta(days=7)
LAST_REMINDER: Final = timedelta(days=2)
"""So long after the list opened, and so long before its last day, everybody is reminded."""
APART: Final = timedelta(days=3)
"""Two reminders are never nearer to each other."""

MONTHS_OF_A_YEAR: Final = 12


class Every(Enum):
    """How often a round comes back."""

    MONTH = "month"
    """Only where everybody answers by name: an anonymous group is not asked twice within eighty days."""
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def months(self) -> int:
        """How many months lie between two turns."""
        return {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}[self]


@dataclass(frozen=True)
class Dates:
    """When a list is open, both days included."""

    opens_on: date
    closes_on: date


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of that month when it is shorter."""
    years, month = divmod(day.month - 1 + months, MONTHS_OF_A_YEAR)
    first = date(day.year + years, month + 1, 1)
    following = date(first.year + first.month // MONTHS_OF_A_YEAR, first.month % MONTHS_OF_A_YEAR + 1, 1)
    return first + min(timedelta(days=day.day - 1), following - first - timedelta(days=1))


def next_turn(starts_on: date, every: Every, since: date) -> date:
    """Return the first turn after `starts_on` that lies more than half a period after `since`.

    since: when the last list opened, or the turn that was passed over. A list that opened a little before or after its
    turn, by hand or because it was moved, takes the place of that turn and does not shift the next ones.
    """
    passed = (since.year - starts_on.year) * MONTHS_OF_A_YEAR + since.month - starts_on.month
    number = max(1, passed // every.months - 1)
    while True:
        turn = months_later(starts_on, number * every.months)
        if turn - since > (turn - months_later(starts_on, (number - 1) * every.months)) / 2:
            return turn
        number += 1


def dates_from(wanted: date, length: timedelta, earliest_close: Callable[[date], date] = lambda day: day) -> Dates:
    """Return the first days, from `wanted` on, between which a list can be open that long.

    earliest_close: closing day -> the first day from it on at which the list may close, for the days between two
    rounds; it never returns an earlier day than it was given.
    """
    opens_on = first_opening_day(wanted)
    while True:
        closes_on = first_opening_day(opens_on + length)
        possible = earliest_close(closes_on)
        if possible <= closes_on:
            return Dates(opens_on, closes_on)
        opens_on = first_opening_day(opens_on + (possible - closes_on))


def usual_length(opens_on: date, closes_on: date) -> timedelta:
    """Return how long the next list is open when the last one was open between these days."""
    return min(max(closes_on - opens_on, SHORTEST), LONGEST)


def reminding_days(dates: Dates) -> tuple[date, ...]:
    """Return on which days a list that opened by itself is reminded of: after a week, and shortly before its end."""
    first = first_opening_day(dates.opens_on + FIRST_REMINDER)
    second = last_opening_day(dates.closes_on - LAST_REMINDER)
    days = (first,) if first + APART <= second else ()
    return (*days, *((second,) if second > dates.opens_on + LAST_REMINDER else ()))
