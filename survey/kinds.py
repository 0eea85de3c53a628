"""The kinds of round: what each asks, and of whom. Stored with the round as a fact from the moment it is written down.

All kinds run on the same invitations, box, release and mirror. It must not know any round, nor a word of a page.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from survey.perspectives import ANONYMOUS, NAMED, PERSPECTIVES

MIRROR: Final = "mirror"
THERMOMETER: Final = "thermometer"
ONE_QUESTION: Final = "one_question"
CIRCLE: Final = "circle"

MOST_IN_A_CIRCLE: Final = 6
"""A few people who know the company well; more of them are a round of their own."""


class KindUnknown(LookupError):
    """There is no such kind of round."""


@dataclass(frozen=True)
class RoundKind:
    """One kind of round. editions: of the questionnaire, the usual one first. perspectives: who may be asked."""

    id: str
    editions: tuple[str, ...]
    perspectives: tuple[str, ...]
    most_people: int | None = None
    """How many may be asked in all; None where there is no end to it."""
    asks_for_facts: bool = False
    """Whether accountant and bank may add figures and signals to their list."""


KINDS: Final = {
    kind.id: kind
    for kind in (
        RoundKind(MIRROR, ("spiegel-1", "spiegel-werk-1"), PERSPECTIVES, asks_for_facts=True),
        # "Drieluik" (3SV report, section 5.1.2): owner, bank, and accountant or adviser put a thermometer in.
        RoundKind(THERMOMETER, ("thermometer-1",), (*ANONYMOUS, "accountant", "bank", "adviser")),
        RoundKind(ONE_QUESTION, ("vraag-1",), PERSPECTIVES),
        RoundKind(CIRCLE, ("spiegel-1",), NAMED, MOST_IN_A_CIRCLE, asks_for_facts=True),
    )
}
"""In the order in which an owner chooses; the first is the usual one."""

WITH_WORK: Final = "spiegel-werk-1"
"""The full mirror with six items about work, for the employees only; without employees nobody would answer them."""


def kind_with(id_: str) -> RoundKind:
    """Return the kind with this id. Raises KindUnknown."""
    try:
        return KINDS[id_]
    except KeyError:
        raise KindUnknown(id_) from None


def kind_asking(edition: str) -> RoundKind:
    """Return the usual kind for an edition: the first that asks it. Raises KindUnknown."""
    for kind in KINDS.values():
        if edition in kind.editions:
            return kind
    raise KindUnknown(edition)


def may_come_monthly(perspectives: Collection[str]) -> bool:
    """Say whether a round of these groups may come back within eighty days: when everybody in it answers by name."""
    return not set(perspectives) & set(ANONYMOUS)
