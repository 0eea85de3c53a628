"""The figures of a mirror as lines and shapes, in the unit of the page: millimetres on paper, points on a screen.

One grammar everywhere: the owner is an upright stroke, a group a bar as wide as its rounding interval and open where it
is clipped, a person a disc, an expectation a dashed stroke, and the distance a line that is thick when the rule speaks.
Everything of one kind goes into one path, so that a figure costs few nodes. It must not know any sentence.
"""

import base64
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from survey.mirror.marks import Mark
from survey.mirror.reports import Moved, Party, Row, Strip
from survey.scoring import Edge

INK: Final = "#161616"
ACCENT: Final = "#1d3fb0"
GRID: Final = "#a8a8a8"
QUIET: Final = "#595959"

KINDS: Final = (
    # kind, colour, line width in mm (0: filled)
    ("grid", GRID, 0.2),
    ("near", INK, 0.2),
    ("far", INK, 0.7),
    ("tube", INK, 0.2),
    ("bar", INK, 0),
    ("plumb", ACCENT, 0.2),
    ("you", ACCENT, 0.8),
    ("expected", ACCENT, 0.8),
    ("disc", INK, 0),
    ("stem", INK, 0.25),
    ("dots", QUIET, 0.25),
    ("ring", QUIET, 0.25),
    ("frame", QUIET, 0.25),
    ("own", ACCENT, 0),
)
"""From back to front: an own stroke lies over a bar, a person sits on it like a bead."""

DASHES: Final = {"expected": "1.1 .75", "dots": ".3 .7"}


@dataclass(frozen=True)
class Line:
    """A straight line, level or upright unless it is a plumb line."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Disc:
    """A circle."""

    x: float
    y: float
    radius: float


Shape: TypeAlias = Line | Box | Disc


@dataclass
class Ink:
    """What was drawn so far, by kind."""

    shapes: dict[str, list[Shape]] = field(default_factory=dict)

    def line(self, kind: str, x1: float, y1: float, x2: float, y2: float) -> None:
        """Add a straight line; nothing when it has no length."""
        if abs(x1 - x2) + abs(y1 - y2) >= 0.05:
            self.shapes.setdefault(kind, []).append(Line(x1, y1, x2, y2))

    def box(self, kind: str, x1: float, y1: float, x2: float, y2: float) -> None:
        """Add a filled rectangle."""
        self.shapes.setdefault(kind, []).append(Box(x1, y1, x2, y2))

    def disc(self, kind: str, x: float, y: float, radius: float) -> None:
        """Add a circle."""
        self.shapes.setdefault(kind, []).append(Disc(x, y, radius))


@dataclass(frozen=True)
class Axis:
    """A scale on the page: where its lowest mark lies, and how long one point is."""

    left: float
    point: float
    lowest: int = 1
    highest: int = 5

    def at(self, mark: float) -> float:
        """The place of a mark."""
        return self.left + (mark - self.lowest) * self.point

    @property
    def right(self) -> float:
        """The end of the scale."""
        return self.at(self.highest)

    def steps(self) -> Iterator[float]:
        """The place of every whole mark."""
        return (self.at(mark) for mark in range(self.lowest, self.highest + 1))


@dataclass(frozen=True)
class Sizes:
    """How large the signs are: in millimetres on paper; on a screen in em, and `beyond` in per cent."""

    bar: float
    """Height of a group's bar."""
    disc: float
    """Radius of a person's disc."""
    beyond: float
    """How far an open bar runs past the end of the scale."""
    stroke: float
    """Height of the owner's stroke where it does not run over all rows."""
    inset: float = 0.2
    """How far an expectation stays from the rows above and below it."""
    line: float = 0.1
    """Half the width of a thin line."""


PRINT: Final = Sizes(bar=2.5, disc=1.3, beyond=2, stroke=6)
SMALL: Final = Sizes(bar=2.5, disc=1.3, beyond=0.6, stroke=6)
SCREEN: Final = Sizes(bar=0.75, disc=0.36, beyond=4, stroke=1.5, inset=0.15, line=0.03)


def draw_strip(ink: Ink, strip: Strip, axis: Axis, top: float, row: float, sizes: Sizes, *, grid: bool = True) -> None:
    """Draw one scale with its rows below one another, `row` apart, and the owner's stroke over all of them."""
    bottom = top + row * len(strip.rows)
    for x in axis.steps() if grid else ():
        ink.line("grid", x, top, x, bottom)
    for number, each in enumerate(strip.rows):
        _draw_row(ink, each, strip.own, axis, top + row * (number + 0.5), row, sizes)
    if strip.own is not None:
        ink.line("you", axis.at(strip.own), top, axis.at(strip.own), bottom)


