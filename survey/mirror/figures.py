"""Where everything stands on the printed page, in millimetres: the figures of each part and the heights they need.

The same numbers lay out the rows of text and the drawing behind them, so that a mark stands beside its own words.
All pages share one hang line and the same columns for the same voices. It must not know how a page is written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from survey.mirror.drawing import (
    PRINT,
    SMALL,
    Axis,
    Ink,
    as_address,
    draw_moves,
    draw_party,
    draw_small,
    draw_strip,
    join_own_strokes,
    svg_on_paper,
)
from survey.mirror.marks import Absent, Mark, Said
from survey.mirror.reports import Half, MirrorReport, MovedStatement, Party, Row, Statement, Strip, ThemeView
from survey.mirror.speakers import Speaker
from survey.scoring import Edge

PAGE_WIDTH: Final = 210.0
PAGE_HEIGHT: Final = 297.0
EDGE: Final = 20.0
BLOCK: Final = 170.0
"""Width of the text block."""
HANG: Final = 29.0
"""From the left of the block to the line on which everything hangs."""
COLUMNS: Final = 5
PITCH: Final = 29.0
"""From one voice's column to the next."""
COLUMN: Final = 25.0
SIGHT_LINE: Final = 12.0

WIDE: Final = Axis(left=58, point=20)
FEELING: Final = Axis(left=58, point=80 / 9, lowest=1, highest=10)
SMALL_POINT: Final = 5.75

THEME_ROW: Final = 3.75
THEME_LEAST: Final = 10.0
"""A theme's name and the owner's mark under it need this much, however few voices there are."""
THEME_GAP: Final = 2.75
USUAL_THEMES: Final = 8
THEME_GAP_TIGHT: Final = 1.0
"""With a theme more than usual, so that all of them still stand on one page."""
HALF_HEAD: Final = 8.0
TOPIC_ROW: Final = 5.0

STATEMENT_LINE: Final = 6.0
LETTERS_ON_A_LINE: Final = 76
"""Of a statement at 12 points: the widest words of this length still fit in 141 mm."""
AXIS_BELOW: Final = 4.4
SMALL_ROW: Final = 25.0
SMALL_HEAD: Final = 8.0

LETTERS_IN_A_SENTENCE_LINE: Final = 48
OPENING_LINES: Final = 9
"""Lines of the three sentences at their full size; more of them are set smaller."""
LETTERS_IN_A_WRITING_LINE: Final = 72
OWN_LINES: Final = 4
"""Lines of the owner's own writings that fit under "how to read this"; longer ones stand with the other words."""

FIELD_POINT: Final = 11.0
FIELD_LEAST: Final = 20.0


@dataclass(frozen=True)
class Figure:
    """A drawing behind text, as an address for the style sheet, with the height it takes."""

    address: str
    height: float


@dataclass(frozen=True)
class Column:
    """One voice's column where all voices stand beside one another."""

    head: str
    left: float
    width: float


@dataclass(frozen=True)
class SmallRow:
    """One statement above its small axes."""

    statement: Statement
    rows: tuple[Row, ...]
    height: float
    axis: float
    """From the top of the row to the axis."""


@dataclass(frozen=True)
class SmallTable:
    """Statements over at most five voices; a further table has the other voices."""

    speakers: tuple[Speaker, ...]
    rows: tuple[SmallRow, ...]
    figure: Figure


@dataclass(frozen=True)
class PlacedTheme:
    """One theme of the picture at its place in its half."""

    theme: ThemeView
    top: float
    height: float


@dataclass(frozen=True)
class PlacedHalf:
    """One half of the picture with one drawing behind it."""

    title: str
    themes: tuple[PlacedTheme, ...]
    figure: Figure


@dataclass(frozen=True)
class PlacedParty:
    """One voice of the force field at its place."""

    name: str
    text: str
    left: float
    top: float


@dataclass(frozen=True)
class Field:
    """The force field: voices on their stems, and below the ground who was not asked."""

    parties: tuple[PlacedParty, ...]
    absent: tuple[tuple[str, float], ...]
    ground: float
    below: float
    figure: Figure


def cover_figure(report: MirrorReport, top: float, pitch: float) -> Figure:
    """The voices of this round in the report's own signs, all at one distance: it shows who, and nothing else."""
    ink = Ink()
    stroke, far = 49.0, 116.0
    ink.box("own", stroke - 0.4, 0, stroke + 0.4, PAGE_HEIGHT)
    for number, speaker in enumerate(report.speakers):
        y = top + number * pitch
        if speaker.answered:
            ink.line("near", stroke, y, far, y)
        if speaker.is_group:
            ink.box("bar" if speaker.answered else "frame", far - 9, y - 4.5, far + 9, y + 4.5)
        else:
            ink.disc("disc" if speaker.answered else "frame", far, y, 4.5)
    return _figure(ink, PAGE_WIDTH, PAGE_HEIGHT)


