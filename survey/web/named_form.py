"""What only the owner and named roles are asked, as it was typed: checked, and given back when something must change.

The same fields stand in the owner's own picture and in the list of who answers by name. Whoever is asked for none has
none, whatever was posted.
"""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from survey.mirror.words import Words
from survey.named_questions import (
    CATALOGUE,
    DIRECTION,
    DIRECTIONS,
    KEY_FIGURES,
    NAMES,
    OWNER,
    POINTS,
    SPARRING_PARTNERS,
    asked_of,
)
from survey.scoring import POINTS as HUNDRED
from survey.scoring import STEP

POINTS_OF: Final = "points-"
"""How the fields of the hundred points begin: points-accountant."""


class NamedQuestionsForm:
    """The answers of one posted form to the questions that a role is asked in a kind of round."""

    def __init__(self, kind: str, role: str, posted: MultiDict[str, str]) -> None:
        self.asked = asked_of(kind, role)
        self.role = role
        self.faults: dict[str, str] = {}
        """Id of a question -> what must change."""
        self.direction = ""
        self.points: dict[str, str] = {}
        """Sparring partner -> what was typed, right or wrong."""
        self.key_figures: tuple[str, ...] = ()
        self._points: dict[str, int] = {}
        for question, read in ((DIRECTION, self._direction), (POINTS, self._hundred), (KEY_FIGURES, self._three)):
            if question in self.asked:
                read(posted)

    @classmethod
    def holding(cls, kind: str, role: str, answers: Mapping[str, Any]) -> "NamedQuestionsForm":
        """Return the form as it stands with answers that were kept before."""
        fields: MultiDict[str, str] = MultiDict()
        fields[DIRECTION] = answers.get(DIRECTION, "")
        for partner, points in answers.get(POINTS, {}).items():
            fields[POINTS_OF + partner] = str(points)
        fields.setlist(KEY_FIGURES, list(answers.get(KEY_FIGURES, ())))
        return cls(kind, role, fields)

    @property
    def answers(self) -> dict[str, Any]:
        """Return what was answered, for `survey.named_questions.check`; only when there are no faults."""
        found: dict[str, Any] = {DIRECTION: self.direction} if self.direction else {}
        found |= {POINTS: self._points} if self._points else {}
        return found | ({KEY_FIGURES: list(self.key_figures)} if self.key_figures else {})

    @property
    def total(self) -> int:
        """Return what the points add up to, as far as they can be read."""
        return sum(self._points.values())

    def _direction(self, posted: MultiDict[str, str]) -> None:
        chosen = posted.get(DIRECTION, "")
        if chosen in DIRECTIONS:
            self.direction = chosen
        elif chosen:
            self.faults[DIRECTION] = _("dit antwoord kennen we niet. Kies het opnieuw.")

    def _hundred(self, posted: MultiDict[str, str]) -> None:
        self.points = {partner: posted.get(POINTS_OF + partner, "").strip() for partner in SPARRING_PARTNERS}
        for partner, typed in self.points.items():
            if typed and not (typed.isascii() and typed.isdigit() and len(typed) <= 3 and int(typed) % STEP == 0):
                self.faults[POINTS] = _("schrijf hele getallen in stappen van vijf, zoals 25.")
            elif typed.strip("0"):
                self._points[partner] = int(typed)
        if not self.faults.get(POINTS) and any(self.points.values()) and self.total != HUNDRED:
            self.faults[POINTS] = self._not_a_hundred()

    def _not_a_hundred(self) -> str:
        if self.total < HUNDRED:
            left = HUNDRED - self.total
            return str(_("samen is het %(total)d. Verdeel er nog %(left)d.", total=self.total, left=left))
        over = self.total - HUNDRED
        return str(_("samen is het %(total)d. Haal er %(over)d af.", total=self.total, over=over))

    def _three(self, posted: MultiDict[str, str]) -> None:
        ticked = dict.fromkeys(posted.getlist(KEY_FIGURES))
        self.key_figures = tuple(figure for figure in CATALOGUE if figure in ticked)
        if any(figure not in CATALOGUE for figure in ticked):
            self.faults[KEY_FIGURES] = _("dit antwoord kennen we niet. Kies het opnieuw.")
        elif self.key_figures and len(self.key_figures) != NAMES:
            self.faults[KEY_FIGURES] = _(
                "je koos er %(count)d. Kies er precies drie, of geen.", count=len(self.key_figures)
            )


def question_in_words(question: str, role: str, owner: str, words: Words) -> str:
    """Return a question as a role reads it. owner: how the owner is called."""
    reader = "self" if role == OWNER else "others"
    if question == DIRECTION:
        return words("named.direction")
    return words(f"named.{question}.{reader}", owner=owner)


def in_words(kind: str, role: str, owner: str, answers: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """Return each question that was answered with the answer in words."""
    said = {
        DIRECTION: lambda given: words(f"named.directions.{given}"),
        POINTS: lambda given: ", ".join(
            f"{words(f'named.partners.{partner}')} {given[partner]}"
            for partner in SPARRING_PARTNERS
            if given.get(partner)
        ),
        KEY_FIGURES: lambda given: ", ".join(words(f"named.figures.{figure}") for figure in given),
    }
    return [
        (question_in_words(question, role, owner, words), said[question](answers[question]))
        for question in asked_of(kind, role)
        if question in answers
    ]
