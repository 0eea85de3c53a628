"""The list as one person sees it: statements by theme in the edition's order, in his language and his role.

A sheet that nobody filled in yet differs between two people of one group only in its start, so its page is kept.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from werkzeug.datastructures import Accept, MultiDict

from survey.facts import FIGURE_PARTS, MOST_FIGURES, SEEN, SIGNAL_IDS
from survey.mirror.words import words_in
from survey.named_questions import asked_of
from survey.perspectives import answers_by_name
from survey.questionnaires import OVERALL, Item, Questionnaire, load
from survey.store.rounds import Round
from survey.web.languages import NAMES as LANGUAGES
from survey.web.named_form import NamedQuestionsForm, question_in_words
from survey.web.respondent.facts_form import POSITIVE, FactsForm
from survey.web.respondent.pages import KEPT_PAGES, Kind, render, without_indents
from survey.web.respondent.promise import called
from survey.web.respondent.wire import Body, Pressed

START: Final = "-start-of-this-form-"
"""Stands in the kept page where each form gets its own start."""


@dataclass(frozen=True)
class Sheet:
    """What the page of a list depends on, but for what was filled in."""

    round_kind: str
    edition: str
    language: str
    perspective: str
    first_name: str
    owner: str
    partner: str
    shown_from: int
    closes_on: date
    contact_name: str
    contact_address: str
    name: str
    """Of who answers by name; empty for everybody in an anonymous group."""
    replaces_by_code: bool = False
    """Whether it was asked for with a receipt code, to take the place of an earlier ballot."""

    @property
    def questionnaire(self) -> Questionnaire:
        """The edition."""
        return load(self.edition)

    @property
    def by_name(self) -> bool:
        """Whether it is answered by name."""
        return answers_by_name(self.perspective)

    @property
    def kind(self) -> Kind:
        """Which style sheet its empty page needs."""
        return "list_more" if asked_of(self.round_kind, self.perspective) else "list"


@dataclass(frozen=True)
class Statement:
    """One statement; `number` is None for the gut feeling."""

    id: str
    number: int | None
    text: str


@dataclass(frozen=True)
class Part:
    """A theme with its statements; on a short list all of them, under no name."""

    name: str
    introduction: str | None
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Question:
    """An open question with its hint."""

    id: str
    text: str
    hint: str
    max_length: int


@dataclass(frozen=True)
class Filled:
    """What stands in the list when it comes back: nothing that was typed is ever emptied."""

    answers: dict[str, int | str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    unquoted: frozenset[str] = frozenset()
    faults: dict[str, str] = field(default_factory=dict)
    """Item or question id -> what must change. The id "" is about the list as a whole."""
    blanks: tuple[str, ...] = ()
    returned: bool = False
    facts: FactsForm | None = None
    """What an accountant or a bank added; nothing on a list that is empty."""
    named: NamedQuestionsForm | None = None
    """What only named roles are asked; nothing on a list that is empty."""


def sheet_for(round_: Round, perspective: str, language: str, name: str = "", *, by_code: bool = False) -> Sheet:
    """Return the sheet of a round for somebody of this perspective."""
    return Sheet(
        round_kind=round_.kind,
        edition=round_.questionnaire,
        language=language,
        perspective=perspective,
        first_name=called(round_),
        owner=round_.subject_name,
        partner=round_.partner_name,
        shown_from=round_.minimum,
        closes_on=round_.closes_on,
        contact_name=round_.contact_name,
        contact_address=round_.contact_address,
        name=name,
        replaces_by_code=by_code,
    )


def blank_page(sheet: Sheet, start: str, accepted: Accept) -> str | Body:
    """Return the page of a list on which nothing was filled in; a group's is compressed once and kept."""
    if sheet.by_name:
        return _page(sheet, start, Filled())
    before, after = _kept_page(sheet)
    return before.ending(start + after, accepted)


def thanks_page(sheet: Sheet, code: str) -> str:
    """Return the page that thanks somebody in an anonymous group and shows the receipt code."""
    before, after = _kept_thanks(sheet)
    return before + code + after


@lru_cache(maxsize=KEPT_PAGES)
def _kept_thanks(sheet: Sheet) -> tuple[str, str]:
    page = render("thanks", "letter", sheet.language, languages={}, sheet=sheet, round=sheet, code=START)
    before, _, after = without_indents(page).partition(START)
    return before, after


def filled_page(sheet: Sheet, start: str, filled: Filled) -> str:
    """Return the page of a list that comes back."""
    return _page(sheet, start, filled)


