"""What came in with a list: each answer checked against the edition, nothing guessed and nothing thrown away.

It validates only; the radios are drawn by a template. Names that are not in the edition are ignored.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, StringField, ValidationError

from survey.ballots import CANNOT_JUDGE, Response
from survey.questionnaires import Item, OpenQuestion, load

UNQUOTED = "unquoted"
"""The name of the boxes "rather not literally"; their value is the question."""


class Answer(Field):
    """One step of the scale, or that somebody cannot judge; None when it was skipped."""

    def __init__(self, item: Item, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        low, high = item.scale
        self.allowed = {str(step): step for step in range(low, high + 1)} | {CANNOT_JUDGE: CANNOT_JUDGE}

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was posted; two different answers to one statement are not ours to choose from."""
        chosen = {value for value in valuelist if value}
        self.data = None
        if len(chosen) > 1:
            raise ValueError(_("hier kwamen twee antwoorden binnen. Kies er één."))
        for value in chosen:
            if value not in self.allowed:
                raise ValueError(_("dit antwoord kennen we niet. Kies het opnieuw."))
            self.data = self.allowed[value]


class Text(StringField):
    """Own words: as they were typed, without invisible characters and with a limit."""

    def __init__(self, question: OpenQuestion, **kwargs: Any) -> None:
        super().__init__(validators=[self._refuse_too_long], **kwargs)
        self.max_length = question.max_length

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was posted; of a question that came in twice both texts are kept."""
        self.data = "\n".join(filter(None, (visible(text) for text in valuelist)))

    @staticmethod
    def _refuse_too_long(_form: Form, field: Field) -> None:
        assert isinstance(field, Text)
        over = len(field.data or "") - field.max_length
        if over > 0:
            raise ValidationError(
                ngettext("je tekst is %(num)d teken te lang.", "je tekst is %(num)d tekens te lang.", over)
            )


def visible(text: str) -> str:
    """Return a text with plain line ends and without control characters, which nobody typed on purpose."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in plain if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()


@cache
def _form_for(edition: str) -> type[Form]:
    questionnaire = load(edition)
    fields: dict[str, Any] = {item.id: _field(Answer, item) for item in questionnaire.items}
    fields |= {question.id: _field(Text, question) for question in questionnaire.open_questions}
    return type("AnswerForm", (Form,), fields)


def _field(kind: type[Field], asked: Item | OpenQuestion) -> Any:
    return kind(asked)  # type: ignore[arg-type]  # each kind takes what it asks; unbound until a form is made


class AnswerForm:
    """A list as it was posted, for one edition."""

    def __init__(self, edition: str, posted: MultiDict[str, str]) -> None:
        self._questionnaire = load(edition)
        self._form = _form_for(edition)(posted)
        self.is_valid = self._form.validate()
        self.unquoted = frozenset(posted.getlist(UNQUOTED)) & {one.id for one in self._questionnaire.open_questions}

    @property
    def answers(self) -> dict[str, int | str]:
        """Return what was chosen, by item."""
        chosen = {item.id: self._form[item.id].data for item in self._questionnaire.items}
        return {item: value for item, value in chosen.items() if value is not None}

    @property
    def texts(self) -> dict[str, str]:
        """Return what was written, by question, also when it is too long."""
        written = {one.id: self._form[one.id].data for one in self._questionnaire.open_questions}
        return {question: text for question, text in written.items() if text}

    @property
    def faults(self) -> dict[str, str]:
        """Return what must be changed, by item or question: the first thing that is wrong with each."""
        return {field.name: str(field.errors[0]) for field in self._form if field.errors}

    def response(self) -> Response:
        """Return everything that was answered; only when `is_valid`."""
        return Response(self.answers, self.texts, self.unquoted & self.texts.keys())

    def blanks(self) -> Iterable[str]:
        """Return the items that were skipped, in their order: allowed, and told when the list comes back anyway."""
        return [item.id for item in self._questionnaire.items if self._form[item.id].data is None]