def picture(report: MirrorReport) -> tuple[PlacedHalf, ...]:
    """Both halves of the picture, and the gut feeling on its own scale below them."""
    gap = THEME_GAP if sum(len(half.themes) for half in report.halves) <= USUAL_THEMES else THEME_GAP_TIGHT
    return tuple(_placed_half(half, WIDE, gap) for half in report.halves)


def feeling(feeling: ThemeView, title: str) -> PlacedHalf:
    """The gut feeling, on its own scale of ten."""
    return _placed_half(Half(title, (feeling,)), FEELING)


def _placed_half(half: Half, axis: Axis, gap: float = THEME_GAP) -> PlacedHalf:
    heights = [max(THEME_LEAST, THEME_ROW * len(theme.strip.rows)) for theme in half.themes]
    tops = list(accumulate((height + gap for height in heights), initial=HALF_HEAD))
    placed = tuple(map(PlacedTheme, half.themes, tops, heights))
    ink = Ink()
    for each in placed:
        draw_strip(ink, each.theme.strip, axis, each.top, THEME_ROW, PRINT)
    strokes = [(each.theme.strip, each.top, each.top + THEME_ROW * len(each.theme.strip.rows)) for each in placed]
    join_own_strokes(ink, strokes, axis)
    return PlacedHalf(half.title, placed, _figure(ink, BLOCK, tops[-1]))


def topic_figure(strip: Strip) -> Figure:
    """One statement on the wide scale; the gut feeling on its own scale of ten."""
    ink = Ink()
    draw_strip(ink, strip, FEELING if strip.highest == FEELING.highest else WIDE, 0, TOPIC_ROW, PRINT)
    return _figure(ink, BLOCK, TOPIC_ROW * len(strip.rows))


def moves_figure(moved: MovedStatement) -> Figure:
    """One statement on which somebody moved, on the wide scale."""
    ink = Ink()
    draw_moves(ink, moved.rows, WIDE, TOPIC_ROW, PRINT)
    return _figure(ink, BLOCK, TOPIC_ROW * len(moved.rows))


def small_tables(statements: Sequence[Statement], speakers: Sequence[Speaker]) -> tuple[SmallTable, ...]:
    """Statements over all voices, five voices to a table."""
    return tuple(
        _small_table(statements, tuple(speakers[at : at + COLUMNS]), at)
        for at in range(0, len(speakers), COLUMNS)
        if statements
    )


def _small_table(statements: Sequence[Statement], speakers: tuple[Speaker, ...], at: int) -> SmallTable:
    ink, top, rows = Ink(), SMALL_HEAD, []
    for statement in statements:
        voices = statement.strip.rows[at : at + COLUMNS]
        lines = lines_of(statement)
        axis = lines * STATEMENT_LINE + AXIS_BELOW
        height = SMALL_ROW + (lines - 1) * STATEMENT_LINE
        for number, row in enumerate(voices):
            own = None if row.expected is not None else statement.strip.own
            draw_small(ink, row, own, Axis(HANG + number * PITCH, SMALL_POINT), top + axis)
        rows.append(SmallRow(statement, voices, height, axis))
        top += height
    return SmallTable(speakers, tuple(rows), _figure(ink, BLOCK + 2, top))


def lines_of(statement: Statement) -> int:
    """How many lines a statement takes above its axes."""
    return 1 + (len(statement.text) + (26 if statement.is_reversed else 0)) // LETTERS_ON_A_LINE


