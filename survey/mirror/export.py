"""The mirror as tables for a spreadsheet: one row for each item and voice, the themes, and what every column means.

It holds what the report holds and nothing more: released cells, what the owner answered and expected himself, and what
the rule says of each difference. There is no row of a respondent, no text that anybody wrote, no figure of accountant
or bank, and no number that is not in the release. It must not know any answer of a group.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

from survey.mirror.marks import Absent, Mark, Said
from survey.mirror.reports import MirrorReport, Row, Statement, ThemeView, dates_of
from survey.mirror.speakers import Speaker
from survey.mirror.words import Words, in_fours, words_in
from survey.outgoing.tables import Column, Table, Value, csv_file, workbook
from survey.questionnaires import Questionnaire, load
from survey.scoring import (
    CANNOT_JUDGE,
    Coverage,
    Level,
    Reason,
    ShownCell,
    Sight,
    Spread,
    SuppressedCell,
    Verdict,
    Word,
)

Predictions: TypeAlias = Mapping[str, Mapping[str, int]]
"""By perspective, then by item or theme id: what the owner expected, as he gave it."""

Fields: TypeAlias = dict[str, Value]
"""One row, by the key of its column."""

SELF: Final = "self"

_ROUND: Final = ("company", "season", "last_day")
_VOICE: Final = ("kind", "voice_id", "voice", "name")
_RULE: Final = ("gap", "outcome", "method", "release")
ITEM_COLUMNS: Final = (
    *_ROUND, "theme", "item_id", "item", "reversed", "lowest", "highest", *_VOICE,
    "mark", "edge", "as_shown", "answers_from", "answers_to", "coverage", "spread", "sight", "reason", *_RULE,
)  # fmt: skip
THEME_COLUMNS: Final = (
    *_ROUND, "theme_id", "theme", *_VOICE, "mark", "edge", "as_shown", "sight", "reason", *_RULE,
)  # fmt: skip
WIDTHS: Final = {
    "company": 20, "season": 14, "last_day": 12, "theme": 24, "item": 48, "item_id": 18, "theme_id": 14, "kind": 18,
    "voice": 18, "name": 18, "edge": 12, "as_shown": 20, "coverage": 18, "spread": 12, "reason": 26, "outcome": 26,
    "release": 24,
}  # fmt: skip
USUAL_WIDTH: Final = 10
PLACES: Final = {"mark": 1, "gap": 2}


class OnlyForTheOwner(Exception):
    """A copy for somebody else has no tables: they are the owner's."""


def mirror_csv(report: MirrorReport, predictions: Predictions) -> bytes:
    """Return the items of a mirror as one long table. Raises OnlyForTheOwner."""
    items, _themes, _book = tables_of(report, predictions)
    return csv_file(items)


def mirror_workbook(report: MirrorReport, predictions: Predictions) -> bytes:
    """Return items, themes and the code-book of a mirror as a workbook. Raises OnlyForTheOwner."""
    words = words_in(report.language)
    title = words("report.title", company=report.facts.company, season=report.season)
    return workbook(tables_of(report, predictions), title, dates_of(report.facts)[1])


def tables_of(report: MirrorReport, predictions: Predictions) -> tuple[Table, Table, Table]:
    """Return the items, the themes and the code-book of a mirror. Raises OnlyForTheOwner."""
    if report.copy is not None:
        raise OnlyForTheOwner
    made = _Export(report, predictions)
    return (
        _table(made.words("export.items"), ITEM_COLUMNS, made.item_rows(), made.words),
        _table(made.words("export.themes"), THEME_COLUMNS, made.theme_rows(), made.words),
        _book(made.words, made.book()),
    )


def _table(name: str, columns: Sequence[str], rows: Iterator[Fields], words: Words) -> Table:
    heads = (
        Column(words(f"export.columns.{key}.head"), WIDTHS.get(key, USUAL_WIDTH), PLACES.get(key)) for key in columns
    )
    return Table(name, tuple(heads), tuple(tuple(row.get(key) for key in columns) for row in rows))


def _book(words: Words, lines: Iterator[tuple[str, str, str]]) -> Table:
    heads = zip(words.lines("export.book_heads"), (24, 30, 90), strict=True)
    columns = tuple(Column(head, width) for head, width in heads)
    return Table(words("export.book"), columns, tuple(lines))


