"""Dates that real calendars accept: added, moved and taken out again. Two parsers of others read them back."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject

from survey.outgoing.calendars import CalendarEntry, calendar_file

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TALK = CalendarEntry(
    uid="3f-conversation@spiegel.example",
    title="Het goede gesprek, met Petra Visser",
    text="Neem je spiegel mee; nieuwe regel\nkomma, puntkomma; en é.",
    day=date(2026, 11, 30),
    starts_at=time(10, 0),
    minutes=90,
    sequence=0,
    called_off=False,
)


def event_in(file: bytes) -> icalendar.Event:
    calendar = icalendar.Calendar.from_ical(file)
    [event] = calendar.events
    return event


def test_a_date_can_be_added() -> None:
    file = calendar_file(TALK, NOW)
    event = event_in(file)
    assert event["UID"] == TALK.uid
    assert event["SUMMARY"] == TALK.title
    assert event["DESCRIPTION"] == TALK.text
    assert event.decoded("DTSTART") == datetime(2026, 11, 30, 10, tzinfo=AMSTERDAM)
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(minutes=90)
    assert event.decoded("DTSTAMP") == NOW
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 0)
    assert icalendar.Calendar.from_ical(file)["METHOD"] == "PUBLISH"


def test_another_parser_reads_the_same_date_with_the_time_zone_in_the_file() -> None:
    read = vobject.readOne(calendar_file(TALK, NOW).decode())
    assert read.vevent.dtstart.value.astimezone(UTC) == datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert read.vevent.uid.value == TALK.uid
    assert read.vevent.description.value == TALK.text
    assert "Europe/Amsterdam" in read.vtimezone.tzid.value


def test_the_time_zone_in_the_file_says_what_the_world_says() -> None:
    """Every hour of two days around each change of the clock, for ten years."""
    [zone] = icalendar.Calendar.from_ical(calendar_file(TALK, NOW)).timezones
    read = zone.to_tz(lookup_tzid=False)
    for year in range(2026, 2036):
        for month in (3, 10):
            for hours in range(-48, 48):
                moment = datetime(year, month, 29, tzinfo=UTC) + timedelta(hours=hours)
                assert moment.astimezone(read).utcoffset() == moment.astimezone(AMSTERDAM).utcoffset(), moment


@pytest.mark.parametrize(("day", "hour_in_utc"), [(date(2026, 11, 30), 9), (date(2027, 6, 1), 8)])
def test_ten_o_clock_is_ten_o_clock_in_summer_and_in_winter(day: date, hour_in_utc: int) -> None:
    read = vobject.readOne(calendar_file(replace(TALK, day=day), NOW).decode())
    assert read.vevent.dtstart.value.astimezone(UTC).hour == hour_in_utc


def test_a_moved_date_has_the_same_name_and_a_higher_number() -> None:
    before, after = event_in(calendar_file(TALK, NOW)), event_in(calendar_file(replace(TALK, sequence=1), NOW))
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_a_date_that_was_called_off_takes_itself_out() -> None:
    file = calendar_file(replace(TALK, sequence=2, called_off=True), NOW)
    assert icalendar.Calendar.from_ical(file)["METHOD"] == "CANCEL"
    assert event_in(file)["STATUS"] == "CANCELLED"
    assert vobject.readOne(file.decode()).method.value == "CANCEL"


def test_without_a_time_it_is_the_whole_day() -> None:
    file = calendar_file(replace(TALK, starts_at=None), NOW)
    assert event_in(file).decoded("DTSTART") == TALK.day
    assert event_in(file).decoded("DTEND") == TALK.day + timedelta(days=1)
    assert vobject.readOne(file.decode()).vevent.dtstart.value == TALK.day


def test_every_line_is_short_and_ends_as_the_standard_says() -> None:
    file = calendar_file(replace(TALK, title="Gesprek " * 30), NOW)
    assert file.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    assert b"\n" not in file.replace(b"\r\n", b"")


def test_a_title_cannot_write_lines_of_its_own() -> None:
    file = calendar_file(replace(TALK, title="Gesprek\r\nATTENDEE:mailto:x@evil.example"), NOW)
    assert b"\r\nATTENDEE" not in file
    assert "ATTENDEE" not in event_in(file)
