"""The mirror report as a frozen value: what is printed, shown on a page and written as a document, and nothing else.

Every number in it was released or is the owner's own; every sentence is finished. Whoever shows it decides nothing.
"""

from dataclasses import dataclass
from datetime import date

from survey.mirror.facts import LookBack, RoundFacts
from survey.mirror.marks import Mark, Said
from survey.mirror.speakers import Speaker
from survey.scoring import Release, Verdict


@dataclass(frozen=True)
class Row:
    """One voice on one strip."""

    speaker: Speaker
    said: Said
    speaks: bool = False
    """The rule speaks: the distance is drawn thick."""
    expected: int | None = None
    """What the owner thought this voice would say."""


@dataclass(frozen=True)
class Strip:
    """One scale with the owner's own mark and every voice on it."""

    rows: tuple[Row, ...]
    own: float | None
    own_text: str
    lowest: int = 1
    highest: int = 5

    @property
    def of_expectations(self) -> bool:
        """Whether the distance runs from what was expected instead of from an own answer."""
        return self.own is None and any(row.expected is not None for row in self.rows)


@dataclass(frozen=True)
class Statement:
    """One statement with what everybody says of it."""

    item: str
    theme: str
    """The theme's name."""
    text: str
    is_reversed: bool
    strip: Strip


@dataclass(frozen=True)
class TopicBlock:
    """A statement to talk about: its numbers in words, and one question."""

    statement: Statement
    sentences: tuple[str, ...]
    facts_first: str
    """What comes before the question on a hard item; else empty."""
    question: str
    sentences_of_owner: tuple[str, ...] = ()
    """The same numbers for somebody else who reads: the owner by first name instead of "you"."""


@dataclass(frozen=True)
class Opening:
    """One of the three sentences after the cover."""

    label: str
    before: str
    place: str
    """The part of the report that the sentence points at between `before` and `after`; empty when it points nowhere."""
    after: str
    question: str


@dataclass(frozen=True)
class OwnWriting:
    """Something the owner wrote about himself, with a word for the margin."""

    label: str
    text: str


@dataclass(frozen=True)
class ThemeView:
    """One theme in the picture."""

    id: str
    name: str
    strip: Strip


@dataclass(frozen=True)
class Half:
    """The themes about insight, or about relation."""

    title: str
    themes: tuple[ThemeView, ...]


@dataclass(frozen=True)
class Seen:
    """How much of a theme one voice can judge: words, and the share of the line that is filled."""

    text: str
    share: float


@dataclass(frozen=True)
class SightRow:
    """One theme over all voices."""

    theme: str
    seen: tuple[Seen, ...]


@dataclass(frozen=True)
class Party:
    """Somebody around the owner, with the mark for how they deal with one another."""

    speaker: Speaker
    said: Said


@dataclass(frozen=True)
class Written:
    """The texts of one voice to one question."""

    label: str
    is_own: bool
    texts: tuple[str, ...]


@dataclass(frozen=True)
class QuestionTexts:
    """One open question with what was written."""

    question: str
    written: tuple[Written, ...]


@dataclass(frozen=True)
class ThemeStatements:
    """The statements of one theme in the appendix."""

    theme: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Moved:
    """One voice that gives another mark than the time before."""

    label: str
    is_own: bool
    before: Mark
    after: Mark
    is_plain: bool
    """More than possible: the distance is drawn thick."""


@dataclass(frozen=True)
class MovedStatement:
    """A statement on which somebody moved, with its sentence of numbers."""

    theme: str
    text: str
    is_reversed: bool
    rows: tuple[Moved, ...]
    sentence: str


@dataclass(frozen=True)
class SinceLastTime:
    """What changed since the round before by more than noise, and what is not said and why."""

    season: str
    statements: tuple[MovedStatement, ...]
    notes: tuple[str, ...]
    question: str
    signs: tuple[str, ...] = ()
    """How to read what is drawn, of the signs that are drawn only."""


@dataclass(frozen=True)
class Figure:
    """One figure of the accountant, as it was typed."""

    name: str
    figure: str
    date: str
    note: str


@dataclass(frozen=True)
class Signal:
    """One signal of the bank, and in words how clearly it is seen."""

    text: str
    seen: str


@dataclass(frozen=True)
class FactsBeside:
    """What one named voice added as facts."""

    label: str
    name: str
    figures: tuple[Figure, ...]
    signals: tuple[Signal, ...]
    positive: str


@dataclass(frozen=True)
class Direction:
    """Whether one voice says that it is going better, in a word."""

    label: str
    is_own: bool
    word: str


