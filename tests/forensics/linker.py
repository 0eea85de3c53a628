"""The linker: it knows the schema, reads every copy of everything, and pairs answers with people as well as it can.

It is given more than anybody has: in which order people answered (an access log told), and all the answers that exist
(but not whose they are). What it lacks is the round's private key. Every way of pairing it knows is a *trail*; a store
keeps the promise when no trail does better than chance, which is one hit per round whatever its size.
"""

import base64
import contextlib
import json
import random
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from survey.store.ballots import seal
from tests.forensics.copies import PLACE, Copy, Row

PAGE = 4096
Ranks = Mapping[int, Any]
"""Answer (its number) -> something that can be sorted: where or when a trace of it was found."""
Pairing = Mapping[str, int]
"""Person -> the number of the answer that the linker says is his."""


@dataclass(frozen=True)
class Case:
    """Everything the linker is told about one round."""

    arrival: Sequence[str]
    """Invitation ids in the order in which people answered."""
    listed: Sequence[str]
    """Invitation ids in the order of the owner's list."""
    answers: Sequence[Mapping[str, Any]]
    """The contents of all ballots, shuffled."""
    public_key: str
    edition: str
    copies: Sequence[Copy]
    """One made before the first answer, one after each, one after counting."""

    @cached_property
    def markers(self) -> list[list[bytes]]:
        """Per answer: its text in every writing in which it could lie in a file."""
        return [_writings(content["texts"]["goes_well"]) for content in self.answers]


def pairings(case: Case, chance: random.Random) -> Iterator[tuple[str, Pairing]]:
    """Every trail and what it says; what a trail leaves open is guessed."""
    orders = {
        "the last came first": list(reversed(case.arrival)),
        "order of arrival": list(case.arrival),
        "order of the list": list(case.listed),
        "order of the links": sorted(case.arrival),
    }
    for trail, ranks in _trails(case):
        answers = _in_order(ranks, len(case.answers), chance)
        for name, people in orders.items():
            yield f"{trail}, {name}", dict(zip(people, answers, strict=True))
    yield from _rows_that_name_both(case, chance)


def read_with(case: Case, open_ballot: Callable[[Row], Mapping[str, Any]]) -> Pairing:
    """Who answered what, for somebody who does have the key and a copy made after every answer."""
    came = _first_seen(case)
    contents = {key: open_ballot(row) for copy in case.copies for key, row in _ballots(copy).items()}
    return {
        person: case.answers.index(contents[key])
        for person, key in zip(case.arrival, sorted(came, key=lambda key: came[key]), strict=True)
    }


def _trails(case: Case) -> Iterator[tuple[str, Ranks]]:
    yield "copy in which the words first stand", _first_readable(case)
    for moment, copy in (("open", case.copies[-2]), ("counted", case.copies[-1])):
        for name, ranks in _places_in_files(case, copy):
            yield f"{name} when {moment}", ranks
        for name, ranks in _places_in_tables(case, copy):
            yield f"{name} when {moment}", ranks
    yield from _ballots_by_what_shows(case)


def _first_readable(case: Case) -> Ranks:
    found: dict[int, int] = {}
    for number, copy in enumerate(case.copies):
        for raw in copy.files.values():
            for answer, _ in _sightings(case, raw):
                found.setdefault(answer, number)
        for rows in copy.tables.values():
            for answer, _ in _sightings(case, _legible(rows)):
                found.setdefault(answer, number)
    return found


