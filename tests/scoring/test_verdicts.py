"""What is said of a gap: to a group, to one voice, over a theme, against a prediction, and over all perspectives."""

from collections.abc import Sequence
from math import inf, nextafter
from typing import Any

import pytest

from survey.scoring.answers import CANNOT_JUDGE, AnonymousGroup, Group, NamedVoice
from survey.scoring.cells import Band, Coverage, Edge, ShownCell, VoiceCell
from survey.scoring.gaps import Chances, Word, chances_of, gap_to, variance_of, word_for, word_for_one_voice
from survey.scoring.items import ScoredItem
from survey.scoring.method import METHOD
from survey.scoring.pooled import pooled_verdict, pooled_verdicts
from survey.scoring.verdicts import Evidence, Level, Verdict, verdicts
from tests.scoring.bakery import (
    CHECKLIST,
    CUSTOMER_DEPENDENCE,
    CUSTOMERS_RETURN,
    ORDER_BOOK,
    employees,
    named,
    released,
)
from tests.scoring.vectors import vectors

WORDS = {
    "blinde-vlek": Word.BLIND_SPOT,
    "verborgen-kracht": Word.HIDDEN_STRENGTH,
    "mogelijk-verschil": Word.POSSIBLE_DIFFERENCE,
    "eens": Word.IN_AGREEMENT,
    "onzeker": Word.UNCERTAIN,
    "onvoldoende": Word.NOT_ENOUGH_INFORMATION,
    "partijen-oneens": Word.PARTIES_DISAGREE,
    "eens-1-stem": Word.ONE_VOICE_ALIKE,
    "klein-verschil-1-stem": Word.ONE_VOICE_SMALL_DIFFERENCE,
    "verschil-1-stem": Word.ONE_VOICE_CLEAR_DIFFERENCE,
}


def assert_verdict_is(verdict: Verdict, expected: dict[str, Any]) -> None:
    assert verdict.word == WORDS[expected["v"]]
    assert verdict.gap == pytest.approx(expected.get("d", expected.get("D")))
    if "p_over" in expected:
        assert verdict.chances is not None
        assert verdict.chances.over == pytest.approx(expected["p_over"], abs=1e-9)
        assert verdict.chances.under == pytest.approx(expected["p_under"], abs=1e-9)
        assert verdict.chances.agree == pytest.approx(expected["p_agree"], abs=1e-9)


def verdict_on(level: Level, found: Sequence[Verdict], id: str, perspective: str | None) -> Verdict:
    return next(each for each in found if (each.level, each.id, each.perspective) == (level, id, perspective))


# The vectors


@vectors("A.verdict.item")
def test_an_item_is_judged_as_the_vectors_say(given: dict[str, Any], expected: dict[str, Any]) -> None:
    group = named("bank", given["values"][0]) if given["identified"] else employees(given["values"])
    found = verdicts(released(group), {"order_book": given["self"]}, {})
    assert_verdict_is(verdict_on(Level.ITEM, found, "order_book", group.id), {"d": None, **expected})


@vectors("A.verdict.theme")
def test_a_theme_is_judged_as_the_vectors_say(given: dict[str, Any], expected: dict[str, Any]) -> None:
    items = [ScoredItem(id, "partners") for id in given["values"]]
    responses = [dict(zip(given["values"], row, strict=True)) for row in zip(*given["values"].values(), strict=True)]
    found = verdicts(released(AnonymousGroup("employees", responses), items=items), given["self"], {})
    assert_verdict_is(verdict_on(Level.THEME, found, "partners", "employees"), expected)


@vectors("A.verdict.pooled")
def test_perspectives_are_pooled_as_the_vectors_say(given: dict[str, Any], expected: dict[str, Any]) -> None:
    groups: list[Group] = [
        employees(given["medewerkers"]),
        named("bank", *given["bank"]),
        named("accountant", *given["accountant"]),
    ]
    found = pooled_verdicts(released(*groups), {"order_book": given["self"]})
    assert_verdict_is(verdict_on(Level.POOLED, found, "order_book", None), expected)


