"""The coach's own notes about a round: his alone. They are in no paper of the owner, who cannot read them either."""

from collections.abc import Mapping
from typing import Final

from survey.conversation.sheet import LONGEST_TEXT
from survey.conversation.writing import PlaceUnknown, TextTooLong
from survey.store import kept_texts
from survey.store.conversations import CoachNote
from survey.store.kept_texts import NOTHING, Draft, Held, Kept
from survey.store.rounds import Round

NOTES: Final = ("before", "during", "after")


def coach_notes(round_: Round, account_id: int) -> dict[str, Held]:
    """Return one coach's notes about a round, by when they are for."""
    written = kept_texts.held(CoachNote, {"round_id": round_.id, "account_id": account_id})
    return {note: written.get(note, NOTHING) for note in NOTES}


def keep_coach_notes(round_: Round, account_id: int, drafts: Mapping[str, Draft]) -> Kept:
    """Keep a coach's notes. Whoever calls has asked whether he may. Raises PlaceUnknown, TextTooLong."""
    for note, draft in drafts.items():
        if note not in NOTES:
            raise PlaceUnknown(note)
        if len(draft.text) > LONGEST_TEXT:
            raise TextTooLong(note, len(draft.text) - LONGEST_TEXT)
    return kept_texts.keep(CoachNote, {"round_id": round_.id, "account_id": account_id}, drafts)
