"""Two sets of raw answers with the same release give the same bytes, whatever is made of the release."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from survey.scoring import counting
from survey.scoring.answers import AnonymousGroup, Group, NamedVoice
from survey.scoring.audit import Audit, Shape
from survey.scoring.cells import Band
from survey.scoring.counting import release
from survey.scoring.documents import canonical
from survey.scoring.items import FIVE_POINT, ScoredItem
from survey.scoring.releases import Release
from survey.scoring.schemes import SCHEMES
from survey.scoring.score import score_text
from survey.scoring.themes import theme_mark
from survey.scoring.verdicts import verdicts
from tests.scoring.bakery import CHECKLIST, KEY
from tests.scoring.planted import HALVES_WITHOUT_CLIP
from tests.scoring.twins import Twins, twins

Renderer = Callable[[Release, Twins], bytes]


def document(mirrored: Release, of: Twins) -> bytes:
    return canonical(mirrored).encode()


def sayings(mirrored: Release, of: Twins) -> bytes:
    """Every verdict and every theme mark, in the order in which they come."""
    found = [asdict(verdict) for verdict in verdicts(mirrored, of.own_answers, of.predictions)]
    marks = [theme_mark(mirrored, each.id, theme) for each in mirrored.perspectives for theme in mirrored.themes]
    return repr((found, marks)).encode()


RENDERERS: tuple[Renderer, ...] = (document, sayings)
"""Everything that scoring makes of a release; pages and files hold their own twins to the light."""


def assert_indistinguishable(found: Twins, renderers: Iterable[Renderer] = RENDERERS) -> None:
    first, second = (release(found.items, groups, KEY) for groups in found.rounds)
    for render in renderers:
        assert render(first, found) == render(second, found)


def hold_up_twins(examples: int, check: Callable[[Twins], None] = assert_indistinguishable) -> list[Twins]:
    """Check this many twins; returns them."""
    seen: list[Twins] = []

    @settings(max_examples=examples, deadline=None, phases=[Phase.generate], database=None)
    @given(twins(CHECKLIST))
    def hold_up(found: Twins) -> None:
        seen.append(found)
        check(found)

    hold_up()
    return seen


def test_nobody_can_tell_twins_apart_and_they_differ_much(long: bool) -> None:
    seen = hold_up_twins(2_000 if long else 150)
    differ = [found.share_that_differs() for found in seen]
    assert sum(share >= 0.5 for share in differ) >= 0.3 * len(seen)
    shown = [found for found in seen if len(found.first.responses) >= 5]
    assert sum(found.share_that_differs() >= 0.5 for found in shown) >= 0.3 * len(shown)


def test_the_command_cannot_tell_twins_apart_either() -> None:
    def assert_scored_alike(found: Twins) -> None:
        first, second = (json.dumps(document_of(found, group)) for group in found.groups)
        assert score_text(first) == score_text(second)

    hold_up_twins(40, assert_scored_alike)


def document_of(found: Twins, group: AnonymousGroup) -> dict[str, Any]:
    groups: list[Group] = [group, *found.voices]
    return {
        "items": [item_fields(item) for item in found.items],
        "self": found.own_answers,
        "predictions": found.predictions,
        "perspectives": [perspective_fields(each) for each in groups],
    }


def item_fields(item: ScoredItem) -> dict[str, Any]:
    return {"id": item.id, "theme": item.theme, "reverse": item.reverse, "scale": list(item.scale)}


def perspective_fields(group: Group) -> dict[str, Any]:
    if isinstance(group, NamedVoice):
        return {"id": group.id, "kind": "named", "answers": [group.response]}
    return {"id": group.id, "kind": "anonymous", "invited": group.invited, "answers": group.responses}


# Each guard switched off once


def blind_audit(shape: Shape) -> Audit:
    return Audit()


def test_with_the_clip_off_the_auditor_still_keeps_twins_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCHEMES, FIVE_POINT, HALVES_WITHOUT_CLIP)
    hold_up_twins(30)


def test_with_the_clip_and_the_auditor_off_twins_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCHEMES, FIVE_POINT, HALVES_WITHOUT_CLIP)
    monkeypatch.setattr(counting, "audit", blind_audit)
    with pytest.raises(AssertionError):
        hold_up_twins(30)


def test_with_the_suppression_off_twins_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "reason_to_suppress", lambda *counts: None if counts[0] else "too_few_answers")
    monkeypatch.setattr(counting, "band_of", lambda n: Band(n, n))
    monkeypatch.setattr(counting, "audit", blind_audit)
    with pytest.raises(AssertionError):
        hold_up_twins(60)


def test_with_texts_in_the_order_of_arrival_twins_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.scoring.texts.in_keyed_order", lambda question, texts, key: list(texts))
    with pytest.raises(AssertionError):
        hold_up_twins(60)
