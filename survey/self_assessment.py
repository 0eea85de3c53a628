"""The self-assessment: the owner's own answers, and what he expects of each group.

Saved part by part, handed in once, locked from then on. It may be handed in after the close, and then says so for
ever; nothing of the results is shown before. It must not know what anybody else answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from survey import named_questions
from survey.perspectives import PERSPECTIVES
from survey.questionnaires import Item, Questionnaire, Theme
from survey.store.database import db
from survey.store.rounds import Round, SelfAssessment, Standing

CANNOT_JUDGE = "cannot_judge"
LOWEST_MARK, HIGHEST_MARK = 1, 5
"""Of a predicted theme: the scale of the statements in it."""


class SelfAssessmentLocked(Exception):
    """It was handed in: from then on it is a fact."""


class NoSelfAssessment(Exception):
    """The round was cancelled: there will be nothing to lay it beside."""


class AnswerUnknown(Exception):
    """An answer to something that was not asked, or one that is not on its scale."""


class TextTooLong(Exception):
    """A text is longer than its question allows: `over` characters too many."""

    def __init__(self, question: str, over: int) -> None:
        super().__init__(f"{question}: {over} too many")
        self.question = question
        self.over = over


class TooFewAnswered(Exception):
    """Fewer statements were answered than a mirror needs to lay something beside."""

    def __init__(self, answered: int, needed: int) -> None:
        super().__init__(f"{answered} of at least {needed}")
        self.answered = answered
        self.needed = needed


@dataclass(frozen=True)
class Entries:
    """What the owner filled in on one part of the form.

    answers: item id -> 1..5 (1..10 for the gut feeling) or "cannot_judge". predictions: perspective -> item or theme
    id -> expected mark (1..5, high is healthy for a theme). texts: question id -> text; an empty one is taken away.
    """

    answers: Mapping[str, int | str] = field(default_factory=dict)
    predictions: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, Any] | None = None
    """What only the owner and named roles are asked, whole; None leaves what was kept before as it is."""


def save(round_: Round, questionnaire: Questionnaire, entries: Entries, now: datetime) -> SelfAssessment:
    """Keep a part of the form beside the parts kept before; all of it or nothing.

    Raises SelfAssessmentLocked, NoSelfAssessment, AnswerUnknown, TextTooLong, and what `named_questions.check` raises.
    """
    own = _open_for_writing(round_, now)
    for item_id, answer in entries.answers.items():
        _refuse_unknown_answer(questionnaire, item_id, answer)
    for perspective, expected in entries.predictions.items():
        _refuse_unknown_prediction(questionnaire, perspective, expected)
    texts = {question: " ".join(text.split()) for question, text in entries.texts.items()}
    _refuse_long_texts(questionnaire, texts)
    if entries.beside is not None:
        named_questions.check(round_.kind, named_questions.OWNER, entries.beside)
        own.beside = dict(entries.beside)
    own.answers = {**own.answers, **entries.answers}
    own.predictions = _merged(own.predictions, entries.predictions)
    own.texts = {question: text for question, text in {**own.texts, **texts}.items() if text}
    db.session.add(own)
    db.session.commit()
    return own


def hand_in(round_: Round, questionnaire: Questionnaire, now: datetime) -> SelfAssessment:
    """Lock the self-assessment; from now on the mirror can be opened once there is one. Handed in twice is once.

    Raises TooFewAnswered, NoSelfAssessment.
    """
    if is_handed_in(round_):
        assert round_.self_assessment is not None
        return round_.self_assessment
    own = _open_for_writing(round_, now)
    answered, needed = answered_count(round_, questionnaire), needed_count(questionnaire)
    if answered < needed:
        raise TooFewAnswered(answered, needed)
    own.handed_in_at = now
    own.after_close = round_.standing_at(now) in (Standing.CLOSED, Standing.COUNTED)
    db.session.commit()
    return own


def is_handed_in(round_: Round) -> bool:
    """Say whether the owner's own picture is in, so that results may be shown."""
    return round_.self_assessment is not None and round_.self_assessment.handed_in_at is not None


