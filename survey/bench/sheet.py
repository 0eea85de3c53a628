"""The sheet of a bench: what was measured, what it came to, and the two marks it is held against."""

from collections.abc import Iterable
from dataclasses import dataclass

HEAD = ("| what | goal | moonshot | here | reached | beside it |", "|---|---|---|---|---|---|")
REACHED = {2: "moonshot", 1: "goal", 0: "**short**"}


@dataclass(frozen=True)
class Line:
    """One thing that was measured. A mark is None where nobody set one."""

    what: str
    figure: float
    unit: str
    goal: float | None = None
    moonshot: float | None = None
    more_is_better: bool = False
    beside: str = ""
    """What else to know of it: the reference of the same run, the spread, the number of times."""

    @property
    def reached(self) -> str:
        """Which of its marks the figure reaches; nothing when it has none."""
        if self.goal is None:
            return ""
        marks = [mark for mark in (self.goal, self.moonshot) if mark is not None]
        return REACHED[sum(self._holds(mark) for mark in marks)]

    def _holds(self, mark: float) -> bool:
        return self.figure >= mark if self.more_is_better else self.figure <= mark


def table(lines: Iterable[Line]) -> str:
    """Return the lines as a table in Markdown."""
    return "\n".join((*HEAD, *map(row, lines)))


def row(line: Line) -> str:
    """Return a line as a row of that table."""
    return (
        f"| {line.what} | {_said(line.goal, line.unit)} | {_said(line.moonshot, line.unit)} "
        f"| **{_said(line.figure, line.unit)}** | {line.reached} | {line.beside} |"
    )


def _said(figure: float | None, unit: str) -> str:
    if figure is None:
        return ""
    number = f"{figure:,.0f}" if figure >= 100 or figure == int(figure) else f"{figure:.3g}"
    return f"{number} {unit}".strip()
