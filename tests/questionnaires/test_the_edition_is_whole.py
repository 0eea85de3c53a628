"""The first edition, read from its file: complete for every reader, refused when a piece is missing."""

import csv
from importlib.resources import files
from itertools import product
from pathlib import Path

import pytest

from survey.perspectives import PERSPECTIVES
from survey.questionnaires import (
    OVERALL,
    ROLES,
    FaultyEdition,
    NotInThisEdition,
    UnknownEdition,
    editions,
    load,
    read_edition,
)

SPIEGEL = load("spiegel-1")
CONTENT = (files("survey.questionnaires") / "spiegel-1.toml").read_text("utf-8")
ITEMS_CSV = Path(__file__).resolve().parents[3] / "shared" / "spec" / "items.csv"
PHONE_ORDER = ["customers", "people", "course", "decisions", "openness", "partners", "figures", "cash"]


def refusal_of(before: str, after: str) -> str:
    """What the reader of editions says when the file holds `after` where it held `before`."""
    assert before in CONTENT
    with pytest.raises(FaultyEdition) as refusal:
        read_edition(CONTENT.replace(before, after, 1).encode(), "spiegel-1.toml")
    return str(refusal.value)


def test_the_gut_feeling_comes_first_and_stands_in_no_theme() -> None:
    first = SPIEGEL.items[0]
    assert (first.id, first.theme, first.axis, first.scale) == ("gut_feeling", OVERALL, "both", (1, 10))
    assert [item.id for item in SPIEGEL.items_of(OVERALL)] == ["gut_feeling"]


def test_the_harmless_comes_before_the_money() -> None:
    assert [theme.id for theme in SPIEGEL.themes] == PHONE_ORDER
    met = [item.theme for item in SPIEGEL.items[1:]]
    assert list(dict.fromkeys(met)) == PHONE_ORDER
    assert met == sorted(met, key=PHONE_ORDER.index)


def test_twenty_nine_statements_are_answered_on_the_worded_scale() -> None:
    assert [item.scale for item in SPIEGEL.items[1:]] == [(1, 5)] * 29
    assert [len(SPIEGEL.scale_words(language)) for language in SPIEGEL.languages] == [5, 5]
    assert SPIEGEL.scale_words("nl") == ("helemaal oneens", "oneens", "neutraal", "eens", "helemaal eens")


def test_seventeen_statements_are_about_insight_and_twelve_about_relation() -> None:
    def count(axis: str) -> int:
        return sum(item.axis == axis for item in SPIEGEL.items)

    assert (count("insight"), count("relation"), count("both")) == (17, 12, 1)
    assert {theme.id for theme in SPIEGEL.themes_of("relation")} == {"people", "openness", "partners"}


def test_three_statements_are_turned_round_and_four_are_left_out_first() -> None:
    assert {item.id for item in SPIEGEL.items if item.reverse} == {
        "customer_dependence",
        "recurring_problems",
        "carries_alone",
    }
    assert sum(item.cut_first for item in SPIEGEL.items) == 4


def test_the_thermometer_has_six_items() -> None:
    assert {item.id for item in SPIEGEL.items if item.thermometer} == {
        "gut_feeling",
        "order_book",
        "cash_outlook",
        "decisions_in_time",
        "room_to_act",
        "informs_in_time",
    }


def test_only_thinking_along_is_predicted_and_the_owner_gives_no_answer_of_his_own_to_it() -> None:
    assert [item.id for item in SPIEGEL.items if item.predicted] == ["would_think_along"]
    assert [item.id for item in SPIEGEL.items if not item.asked_of_self] == ["would_think_along"]
    assert SPIEGEL.themes_predicted_at_once == ("employees",)


def test_every_reader_finds_every_sentence() -> None:
    for item, language, role in product(SPIEGEL.items, SPIEGEL.languages, ROLES):
        sentence = SPIEGEL.statement(item.id, language, role, "Karin")
        assert sentence
        assert "{" not in sentence


@pytest.mark.parametrize("language", SPIEGEL.languages)
def test_the_owner_reads_about_himself_and_the_others_about_the_owner(language: str) -> None:
    for item in SPIEGEL.items:
        own = SPIEGEL.statement(item.id, language, "self", "Karin")
        theirs = [SPIEGEL.statement(item.id, language, role, "Karin") for role in PERSPECTIVES]
        assert "Karin" not in own
        assert all(("Karin" in sentence) == (item.referent != "company") for sentence in theirs)
        assert all((sentence == own) == (item.referent == "company") for sentence in theirs)


def test_a_sentence_that_begins_with_the_management_begins_with_a_capital() -> None:
    dutch, english = SPIEGEL.management_words("nl"), SPIEGEL.management_words("en")
    assert SPIEGEL.statement("decisions_in_time", "nl", "employees", dutch) == (
        "De directie neemt moeilijke besluiten op tijd."
    )
    assert SPIEGEL.statement("safe_to_speak", "nl", "employees", dutch) == (
        "Met slecht nieuws kun je bij de directie terecht."
    )
    assert SPIEGEL.statement("decisions_in_time", "en", "employees", english).startswith("The management makes")


