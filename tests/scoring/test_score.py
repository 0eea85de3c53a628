"""`survey score`: what comes out of a document of raw answers, and how a bad one is refused."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.scoring.gaps import chances_of
from survey.scoring.items import FIVE_POINT
from survey.scoring.method import METHOD
from survey.scoring.plain_values import BadInput
from survey.scoring.schemes import SCHEMES
from survey.scoring.score import score, score_text
from tests.scoring.planted import TENTHS
from tests.scoring.vectors import vectors

VERDICTS = {
    "blinde-vlek": "blind_spot",
    "verborgen-kracht": "hidden_strength",
    "mogelijk-verschil": "possible_difference",
    "eens": "in_agreement",
    "onvoldoende": "not_enough_information",
    "klein-verschil-1-stem": "one_voice_small_difference",
    "verschil-1-stem": "one_voice_clear_difference",
}

ITEMS: list[dict[str, Any]] = [
    {"id": "gut_feeling", "theme": "overall", "scale": [1, 10]},
    {"id": "order_book", "theme": "customers"},
    {"id": "customer_dependence", "theme": "customers", "reverse": True, "scale": [1, 5]},
    {"id": "asks_views", "theme": "openness", "reverse": False},
]
EVERYBODY = {"gut_feeling": 7, "order_book": 3, "customer_dependence": 4, "asks_views": "cannot_judge"}
BAKERY: dict[str, Any] = {
    "items": ITEMS,
    "self": {"gut_feeling": 8, "order_book": 5, "customer_dependence": 2, "asks_views": 4},
    "predictions": {"employees": {"customers": 4, "order_book": 4}, "bank": {"asks_views": 3, "order_book": None}},
    "perspectives": [
        {"id": "employees", "kind": "anonymous", "invited": 9, "answers": [EVERYBODY] * 8},
        {"id": "bank", "kind": "named", "answers": [{"order_book": 4, "customer_dependence": "cannot_judge"}]},
    ],
}


def one_item(*perspectives: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"items": [{"id": "q", "theme": "t"}], "self": {}, "perspectives": list(perspectives), **fields}


def staff(answers: list[Any], **fields: Any) -> dict[str, Any]:
    return {"id": "employees", "kind": "anonymous", "answers": [{"q": answer} for answer in answers], **fields}


def found(out: dict[str, Any], level: str, id: str, perspective: str | None) -> dict[str, Any]:
    return next(
        each for each in out["verdicts"] if (each["level"], each["id"], each["perspective"]) == (level, id, perspective)
    )


# The vectors, through the door


@vectors("A.verdict.item")
def test_the_command_judges_as_the_vectors_say(given: dict[str, Any], expected: dict[str, Any]) -> None:
    kind = "named" if given["identified"] else "anonymous"
    group = {"id": "they", "kind": kind, "answers": [{"q": value} for value in given["values"]]}
    verdict = found(score(one_item(group, self={"q": given["self"]})), "item", "q", "they")
    assert verdict["verdict"] == VERDICTS[expected["v"]]
    assert verdict["gap"] == expected.get("d")
    assert verdict["p_over"] == pytest.approx(expected.get("p_over"))


@vectors("A.release_cell")
def test_the_command_releases_as_the_vectors_say(given: dict[str, Any], expected: dict[str, Any]) -> None:
    answers = given["values"] + ["cannot_judge"] * given["n_cannot_judge"]
    kind = "named" if given["identified"] else "anonymous"
    cell = score(one_item({"id": "they", "kind": kind, "answers": [{"q": each} for each in answers]}))["cells"][0]
    assert cell["status"] == expected["status"]
    if cell["status"] == "shown":
        assert (cell["mean"], cell["n_at_least"]) == (expected["mean"], expected["n"])
        assert cell["edge"] == {None: None, "lo": "low"}[expected["edge"]]
        assert cell["coverage"] == {"bijna iedereen": "almost_all", "1 stem": "one_voice"}[expected["coverage"]]


# What comes out


def test_the_bakery_is_scored_whole() -> None:
    out = score(BAKERY)
    assert list(out) == ["method", "perspectives", "cells", "visibility", "verdicts", "audit"]
    assert out["method"] == METHOD.version
    assert out["perspectives"] == [
        {"id": "employees", "kind": "anonymous", "n": 8},
        {"id": "bank", "kind": "named", "n": 1},
    ]
    assert out["audit"] == {"passed": True, "findings": []}
    assert out["visibility"] == [
        {"perspective": "employees", "theme": "customers", "level": "sees"},
        {"perspective": "employees", "theme": "openness", "level": "cannot_see"},
        {"perspective": "bank", "theme": "customers", "level": "partly"},
    ]


def test_every_cell_has_every_field() -> None:
    cells = {(cell["perspective"], cell["item"]): cell for cell in score(BAKERY)["cells"]}
    assert list(cells) == [(id, item["id"]) for id in ("employees", "bank") for item in ITEMS]
    assert cells["employees", "gut_feeling"] == {
        "perspective": "employees",
        "item": "gut_feeling",
        "status": "shown",
        "reason": None,
        "mean": 7.0,
        "edge": None,
        "n_at_least": 8,
        "coverage": "almost_all",
        "spread": None,
    }
    assert cells["employees", "customer_dependence"]["mean"] == 2.0
    assert cells["employees", "customer_dependence"]["edge"] == "low"
    nothing = {"mean": None, "edge": None, "n_at_least": None, "coverage": None, "spread": None}
    assert cells["employees", "asks_views"] == {
        "perspective": "employees",
        "item": "asks_views",
        "status": "suppressed",
        "reason": "most_cannot_judge",
        **nothing,
    }
    assert cells["bank", "order_book"]["coverage"] == "one_voice"
    assert (cells["bank", "order_book"]["mean"], cells["bank", "order_book"]["n_at_least"]) == (4, 1)
    assert cells["bank", "customer_dependence"]["reason"] == "most_cannot_judge"
    assert cells["bank", "asks_views"]["reason"] == "too_few_answers"


def test_verdicts_stand_per_perspective_then_pooled_then_predicted() -> None:
    verdicts = score(BAKERY)["verdicts"]
    of_items = [("item", item["id"]) for item in ITEMS[1:]]
    of_themes = [("theme", "customers"), ("theme", "openness")]
    pooled = [("pooled", id) for _, id in of_items + of_themes]
    predicted = [("prediction", "customers"), ("prediction", "order_book"), ("prediction", "asks_views")]
    assert [(each["level"], each["id"]) for each in verdicts] == (of_items + of_themes) * 2 + pooled + predicted


def test_gaps_and_chances_are_unrounded_and_null_where_there_are_none() -> None:
    out = score(BAKERY)
    chances = chances_of(2.0, 1 / 8 + 0.25 / 12 + 0.25)
    assert found(out, "item", "order_book", "employees") == {
        "level": "item",
        "id": "order_book",
        "perspective": "employees",
        "verdict": "blind_spot",
        "gap": 2.0,
        "p_over": chances.over,
        "p_under": chances.under,
        "p_agree": chances.agree,
    }
    voice = found(out, "item", "order_book", "bank")
    assert (voice["verdict"], voice["gap"], voice["p_over"]) == ("one_voice_small_difference", 1, None)
    nothing = found(out, "theme", "openness", "employees")
    assert nothing["verdict"] == "not_enough_information"
    assert {nothing[field] for field in ("gap", "p_over", "p_under", "p_agree")} == {None}
    assert found(out, "pooled", "order_book", None)["gap"] == 1.5
    assert found(out, "prediction", "customers", "employees")["gap"] == 1.5


def test_a_chance_of_nothing_is_a_number_and_not_null() -> None:
    out = score(one_item(staff([1] * 400), self={"q": 5}))
    assert found(out, "item", "q", "employees")["p_under"] is not None


def test_a_group_below_five_has_no_number_and_no_visibility() -> None:
    out = score(one_item(staff([3] * 4, invited=9)))
    assert out["perspectives"] == [{"id": "employees", "kind": "anonymous", "n": None}]
    assert out["visibility"] == []
    assert out["cells"][0]["reason"] == "too_few_answers"


def test_invited_left_out_means_all_who_answered() -> None:
    for fields in ({}, {"invited": None}, {"invited": 4}):
        assert score(one_item(staff([3] * 4, **fields)))["cells"][0]["reason"] == "too_few_invited"


def test_a_group_of_which_nobody_was_invited_or_answered_is_no_mistake() -> None:
    out = score(one_item(staff([], invited=0)))
    assert out["cells"][0]["reason"] == "too_few_invited"


def test_a_large_group_says_whether_it_is_divided() -> None:
    cells = [score(one_item(staff(answers)))["cells"][0] for answers in ([3] * 12, [1, 5] * 6, [3] * 11)]
    assert [cell["spread"] for cell in cells] == ["agreed", "divided", None]


def test_an_edition_can_stand_in_for_the_items() -> None:
    group = {"id": "employees", "kind": "anonymous", "answers": [{"order_book": 3, "gut_feeling": 7}] * 5}
    out = score({"questionnaire": "spiegel-1", "self": {"order_book": 4}, "perspectives": [group]})
    assert len(out["cells"]) == 30
    assert found(out, "item", "order_book", "employees")["gap"] == 1.0


def test_a_document_may_hold_nothing_but_perspectives_and_items() -> None:
    out = score({"items": ITEMS, "perspectives": []})
    assert (out["perspectives"], out["cells"], out["visibility"]) == ([], [], [])
    assert {each["verdict"] for each in out["verdicts"]} == {"not_enough_information"}


def test_whole_numbers_may_be_written_with_a_point_and_predictions_in_halves() -> None:
    document = one_item(staff([3.0] * 5), self={"q": 4.0}, predictions={"employees": {"q": 3.5}})
    assert found(score(document), "prediction", "q", "employees")["gap"] == 0.5
    assert score(document)["cells"][0]["mean"] == 3.0


def test_text_goes_in_and_out_as_json() -> None:
    text = score_text(json.dumps(BAKERY))
    assert json.loads(text) == score(BAKERY)
    assert text.startswith('{\n "method": "1",\n "perspectives": [\n  {\n   "id": "employees",')


def test_what_the_auditor_finds_is_said_and_the_cell_is_suppressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCHEMES, FIVE_POINT, TENTHS)
    out = score(one_item(staff([3] * 5)))
    finding = {"perspective": "employees", "item": "q", "fact": "too_few_values_left"}
    assert out["audit"] == {"passed": False, "findings": [finding]}
    assert out["cells"][0]["reason"] == "too_few_answers"


def test_the_order_of_the_answers_makes_no_difference() -> None:
    backwards = deepcopy(BAKERY)
    for perspective in backwards["perspectives"]:
        perspective["answers"].reverse()
    assert score_text(json.dumps(backwards)) == score_text(json.dumps(BAKERY))


# Bad input, by place


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    """The bakery's document with one place changed."""
    document = deepcopy(BAKERY)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return document


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "The document: [] is not an object."),
        ({"items": ITEMS}, "The document: perspectives is missing."),
        ({"perspectives": []}, "The document: has either items or a questionnaire."),
        (changed("questionnaire", to="spiegel-1"), "The document: has either items or a questionnaire."),
        (changed("horoscope", to=1), 'The document: "horoscope" means nothing here.'),
        (
            {"questionnaire": "spiegel-99", "perspectives": []},
            'questionnaire: "spiegel-99" is not an edition that there is.',
        ),
        ({"questionnaire": 1, "perspectives": []}, "questionnaire: 1 is not a name."),
        (changed("items", to=[]), "items: holds no item."),
        (changed("items", to={}), "items: {} is not a list."),
        (changed("items", 1, to="q"), 'items[1]: "q" is not an object.'),
        (changed("items", 1, to={"id": "q"}), "items[1]: theme is missing."),
        (changed("items", 1, "id", to=" "), 'items[1].id: " " is not a name.'),
        (changed("items", 1, "theme", to=None), "items[1].theme: null is not a name."),
        (changed("items", 1, "reverse", to=0), "items[1].reverse: 0 is neither true nor false."),
        (changed("items", 2, "id", to="order_book"), 'items[2].id: "order_book" is there twice.'),
        (
            changed("items", 1, "scale", to=[1, 10]),
            "items[1].scale: [1, 10] cannot be scored, only [1, 5] or, in theme overall, [1, 10].",
        ),
        (
            changed("items", 0, "scale", to=[True, 5]),
            "items[0].scale: [true, 5] cannot be scored, only [1, 5] or, in theme overall, [1, 10].",
        ),
        (changed("items", 0, "scale", to=5), "items[0].scale: 5 is not a list."),
        (changed("self", to=[]), "self: [] is not an object."),
        (changed("self", "horoscope", to=4), "self.horoscope: there is no such item."),
        (
            changed("self", "order_book", to=6),
            'self.order_book: 6 is not a mark of 1 to 5, "cannot_judge" or null.',
        ),
        (
            changed("self", "gut_feeling", to=0),
            'self.gut_feeling: 0 is not a mark of 1 to 10, "cannot_judge" or null.',
        ),
        (
            changed("self", "order_book", to=True),
            'self.order_book: true is not a mark of 1 to 5, "cannot_judge" or null.',
        ),
        (
            changed("self", "order_book", to=3.5),
            'self.order_book: 3.5 is not a mark of 1 to 5, "cannot_judge" or null.',
        ),
        (
            changed("self", "order_book", to="4"),
            'self.order_book: "4" is not a mark of 1 to 5, "cannot_judge" or null.',
        ),
        (
            changed("self", "order_book", to=float("inf")),
            'self.order_book: Infinity is not a mark of 1 to 5, "cannot_judge" or null.',
        ),
        (
            changed("self", "order_book", to=list(range(99))),
            "self.order_book: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1..."
            ' is not a mark of 1 to 5, "cannot_judge" or null.',
        ),
        (
            changed("self", "order_book", to="x" * 38),
            f'self.order_book: "{"x" * 38}" is not a mark of 1 to 5, "cannot_judge" or null.',
        ),
        (
            changed("self", "order_book", to="x" * 39),
            f'self.order_book: "{"x" * 39}... is not a mark of 1 to 5, "cannot_judge" or null.',
        ),
        (changed("self", "two\nlines", to=4), 'self["two\\nlines"]: there is no such item.'),
        (changed("self", "één", to=4), 'self["\\u00e9\\u00e9n"]: there is no such item.'),
        (changed("perspectives", to={}), "perspectives: {} is not a list."),
        (changed("perspectives", 0, to=None), "perspectives[0]: null is not an object."),
        (changed("perspectives", 0, "id", to=""), 'perspectives[0].id: "" is not a name.'),
        (changed("perspectives", 1, "id", to="employees"), 'perspectives[1].id: "employees" is there twice.'),
        (changed("perspectives", 0, "id", to="self"), "perspectives[0].id: self is never one of the others."),
        (
            changed("perspectives", 0, "kind", to="secret"),
            'perspectives[0].kind: "secret" is neither "anonymous" nor "named".',
        ),
        (changed("perspectives", 0, "answers", to=4), "perspectives[0].answers: 4 is not a list."),
        (changed("perspectives", 0, "answers", 3, to=4), "perspectives[0].answers[3]: 4 is not an object."),
        (
            changed("perspectives", 0, "answers", 3, to={"order_book": 9}),
            'perspectives[0].answers[3].order_book: 9 is not a mark of 1 to 5, "cannot_judge" or null.',
        ),
        (changed("perspectives", 0, "invited", to=7), "perspectives[0].invited: 7 were invited, but 8 answered."),
        (changed("perspectives", 0, "invited", to=-1), "perspectives[0].invited: -1 is not a number of people."),
        (changed("perspectives", 0, "invited", to=8.5), "perspectives[0].invited: 8.5 is not a number of people."),
        (changed("perspectives", 0, "weight", to=2), 'perspectives[0]: "weight" means nothing here.'),
        (
            changed("perspectives", 1, "answers", to=[{}, {}]),
            "perspectives[1].answers: a named perspective holds one answer set, not 2.",
        ),
        (
            changed("perspectives", 1, "answers", to=[]),
            "perspectives[1].answers: a named perspective holds one answer set, not 0.",
        ),
        (changed("predictions", to=4), "predictions: 4 is not an object."),
        (changed("predictions", "peer_1", to={}), "predictions.peer_1: there is no such perspective."),
        (changed("predictions", "bank", to=4), "predictions.bank: 4 is not an object."),
        (
            changed("predictions", "bank", "horoscope", to=4),
            "predictions.bank.horoscope: there is no one item or theme of this name.",
        ),
        (
            changed("predictions", "bank", "overall", to=4),
            "predictions.bank.overall: there is no one item or theme of this name.",
        ),
        (
            changed("predictions", "bank", "customers", to=5.5),
            "predictions.bank.customers: 5.5 is not a mark of 1 to 5 or null.",
        ),
        (
            changed("predictions", "bank", "customers", to=True),
            "predictions.bank.customers: true is not a mark of 1 to 5 or null.",
        ),
        (
            changed("predictions", "bank", "customers", to="4"),
            'predictions.bank.customers: "4" is not a mark of 1 to 5 or null.',
        ),
    ],
)
def test_a_bad_document_is_refused_in_one_sentence_that_names_the_place(document: object, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        score(document)
    assert str(refusal.value) == sentence


def test_an_id_of_both_an_item_and_a_theme_cannot_be_predicted() -> None:
    document = {
        "items": [{"id": "openness", "theme": "openness"}],
        "perspectives": [{"id": "bank", "kind": "named", "answers": [{"openness": 3}]}],
        "predictions": {"bank": {"openness": 4}},
    }
    with pytest.raises(BadInput, match=r"predictions\.bank\.openness: there is no one item or theme"):
        score(document)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Line 1, column 1: this is not JSON (Expecting value)."),
        ('{"items": [}', "Line 1, column 12: this is not JSON (Expecting value)."),
        ('{"self": 1,\n "self": 2}', 'The document: "self" is there twice in one object.'),
        ('{"items": 1, "self": 1, "self": 2}', 'The document: "self" is there twice in one object.'),
        ('{"self": NaN}', "The document: NaN is not a number."),
        ('{"self": -Infinity}', "The document: -Infinity is not a number."),
        ("[" * 100_000, "The document: is nested too deep or holds a number too long to be read."),
        ('{"self": ' + "9" * 5000 + "}", "The document: is nested too deep or holds a number too long to be read."),
    ],
)
def test_text_that_is_no_document_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        score_text(text)
    assert str(refusal.value) == sentence


# Whatever is thrown at it


PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["self", "bank"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document, the document itself left out."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in members:
        yield (*path, step)
        yield from places_in(member, (*path, step))


@settings(max_examples=150, deadline=None, database=None)
@given(st.sampled_from(list(places_in(BAKERY))), PLAIN)
def test_a_document_with_anything_at_all_in_one_place_is_scored_or_refused_in_one_line(
    path: tuple[str | int, ...], value: Any
) -> None:
    try:
        json.dumps(score(changed(*path, to=value)))
    except BadInput as refusal:
        sentence = str(refusal)
        assert sentence.endswith(".")
        assert sentence.isprintable()