@vectors("A.weighting")
def test_perspectives_weigh_the_same_and_not_by_head_count(given: dict[str, Any], expected: dict[str, Any]) -> None:
    views = [Evidence(5 - mean, 1.0, 0.25, of_one_voice=False) for mean in given["means"].values()]
    gap = pooled_verdict("order_book", views).gap
    assert gap is not None
    assert 5 - gap == pytest.approx(expected["per_perspective"])
    heads = sum(given["n"].values())
    by_head = sum(given["means"][id] * given["n"][id] for id in given["means"]) / heads
    assert by_head == pytest.approx(expected["per_head"])


# The gap


def shown(mean: float, edge: Edge | None = None, at_least: int = 8) -> ShownCell:
    return ShownCell("employees", "order_book", mean, edge, Band(at_least, None), Coverage.ALMOST_ALL, None)


@pytest.mark.parametrize(
    ("own", "cell", "gap"),
    [
        (5, shown(3.5), 1.5),
        (2, shown(3.5), -1.5),
        (5, shown(4.0, Edge.HIGH), 0.0),
        (4, shown(4.0, Edge.HIGH), 0.0),
        (3, shown(4.0, Edge.HIGH), -1.0),
        (1, shown(2.0, Edge.LOW), 0.0),
        (2, shown(2.0, Edge.LOW), 0.0),
        (5, shown(2.0, Edge.LOW), 3.0),
        (5, VoiceCell("bank", "order_book", 2), 3),
        (1, VoiceCell("bank", "order_book", 2), -1),
    ],
)
def test_a_gap_is_own_minus_others_and_nothing_inside_an_open_end(
    own: float, cell: ShownCell | VoiceCell, gap: float
) -> None:
    assert gap_to(own, cell) == gap


def test_one_voice_is_not_rounded_and_counts_as_one_answer() -> None:
    assert variance_of(VoiceCell("bank", "order_book", 2)) == 1.0
    assert variance_of(shown(3.0, at_least=5)) == pytest.approx(1 / 5 + 0.25 / 12)


# The words, at their thresholds


def below(limit: float) -> float:
    return nextafter(limit, -inf)


@pytest.mark.parametrize(
    ("gap", "over", "under", "agree", "word"),
    [
        (1.0, 0.85, 0.0, 0.0, Word.BLIND_SPOT),
        (1.0, below(0.85), 0.0, 0.0, Word.POSSIBLE_DIFFERENCE),
        (1.0, 0.75, 0.0, 0.0, Word.POSSIBLE_DIFFERENCE),
        (1.0, below(0.75), 0.0, 0.0, Word.UNCERTAIN),
        (below(1.0), 0.85, 0.0, 0.0, Word.UNCERTAIN),
        (-1.0, 0.0, 0.85, 0.0, Word.HIDDEN_STRENGTH),
        (-1.0, 0.0, below(0.85), 0.0, Word.POSSIBLE_DIFFERENCE),
        (-1.0, 0.0, 0.75, 0.0, Word.POSSIBLE_DIFFERENCE),
        (-below(1.0), 0.0, 0.85, 0.0, Word.UNCERTAIN),
        (below(1.0), 0.0, 0.0, 0.80, Word.IN_AGREEMENT),
        (-below(1.0), 0.0, 0.0, 0.80, Word.IN_AGREEMENT),
        (0.0, 0.0, 0.0, below(0.80), Word.UNCERTAIN),
        (1.0, 0.0, 0.0, 0.80, Word.UNCERTAIN),
        (1.0, 0.0, 0.85, 0.0, Word.POSSIBLE_DIFFERENCE),
        (-1.0, 0.85, 0.0, 0.0, Word.POSSIBLE_DIFFERENCE),
    ],
)
def test_a_word_needs_a_gap_worth_talking_about_and_enough_chance(
    gap: float, over: float, under: float, agree: float, word: Word
) -> None:
    assert word_for(gap, Chances(over, under, agree)) == word


