"""A spreadsheet may have been made to do harm: it is read small, or refused whole, quickly and in little memory."""

import io
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from survey.addresses import ListTooLarge, Person, decode, read_people
from survey.spreadsheets import (
    MOST_COLUMNS,
    MOST_ROWS,
    SeveralSheets,
    WorkbookHoldsPrograms,
    WorkbookOld,
    WorkbookRefused,
    WorkbookTooLarge,
    WorkbookUnreadable,
    sheet_as_text,
)

BRAM = ("Bram Kok", "bram@bakkerijdevries.example")
SHEET = "xl/worksheets/sheet1.xml"
SECONDS_AT_MOST = 2
MEGABYTES_AT_MOST = 200


def workbook(*rows: tuple[object, ...]) -> bytes:
    """A spreadsheet as Excel writes it."""
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]  # a new book has an active sheet
    return packed(book)


def packed(book: Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def remade(content: bytes, **parts: bytes) -> bytes:
    """The same file with parts replaced or added; `__` in a name stands for a slash."""
    written = io.BytesIO()
    new = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name in old.namelist():
            if name not in new:
                file.writestr(name, old.read(name))
        for name, part in new.items():
            file.writestr(name, part)
    return written.getvalue()


def sheet(rows: bytes, before: bytes = b"") -> bytes:
    """A file whose sheet was written by hand."""
    xml = b'<?xml version="1.0"?>%s<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    whole = xml % before + b"<sheetData>" + rows + b"</sheetData></worksheet>"
    return remade(workbook(BRAM), **{SHEET.replace("/", "__").replace(".", "_dot_"): whole})


def test_people_in_a_spreadsheet_are_read_as_from_any_list() -> None:
    rows = [("Functie", "Naam", "E-mail"), ("bakker", *BRAM), (), (None, "Zoë  de\nJong", "zoe@bakkerij.nl")]
    read = read_people(decode(workbook(*rows)))
    assert read.people == (Person(*BRAM), Person("Zoë de Jong", "zoe@bakkerij.nl"))
    assert [entry.line for entry in read.entries] == [2, 4]
    assert read.faults == ()


def test_a_formula_gives_what_it_last_came_to_and_is_not_run() -> None:
    text = sheet_as_text(workbook(BRAM, ('=HYPERLINK("http://127.0.0.1:1/")', "=cmd|'/c calc'!A1")))
    assert "HYPERLINK" not in text
    assert "calc" not in text


def test_a_blank_spreadsheet_is_blank() -> None:
    assert sheet_as_text(workbook()).strip() == ""


def test_hidden_sheets_are_not_read_and_two_sheets_with_something_are_refused() -> None:
    book = Workbook()
    book.active.append(BRAM)  # type: ignore[union-attr]  # a new book has an active sheet
    second = book.create_sheet("Oud")
    assert "Bram Kok" in sheet_as_text(packed(book))
    second.append(("Ooit Ontslagen", "ooit@bakkerij.nl"))
    with pytest.raises(SeveralSheets):
        sheet_as_text(packed(book))
    second.sheet_state = "hidden"
    assert "Ooit" not in sheet_as_text(packed(book))


def many_rows() -> bytes:
    return sheet(b'<row><c t="inlineStr"><is><t>a@b.nl</t></is></c></row>' * 1_000_000)


def padded() -> bytes:
    written = io.BytesIO()
    with (
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
        file.open(SHEET, "w", force_zip64=True) as part,
    ):
        for _ in range(600):
            part.write(b" " * 1_000_000)
    return written.getvalue()


def entity_bomb() -> bytes:
    entities = b'<!DOCTYPE x [<!ENTITY a0 "ha">' + b"".join(
        b'<!ENTITY a%d "%s">' % (depth, b"&a%d;" % (depth - 1) * 10) for depth in range(1, 12)
    )
    return sheet(b'<row><c t="inlineStr"><is><t>&a11;</t></is></c></row>', entities + b"]>")


def file_of_this_machine() -> bytes:
    return sheet(
        b'<row><c t="inlineStr"><is><t>&file;</t></is></c></row>',
        b'<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>',
    )


def entity_in_utf_16() -> bytes:
    xml = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>'
    return remade(workbook(BRAM), xl__sharedStrings_dot_xml=xml.encode("utf-16"))


def nested() -> bytes:
    return remade(workbook(BRAM), xl__media__more_dot_zip=workbook(BRAM))


def embedded() -> bytes:
    return remade(workbook(BRAM), xl__embeddings__sheet_dot_xlsx=workbook(BRAM))


def with_macros() -> bytes:
    return remade(workbook(BRAM), xl__vbaProject_dot_bin=b"\xd0\xcf\x11\xe0 Sub Auto_Open()")


def with_macros_by_another_name() -> bytes:
    kinds = b'<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
    return remade(workbook(BRAM), **{"[Content_Types]_dot_xml": kinds})


def many_parts() -> bytes:
    return remade(workbook(BRAM), **{f"xl__media__{number}_dot_png": b"" for number in range(5_000)})


def a_row_far_down() -> bytes:
    return sheet(b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>a@b.nl</t></is></c></row>')


def a_cell_far_to_the_right() -> bytes:
    return sheet(b'<row r="1"><c r="ZZZ1" t="inlineStr"><is><t>a@b.nl</t></is></c></row>' * 2)


def a_column_that_does_not_exist() -> bytes:
    return sheet(b'<row r="1"><c r="ZZZZZZZZ1" t="inlineStr"><is><t>a@b.nl</t></is></c></row>')


def a_lie_about_its_size() -> bytes:
    content = bytearray(sheet(b" " * 20_000_000))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.rindex(mark + content[content.rindex(mark) + 4 : content.rindex(mark) + 6])
        content[at + place : at + place + 4] = (1_000).to_bytes(4, "little")
    return bytes(content)


HARMFUL: dict[Callable[[], bytes], type[WorkbookRefused]] = {
    many_rows: WorkbookTooLarge,
    padded: WorkbookTooLarge,
    many_parts: WorkbookTooLarge,
    a_row_far_down: WorkbookTooLarge,
    a_cell_far_to_the_right: WorkbookTooLarge,
    entity_bomb: WorkbookUnreadable,
    file_of_this_machine: WorkbookUnreadable,
    entity_in_utf_16: WorkbookUnreadable,
    a_column_that_does_not_exist: WorkbookUnreadable,
    a_lie_about_its_size: WorkbookUnreadable,
    nested: WorkbookHoldsPrograms,
    embedded: WorkbookHoldsPrograms,
    with_macros: WorkbookHoldsPrograms,
    with_macros_by_another_name: WorkbookHoldsPrograms,
}


def largest_sheet() -> bytes:
    cells = b'<c t="inlineStr"><is><t>x</t></is></c>' * 40
    return sheet((b"<row>" + cells + b"</row>") * 500)


def largest_strings() -> bytes:
    strings = b"<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>%s</sst>" % (b"<si/>" * 390_000)
    return remade(workbook(BRAM), xl__sharedStrings_dot_xml=strings)


ALONE = """
import tests.guards  # what is switched off here is switched off there
import pathlib, sys, time
from survey.spreadsheets import WorkbookRefused, sheet_as_text
for name in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    content = name.read_bytes()
    start = time.process_time()
    try:
        sheet_as_text(content)
        kind = "read"
    except WorkbookRefused as refused:
        kind = type(refused).__name__
    # Of this program alone: what getrusage tells begins with the peak of whoever started it.
    peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024
    print(name.stem, kind, time.process_time() - start, peak)
"""


@pytest.fixture(scope="module")
def became(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, float, int]]:
    """What becomes of each file, in one process of its own: the outcome, seconds of work, and the peak in megabytes."""
    folder = tmp_path_factory.mktemp("spreadsheets")
    for make in (*HARMFUL, largest_sheet, largest_strings):
        (folder / f"{make.__name__}.xlsx").write_bytes(make())
    printed = subprocess.run(
        [sys.executable, "-c", ALONE, str(folder)],
        check=True,
        capture_output=True,
        text=True,
        # A guard that is switched off must fail here, and not take the machine with it.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000)),
        timeout=120,
    )
    lines = [line.split() for line in printed.stdout.splitlines()]
    return {name: (kind, float(seconds), int(peak)) for name, kind, seconds, peak in lines}


@pytest.mark.parametrize("make", HARMFUL, ids=lambda make: make.__name__)
def test_a_harmful_spreadsheet_is_refused_within_two_seconds_and_two_hundred_megabytes(
    make: Callable[[], bytes], became: dict[str, tuple[str, float, int]]
) -> None:
    outcome, seconds, peak = became[make.__name__]
    assert outcome == HARMFUL[make].__name__
    assert seconds < SECONDS_AT_MOST
    assert peak < MEGABYTES_AT_MOST


@pytest.mark.parametrize("make", [largest_sheet, largest_strings], ids=lambda make: make.__name__)
def test_the_largest_spreadsheet_that_is_read_keeps_to_the_same_limits(
    make: Callable[[], bytes], became: dict[str, tuple[str, float, int]]
) -> None:
    outcome, seconds, peak = became[make.__name__]
    assert outcome == "read"
    assert seconds < SECONDS_AT_MOST
    assert peak < MEGABYTES_AT_MOST


def test_an_old_or_locked_workbook_is_told_apart_from_a_damaged_one() -> None:
    with pytest.raises(WorkbookOld):
        decode(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500)
    with pytest.raises(WorkbookUnreadable):
        decode(b"PK\x03\x04 half of it was lost")
    with pytest.raises(WorkbookUnreadable):
        decode(remade(workbook(BRAM), xl__workbook_dot_xml=b"<html>"))


def test_a_sheet_is_read_whole_or_not_at_all() -> None:
    assert len(read_people(decode(workbook(*[(f"a{number}@b.nl",) for number in range(500)]))).people) == 500
    with pytest.raises(ListTooLarge):
        read_people(decode(workbook(*[(f"a{number}@b.nl",) for number in range(501)])))
    with pytest.raises(WorkbookTooLarge):
        decode(workbook(*[(f"a{number}@b.nl",) for number in range(MOST_ROWS + 1)]))
    with pytest.raises(WorkbookTooLarge):
        decode(workbook((None,) * MOST_COLUMNS + ("last@b.nl",)))


SOUND = workbook(BRAM)  # made once: a workbook says when it was made, and so differs in length


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_spreadsheet_never_brings_the_reader_down(data: st.DataObject) -> None:
    content = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    start = time.process_time()
    with suppress(WorkbookRefused):
        sheet_as_text(bytes(content))
    assert time.process_time() - start < SECONDS_AT_MOST
