"""Agreements: who does what, when, and at which figure one will see it; and later what came of it.

It must not know what anybody answered.
"""

from dataclasses import dataclass

from survey.conversation import sheet
from survey.conversation.writing import Sheet, sheet_of
from survey.store.conversations import rounds_written_about
from survey.store.rounds import Round, rounds_of


@dataclass(frozen=True)
class Agreement:
    """One agreement. key: the topic (an item id) it came from, or a loose one. All parts in the owner's own words."""

    key: str
    who: str
    what: str
    when: str
    figure: str
    outcome: str
    """One of OUTCOMES; empty as long as nobody said."""
    outcome_note: str

    @property
    def has_topic(self) -> bool:
        """Whether it belongs to a topic of the mirror."""
        return self.key not in sheet.LOOSE_AGREEMENTS


def agreements_of(round_: Round) -> tuple[Agreement, ...]:
    """Return what was agreed about a round: by topic in their order, then the loose ones. Only what has a "what"."""
    return agreements_on(sheet_of(round_))


def agreements_on(written: Sheet) -> tuple[Agreement, ...]:
    """Return the agreements on a sheet."""
    keys = [*written.topics, *_topics_left(written), *sheet.LOOSE_AGREEMENTS]
    found = (_agreement(written, key) for key in dict.fromkeys(keys))
    return tuple(agreement for agreement in found if agreement.what)


def earlier_agreements(round_: Round) -> tuple[Round | None, tuple[Agreement, ...]]:
    """Return the last counted round before this one in which the same owner agreed something, and what.

    The mirror of `round_` begins with it. Without any: no round and nothing. What another owner agreed is his.
    """
    before = [
        one
        for one in rounds_of(round_.company_id)
        if one.subject_id == round_.subject_id and one.closes_on < round_.closes_on and one.counted_at is not None
    ]
    written = rounds_written_about([one.id for one in before])
    for earlier in before:
        if earlier.id in written and (agreed := agreements_of(earlier)):
            return earlier, agreed
    return None, ()


def _agreement(written: Sheet, key: str) -> Agreement:
    parts = {part: written.at(sheet.agreement_place(key, part)).text for part in (*sheet.AGREED, *sheet.CAME_OF_IT)}
    return Agreement(key=key, **parts)


def _topics_left(written: Sheet) -> list[str]:
    """A topic may be exchanged for another after something was agreed about it: what was agreed stays."""
    prefix, suffix = "agreement.", ".what"
    keys = [place[len(prefix) : -len(suffix)] for place in sorted(written.texts) if _is_what(place, prefix, suffix)]
    return [key for key in keys if key not in sheet.LOOSE_AGREEMENTS]


def _is_what(place: str, prefix: str, suffix: str) -> bool:
    return place.startswith(prefix) and place.endswith(suffix)
