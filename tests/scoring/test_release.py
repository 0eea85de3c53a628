"""What a release shows of the answers, and what it never shows."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from survey.questionnaires import load
from survey.scoring.answers import (
    CANNOT_JUDGE,
    AnonymousGroup,
    AnswerOutsideScale,
    MoreAnswersThanInvited,
    NamedVoice,
    PerspectiveNamedTwice,
    Response,
    UnknownItem,
)
from survey.scoring.audit import EarlierRelease, Fact
from survey.scoring.cells import (
    BANDS,
    Band,
    Coverage,
    Edge,
    Reason,
    ShownCell,
    Spread,
    SuppressedCell,
    VoiceCell,
    band_of,
    reason_to_suppress,
)
from survey.scoring.counting import KBelowFive, ScaleWithoutScheme, release
from survey.scoring.editions import scored_items
from survey.scoring.items import FIVE_POINT, REPORT_MARK, Scale, ScoredItem
from survey.scoring.releases import Kind, Perspective
from survey.scoring.schemes import rounded_half_up
from survey.scoring.texts import in_keyed_order
from survey.scoring.visibility import Sight, Visibility
from tests.scoring.bakery import (
    CHECKLIST,
    CUSTOMER_DEPENDENCE,
    CUSTOMERS_RETURN,
    GUT_FEELING,
    KEY,
    ORDER_BOOK,
    cell_of,
    employees,
    named,
    released,
)
from tests.scoring.vectors import OWN, SHARED, read, vectors

COVERAGES = {"bijna iedereen": Coverage.ALMOST_ALL, "ruim de helft": Coverage.MORE_THAN_HALF}
EDGES = {None: None, "lo": Edge.LOW, "hi": Edge.HIGH}


def assert_cell_is(cell: object, expected: dict[str, Any]) -> None:
    if expected["status"] == "suppressed":
        assert isinstance(cell, SuppressedCell)
    elif expected["coverage"] == "1 stem":
        assert isinstance(cell, VoiceCell)
        assert cell.mark == expected["mean"]
    else:
        assert isinstance(cell, ShownCell)
        assert (cell.mean, cell.edge) == (expected["mean"], EDGES[expected["edge"]])
        assert (cell.band.at_least, cell.coverage) == (expected["n"], COVERAGES[expected["coverage"]])


def test_our_copy_of_the_vectors_is_the_shared_file() -> None:
    if not SHARED.exists():
        pytest.skip("no ../shared beside this checkout")
    assert read(OWN) == read(SHARED)


@vectors("A.release_cell")
def test_a_cell_is_released_as_the_vectors_say(given: dict[str, Any], expected: dict[str, Any]) -> None:
    if given["identified"]:
        cell = released(named("bank", given["values"][0])).cell("bank", "order_book")
    else:
        cell = cell_of(given["values"], given["n_cannot_judge"])
    assert_cell_is(cell, expected)


@vectors("D.indistinguishable")
def test_two_groups_that_may_not_be_told_apart_have_one_cell(given: dict[str, Any], expected: dict[str, Any]) -> None:
    first, second = (
        cell_of(given[f"employees_{which}"], cannot) for which, cannot in zip("AB", given["cannot_judge"], strict=True)
    )
    assert first == second
    assert_cell_is(first, expected["released_cell"])


@vectors("D.rounding")
def test_halves_are_rounded_up_on_exact_fractions(given: dict[str, Any], expected: dict[str, Any]) -> None:
    step = Fraction(given["step"])
    assert [rounded_half_up(total, n, step) for total, n in given["sums_over_n"]] == expected["rounded"]


@pytest.mark.parametrize(
    ("total", "n", "rounded"),
    [(7, 2, 3), (9, 4, 3), (8, 4, Fraction(3, 2)), (21, 4, 6)],  # 2.33, 1.5, 1.33 and 3.5 steps of one and a half
)
def test_any_step_is_rounded_half_up(total: int, n: int, rounded: Fraction) -> None:
    assert rounded_half_up(total, n, Fraction(3, 2)) == rounded


@vectors("F.reverse")
def test_a_reversed_item_is_turned_so_that_high_is_healthy(given: dict[str, Any], expected: dict[str, Any]) -> None:
    item = ScoredItem("customer_dependence", "customers", Scale(*given["scale"]), reverse=True)
    turned = [None if raw is None else item.healthy_side_up(raw) for raw in given["values"]]
    assert turned == expected["reversed"]


def test_a_reversed_item_is_turned_before_it_is_released() -> None:
    staff = employees([5, 5, 5, 4, 4], item="customer_dependence")
    bank = named("bank", 5, item="customer_dependence")
    turned = released(staff, bank, items=[CUSTOMER_DEPENDENCE])
    assert turned.cell("bank", "customer_dependence") == VoiceCell("bank", "customer_dependence", 1)
    cell = turned.cell("employees", "customer_dependence")
    assert isinstance(cell, ShownCell)
    assert (cell.mean, cell.edge) == (2.0, Edge.LOW)


# Below five nothing is shown


def test_four_employees_are_too_few_to_be_shown() -> None:
    assert cell_of([4, 4, 3, 2]) == SuppressedCell("employees", "order_book", Reason.TOO_FEW_INVITED)


def test_five_employees_are_shown() -> None:
    assert isinstance(cell_of([4, 4, 3, 2, 3]), ShownCell)


@pytest.mark.parametrize(
    ("valid", "cannot_judge", "invited", "reason"),
    [
        (4, 0, 4, Reason.TOO_FEW_INVITED),
        (0, 4, 4, Reason.TOO_FEW_INVITED),
        (2, 3, 9, Reason.MOST_CANNOT_JUDGE),
        (5, 6, 11, Reason.MOST_CANNOT_JUDGE),
        (5, 5, 10, None),
        (1, 3, 9, Reason.TOO_FEW_ANSWERS),
        (4, 1, 9, Reason.TOO_FEW_ANSWERS),
        (3, 2, 5, Reason.TOO_FEW_ANSWERS),
        (5, 0, 5, None),
        (5, 0, 9, None),
        (0, 0, 9, Reason.TOO_FEW_ANSWERS),
    ],
)
def test_a_cell_is_suppressed_for_the_first_reason_that_applies(
    valid: int, cannot_judge: int, invited: int, reason: Reason | None
) -> None:
    assert reason_to_suppress(valid, cannot_judge, invited) == reason


def test_the_first_of_two_reasons_is_given_even_where_both_apply() -> None:
    assert reason_to_suppress(valid=1, cannot_judge=9, invited=4) == Reason.TOO_FEW_INVITED
    assert reason_to_suppress(valid=4, cannot_judge=9, invited=13) == Reason.MOST_CANNOT_JUDGE


def test_a_skipped_item_counts_neither_as_an_answer_nor_as_cannot_judge() -> None:
    skipped: list[Response] = [{"order_book": None}, {"customers_return": 4}]
    staff = AnonymousGroup("employees", [*[{"order_book": 3}] * 4, *skipped], invited=9)
    cell = released(staff, items=[ORDER_BOOK, CUSTOMERS_RETURN]).cell("employees", "order_book")
    assert cell == SuppressedCell("employees", "order_book", Reason.TOO_FEW_ANSWERS)


def test_a_round_may_ask_for_more_than_five_but_never_for_fewer() -> None:
    staff = employees([4, 4, 3, 2, 3, 3], invited=9)
    of_six = release([ORDER_BOOK], [staff], KEY, k=6)
    assert isinstance(of_six.cells[0], ShownCell)
    assert (of_six.k, of_six.method) == (6, "1")
    assert isinstance(release([ORDER_BOOK], [staff], KEY, k=7).cells[0], SuppressedCell)
    with pytest.raises(KBelowFive, match="At least 5 answers"):
        release([ORDER_BOOK], [staff], KEY, k=4)


def test_a_group_destroyed_unread_says_nothing_but_that_it_was_too_small() -> None:
    nobody = AnonymousGroup("employees", [], invited=9, texts={"attention": ["a", "b", "c", "d", "e"]})
    silent = released(nobody, items=CHECKLIST)
    assert {cell.reason for cell in silent.cells if isinstance(cell, SuppressedCell)} == {Reason.TOO_FEW_ANSWERS}
    assert len(silent.cells) == len(CHECKLIST)
    assert (silent.visibility, silent.texts) == ((), ())
    assert silent.perspective("employees").n is None


# The count


def test_the_number_of_a_group_is_published_once_and_only_from_five() -> None:
    assert released(employees([3] * 6, invited=9)).perspectives == (Perspective("employees", Kind.ANONYMOUS, 9, 6),)
    assert released(employees([3] * 5)).perspective("employees").n == 5
    assert released(employees([3] * 4)).perspective("employees").n is None
    assert released(named("bank", 3)).perspective("bank").n == 1


@pytest.mark.parametrize(
    ("n", "at_least"), [(5, 5), (7, 5), (8, 8), (11, 8), (12, 12), (19, 12), (20, 20), (39, 20), (40, 40), (400, 40)]
)
def test_a_cell_carries_the_band_of_its_count_and_never_the_count(n: int, at_least: int) -> None:
    cell = cell_of([3] * n)
    assert isinstance(cell, ShownCell)
    assert cell.band.at_least == at_least


def test_the_bands_follow_one_another_without_a_hole() -> None:
    assert [band.at_most for band in BANDS] == [*[band.at_least - 1 for band in BANDS[1:]], None]


def test_a_count_below_the_lowest_band_has_no_band() -> None:
    with pytest.raises(ValueError, match=r"^A count below the lowest band is never published\.$"):
        band_of(4)


def test_a_cell_of_a_lower_band_than_its_group_comes_from_a_part() -> None:
    answers = [{"order_book": 3, "customers_return": 3}] * 7 + [{"order_book": 3}] * 2
    staff = AnonymousGroup("employees", answers)
    mirrored = released(staff, items=[ORDER_BOOK, CUSTOMERS_RETURN])
    whole, part = (mirrored.cell("employees", item) for item in ("order_book", "customers_return"))
    assert isinstance(whole, ShownCell)
    assert isinstance(part, ShownCell)
    assert (whole.band, part.band) == (Band(8, 11), Band(5, 7))
    assert not mirrored.is_from_a_part(whole)
    assert mirrored.is_from_a_part(part)


@pytest.mark.parametrize(
    ("valid", "cannot_judge", "coverage"),
    [
        (8, 2, Coverage.ALMOST_ALL),
        (7, 2, Coverage.MORE_THAN_HALF),
        (5, 5, Coverage.MORE_THAN_HALF),
        (5, 0, Coverage.ALMOST_ALL),
    ],
)
def test_coverage_is_said_in_two_words(valid: int, cannot_judge: int, coverage: Coverage) -> None:
    cell = cell_of([3] * valid, cannot_judge)
    assert isinstance(cell, ShownCell)
    assert cell.coverage == coverage


# The mean


@pytest.mark.parametrize(
    ("answers", "mean", "edge"),
    [
        ([2, 2, 2, 2, 3], 2.0, Edge.LOW),  # 2.2
        ([2, 2, 2, 3, 3], 2.5, None),  # 2.4
        ([4, 4, 4, 3, 3], 3.5, None),  # 3.6
        ([4, 4, 4, 4, 3], 4.0, Edge.HIGH),  # 3.8
        ([5, 5, 5, 5, 5], 4.0, Edge.HIGH),
        ([1, 1, 1, 1, 1], 2.0, Edge.LOW),
        ([2, 2, 2, 3, 2, 2, 2, 3], 2.5, None),  # 2.25 is half-way and goes up
        ([4, 4, 4, 4, 4, 4, 3, 3], 4.0, Edge.HIGH),  # 3.75 is half-way and goes up
    ],
)
def test_a_mean_is_shown_in_halves_between_two_and_four(answers: list[int], mean: float, edge: Edge | None) -> None:
    cell = cell_of(answers)
    assert isinstance(cell, ShownCell)
    assert (cell.mean, cell.edge) == (mean, edge)


@pytest.mark.parametrize(
    ("answers", "mean", "edge"),
    [
        ([3, 4, 4, 4, 4], 4.0, Edge.LOW),  # 3.8
        ([4, 5, 5, 4, 4], 4.0, Edge.LOW),  # 4.4
        ([5, 5, 5, 4, 4], 5.0, None),  # 4.6
        ([4, 5, 4, 5, 4, 5], 5.0, None),  # 4.5 is half-way and goes up
        ([6, 7, 7, 6, 7], 7.0, Edge.HIGH),  # 6.6
        ([10] * 7, 7.0, Edge.HIGH),
        ([7] * 8, 7.0, None),
        ([10] * 8, 8.0, Edge.HIGH),
        ([1] * 8, 4.0, Edge.LOW),
        ([1, 10] * 10, 6.0, None),  # 5.5; and no word about spread on a scale of ten
    ],
)
def test_the_gut_feeling_is_shown_in_whole_marks_on_its_own_scale(
    answers: list[int], mean: float, edge: Edge | None
) -> None:
    cell = cell_of(answers, scale=REPORT_MARK)
    assert isinstance(cell, ShownCell)
    assert (cell.mean, cell.edge, cell.spread) == (mean, edge, None)


# Agreed or divided


def test_a_cell_says_whether_it_is_divided_from_its_own_band_of_twelve() -> None:
    for answers, spread in (([3] * 12, Spread.AGREED), ([1, 5] * 6, Spread.DIVIDED), ([1, 5] * 5 + [3], None)):
        cell = cell_of(answers)
        assert isinstance(cell, ShownCell)
        assert cell.spread == spread


def test_the_band_of_the_cell_decides_and_not_that_of_the_group() -> None:
    answers = [{"order_book": 3, "customers_return": 3}] * 11 + [{"order_book": 3}]
    mirrored = released(AnonymousGroup("employees", answers), items=[ORDER_BOOK, CUSTOMERS_RETURN])
    whole, part = (mirrored.cell("employees", item) for item in ("order_book", "customers_return"))
    assert isinstance(whole, ShownCell)
    assert isinstance(part, ShownCell)
    assert (whole.spread, part.spread) == (Spread.AGREED, None)


def test_a_variance_of_one_and_a_half_is_divided() -> None:
    # Thirteen marks, sum 39, sum of squares 135: (13 * 135 - 39 * 39) / (13 * 12) = 1.5.
    answers = [1, 5, 1, 5, 2, 4, 3, 3, 3, 3, 3, 3, 3]
    total, squares = sum(answers), sum(answer**2 for answer in answers)
    assert Fraction(13 * squares - total**2, 13 * 12) == Fraction(3, 2)
    cell = cell_of(answers)
    assert isinstance(cell, ShownCell)
    assert cell.spread == Spread.DIVIDED


def test_a_clipped_cell_says_it_one_band_later_because_a_colleague_would_lose_a_value() -> None:
    for n, spread in ((12, None), (19, None), (20, Spread.AGREED)):
        cell = cell_of([1] * n)
        assert isinstance(cell, ShownCell)
        assert (cell.edge, cell.spread) == (Edge.LOW, spread)


# Named voices


def test_a_named_voice_is_shown_with_its_own_mark() -> None:
    accountant = NamedVoice("accountant", {"order_book": 2, "gut_feeling": 9})
    mirrored = released(accountant, items=[GUT_FEELING, ORDER_BOOK])
    assert mirrored.perspective("accountant").kind is Kind.NAMED
    assert mirrored.cells == (VoiceCell("accountant", "gut_feeling", 9), VoiceCell("accountant", "order_book", 2))


def test_a_named_voice_that_cannot_judge_or_skips_says_which() -> None:
    cannot, skipped = (released(named("bank", answer)).cells[0] for answer in (CANNOT_JUDGE, None))
    assert cannot == SuppressedCell("bank", "order_book", Reason.MOST_CANNOT_JUDGE)
    assert skipped == SuppressedCell("bank", "order_book", Reason.TOO_FEW_ANSWERS)


# Visibility


@pytest.mark.parametrize(
    ("judged", "cannot_judge", "level"),
    [
        (8, 2, Sight.SEES),
        (7, 2, Sight.PARTLY),
        (5, 5, Sight.PARTLY),
        (4, 5, Sight.CANNOT_SEE),
        (0, 5, Sight.CANNOT_SEE),
        (1, 4, Sight.CANNOT_SEE),
    ],
)
def test_what_a_group_can_see_is_said_in_three_words_also_where_cells_are_suppressed(
    judged: int, cannot_judge: int, level: Sight
) -> None:
    mirrored = released(employees([3] * judged, cannot_judge))
    assert mirrored.visibility == (Visibility("employees", "customers", level),)


def test_visibility_counts_over_all_items_of_the_theme_and_leaves_the_gut_feeling_out() -> None:
    bank = NamedVoice(
        "bank", {"gut_feeling": 7, "order_book": 3, "customers_return": CANNOT_JUDGE, "asks_views": CANNOT_JUDGE}
    )
    assert released(bank, items=CHECKLIST).visibility == (
        Visibility("bank", "customers", Sight.PARTLY),
        Visibility("bank", "openness", Sight.CANNOT_SEE),
    )


def test_a_theme_that_everybody_skipped_is_neither_seen_nor_unseen() -> None:
    assert released(NamedVoice("bank", {"gut_feeling": 7}), items=CHECKLIST).visibility == ()


def test_a_group_below_five_says_nothing_about_what_it_sees() -> None:
    assert released(employees([3] * 4, invited=9)).visibility == ()


# Open answers


def texts(*written: str) -> AnonymousGroup:
    return AnonymousGroup("employees", [{"order_book": 3}] * 6, texts={"attention": list(written)})


def test_texts_appear_from_five_printable_ones() -> None:
    assert released(texts("a", "b", "c", "d")).texts == ()
    assert sorted(released(texts("a", "b", "c", "d", "e")).texts[0].texts) == ["a", "b", "c", "d", "e"]


def test_texts_need_five_ballots_and_five_texts_and_as_many_as_the_round_asks() -> None:
    five = AnonymousGroup("employees", [{"order_book": 3}] * 5, texts={"attention": ["a", "b", "c", "d", "e"]})
    assert [(each.perspective, each.question) for each in released(five).texts] == [("employees", "attention")]
    assert release([ORDER_BOOK], [texts("a", "b", "c", "d", "e")], KEY, k=6).texts == ()


def test_texts_stand_in_an_order_that_only_the_key_explains() -> None:
    written = ["de oven", "de planning", "de prijzen", "de winkel", "het rooster", "de bus"]
    orders = {released(texts(*way)).texts for way in (written, sorted(written), written[::-1])}
    assert len(orders) == 1
    assert list(orders.pop()[0].texts) == in_keyed_order("attention", written, KEY)
    assert in_keyed_order("attention", written, KEY) != in_keyed_order("attention", written, b"another key")
    assert in_keyed_order("attention", written, KEY) != in_keyed_order("goes_well", written, KEY)


def test_a_group_below_five_has_no_texts_even_when_it_brings_five() -> None:
    few = AnonymousGroup("employees", [{"order_book": 3}] * 4, 9, {"attention": ["a", "b", "c", "d", "e"]})
    assert released(few).texts == ()


def test_the_texts_of_a_named_voice_carry_its_role() -> None:
    voice = NamedVoice("bank", {"order_book": 3}, {"goes_well": "het brood", "attention": "de cijfers"})
    found = [(text.perspective, text.question, text.texts) for text in released(voice).texts]
    assert found == [("bank", "attention", ("de cijfers",)), ("bank", "goes_well", ("het brood",))]


# The whole


def test_a_release_tells_not_in_which_order_people_or_groups_were_counted() -> None:
    staff, bank = employees([1, 2, 3, 4, 5, 5]), named("bank", 4)
    backwards = employees([5, 5, 4, 3, 2, 1])
    assert released(staff, bank) == released(bank, backwards)


def test_every_perspective_has_one_cell_for_every_item() -> None:
    staff = AnonymousGroup("employees", [{"gut_feeling": 7}] * 9)
    mirrored = released(staff, named("bank", 4), named("peer_1", 4), items=CHECKLIST)
    places = [(cell.perspective, cell.item) for cell in mirrored.cells]
    assert places == [(id, item.id) for id in ("bank", "employees", "peer_1") for item in CHECKLIST]
    assert mirrored.themes == ("customers", "openness")
    assert [item.id for item in mirrored.items_of("openness")] == ["asks_views", "safe_to_speak"]


def test_a_second_release_within_eighty_days_shows_nothing_of_the_repeated_items() -> None:
    answers = [{"order_book": 3, "customers_return": 3}] * 6
    earlier = [EarlierRelease("employees", frozenset({"order_book"}), days=79)]
    again = release([ORDER_BOOK, CUSTOMERS_RETURN], [AnonymousGroup("employees", answers)], KEY, earlier=earlier)
    assert again.cell("employees", "order_book") == SuppressedCell("employees", "order_book", Reason.TOO_FEW_ANSWERS)
    assert isinstance(again.cell("employees", "customers_return"), ShownCell)
    assert [finding.fact for finding in again.audit.findings] == [Fact.RELEASED_TOO_SOON]


# What no round can hold stops the close, and says so without an answer in the text


def test_an_answer_outside_its_scale_stops_the_count_and_is_not_repeated_in_the_message() -> None:
    for answer in (0, 6, 77):
        with pytest.raises(AnswerOutsideScale, match="order_book is not on its scale of 1 to 5") as refusal:
            released(employees([3, 3, 3, 3, answer]))
        assert "77" not in str(refusal.value)


def test_a_word_that_is_no_answer_stops_the_count() -> None:
    with pytest.raises(AnswerOutsideScale):
        released(NamedVoice("bank", {"order_book": "four"}))  # type: ignore[dict-item]  # what a faulty caller may do


def test_an_answer_to_an_unknown_item_stops_the_count() -> None:
    with pytest.raises(UnknownItem, match="employees"):
        released(employees([3] * 5, item="horoscope"))


def test_more_answers_than_invited_stop_the_count() -> None:
    with pytest.raises(MoreAnswersThanInvited, match="More people answered in employees than were invited"):
        released(employees([3] * 6, invited=5))


def test_two_groups_of_one_name_stop_the_count() -> None:
    with pytest.raises(PerspectiveNamedTwice, match="employees"):
        released(employees([3] * 5), employees([3] * 5))


def test_a_scale_without_a_proved_scheme_stops_the_count() -> None:
    with pytest.raises(ScaleWithoutScheme, match="order_book"):
        released(items=[ScoredItem("order_book", "customers", Scale(1, 7))])
    assert FIVE_POINT.marks() == range(1, 6)


def test_every_vector_of_these_topics_is_read_by_a_test() -> None:
    """A topic that no test names would pass unread."""
    named = "".join(path.read_text(encoding="utf-8") for path in OWN.parent.glob("test_*.py"))
    for found in read(OWN):
        by_topic = any(f'vectors("{found["topic"][:length]}")' in named for length in range(3, len(found["topic"]) + 1))
        assert by_topic or f'"{found["id"]}"' in named, found["id"]


def test_an_edition_is_scored_with_its_own_scales_themes_and_versions() -> None:
    edition = load("spiegel-1")
    scored = scored_items(edition)
    assert [(item.id, item.theme, item.reverse, item.version) for item in scored] == [
        (item.id, item.theme, item.reverse, item.version) for item in edition.items
    ]
    assert scored[0] == GUT_FEELING
    reworded = replace(edition, items=(replace(edition.items[0], version=2),))
    assert scored_items(reworded) == (replace(GUT_FEELING, version=2),)
    assert [item.id for item in scored if item.reverse] == [item.id for item in edition.items if item.reverse] != []
    assert {item.scale for item in scored[1:]} == {FIVE_POINT}