def test_the_bank_reads_about_the_bank_and_not_about_one_person() -> None:
    assert "de bank" in SPIEGEL.statement("informs_in_time", "nl", "bank", "Karin")
    assert "mij" in SPIEGEL.statement("informs_in_time", "nl", "employees", "Karin")


def test_named_voices_bound_to_secrecy_may_say_that_they_may_not() -> None:
    assert SPIEGEL.cannot_judge_words("nl", "employees") == "kan ik niet beoordelen"
    assert SPIEGEL.cannot_judge_words("nl", "peer") == "kan ik niet beoordelen"
    for role in ("accountant", "bank", "adviser"):
        assert SPIEGEL.cannot_judge_words("nl", role) == "kan of mag ik niet zeggen"


def test_the_line_above_the_money_names_the_answer_the_reader_has() -> None:
    line = SPIEGEL.theme_introduction("cash", "nl", "bank")
    assert line is not None
    assert "‘kan of mag ik niet zeggen’" in line
    assert SPIEGEL.theme_introduction("cash", "nl", "self") is None
    assert SPIEGEL.theme_introduction("people", "nl", "bank") is None
    assert SPIEGEL.theme_introduction(OVERALL, "nl", "bank") is None


def test_three_open_questions_ask_for_no_names() -> None:
    assert [question.max_length for question in SPIEGEL.open_questions] == [300, 300, 300]
    for question, role in product(SPIEGEL.open_questions, ROLES):
        assert SPIEGEL.open_question(question.id, "nl", role, "Karin").endswith("?")
        assert SPIEGEL.open_question_hint(question.id, "nl", role).endswith("Noem geen namen.")
    assert SPIEGEL.open_question("needs_attention", "nl", "peer", "Karin") == "Wat verdient nu de aandacht van Karin?"
    assert SPIEGEL.open_question("needs_attention", "nl", "self", "Karin") == "Waar lig je ’s avonds wakker van?"


def test_the_mirror_has_two_halves_with_a_name_and_a_line() -> None:
    assert [SPIEGEL.axis_name(axis, "nl") for axis in ("insight", "relation")] == ["Inzicht", "Relatie"]
    assert SPIEGEL.axis_line("relation", "en") == "how you deal with one another"
    assert SPIEGEL.theme_name(OVERALL, "nl") == "Gevoel"


def test_an_edition_is_known_to_people_by_a_name() -> None:
    assert SPIEGEL.name("nl") == "Spiegel, uitgave 1"


def test_the_owner_is_asked_what_others_will_answer() -> None:
    assert SPIEGEL.item_prediction("nl") == "Wat antwoorden zij, denk je?"
    assert SPIEGEL.prediction_ends("en") == ("very low", "very high")


def test_a_predicted_theme_is_named_in_the_question() -> None:
    assert SPIEGEL.theme_prediction("cash", "nl") == "Welk cijfer geven zij aan ‘Geld’, denk je?"


def test_words_are_never_borrowed_from_another_language() -> None:
    for question in (
        lambda: SPIEGEL.statement("order_book", "fr", "employees", "Karin"),
        lambda: SPIEGEL.theme_name("cash", "fr"),
        lambda: SPIEGEL.scale_words("fr"),
        lambda: SPIEGEL.period("fr"),
        lambda: SPIEGEL.cannot_judge_words("fr", "bank"),
        lambda: SPIEGEL.theme_introduction("cash", "fr", "bank"),
        lambda: SPIEGEL.open_question_hint("goes_well", "fr", "bank"),
    ):
        with pytest.raises(NotInThisEdition):
            question()


def test_an_item_theme_or_edition_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotInThisEdition, match="'holidays'"):
        SPIEGEL.item("holidays")
    with pytest.raises(NotInThisEdition, match="'holidays'"):
        SPIEGEL.theme("holidays")
    with pytest.raises(NotInThisEdition, match="'holidays'"):
        SPIEGEL.theme_introduction("holidays", "nl", "bank")
    with pytest.raises(UnknownEdition, match=r"no questionnaire 'spiegel-0'. There is: spiegel-1"):
        load("spiegel-0")


def test_an_edition_is_read_once_and_carries_the_fingerprint_of_its_file() -> None:
    assert editions()[0] == "spiegel-1"
    assert load("spiegel-1") is SPIEGEL
    edited = read_edition((CONTENT + "\n").encode(), "spiegel-1.toml")
    assert len(SPIEGEL.fingerprint) == 64
    assert edited.fingerprint != SPIEGEL.fingerprint


