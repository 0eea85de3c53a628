"""What only the owner and named roles were asked: better or worse, a hundred points, three key figures.

Each voice stands apart: points are never averaged over voices, and nothing of a group can be among them. It shows what
was answered; the one thing it computes is how many key figures two lists share, beside what chance would give.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from survey.mirror.reports import AskedByName, Direction, HundredPoints, KeyFigureList, KeyFigures, PointsRow
from survey.mirror.speakers import Speaker
from survey.mirror.words import Words
from survey.named_questions import CATALOGUE, DIRECTION, KEY_FIGURES, NAMES, POINTS, SPARRING_PARTNERS
from survey.scoring import chance_of_at_least, overlap


def asked_by_name(
    own: Mapping[str, Any], documents: Mapping[str, Mapping[str, Any]], speakers: Sequence[Speaker], words: Words
) -> AskedByName | None:
    """Return what the owner and each named voice answered, or None when nobody did. documents: by voice."""
    told = [(words("mark.You"), True, own)]
    told += [
        (speaker.label, False, documents[speaker.id])
        for speaker in speakers
        if not speaker.is_group and speaker.id in documents
    ]
    found = AskedByName(
        directions=tuple(_directions(told, words)),
        points=_points(told, words),
        key_figures=_key_figures(told, words),
    )
    return found if found.directions or found.points or found.key_figures else None


def _directions(told: Sequence[tuple[str, bool, Mapping[str, Any]]], words: Words) -> Iterator[Direction]:
    for label, is_own, answers in told:
        if DIRECTION in answers:
            yield Direction(label, is_own, words(f"named.directions.{answers[DIRECTION]}"))


def _points(told: Sequence[tuple[str, bool, Mapping[str, Any]]], words: Words) -> HundredPoints | None:
    divided = [(label, answers[POINTS]) for label, _is_own, answers in told if POINTS in answers]
    if not divided:
        return None
    rows = (
        PointsRow(
            _opening(words(f"named.partners.{partner}")), tuple(points.get(partner, 0) for _label, points in divided)
        )
        for partner in SPARRING_PARTNERS
    )
    return HundredPoints(tuple(label for label, _points in divided), tuple(row for row in rows if any(row.points)))


def _key_figures(told: Sequence[tuple[str, bool, Mapping[str, Any]]], words: Words) -> KeyFigures | None:
    named = [(label, is_own, answers[KEY_FIGURES]) for label, is_own, answers in told if KEY_FIGURES in answers]
    if not named:
        return None
    lists = (
        KeyFigureList(label, is_own, tuple(map(_opening, _in_words(figures, words))))
        for label, is_own, figures in named
    )
    own = next((figures for _label, is_own, figures in named if is_own), None)
    others = [figures for _label, is_own, figures in named if not is_own]
    return KeyFigures(tuple(lists), tuple(_shared(own, others, words)))


def _shared(own: Sequence[str] | None, others: Sequence[Sequence[str]], words: Words) -> Iterator[str]:
    """How many the owner's list shares with the accountant's; with a second accountant it is said once for each."""
    for figures in others if own is not None else ():
        common = overlap(own or (), figures, len(CATALOGUE)).common
        count = max(len(common), 1)
        yield " ".join((_common(common, words), _by_chance(count, words)))


def _common(common: Sequence[str], words: Words) -> str:
    if not common:
        return words("named.key_figures.shared_none")
    names = words.listed(_in_words(common, words))
    if len(common) == 1:
        return words("named.key_figures.shared_one", names=names)
    return words("named.key_figures.shared", count=_opening(words.counted(len(common))), names=names)


def _by_chance(count: int, words: Words) -> str:
    chance = chance_of_at_least(count, NAMES, NAMES, len(CATALOGUE))
    percent = "<1" if 100 * chance < 1 else str(round(100 * chance))
    return words("named.key_figures.chance", catalogue=len(CATALOGUE), percent=percent, count=words.counted(count))


def _opening(text: str) -> str:
    """A text with a capital at its start."""
    return text[:1].upper() + text[1:]


def _in_words(figures: Sequence[str], words: Words) -> tuple[str, ...]:
    return tuple(words(f"named.figures.{figure}") for figure in CATALOGUE if figure in figures)
