"""Two sets of raw answers with the same release give one mirror: the page, the file and the paper, byte for byte.

Order, wording, chart coordinates and alt texts are all in these bytes.
"""

import json
from collections.abc import Callable
from random import Random

import pytest

from survey.mirror import (
    MirrorReport,
    OwnView,
    hold_up_mirror,
    mirror_csv,
    mirror_workbook,
    report_html,
    report_pdf,
    sheet_pdf,
    to_document,
)
from survey.mirror.printing import sheet_html
from survey.questionnaires import load
from survey.scoring import FIVE_POINT, counting, scored_items
from survey.scoring.answers import Group
from survey.scoring.counting import release
from survey.scoring.schemes import SCHEMES
from tests.mirror.karins_mirror import KEY, PEOPLE, QUESTIONS, facts_of
from tests.scoring.planted import HALVES_WITHOUT_CLIP
from tests.scoring.test_non_interference import blind_audit
from tests.scoring.twins import Twins, draw_twins

Renderer = Callable[[MirrorReport], bytes]
EXPECTED = {"employees": {"course": 4, "openness": 2}}

EDITION = scored_items(load("spiegel-1"))


def page(report: MirrorReport) -> bytes:
    return report_html(report).encode()


def sheet(report: MirrorReport) -> bytes:
    return sheet_html(report).encode()


def document(report: MirrorReport) -> bytes:
    return json.dumps(to_document(report), sort_keys=True, default=str).encode()


def as_csv(report: MirrorReport) -> bytes:
    return mirror_csv(report, EXPECTED)


def as_workbook(report: MirrorReport) -> bytes:
    return mirror_workbook(report, EXPECTED)


def mirror_of(found: Twins, groups: list[Group], language: str) -> MirrorReport:
    """The mirror of one of two twin rounds, for the same owner."""
    released = release(found.items, groups, KEY)
    own = OwnView(found.own_answers, found.predictions, dict.fromkeys(QUESTIONS, "wat ik zelf zie"))
    people = tuple(person for person in PEOPLE if person.id in {voice.id for voice in found.voices})
    return hold_up_mirror(
        released, own, facts_of(released, groups=("employees", "accountant", "bank"), people=people), language
    )


def pairs(count: int, seed: str) -> list[tuple[Twins, str]]:
    chance = Random(seed)
    return [(draw_twins(EDITION, QUESTIONS, chance), chance.choice(["nl", "en"])) for _ in range(count)]


def assert_one_mirror(found: Twins, language: str, renderers: tuple[Renderer, ...]) -> None:
    first, second = (mirror_of(found, groups, language) for groups in found.rounds)
    for render in renderers:
        assert render(first) == render(second)


def assert_all_one_mirror(drawn: list[tuple[Twins, str]], renderers: tuple[Renderer, ...]) -> None:
    for found, language in drawn:
        assert_one_mirror(found, language, renderers)


def test_the_page_and_the_document_of_twins_are_one(long: bool) -> None:
    drawn = pairs(400 if long else 30, "page")
    assert_all_one_mirror(drawn, (page, sheet, document, as_csv))
    assert_all_one_mirror(drawn[:: 1 if long else 10], (as_workbook,))
    differ = [found.share_that_differs() for found, _ in drawn]
    assert sum(share >= 0.5 for share in differ) >= 0.3 * len(drawn)


def test_the_paper_of_twins_is_one(long: bool) -> None:
    renderers = (report_pdf, sheet_pdf) if long else (report_pdf,)
    assert_all_one_mirror(pairs(20 if long else 1, "paper"), renderers)


def test_with_the_clip_and_the_auditor_off_the_pages_of_twins_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCHEMES, FIVE_POINT, HALVES_WITHOUT_CLIP)
    monkeypatch.setattr(counting, "audit", blind_audit)
    for render in (page, as_csv, as_workbook):
        with pytest.raises(AssertionError):
            assert_all_one_mirror(pairs(10, "clip off"), (render,))
