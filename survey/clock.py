"""The time, and the days of the Netherlands: the one module that reads a clock.

Deadlines are days in Europe/Amsterdam ("closes on 14 March" is up to the end of that day, on a summer-time night
too); moments are stored and compared in UTC. Everything else is told what time it is, so that a test can say so.
It must not know what the time is used for.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

Clock = Callable[[], datetime]
"""Tells the present moment, aware and in UTC; `now` is the real one."""


class NaiveMoment(ValueError):
    """A moment without a time zone was given where a moment is needed."""


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def stopped_at(moment: datetime) -> Clock:
    """A clock that always tells `moment` (aware; raises NaiveMoment otherwise)."""
    stopped = _aware(moment).astimezone(UTC)
    return lambda: stopped


def day_of(moment: datetime) -> date:
    """The date on the calendar in Amsterdam at `moment` (aware; raises NaiveMoment otherwise)."""
    return _aware(moment).astimezone(AMSTERDAM).date()


def today(clock: Clock = now) -> date:
    """The date on the calendar in Amsterdam now."""
    return day_of(clock())


def start_of(day: date) -> datetime:
    """The first moment of `day` in Amsterdam, in UTC."""
    return datetime.combine(day, time(), AMSTERDAM).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment after `day` in Amsterdam, in UTC: what closes on `day` is open at every moment before this."""
    return start_of(day + timedelta(days=1))


def at_hour(day: date, hour: int) -> datetime:
    """The moment at which the clocks in Amsterdam say `hour`:00 (0-23) on `day`, in UTC.

    In the hour that summer time skips it is one hour later; in the hour that winter time repeats, the first of the two.
    """
    return datetime.combine(day, time(hour), AMSTERDAM).astimezone(UTC)


def written_at(file: Path) -> datetime:
    """The moment at which `file` was last written, as its disk tells it: another clock, when the disk is elsewhere."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise NaiveMoment(f"{moment.isoformat()} has no time zone")
    return moment