def test_a_sentence_that_is_missing_in_a_shipped_language_stops_the_build() -> None:
    assert refusal_of('statement.en.everyone = "There is enough', 'statement.ex.everyone = "There is enough') == (
        "spiegel-1.toml, items order_book, statement, en: this is missing."
    )
    assert refusal_of('name.en = "Customers"', "") == "spiegel-1.toml, themes customers, name, en: this is missing."
    assert refusal_of('hint.en.self = "Something', 'hint.en.selves = "Something') == (
        "spiegel-1.toml, open_questions seen_by_few, hint, en, self: this is missing."
    )
    assert refusal_of('bank = "I cannot or may not say"', "") == (
        "spiegel-1.toml, cannot_judge, en, bank: this is missing."
    )
    assert refusal_of('languages = ["nl", "en"]', 'languages = ["nl", "en", "pl"]').endswith("pl: this is missing.")


@pytest.mark.parametrize(
    ("before", "after", "refusal"),
    [
        ('id = "people"', 'id = "customers"', "themes: the id 'customers' stands here more than once."),
        ('kind = "hard"', 'kind = "firm"', "items order_book, kind: 'firm' is not one of hard, soft."),
        ("version = 1", 'version = "1"', "items gut_feeling, version: a whole number must stand here."),
        ("thermometer = true", "thermometer = 1", "items gut_feeling, thermometer: true or false must stand here."),
        ("thermometer = true", "thremometer = true", "items gut_feeling, thremometer: this key means nothing here."),
        ('"Geld"', '" "', "themes cash, name, nl: a text must stand here."),
        ('["heel laag", "heel hoog"]', '["laag"]', "predictions, ends, nl: 2 texts must stand here, not 1."),
        ('["heel laag", "heel hoog"]', '"laag"', "predictions, ends, nl: a list of texts must stand here."),
        ('["employees"]', '["staff"]', "predictions, themes_at_once: 'staff' is not one of employees, co_owner"),
        ('id = "customers_return"', 'id = "order_book"', "items: the id 'order_book' stands here more than once."),
        ("[cannot_judge.nl]\n", "[cannot_judge]\nnl = 3\n[spare]\n", "cannot_judge, nl: a table must stand here."),
        (
            'judges.usually_not = ["peer"]',
            "judges.usually_not = []",
            "items order_book, judges: each of self, employees",
        ),
        ("{referent} neemt", "Karin neemt", "items decisions_in_time, statement, nl, employees: {referent} must stand"),
        ("Ik neem", "{referent} neemt", "items decisions_in_time, statement, nl, self: {referent} must stand here 0"),
        (
            'statement.nl.everyone = "Klanten',
            'statement.nl.self = "Ja"\nstatement.nl.everyone = "Klanten',
            "items customers_return, statement, nl: `everyone` cannot stand beside `self` or `others`.",
        ),
        ("[overall]", "[overall", "spiegel-1.toml cannot be read:"),
    ],
)
def test_a_slip_of_the_pen_is_named_by_its_place(before: str, after: str, refusal: str) -> None:
    assert refusal in refusal_of(before, after)


def test_a_list_where_one_table_is_expected_is_refused() -> None:
    content = CONTENT.split("[[open_questions]]")[0].replace("languages =", "open_questions = 3\nlanguages =", 1)
    items = "# --- The statements" + CONTENT.split("# --- The statements")[1]
    with pytest.raises(FaultyEdition, match="open_questions: a list of tables must stand here"):
        read_edition((content + items).encode(), "spiegel-1.toml")


def test_two_items_that_measure_the_same_are_never_asked_together() -> None:
    assert refusal_of('measures = "staying"', 'measures = "energy"') == (
        "spiegel-1.toml, items energy_at_work: it measures 'energy', and so does good_people_stay; "
        "employees would be asked the same thing twice."
    )


@pytest.mark.skipif(not ITEMS_CSV.exists(), reason="the table of the specification is not beside the project")
def test_the_edition_says_of_each_item_what_the_specification_says() -> None:
    judgement = {"y": "usually", "s": "sometimes", "n": "usually_not"}
    with ITEMS_CSV.open(newline="", encoding="utf-8") as table:
        specified = {row["id"]: row for row in csv.DictReader(table)}
    assert {item.id for item in SPIEGEL.items} == set(specified)
    for item in SPIEGEL.items:
        row = specified[item.id]
        assert (item.theme, item.axis, item.kind, item.referent) == (
            row["theme"],
            row["axis"],
            row["kind"],
            row["referent"],
        )
        assert item.reverse == (row["polarity"] == "-")
        assert (item.thermometer, item.cut_first) == (row["thermometer"] == "y", row["cut_first"] == "y")
        assert dict(item.judges) == {
            "self": judgement[row["judge_owner"]],
            "co_owner": judgement[row["judge_owner"]],
            "employees": judgement[row["judge_employee"]],
            "accountant": judgement[row["judge_accountant"]],
            "adviser": judgement[row["judge_accountant"]],
            "bank": judgement[row["judge_bank"]],
            "peer": judgement[row["judge_peer"]],
        }
