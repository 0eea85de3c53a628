"""The owner's own picture: part by part, kept at every step, handed in at the end.

A part for each theme (the gut feeling stands on top of the first), the open questions, and what only the owner and
named roles are asked; a short list has its statements in one part. It must not show anything of what others answered.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from flask import flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from survey import self_assessment
from survey.installation import installation
from survey.mirror.words import words_in
from survey.named_questions import OWNER, asked_of
from survey.perspectives import answers_by_name
from survey.questionnaires import OVERALL, SELF, Item, Questionnaire, load
from survey.self_assessment import AnswerUnknown, Entries, SelfAssessmentLocked, TextTooLong, TooFewAnswered
from survey.store.database import db
from survey.store.people import invitations_of
from survey.store.rounds import Round, SelfAssessment, Standing
from survey.web.access import NotYours, current_account, own_company, own_round
from survey.web.languages import gettext as _
from survey.web.languages import language, ngettext
from survey.web.named_form import NamedQuestionsForm, in_words, question_in_words
from survey.web.owner.door import door, show

UNPROCESSABLE = 422
IN_OWN_WORDS: Final = "woorden"
"""The part with the open questions, in the address; those before it are named by their theme."""
ALL_AT_ONCE: Final = "alles"
"""The part with all statements of a short list."""
SPARRING: Final = "sparren"
"""The last part of a mirror: a hundred points and three key figures."""
PREDICTED: Final = "verwacht"
"""How the fields of predictions begin: verwacht.employees.openness."""


@dataclass(frozen=True)
class Asked:
    """One statement as it stands on the page; the answer row reads it."""

    id: str
    number: int
    text: str


@dataclass(frozen=True)
class Expected:
    """One row of the prediction block: what the owner expects of one group about one theme or item."""

    name: str
    group: str
    chosen: int | None


@dataclass(frozen=True)
class ExpectedBlock:
    """Predictions about one thing, asked of every group or only of some at once."""

    id: str
    question: str
    words: tuple[str, ...]
    at_once: tuple[Expected, ...]
    more: tuple[Expected, ...]


@dataclass(frozen=True)
class Filled:
    """What stands in a part now. The answer row reads `answers` and `faults`."""

    answers: Mapping[str, str | int | None]
    texts: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)


@door.get("/ronde/<round_id>/zelfbeeld")
def own_picture(round_id: str) -> str | Response:
    """Show how far it is, or what was handed in."""
    round_ = _round_about_me(round_id)
    if round_.standing_at(installation().clock()) is Standing.CANCELLED:
        return redirect(url_for(".round_", round_id=round_.id), 303)
    if round_.self_assessment is None:
        return redirect(url_for(".own_part", round_id=round_.id, part=_parts(_edition(round_))[0]), 303)
    return _overview(round_)


@door.get("/ronde/<round_id>/zelfbeeld/<part>")
def own_part(round_id: str, part: str) -> str | Response:
    """Show one part to fill in."""
    round_ = _round_about_me(round_id)
    edition = _edition(round_)
    if part not in _parts(edition):
        raise NotFound
    if _is_closed_to_writing(round_):
        return redirect(url_for(".own_picture", round_id=round_.id), 303)
    own = round_.self_assessment
    return _page(
        round_, edition, part, Filled(own.answers if own else {}, own.texts if own else {}), _named_kept(round_)
    )


@door.post("/ronde/<round_id>/zelfbeeld/<part>")
def keep_part(round_id: str, part: str) -> Response | tuple[str, int]:
    """Keep one part and go on to where the pressed button leads."""
    round_ = _round_about_me(round_id)
    edition = _edition(round_)
    if part not in _parts(edition):
        raise NotFound
    named = NamedQuestionsForm(round_.kind, OWNER, request.form) if part in _with_named(round_) else None
    if named is not None and named.faults:
        typed: dict[str, str] = request.form.to_dict()
        return _page(round_, edition, part, Filled(typed, typed, named.faults), named), UNPROCESSABLE
    try:
        entries = replace(_entries(edition, part), beside=named.answers if named else None)
        self_assessment.save(round_, edition, entries, installation().clock())
    except SelfAssessmentLocked:
        flash(_("Jouw beeld is al ingeleverd en zit op slot. Er is niets veranderd."))
        return redirect(url_for(".own_picture", round_id=round_.id), 303)
    except TextTooLong as long:
        db.session.rollback()
        return _too_long(own_round(round_id), edition, part, long), UNPROCESSABLE
    except AnswerUnknown:
        db.session.rollback()
        raise BadRequest from None
    return redirect(_next_address(round_, edition, part), 303)


@door.post("/ronde/<round_id>/zelfbeeld")
def hand_in(round_id: str) -> Response | tuple[str, int]:
    """Lock the owner's picture."""
    round_ = _round_about_me(round_id)
    if round_.self_assessment is None:
        return redirect(url_for(".own_picture", round_id=round_.id), 303)
    try:
        self_assessment.hand_in(round_, _edition(round_), installation().clock())
    except TooFewAnswered as few:
        db.session.rollback()
        if not _edition(round_).items:
            problem = _(
                "Schrijf eerst op waar je wakker van ligt. Dan is er iets om naast het antwoord van anderen te leggen."
            )
            return _overview(own_round(round_id), problem), UNPROCESSABLE
        problem = _(
            "Je beantwoordde %(answered)d stellingen. Vul er minstens %(needed)d in, dan is er genoeg om naast de "
            "antwoorden van anderen te leggen.",
            answered=few.answered,
            needed=few.needed,
        )
        return _overview(own_round(round_id), problem), UNPROCESSABLE
    flash(_("Jouw beeld is ingeleverd en zit op slot."))
    return redirect(url_for(".home", company_id=round_.company_id), 303)


