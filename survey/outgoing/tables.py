"""Writes tables as files for a spreadsheet: CSV the Dutch way, and a workbook. The one place that knows XlsxWriter.

The same tables give the same bytes. Text stays text: what somebody typed must not become a formula on the computer of
whoever opens the file. It must not know what a table is about. XlsxWriter is imported at the first workbook only: that
takes half a second, which no other page should pay for.
"""

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final, TypeAlias

Value: TypeAlias = str | int | float | date | None
"""What stands in one cell; None for an empty one. A whole number is an int, any other number a float."""

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel reads UTF-8 as something else, and an ë becomes two letters."""

STARTS_A_FORMULA: Final = ("=", "+", "-", "@")
BREAKS_OUT: Final = ("\t", "\r", "\n")
MAKES_TEXT: Final = "'"
"""In front of a cell: a spreadsheet takes what follows for text."""

DAY: Final = "%d-%m-%Y"
DAY_OF_A_WORKBOOK: Final = "dd-mm-yyyy"

_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


@dataclass(frozen=True)
class Column:
    """One column. width: in characters. places: decimals of every number in it; None for whole numbers and text."""

    heading: str
    width: int
    places: int | None = None


@dataclass(frozen=True)
class Table:
    """One sheet: its name (31 characters at most), its columns, and rows with a value for each of them."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


def csv_file(table: Table) -> bytes:
    """Return a table as Dutch Excel opens it: UTF-8 with its mark, semicolons, decimal commas, days as 20-11-2026."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow([harmless(column.heading) for column in table.columns])
    for row in table.rows:
        lines.writerow([_written(value, column) for value, column in zip(row, table.columns, strict=True)])
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def workbook(tables: Sequence[Table], title: str, made_on: date) -> bytes:
    """Return tables as one workbook (.xlsx), a sheet for each: numbers are numbers, and each head stays in sight.

    made_on: the day that the file says it was made; a clock would make every file another one.
    """
    from xlsxwriter import Workbook

    content = io.BytesIO()
    with Workbook(content, _OPTIONS) as book:
        moment = datetime.combine(made_on, time(), UTC).replace(tzinfo=None)
        book.set_properties({"title": title, "created": moment})
        for table in tables:
            _write_sheet(book, table)
    return content.getvalue()


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, also when a blank or a wide sign stands in front."""
    bare = unicodedata.normalize("NFKC", text).lstrip()
    if text.startswith(BREAKS_OUT) or bare.startswith(STARTS_A_FORMULA):
        return MAKES_TEXT + text
    return text


def _written(value: Value, column: Column) -> str:
    match value:
        case None:
            return ""
        case str():
            return harmless(value)
        case date():
            return value.strftime(DAY)
        case _:
            return f"{value:.{column.places or 0}f}".replace(".", ",")


def _write_sheet(book: Any, table: Table) -> None:
    sheet = book.add_worksheet(table.name)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(0, number, column.heading, head)
        looks = _Looks(book, column)
        for line, row in enumerate(table.rows, start=1):
            looks.write(sheet, line, number, row[number])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # "4,0" as the mirror has it is meant as text
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


class _Looks:
    """How the cells of one column look: text wraps, numbers have their decimals, days are days."""

    def __init__(self, book: Any, column: Column) -> None:
        top: dict[str, Any] = {"valign": "top"}
        number = "0." + "0" * column.places if column.places else "0"
        self._text = book.add_format({**top, "text_wrap": True})
        # Who types in such a cell and leaves it again would otherwise make the formula after all.
        self._quoted = book.add_format({**top, "text_wrap": True, "quote_prefix": True})
        self._number = book.add_format({**top, "num_format": number})
        self._day = book.add_format({**top, "num_format": DAY_OF_A_WORKBOOK})

    def write(self, sheet: Any, line: int, number: int, value: Value) -> None:
        match value:
            case None:
                pass
            case str():
                looks = self._text if harmless(value) == value else self._quoted
                sheet.write_string(line, number, value, looks)
            case date():
                sheet.write_datetime(line, number, datetime.combine(value, time()), self._day)
            case _:
                sheet.write_number(line, number, value, self._number)
