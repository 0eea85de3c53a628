"""The verdicts of a mirror: what may be said of every gap, per perspective, per item, per theme and per prediction.

They are computed from the release and the owner's own answers, so they tell nothing that these do not. Over
perspectives nothing is added up here; that is `pooled.py`, which is for analysis only.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from survey.scoring.answers import Answer
from survey.scoring.cells import ShownCell, VoiceCell
from survey.scoring.gaps import Chances, Word, chances_of, gap_to, variance_of, word_for, word_for_one_voice
from survey.scoring.items import ScoredItem
from survey.scoring.method import METHOD
from survey.scoring.releases import Release

Views: TypeAlias = Mapping[str, float]
"""The owner's own marks by item id, with high as the healthy end."""

Predictions: TypeAlias = Mapping[str, Mapping[str, float]]
"""Per perspective, by item or theme id: what the owner thinks they say; an item as asked, a theme as a healthy mark."""


class Level(StrEnum):
    """What a verdict is about."""

    ITEM = "item"
    THEME = "theme"
    POOLED = "pooled"
    PREDICTION = "prediction"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence's worth: `gap` in points, own minus others; no gap without information, no chances of one voice."""

    level: Level
    id: str
    perspective: str | None
    word: Word
    gap: float | None = None
    chances: Chances | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A gap that can be weighed: `variance` is that of the others' side alone; `own_variance` that of the owner's."""

    gap: float
    variance: float
    own_variance: float
    of_one_voice: bool

    def verdict(self, level: Level, id: str, perspective: str) -> Verdict:
        if self.of_one_voice:
            return Verdict(level, id, perspective, word_for_one_voice(self.gap), self.gap)
        chances = chances_of(self.gap, self.variance + self.own_variance)
        return Verdict(level, id, perspective, word_for(self.gap, chances), self.gap, chances)


def verdicts(
    release: Release, own_answers: Mapping[str, Answer], predictions: Predictions, without: Collection[str] = ()
) -> tuple[Verdict, ...]:
    """Every verdict of a mirror: per perspective its items, then its themes; then the predictions.

    own_answers: the subject's answers as given. predictions: what he thinks each perspective says; None is not there.
    without: items that stay out of the theme marks, so that a theme's verdict is about the mark that is shown.
    An item of the theme `overall` has no verdict. Raises KeyError for a predicted id that is no item and no theme.
    """
    return (*gap_verdicts(release, own_answers, without), *prediction_verdicts(release, predictions, without))


def gap_verdicts(
    release: Release, own_answers: Mapping[str, Answer], without: Collection[str] = ()
) -> tuple[Verdict, ...]:
    """The verdicts on the owner's own view: per perspective its items, then its themes."""
    own = views(release.items, own_answers)
    return tuple(verdict for each in release.perspectives for verdict in _verdicts_on(release, each.id, own, without))


def prediction_verdicts(
    release: Release, predictions: Predictions, without: Collection[str] = ()
) -> tuple[Verdict, ...]:
    """The verdicts on what the owner thought each perspective would say, in the order of the predictions.

    Of a perspective that never answered, and so is not in the release, there is not enough information.
    """
    return tuple(
        verdict
        for perspective, predicted in predictions.items()
        for id, mark in predicted.items()
        for verdict in _verdicts_on_prediction(release, perspective, id, mark, without)
    )


def views(items: tuple[ScoredItem, ...], answers: Mapping[str, Answer]) -> dict[str, float]:
    """The marks among these answers, by item id, with high as the healthy end."""
    return {item.id: item.healthy_side_up(answer) for item in items if isinstance(answer := answers.get(item.id), int)}


def item_evidence(release: Release, perspective: str, item: str, own: Views) -> Evidence | None:
    """The gap of one item to one perspective; None where either side says nothing."""
    cell = release.said(perspective, item)
    if cell is None or item not in own:
        return None
    return Evidence(gap_to(own[item], cell), variance_of(cell), METHOD.sigma_self**2, isinstance(cell, VoiceCell))


def theme_evidence(
    release: Release, perspective: str, theme: str, own: Views, without: Collection[str] = ()
) -> Evidence | None:
    """The mean gap over the theme's items that are shown and that the owner answered; None where they are too few.

    v = sigma_theme^2 / n + sigma_self^2 / J + step^2 / 12 / J over J items, n of the smallest band (scoring.md 4.2).
    """
    items = _items_of(release, theme, without)
    return _theme_evidence(release, perspective, items, own.get, lambda judged: METHOD.sigma_self**2 / judged)


def theme_prediction_evidence(
    release: Release, perspective: str, theme: str, mark: float, without: Collection[str] = ()
) -> Evidence | None:
    """The same with one predicted theme mark against every shown item: one answer, so its noise is not divided."""
    items = _items_of(release, theme, without)
    return _theme_evidence(release, perspective, items, lambda item: mark, lambda judged: METHOD.sigma_self**2)


def _items_of(release: Release, theme: str, without: Collection[str]) -> list[ScoredItem]:
    return [item for item in release.items_of(theme) if item.id not in without]


def _theme_evidence(
    release: Release,
    perspective: str,
    items: Collection[ScoredItem],
    own_mark: Callable[[str], float | None],
    own_variance: Callable[[int], float],
) -> Evidence | None:
    shown = [
        (own, cell)
        for item in items
        if (cell := release.said(perspective, item.id)) is not None and (own := own_mark(item.id)) is not None
    ]
    judged = len(shown)
    if judged < METHOD.fewest_items_of_a_theme or 2 * judged < len(items):
        return None
    gap = sum(gap_to(own, cell) for own, cell in shown) / judged
    bands = [cell.band.at_least for _, cell in shown if isinstance(cell, ShownCell)]
    return Evidence(gap, _theme_variance(bands, judged), own_variance(judged), of_one_voice=not bands)


def _theme_variance(bands: list[int], judged: int) -> float:
    if not bands:
        return METHOD.sigma_theme**2
    return METHOD.sigma_theme**2 / min(bands) + METHOD.step**2 / 12 / judged


def _verdicts_on(release: Release, perspective: str, own: Views, without: Collection[str]) -> Iterator[Verdict]:
    for item in release.items:
        if not item.is_overall:
            yield _verdict(Level.ITEM, item.id, perspective, item_evidence(release, perspective, item.id, own))
    for theme in release.themes:
        yield _verdict(Level.THEME, theme, perspective, theme_evidence(release, perspective, theme, own, without))


def _verdicts_on_prediction(
    release: Release, perspective: str, id: str, mark: float, without: Collection[str]
) -> Iterator[Verdict]:
    if id in release.themes:
        evidence = theme_prediction_evidence(release, perspective, id, mark, without)
        yield _verdict(Level.PREDICTION, id, perspective, evidence)
    elif not (item := release.item(id)).is_overall:
        predicted = {id: item.healthy_side_up(mark)}
        yield _verdict(Level.PREDICTION, id, perspective, item_evidence(release, perspective, id, predicted))


def _verdict(level: Level, id: str, perspective: str, evidence: Evidence | None) -> Verdict:
    if evidence is None:
        return Verdict(level, id, perspective, Word.NOT_ENOUGH_INFORMATION)
    return evidence.verdict(level, id, perspective)
