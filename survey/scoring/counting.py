"""Counting: raw answers go in once, and a release comes out.

One answer goes into exactly one cell. The order inside is: count, decide on counts, audit the shape, and only then
look at marks. This module knows no person, no clock and no storage; the key that orders texts is an argument.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from survey.scoring.answers import (
    AnonymousGroup,
    Group,
    MoreAnswersThanInvited,
    NamedVoice,
    PerspectiveNamedTwice,
    Tally,
    UnknownItem,
    tally,
)
from survey.scoring.audit import CellShape, EarlierRelease, Shape, audit
from survey.scoring.cells import (
    Cell,
    Reason,
    ShownCell,
    SuppressedCell,
    VoiceCell,
    band_of,
    coverage_of,
    reason_to_suppress,
)
from survey.scoring.items import ScoredItem, themes_of
from survey.scoring.method import METHOD
from survey.scoring.releases import Kind, Perspective, Release
from survey.scoring.schemes import SCHEMES
from survey.scoring.texts import ReleasedTexts, released_texts
from survey.scoring.visibility import Visibility, sight_of


class KBelowFive(ValueError):
    """A round asks for a lower k than the method allows."""


class ScaleWithoutScheme(ValueError):
    """An item has a scale for which no way of publishing has been proved."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """A group with its tallies by item id and, for an anonymous one, the reasons that its counts give."""

    group: Group
    tallies: dict[str, Tally]
    reasons: dict[str, Reason]


def release(
    items: Sequence[ScoredItem],
    groups: Iterable[Group],
    key: bytes,
    k: int = METHOD.k,
    earlier: Iterable[EarlierRelease] = (),
) -> Release:
    """Turn the raw answers of a round into its release, audited before a single mark is looked at.

    items: the edition, in its order. groups: every group and named voice once, raw answers as given. key: orders the
    open texts. k: at least five, as frozen when the invitations went out. earlier: what was released before of these
    anonymous groups. A cell of a shape that the audit finds wanting is suppressed for everybody.
    Raises KBelowFive, ScaleWithoutScheme, UnknownItem, AnswerOutsideScale, MoreAnswersThanInvited,
    PerspectiveNamedTwice.
    """
    _refuse_what_the_method_does_not_allow(items, k)
    counted = [_count(items, group, k) for group in _in_order(groups)]
    audited = audit(_shape(items, counted, tuple(earlier)))
    barred = {(finding.perspective, finding.item) for finding in audited.findings}
    return Release(
        method=METHOD.version,
        k=k,
        items=tuple(items),
        perspectives=tuple(_perspective(each.group, k) for each in counted),
        cells=tuple(_cell(item, each, barred) for each in counted for item in items),
        visibility=tuple(seen for each in counted for seen in _visibility(items, each, k)),
        texts=tuple(texts for each in counted for texts in _texts(each.group, key, k)),
        audit=audited,
    )


def _refuse_what_the_method_does_not_allow(items: Iterable[ScoredItem], k: int) -> None:
    if k < METHOD.k:
        raise KBelowFive(f"At least {METHOD.k} answers stand behind a shown cell, not {k}.")
    for item in items:
        if item.scale not in SCHEMES:
            raise ScaleWithoutScheme(f"{item.id} has a scale that cannot be released.")


def _in_order(groups: Iterable[Group]) -> list[Group]:
    """By id: the release must not tell in which order groups were handed in."""
    ordered = sorted(groups, key=lambda group: group.id)
    for one, other in pairwise(ordered):
        if one.id == other.id:
            raise PerspectiveNamedTwice(f"There are two groups called {one.id}.")
    return ordered


def _count(items: Sequence[ScoredItem], group: Group, k: int) -> _Counted:
    responses = group.responses if isinstance(group, AnonymousGroup) else (group.response,)
    known = {item.id for item in items}
    if not all(response.keys() <= known for response in responses):
        raise UnknownItem(f"A response of {group.id} answers an item that is not in the edition.")
    tallies = {item.id: tally(item, responses) for item in items}
    return _Counted(group, tallies, _reasons(group, tallies, k))


def _reasons(group: Group, tallies: Mapping[str, Tally], k: int) -> dict[str, Reason]:
    """Why cells of an anonymous group are suppressed, by item id, from counts alone."""
    if isinstance(group, NamedVoice):
        return {}
    invited = _invited(group)
    return {
        id: reason
        for id, counted in tallies.items()
        if (reason := reason_to_suppress(len(counted.marks), counted.cannot_judge, invited, k))
    }


def _invited(group: AnonymousGroup) -> int:
    if group.invited is None:
        return len(group.responses)
    if len(group.responses) > group.invited:
        # Without the numbers: an error text ends in a log, and how many took part stands in the release or nowhere.
        raise MoreAnswersThanInvited(f"More people answered in {group.id} than were invited.")
    return group.invited


def _shape(items: Sequence[ScoredItem], counted: Iterable[_Counted], earlier: tuple[EarlierRelease, ...]) -> Shape:
    return Shape(
        tuple(
            _cell_shape(each.group, item, len(each.tallies[item.id].marks))
            for each in counted
            if isinstance(each.group, AnonymousGroup)
            for item in items
            if item.id not in each.reasons
        ),
        earlier,
    )


def _cell_shape(group: Group, item: ScoredItem, n: int) -> CellShape:
    return CellShape(group.id, item.id, n, SCHEMES[item.scale], band_of(n), frozenset({group.id}))


def _perspective(group: Group, k: int) -> Perspective:
    if isinstance(group, NamedVoice):
        return Perspective(group.id, Kind.NAMED, None, 1)
    n = len(group.responses)
    return Perspective(group.id, Kind.ANONYMOUS, group.invited, n if n >= k else None)


def _cell(item: ScoredItem, counted: _Counted, barred: set[tuple[str, str]]) -> Cell:
    group, marks = counted.group, counted.tallies[item.id]
    if isinstance(group, NamedVoice):
        return _voice_cell(group, item, marks)
    if item.id in counted.reasons:
        return SuppressedCell(group.id, item.id, counted.reasons[item.id])
    if (group.id, item.id) in barred:
        return SuppressedCell(group.id, item.id, Reason.TOO_FEW_ANSWERS)
    return _shown_cell(group, item, marks)


def _voice_cell(voice: NamedVoice, item: ScoredItem, counted: Tally) -> Cell:
    if counted.marks:
        return VoiceCell(voice.id, item.id, counted.marks[0])
    reason = Reason.MOST_CANNOT_JUDGE if counted.cannot_judge else Reason.TOO_FEW_ANSWERS
    return SuppressedCell(voice.id, item.id, reason)


def _shown_cell(group: AnonymousGroup, item: ScoredItem, counted: Tally) -> ShownCell:
    n = len(counted.marks)
    figure = SCHEMES[item.scale].figure(counted.marks)
    coverage = coverage_of(n, counted.cannot_judge)
    return ShownCell(group.id, item.id, figure.mean, figure.edge, band_of(n), coverage, figure.spread)


def _visibility(items: Sequence[ScoredItem], counted: _Counted, k: int) -> Iterator[Visibility]:
    """Sight per theme; a group below k says nothing at all, its ballots are destroyed unread."""
    if isinstance(counted.group, AnonymousGroup) and len(counted.group.responses) < k:
        return
    for theme in themes_of(items):
        level = sight_of(counted.tallies[item.id] for item in items if item.theme == theme)
        if level is not None:
            yield Visibility(counted.group.id, theme, level)


def _texts(group: Group, key: bytes, k: int) -> Iterator[ReleasedTexts]:
    if isinstance(group, NamedVoice):
        return (ReleasedTexts(group.id, question, (text,)) for question, text in sorted(group.texts.items()))
    if len(group.responses) < k:
        return iter(())
    return released_texts(group.id, group.texts, key, k)
