"""A spreadsheet as somebody keeps his people in it, read as lines of text: bounded in size, rows, time and memory.

Whoever uploads it may have made it to do harm. It is looked at from the outside first, and only what is small and
holds no programs, no documents in documents and no entities is opened. It must not know what the lines are for.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import Any, Final

LARGEST_WORKBOOK: Final = 1_000_000
"""Bytes of the file as it is sent. Five hundred people with a company's colours and logo fit."""
LARGEST_UNPACKED: Final = 2_000_000
"""Bytes of all its parts together: a second of reading. A sheet that was padded out has hundreds of millions."""
MOST_PARTS: Final = 200
MOST_ROWS: Final = 2_000
"""Rows down to the last one with something in it, blank ones too; far more than the lines that a list may have."""
MOST_COLUMNS: Final = 256
MOST_CELLS: Final = 20_000
"""Forty columns for each of five hundred people."""

STARTS_A_ZIP: Final = b"PK\x03\x04"
STARTS_AN_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"
"""Excel before 2007, and every workbook with a password."""

_PROGRAMS: Final = ("vbaproject", "macrosheets/", "activex/", "embeddings/", "customui/")
_PACKED: Final = (".zip", ".xlsx", ".xlsm", ".xlsb", ".bin", ".jar", ".gz", ".7z", ".rar")
_HARMLESS_BIN: Final = "printersettings"
_ENTITIES: Final = tuple(
    word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")
)


class WorkbookRefused(Exception):
    """This spreadsheet is not read. Nothing of it was."""


class WorkbookTooLarge(WorkbookRefused):
    """It has more bytes, unpacked bytes, parts, rows, columns or cells than any list of people."""


class WorkbookHoldsPrograms(WorkbookRefused):
    """It carries macros, or files inside it."""


class WorkbookOld(WorkbookRefused):
    """It was saved by Excel before 2007, or with a password."""


class WorkbookUnreadable(WorkbookRefused):
    """It is damaged, is no spreadsheet, or holds what no spreadsheet program writes."""


class SeveralSheets(WorkbookRefused):
    """More than one of its sheets holds something: nobody can tell which one is meant."""


def is_workbook(content: bytes) -> bool:
    """Say whether a file begins as a spreadsheet does: a packed one, or an old one."""
    return content.startswith((STARTS_A_ZIP, STARTS_AN_OLD_WORKBOOK))


def sheet_as_text(content: bytes) -> str:
    """Return the one sheet that holds something: a line per row, its cells divided by tabs, blank rows as blank lines.

    Formulas give what they last came to, and are not run. Raises WorkbookRefused, in one of its five kinds.
    """
    if content.startswith(STARTS_AN_OLD_WORKBOOK):
        raise WorkbookOld
    if len(content) > LARGEST_WORKBOOK:
        raise WorkbookTooLarge
    _look_from_outside(content)
    try:
        filled = [text for text in _sheets(content) if text.strip()]
    except WorkbookRefused:
        raise
    except Exception as broken:  # whatever a crafted file makes of the library, it is the file that is wrong
        raise WorkbookUnreadable from broken
    if len(filled) > 1:
        raise SeveralSheets
    return filled[0] if filled else ""


def _look_from_outside(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise WorkbookTooLarge
            for part in parts:
                _refuse_programs(part.filename.lower())
                _refuse_entities(packed.read(part))  # reads no more than the size that was just added up
    except WorkbookRefused:
        raise
    except Exception as broken:  # damaged, encrypted or packed in a way that nobody packs a spreadsheet
        raise WorkbookUnreadable from broken


def _refuse_programs(name: str) -> None:
    packed = name.endswith(_PACKED) and _HARMLESS_BIN not in name
    if packed or any(mark in name for mark in _PROGRAMS):
        raise WorkbookHoldsPrograms


def _refuse_entities(part: bytes) -> None:
    # Ten lines of entities unfold to gigabytes. No spreadsheet program writes them.
    if any(mark in part for mark in _ENTITIES):
        raise WorkbookUnreadable
    if b"macroEnabled" in part:
        raise WorkbookHoldsPrograms


def _sheets(content: bytes) -> Iterator[str]:
    from openpyxl import load_workbook  # a third of a second and 20 MB that no other page should pay for

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                yield _as_text(sheet)
    finally:
        book.close()


def _as_text(sheet: Any) -> str:
    sheet.reset_dimensions()  # what a file says of its own size may be anything
    written = io.StringIO()
    lines = csv.writer(written, delimiter="\t", lineterminator="\n")
    read = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        read += len(cells)
        if number > MOST_ROWS or len(cells) > MOST_COLUMNS or read > MOST_CELLS:
            raise WorkbookTooLarge
        lines.writerow([_one_line(cell) for cell in cells])
    return written.getvalue()


def _one_line(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split())
