"""Raw answers on their way into a release: in memory only, for as long as the counting takes.

Nothing here knows who answered. An answer is a mark on the item's scale, `CANNOT_JUDGE`, or None for a skipped item,
which counts as neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from survey.scoring.items import ScoredItem

CANNOT_JUDGE: Final = "cannot_judge"

Answer: TypeAlias = int | Literal["cannot_judge"] | None
Response: TypeAlias = Mapping[str, Answer]
"""All answers of one respondent, by item id."""


class AnswerOutsideScale(ValueError):
    """An answer is no mark of its item's scale; the form should have refused it."""


class UnknownItem(ValueError):
    """A response answers an item that the edition does not have."""


class MoreAnswersThanInvited(ValueError):
    """A group holds more responses than people were invited."""


class PerspectiveNamedTwice(ValueError):
    """Two groups carry one id: an answer could land in two cells."""


@dataclass(frozen=True, slots=True)
class AnonymousGroup:
    """A group whose members are never shown one by one.

    `texts` holds, per open question, only what may be printed: a text marked "rather not literally" stays out of it.
    `invited` is None where nobody counted; then all who answered were invited. A group whose ballots were destroyed
    unread comes here without responses.
    """

    id: str
    responses: Sequence[Response]
    invited: int | None = None
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NamedVoice:
    """One accountant, banker, adviser, peer or co-owner, told before the first question that answers carry a name."""

    id: str
    response: Response
    texts: Mapping[str, str] = field(default_factory=dict)


Group: TypeAlias = AnonymousGroup | NamedVoice


@dataclass(frozen=True, slots=True)
class Tally:
    """The answers of one group to one item: marks with high as the healthy end, and how many could not judge."""

    marks: tuple[int, ...]
    cannot_judge: int


def tally(item: ScoredItem, responses: Sequence[Response]) -> Tally:
    """Count one item over the responses; raises AnswerOutsideScale."""
    marks = []
    cannot_judge = 0
    low, high = item.scale
    for response in responses:
        answer = response.get(item.id)
        if answer is None:
            continue
        if answer == CANNOT_JUDGE:
            cannot_judge += 1
        elif isinstance(answer, int) and low <= answer <= high:
            marks.append(item.healthy_side_up(answer))
        else:
            # The answer itself stays out of the message: an error text ends in a log.
            raise AnswerOutsideScale(f"An answer to {item.id} is not on its scale of {low} to {high}.")
    return Tally(tuple(marks), cannot_judge)
