"""The numbers that docs/scoring.md reads out of its tables, on fewer companies."""

from random import Random

from benchmarks.operating_characteristics import flagged_at
from benchmarks.two_releases import attack
from survey.bench.scoring_rounds import first_round

THEME = ("Theme of four items", "verdict")


def test_a_theme_verdict_raises_few_false_alarms_and_finds_a_gap_of_a_point_and_a_half() -> None:
    nothing, a_point_and_a_half = (flagged_at(8, gap, 300, Random(gap)) for gap in (0.0, 1.5))
    assert nothing[THEME] <= 0.03
    assert a_point_and_a_half[THEME] >= 0.7
    assert nothing["Theme of four items", "half SD"] > 0.3


def test_two_releases_around_a_joiner_tell_little_more_than_the_second_when_answers_drift() -> None:
    still, drifting = attack(5, drift=0.0), attack(5, drift=0.3)
    assert still["two means in tenths"] > 0.99
    assert 0.04 < still["two releases"] - still["the second alone"] < 0.07
    assert 0 <= drifting["two releases"] - drifting["the second alone"] < 0.02


def test_scoring_a_round_is_measured_on_a_round_that_can_be_scored() -> None:
    assert first_round(Random(1)) > 0
