"""Facts as an accountant or a bank typed them with the list: checked, and given back as they were when something must
change.

Whoever is asked for none has none, whatever was posted.
"""

from typing import Any, Final

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from survey.facts import (
    ASKED_OF,
    FIGURE_PARTS,
    FIGURES,
    LONGEST_POSITIVE,
    MOST_FIGURES,
    NEEDED_PARTS,
    SEEN,
    SIGNAL_IDS,
    SIGNALS,
    is_too_large,
)
from survey.kinds import kind_with
from survey.web.respondent.answer_form import visible

POSITIVE: Final = "positive"


class FactsForm:
    """The facts of one posted list."""

    def __init__(self, round_kind: str, perspective: str, posted: MultiDict[str, str]) -> None:
        self.kind = ASKED_OF.get(perspective) if kind_with(round_kind).asks_for_facts else None
        self.faults: dict[str, str] = {}
        """Id of a field -> what must change."""
        self.rows: list[dict[str, str]] = []
        """The figures as they were typed, empty rows too."""
        self.signals: dict[str, str] = {}
        self.positive = ""
        if self.kind == FIGURES:
            self._read_figures(posted)
        elif self.kind == SIGNALS:
            self._read_signals(posted)
        if not self.faults and is_too_large(self.facts):
            first = "figure-1" if self.kind == FIGURES else POSITIVE
            self.faults[first] = _("dit is samen te veel. Maak het korter.")

    @property
    def facts(self) -> dict[str, Any]:
        """Return what goes in the ballot; empty when nothing was filled in."""
        if self.kind == FIGURES:
            figures = [row for row in self.rows if any(row.values())]
            return {FIGURES: figures} if figures else {}
        found: dict[str, Any] = {SIGNALS: self.signals} if self.signals else {}
        return found | ({POSITIVE: self.positive} if self.positive else {})

    def _read_figures(self, posted: MultiDict[str, str]) -> None:
        for number in range(1, MOST_FIGURES + 1):
            row = {part: visible(posted.get(f"figure-{number}-{part}", "")) for part in FIGURE_PARTS}
            self.rows.append(row)
            if any(len(row[part]) > longest for part, longest in FIGURE_PARTS.items()):
                self.faults[f"figure-{number}"] = _("dit is te lang. Maak het korter.")
            elif any(row.values()) and not all(row[part] for part in NEEDED_PARTS):
                self.faults[f"figure-{number}"] = _("zet er een naam, een cijfer en een datum bij.")

    def _read_signals(self, posted: MultiDict[str, str]) -> None:
        for signal in SIGNAL_IDS:
            seen = posted.get(f"signal-{signal}", "")
            if seen in SEEN:
                self.signals[signal] = seen
            elif seen:
                self.faults[f"signal-{signal}"] = _("dit antwoord kennen we niet. Kies het opnieuw.")
        self.positive = visible(posted.get(POSITIVE, ""))
        if len(self.positive) > LONGEST_POSITIVE:
            self.faults[POSITIVE] = _("dit is te lang. Maak het korter.")
