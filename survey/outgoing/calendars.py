"""Calendar files: one date that a calendar can add, move and take out again (RFC 5545).

It must not know what the date is about; title and text come in, finished. The library is only read where a file is
made: it takes a fifteenth of a start, and most processes never make one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from survey.clock import AMSTERDAM

if TYPE_CHECKING:
    from icalendar import Event, Timezone

PRODUCT: Final = "-//Spiegelronde//Spiegelronde//NL"


@dataclass(frozen=True)
class CalendarEntry:
    """One date. uid: the same for ever; sequence: one higher at every change, so that a calendar follows the newest."""

    uid: str
    title: str
    text: str
    day: date
    starts_at: time | None
    """On the clock in Amsterdam; nothing: the whole day."""
    minutes: int
    sequence: int
    called_off: bool


def calendar_file(entry: CalendarEntry, now: datetime) -> bytes:
    """Return the file that puts this date in a calendar, moves it, or (when it was called off) takes it out."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.called_off else "PUBLISH")
    if entry.starts_at is not None:
        calendar.add_component(_amsterdam())
    calendar.add_component(_event(entry, now))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry, now: datetime) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", now)
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.called_off else "CONFIRMED")
    event.add("summary", entry.title)
    event.add("description", entry.text)
    if entry.starts_at is None:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")  # a day on which a list opens keeps nobody from an appointment
    else:
        begins = datetime.combine(entry.day, entry.starts_at, AMSTERDAM)
        event.add("dtstart", begins)
        event.add("dtend", begins + timedelta(minutes=entry.minutes))
    return event


def _amsterdam() -> Timezone:
    """The time of the Netherlands by its rule, as every calendar understands it.

    The library can list the change of each year instead; vobject (dateutil) then reads summer as winter.
    """
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

    zone = Timezone()
    zone.add("tzid", AMSTERDAM.key)
    for part, name, month, before, after, changes_at in (
        (TimezoneDaylight(), "CEST", 3, 1, 2, datetime(1996, 3, 31, 2)),
        (TimezoneStandard(), "CET", 10, 2, 1, datetime(1996, 10, 27, 3)),
    ):
        part.add("tzname", name)
        part.add("dtstart", changes_at)
        part.add("rrule", vRecur(freq="yearly", bymonth=month, byday="-1su"))
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        zone.add_component(part)
    return zone
