"""Deadlines are days in the Netherlands, also on the nights that the clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest

from survey.clock import NaiveMoment, at_hour, day_of, end_of, now, start_of, stopped_at, today


def test_now_is_a_moment_in_utc() -> None:
    assert now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2027, 3, 14), 24),
        (date(2027, 3, 28), 23),  # summer time begins
        (date(2027, 10, 31), 25),  # winter time begins
        (date(2028, 2, 29), 24),
    ],
)
def test_a_day_lasts_from_midnight_to_midnight_in_amsterdam(day: date, hours: int) -> None:
    assert end_of(day) - start_of(day) == timedelta(hours=hours)
    assert end_of(day) == start_of(day + timedelta(days=1))
    assert day_of(start_of(day)) == day
    assert day_of(end_of(day) - timedelta(microseconds=1)) == day
    assert day_of(end_of(day)) != day


def test_winter_midnight_in_amsterdam_is_eleven_at_night_in_utc() -> None:
    assert start_of(date(2027, 1, 15)) == datetime(2027, 1, 14, 23, tzinfo=UTC)


def test_six_in_the_morning_is_an_hour_earlier_in_utc_in_summer() -> None:
    assert at_hour(date(2027, 1, 15), 6) == datetime(2027, 1, 15, 5, tzinfo=UTC)
    assert at_hour(date(2027, 7, 15), 6) == datetime(2027, 7, 15, 4, tzinfo=UTC)


def test_an_hour_that_summer_time_skips_comes_an_hour_later() -> None:
    assert at_hour(date(2027, 3, 28), 2) == at_hour(date(2027, 3, 28), 3) == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_a_clock_can_be_stopped() -> None:
    new_years_eve = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    clock = stopped_at(new_years_eve)
    assert clock() == clock() == new_years_eve
    assert today(clock) == date(2027, 1, 1)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    naive = datetime(2027, 1, 15, 12)
    with pytest.raises(NaiveMoment):
        stopped_at(naive)
    with pytest.raises(NaiveMoment):
        day_of(naive)