def _round_about_me(round_id: str) -> Round:
    """Return the round when it mirrors who is signed in; another owner neither reads this nor fills it in.

    Raises NotYours.
    """
    round_ = own_round(round_id)
    if round_.subject_id != current_account().id:
        raise NotYours
    return round_


def _overview(round_: Round, problem: str = "") -> str:
    edition, own = _edition(round_), round_.self_assessment
    assert own is not None
    return show(
        "own_picture",
        own_company(round_.company_id),
        round_,
        own=own,
        handed_in=self_assessment.is_handed_in(round_),
        late=round_.standing_at(installation().clock()) in (Standing.CLOSED, Standing.COUNTED),
        parts=[(part, _title(edition, part), _progress(edition, part, own)) for part in _parts(edition)],
        has_statements=bool(edition.items),
        answered=self_assessment.answered_count(round_, edition),
        needed=self_assessment.needed_count(edition),
        problem=problem,
        given=list(_given(round_.kind, edition, own)),
    )


def _page(
    round_: Round, edition: Questionnaire, part: str, filled: Filled, named: NamedQuestionsForm | None = None
) -> str:
    words = words_in(language())
    parts = _parts(edition)
    place = parts.index(part)
    mark = edition.items_of(OVERALL)
    return show(
        "own_part",
        own_company(round_.company_id),
        round_,
        part=part,
        title=_title(edition, part),
        place=place + 1,
        parts=len(parts),
        following=_title(edition, parts[place + 1]) if place + 1 < len(parts) else None,
        period=edition.period(language()),
        filled=filled,
        gut_feeling=[_asked(edition, item, 0) for item in mark] if place == 0 else [],
        mark_ends=edition.mark_ends(language()),
        statements=_statements(edition, part),
        scale=edition.scale_words(language()),
        cannot_judge=edition.cannot_judge_words(language(), SELF),
        blocks=list(_blocks(round_, edition, part)),
        questions=_questions(edition) if part == IN_OWN_WORDS else [],
        named=named if part in _with_named(round_) else None,
        asked_in_words={one: question_in_words(one, OWNER, "", words) for one in asked_of(round_.kind, OWNER)},
        w=words,
    )


def _with_named(round_: Round) -> list[str]:
    """Return the part on which stands what only the owner and named roles are asked, if anything is."""
    asked = asked_of(round_.kind, OWNER)
    return [ALL_AT_ONCE if _edition(round_).is_short else SPARRING] if asked else []


def _named_kept(round_: Round) -> NamedQuestionsForm:
    own = round_.self_assessment
    return NamedQuestionsForm.holding(round_.kind, OWNER, own.beside if own else {})


