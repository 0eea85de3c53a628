"""Writing at the table: every text is kept over the version it was based on, from whichever device it came.

It must not know what anybody answered, nor how a page looks.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from survey.conversation import sheet
from survey.questionnaires import load
from survey.store import kept_texts
from survey.store.conversations import ConversationNote
from survey.store.kept_texts import NOTHING, Draft, Held, Kept
from survey.store.rounds import Round


class NothingToTalkAbout(Exception):
    """There is no mirror yet: the round was not counted, or the owner's own picture is not in."""


class PlaceUnknown(Exception):
    """There is no such place on the sheet, or this word cannot stand there."""


class TextTooLong(Exception):
    """A text is longer than fits at a place: `over` characters too many. Nothing was kept, also not of the others."""

    def __init__(self, place: str, over: int) -> None:
        super().__init__(f"{place}: {over} too many")
        self.place = place
        self.over = over


class TooManyTopics(Exception):
    """More topics were chosen than one conversation can carry."""


class TopicUnknown(Exception):
    """A topic was chosen that the mirror does not offer."""


@dataclass(frozen=True)
class Sheet:
    """All that was written about one round, by place."""

    texts: Mapping[str, Held]

    def at(self, place: str) -> Held:
        """Return what stands at a place; nothing at all is a text too, of version 0."""
        return self.texts.get(place, NOTHING)

    def note(self, topic: str, note: str) -> str:
        """Return the note under a topic."""
        return self.at(sheet.note_place(topic, note)).text

    @property
    def guess(self) -> str:
        """The theme at which the owner expected the largest difference; empty when he did not say."""
        return self.at(sheet.GUESS).text

    @property
    def topics(self) -> tuple[str, ...]:
        """The item ids of the chosen topics, in their order."""
        return tuple(self.at(sheet.TOPICS).text.split())

    def is_begun(self, topic: str) -> bool:
        """Say whether anything was written about a topic."""
        return any(self.note(topic, note) for step in sheet.STEPS for note in step.notes)


def sheet_of(round_: Round) -> Sheet:
    """Return what was written about a round."""
    return Sheet(kept_texts.held(ConversationNote, {"round_id": round_.id}))


def keep(round_: Round, drafts: Mapping[str, Draft]) -> Kept:
    """Keep what was typed, all places or (when one is refused) none; say which of them hold another text by now.

    Raises NothingToTalkAbout, PlaceUnknown, TextTooLong.
    """
    refuse_without_mirror(round_)
    edition = load(round_.questionnaire)
    items = [item.id for item in edition.items]
    places = set(sheet.all_places(items))
    known = {sheet.GUESS: {theme.id for theme in edition.themes}, sheet.TOPICS: set(items)}
    for place, draft in drafts.items():
        if place not in places or not sheet.is_allowed(place, draft.text):
            raise PlaceUnknown(place)
        if place in known and not known[place].issuperset(draft.text.split()):
            raise PlaceUnknown(place)
        if len(draft.text) > sheet.LONGEST_TEXT:
            raise TextTooLong(place, len(draft.text) - sheet.LONGEST_TEXT)
    return kept_texts.keep(ConversationNote, {"round_id": round_.id}, drafts)


def choose_topics(round_: Round, chosen: Sequence[str], offered: Collection[str], based_on: int) -> Kept:
    """Choose what the conversation is about, out of what the mirror offers.

    Raises NothingToTalkAbout, TooManyTopics, TopicUnknown.
    """
    topics = list(dict.fromkeys(chosen))
    if len(topics) > sheet.MOST_TOPICS:
        raise TooManyTopics
    if not set(topics) <= set(offered):
        raise TopicUnknown
    return keep(round_, {sheet.TOPICS: Draft(" ".join(topics), based_on)})


def refuse_without_mirror(round_: Round) -> None:
    """Raise NothingToTalkAbout while nobody has a mirror to look in."""
    own = round_.self_assessment
    if round_.counted_at is None or own is None or own.handed_in_at is None:
        raise NothingToTalkAbout
