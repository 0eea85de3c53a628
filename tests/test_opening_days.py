"""A list opens by itself on a working day only: no weekend, no public holiday, nothing around Christmas."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.opening_days import easter_sunday, first_opening_day, is_opening_day, last_opening_day, public_holidays

DAYS = st.dates(date(2024, 1, 1), date(2090, 12, 31))


@given(DAYS)
def test_never_in_a_weekend_nor_from_20_december_up_to_6_january(day: date) -> None:
    opens = first_opening_day(day)
    assert opens.weekday() < 5
    assert (1, 6) < (opens.month, opens.day) < (12, 20)
    assert opens not in public_holidays(opens.year)


@given(DAYS)
def test_what_has_to_move_moves_to_the_first_monday_or_tuesday_that_can_be(day: date) -> None:
    opens = first_opening_day(day)
    assert (opens == day) == is_opening_day(day)
    if opens != day:
        assert opens.weekday() in (0, 1)
        between = (day + timedelta(days=one) for one in range((opens - day).days))
        assert not any(is_opening_day(one) for one in between if one.weekday() in (0, 1))


@given(DAYS)
def test_the_last_day_before_is_the_nearest(day: date) -> None:
    last = last_opening_day(day)
    assert is_opening_day(last)
    assert not any(is_opening_day(last + timedelta(days=one)) for one in range(1, (day - last).days + 1))


@pytest.mark.parametrize(
    ("year", "easter"),
    [(2026, (4, 5)), (2027, (3, 28)), (2028, (4, 16)), (2029, (4, 1)), (2038, (4, 25)), (2285, (3, 22))],
)
def test_easter_is_where_the_calendars_have_it(year: int, easter: tuple[int, int]) -> None:
    assert easter_sunday(year) == date(year, *easter)


@pytest.mark.parametrize(
    ("wanted", "opens"),
    [
        (date(2027, 3, 3), date(2027, 3, 3)),  # a Wednesday stays
        (date(2027, 3, 6), date(2027, 3, 8)),  # Saturday -> Monday
        (date(2027, 3, 27), date(2027, 3, 30)),  # Saturday before Easter -> Tuesday
        (date(2027, 3, 26), date(2027, 3, 30)),  # Good Friday
        (date(2027, 5, 6), date(2027, 5, 10)),  # Ascension Day -> Monday, not the Friday between
        (date(2025, 4, 26), date(2025, 4, 28)),  # King's day, moved from Sunday to Saturday
        (date(2026, 4, 27), date(2026, 4, 28)),  # King's day on a Monday
        (date(2030, 5, 5), date(2030, 5, 6)),
        (date(2026, 12, 19), date(2027, 1, 11)),  # the Monday after it lies in the Christmas weeks
        (date(2026, 12, 31), date(2027, 1, 11)),
        (date(2028, 1, 6), date(2028, 1, 10)),
    ],
)
def test_examples_from_the_calendar(wanted: date, opens: date) -> None:
    assert first_opening_day(wanted) == opens