@pytest.mark.parametrize(
    ("gap", "word"),
    [
        (0, Word.ONE_VOICE_ALIKE),
        (below(1.0), Word.ONE_VOICE_ALIKE),
        (1, Word.ONE_VOICE_SMALL_DIFFERENCE),
        (-1, Word.ONE_VOICE_SMALL_DIFFERENCE),
        (below(2.0), Word.ONE_VOICE_SMALL_DIFFERENCE),
        (2, Word.ONE_VOICE_CLEAR_DIFFERENCE),
        (-4, Word.ONE_VOICE_CLEAR_DIFFERENCE),
    ],
)
def test_one_voice_is_a_fact_and_not_an_estimate(gap: float, word: Word) -> None:
    assert word_for_one_voice(gap) == word


def test_the_chances_mirror_when_the_gap_does() -> None:
    ahead, behind = chances_of(1.5, 0.4), chances_of(-1.5, 0.4)
    assert (ahead.over, ahead.under) == (behind.under, behind.over)
    assert ahead.agree == pytest.approx(behind.agree)


# What a mirror says of whom


def test_every_perspective_has_a_verdict_on_every_item_and_theme_but_not_on_the_gut_feeling() -> None:
    mirrored = released(employees([3] * 6), named("bank", 4), items=CHECKLIST)
    found = verdicts(mirrored, {"order_book": 4, "gut_feeling": 8}, {})
    of_one = [
        *[(Level.ITEM, item.id) for item in CHECKLIST if item.id != "gut_feeling"],
        *[(Level.THEME, theme) for theme in ("customers", "openness")],
    ]
    assert [(each.level, each.id) for each in found] == of_one * 2
    assert [each.perspective for each in found] == ["bank"] * len(of_one) + ["employees"] * len(of_one)


@pytest.mark.parametrize("own", [{}, {"order_book": None}, {"order_book": CANNOT_JUDGE}])
def test_without_an_own_answer_there_is_not_enough_information(own: dict[str, Any]) -> None:
    verdict = verdicts(released(employees([3] * 6)), own, {})[0]
    assert verdict == Verdict(Level.ITEM, "order_book", "employees", Word.NOT_ENOUGH_INFORMATION, None, None)


def test_a_suppressed_cell_says_nothing_about_a_gap() -> None:
    verdict = verdicts(released(employees([1] * 4)), {"order_book": 5}, {})[0]
    assert verdict == Verdict(Level.ITEM, "order_book", "employees", Word.NOT_ENOUGH_INFORMATION, None, None)


def test_an_own_answer_to_a_reversed_item_is_turned_like_the_others() -> None:
    mirrored = released(named("bank", 5, item="customer_dependence"), items=[CUSTOMER_DEPENDENCE])
    verdict = verdicts(mirrored, {"customer_dependence": 1}, {})[0]
    assert (verdict.gap, verdict.word) == (4, Word.ONE_VOICE_CLEAR_DIFFERENCE)


# Themes


THREE = tuple(ScoredItem(id, "partners") for id in "abc")
FIVE = tuple(ScoredItem(id, "partners") for id in "abcde")


def theme_verdict(items: Sequence[ScoredItem], own: dict[str, Any], *groups: AnonymousGroup | NamedVoice) -> Verdict:
    found = verdicts(released(*groups, items=items), own, {})
    return verdict_on(Level.THEME, found, "partners", groups[0].id)


def staff(n: int, **marks: Any) -> AnonymousGroup:
    return AnonymousGroup("employees", [marks] * n)