def draw_small(ink: Ink, row: Row, own: float | None, axis: Axis, y: float, sizes: Sizes = SMALL) -> None:
    """Draw one voice on an axis of its own, with small ticks; nothing at all where nothing is shown."""
    if not isinstance(row.said, Mark):
        return
    ink.line("grid", axis.left, y, axis.right, y)
    for x in axis.steps():
        ink.line("grid", x, y - 0.75, x, y + 0.75)
    _draw_row(ink, row, own, axis, y, sizes.stroke, sizes)
    if own is not None:
        ink.line("you", axis.at(own), y - sizes.stroke / 2, axis.at(own), y + sizes.stroke / 2)


def join_own_strokes(ink: Ink, strips: Sequence[tuple[Strip, float, float]], axis: Axis) -> None:
    """Draw the plumb line from one own stroke to the next; each strip comes with its top and bottom."""
    for (above, _, end), (below, start, _) in itertools.pairwise(strips):
        if above.own is not None and below.own is not None:
            ink.line("plumb", axis.at(above.own), end, axis.at(below.own), start)


def draw_party(ink: Ink, party: Party, x: float, ground: float, point: float) -> float | None:
    """Draw one voice of the force field on its stem; return the height of its sign above the ground."""
    said = party.said
    if not isinstance(said, Mark):
        return None
    height = (5 - said.value) * point
    if said.is_group:
        _draw_standing_group(ink, said, x, ground - height)
    else:
        ink.disc("disc", x, ground - height, 1.6)
    ink.line("stem", x, ground - height, x, ground)
    return height


def _draw_standing_group(ink: Ink, mark: Mark, x: float, y: float) -> None:
    ink.box("bar", x - 3, y - 1.4, x + 3, y + 1.4)
    if mark.edge is not None:
        # Open towards where the mark can lie: nearer to the ground is higher.
        way = 1 if mark.edge is Edge.HIGH else -1
        for side in (x - 2.9, x + 2.9):
            ink.line("tube", side, y + way * 1.4, side, y + way * 5)


def draw_field(ink: Ink, parties: Sequence[Party], not_asked: int, axis: Axis, row: float, sizes: Sizes) -> None:
    """Draw the force field lying down: the parties below one another, each as far from the owner as its mark is from 5.

    Below them come the parties that were not asked, as dotted lines.
    """
    for number, party in enumerate(parties):
        if isinstance(party.said, Mark):
            _draw_lying_party(ink, party.said, axis, row * (number + 0.5), sizes)
    for number in range(not_asked):
        y = row * (len(parties) + number + 0.5)
        ink.line("dots", axis.left, y, axis.right, y)
        ink.disc("ring", axis.right, y, sizes.disc * 0.8)
    ink.line("you", axis.left, 0, axis.left, row * (len(parties) + not_asked))


def _draw_lying_party(ink: Ink, mark: Mark, axis: Axis, y: float, sizes: Sizes) -> None:
    x = _away(axis, mark.value)
    if not mark.is_group:
        ink.line("stem", axis.left, y, x, y)
        ink.disc("disc", x, y, sizes.disc)
        return
    near, far, half = _away(axis, mark.value + mark.width / 2), _away(axis, mark.value - mark.width / 2), sizes.bar / 2
    ink.box("bar", near, y - half, far, y + half)
    if mark.edge is not None:
        start, end = (near, axis.left) if mark.edge is Edge.HIGH else (far, axis.right + sizes.beyond)
        for side in (y - half + sizes.line, y + half - sizes.line):
            ink.line("tube", start, side, end, side)
    if mark.edge is not Edge.HIGH:
        ink.line("stem", axis.left, y, near, y)


def _away(axis: Axis, mark: float) -> float:
    """The place of a mark when the highest stands beside the owner."""
    return axis.left + (axis.highest - mark) * axis.point


def draw_moves(ink: Ink, rows: Sequence[Moved], axis: Axis, row: float, sizes: Sizes) -> None:
    """Draw every voice that moved, a row each: open where it was, filled where it is, and the way between."""
    for x in axis.steps():
        ink.line("grid", x, 0, x, row * len(rows))
    for number, each in enumerate(rows):
        _draw_move(ink, each, axis, row * (number + 0.5), row, sizes)


def _draw_move(ink: Ink, moved: Moved, axis: Axis, y: float, row: float, sizes: Sizes) -> None:
    (low, high), upward = (
        sorted((moved.before, moved.after), key=lambda mark: mark.value),
        moved.before.value < moved.after.value,
    )
    ink.line("far" if moved.is_plain else "near", _end_of(low, 1, axis), y, _end_of(high, -1, axis), y)
    for mark, is_now in ((low, not upward), (high, upward)):
        x = axis.at(mark.value)
        if moved.is_own:
            ink.line("you" if is_now else "plumb", x, y - row / 2 + sizes.inset, x, y + row / 2 - sizes.inset)
        elif mark.is_group:
            _draw_bar(ink, "bar" if is_now else "frame", mark, axis, y, sizes)
        else:
            ink.disc("disc" if is_now else "ring", x, y, sizes.disc)


