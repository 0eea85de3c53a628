"""The dates of a conversation: set, moved, called off; each change makes a calendar follow."""

from datetime import time, timedelta

from survey import conversation
from survey.store.rounds import Round

TEN = time(10)


def test_the_conversation_stands_on_the_day_of_the_plan(mirrored_round: Round) -> None:
    meeting = conversation.meeting_of(mirrored_round, "conversation")
    assert (meeting.day, meeting.starts_at, meeting.sequence) == (mirrored_round.conversation_on, None, 0)


def test_moving_it_counts_up_and_the_round_knows_the_new_day(mirrored_round: Round) -> None:
    day = mirrored_round.conversation_on + timedelta(days=2)
    assert conversation.move(mirrored_round, "conversation", day, TEN).sequence == 1
    assert conversation.move(mirrored_round, "conversation", day, time(11)).sequence == 2
    assert mirrored_round.conversation_on == day


def test_moving_it_to_where_it_stands_changes_nothing(mirrored_round: Round) -> None:
    day = mirrored_round.conversation_on
    conversation.move(mirrored_round, "conversation", day, TEN)
    assert conversation.move(mirrored_round, "conversation", day, TEN).sequence == 1


def test_calling_off_twice_is_once_and_it_can_be_on_again(mirrored_round: Round) -> None:
    day = mirrored_round.conversation_on
    assert conversation.call_off(mirrored_round, "conversation").sequence == 1
    again = conversation.call_off(mirrored_round, "conversation")
    assert (again.called_off, again.sequence) == (True, 1)
    on = conversation.move(mirrored_round, "conversation", day, None)
    assert (on.called_off, on.sequence) == (False, 2)


def test_the_next_list_is_a_quarter_later_until_a_day_is_chosen(mirrored_round: Round) -> None:
    usual = conversation.meeting_of(mirrored_round, "next_round")
    assert not usual.is_planned
    assert usual.day == mirrored_round.opens_on + timedelta(days=91)
    chosen = conversation.move(mirrored_round, "next_round", usual.day, None)
    assert (chosen.is_planned, chosen.sequence) == (True, 0)