def _too_long(round_: Round, edition: Questionnaire, part: str, long: TextTooLong) -> str:
    words = ngettext("Haal %(num)d teken weg.", "Haal %(num)d tekens weg.", long.over)
    return _page(round_, edition, part, Filled(request.form.to_dict(), request.form.to_dict(), {long.question: words}))


def _entries(edition: Questionnaire, part: str) -> Entries:
    """Read what was posted on one part; fields of other parts are no business of this page. Raises AnswerUnknown."""
    form: MultiDict[str, str] = request.form
    if part == IN_OWN_WORDS:
        return Entries(texts={one.id: form.get(one.id, "") for one in edition.open_questions})
    if part == SPARRING:
        return Entries()
    asked = [item for item in _items(edition, part) if item.id in form]
    predictions: dict[str, dict[str, int]] = {}
    for name in form:
        if name.startswith(f"{PREDICTED}."):
            _prefix, perspective, about = f"{name}..".split(".")[:3]
            predictions.setdefault(perspective, {})[about] = _whole(form[name])
    return Entries({item.id: _answer(form[item.id]) for item in asked}, predictions)


def _answer(typed: str) -> int | str:
    return typed if typed == self_assessment.CANNOT_JUDGE else _whole(typed)


def _whole(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 2):
        raise AnswerUnknown(typed[:20])
    return int(typed)


def _next_address(round_: Round, edition: Questionnaire, part: str) -> str:
    parts = _parts(edition)
    place = parts.index(part)
    pressed = request.form.get("press", "next")
    if pressed == "stop":
        flash(_("Bewaard. Je kunt later verder waar je was."))
        return url_for(".home", company_id=round_.company_id)
    place += -1 if pressed == "back" else 1
    if 0 <= place < len(parts):
        return url_for(".own_part", round_id=round_.id, part=parts[place])
    return url_for(".own_picture", round_id=round_.id)


def _blocks(round_: Round, edition: Questionnaire, part: str) -> Iterator[ExpectedBlock]:
    """Give the predictions of a theme: what is asked of everyone first, then the mark for the theme."""
    if part in (IN_OWN_WORDS, SPARRING) or not edition.themes_are_predicted:
        return
    spoken = language()
    of_theme = edition.items_of(part)
    invited = [
        group.perspective for group in round_.groups if any(group.perspective in item.asked_of for item in of_theme)
    ]
    for item in of_theme:
        if item.predicted:
            statement = edition.statement(item.id, spoken, SELF, "")
            question = f"{statement} {edition.item_prediction(spoken)}"
            rows = tuple(_expected(round_, perspective, item.id) for perspective in invited)
            yield ExpectedBlock(item.id, question, edition.scale_words(spoken), rows, ())
    at_once = [one for one in invited if one in edition.themes_predicted_at_once]
    more = [one for one in invited if one not in at_once]
    low, high = edition.prediction_ends(spoken)
    yield ExpectedBlock(
        part,
        edition.theme_prediction(part, spoken),
        (f"1 {low}", "2", "3", "4", f"5 {high}"),
        tuple(_expected(round_, perspective, part) for perspective in at_once),
        tuple(_expected(round_, perspective, part) for perspective in more),
    )


def _expected(round_: Round, perspective: str, about: str) -> Expected:
    own = round_.self_assessment
    chosen = own.predictions.get(perspective, {}).get(about) if own else None
    return Expected(f"{PREDICTED}.{perspective}.{about}", _called(round_, perspective), chosen)


def _called(round_: Round, perspective: str) -> str:
    """Return a group as the owner speaks of it: "De medewerkers", "Rob, je accountant"."""
    people = (
        [one.name.partition(" ")[0] for one in invitations_of(round_.id, perspective)]
        if answers_by_name(perspective)
        else []
    )
    if len(people) == 1 and people[0]:
        return {
            "co_owner": _("%(name)s, mede-eigenaar", name=people[0]),
            "accountant": _("%(name)s, je accountant", name=people[0]),
            "bank": _("%(name)s van de bank", name=people[0]),
            "adviser": _("%(name)s, je adviseur", name=people[0]),
            "peer": _("%(name)s, collega-ondernemer", name=people[0]),
        }[perspective]
    return {
        "employees": _("De medewerkers"),
        "co_owner": _("De mede-eigenaren"),
        "accountant": _("De accountants"),
        "bank": _("De bank"),
        "adviser": _("De adviseurs"),
        "peer": _("De collega-ondernemers"),
    }[perspective]


