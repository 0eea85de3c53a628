"""Plain JSON values from an untrusted document, each read with its place, so that a refusal can name it.

It must not know what the document means.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

LONGEST_QUOTE = 40


class BadInput(ValueError):
    """The document cannot be used; the message is one sentence that names the place."""


def fields_of(value: object, place: str, required: set[str], optional: set[str]) -> Mapping[str, object]:
    """An object with all of the required fields and no others than these and the optional ones."""
    fields = mapping_of(value, place)
    for name in sorted(required - fields.keys()):
        refuse(place, f"{name} is missing")
    for name in sorted(fields.keys() - required - optional):
        refuse(place, f"{quoted(name)} means nothing here")
    return fields


def mapping_of(value: object, place: str) -> Mapping[str, Any]:
    """An object by its keys."""
    if not isinstance(value, dict):
        refuse(place, f"{quoted(value)} is not an object")
    return value


def members_of(value: object, place: str) -> Iterator[tuple[object, str]]:
    """The members of a list, each with its place."""
    if not isinstance(value, list):
        refuse(place, f"{quoted(value)} is not a list")
    return ((each, f"{place}[{index}]") for index, each in enumerate(value))


def name_of(value: object, place: str) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        refuse(place, f"{quoted(value)} is not a name")
    return value


def whole_number(value: object) -> int | None:
    """The value when it is a whole number, however it is written; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return None
    return int(value)


def refuse_doubles(ids: Sequence[str], place: str, field: str) -> None:
    """Refuse a list in which two members have one id."""
    seen: set[str] = set()
    for index, id in enumerate(ids):
        if id in seen:
            refuse(f"{place}[{index}].{field}", f"{quoted(id)} is there twice")
        seen.add(id)


def inside(place: str, key: str) -> str:
    """The place of a key in an object, on one line whatever the key holds."""
    return f"{place}.{key}" if key.isidentifier() and key.isascii() else f"{place}[{quoted(key)}]"


def refuse(place: str, fact: str) -> NoReturn:
    """Raise BadInput with the place and what is wrong there."""
    raise BadInput(f"{place}: {fact}.")


def quoted(value: object) -> str:
    """The value on one line, in plain letters and not too long."""
    text = json.dumps(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}..."
