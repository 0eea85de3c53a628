"""One mark per theme: halves of a group, one decimal of a voice and of the owner."""

from collections.abc import Sequence

import pytest

from survey.scoring.answers import CANNOT_JUDGE, AnonymousGroup, NamedVoice
from survey.scoring.cells import Edge
from survey.scoring.items import ScoredItem
from survey.scoring.themes import ThemeMark, own_theme_mark, theme_mark
from tests.scoring.bakery import released

ITEMS = tuple(ScoredItem(id, "partners", reverse=id == "r") for id in ("a", "b", "r"))


def staff(*columns: int | None) -> AnonymousGroup:
    return AnonymousGroup("employees", [dict(zip("abr", columns, strict=False))] * 6)


def mark_of(group: AnonymousGroup | NamedVoice, without: Sequence[str] = ()) -> ThemeMark | None:
    return theme_mark(released(group, items=ITEMS), group.id, "partners", without)


@pytest.mark.parametrize(
    ("columns", "mark"),
    [
        ((3, 3, 3), ThemeMark(3.0, None, 3)),
        ((4, 3, 3), ThemeMark(3.5, None, 3)),  # cells 4.0 or more, 3.0, 3.0: 3.33
        ((5, 5, 3), ThemeMark(3.5, None, 3)),  # 4.0 or more, 4.0 or more, 3.0: 3.67
        ((5, 5, 1), ThemeMark(4.0, Edge.HIGH, 3)),
        ((1, 1, 5), ThemeMark(2.0, Edge.LOW, 3)),
        ((1, 5, None), ThemeMark(3.0, None, 2)),
        ((3, None, None), None),
        ((None, None, None), None),
    ],
)
def test_a_group_gives_a_theme_a_mark_in_halves_open_at_the_end(
    columns: tuple[int | None, ...], mark: ThemeMark | None
) -> None:
    if columns == (None, None, None):
        assert mark_of(AnonymousGroup("employees", [])) is None
    else:
        assert mark_of(staff(*columns)) == mark


def test_a_quarter_goes_up() -> None:
    responses = [{"a": 3, "b": 2}] * 3 + [{"a": 3, "b": 3}] * 3  # cells 3.0 and 2.5: 2.75
    assert mark_of(AnonymousGroup("employees", responses)) == ThemeMark(3.0, None, 2)


def test_a_named_voice_and_the_owner_give_a_theme_a_mark_with_one_decimal() -> None:
    answers = {"a": 4, "b": 4, "r": 1}  # turned: 4, 4, 5
    assert mark_of(NamedVoice("bank", answers)) == ThemeMark(4.3, None, 3)
    assert own_theme_mark(ITEMS, answers, "partners") == ThemeMark(4.3, None, 3)


def test_an_item_can_be_left_out_and_one_alone_makes_no_mark() -> None:
    answers = {"a": 4, "b": 3, "r": 1}
    assert mark_of(NamedVoice("bank", answers), without=["r"]) == ThemeMark(3.5, None, 2)
    assert mark_of(NamedVoice("bank", answers), without=["r", "a"]) is None
    assert own_theme_mark(ITEMS, {**answers, "a": CANNOT_JUDGE}, "partners", without=["r"]) is None
    assert own_theme_mark(ITEMS, answers, "partners", without=["r"]) == ThemeMark(3.5, None, 2)
    assert own_theme_mark(ITEMS, answers, "customers") is None
