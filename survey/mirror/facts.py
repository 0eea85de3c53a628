"""What a mirror is held up with, beside the release: plain values of the round and of the owner.

Nothing here is fetched: whoever calls has the round, this room has never seen where it is stored, nor an address.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from survey.kinds import MIRROR
from survey.scoring import Answer, Release


@dataclass(frozen=True)
class NamedPerson:
    """Somebody who answers by name, under the id that he has in the release."""

    id: str
    perspective: str
    name: str


@dataclass(frozen=True)
class RoundFacts:
    """What everybody may know of a round: who asked whom, when, and what it is called."""

    company: str
    owner: str
    """The owner's name in full, as on the invitation."""
    first_name: str
    """How the statements call the owner."""
    edition: str
    opens_on: date
    closes_on: date
    partner: str
    """Whom the owner talks to about the mirror."""
    conversation_on: date
    groups: tuple[str, ...]
    """The perspectives that were invited."""
    people: tuple[NamedPerson, ...]
    digest: str
    """Of the stored release, in hexadecimal."""
    closed_early_on: date | None = None
    """The day on which the operator closed the round before its end."""
    kind: str = MIRROR
    """Which kind of round it was, as in `survey.kinds`."""


@dataclass(frozen=True)
class Agreed:
    """Something that was agreed about an earlier mirror, and what came of it, all in the owner's own words."""

    who: str
    what: str
    when: str
    figure: str
    """At which figure one would see it."""
    outcome: str
    """done, partly, not_done or let_go; empty as long as the owner did not say."""
    note: str


@dataclass(frozen=True)
class LookBack:
    """What was agreed about the last mirror in which something was agreed."""

    closed_on: date
    agreed: tuple[Agreed, ...]


@dataclass(frozen=True)
class EarlierMirror:
    """The round before, as far as this one may be compared with it."""

    closed_on: date
    release: Release
    own_answers: Mapping[str, Answer]
    people: tuple[NamedPerson, ...]
    moved: Mapping[str, int | None]
    """By anonymous group: how many joined plus how many left since; None when nobody said."""


@dataclass(frozen=True)
class OwnView:
    """What the owner handed in about himself: his to see, so it stands in the open."""

    answers: Mapping[str, Answer]
    """By item id, as given."""
    predictions: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By perspective (not by voice), then by item or theme id."""
    texts: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)
    """What only he and named roles are asked, as in `survey.named_questions`."""
    after_close: bool = False
