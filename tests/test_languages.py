"""Every sentence that people see exists in Dutch and in English; no page falls back to another language."""

import re
import tomllib
from collections.abc import Iterable
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.conftest import REPOSITORY

MARKS = {"_": None, "N_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")

Message = str | tuple[str, ...]


@pytest.fixture(scope="module")
def asked() -> dict[Message, str]:
    """Every marked Dutch sentence, and where it stands."""
    mappings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods: list[tuple[str, str]] = []
    options: dict[str, dict[str, Any]] = {}
    for mapping in mappings:
        patterns = mapping["pattern"] if isinstance(mapping["pattern"], list) else [mapping["pattern"]]
        for pattern in patterns:
            methods.append((pattern, mapping["method"]))
            options[pattern] = {name: value for name, value in mapping.items() if name not in ("pattern", "method")}
    found = extract_from_dir(str(REPOSITORY), methods, options, keywords=MARKS)
    return {message: place for place, _line, message, _comments, _context in found}


@pytest.fixture(scope="module")
def english() -> Catalog:
    with (REPOSITORY / "survey/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file)


def translated(catalog: Catalog) -> dict[Message, tuple[str, ...]]:
    entries = [entry for entry in catalog if entry.id and not entry.fuzzy and all(several(entry.string))]
    whole = {key_of(entry.id): several(entry.string) for entry in entries}
    # Asked for alone, the singular of a pair is found in the pair.
    return {several(key)[0]: texts for key, texts in whole.items()} | whole


def key_of(message: str | Iterable[str]) -> Message:
    return message if isinstance(message, str) else tuple(message)


def several(text: str | Iterable[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_every_dutch_sentence_has_an_english_one(asked: dict[Message, str], english: Catalog) -> None:
    missing = {message: place for message, place in asked.items() if message not in translated(english)}
    assert not missing


def test_no_english_sentence_is_kept_for_a_page_that_is_gone(asked: dict[Message, str], english: Catalog) -> None:
    firsts = {several(message)[0] for message in asked}
    assert not [message for message in translated(english) if several(message)[0] not in firsts]


def test_a_translation_fills_in_the_same_places(english: Catalog) -> None:
    for message, texts in translated(english).items():
        for dutch in several(message):
            places = {name for pair in PLACE.findall(dutch) for name in pair if name}
            for text in texts:
                assert {name for pair in PLACE.findall(text) for name in pair if name} <= places | {"num"}, message