def lines_of_openings(report: MirrorReport) -> int:
    """How many lines the sentences after the cover take; the place they point at takes a few letters more."""
    texts = [f"{each.before}{each.place and 'bladzijde 5'}{each.after}" for each in report.openings]
    return sum(-(-len(text) // LETTERS_IN_A_SENTENCE_LINE) for text in texts)


def own_writings_fit(report: MirrorReport) -> bool:
    """Whether the owner's own question fits on the page with the three sentences."""
    lines = sum(-(-len(each.text) // LETTERS_IN_A_WRITING_LINE) for each in report.own_writings)
    return lines <= OWN_LINES


def sign_strips() -> dict[str, Strip]:
    """The signs of "how to read this", each as a strip of one voice without a name."""
    nothing = Absent("", is_sight=True)
    return {
        "you": _one_voice(nothing, own=4),
        "group": _one_voice(Mark(2.5, None, 0.5, "", "")),
        "open": _one_voice(Mark(4, Edge.HIGH, 0.5, "", "")),
        "voice": _one_voice(Mark(3, None, 0, "", "")),
        "distance": _one_voice(Mark(2, None, 0, "", ""), own=4, speaks=True),
        "expected": _one_voice(nothing, expected=2),
    }


def _one_voice(said: Said, own: float | None = None, speaks: bool = False, expected: int | None = None) -> Strip:
    return Strip((Row(_NOBODY, said, speaks, expected),), own, "")


_NOBODY: Final = Speaker("", "", False, True, "", "", "", "", "", "")


def sign_figures() -> dict[str, Figure]:
    """The same signs for paper, each on a small axis."""
    return {sign: _sign(strip) for sign, strip in sign_strips().items()}


def _sign(strip: Strip) -> Figure:
    ink, axis, y = Ink(), Axis(0.2, SMALL_POINT), 3.0
    ink.line("grid", axis.left, y, axis.right, y)
    for x in axis.steps():
        ink.line("grid", x, y - 0.75, x, y + 0.75)
    draw_strip(ink, strip, axis, y - 2.4, 4.8, SMALL, grid=False)
    return _figure(ink, 25, 6)


def columns(report: MirrorReport) -> list[Column]:
    """Where each voice stands on pages with all voices beside one another; more than five share the width."""
    voices = report.voices
    named = [speaker for speaker in voices if not speaker.is_group]
    left_over = BLOCK - HANG - PITCH * (len(voices) - len(named)) + (PITCH - COLUMN)
    narrow = min(PITCH, left_over / max(len(named), 1))
    placed, left = [], HANG
    for speaker in voices:
        width = PITCH if speaker.is_group else narrow
        placed.append(
            Column(speaker.head if len(voices) <= COLUMNS or speaker.is_group else speaker.short, left, width)
        )
        left += width
    return placed


def sight_figure(report: MirrorReport, row: float) -> Figure:
    """Per theme and voice a line filled as far as this voice can see; no line where there is no room for one."""
    ink = Ink()
    for number, theme in enumerate(report.sight):
        y = row * (number + 0.5)
        for column, seen in zip(columns(report), theme.seen, strict=True):
            left, length = column.left + 11, min(SIGHT_LINE, column.width - 12.5)
            if seen.share and length > 5:
                ink.line("grid", left, y, left + length, y)
                ink.line("far", left, y, left + length * seen.share, y)
    return _figure(ink, BLOCK, row * len(report.sight))


def force_field(report: MirrorReport) -> Field | None:
    """Every voice on its stem above the owner, who lies down as the ground; None when nobody has a mark."""
    marks = list(_marks(report.parties))
    if not marks:
        return None
    ground = max(FIELD_LEAST, *((5 - mark.value) * FIELD_POINT for mark in marks)) + 6
    ink, placed = Ink(), []
    for column, party in zip(columns(report), report.parties, strict=True):
        height = draw_party(ink, party, column.left + 3, ground, FIELD_POINT)
        if height is not None:
            aside = 8.0 if party.speaker.is_group else 6.4
            name = party.speaker.label if len(report.voices) <= COLUMNS else party.speaker.short
            placed.append(PlacedParty(name, party.said.text, column.left + aside, ground - height - 2.2))
    ink.line("you", HANG, ground, BLOCK, ground)
    absent = []
    for number, name in enumerate(report.not_asked[:COLUMNS]):
        x = HANG + number * PITCH + 1.6
        ink.line("dots", x, ground + 0.9, x, ground + 8.6)
        ink.disc("ring", x, ground + 10, 1.35)
        absent.append((name, x + 3.4))
    return Field(tuple(placed), tuple(absent), ground, ground + 8, _figure(ink, BLOCK, ground + 13))


def appendix_columns(report: MirrorReport) -> list[float]:
    """Widths in the appendix: the statement first, then every voice; what the voices need goes off the statement."""
    voices = [23.5 if speaker.is_group else max(8.5, 2 + 1.45 * len(speaker.short)) for speaker in report.voices]
    return [BLOCK - HANG - 7 - sum(voices), *voices]


def _marks(parties: Sequence[Party]) -> Iterator[Mark]:
    return (party.said for party in parties if isinstance(party.said, Mark))


def _figure(ink: Ink, width: float, height: float) -> Figure:
    return Figure(as_address(svg_on_paper(ink, width, height)), height)
