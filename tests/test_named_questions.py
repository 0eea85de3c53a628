"""What only the owner and named roles are asked: the rules, for every role and every kind of round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.kinds import KINDS
from survey.mirror.words import LANGUAGES, words_in
from survey.named_questions import (
    CATALOGUE,
    DIRECTION,
    DIRECTIONS,
    KEY_FIGURES,
    NAMES,
    OWNER,
    POINTS,
    SPARRING_PARTNERS,
    AnswerImpossible,
    NotAskedOfThem,
    NotThree,
    asked_of,
    check,
)
from survey.perspectives import ANONYMOUS, NAMED
from survey.scoring import NotAHundredPoints

ROLES = (OWNER, *NAMED)
HUNDRED = {"accountant": 60, "fellow_owner": 40}
THREE = ["sales", "money_ahead", "stock"]


@pytest.mark.parametrize("kind", [*KINDS, "shopping"])
@pytest.mark.parametrize("group", [*ANONYMOUS, "", "customers"])
def test_no_group_is_ever_asked_any_of_them(kind: str, group: str) -> None:
    assert asked_of(kind, group) == ()
    for answers in ({DIRECTION: "better"}, {POINTS: HUNDRED}, {KEY_FIGURES: THREE}):
        with pytest.raises(NotAskedOfThem):
            check(kind, group, answers)


def test_the_thermometer_asks_the_direction_and_a_mirror_the_points() -> None:
    for role in ROLES:
        assert asked_of("thermometer", role) == (DIRECTION,)
        assert POINTS in asked_of("mirror", role)
        assert asked_of("circle", role) == asked_of("mirror", role)
        assert asked_of("one_question", role) == ()


def test_owner_and_accountant_name_three_key_figures_and_nobody_else() -> None:
    assert {role for role in ROLES if KEY_FIGURES in asked_of("mirror", role)} == {OWNER, "accountant"}


@st.composite
def hundreds(draw: st.DrawFn) -> dict[str, int]:
    """A hundred points in steps of five, over any of the sparring partners."""
    cuts = sorted(draw(st.lists(st.integers(0, 20), min_size=6, max_size=6)))
    steps = [after - before for before, after in zip([0, *cuts], [*cuts, 20], strict=True)]
    return {partner: 5 * step for partner, step in zip(SPARRING_PARTNERS, steps, strict=True)}


@given(hundreds())
def test_every_way_to_divide_a_hundred_in_steps_of_five_is_taken(points: dict[str, int]) -> None:
    check("mirror", OWNER, {POINTS: points})


@given(st.dictionaries(st.sampled_from(SPARRING_PARTNERS), st.integers(-100, 200), min_size=1))
def test_nothing_else_is_a_hundred_points(points: dict[str, int]) -> None:
    fits = sum(points.values()) == 100 and all(each >= 0 and each % 5 == 0 for each in points.values())
    if fits:
        check("mirror", "bank", {POINTS: points})
    else:
        with pytest.raises(NotAHundredPoints):
            check("mirror", "bank", {POINTS: points})


@given(st.lists(st.sampled_from(CATALOGUE), max_size=6))
def test_three_different_key_figures_are_three(figures: list[str]) -> None:
    if len(figures) == NAMES == len(set(figures)):
        check("mirror", "accountant", {KEY_FIGURES: figures})
    else:
        with pytest.raises(NotThree):
            check("mirror", "accountant", {KEY_FIGURES: figures})


@pytest.mark.parametrize(
    ("kind", "answers", "refusal"),
    [
        ("thermometer", {DIRECTION: "fine"}, AnswerImpossible),
        ("mirror", {POINTS: {"the_neighbour": 100}}, AnswerImpossible),
        ("mirror", {KEY_FIGURES: ["sales", "stock", "moon"]}, AnswerImpossible),
        ("mirror", {POINTS: {"accountant": True, "help_body": 99}}, NotAHundredPoints),
        ("mirror", {DIRECTION: "better"}, NotAskedOfThem),
        ("thermometer", {POINTS: HUNDRED}, NotAskedOfThem),
        ("one_question", {KEY_FIGURES: THREE}, NotAskedOfThem),
    ],
)
def test_what_no_form_of_ours_can_give_is_refused(
    kind: str, answers: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        check(kind, OWNER, answers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_can_be_chosen_has_its_words(language: str) -> None:
    words = words_in(language)
    assert words.keys("named.figures") == CATALOGUE
    assert words.keys("named.partners") == SPARRING_PARTNERS
    assert words.keys("named.directions") == DIRECTIONS
    assert words.keys("kind") == tuple(KINDS)
