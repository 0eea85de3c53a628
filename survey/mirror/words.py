"""The sentences of the mirror report in one language, and the way numbers and days are written in it.

Both languages lie in files of the same shape; a key or a place that one of them misses stops the program when it is
first asked for words, so that no reader ever meets a sentence in another language. It must not know any mark.
"""

import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from babel.dates import format_date

LANGUAGES: Final = ("nl", "en")

DAY_AND_MONTH: Final = {"nl": "d MMMM", "en": "d MMMM"}
FULL_DAY: Final = {"nl": "d MMMM y", "en": "d MMMM y"}
NAMED_DAY: Final = {"nl": "EEEE d MMMM y", "en": "EEEE d MMMM y"}


class FaultyWords(ValueError):
    """The files of the languages differ in a key or in a place inside a sentence. The message names it."""


class Words:
    """All sentences of one language; a look-up gives exactly that sentence or raises KeyError."""

    def __init__(self, language: str, table: Mapping[str, Any]) -> None:
        self.language = language
        self._table = table

    def __call__(self, key: str, **places: object) -> str:
        """Return the sentence at a dotted key, its places filled in."""
        return str(self._at(key)).format(**places)

    def lines(self, key: str, **places: object) -> tuple[str, ...]:
        """Return a list of sentences, their places filled in."""
        return tuple(str(line).format(**places) for line in self._at(key))

    def tables(self, key: str) -> Sequence[Mapping[str, str]]:
        """Return a list of small tables of sentences."""
        return tuple(self._at(key))

    def keys(self, key: str) -> tuple[str, ...]:
        """Return the names in a table of sentences, in their order."""
        return tuple(self._at(key))

    def decimal(self, value: float, places: int = 1) -> str:
        """Write a number that is already rounded to this many places: 2,5 in Dutch, 2.5 in English."""
        written = f"{value:.{places}f}"
        return written.replace(".", ",") if self.language == "nl" else written

    def counted(self, number: int) -> str:
        """Write a small number as a word."""
        words = self._at("number.words")
        return str(words[number]) if number < len(words) else str(number)

    def listed(self, parts: Sequence[str]) -> str:
        """Join parts as in a sentence: "a, b en c"."""
        if len(parts) < 2:
            return "".join(parts)
        return self("number.and", first=", ".join(parts[:-1]), last=parts[-1])

    def day(self, day: date) -> str:
        """Write a day: 20 november 2026."""
        return format_date(day, FULL_DAY[self.language], locale=self.language)

    def named_day(self, day: date) -> str:
        """Write a day with its name: maandag 30 november 2026."""
        return format_date(day, NAMED_DAY[self.language], locale=self.language)

    def days_from(self, first: date, last: date) -> tuple[str, str]:
        """Write the first and the last day of a period; what they share is written once."""
        if first.year != last.year:
            return self.day(first), self.day(last)
        if first.month != last.month:
            return format_date(first, DAY_AND_MONTH[self.language], locale=self.language), self.day(last)
        return str(first.day), self.day(last)

    def season(self, day: date) -> str:
        """Name the season of a round after its day: najaar 2026. December counts with the year it is in."""
        name = ("winter", "spring", "summer", "autumn")[day.month % 12 // 3]
        return self(f"season.{name}", year=day.year)

    def _at(self, key: str) -> Any:
        found: Any = self._table
        for part in key.split("."):
            found = found[part]
        return found


@cache
def words_in(language: str) -> Words:
    """Return the words of a language, read once per process. Raises KeyError, FaultyWords."""
    tables = {each: _read(each) for each in LANGUAGES}
    shapes = {each: dict(_shape(table)) for each, table in tables.items()}
    first = shapes[LANGUAGES[0]]
    for each, shape in shapes.items():
        for key in sorted(first.keys() | shape.keys()):
            if first.get(key) != shape.get(key):
                raise FaultyWords(f"words.{each}.toml differs from words.{LANGUAGES[0]}.toml at {key}.")
    return Words(language, tables[language])


def in_fours(text: str) -> str:
    """Write a long code as it can be read out, and as no spreadsheet takes for a number: "1861 cc8c 57ec fec6"."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _read(language: str) -> dict[str, Any]:
    return tomllib.loads((files("survey.mirror") / f"words.{language}.toml").read_text("utf-8"))


def _shape(table: Any, key: str = "") -> Iterator[tuple[str, frozenset[str | None]]]:
    """Every sentence's key with the places in it."""
    if isinstance(table, str):
        yield key, frozenset(place for _, place, _, _ in string.Formatter().parse(table) if place)
    else:
        for name, value in table.items() if isinstance(table, dict) else enumerate(table):
            yield from _shape(value, f"{key}.{name}" if key else str(name))
