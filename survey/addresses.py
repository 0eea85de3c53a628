"""People as they are pasted or exported: a name and an address per line, read without losing one.

It tells what it could not read, and where, as facts; the page puts them in words. It must not know what a group or a
round is, and it asks nobody whether an address exists.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from email_validator import EmailNotValidError, validate_email

from survey.spreadsheets import is_workbook, sheet_as_text

LARGEST_FILE = 200_000
"""Bytes of an uploaded list, or characters of a pasted one. Five hundred people with long names fit."""
MOST_LINES = 500
"""Lines with something on them. A company with more people than this is not ours to mirror."""
LONGEST_NAME = 120
LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64
"""Characters, RFC 5321 section 4.5.3.1."""
LONGEST_QUOTE = 80
"""So much of a line is repeated when it cannot be read."""

FREE_MAIL = (
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.nl",
    "outlook.com",
    "live.nl",
    "live.com",
    "msn.com",
    "icloud.com",
    "me.com",
    "yahoo.com",
    "ziggo.nl",
    "kpnmail.nl",
    "planet.nl",
    "home.nl",
    "hetnet.nl",
    "xs4all.nl",
    "upcmail.nl",
    "proton.me",
    "protonmail.com",
)
"""Where anybody can have an address, and as many as he likes."""
_DOTS_DO_NOT_COUNT = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}

_HEADER_WORDS = {
    "address": ("e-mail", "email", "mail", "e-mailadres", "emailadres", "mailadres", "adres", "e-mail address"),
    "name": ("naam", "name", "volledige naam", "full name"),
    "first": ("voornaam", "first name", "roepnaam"),
    "between": ("tussenvoegsel", "middle name"),
    "last": ("achternaam", "last name", "surname", "familienaam"),
}
_NAME_COLUMNS = ("first", "between", "last", "name")
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_LINE_END = re.compile(r"\r\n|\r|\n")
_BRACKETED = re.compile(r"([^<>]*)<([^<>]*)>")
_AROUND = " \t,;.:<>()[]'\"“”‘’"
_ADDRESS_CHARACTER = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~@-]")


class ListTooLarge(Exception):
    """The list is larger than any company we mirror: `lines` lines where `most` are read."""

    def __init__(self, lines: int, most: int) -> None:
        super().__init__(f"{lines} lines, at most {most}")
        self.lines = lines
        self.most = most


class NotText(Exception):
    """The file holds no text: a picture or a PDF, not a list."""


@dataclass(frozen=True)
class Person:
    """Somebody with a name and an address."""

    name: str
    address: str


class Fault(Enum):
    """What is wrong with a line."""

    NO_AT = "no_at"
    SEVERAL_AT = "several_at"
    NOTHING_BEFORE_AT = "nothing_before_at"
    NOTHING_AFTER_AT = "nothing_after_at"
    NO_ENDING = "no_ending"
    """The part after the @ has no dot: `detail` is that part."""
    SPACE_INSIDE = "space_inside"
    """`detail` is the address without the space."""
    DOT_MISPLACED = "dot_misplaced"
    STRAY_CHARACTER = "stray_character"
    """`detail` is the character."""
    NEVER_DELIVERED = "never_delivered"
    """The ending exists for examples and networks at home: no mail arrives there."""
    NAME_TOO_LONG = "name_too_long"
    ADDRESS_TOO_LONG = "address_too_long"
    UNREADABLE = "unreadable"
    DOUBLE = "double"
    """`detail` is the number of the line where the same mailbox stands first."""


@dataclass(frozen=True)
class FaultyLine:
    """A line, or a part of one, that gave no person. line: counted from 1. quote: what stands there, shortened."""

    line: int
    fault: Fault
    quote: str
    detail: str = ""


@dataclass(frozen=True)
class Entry:
    """A person and the line he stands on."""

    line: int
    person: Person


@dataclass(frozen=True)
class PeopleList:
    """What a pasted list says: whom it names, and what could not be read. Nothing else stands in it."""

    entries: tuple[Entry, ...]
    faults: tuple[FaultyLine, ...]

    @property
    def people(self) -> tuple[Person, ...]:
        """The people, in the order in which they stand in the list."""
        return tuple(entry.person for entry in self.entries)


class AddressFaulty(Exception):
    """A text is no address that mail can be sent to."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault.value} {detail}".strip())
        self.fault = fault
        self.detail = detail


def read_people(text: str) -> PeopleList:
    """Read a pasted list or the text of a CSV: every line that is not blank gives a person, a fault, or is the header.

    Bare addresses, "Name <address>", several on a line, and columns divided by a tab, semicolon or comma, quoted or
    not, with or without a header, may stand mixed. Raises ListTooLarge.
    """
    lines = [(number, _visible(line)) for number, line in enumerate(_LINE_END.split(text), start=1)]
    filled = [(number, line) for number, line in lines if line.strip(_AROUND)]
    if len(filled) > MOST_LINES or len(text) > LARGEST_FILE:
        raise ListTooLarge(len(filled), MOST_LINES)
    columns: Mapping[str, int] = {}
    if filled and (columns := _header(filled[0][1])):
        filled = filled[1:]
    return _without_doubles([one for number, line in filled for one in _read_line(number, line, columns)])


