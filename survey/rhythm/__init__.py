"""The rhythm of a company: the next round is prepared by itself a week ahead, and opens unless its owner intervenes.

`coming` says what comes, `choosing` is what the owner decides about it, `keeping` is what happens at the stated time.
Switching a rhythm on is pressing send for every round to come; so each of them is announced to the owner first, and
until it opens he corrects it, moves it, skips it or stops. It must not know what anybody answered.
"""

from survey.rhythm.choosing import (
    DayNotPossible,
    NobodyToInvite,
    NothingToRepeat,
    RhythmOfOtherOwner,
    move,
    move_a_week,
    skip,
    stop,
    switch_on,
    take_list_over,
)
from survey.rhythm.coming import LEAD, Coming, Held, coming_round, first_round, groups_for, groups_in
from survey.rhythm.keeping import keep_rhythm, remind_due, tell_what_opened

__all__ = [
    "LEAD",
    "Coming",
    "DayNotPossible",
    "Held",
    "NobodyToInvite",
    "NothingToRepeat",
    "RhythmOfOtherOwner",
    "coming_round",
    "first_round",
    "groups_for",
    "groups_in",
    "keep_rhythm",
    "move",
    "move_a_week",
    "remind_due",
    "skip",
    "stop",
    "switch_on",
    "take_list_over",
    "tell_what_opened",
]
