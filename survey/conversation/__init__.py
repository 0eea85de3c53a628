"""The good conversation: what is written at the table, what is agreed, when one meets again.

It must not know what anybody answered: which topics there are to choose from is brought by whoever holds up the mirror.
"""

from survey.conversation.agreements import Agreement, agreements_of, earlier_agreements
from survey.conversation.coach import NOTES, coach_notes, keep_coach_notes
from survey.conversation.meetings import Meeting, call_off, meeting_of, move
from survey.conversation.sheet import MOST_TOPICS, OUTCOMES, STANDINGS, STEPS, Step
from survey.conversation.writing import (
    NothingToTalkAbout,
    PlaceUnknown,
    Sheet,
    TextTooLong,
    TooManyTopics,
    TopicUnknown,
    choose_topics,
    keep,
    sheet_of,
)

__all__ = [
    "MOST_TOPICS",
    "NOTES",
    "OUTCOMES",
    "STANDINGS",
    "STEPS",
    "Agreement",
    "Meeting",
    "NothingToTalkAbout",
    "PlaceUnknown",
    "Sheet",
    "Step",
    "TextTooLong",
    "TooManyTopics",
    "TopicUnknown",
    "agreements_of",
    "call_off",
    "choose_topics",
    "coach_notes",
    "earlier_agreements",
    "keep",
    "keep_coach_notes",
    "meeting_of",
    "move",
    "sheet_of",
]
