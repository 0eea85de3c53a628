"""Theme marks: one mark per theme for a group, a named voice or the owner, from what is already released.

A group's mark stays in halves and is open-ended when it reaches the end of the shown range; of a voice and of the
owner, who are no secret, it carries one decimal.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from survey.scoring.answers import Answer
from survey.scoring.cells import Edge, ShownCell, VoiceCell
from survey.scoring.items import ScoredItem
from survey.scoring.method import METHOD
from survey.scoring.releases import Release
from survey.scoring.schemes import rounded_half_up
from survey.scoring.verdicts import views

IN_HALVES = Fraction(1, 2)
IN_TENTHS = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class ThemeMark:
    """The mark of one theme on the scale of 1 to 5, from `judged` items; `edge` when the group's end is open."""

    mean: float
    edge: Edge | None
    judged: int


def theme_mark(release: Release, perspective: str, theme: str, without: Collection[str] = ()) -> ThemeMark | None:
    """The mark a perspective gives a theme, from its shown items; None below two of them.

    without: items that stay out of it, such as the one that is compared with a prediction.
    """
    cells = [release.cell(perspective, item.id) for item in release.items_of(theme) if item.id not in without]
    shown = [cell for cell in cells if isinstance(cell, ShownCell)]
    if not shown:
        return _mark([cell.mark for cell in cells if isinstance(cell, VoiceCell)], IN_TENTHS)
    mark = _mark([cell.mean for cell in shown], IN_HALVES)
    return None if mark is None else replace(mark, edge=_open_end(mark.mean, shown))


def own_theme_mark(
    items: Sequence[ScoredItem], answers: Mapping[str, Answer], theme: str, without: Collection[str] = ()
) -> ThemeMark | None:
    """The mark the owner gives a theme, from the answers as given; None below two marks."""
    own = views(tuple(item for item in items if item.theme == theme and item.id not in without), answers)
    return _mark(list(own.values()), IN_TENTHS)


def _mark(marks: Sequence[float], step: Fraction) -> ThemeMark | None:
    if len(marks) < METHOD.fewest_items_of_a_theme:
        return None
    halves = int(2 * sum(marks))  # cells are in whole or half points, so twice their sum is exact
    return ThemeMark(float(rounded_half_up(halves, 2 * len(marks), step)), None, len(marks))


def _open_end(mean: float, shown: Collection[ShownCell]) -> Edge | None:
    """The end that the mark reaches, when a clipped cell brought it there."""
    return next((cell.edge for cell in shown if cell.edge and cell.mean == mean), None)
