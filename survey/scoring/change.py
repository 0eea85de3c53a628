"""Change between two rounds, from released cells only: answers cannot be linked, so nobody is followed.

Two releases of one group can be subtracted when one person joined or left. Hence no line for a group when one to four
people moved; the eighty days between two releases are the auditor's.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from survey.scoring.cells import ShownCell
from survey.scoring.items import ScoredItem
from survey.scoring.method import METHOD
from survey.scoring.releases import Release


class TrendWithheld(ValueError):
    """So few people joined or left that the change would point at them."""


class Movement(StrEnum):
    """What is said of the change of a cell."""

    PROBABLY_CHANGED = "probably_changed"
    POSSIBLY_CHANGED = "possibly_changed"
    NO_VISIBLE_CHANGE = "no_visible_change"
    NO_INDICATION = "no_indication"


@dataclass(frozen=True, slots=True)
class Change:
    """The difference later minus earlier in points, its standard error and its 90% interval."""

    movement: Movement
    difference: float
    error: float
    low: float
    high: float


def change(before: ShownCell, after: ShownCell) -> Change:
    """Compare two cells of one item: se^2 = sigma^2 (1/n1 + 1/n2) + 2 step^2 / 12 (scoring.md 5).

    Each n is the lower bound of the cell's published band.
    """
    difference = after.mean - before.mean
    answers = 1 / before.band.at_least + 1 / after.band.at_least
    error = sqrt(METHOD.sigma**2 * answers + 2 * METHOD.step**2 / 12)
    reach = METHOD.change_z * error
    return Change(_movement(before, after, error), difference, error, difference - reach, difference + reach)


def _movement(before: ShownCell, after: ShownCell, error: float) -> Movement:
    distance = abs(after.mean - before.mean)
    if distance >= METHOD.change and distance >= METHOD.change_z * error:
        return Movement.PROBABLY_CHANGED
    if distance >= METHOD.possible_change and distance >= error:
        return Movement.POSSIBLY_CHANGED
    if before.edge is not None and before.edge is after.edge:
        return Movement.NO_VISIBLE_CHANGE
    return Movement.NO_INDICATION


def measurement_error(spread: float, reliability: float) -> float:
    """The standard error of one measurement, in points: spread sqrt(1 - reliability) (Jacobson & Truax 1991)."""
    return spread * sqrt(1 - reliability)


def reliable_change_index(before: float, after: float, error: float) -> float:
    """RC = (after - before) / (sqrt(2) error), error being that of one measurement (Jacobson & Truax 1991)."""
    return (after - before) / (sqrt(2) * error)


def is_reliably_changed(before: float, after: float, error: float = METHOD.sigma_self) -> bool:
    """Whether one person's mark changed by more than the noise of two answers. Never for a group."""
    return abs(reliable_change_index(before, after, error)) >= METHOD.reliable_z


def changes(before: Release, after: Release, perspective: str, moved: int) -> dict[str, Change]:
    """The change of every item that one anonymous group shows in both releases in the same version, by item id.

    moved: how many joined plus how many left in between. Raises TrendWithheld.
    """
    if is_trend_withheld(moved):
        raise TrendWithheld(f"So few people joined or left {perspective} that the change would point at them.")
    earlier = _shown(before, perspective)
    later = _shown(after, perspective)
    return {item.id: change(earlier[item], cell) for item, cell in later.items() if item in earlier}


def _shown(release: Release, perspective: str) -> dict[ScoredItem, ShownCell]:
    """The shown cells on the scale of 1 to 5, by item as it was asked: another version of it is another item."""
    cells = ((item, release.cell(perspective, item.id)) for item in release.items if not item.is_overall)
    return {item: cell for item, cell in cells if isinstance(cell, ShownCell)}


def is_trend_withheld(moved: int) -> bool:
    """Whether a group in which this many people joined or left gets no line between its rounds."""
    return 0 < moved < METHOD.fewest_joiners_and_leavers