def decode(content: bytes) -> str:
    """Return the text of an uploaded file, as Excel, Outlook or a phone wrote it; of a spreadsheet, its one sheet.

    Raises NotText, ListTooLarge, and WorkbookRefused for a spreadsheet.
    """
    if is_workbook(content):
        return sheet_as_text(content)
    if len(content) > LARGEST_FILE:
        raise ListTooLarge(content.count(b"\n") + 1, MOST_LINES)
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    if b"\0" in content or content.startswith(b"%PDF"):
        raise NotText
    try:
        return content.decode()
    except UnicodeDecodeError:
        # Excel for Windows saves "CSV" in the code page of the machine; five of its bytes mean nothing.
        return content.decode("cp1252", errors="replace")


def read_person(text: str) -> Person:
    """Read one person: an address, or "Name <address>". Raises AddressFaulty."""
    found = list(_read_line(1, _visible(text), {}))
    if len(found) != 1:
        raise AddressFaulty(Fault.SEVERAL_AT if found else Fault.NO_AT)
    if isinstance(found[0], FaultyLine):
        raise AddressFaulty(found[0].fault, found[0].detail)
    return found[0].person


def read_address(text: str) -> str:
    """Return an address as mail is sent to it: nothing around it, domain in small letters. Raises AddressFaulty."""
    candidate = text.strip(_AROUND).removeprefix("mailto:")
    _refuse_shape(candidate)
    try:
        read = validate_email(candidate, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as refused:
        raise _refusal(candidate, str(refused)) from refused
    return read.ascii_email or read.normalized


def mailbox(address: str) -> str:
    """Return what two spellings of one mailbox have in common, for comparing only: mail goes to what was written.

    Capitals never matter, what stands behind a plus does not, and at Gmail neither do dots.
    """
    local, _, domain = address.strip().lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTS_DO_NOT_COUNT:
        return f"{local.replace('.', '')}@{_DOTS_DO_NOT_COUNT[domain]}"
    return f"{local}@{domain}"


def is_free_mail(address: str) -> bool:
    """Say whether anybody can have an address there."""
    return _domain(address) in FREE_MAIL


def resembles(address: str, own: Iterable[str]) -> bool:
    """Say whether an address looks like another one of somebody's own: the same name, perhaps with a number, elsewhere.

    A guess, good enough to ask about, never to refuse.
    """
    return _bare_local(address) in {_bare_local(one) for one in own} - {""}


def meant_domain(address: str) -> str | None:
    """Return the well-known domain that was probably meant (gmial.com is gmail.com), or nothing."""
    domain = _domain(address)
    if domain in FREE_MAIL:
        return None
    close = get_close_matches(domain, FREE_MAIL, n=1, cutoff=0.87)
    return close[0] if close and _is_slip_of(domain, close[0]) else None


def _is_slip_of(domain: str, known: str) -> bool:
    # home.nl and hotel.nl are both real: only the same letters in another order, or one letter more or less, is a slip.
    return len(known) > 7 and (sorted(domain) == sorted(known) or abs(len(domain) - len(known)) == 1)


def _visible(line: str) -> str:
    """Return a line without what cannot be seen: marks that turn text round, zero-width and control characters."""
    shown = (" " if character.isspace() and character != "\t" else character for character in line)
    return "".join(
        character for character in shown if character == "\t" or unicodedata.category(character) not in _UNSEEN
    )


def _header(line: str) -> Mapping[str, int]:
    """Return which column holds what, when this line says so; else nothing."""
    if "@" in line:
        return {}
    found: dict[str, int] = {}
    for column, cell in enumerate(_cells(line)):
        for meaning, words in _HEADER_WORDS.items():
            if cell.lower().strip(_AROUND) in words:
                found.setdefault(meaning, column)
    return found


def _read_line(number: int, line: str, columns: Mapping[str, int]) -> Iterator[Entry | FaultyLine]:
    for name, candidate in _candidates(line, columns):
        yield _entry(number, name, candidate)


def _candidates(line: str, columns: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return what stands on a line as (name, what should be an address): never nothing."""
    bracketed = _BRACKETED.findall(line)
    if any("@" in address for _, address in bracketed):
        rest = _BRACKETED.sub(" ", line)
        return bracketed + [("", piece) for piece in _pieces(rest) if "@" in piece]
    if line.count("@") > 1 and len(pieces := [piece for piece in _pieces(line) if "@" in piece]) > 1:
        return [("", piece) for piece in pieces]
    cells = _cells(line)
    if len(cells) > 1:
        return [_from_cells(cells, columns)]
    words = line.split()
    address = next((word for word in words if _is_address(word)), None)
    if address is not None:
        return [(" ".join(word for word in words if word != address), address)]
    return [("", line)]


def _pieces(line: str) -> list[str]:
    return [piece for piece in re.split(r"[\s;,]+", line) if piece.strip(_AROUND)]


def _cells(line: str) -> list[str]:
    """Return the cells of a line of CSV; one cell when nothing divides it."""
    for divider in ("\t", ";", ","):
        if divider in line:
            cells = next(csv.reader([line], delimiter=divider, skipinitialspace=True), [])
            return [cell.strip() for cell in cells]
    return [line.strip()]


def _from_cells(cells: list[str], columns: Mapping[str, int]) -> tuple[str, str]:
    at = next((place for place, cell in enumerate(cells) if "@" in cell), None)
    if at is None:
        at = columns.get("address", -1)
        candidate = cells[at] if 0 <= at < len(cells) and cells[at] else " ".join(cells)
    else:
        candidate = cells[at]
    named = [cells[columns[one]] for one in _NAME_COLUMNS if one in columns and columns[one] < len(cells)]
    if not columns:
        before = cells[: max(at, 0)]
        named = [cell for cell in before or cells[1:2] if cell and not any(mark.isdigit() for mark in cell)]
    return " ".join(part for part in named if part), candidate


def _is_address(word: str) -> bool:
    try:
        read_address(word)
    except AddressFaulty:
        return False
    return True


def _entry(number: int, name: str, candidate: str) -> Entry | FaultyLine:
    shown = _shortened(candidate.strip() or name.strip())
    try:
        address = read_address(candidate)
    except AddressFaulty as faulty:
        return FaultyLine(number, faulty.fault, shown, faulty.detail)
    name = " ".join(name.strip(_AROUND.replace(".", "").replace(")", "").replace("(", "")).split())
    if len(name) > LONGEST_NAME:
        return FaultyLine(number, Fault.NAME_TOO_LONG, shown)
    return Entry(number, Person("" if name.lower() == address.lower() else name, address))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def _without_doubles(found: list[Entry | FaultyLine]) -> PeopleList:
    first: dict[str, int] = {}
    entries: list[Entry] = []
    faults: list[FaultyLine] = []
    for one in found:
        if isinstance(one, FaultyLine):
            faults.append(one)
            continue
        same = mailbox(one.person.address)
        if same in first:
            faults.append(FaultyLine(one.line, Fault.DOUBLE, one.person.address, str(first[same])))
        else:
            first[same] = one.line
            entries.append(one)
    return PeopleList(tuple(entries), tuple(faults))


def _refuse_shape(candidate: str) -> None:
    """Say the plain things first, in an order in which a person would notice them. Raises AddressFaulty."""
    local, at, domain = candidate.rpartition("@")
    if not at:
        raise AddressFaulty(Fault.NO_AT)
    if not domain:
        raise AddressFaulty(Fault.NOTHING_AFTER_AT)
    if not local:
        raise AddressFaulty(Fault.NOTHING_BEFORE_AT)
    if "@" in local:
        raise AddressFaulty(Fault.SEVERAL_AT)
    if re.search(r"\s", candidate):
        raise AddressFaulty(Fault.SPACE_INSIDE, re.sub(r"\s+", "", candidate))
    if "." not in domain:
        raise AddressFaulty(Fault.NO_ENDING, domain)
    if len(candidate) > LONGEST_ADDRESS or len(local) > LONGEST_LOCAL_PART:
        raise AddressFaulty(Fault.ADDRESS_TOO_LONG)


def _refusal(candidate: str, said: str) -> AddressFaulty:
    """Return the fault behind what the library found wrong."""
    local, _, domain = candidate.rpartition("@")
    if ".." in candidate or local.startswith(".") or local.endswith(".") or domain.startswith("."):
        return AddressFaulty(Fault.DOT_MISPLACED)
    if "special-use" in said:
        return AddressFaulty(Fault.NEVER_DELIVERED, domain.rpartition(".")[2])
    if "too long" in said:
        return AddressFaulty(Fault.ADDRESS_TOO_LONG)
    stray = next((character for character in candidate if not _ADDRESS_CHARACTER.match(character)), "")
    return AddressFaulty(Fault.STRAY_CHARACTER, stray) if stray else AddressFaulty(Fault.UNREADABLE)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _bare_local(address: str) -> str:
    """Return the letters before the @, in one order: karin.de.vries2 and devries.karin are the same."""
    local = address.rpartition("@")[0].lower().partition("+")[0]
    return "".join(sorted(part for part in re.split(r"[^a-z]+", local) if part))