def test_a_theme_needs_two_items_that_both_sides_judged() -> None:
    one = theme_verdict(THREE, {"a": 5}, staff(8, a=3, b=3, c=3))
    two = theme_verdict(THREE, {"a": 5, "b": 5}, staff(8, a=3, b=3, c=3))
    hidden = theme_verdict(THREE, {"a": 5, "b": 5}, staff(8, a=3))
    assert (one.word, one.gap, one.chances) == (Word.NOT_ENOUGH_INFORMATION, None, None)
    assert (two.word, two.gap) == (Word.BLIND_SPOT, 2.0)
    assert hidden.word == Word.NOT_ENOUGH_INFORMATION


def test_a_theme_needs_half_of_its_items() -> None:
    half_of_four, less_than_half = (
        theme_verdict(items, {"a": 5, "b": 5}, staff(8, **{item.id: 3 for item in items})) for items in (FIVE[:4], FIVE)
    )
    assert half_of_four.word == Word.BLIND_SPOT
    assert less_than_half.word == Word.NOT_ENOUGH_INFORMATION


def test_a_theme_counts_the_smallest_band_among_its_items() -> None:
    everybody = [{"a": 3, "b": 3}] * 7 + [{"a": 3}] * 5
    verdict = theme_verdict(THREE[:2], {"a": 4, "b": 4}, AnonymousGroup("employees", everybody))
    assert verdict.chances == chances_of(1.0, 0.75**2 / 5 + 0.5**2 / 12 / 2 + 0.5**2 / 2)


def test_the_theme_of_one_voice_is_a_fact_as_well() -> None:
    bank = NamedVoice("bank", {"a": 2, "b": 3, "c": CANNOT_JUDGE})
    verdict = theme_verdict(THREE, {"a": 5, "b": 4, "c": 5}, bank)
    assert (verdict.word, verdict.gap, verdict.chances) == (Word.ONE_VOICE_CLEAR_DIFFERENCE, 2.0, None)


# Predictions


def test_a_prediction_is_held_against_the_released_cell_as_if_it_were_the_owners_own_view() -> None:
    mirrored = released(employees([2] * 8), named("bank", 4))
    expected, bank = verdicts(mirrored, {}, {"employees": {"order_book": 4}, "bank": {"order_book": 2}})[-2:]
    assert (expected.level, expected.gap, expected.word) == (Level.PREDICTION, 2.0, Word.BLIND_SPOT)
    assert expected.chances == chances_of(2.0, 1 / 8 + 0.25 / 12 + 0.25)
    assert (bank.gap, bank.word) == (-2, Word.ONE_VOICE_CLEAR_DIFFERENCE)


def test_a_predicted_theme_mark_is_one_answer_and_needs_no_own_answers() -> None:
    mirrored = released(staff(8, a=3, b=2, c=3), items=THREE)
    verdict = verdicts(mirrored, {}, {"employees": {"partners": 4}})[-1]
    gap = (1 + 2 + 1) / 3
    assert (verdict.level, verdict.id, verdict.gap) == (Level.PREDICTION, "partners", gap)
    assert verdict.chances == chances_of(gap, 0.75**2 / 8 + 0.25 / 12 / 3 + 0.5**2)


def test_a_predicted_item_is_turned_when_it_is_reversed_and_a_theme_mark_is_not() -> None:
    items = (CUSTOMER_DEPENDENCE, CUSTOMERS_RETURN)
    bank = NamedVoice("bank", {"customer_dependence": 5, "customers_return": 1})
    predicted = {"bank": {"customer_dependence": 4, "customers": 4}}
    item, theme = verdicts(released(bank, items=items), {}, predicted)[-2:]
    assert (item.gap, theme.gap) == (1, 3.0)


def test_a_prediction_about_a_suppressed_cell_or_a_thin_theme_has_not_enough_information() -> None:
    mirrored = released(employees([3] * 4), items=(ORDER_BOOK, CUSTOMERS_RETURN))
    found = verdicts(mirrored, {}, {"employees": {"order_book": 4, "customers": 4}})[-2:]
    assert [verdict.word for verdict in found] == [Word.NOT_ENOUGH_INFORMATION] * 2


