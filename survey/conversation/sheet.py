"""The conversation sheet: its steps in order, and the places at which something can be written. Pure.

The order is the method: guess before seeing, recognise before explaining, the other's side before the cause, and three
times "how did that come about" before anything is agreed (3SV report, chapter 4 and section 8.3).
It must not know any words of a page, nor what is written.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

MOST_TOPICS: Final = 3
"""Few topics, a goal and a date change something; many do not."""

LONGEST_TEXT: Final = 4000
"""Characters at one place: two full pages of handwriting."""


@dataclass(frozen=True)
class Step:
    """One question about a topic. notes: the places under it, in the order in which they are asked."""

    id: str
    notes: tuple[str, ...]


STEPS: Final = (
    Step("first_impression", ("first_impression",)),
    Step("recognise", ("recognise",)),
    Step("other_lens", ("other_lens",)),
    Step("other_side", ("other_side",)),
    Step("cause", ("cause_1", "cause_2", "cause_3")),
    Step("room", ("room",)),
    Step("reaction", ("action", "reaction")),
    Step("standing", ("standing",)),
    Step("agreement", ()),
)
ENOUGH_FOR_ONCE: Final = "cause"
"""From here on a first conversation may stop."""

STANDINGS: Final = ("not_seen", "known", "chosen", "busy")
"""Where the owner says that he stands with a topic: awareness, decision, restructuring (3SV report, chapter 4)."""

OUTCOMES: Final = ("done", "partly", "not_done", "let_go")
"""What became of an agreement, as the owner says it when the next round comes."""

AGREED: Final = ("who", "what", "when", "figure")
CAME_OF_IT: Final = ("outcome", "outcome_note")
LOOSE_AGREEMENTS: Final = ("loose_1", "loose_2", "loose_3")
"""Agreements that belong to no topic."""

TELLING_BACK: Final = ("thanks", "heard_first", "heard_second", "change", "next_list")

GUESS: Final = "guess"
TOPICS: Final = "topics"
TELL_WHOM: Final = "tell_whom"
CLOSING: Final = (TELL_WHOM,)


def step(step_id: str) -> Step:
    """Return the step with this id. Raises KeyError."""
    for each in STEPS:
        if each.id == step_id:
            return each
    raise KeyError(step_id)


def note_place(topic: str, note: str) -> str:
    """Return the place of a note under a topic."""
    return f"{topic}.{note}"


def agreement_place(key: str, part: str) -> str:
    """Return the place of a part of an agreement; `key` is the topic, or a loose one."""
    return f"agreement.{key}.{part}"


def tell_back_place(part: str) -> str:
    """Return the place of a part of what will be told back."""
    return f"tell_back.{part}"


def all_places(topics: Collection[str]) -> Iterator[str]:
    """Return every place at which something can be written, when these are all topics that exist."""
    yield from (GUESS, TOPICS, *CLOSING)
    yield from (tell_back_place(part) for part in TELLING_BACK)
    for key in (*topics, *LOOSE_AGREEMENTS):
        yield from (agreement_place(key, part) for part in (*AGREED, *CAME_OF_IT))
    for topic in topics:
        yield from (note_place(topic, note) for each in STEPS for note in each.notes)


CHOICES: Final = {"standing": STANDINGS, "outcome": OUTCOMES}
"""The last part of a place -> the only words that may stand there."""


def is_allowed(place: str, text: str) -> bool:
    """Say whether this text may stand at this place; an empty one always."""
    allowed = CHOICES.get(place.rpartition(".")[2])
    return not text or allowed is None or text in allowed
