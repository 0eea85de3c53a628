"""Small line pictures as SVG, for the docs: shares from 0 to 1 over one number, in rows of panels.

Black and grey with one accent, told apart by dash as well, so that they read in print.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

WIDTH, HEIGHT = 190, 170
LEFT, TOP, RIGHT, BOTTOM = 34, 30, 10, 34
STYLES = (
    'stroke="#1d3fb0" stroke-width="2.6"',
    'stroke="#161616" stroke-width="1.4"',
    'stroke="#161616" stroke-width="1.4" stroke-dasharray="5 3"',
    'stroke="#161616" stroke-width="1.4" stroke-dasharray="1.5 3"',
)


@dataclass(frozen=True)
class Line:
    """One named line through points; y is a share from 0 to 1."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """One small picture with up to four lines."""

    title: str
    lines: Sequence[Line]
    axis: str = "true gap in points"


def write_panels(path: Path, title: str, rows: Sequence[Sequence[Panel]]) -> None:
    """Write rows of panels under one title and one legend."""
    width = max(map(len, rows)) * WIDTH
    height = 48 + len(rows) * HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="Source Sans 3, sans-serif" font-size="10" fill="#161616">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="8" y="17" font-size="13" font-weight="600">{escape(title)}</text>',
        *_legend(rows[0][0].lines),
    ]
    for row, panels in enumerate(rows):
        for column, panel in enumerate(panels):
            parts += [f'<g transform="translate({column * WIDTH} {44 + row * HEIGHT})">', *_drawn(panel), "</g>"]
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")


def _legend(lines: Sequence[Line]) -> list[str]:
    parts = []
    x = 8.0
    for line, style in zip(lines, STYLES, strict=False):
        parts.append(f'<path d="M{x} 32h22" fill="none" {style}/>')
        parts.append(f'<text x="{x + 27}" y="35.5">{escape(line.name)}</text>')
        x += 45 + 5.4 * len(line.name)
    return parts


def _drawn(panel: Panel) -> list[str]:
    xs = sorted({x for line in panel.lines for x, _ in line.points})
    across, down = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def at(x: float, y: float) -> str:
        return f"{LEFT + across * (x - xs[0]) / (xs[-1] - xs[0]):.1f} {TOP + down * (1 - y):.1f}"

    rules = "".join(f"M{LEFT} {TOP + down * (1 - share):.1f}h{across}" for share in (0, 0.25, 0.5, 0.75, 1))
    parts = [
        f'<text x="{LEFT}" y="{TOP - 10}" font-size="11">{escape(panel.title)}</text>',
        f'<path d="{rules}" stroke="#d0d0d0" stroke-width="0.6" fill="none"/>',
    ]
    for share in (0, 0.5, 1):
        parts.append(
            f'<text x="{LEFT - 5}" y="{TOP + down * (1 - share) + 3:.1f}" text-anchor="end">{share:.0%}</text>'
        )
    for x in xs:
        place = at(x, 0).split()[0]
        parts.append(f'<text x="{place}" y="{TOP + down + 13}" text-anchor="middle">{x:g}</text>')
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 8}" fill="#595959">{escape(panel.axis)}</text>')
    for line, style in zip(panel.lines, STYLES, strict=False):
        path = "L".join(at(x, y) for x, y in line.points)
        parts.append(f'<path d="M{path}" fill="none" {style}/>')
    return parts
