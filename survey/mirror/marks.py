"""What a voice says of one thing, ready to be drawn and read out: a released mark with its words, or words alone.

A number exists only on a `Mark`; where nothing may be shown there is an `Absent`, which has no number to print. It must
not know any answer of a group: everything comes from released cells.
"""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from survey.mirror.words import Words
from survey.scoring import (
    METHOD,
    Cell,
    Edge,
    Kind,
    Reason,
    Release,
    ShownCell,
    Sight,
    Spread,
    SuppressedCell,
    VoiceCell,
    theme_mark,
)
from survey.scoring.schemes import rounded_half_up

GUT_STEP: Final = 1.0


@dataclass(frozen=True)
class Mark:
    """A mark that may be shown."""

    value: float
    edge: Edge | None
    width: float
    """Of the rounding interval in points: what a group's bar is wide; 0 for a named voice."""
    text: str
    """The number in words, with what belongs to it: "4,0 of hoger, een deel"."""
    plain: str
    """The number as it stands in a sentence: "4,0 of hoger"."""
    band: str = ""
    """How many of the group answered, as "8–11"; empty for a named voice and for a theme."""
    short: str = ""
    """Where there is no room: "≥ 4,0"."""
    beside: str = ""
    """Beside a figure: as `text`, with the sign in place of words when there is more to say: "≥ 4,0, een deel"."""

    @property
    def is_group(self) -> bool:
        """Whether it is a spread and not a person."""
        return self.width > 0


@dataclass(frozen=True)
class Absent:
    """Nothing may or can be shown; the words say what is the case."""

    text: str
    is_sight: bool
    """Whether it is about what can be seen: "geen zicht"."""
    short: str = ""
    """Where there is no room: "te weinig"."""


Said: TypeAlias = Mark | Absent


def said_of_item(release: Release, speaker: str, item: str, words: Words) -> Said:
    """What a voice says of one item."""
    cell: Cell = release.cell(speaker, item)
    if isinstance(cell, SuppressedCell):
        return _absent(release, cell, words)
    if isinstance(cell, VoiceCell):
        written = words.decimal(cell.mark, 0)
        return Mark(cell.mark, None, 0, written, written, short=written, beside=written)
    is_five_point = not release.item(item).is_overall
    return _group_mark(release, cell, words, places=1 if is_five_point else 0)


def said_of_theme(release: Release, speaker: str, theme: str, without: Collection[str], words: Words) -> Said:
    """What a voice says of a theme; `without` the items that are compared with a prediction instead."""
    mark = theme_mark(release, speaker, theme, without)
    is_group = _is_group(release, speaker)
    if mark is None:
        is_dark = any(
            seen.level is Sight.CANNOT_SEE
            for seen in release.visibility
            if (seen.perspective, seen.theme) == (speaker, theme)
        )
        if is_dark or not is_group:
            return _no_sight(words)
        return _too_few(words)
    plain = _with_edge(words.decimal(mark.mean), mark.edge, words)
    return Mark(mark.mean, mark.edge, METHOD.step if is_group else 0, plain, plain, short=plain, beside=plain)


def mark_over(release: Release, speaker: str, items: Collection[str], words: Words) -> Said:
    """What a voice says over these items together; in halves for a group, in tenths for a person.

    At least two of them and at least half are needed, as for a theme.
    """
    cells = [release.cell(speaker, item) for item in items]
    shown = [cell for cell in cells if isinstance(cell, ShownCell)]
    marks = [cell.mean for cell in shown] or [float(cell.mark) for cell in cells if isinstance(cell, VoiceCell)]
    if len(marks) < METHOD.fewest_items_of_a_theme or 2 * len(marks) < len(items):
        silent = [cell for cell in cells if isinstance(cell, SuppressedCell)]
        unseen = sum(cell.reason is Reason.MOST_CANNOT_JUDGE for cell in silent)
        is_dark = 2 * unseen >= len(silent) or not _is_group(release, speaker)
        return _no_sight(words) if is_dark else _too_few(words)
    step = Fraction(1, 2) if shown else Fraction(1, 10)
    mean = float(rounded_half_up(int(2 * sum(marks)), 2 * len(marks), step))
    edge = next((cell.edge for cell in shown if cell.edge and cell.mean == mean), None)
    plain = _with_edge(words.decimal(mean), edge, words)
    return Mark(mean, edge, METHOD.step if shown else 0, plain, plain, short=plain, beside=plain)


def _group_mark(release: Release, cell: ShownCell, words: Words, places: int) -> Mark:
    number = words.decimal(cell.mean, places)
    plain = _with_edge(number, cell.edge, words)
    short = {Edge.LOW: "≤ ", Edge.HIGH: "≥ ", None: ""}[cell.edge] + number
    text = _with_more(plain, release, cell, words)
    return Mark(
        value=cell.mean,
        edge=cell.edge,
        width=METHOD.step if places else GUT_STEP,
        text=text,
        plain=plain,
        band=_band(cell),
        short=short,
        beside=plain if text == plain else _with_more(short, release, cell, words),
    )


def _with_more(number: str, release: Release, cell: ShownCell, words: Words) -> str:
    """The number with what belongs to it: whether the group is of one mind, whether only a part could judge."""
    if cell.spread is not None:
        number = words("mark.divided" if cell.spread is Spread.DIVIDED else "mark.agreed", mark=number)
    return words("mark.part", mark=number) if release.is_from_a_part(cell) else number


def _band(cell: ShownCell) -> str:
    low, high = cell.band
    return f"{low}+" if high is None else f"{low}–{high}"


def _with_edge(number: str, edge: Edge | None, words: Words) -> str:
    if edge is None:
        return number
    return words("mark.or_lower" if edge is Edge.LOW else "mark.or_higher", mark=number)


def _absent(release: Release, cell: SuppressedCell, words: Words) -> Absent:
    if cell.reason is Reason.MOST_CANNOT_JUDGE:
        return _no_sight(words)
    if _is_group(release, cell.perspective):
        return _too_few(words)
    return Absent(words("mark.no_answer"), is_sight=False, short="–")


def _no_sight(words: Words) -> Absent:
    return Absent(words("mark.no_sight"), is_sight=True, short="–")


def _too_few(words: Words) -> Absent:
    return Absent(words("mark.too_few"), is_sight=False, short=words("all.too_few"))


def _is_group(release: Release, speaker: str) -> bool:
    return release.perspective(speaker).kind is Kind.ANONYMOUS