def statements_of(questionnaire: Questionnaire, theme: Theme) -> tuple[Item, ...]:
    """Return the statements of a theme that the owner answers for himself."""
    return tuple(item for item in questionnaire.items_of(theme.id) if item.asked_of_self)


def needed_count(questionnaire: Questionnaire) -> int:
    """Return how many statements must be answered: half of them, as a theme needs half of its own to be compared.

    Where there are no statements it is one text: something to lay beside what others write.
    """
    return max(1, -(-len(_statements(questionnaire)) // 2))


def answered_count(round_: Round, questionnaire: Questionnaire) -> int:
    """Return how many statements have an answer on the scale; "cannot judge" and the gut feeling are not among them.

    Where there are no statements, how many texts there are.
    """
    if not questionnaire.items:
        return len(round_.self_assessment.texts) if round_.self_assessment else 0
    given = round_.self_assessment.answers if round_.self_assessment else {}
    return sum(isinstance(given.get(item.id), int) for item in _statements(questionnaire))


def is_predicted_for(questionnaire: Questionnaire, about: str, perspective: str) -> bool:
    """Say whether the owner is asked what a perspective will answer to an item or a theme: only where it is asked."""
    items = [item for item in questionnaire.items if about in (item.id, item.theme)]
    return questionnaire.themes_are_predicted and any(perspective in item.asked_of for item in items)


def _statements(questionnaire: Questionnaire) -> list[Item]:
    return [item for theme in questionnaire.themes for item in statements_of(questionnaire, theme)]


def _open_for_writing(round_: Round, now: datetime) -> SelfAssessment:
    if round_.standing_at(now) is Standing.CANCELLED:
        raise NoSelfAssessment
    if is_handed_in(round_):
        raise SelfAssessmentLocked
    if round_.self_assessment is None:
        round_.self_assessment = SelfAssessment(round_id=round_.id, answers={}, predictions={}, texts={}, beside={})
    return round_.self_assessment


def _refuse_unknown_answer(questionnaire: Questionnaire, item_id: str, answer: int | str) -> None:
    item = next((one for one in questionnaire.items if one.id == item_id and one.asked_of_self), None)
    if item is None:
        raise AnswerUnknown(item_id)
    if answer != CANNOT_JUDGE and not (_is_whole(answer) and item.scale[0] <= int(answer) <= item.scale[1]):
        raise AnswerUnknown(item_id)


def _refuse_unknown_prediction(questionnaire: Questionnaire, perspective: str, expected: Mapping[str, int]) -> None:
    predicted = {theme.id for theme in questionnaire.themes}
    predicted |= {item.id for item in questionnaire.items if item.predicted}
    if perspective not in PERSPECTIVES or not predicted.issuperset(expected):
        raise AnswerUnknown(perspective)
    if not all(is_predicted_for(questionnaire, about, perspective) for about in expected):
        raise AnswerUnknown(perspective)
    if not all(_is_whole(mark) and LOWEST_MARK <= mark <= HIGHEST_MARK for mark in expected.values()):
        raise AnswerUnknown(perspective)


def _refuse_long_texts(questionnaire: Questionnaire, texts: Mapping[str, str]) -> None:
    limits = {question.id: question.max_length for question in questionnaire.open_questions}
    for question, text in texts.items():
        if question not in limits:
            raise AnswerUnknown(question)
        if len(text) > limits[question]:
            raise TextTooLong(question, len(text) - limits[question])


def _is_whole(answer: object) -> bool:
    return isinstance(answer, int) and not isinstance(answer, bool)


def _merged(kept: Mapping[str, Mapping[str, int]], new: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    perspectives = [one for one in PERSPECTIVES if one in kept or one in new]
    return {one: {**kept.get(one, {}), **new.get(one, {})} for one in perspectives}
