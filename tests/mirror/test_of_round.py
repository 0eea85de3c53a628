"""The mirror of a stored round: not before it is counted, not before the owner's own picture is in."""

from datetime import timedelta

import pytest

from survey import rounds, story
from survey.mirror import NotCounted, OwnViewMissing, mirror_of, open_mirror
from survey.store.people import Account, Company
from survey.store.rounds import Round
from tests.mirror.karins_mirror import COUNTED, LATER, count, hand_in, mirror


def test_there_is_no_mirror_before_the_round_is_counted(open_round: Round) -> None:
    hand_in(open_round)

    with pytest.raises(NotCounted):
        mirror_of(open_round, "Bakkerij De Vries", "nl")


def test_there_is_no_mirror_before_the_owners_own_picture_is_in(open_round: Round) -> None:
    count(open_round)

    with pytest.raises(OwnViewMissing):
        mirror_of(open_round, "Bakkerij De Vries", "nl")


def test_a_stored_round_gives_the_same_mirror_as_its_plain_values(open_round: Round) -> None:
    hand_in(open_round)
    count(open_round)

    assert mirror_of(open_round, "Bakkerij De Vries", "nl") == mirror()


def test_a_late_picture_says_so(open_round: Round) -> None:
    hand_in(open_round, after_close=True)
    count(open_round)

    assert mirror_of(open_round, "Bakkerij De Vries", "nl").self_after_close


def test_an_early_close_by_the_operator_stands_on_the_cover(open_round: Round) -> None:
    hand_in(open_round)
    count(open_round)
    open_round.closed_early = True

    assert mirror_of(open_round, "Bakkerij De Vries", "nl").facts.closed_early_on == COUNTED.date()


def test_the_first_opening_is_written_down_once(open_round: Round) -> None:
    with pytest.raises(NotCounted):
        open_mirror(open_round, LATER)
    count(open_round)
    open_mirror(open_round, COUNTED)
    open_mirror(open_round, LATER)

    assert open_round.opened_mirror_at == COUNTED


def test_a_second_round_is_compared_with_the_first(open_round: Round, bakery: Company, karin: Account) -> None:
    count(open_round)
    hand_in(open_round)
    following = rounds.prepare(bakery, karin, story.plan(open_round.closes_on + timedelta(days=90)))
    following.sent_at = COUNTED
    count(following)
    hand_in(following)
    following.group("employees").moved = 0

    assert mirror_of(open_round, "Bakkerij De Vries", "nl").since is None
    since = mirror_of(following, "Bakkerij De Vries", "nl").since
    assert since is not None
    assert since.notes[0] == "Er is geen verandering te zien die groter is dan toeval."
    assert any("open einde" in note for note in since.notes)


def test_a_mirror_whose_own_picture_never_came_is_no_measure(
    open_round: Round, bakery: Company, karin: Account
) -> None:
    count(open_round)
    following = rounds.prepare(bakery, karin, story.plan(open_round.closes_on + timedelta(days=90)))
    following.sent_at = COUNTED
    count(following)
    hand_in(following)

    assert mirror_of(following, "Bakkerij De Vries", "nl").since is None