@lru_cache(maxsize=KEPT_PAGES)
def _kept_page(sheet: Sheet) -> tuple[Pressed, str]:
    before, _, after = without_indents(_page(sheet, START, Filled())).partition(START)
    return Pressed.of(before), after


def _page(sheet: Sheet, start: str, filled: Filled) -> str:
    return render(
        "list",
        "list_more" if filled.returned else sheet.kind,
        sheet.language,
        languages=LANGUAGES,
        sheet=sheet,
        parts=parts(sheet),
        gut_feeling=gut_feeling(sheet),
        questions=questions(sheet),
        scale=sheet.questionnaire.scale_words(sheet.language),
        ends=sheet.questionnaire.mark_ends(sheet.language),
        cannot_judge=sheet.questionnaire.cannot_judge_words(sheet.language, sheet.perspective),
        period=sheet.questionnaire.period(sheet.language),
        start=start,
        filled=filled,
        numbers=numbers(sheet),
        titles={one.id: one.text for one in questions(sheet)} | _titles_of_facts(sheet),
        facts=filled.facts or FactsForm(sheet.round_kind, sheet.perspective, MultiDict()),
        named=filled.named or NamedQuestionsForm(sheet.round_kind, sheet.perspective, MultiDict()),
        asked_in_words={one: _named_question(sheet, one) for one in asked_of(sheet.round_kind, sheet.perspective)},
        first_id=_first_id(sheet),
        w=words_in(sheet.language),
        lengths=FIGURE_PARTS,
        signals=SIGNAL_IDS,
        seen_words=SEEN,
    )


def parts(sheet: Sheet) -> tuple[Part, ...]:
    """Return the themes in the order on the phone."""
    asked, numbered = sheet.questionnaire, numbers(sheet)
    if asked.is_short:
        statements = tuple(_statement(sheet, asked.item(id_), number) for id_, number in numbered.items())
        return (Part("", None, statements),) if statements else ()
    found = (
        Part(
            asked.theme_name(theme.id, sheet.language),
            asked.theme_introduction(theme.id, sheet.language, sheet.perspective),
            tuple(
                _statement(sheet, item, numbered[item.id]) for item in asked.items_of(theme.id) if item.id in numbered
            ),
        )
        for theme in asked.themes
    )
    return tuple(part for part in found if part.statements)


def gut_feeling(sheet: Sheet) -> tuple[Statement, ...]:
    """Return what is asked before all themes."""
    return tuple(_statement(sheet, item, None) for item in sheet.questionnaire.items_of(OVERALL))


def questions(sheet: Sheet) -> tuple[Question, ...]:
    """Return the open questions."""
    asked, language, role = sheet.questionnaire, sheet.language, sheet.perspective
    return tuple(
        Question(
            one.id,
            asked.open_question(one.id, language, role, sheet.first_name),
            asked.open_question_hint(one.id, language, role),
            one.max_length,
        )
        for one in asked.open_questions
    )


def numbers(sheet: Sheet) -> dict[str, int]:
    """Return the number on the phone of every statement in a theme."""
    ids = [item.id for item in sheet.questionnaire.items_for(sheet.perspective) if item.theme != OVERALL]
    return {id_: number for number, id_ in enumerate(ids, start=1)}


def _statement(sheet: Sheet, item: Item, number: int | None) -> Statement:
    text = sheet.questionnaire.statement(item.id, sheet.language, sheet.perspective, sheet.first_name)
    return Statement(item.id, number, text)


def _first_id(sheet: Sheet) -> str:
    """Where somebody begins: the first that is asked."""
    asked = [one.id for one in gut_feeling(sheet)] + [one.id for one in questions(sheet)]
    return asked[0] if asked else ""


def _named_question(sheet: Sheet, question: str) -> str:
    return question_in_words(question, sheet.perspective, sheet.first_name, words_in(sheet.language))


def _titles_of_facts(sheet: Sheet) -> dict[str, str]:
    words = words_in(sheet.language)
    titles = {f"signal-{signal}": words(f"beside.signals.{signal}") for signal in SIGNAL_IDS}
    titles |= {one: _named_question(sheet, one) for one in asked_of(sheet.round_kind, sheet.perspective)}
    titles |= {f"figure-{number}": f"{words('beside.figure')} {number}" for number in range(1, MOST_FIGURES + 1)}
    return titles | {POSITIVE: words("beside.positive")}
