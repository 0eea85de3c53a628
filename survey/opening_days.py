"""Days on which a list opens or closes by itself: no weekend, no public holiday, not in the weeks around Christmas.

Who plans a round by hand chooses any day; this is for what happens without anybody choosing. It reads no clock, and it
must not know what a round is.
"""

from datetime import date, timedelta
from typing import Final

CHRISTMAS: Final = ((12, 20), (1, 6))
"""First and last day (month, day) of the weeks in which half of the people who were invited are away."""

SATURDAY: Final = 5


def is_opening_day(day: date) -> bool:
    """Say whether a list may open or close on this day by itself."""
    return day.weekday() < SATURDAY and not _is_around_christmas(day) and day not in public_holidays(day.year)


def first_opening_day(day: date) -> date:
    """Return `day` when a list may open on it, else the next Monday, or the Tuesday when that Monday is a holiday.

    Never the rest of the week: the day after Ascension Day is a holiday for many.
    """
    if is_opening_day(day):
        return day
    monday = day - timedelta(days=day.weekday())
    while True:
        for candidate in (monday, monday + timedelta(days=1)):
            if candidate > day and is_opening_day(candidate):
                return candidate
        monday += timedelta(days=7)


def last_opening_day(day: date) -> date:
    """Return the last day up to and including `day` on which a list may open or close by itself."""
    while not is_opening_day(day):
        day -= timedelta(days=1)
    return day


def public_holidays(year: int) -> frozenset[date]:
    """Return the days off that nearly everybody in the Netherlands has, in a year."""
    easter = easter_sunday(year)
    kings_day = date(year, 4, 27)
    if kings_day.weekday() > SATURDAY:
        kings_day -= timedelta(days=1)
    moving = (-2, 0, 1, 39, 49, 50)  # Good Friday, Easter (two days), Ascension Day, Whitsun (two days)
    return frozenset(
        {
            *(easter + timedelta(days=days) for days in moving),
            kings_day,
            *({date(year, 5, 5)} if year % 5 == 0 else ()),
            date(year, 1, 1),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of a Gregorian year (J. Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _is_around_christmas(day: date) -> bool:
    first, last = CHRISTMAS
    return (day.month, day.day) >= first or (day.month, day.day) <= last
