"""What came in with a list: each answer checked against the edition, nothing guessed and nothing thrown away.

It validates only; the radios are drawn by a template. Names that this perspective is not asked are ignored. Thirty
radio groups are read by hand: as fields of a form library they cost a tenth of a whole response.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from survey.ballots import CANNOT_JUDGE, Response
from survey.questionnaires import Item, load

UNQUOTED = "unquoted"
"""The name of the boxes "rather not literally"; their value is the question."""


class AnswerForm:
    """A list as it was posted: what one perspective is asked in one edition."""

    def __init__(self, edition: str, perspective: str, posted: MultiDict[str, str]) -> None:
        self._questionnaire = load(edition)
        self._items = self._questionnaire.items_for(perspective)
        self.answers: dict[str, int | str] = {}
        """What was chosen, by item: a step of the scale, or that somebody cannot judge; skipped items are left out."""
        self.texts: dict[str, str] = {}
        """What was written, by question, also when it is too long."""
        self.faults: dict[str, str] = {}
        """What must be changed, by item or question: the first thing that is wrong with each."""
        self._read_answers(posted)
        self._read_texts(posted)
        self.unquoted = frozenset(posted.getlist(UNQUOTED)) & {one.id for one in self._questionnaire.open_questions}

    @property
    def is_valid(self) -> bool:
        """Whether nothing has to be changed."""
        return not self.faults

    def response(self) -> Response:
        """Return everything that was answered; only when `is_valid`."""
        return Response(self.answers, self.texts, self.unquoted & self.texts.keys())

    def blanks(self) -> Iterable[str]:
        """Return the items that were skipped, in their order: allowed, and told when the list comes back anyway."""
        return [item.id for item in self._items if item.id not in self.answers]

    def _read_answers(self, posted: MultiDict[str, str]) -> None:
        for item in self._items:
            chosen = {value for value in posted.getlist(item.id) if value}
            if len(chosen) > 1:  # not ours to choose from
                self.faults[item.id] = _("hier kwamen twee antwoorden binnen. Kies er één.")
                continue
            for value in chosen:
                if value in (allowed := _allowed(item)):
                    self.answers[item.id] = allowed[value]
                else:
                    self.faults[item.id] = _("dit antwoord kennen we niet. Kies het opnieuw.")

    def _read_texts(self, posted: MultiDict[str, str]) -> None:
        """Read own words as they were typed; of a question that came in twice both texts are kept."""
        for question in self._questionnaire.open_questions:
            text = "\n".join(filter(None, (visible(text) for text in posted.getlist(question.id))))
            over = len(text) - question.max_length
            if text:
                self.texts[question.id] = text
            if over > 0:
                self.faults[question.id] = ngettext(
                    "je tekst is %(num)d teken te lang.", "je tekst is %(num)d tekens te lang.", over
                )


@lru_cache(maxsize=1024)
def _allowed(item: Item) -> Mapping[str, int | str]:
    low, high = item.scale
    return {str(step): step for step in range(low, high + 1)} | {CANNOT_JUDGE: CANNOT_JUDGE}


def visible(text: str) -> str:
    """Return a text with plain line ends and without control characters, which nobody typed on purpose."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in plain if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()
