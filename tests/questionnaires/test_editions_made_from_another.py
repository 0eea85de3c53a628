"""The thermometer, the one question and the module about work: made from the mirror, and whole for every reader."""

import hashlib
from importlib.resources import files
from itertools import product

import pytest

from survey.perspectives import PERSPECTIVES
from survey.questionnaires import (
    OVERALL,
    ROLES,
    FaultyEdition,
    editions,
    load,
    load_conversation,
    read_edition,
)

SPIEGEL = load("spiegel-1")
THERMOMETER = load("thermometer-1")
ONE_QUESTION = load("vraag-1")
WITH_WORK = load("spiegel-werk-1")
SIX = ["gut_feeling", "order_book", "decisions_in_time", "room_to_act", "informs_in_time", "cash_outlook"]
WORK = ["energy_left", "glad_to_tell", "of_use_to_others", "learned_something", "ideas_are_used", "would_recommend"]


def content(edition: str) -> str:
    return (files("survey.questionnaires") / f"{edition}.toml").read_text("utf-8")


def refusal_of(edition: str, before: str, after: str) -> str:
    assert before in content(edition)
    with pytest.raises(FaultyEdition) as refusal:
        read_edition(content(edition).replace(before, after, 1).encode(), f"{edition}.toml")
    return str(refusal.value)


@pytest.mark.parametrize("id_", editions())
def test_every_reader_finds_every_sentence_of_every_edition(id_: str) -> None:
    edition = load(id_)
    for language, role in product(edition.languages, ROLES):
        for item in edition.items:
            assert edition.statement(item.id, language, role, "Karin")
        for question in edition.open_questions:
            assert edition.open_question(question.id, language, role, "Karin").endswith("?")
            assert edition.open_question_hint(question.id, language, role)
        assert edition.name(language)


@pytest.mark.parametrize("id_", editions())
def test_each_edition_has_the_words_for_its_mirror(id_: str) -> None:
    edition, words = load(id_), load_conversation(id_)
    for item, language in product(edition.items, edition.languages):
        assert words.question(item.id, "self_higher", language) != words.question(item.id, "self_lower", language)
        assert words.label(item.id, language)
    named = {item for guideline in words.guidelines for item in guideline.items}
    assert named <= {item.id for item in edition.items}


def test_the_thermometer_asks_six_items_of_the_mirror_word_for_word_with_money_last() -> None:
    assert [item.id for item in THERMOMETER.items] == SIX
    for item, language, role in product(THERMOMETER.items, THERMOMETER.languages, ROLES):
        assert item == SPIEGEL.item(item.id)
        ours, theirs = (each.statement(item.id, language, role, "Karin") for each in (THERMOMETER, SPIEGEL))
        assert ours == theirs
    assert THERMOMETER.open_questions == ()
    assert not THERMOMETER.themes_are_predicted
    assert {item.id for item in SPIEGEL.items if item.thermometer} == set(SIX)


def test_the_one_question_is_one_question_and_nothing_to_mark() -> None:
    assert ONE_QUESTION.items == ()
    assert ONE_QUESTION.themes == ()
    [question] = ONE_QUESTION.open_questions
    assert ONE_QUESTION.open_question(question.id, "nl", "self", "Karin") == "Waar lig je ’s avonds wakker van?"


def test_its_question_is_another_than_those_of_the_mirror() -> None:
    """So texts of two kinds of round are never counted together."""
    assert not {one.id for one in ONE_QUESTION.open_questions} & {one.id for one in SPIEGEL.open_questions}


def test_six_items_about_work_are_asked_of_employees_only() -> None:
    assert [item.id for item in WITH_WORK.items_of("work")] == WORK
    for perspective in PERSPECTIVES:
        asked = {item.id for item in WITH_WORK.items_for(perspective)}
        assert asked.isdisjoint(WORK) == (perspective != "employees")
    assert not any(item.asked_of_self or item.predicted for item in WITH_WORK.items_of("work"))


def test_they_take_the_place_of_the_item_that_measures_the_same() -> None:
    assert {item.id for item in SPIEGEL.items} - {item.id for item in WITH_WORK.items} == {"energy_at_work"}
    assert refusal_of("spiegel-werk-1", 'leaves_out = ["energy_at_work"]', "leaves_out = []") == (
        "spiegel-werk-1.toml, items energy_left: it measures 'energy', and so does energy_at_work; "
        "employees would be asked the same thing twice."
    )


def test_they_come_after_the_people_and_before_the_harder_subjects() -> None:
    themes = [theme.id for theme in WITH_WORK.themes]
    assert themes[:3] == ["customers", "people", "work"]
    order = [OVERALL, *themes]
    met = [item.theme for item in WITH_WORK.items]
    assert met == sorted(met, key=order.index)


def test_the_fingerprint_changes_with_the_file_it_was_made_from() -> None:
    """An answer belongs to the sentence that was read, and that sentence stands in both files."""
    both = (content("spiegel-1") + content("thermometer-1")).encode()
    assert THERMOMETER.fingerprint == hashlib.sha256(both).hexdigest()
    assert len({load(id_).fingerprint for id_ in editions()}) == len(editions())


@pytest.mark.parametrize(
    ("edition", "before", "after", "refusal"),
    [
        ("thermometer-1", '"order_book"', '"holidays"', "made_from, items: 'holidays' is not an item of spiegel-1."),
        ("spiegel-werk-1", '["energy_at_work"]', '["rest"]', "made_from, leaves_out: 'rest' is not an item of spie"),
        ("thermometer-1", '"spiegel-1"', '"spiegel-0"', "made_from, edition: 'spiegel-0' is not one of"),
        ("thermometer-1", "items = [", "itmes = [", "made_from, itmes: this key means nothing here."),
        ("spiegel-werk-1", 'after = "people"', 'after = "rest"', "themes: 'rest' is not a theme to come after."),
        ("spiegel-werk-1", '["employees"]', '["staff"]', "items energy_left, asked_of: 'staff' is not one of"),
        ("spiegel-werk-1", "Na een gewone", "Bij {referent}", "statement, nl, employees: {referent} must stand here 0"),
        ("vraag-1", "question.en.self =", "question.de.self =", "open_questions awake, question, en, self: this is"),
        ("vraag-1", "name.en =", "name.de =", "vraag-1.toml, name, en: this is missing."),
    ],
)
def test_a_slip_of_the_pen_is_named_by_its_place(edition: str, before: str, after: str, refusal: str) -> None:
    assert refusal in refusal_of(edition, before, after)