def _end_of(mark: Mark, side: int, axis: Axis) -> float:
    return axis.at(mark.value + side * mark.width / 2)


def _draw_row(ink: Ink, row: Row, own: float | None, axis: Axis, y: float, height: float, sizes: Sizes) -> None:
    start = row.expected if row.expected is not None and own is None else own
    if row.expected is not None:
        x = axis.at(row.expected)
        ink.line("expected", x, y - height / 2 + sizes.inset, x, y + height / 2 - sizes.inset)
    if not isinstance(row.said, Mark):
        return
    if row.said.is_group:
        _draw_group(ink, row, row.said, start, axis, y, sizes)
    else:
        if start is not None:
            ink.line("far" if row.speaks else "near", axis.at(start), y, axis.at(row.said.value), y)
        ink.disc("disc", axis.at(row.said.value), y, sizes.disc)


def _draw_group(ink: Ink, row: Row, mark: Mark, start: float | None, axis: Axis, y: float, sizes: Sizes) -> None:
    low, high = _draw_bar(ink, "bar", mark, axis, y, sizes)
    if start is None:
        return
    x = axis.at(start)
    if x < low and mark.edge is not Edge.LOW:
        ink.line("far" if row.speaks else "near", x, y, low, y)
    if x > high and mark.edge is not Edge.HIGH:
        ink.line("far" if row.speaks else "near", high, y, x, y)


def _draw_bar(ink: Ink, kind: str, mark: Mark, axis: Axis, y: float, sizes: Sizes) -> tuple[float, float]:
    """Draw a group's bar with its open end; return where the bar begins and ends."""
    low, high = axis.at(mark.value - mark.width / 2), axis.at(mark.value + mark.width / 2)
    half = sizes.bar / 2
    ink.box(kind, low, y - half, high, y + half)
    if mark.edge is not None:
        edge, end = (high, axis.right + sizes.beyond) if mark.edge is Edge.HIGH else (low, axis.left - sizes.beyond)
        for side in (y - half + sizes.line, y + half - sizes.line):
            ink.line("tube", edge, side, end, side)
    return low, high


def svg_on_paper(ink: Ink, width: float, height: float) -> str:
    """The drawing as an SVG file of this size in millimetres, all shapes of a kind in one path."""
    paths = []
    for kind, colour, stroke in KINDS:
        if shapes := ink.shapes.get(kind):
            dashes = f' stroke-dasharray="{DASHES[kind]}"' if kind in DASHES else ""
            style = f'stroke="{colour}" stroke-width="{stroke}"{dashes}' if stroke else f'fill="{colour}"'
            paths.append(f'<path {style} d="{"".join(map(_as_path, shapes))}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}mm" height="{_n(height)}mm" '
        f'viewBox="0 0 {_n(width)} {_n(height)}" fill="none">{"".join(paths)}</svg>'
    )


def _as_path(shape: Shape) -> str:
    match shape:
        case Line(x1, y1, x2, y2):
            end = f"H{_n(x2)}" if y1 == y2 else f"V{_n(y2)}" if x1 == x2 else f"L{_n(x2)} {_n(y2)}"
            return f"M{_n(x1)} {_n(y1)}{end}"
        case Box(x1, y1, x2, y2):
            return f"M{_n(x1)} {_n(y1)}H{_n(x2)}V{_n(y2)}H{_n(x1)}z"
        case Disc(x, y, radius):
            r, d = _n(radius), _n(2 * radius)
            return f"M{_n(x - radius)} {_n(y)}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0-{d} 0z"


def svg_on_screen(ink: Ink, height: float) -> str:
    """The drawing as part of a page: x in per cent of whatever width there is, y in em, colours by class.

    So it grows with the screen and with the size of the text, and a disc stays round.
    """
    shapes = [f'<{_as_element(shape)} class="f-{kind}"/>' for kind, _, _ in KINDS for shape in ink.shapes.get(kind, [])]
    return f'<svg aria-hidden="true" height="{_n(height)}em">{"".join(shapes)}</svg>'


def _as_element(shape: Shape) -> str:
    match shape:
        case Line(x1, y1, x2, y2):
            return f'line x1="{_n(x1)}%" y1="{_n(y1)}em" x2="{_n(x2)}%" y2="{_n(y2)}em"'
        case Box(x1, y1, x2, y2):
            return f'rect x="{_n(x1)}%" y="{_n(y1)}em" width="{_n(x2 - x1)}%" height="{_n(y2 - y1)}em"'
        case Disc(x, y, radius):
            return f'circle cx="{_n(x)}%" cy="{_n(y)}em" r="{_n(radius)}em"'


def as_address(svg: str) -> str:
    """The drawing as an address that a style sheet can use, with nothing to fetch."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _n(number: float) -> str:
    """A coordinate in hundredths, as short as it can be written."""
    return f"{number:.2f}".rstrip("0").rstrip(".") if number else "0"
