"""Tables as a Dutch spreadsheet opens them: numbers are numbers, days are days, and no text becomes a formula."""

import csv
import io
import shutil
import subprocess
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from survey.outgoing.tables import Column, Table, Value, csv_file, harmless, workbook
from tests.web.hostile import CORPUS

DAY = date(2026, 11, 20)
FORMULAS = (
    "=1+1", "+31 6 12345678", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", "  =1+1", "＝1+1", "﹣1+1",
    '=HYPERLINK("http://127.0.0.1:9";"klik")', "=cmd|' /C calc'!A0",
)  # fmt: skip
BREAKERS = ("a;=1+1", 'a";"=1+1', "a\r\n=1+1", "een ë en een €", "’s ochtends")

COLUMNS = (
    Column("Tekst", 30),
    Column("Cijfer", 8, 1),
    Column("Aantal", 8),
    Column("Verschil", 8, 2),
    Column("Dag", 12),
)
ROWS: tuple[tuple[Value, ...], ...] = (
    ("gewoon", 2.5, 9, -3.0, DAY),
    ("leeg", None, None, None, None),
    ("grens", 4.0, 12, 0.25, DAY),
)


def table(rows: tuple[tuple[Value, ...], ...] = ROWS, columns: tuple[Column, ...] = COLUMNS) -> Table:
    return Table("Blad", columns, rows)


def of_texts(texts: tuple[str, ...]) -> Table:
    return table(tuple((text,) for text in texts), COLUMNS[:1])


def read_csv(content: bytes) -> list[list[str]]:
    """Read it as Dutch Excel does: the mark says UTF-8, fields are parted by semicolons."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_sheet(content: bytes, number: int = 0) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[number]
    assert isinstance(sheet, Worksheet)
    return sheet


def dutch(field: str) -> Any:
    """What a Dutch spreadsheet makes of a field."""
    try:
        return float(field.replace(".", "").replace(",", "."))
    except ValueError:
        return field


def test_csv_has_its_mark_semicolons_and_decimal_commas() -> None:
    content = csv_file(table())
    assert content.startswith(b"\xef\xbb\xbfTekst;Cijfer;")
    assert content.splitlines()[1] == b"gewoon;2,5;9;-3,00;20-11-2026"
    assert content.splitlines()[2] == b"leeg;;;;"
    assert content.endswith(b"\r\n")


def test_a_negative_number_stays_a_number_in_both() -> None:
    assert dutch(read_csv(csv_file(table()))[1][3]) == -3
    cell = read_sheet(workbook([table()], "Titel", DAY)).cell(2, 4)
    assert (cell.data_type, cell.value, cell.number_format) == ("n", -3, "0.00")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_in_csv(text: str) -> None:
    [[_], [field]] = read_csv(csv_file(of_texts((text,))))
    assert field == f"'{text}"


@pytest.mark.parametrize("text", [*BREAKERS, *CORPUS])
def test_any_text_stays_in_its_own_field(text: str) -> None:
    assert read_csv(csv_file(of_texts((text, "volgende"))))[1:] == [[harmless(text)], ["volgende"]]


@pytest.mark.parametrize("text", [*FORMULAS, *BREAKERS, *CORPUS])
def test_any_text_is_text_in_a_workbook(text: str) -> None:
    cell = read_sheet(workbook([of_texts((text,))], "Titel", DAY)).cell(2, 1)
    assert cell.data_type == "s"
    assert str(cell.value).replace("_x000D_", "\r") in (text, text.replace("\r\n", "\n"))
    assert cell.hyperlink is None
    assert cell.style.startswith("Normal")
    assert bool(cell.quotePrefix) == (harmless(text) != text)


def test_a_workbook_has_numbers_days_a_head_that_stays_and_widths() -> None:
    sheet = read_sheet(workbook([table()], "Titel", DAY))
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "n", "n", "d"]
    assert [cell.number_format for cell in sheet[2]] == ["General", "0.0", "0", "0.00", "dd-mm-yyyy"]
    assert sheet["E2"].value == datetime(2026, 11, 20)
    assert all(cell.value is None for cell in sheet[3][1:])
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E4"
    assert 30 <= sheet.column_dimensions["A"].width < 32


def test_the_same_tables_give_the_same_bytes() -> None:
    assert csv_file(table()) == csv_file(table())
    assert workbook([table()], "Titel", DAY) == workbook([table()], "Titel", DAY)


def test_a_dutch_spreadsheet_reads_both_as_they_are_meant(tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("no LibreOffice here: what it would read is tried with csv and openpyxl above")
    (tmp_path / "a.csv").write_bytes(csv_file(table()))
    (tmp_path / "b.xlsx").write_bytes(workbook([table()], "Titel", DAY))
    # 59,34,76: semicolon, double quote, UTF-8; 1043: Dutch; the last true: detect numbers and days
    as_dutch = "--infilter=CSV:59,34,76,1,,1043,false,true"
    home = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    environment = {"LC_ALL": "nl_NL.UTF-8", "LANG": "nl_NL.UTF-8", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    for name, extra in (("a.csv", [as_dutch]), ("b.xlsx", [])):
        command = [office, home, "--headless", *extra, "--convert-to", "ods:calc8", "--outdir", str(tmp_path), name]
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=120, capture_output=True)
        command = [office, home, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "read"),
                   Path(name).with_suffix(".ods").name]  # fmt: skip
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=120, capture_output=True)
        sheet = read_sheet((tmp_path / "read" / Path(name).with_suffix(".xlsx").name).read_bytes())
        assert [cell.value for cell in sheet[2]] == ["gewoon", 2.5, 9, -3, datetime(2026, 11, 20)], name