def test_a_prediction_about_somebody_who_never_answered_has_not_enough_information() -> None:
    mirrored = released(named("bank", 3), items=(ORDER_BOOK, CUSTOMERS_RETURN))
    found = verdicts(mirrored, {}, {"accountant": {"order_book": 4, "customers": 4}})[-2:]
    assert [(verdict.perspective, verdict.word) for verdict in found] == [
        ("accountant", Word.NOT_ENOUGH_INFORMATION),
        ("accountant", Word.NOT_ENOUGH_INFORMATION),
    ]


def test_a_predicted_gut_feeling_has_no_verdict() -> None:
    mirrored = released(NamedVoice("bank", {"gut_feeling": 8}), items=CHECKLIST)
    assert not [each for each in verdicts(mirrored, {}, {"bank": {"gut_feeling": 8}}) if each.level is Level.PREDICTION]


def test_a_prediction_about_something_unknown_is_refused() -> None:
    with pytest.raises(KeyError, match="horoscope"):
        verdicts(released(named("bank", 3)), {}, {"bank": {"horoscope": 4}})


# Over perspectives


def pooled(*gaps: float) -> Verdict:
    return pooled_verdict("order_book", [Evidence(gap, 1 / 40, 0.25, of_one_voice=False) for gap in gaps])


@pytest.mark.parametrize(
    ("gaps", "word"),
    [
        ((2.0, 1.5), Word.BLIND_SPOT),
        ((1.0, 1.0), Word.UNCERTAIN),
        ((1.1, 1.1), Word.POSSIBLE_DIFFERENCE),
        ((-2.0, -1.5), Word.HIDDEN_STRENGTH),
        ((3.0, 0.5), Word.POSSIBLE_DIFFERENCE),
        ((-3.0, -0.5), Word.POSSIBLE_DIFFERENCE),
        ((2.0, 2.0, -1.0), Word.PARTIES_DISAGREE),
        ((1.0, -1.0), Word.PARTIES_DISAGREE),
        ((2.0, 2.0, -0.5), Word.POSSIBLE_DIFFERENCE),
        ((3.0, 2.0, -0.5), Word.BLIND_SPOT),
        ((2.0, 1.0, -0.5), Word.UNCERTAIN),
        ((0.0, 0.0), Word.IN_AGREEMENT),
        ((0.5, 0.0), Word.IN_AGREEMENT),
    ],
)
def test_perspectives_together_need_two_that_agree_and_none_that_opposes(gaps: tuple[float, ...], word: Word) -> None:
    assert pooled(*gaps).word == word


def test_one_perspective_is_not_pooled() -> None:
    assert pooled(3.0) == Verdict(Level.POOLED, "order_book", None, Word.NOT_ENOUGH_INFORMATION)
    assert pooled_verdict("order_book", [None, None]).word == Word.NOT_ENOUGH_INFORMATION


def test_items_and_themes_are_pooled_and_the_gut_feeling_is_not() -> None:
    answers = {"order_book": 4, "customers_return": 3, "gut_feeling": 7}
    mirrored = released(NamedVoice("bank", answers), NamedVoice("accountant", answers), items=CHECKLIST)
    found = pooled_verdicts(mirrored, {"order_book": 4, "customers_return": 3, "gut_feeling": 7})
    assert [each.id for each in found] == [*[item.id for item in CHECKLIST[1:]], "customers", "openness"]
    theme = verdict_on(Level.POOLED, found, "customers", None)
    assert (theme.gap, theme.chances) == (0.0, chances_of(0.0, 0.25 + 2 * 0.75**2 / 4))


def test_the_constants_can_be_printed_in_a_method_note() -> None:
    note = METHOD.as_table()
    assert (note["version"], note["k"], note["sigma"], note["p_flag"]) == ("1", "5", "1.0", "0.85")
    assert note["half_judged"] == "1/2"
