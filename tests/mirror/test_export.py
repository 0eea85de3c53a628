"""The mirror as tables: what was released, per statement and voice, with its reason, and nothing beside it."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from survey import story
from survey.mirror import MirrorReport, OnlyForTheOwner, copy_for, mirror_csv, mirror_workbook
from survey.mirror.export import ITEM_COLUMNS, THEME_COLUMNS, tables_of
from survey.mirror.reports import FactsBeside, Figure
from survey.mirror.words import words_in
from survey.outgoing.tables import Table, Value
from survey.scoring import ShownCell, SuppressedCell, VoiceCell
from survey.scoring.gaps import Word
from tests.mirror.karins_mirror import mirror, own_view, released, texts_of
from tests.outgoing.test_tables import dutch, read_csv

PREDICTIONS = own_view().predictions
FOUR = "abcd"


def rows_of(table: Table, columns: tuple[str, ...]) -> list[dict[str, Value]]:
    return [dict(zip(columns, row, strict=True)) for row in table.rows]


def items_of(report: MirrorReport) -> list[dict[str, Value]]:
    return rows_of(tables_of(report, PREDICTIONS)[0], ITEM_COLUMNS)


def row(rows: list[dict[str, Value]], voice: str, item: str, kind: str | None = None) -> dict[str, Value]:
    [found] = [
        one for one in rows
        if (one["voice_id"], one.get("item_id", one.get("theme_id"))) == (voice, item)
        and (kind or one["kind"]) == one["kind"] and (kind or one["kind"] != "jouw verwachting")
    ]  # fmt: skip
    return found


def test_every_released_cell_is_one_row_and_no_row_is_more_than_that() -> None:
    report = mirror()
    voices = [one for one in items_of(report) if one["kind"] in ("groep, zonder namen", "één persoon, op naam")]
    assert sorted((one["voice_id"], one["item_id"]) for one in voices) == sorted(
        (cell.perspective, cell.item) for cell in report.release.cells
    )


def test_every_number_is_the_one_in_the_release() -> None:
    report = mirror()
    rows = items_of(report)
    for cell in report.release.cells:
        found = row(rows, cell.perspective, cell.item)
        match cell:
            case ShownCell():
                assert found["mark"] == cell.mean
                assert (found["answers_from"], found["answers_to"]) == tuple(cell.band)
                assert (found["edge"] is None) == (cell.edge is None)
            case VoiceCell():
                assert found["mark"] == cell.mark
                assert found["answers_from"] is None
            case SuppressedCell():
                assert found["mark"] is None
                assert found["gap"] is None
                assert found["reason"]


def test_an_edge_stands_beside_its_number() -> None:
    found = row(items_of(mirror()), "employees", "order_book")
    assert (found["mark"], found["edge"], found["as_shown"]) == (4.0, "of hoger", "4,0 of hoger")


def test_of_four_employees_there_is_a_reason_and_no_number() -> None:
    rows = [one for one in items_of(mirror(released(employees=FOUR))) if one["voice_id"] == "employees"]
    said = [one for one in rows if one["kind"] != "jouw verwachting"]
    assert said
    assert {one["reason"] for one in said} == {"te weinig antwoorden"}
    for one in said:
        assert {one[key] for key in ("mark", "edge", "answers_from", "answers_to", "coverage", "spread", "gap")} == {
            None
        }


def test_what_one_person_may_not_say_is_no_matter_of_too_few() -> None:
    assert row(items_of(mirror()), "peer_1", "order_book")["reason"] == "kan of mag dit niet zeggen"


def test_the_owner_is_a_voice_and_what_he_expected_stands_beside_it() -> None:
    report = mirror()
    own = row(items_of(report), "self", "order_book")
    assert (own["kind"], own["name"], own["mark"]) == ("jij zelf", "Karin de Vries", 4.0)
    themes = rows_of(tables_of(report, PREDICTIONS)[1], THEME_COLUMNS)
    expected = row(themes, "employees", "course", "jouw verwachting")
    assert expected["mark"] == story.PREDICTED["employees"]["course"]
    assert expected["name"] is None


def test_what_was_expected_of_a_group_that_stays_hidden_is_still_the_owners() -> None:
    themes = rows_of(tables_of(mirror(released(employees=FOUR)), PREDICTIONS)[1], THEME_COLUMNS)
    assert row(themes, "employees", "course", "jouw verwachting")["mark"] == story.PREDICTED["employees"]["course"]
    assert row(themes, "employees", "course")["mark"] is None


def test_a_verdict_is_said_per_voice_as_in_the_report_and_never_over_all() -> None:
    report = mirror()
    words = words_in("nl")
    for verdict in report.verdicts:
        if verdict.level.value == "item" and verdict.perspective:
            found = row(items_of(report), verdict.perspective, verdict.id)
            assert found["outcome"] == words(f"export.outcomes.{verdict.word}")
    everything = mirror_csv(report, PREDICTIONS).decode()
    assert "pooled" not in everything
    assert not any(
        str(value).startswith("alle") for table in tables_of(report, PREDICTIONS)[:2] for value in table.rows
    )


def test_the_csv_says_what_the_workbook_says() -> None:
    report = mirror()
    book = openpyxl.load_workbook(io.BytesIO(mirror_workbook(report, PREDICTIONS)))
    assert book.sheetnames == ["Uitspraken", "Onderwerpen", "Uitleg"]
    for line, row_ in zip(read_csv(mirror_csv(report, PREDICTIONS)), book["Uitspraken"].values, strict=True):
        for field, value in zip(line, row_, strict=True):
            if isinstance(value, (int, float)):
                assert dutch(field) == value
            elif hasattr(value, "strftime"):
                assert field == f"{value:%d-%m-%Y}"
            else:
                assert field == (value or "")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_code_book_explains_every_column_reason_and_outcome(language: str) -> None:
    report, words = mirror(language=language), words_in(language)
    items, themes, book = tables_of(report, PREDICTIONS)
    explained = {str(name) for _, name, meaning in book.rows if meaning}
    assert {column.heading for table in (items, themes) for column in table.columns} <= explained
    assert {words(f"export.outcomes.{word}") for word in Word if word is not Word.PARTIES_DISAGREE} <= explained
    said = {one[key] for one in items_of(report) for key in ("reason", "coverage", "spread", "outcome")} - {None}
    assert said - {words("mark.not_answered")} <= explained
    assert report.facts.digest in {meaning for _, _, meaning in book.rows}
    assert report.release.method in {meaning for _, _, meaning in book.rows}


def test_in_english_no_dutch_word_is_left() -> None:
    def texts(report: MirrorReport) -> Iterator[str]:
        for table in tables_of(report, PREDICTIONS):
            yield from (column.heading for column in table.columns)
            yield from (value for row_ in table.rows for value in row_ if isinstance(value, str))

    left = set(texts(mirror())) & set(texts(mirror(language="en")))
    names = {"Karin de Vries", "Rob de Wit", "Joost Meijer", "Anneke Postma", "Willem van Dam", "Bakkerij De Vries"}
    ids = {str(one[key]) for one in items_of(mirror()) for key in ("voice_id", "item_id", "release", "method")}
    themes = {one.id for half in mirror().halves for one in half.themes}
    numbers = {text for text in left if text.strip("0123456789,. ") == ""}
    alike = {mirror().facts.digest, "Accountant", "Bank", "accountant: Rob de Wit", "bank: Joost Meijer"}
    assert left - names - ids - themes - numbers - alike == set()


def test_nobody_wrote_a_word_of_it_and_no_figure_of_the_accountant_is_in_it() -> None:
    figure = Figure("Solvabiliteit", "31,4 procent", "30-9-2026", "voorlopig")
    report = replace(mirror(), beside=(FactsBeside("Accountant", "Rob de Wit", (figure,), (), "Netjes op tijd."),))
    everything = mirror_csv(report, PREDICTIONS) + repr(tables_of(report, PREDICTIONS)).encode()
    written = [text for name in ("karin", *"abcdefghi", "rob", "joost") for text in texts_of(name).values()]
    assert written
    for text in (*written, "Solvabiliteit", "31,4 procent", "Netjes op tijd."):
        assert text.encode() not in everything


def test_a_copy_for_somebody_else_has_no_tables() -> None:
    copy = copy_for(mirror(), "Petra Visser", date(2026, 12, 7), with_words=True, with_earlier=True)
    for make in (mirror_csv, mirror_workbook):
        with pytest.raises(OnlyForTheOwner):
            make(copy, PREDICTIONS)


def test_a_name_that_was_made_to_do_harm_stays_a_name() -> None:
    harm = '=HYPERLINK("http://127.0.0.1:9")'
    report = mirror(company=harm)
    assert read_csv(mirror_csv(report, PREDICTIONS))[1][0] == f"'{harm}"
    cell = openpyxl.load_workbook(io.BytesIO(mirror_workbook(report, PREDICTIONS)))["Uitspraken"]["A2"]
    assert (cell.data_type, cell.value) == ("s", harm)
