"""The release: the frozen table of cells that is all that stays of a round's answers.

Whatever is said of the round, in a verdict, a chart or a file, is said from this table, so it can tell no more than the
cells do. It describes itself: items, perspectives and method stand in it. It has never seen an answer.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from survey.scoring.audit import Audit
from survey.scoring.cells import Cell, ShownCell, SuppressedCell, VoiceCell, band_of
from survey.scoring.items import ScoredItem, themes_of
from survey.scoring.texts import ReleasedTexts
from survey.scoring.visibility import Visibility


class Kind(StrEnum):
    """How a perspective is shown: as a group without faces, or as one voice with its role."""

    ANONYMOUS = "anonymous"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Perspective:
    """Who speaks: `n` is published once per group, and None below k; a named voice is one."""

    id: str
    kind: Kind
    invited: int | None
    n: int | None


@dataclass(frozen=True)
class Release:
    """All that will ever be known of a round's answers; perspectives by id, cells by perspective and item."""

    method: str
    k: int
    items: tuple[ScoredItem, ...]
    perspectives: tuple[Perspective, ...]
    cells: tuple[Cell, ...]
    visibility: tuple[Visibility, ...]
    texts: tuple[ReleasedTexts, ...]
    audit: Audit

    def cell(self, perspective: str, item: str) -> Cell:
        """The one cell of this perspective and item; raises KeyError where there is none."""
        return self._cells[perspective, item]

    def said(self, perspective: str, item: str) -> ShownCell | VoiceCell | None:
        """The cell where it says anything; None where it is suppressed, or the perspective never answered."""
        cell = self._cells.get((perspective, item))
        return None if isinstance(cell, SuppressedCell) else cell

    def perspective(self, id: str) -> Perspective:
        """The perspective with this id; raises KeyError where there is none."""
        return self._perspectives[id]

    def item(self, id: str) -> ScoredItem:
        """The item with this id; raises KeyError where there is none."""
        return self._items[id]

    def items_of(self, theme: str) -> tuple[ScoredItem, ...]:
        """The items of a theme, in the order of the edition."""
        return tuple(item for item in self.items if item.theme == theme)

    @cached_property
    def themes(self) -> tuple[str, ...]:
        """The themes that have marks, in the order of the edition; the gut feeling is in none."""
        return themes_of(self.items)

    def is_from_a_part(self, cell: ShownCell) -> bool:
        """Whether the cell's band is lower than its group's, so that it says "een deel"."""
        n = self.perspective(cell.perspective).n
        return n is not None and cell.band < band_of(n)

    @cached_property
    def _cells(self) -> dict[tuple[str, str], Cell]:
        return {(cell.perspective, cell.item): cell for cell in self.cells}

    @cached_property
    def _perspectives(self) -> dict[str, Perspective]:
        return {perspective.id: perspective for perspective in self.perspectives}

    @cached_property
    def _items(self) -> dict[str, ScoredItem]:
        return {item.id: item for item in self.items}
