"""Who sees what: the share of "cannot judge" per theme, in three words. It is information, never a low score."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from survey.scoring.answers import Tally
from survey.scoring.cells import is_share
from survey.scoring.method import METHOD


class Sight(StrEnum):
    """How much of a theme a perspective can judge."""

    SEES = "sees"
    PARTLY = "partly"
    CANNOT_SEE = "cannot_see"


@dataclass(frozen=True, slots=True)
class Visibility:
    """What one perspective can judge of one theme, also where its cells are suppressed."""

    perspective: str
    theme: str
    level: Sight


def sight_of(tallies: Iterable[Tally]) -> Sight | None:
    """Sight from the tallies of one theme's items; None when every answer was skipped, which says nothing."""
    judged = cannot_judge = 0
    for counted in tallies:
        judged += len(counted.marks)
        cannot_judge += counted.cannot_judge
    spoken = judged + cannot_judge
    if spoken == 0:
        return None
    if is_share(judged, spoken, METHOD.nearly_all_judged):
        return Sight.SEES
    return Sight.PARTLY if is_share(judged, spoken, METHOD.half_judged) else Sight.CANNOT_SEE
