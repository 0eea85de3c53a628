"""What the auditor lets through and what it finds, over every data set there is."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations_with_replacement, product
from time import process_time
from typing import Any

import pytest

from survey.scoring.audit import (
    ENUMERATED_TO,
    Audit,
    CellShape,
    EarlierRelease,
    Fact,
    Finding,
    Shape,
    audit,
    guarantee,
    marks_left,
    sets_left,
    totals_of_every_data_set,
    weakness_of,
)
from survey.scoring.cells import Edge, band_of
from survey.scoring.items import FIVE_POINT
from survey.scoring.schemes import (
    GUT_FEELING_SCHEME,
    ITEM_SCHEME,
    Figure,
    Scheme,
)
from tests.scoring.planted import (
    HALVES_IN_A_WIDER_RANGE,
    HALVES_WITHOUT_CLIP,
    TENTHS,
    OfHistogram,
    lowest_and_highest,
    share_of_fours_and_fives,
    standard_deviation,
    three_bands,
    whole_distribution,
)
from tests.scoring.vectors import vector, vectors

EVERYTHING = frozenset({1, 2, 3, 4, 5})

NAMED_IN_THE_VECTORS: dict[str, Scheme] = {
    "mean0.5 clip[2,4]": ITEM_SCHEME,
    "mean0.5 clip[1.5,4.5]": HALVES_IN_A_WIDER_RANGE,
    "mean0.1": TENTHS,
    "band3 (<=2.5/mid/>=3.5)": OfHistogram(three_bands),
    "dist (volledige verdeling)": OfHistogram(whole_distribution),
}


def shown(scheme: Scheme = ITEM_SCHEME, n: int = 9, perspective: str = "employees") -> CellShape:
    return CellShape(perspective, "order_book", n, scheme, band_of(n), frozenset({perspective}))


def facts(*cells: CellShape, earlier: tuple[EarlierRelease, ...] = ()) -> list[Fact]:
    return [finding.fact for finding in audit(Shape(cells, earlier)).findings]


# The guarantee, by enumeration


@vectors("D.single_cell_guarantee")
def test_the_guarantee_of_each_scheme_is_that_of_the_vectors(given: dict[str, Any], expected: dict[str, Any]) -> None:
    scheme, n = NAMED_IN_THE_VECTORS[given["scheme"]], given["n"]
    assert guarantee(scheme, n, known=0) == expected["worst_feasible_span_outsider"]
    assert guarantee(scheme, n, known=1) == expected["worst_feasible_span_insider"]
    assert len(marks_left(scheme, n, known=())) == expected["published_classes"]


@pytest.mark.parametrize("scheme", [ITEM_SCHEME, GUT_FEELING_SCHEME])
def test_above_the_enumerated_counts_an_outsider_and_one_insider_keep_every_mark(scheme: Scheme, long: bool) -> None:
    for n in range(ENUMERATED_TO + 1, 61 if long else 26):
        assert guarantee(scheme, n, known=1) == len(scheme.scale.marks()), n


def test_totals_find_what_a_walk_over_every_single_answer_finds() -> None:
    # The engine walks over totals; here every data set of six answers is written out, answer by answer.
    left: dict[object, set[int]] = {}
    for answers in product(FIVE_POINT.marks(), repeat=6):
        if answers[0] == 5:
            left.setdefault(ITEM_SCHEME.figure(answers), set()).add(answers[1])
    assert marks_left(ITEM_SCHEME, 6, known=(5,)) == left


@pytest.mark.parametrize(("edge", "known"), [(Edge.LOW, 5), (Edge.HIGH, 1)])
def test_with_the_word_at_a_clipped_end_a_colleague_of_twelve_would_lose_a_value(edge: Edge, known: int) -> None:
    too_talkative = replace(ITEM_SCHEME, spread_at_edge_from=12)
    assert [guarantee(too_talkative, n, known=1) for n in (12, 13, 14, 15)] == [4, 4, 4, 5]
    poorest = min(marks_left(too_talkative, 12, (known,)).items(), key=lambda found: len(found[1]))
    assert isinstance(poorest[0], Figure)
    assert poorest[0].edge == edge
    assert EVERYTHING - poorest[1] == {known}
    assert weakness_of(too_talkative, 12) == Fact.TOO_FEW_VALUES_LEFT


@pytest.mark.parametrize("scheme", [ITEM_SCHEME, HALVES_IN_A_WIDER_RANGE, TENTHS, OfHistogram(whole_distribution)])
@pytest.mark.parametrize("n", [3, 4])
def test_three_and_four_answers_fail_in_every_numeric_scheme(scheme: Scheme, n: int) -> None:
    assert weakness_of(scheme, n) == Fact.TOO_FEW_VALUES_LEFT


def test_a_wider_range_fails_up_to_ten_answers() -> None:
    assert all(weakness_of(HALVES_IN_A_WIDER_RANGE, n) for n in range(5, 11))


@pytest.mark.parametrize("n", range(5, 13))
def test_one_insider_is_never_left_with_one_side_of_the_scale(n: int) -> None:
    left = sets_left(ITEM_SCHEME, n, known=1)
    assert not any(marks <= {1, 2} or marks <= {4, 5} for marks in left)
    assert weakness_of(ITEM_SCHEME, n) is weakness_of(GUT_FEELING_SCHEME, n) is None


# The same enumeration against the values themselves


def test_whatever_six_people_answer_each_colleague_leaves_the_others_four_marks() -> None:
    for answers in combinations_with_replacement(FIVE_POINT.marks(), 6):
        figure = ITEM_SCHEME.figure(answers)
        for own, other in {(mine, theirs) for mine in answers for theirs in rest(answers, mine)}:
            left = marks_left(ITEM_SCHEME, 6, (own,))[figure]
            assert other in left
            assert len(left) >= 4


def rest(answers: tuple[int, ...], own: int) -> set[int]:
    return set((Counter(answers) - Counter([own])).elements())


def test_a_colleague_who_answered_five_in_a_low_group_of_five_is_left_with_three_marks() -> None:
    attack = vector("atk-insider-clip")
    answers, expected = attack["input"]["raw_data"]["employees"], attack["expected"]
    left = marks_left(ITEM_SCHEME, 5, known=(5,))[ITEM_SCHEME.figure(answers)]
    assert sorted(left) == expected["feasible_values_under_naive_publication"]["E1.q"]


def test_nothing_helps_against_an_owner_who_fills_in_four_of_five_links() -> None:
    attack = vector("atk-sybil-owner")["input"]["raw_data"]
    figure = TENTHS.figure([*attack["real"], *attack["fake"]])
    assert marks_left(TENTHS, 5, known=(1, 1, 1, 1))[figure] == {4}
    assert marks_left(ITEM_SCHEME, 5, known=(1, 1, 1, 1))[Figure(2.0, Edge.LOW, None)] == EVERYTHING
    assert marks_left(ITEM_SCHEME, 5, known=(1, 1, 5, 5))[Figure(3.5, None, None)] == {5}


# Planted leaks


@pytest.mark.parametrize(
    "leak",
    [
        TENTHS,
        HALVES_WITHOUT_CLIP,
        OfHistogram(standard_deviation),
        OfHistogram(lowest_and_highest),
        OfHistogram(whole_distribution),
        OfHistogram(share_of_fours_and_fives),
    ],
    ids=["mean to 0.1", "no clip", "standard deviation", "min and max", "histogram", "share of 4 and 5"],
)
@pytest.mark.parametrize("n", [5, 6, 9, 12, 13, 40])
def test_a_planted_statistic_is_found(leak: Scheme, n: int) -> None:
    assert facts(shown(leak, n)) in ([Fact.TOO_FEW_VALUES_LEFT], [Fact.NOT_PROVED])


@pytest.mark.parametrize("n", [5, 8, 12, 13, 40, 400])
def test_our_own_cells_pass(n: int) -> None:
    passed = audit(Shape((shown(ITEM_SCHEME, n), shown(GUT_FEELING_SCHEME, n, "other_employees"))))
    assert passed == Audit()
    assert passed.passed


def test_an_exact_count_is_found() -> None:
    cell = replace(shown(), published=9)
    found = audit(Shape((cell,)))
    assert found.findings == (Finding("employees", "order_book", Fact.COUNT_PUBLISHED),)
    assert not found.passed


def test_an_exact_count_tells_a_colleague_that_nobody_else_skipped() -> None:
    # Six answered, that is published once. The item's band leaves open that one of them skipped it; a count does not.
    skipped_under = {band_of(n): {6 - other for other in (5, 6) if band_of(other) == band_of(n)} for n in (5, 6)}
    assert skipped_under == {band_of(6): {0, 1}}


def test_a_total_beside_its_groups_is_found() -> None:
    total = replace(shown(n=11), perspective="everybody", answers_of=frozenset({"employees", "bank"}))
    assert facts(shown(), total) == [Fact.ANSWER_IN_TWO_CELLS, Fact.ANSWER_IN_TWO_CELLS]
    assert facts(shown(), shown(perspective="night_shift")) == []


@pytest.mark.parametrize("attack", ["atk-total-minus-groups", "atk-complement-filter"])
def test_two_figures_over_one_group_give_a_single_answer_away(attack: str) -> None:
    # What the auditor forbids, done by hand: the difference of two published totals is one person's answer.
    found = vector(attack)
    raw = found["input"]["raw_data"]
    everybody = [answer for group in raw.values() for answer in group]
    if attack == "atk-complement-filter":
        hidden = sum(everybody) - sum(everybody[:7])
        assert found["expected"]["feasible_values_under_naive_publication"]["E8.q"] == [hidden]
    else:
        hidden = sum(everybody) - sum(raw["employees"]) - sum(raw["bank"]) - sum(raw["accountant"])
        assert hidden == len(raw["peers"])  # two peers together said two, so each said 1
    subset = replace(shown(n=7), perspective="filtered")
    assert facts(shown(n=8), replace(subset, answers_of=frozenset({"employees"}))) == [Fact.ANSWER_IN_TWO_CELLS] * 2


def test_a_unanimous_group_cannot_be_told_from_others() -> None:
    attack = vector("atk-unanimous")
    answers = attack["input"]["raw_data"]["employees"]
    assert marks_left(TENTHS, 5, known=())[TENTHS.figure(answers)] == {1}
    assert marks_left(ITEM_SCHEME, 5, known=())[ITEM_SCHEME.figure(answers)] == EVERYTHING


def test_two_statistics_of_one_cell_are_found() -> None:
    attack = vector("atk-two-statistics")

    def mean_and_shares(histogram: tuple[int, ...]) -> object:
        total = sum(count * mark for mark, count in enumerate(histogram, start=1))
        return round(Fraction(total, sum(histogram)), 1), sum(histogram[3:]), sum(histogram[:2])

    leak = OfHistogram(mean_and_shares)
    histogram = (0, 0, 2, 1, 3)
    left = marks_left(leak, 6, known=())[mean_and_shares(histogram)]
    assert sorted(left) == attack["expected"]["feasible_values_under_naive_publication"]["E1.q"]
    assert facts(shown(leak, 6)) == [Fact.TOO_FEW_VALUES_LEFT]


@pytest.mark.parametrize(("days", "found"), [(0, True), (79, True), (80, False), (365, False)])
def test_a_live_result_and_a_second_release_too_soon_are_found(days: int, found: bool) -> None:
    earlier = EarlierRelease("employees", frozenset({"order_book", "asks_views"}), days)
    assert facts(shown(), earlier=(earlier,)) == [Fact.RELEASED_TOO_SOON] * found
    other_item = replace(earlier, items=frozenset({"asks_views"}))
    other_group = replace(earlier, perspective="board")
    assert facts(shown(), earlier=(other_item, other_group)) == []


@pytest.mark.parametrize("attack", ["atk-late-responder", "atk-round-leaver"])
def test_two_releases_around_one_person_would_give_his_answer(attack: str) -> None:
    # Why the eighty days: in tenths the difference is exact, and even in clipped halves it can be.
    found = vector(attack)
    raw = found["input"]["raw_data"]
    before, after = (raw["first5"], raw["first5"] + raw["sixth"]) if "first5" in raw else (raw["round2"], raw["round1"])
    possible = [
        newcomer
        for newcomer in FIVE_POINT.marks()
        if any(
            TENTHS.figure(others) == TENTHS.figure(before)
            and TENTHS.figure([*others, newcomer]) == TENTHS.figure(after)
            for others in combinations_with_replacement(FIVE_POINT.marks(), 5)
        )
    ]
    assert possible == found["expected"]["feasible_values_under_naive_publication"]["E6.q"]


def test_a_newcomer_who_lifts_a_group_over_the_edge_gave_a_five_if_nobody_else_changed() -> None:
    newcomers = {
        newcomer
        for others in combinations_with_replacement(FIVE_POINT.marks(), 5)
        for newcomer in FIVE_POINT.marks()
        if ITEM_SCHEME.figure(others).mean == 3.5 and ITEM_SCHEME.figure([*others, newcomer]).edge == Edge.HIGH
    }
    assert newcomers == {5}


def test_a_theme_total_would_betray_the_answer_of_a_hidden_item() -> None:
    attack = vector("atk-theme-minus-items")
    raw = attack["input"]["raw_data"]
    valid = [answer for answers in raw.values() for answer in answers if answer is not None]
    hidden = sum(valid) - sum(raw["i1"]) - sum(raw["i2"])
    assert hidden in attack["expected"]["feasible_values_under_naive_publication"]["E1.i3"]
    assert len(valid) == 13


def test_an_item_listed_twice_is_found() -> None:
    assert facts(shown(), replace(shown(), n=8)) == [Fact.ANSWER_IN_TWO_CELLS] * 2
    assert facts(shown(), shown()) == [Fact.ANSWER_IN_TWO_CELLS] * 2


def test_auditing_a_round_of_fifty_people_and_thirty_items_takes_less_than_a_second() -> None:
    cells = [replace(shown(n=n), item=f"item_{n}_{index}") for n in (8, 11, 12, 19, 50) for index in range(6)]
    for remembered in (weakness_of, totals_of_every_data_set):
        remembered.cache_clear()
    before = process_time()
    assert audit(Shape(tuple(cells))).passed
    assert process_time() - before < 1