def _statements(edition: Questionnaire, part: str) -> list[Asked]:
    if part in (IN_OWN_WORDS, SPARRING):
        return []
    if part == ALL_AT_ONCE:
        asked = [item for item in edition.items if item.asked_of_self and item.theme != OVERALL]
        return [_asked(edition, item, place) for place, item in enumerate(asked, start=1)]
    before = _parts(edition)[: _parts(edition).index(part)]
    number = sum(len(self_assessment.statements_of(edition, edition.theme(one))) for one in before)
    own = self_assessment.statements_of(edition, edition.theme(part))
    return [_asked(edition, item, place) for place, item in enumerate(own, start=number + 1)]


def _items(edition: Questionnaire, part: str) -> list[Item]:
    if part == SPARRING:
        return []
    if part == ALL_AT_ONCE:
        return [item for item in edition.items if item.asked_of_self]
    own = list(self_assessment.statements_of(edition, edition.theme(part)))
    return [*edition.items_of(OVERALL), *own] if part == _parts(edition)[0] else own


def _asked(edition: Questionnaire, item: Item, number: int) -> Asked:
    return Asked(item.id, number, edition.statement(item.id, language(), SELF, ""))


def _questions(edition: Questionnaire) -> list[dict[str, str | int]]:
    spoken = language()
    return [
        {
            "id": one.id,
            "text": edition.open_question(one.id, spoken, SELF, ""),
            "hint": edition.open_question_hint(one.id, spoken, SELF),
            "most": one.max_length,
        }
        for one in edition.open_questions
    ]


def _given(kind: str, edition: Questionnaire, own: SelfAssessment) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Give per part what the owner answered, in words."""
    spoken = language()
    for part in (part for part in _parts(edition) if part not in (IN_OWN_WORDS, SPARRING)):
        answered = [
            (edition.statement(item.id, spoken, SELF, ""), _in_words(edition, item, own.answers[item.id]))
            for item in _items(edition, part)
            if item.id in own.answers
        ]
        yield _title(edition, part), answered
    told = [
        (edition.open_question(one.id, spoken, SELF, ""), own.texts[one.id])
        for one in edition.open_questions
        if one.id in own.texts
    ]
    yield _title(edition, IN_OWN_WORDS), told
    yield _title(edition, SPARRING), in_words(kind, OWNER, "", own.beside, words_in(spoken))


def _in_words(edition: Questionnaire, item: Item, answer: int | str) -> str:
    spoken = language()
    if answer == self_assessment.CANNOT_JUDGE:
        return edition.cannot_judge_words(spoken, SELF)
    if item.theme == OVERALL:
        return str(answer)
    return edition.scale_words(spoken)[int(answer) - item.scale[0]]


def _progress(edition: Questionnaire, part: str, own: SelfAssessment) -> str:
    if part == IN_OWN_WORDS:
        return _("mag leeg blijven") if not own.texts else _("ingevuld")
    if part == SPARRING:
        return _("mag leeg blijven") if not own.beside else _("ingevuld")
    items = _items(edition, part)
    if not items:
        predicted = any(part in expected for expected in own.predictions.values())
        return _("ingevuld") if predicted else _("mag leeg blijven")
    given = sum(item.id in own.answers for item in items)
    return _("%(given)d van %(all)d ingevuld", given=given, all=len(items))


def _title(edition: Questionnaire, part: str) -> str:
    titles = {
        IN_OWN_WORDS: _("In je eigen woorden"),
        ALL_AT_ONCE: _("Hoe het nu gaat"),
        SPARRING: _("Wie en welke cijfers"),
    }
    return titles.get(part) or edition.theme_name(part, language())


def _parts(edition: Questionnaire) -> list[str]:
    if edition.is_short:
        return [*([ALL_AT_ONCE] if edition.items else []), *([IN_OWN_WORDS] if edition.open_questions else [])]
    return [*(theme.id for theme in edition.themes), IN_OWN_WORDS, SPARRING]


def _edition(round_: Round) -> Questionnaire:
    return load(round_.questionnaire)


def _is_closed_to_writing(round_: Round) -> bool:
    cancelled = round_.standing_at(installation().clock()) is Standing.CANCELLED
    return cancelled or self_assessment.is_handed_in(round_)