def _places_in_files(case: Case, copy: Copy) -> Iterator[tuple[str, Ranks]]:
    """Offsets in a file, free pages and logs as well; within a page SQLite fills from the end."""
    for name, raw in copy.files.items():
        found = dict(reversed(list(_sightings(case, raw))))
        if found:
            yield f"offset in {name}", found
            yield f"page and cell in {name}", {one: (at // PAGE, -(at % PAGE)) for one, at in found.items()}


def _places_in_tables(case: Case, copy: Copy) -> Iterator[tuple[str, Ranks]]:
    """The rows in which the words stand, in the order of each of their columns, rowid, ctid and xmin among them."""
    for table, rows in copy.tables.items():
        for column in {column for row in rows for column in row}:
            found = {
                answer: (_sortable(row.get(column)), at)
                for row in rows
                for answer, at in _sightings(case, _legible(row))
            }
            if found:
                yield f"{table} by {column}", found


def _ballots_by_what_shows(case: Case) -> Iterator[tuple[str, Ranks]]:
    """Which ballot is which answer, by all that can be seen of a sealed one; and when that ballot came."""
    ballots = _ballots(case.copies[-2])
    if not ballots:
        return
    came = _first_seen(case)
    numbers = range(len(case.answers))
    plain = [
        json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        for content in case.answers
    ]
    lengths = {key: len(row["sealed"]) for key, row in ballots.items()}
    if len(set(lengths.values())) > 1:
        by_length = zip(
            sorted(numbers, key=lambda one: len(plain[one])), sorted(ballots, key=lengths.__getitem__), strict=True
        )
        yield "length of the ballot", {answer: came[key] for answer, key in by_length}
    by_bytes = zip(
        sorted(numbers, key=plain.__getitem__),
        sorted(ballots, key=lambda key: bytes(ballots[key]["sealed"])),
        strict=True,
    )
    yield "order of the sealed bytes", {answer: came[key] for answer, key in by_bytes}
    again = {seal(case.public_key, case.edition, "employees", case.answers[one]): one for one in numbers}
    same = {again[bytes(row["sealed"])]: came[key] for key, row in ballots.items() if bytes(row["sealed"]) in again}
    yield "sealed once more and compared", same
    for column in (PLACE, "key"):
        order = sorted(ballots, key=lambda key: _sortable(ballots[key].get(column)))
        for name, answers in (("content", sorted(numbers, key=plain.__getitem__)), ("number", numbers)):
            found = {answer: came[key] for answer, key in zip(answers, order, strict=True)}
            yield f"ballots by {column} beside answers by {name}", found


def _rows_that_name_both(case: Case, chance: random.Random) -> Iterator[tuple[str, Pairing]]:
    for copy in case.copies[-2:]:
        for table, rows in copy.tables.items():
            said = {}
            for row in rows:
                raw = _legible(row)
                answers = {answer for answer, _ in _sightings(case, raw)}
                people = [person for person in case.arrival if person.encode() in raw]
                if len(answers) == len(people) == 1:
                    said[people[0]] = answers.pop()
            if said:
                rest = [one for one in range(len(case.answers)) if one not in said.values()]
                chance.shuffle(rest)
                yield (
                    f"rows of {table}",
                    {person: said[person] if person in said else rest.pop() for person in case.arrival},
                )


def _ballots(copy: Copy) -> dict[str, Row]:
    tables = [rows for name, rows in copy.tables.items() if name.endswith((":ballot", ".ballot"))]
    return {row["key"]: row for rows in tables for row in rows}


def _first_seen(case: Case) -> dict[str, int]:
    seen: dict[str, int] = {}
    for number, copy in enumerate(case.copies):
        for key in _ballots(copy):
            seen.setdefault(key, number)
    return seen


def _in_order(ranks: Ranks, size: int, chance: random.Random) -> list[int]:
    """All answers by rank, equal ranks in an order drawn at random, and those without a rank anywhere."""
    ties = {answer: chance.random() for answer in range(size)}
    found = sorted(ranks, key=lambda answer: (ranks[answer], ties[answer]))
    for answer in sorted(set(range(size)) - set(ranks), key=ties.__getitem__):
        found.insert(chance.randrange(len(found) + 1), answer)
    return found


def _sightings(case: Case, raw: bytes) -> Iterator[tuple[int, int]]:
    """Every answer of which the words can be read in these bytes, and where; also inside anything compressed."""
    for answer, writings in enumerate(case.markers):
        places = [at for writing in writings if (at := raw.find(writing)) >= 0]
        if places:
            yield answer, min(places)
    for start, unpacked in _unpacked(raw):
        yield from ((answer, start) for answer, writings in enumerate(case.markers) if writings[0] in unpacked)


def _legible(rows: object) -> bytes:
    def letters(value: object) -> str:
        return value.decode(errors="replace") if isinstance(value, bytes) else repr(value)

    return json.dumps(rows, default=letters, ensure_ascii=False).encode()


def _unpacked(raw: bytes) -> Iterator[tuple[int, bytes]]:
    for head in (b"\x78\x01", b"\x78\x9c", b"\x78\xda"):
        start = raw.find(head)
        while start >= 0:
            with contextlib.suppress(zlib.error):
                yield start, zlib.decompressobj().decompress(raw[start : start + PAGE], 1 << 16)
            start = raw.find(head, start + 1)


def _writings(text: str) -> list[bytes]:
    """The first word of a text as it could lie in a file: plain, in two widths, escaped, in hexadecimal, in base64."""
    word = text.split()[0]
    plain = word.encode()
    return [
        plain,
        word.encode("utf-16-le"),
        word.encode("utf-16-be"),
        json.dumps(word).strip('"').encode(),
        json.dumps(json.dumps(word)).strip('"\\').encode(),
        plain.hex().encode(),
        # Where the word starts decides how base64 writes it; what its neighbours change is left off.
        *(base64.b64encode(bytes(shift) + plain)[4:-4] for shift in range(3)),
    ]


def _sortable(value: Any) -> tuple[str, Any]:
    if isinstance(value, str) and value.startswith("("):  # a ctid: page and line
        return "ctid", tuple(int(part) for part in value.strip("()").split(","))
    return type(value).__name__, value if value is not None else 0