@dataclass(frozen=True)
class _Export:
    """The material of the tables, looked at row by row."""

    report: MirrorReport
    predictions: Predictions

    @cached_property
    def words(self) -> Words:
        return words_in(self.report.language)

    @cached_property
    def edition(self) -> Questionnaire:
        return load(self.report.facts.edition)

    @cached_property
    def verdicts(self) -> dict[tuple[Level, str, str | None], Verdict]:
        return {(one.level, one.id, one.perspective): one for one in self.report.verdicts}

    @cached_property
    def sights(self) -> dict[tuple[str, str], Sight]:
        return {(one.perspective, one.theme): one.level for one in self.report.release.visibility}

    # --- items --------------------------------------------------------------------------------------------------------

    def item_rows(self) -> Iterator[Fields]:
        for theme in self.report.statements:
            for statement in theme.statements:
                yield from self._rows_of_item(statement)

    def _rows_of_item(self, statement: Statement) -> Iterator[Fields]:
        item = self.report.release.item(statement.item)
        about: Fields = {
            **self._origin,
            "theme": statement.theme,
            "item_id": item.id,
            "item": statement.text,
            "reversed": self._yes_or_no(item.reverse),
            "lowest": item.scale.low,
            "highest": item.scale.high,
        }
        asked = self.edition.item(item.id)
        if asked.asked_of_self:
            yield about | self._own(statement.strip.own, statement.strip.own_text)
        for row in statement.strip.rows:
            if row.speaker.perspective not in asked.asked_of:
                continue  # who was not asked skipped nothing
            expected = self._expected(row.speaker, item.id)
            if expected is not None:
                mark = item.healthy_side_up(expected)
                yield about | self._expectation(row.speaker, mark) | self._outcome(Level.PREDICTION, item.id, row)
            yield about | self._said_of_item(row, item.id) | self._outcome(Level.ITEM, item.id, row)

    def _said_of_item(self, row: Row, item: str) -> Fields:
        release = self.report.release
        fields = self._said(row.speaker, row.said)
        fields["sight"] = self._sight(row.speaker, release.item(item).theme)
        cell = release.cell(row.speaker.id, item)
        if isinstance(cell, SuppressedCell):
            fields["reason"] = self._reason(row.speaker, cell.reason)
        if isinstance(cell, ShownCell):
            fields |= {
                "answers_from": cell.band.at_least,
                "answers_to": cell.band.at_most,
                "coverage": self._called("coverage", cell.coverage),
                "spread": self._called("spread", cell.spread) if cell.spread else None,
            }
        return fields

    def _reason(self, speaker: Speaker, reason: Reason) -> str:
        """Why nothing is shown; what one person skipped or may not say was never a matter of too few."""
        if speaker.is_group:
            return self._called("reasons", reason)
        return self._called("reasons", CANNOT_JUDGE if reason is Reason.MOST_CANNOT_JUDGE else "no_answer")

    # --- themes -------------------------------------------------------------------------------------------------------

    def theme_rows(self) -> Iterator[Fields]:
        for half in self.report.halves:
            for theme in half.themes:
                yield from self._rows_of_theme(theme)

    def _rows_of_theme(self, theme: ThemeView) -> Iterator[Fields]:
        about: Fields = {**self._origin, "theme_id": theme.id, "theme": theme.name}
        if any(item.asked_of_self for item in self.edition.items_of(theme.id)):
            yield about | self._own(theme.strip.own, theme.strip.own_text)
        for row in theme.strip.rows:
            expected = self._expected(row.speaker, theme.id)
            if expected is not None:
                outcome = self._outcome(Level.PREDICTION, theme.id, row)
                yield about | self._expectation(row.speaker, expected) | outcome
            said = self._said(row.speaker, row.said)
            if isinstance(row.said, Absent):
                said["reason"] = row.said.text
            sight: Fields = {"sight": self._sight(row.speaker, theme.id)}
            yield about | said | sight | self._outcome(Level.THEME, theme.id, row)

    # --- what a row says ----------------------------------------------------------------------------------------------

    @cached_property
    def _origin(self) -> Fields:
        facts = self.report.facts
        return {
            "company": facts.company,
            "season": self.report.season,
            "last_day": dates_of(facts)[1],
            "method": self.report.release.method,
            "release": in_fours(facts.digest[:16]),
        }

    def _own(self, own: float | None, text: str) -> Fields:
        fields: Fields = {"kind": self._called("kinds", "own"), "voice_id": SELF, "voice": self.words("mark.You")}
        if own is None:
            return {**fields, "as_shown": text, "reason": text}
        return {**fields, "name": self.report.facts.owner, "mark": float(own), "as_shown": text}

    def _expectation(self, speaker: Speaker, mark: int) -> Fields:
        """What the owner expected of a voice, turned to the healthy side as every mark is."""
        kind = self._called("kinds", "expected")
        text = self.words.decimal(mark, 0)
        return {"kind": kind, "voice_id": speaker.id, "voice": speaker.label, "mark": float(mark), "as_shown": text}

    def _said(self, speaker: Speaker, said: Said) -> Fields:
        fields: Fields = {
            "kind": self._called("kinds", "group" if speaker.is_group else "person"),
            "voice_id": speaker.id,
            "voice": speaker.label,
            "name": speaker.name or None,
            "as_shown": said.text,
        }
        if isinstance(said, Mark):
            fields["mark"] = said.value
            fields["edge"] = self._called("edges", said.edge) if said.edge else None
        return fields

    def _outcome(self, level: Level, id: str, row: Row) -> Fields:
        """What the rule says of a difference with this one voice; over voices nothing is added up."""
        verdict = self.verdicts.get((level, id, row.speaker.id))
        if verdict is None:
            return {}
        gap = None if verdict.gap is None else round(verdict.gap, PLACES["gap"])
        return {"gap": gap, "outcome": self._called("outcomes", verdict.word)}

    def _sight(self, speaker: Speaker, theme: str) -> str | None:
        level = self.sights.get((speaker.id, theme))
        return self.words(f"sight.{level.value}") if level else None

    def _expected(self, speaker: Speaker, id: str) -> int | None:
        return self.predictions.get(speaker.perspective, {}).get(id)

    def _called(self, table: str, key: str) -> str:
        return self.words(f"export.{table}.{key}")

    def _yes_or_no(self, is_so: bool) -> str:
        return self.words("export.yes" if is_so else "export.no")

    # --- the code-book ------------------------------------------------------------------------------------------------

    def book(self) -> Iterator[tuple[str, str, str]]:
        """Every line of the code-book: which part it belongs to, a name, and what it means."""
        parts = (
            ("file", self._about_the_file()),
            ("columns", self._about_columns()),
            ("scale", self._about_the_scale()),
            ("themes", ((theme.id, theme.name) for half in self.report.halves for theme in half.themes)),
            ("voices", self._about_voices()),
            ("reasons", self._about("reasons", (*Reason, CANNOT_JUDGE, "no_answer"))),
            ("coverage", self._about("coverage", Coverage)),
            ("spread", self._about("spread", Spread)),
            ("outcomes", self._about("outcomes", _spoken_words())),
        )
        for part, lines in parts:
            for name, meaning in lines:
                yield self.words(f"export.parts.{part}"), name, meaning

    def _about_the_file(self) -> Iterator[tuple[str, str]]:
        facts, release, words = self.report.facts, self.report.release, self.words
        opened, closed = words.days_from(*dates_of(facts))
        told = {
            "company": facts.company,
            "period": words("export.file.from_to", opened=opened, closed=closed),
            "edition": self.edition.name(self.report.language),
            "method": release.method,
            "release": facts.digest,
            "fewest": words("export.file.fewest_line", k=release.k),
            "not_in_it": words("export.file.not_in_it_line"),
        }
        for key, meaning in told.items():
            yield words(f"export.file.{key}"), meaning

    def _about_columns(self) -> Iterator[tuple[str, str]]:
        for key in dict.fromkeys((*ITEM_COLUMNS, *THEME_COLUMNS)):
            yield self.words(f"export.columns.{key}.head"), self.words(f"export.columns.{key}.line")

    def _about_the_scale(self) -> Iterator[tuple[str, str]]:
        for mark, meaning in enumerate(self.report.scale_words, start=1):
            yield str(mark), meaning
        if self.report.feeling is None:
            return
        low, high = self.edition.mark_ends(self.report.language)
        yield self.report.feeling.name, self.words("export.feeling", low=low, high=high)

    def _about_voices(self) -> Iterator[tuple[str, str]]:
        yield SELF, self.report.facts.owner
        for speaker in self.report.speakers:
            yield speaker.id, f"{speaker.on_the_cover}: {speaker.name}" if speaker.name else speaker.on_the_cover

    def _about(self, table: str, keys: Sequence[str] | type[Coverage] | type[Spread]) -> Iterator[tuple[str, str]]:
        for key in keys:
            yield self._called(table, key), self.words(f"export.{table}_lines.{key}")


def _spoken_words() -> tuple[Word, ...]:
    """The words that are said per voice; that parties disagree is said over all of them, and stands nowhere here."""
    return tuple(word for word in Word if word is not Word.PARTIES_DISAGREE)
