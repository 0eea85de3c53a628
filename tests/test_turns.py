"""The turns of a rhythm: a quarter is a quarter, whatever weekends, leap years, Christmas and late openings do."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.opening_days import is_opening_day
from survey.rounds import SPACING
from survey.turns import LONGEST, SHORTEST, Dates, Every, dates_from, months_later, next_turn, usual_length

DAYS = st.dates(date(2024, 1, 1), date(2060, 12, 31))
RHYTHMS = st.sampled_from(Every)
WITH_STAFF = st.sampled_from([every for every in Every if every is not Every.MONTH])
"""A month is offered for lists by name only: what staff answers lies eighty days apart."""
LENGTHS = st.integers(SHORTEST.days, LONGEST.days).map(lambda days: timedelta(days=days))
DAY = timedelta(days=1)


def spaced(last_close: date, closes_on: date) -> date:
    """Eighty days from closing to closing, as rounds.first_closing_date keeps them for one earlier round."""
    return max(closes_on, last_close + SPACING)


def course(starts_on: date, every: Every, length: timedelta, late: list[int], longer: list[int]) -> list[Dates]:
    """Return the lists of a rhythm: each opens so many days late, and is extended by so many days."""
    last = Dates(starts_on, starts_on + length)
    lists = [last]
    for days, more in zip(late, longer, strict=True):
        turn = next_turn(starts_on, every, last.opens_on)
        before = last.closes_on
        planned = dates_from(turn + days * DAY, length, lambda day, before=before: spaced(before, day))
        last = Dates(planned.opens_on, planned.closes_on + more * DAY)
        lists.append(last)
    return lists


HISTORY = st.lists(st.tuples(st.sampled_from([0, 0, 0, 3, 10]), st.sampled_from([0, 0, 7, 14])), min_size=8, max_size=8)


@given(DAYS, RHYTHMS, LENGTHS, HISTORY)
def test_every_list_is_eighty_days_after_the_last_and_never_opens_on_a_day_off(
    starts_on: date, every: Every, length: timedelta, history: list[tuple[int, int]]
) -> None:
    lists = course(starts_on, every, length, *map(list, zip(*history, strict=True)))
    for before, after in pairwise(lists):
        assert after.closes_on - before.closes_on >= SPACING
        assert is_opening_day(after.opens_on)
        assert after.closes_on - after.opens_on >= length


@given(DAYS, WITH_STAFF, LENGTHS)
def test_the_next_list_fits_without_being_moved_by_the_eighty_days(
    starts_on: date, every: Every, length: timedelta
) -> None:
    turn = next_turn(starts_on, every, starts_on)
    free = dates_from(turn, length)
    assert dates_from(turn, length, lambda day: spaced(starts_on + length, day)) == free
    assert free.closes_on - (starts_on + length) >= SPACING


@given(DAYS, WITH_STAFF, LENGTHS)
def test_ten_years_later_the_turn_is_still_the_same_day_of_the_month(
    starts_on: date, every: Every, length: timedelta
) -> None:
    number = 10 * 12 // every.months
    lists = course(starts_on, every, length, [0] * number, [0] * number)
    turn = months_later(starts_on, number * every.months)
    assert timedelta(0) <= lists[-1].opens_on - turn <= timedelta(days=35)
    assert len({one.opens_on for one in lists}) == number + 1


@given(DAYS, LENGTHS)
def test_a_list_by_name_comes_every_month_but_for_one_that_christmas_moves_too_near(
    starts_on: date, length: timedelta
) -> None:
    turns = [next_turn(starts_on, Every.MONTH, starts_on)]
    while turns[-1] < months_later(starts_on, 12):
        opened = dates_from(turns[-1], length).opens_on
        assert timedelta(0) <= opened - turns[-1] <= timedelta(days=28)
        turns.append(next_turn(starts_on, Every.MONTH, opened))
    assert len(turns) >= 11


@given(DAYS, RHYTHMS, st.integers(-400, 4000))
def test_the_next_turn_is_the_first_that_is_more_than_half_a_period_away(
    starts_on: date, every: Every, days: int
) -> None:
    since = starts_on + days * DAY
    turn = next_turn(starts_on, every, since)
    turns = [months_later(starts_on, number * every.months) for number in range(140)]
    assert turn in turns[1:]
    earlier = turns[turns.index(turn) - 1]
    assert turn - since > (turn - earlier) / 2
    if earlier != starts_on:
        assert earlier - since <= (earlier - turns[turns.index(turn) - 2]) / 2


@given(DAYS, st.integers(0, 200))
def test_months_later_is_that_month_and_that_day_or_its_last(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + DAY).day == 1)


def test_29_february_comes_back_in_a_leap_year() -> None:
    start = date(2028, 2, 29)
    since, turns = start, []
    for _ in range(4):
        since = next_turn(start, Every.YEAR, since)
        turns.append(since)
    assert turns == [date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28), date(2032, 2, 29)]


def test_a_rhythm_of_the_31st_does_not_slide_to_the_28th() -> None:
    start = date(2026, 8, 31)
    assert next_turn(start, Every.HALF_YEAR, start) == date(2027, 2, 28)
    assert next_turn(start, Every.HALF_YEAR, date(2027, 2, 28)) == date(2027, 8, 31)


@pytest.mark.parametrize(
    ("last_opened", "turn"),
    [
        (date(2026, 11, 2), date(2027, 2, 2)),
        (date(2026, 12, 1), date(2027, 2, 2)),  # a list by hand, well before: the turn stays
        (date(2027, 1, 10), date(2027, 5, 2)),  # a list by hand, shortly before: it takes the place of the turn
        (date(2027, 2, 20), date(2027, 5, 2)),  # opened late
        (date(2027, 3, 30), date(2027, 8, 2)),  # opened so late that it stands for the turn after it
    ],
)
def test_a_list_near_a_turn_takes_its_place(last_opened: date, turn: date) -> None:
    assert next_turn(date(2026, 11, 2), Every.QUARTER, last_opened) == turn


def test_a_list_that_was_extended_moves_the_next_one() -> None:
    last_close = date(2026, 11, 20) + timedelta(days=14)
    dates = dates_from(date(2027, 2, 2), timedelta(days=14), lambda day: spaced(last_close, day))
    assert dates == Dates(date(2027, 2, 8), date(2027, 2, 22))


@pytest.mark.parametrize(("days", "usual"), [(0, 10), (10, 10), (18, 18), (60, 28)])
def test_a_list_is_open_as_long_as_the_last_one_within_reason(days: int, usual: int) -> None:
    assert usual_length(date(2026, 11, 2), date(2026, 11, 2) + days * DAY) == timedelta(days=usual)
