"""A part of an edition's file that knows its place, so that every refusal can name it.

It must not know what an edition is: it only tells whether a text, a number or a table stands where one was asked for,
and whether something stands where nothing was asked for.
"""

import tomllib
from collections.abc import Callable, Collection, Mapping
from typing import NoReturn, TypeVar

Found = TypeVar("Found")


class FaultyEdition(ValueError):
    """The file of an edition is not whole. The message names the place."""


class Section:
    """A table of the file that knows its place, so that every refusal can name it, and what was read from it."""

    def __init__(self, table: Mapping[str, object], place: str) -> None:
        self.table = table
        self.place = place
        self._read: dict[str, list[Section]] = {}

    @classmethod
    def of_file(cls, content: bytes, file_name: str) -> "Section":
        try:
            return cls(tomllib.loads(content.decode()), file_name)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise FaultyEdition(f"{file_name} cannot be read: {error}.") from error

    def refuse(self, key: str, fact: str) -> NoReturn:
        raise FaultyEdition(f"{self.place}, {key}: {fact}.")

    def text(self, key: str) -> str:
        value = self._value(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "a text must stand here")
        return value

    def number(self, key: str) -> int:
        value = self._value(key)
        if not isinstance(value, int) or isinstance(value, bool):
            self.refuse(key, "a whole number must stand here")
        return value

    def flag(self, key: str) -> bool:
        value = self._value(key) if key in self.table else False
        if not isinstance(value, bool):
            self.refuse(key, "true or false must stand here")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._value(key)
        if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
            self.refuse(key, "a list of texts must stand here")
        return tuple(value)

    def one_of(self, key: str, allowed: Collection[str]) -> str:
        value = self.text(key)
        if value not in allowed:
            self.refuse(key, f"{value!r} is not one of {', '.join(allowed)}")
        return value

    def section(self, key: str) -> "Section":
        value = self._value(key)
        if not isinstance(value, dict):
            self.refuse(key, "a table must stand here")
        return self._opened(key, value, f"{self.place}, {key}")

    def sections(self, key: str) -> "list[Section]":
        value = self._value(key)
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            self.refuse(key, "a list of tables must stand here")
        if self._read[key]:
            return self._read[key]
        return [
            self._opened(key, table, f"{self.place}, {key} {table.get('id', number)}")
            for number, table in enumerate(value, start=1)
        ]

    def per_language(
        self, key: str, languages: Collection[str], read: "Callable[[Section, str], Found]"
    ) -> dict[str, Found]:
        """Read the same thing once for each language; a language too many is refused as well."""
        section = self.section(key)
        return {language: read(section, language) for language in languages}

    def refuse_what_nobody_read(self) -> None:
        """Refuse a key that no part of the program asks for: most often a slip of the pen."""
        for key in self.table:
            if key not in self._read:
                self.refuse(key, "this key means nothing here")
            for section in self._read[key]:
                section.refuse_what_nobody_read()

    def _opened(self, key: str, table: Mapping[str, object], place: str) -> "Section":
        for section in self._read[key]:
            if section.table is table:
                return section
        section = Section(table, place)
        self._read[key].append(section)
        return section

    def _value(self, key: str) -> object:
        if key not in self.table:
            self.refuse(key, "this is missing")
        self._read.setdefault(key, [])
        return self.table[key]