@dataclass(frozen=True)
class PointsRow:
    """One possible sparring partner with the points that each voice gives; None where a voice divided none."""

    partner: str
    points: tuple[int | None, ...]


@dataclass(frozen=True)
class HundredPoints:
    """A hundred points over possible sparring partners. heads: who divided them, the owner first."""

    heads: tuple[str, ...]
    rows: tuple[PointsRow, ...]


@dataclass(frozen=True)
class KeyFigureList:
    """The three key figures that one voice names."""

    label: str
    is_own: bool
    figures: tuple[str, ...]


@dataclass(frozen=True)
class KeyFigures:
    """Lists of three, and what the owner's shares with another's, beside what chance would give."""

    lists: tuple[KeyFigureList, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class AskedByName:
    """What only the owner and named roles were asked: never of a group."""

    directions: tuple[Direction, ...]
    points: HundredPoints | None
    key_figures: KeyFigures | None


@dataclass(frozen=True)
class Scan:
    """The outcome of a scan from elsewhere, as the owner typed it."""

    name: str
    scanned_on: str
    score: str
    scale: str
    people: str
    note: str


@dataclass(frozen=True)
class SharedCopy:
    """Whose copy this is: the name and the day stand on every page of it."""

    recipient: str
    made_on: date


@dataclass(frozen=True)
class MirrorReport:
    """One mirror, whole."""

    language: str
    facts: RoundFacts
    season: str
    scale_words: tuple[str, ...]
    speakers: tuple[Speaker, ...]
    """Everybody who was invited, also who is not on the strips."""
    self_after_close: bool
    look_back: LookBack | None
    look_back_season: str
    openings: tuple[Opening, ...]
    own_writings: tuple[OwnWriting, ...]
    shared_strengths: tuple[Statement, ...]
    hidden_strengths: tuple[Statement, ...]
    strength_question: str
    halves: tuple[Half, ...]
    feeling: ThemeView | None
    """None where it was not asked."""
    differences: tuple[TopicBlock, ...]
    feelings: Opening | None
    """Of a short mirror: that people by name have another gut feeling, and a question. None when nobody is far away."""
    shared_concerns: tuple[Statement, ...]
    concern_question: str
    sight: tuple[SightRow, ...]
    parties: tuple[Party, ...]
    not_asked: tuple[str, ...]
    texts: tuple[QuestionTexts, ...]
    guidelines: tuple[str, ...]
    since: SinceLastTime | None
    statements: tuple[ThemeStatements, ...]
    notes: tuple[str, ...]
    """Under all statements: how to read them."""
    method: tuple[str, ...]
    """The method in a few sentences, with its version and the hash of the release."""
    release: Release
    verdicts: tuple[Verdict, ...]
    beside: tuple[FactsBeside, ...] = ()
    """The figures beside it: for the owner only, in no copy, and mixed with no mark."""
    asked_by_name: AskedByName | None = None
    """What only the owner and named roles were asked: for the owner only, in no copy. None when nobody answered."""
    scan: Scan | None = None
    """The outcome of a scan from elsewhere: for the owner only, in no copy."""
    copy: SharedCopy | None = None
    """Filled in a copy for somebody else than the owner."""

    @property
    def is_short(self) -> bool:
        """Whether it is about a few items or one question: all of it stands on one or two sheets."""
        return not self.halves

    @property
    def has_beside(self) -> bool:
        """Whether anything stands beside it for the owner only."""
        return bool(self.beside or self.asked_by_name or self.scan)

    @property
    def all_statements(self) -> tuple[Statement, ...]:
        """Every statement: the gut feeling first, then theme by theme."""
        found = [statement for theme in self.statements for statement in theme.statements]
        return tuple(sorted(found, key=lambda statement: statement.strip.highest == 5))

    @property
    def silent_groups(self) -> tuple[Speaker, ...]:
        """The groups of which no text may be printed."""
        told = {written.label for asked in self.texts for written in asked.written}
        return tuple(speaker for speaker in self.voices if speaker.is_group and speaker.label not in told)

    @property
    def voices(self) -> tuple[Speaker, ...]:
        """Who stands on the strips: every group, also one that may not be shown, and every person who answered."""
        return tuple(speaker for speaker in self.speakers if speaker.is_group or speaker.answered)


def number_of(said: Said) -> Mark | None:
    """Return the mark, if there is one to draw."""
    return said if isinstance(said, Mark) else None


def dates_of(facts: RoundFacts) -> tuple[date, date]:
    """Return the first and the last day on which was answered."""
    return facts.opens_on, facts.closed_early_on or facts.closes_on
