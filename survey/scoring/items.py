"""What scoring needs to know of an item: its scale, its theme and which end of it is healthy.

Wording, languages and roles belong to the questionnaires; this module must not know them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

Mark = TypeVar("Mark", int, float)

OVERALL: Final = "overall"
"""The theme of the gut feeling: released like an item, never in a verdict or a theme mark."""


class Scale(NamedTuple):
    """The whole numbers from `low` to `high` that an answer can be."""

    low: int
    high: int

    def marks(self) -> range:
        return range(self.low, self.high + 1)


FIVE_POINT: Final = Scale(1, 5)
REPORT_MARK: Final = Scale(1, 10)


@dataclass(frozen=True, slots=True)
class ScoredItem:
    """One item of an edition; a changed wording or scale is a new version of it, and no line runs across versions."""

    id: str
    theme: str
    scale: Scale = FIVE_POINT
    reverse: bool = False
    version: int = 1

    def healthy_side_up(self, raw: Mark) -> Mark:
        """The answer with high as the healthy end: low + high - x for a reversed item (vector rev-1)."""
        return self.scale.low + self.scale.high - raw if self.reverse else raw

    @property
    def is_overall(self) -> bool:
        return self.theme == OVERALL


def themes_of(items: Iterable[ScoredItem]) -> tuple[str, ...]:
    """The themes that have marks, in the order of the items; the gut feeling is in none."""
    return tuple(dict.fromkeys(item.theme for item in items if not item.is_overall))
