"""Answering: the list, and sending it. Before that moment nothing about it reaches the server, and nothing is kept."""

import dataclasses

from flask import Response, request
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from survey import ballots
from survey.ballots import AlreadyResponded, NothingAnswered, Place, RoundNotOpen, new_receipt_for
from survey.codes import in_groups
from survey.installation import installation
from survey.mirror.words import words_in
from survey.web.languages import FIRST
from survey.web.languages import NAMES as LANGUAGES
from survey.web.named_form import NamedQuestionsForm, in_words
from survey.web.respondent.answer_form import AnswerForm
from survey.web.respondent.door import door
from survey.web.respondent.facts_form import FactsForm
from survey.web.respondent.guests import (
    AlreadySent,
    Guest,
    ListClosed,
    admit,
    guest_with_id,
    refuse_outside_opening,
)
from survey.web.respondent.pages import answer, language_for, letter
from survey.web.respondent.sheet import Filled, Sheet, blank_page, filled_page, questions, sheet_for, thanks_page
from survey.web.respondent.starts import FormStart, StartDamaged
from survey.web.respondent.visits import current_visit, end, starts

UNPROCESSABLE = 422
WHOLE_LIST = ""
"""Stands in the place of a statement when the fault is about the list as a whole."""


@door.get("/lijst")
def show_list() -> Response:
    """Show an empty list with a start and a receipt code of its own."""
    visit = current_visit()
    guest = guest_with_id(visit.invitation_id)
    place = admit(installation(), guest, installation().clock())
    if place.responded and not guest.by_name:
        raise AlreadySent(guest)
    sheet = _sheet(guest, visit.language or language_for(guest.round_))
    return answer(
        blank_page(sheet, starts().form(_fresh_start(guest)), request.accept_encodings), sheet.kind, sheet.language
    )


@door.post("/lijst")
def send_list() -> Response:
    """Put a list in the box, or give it back with everything that was filled in."""
    start, start_is_good = _start_of(request.form)
    guest = guest_with_id(start.invitation_id)
    if "switch" in request.form:
        return _back(_sheet(guest, _language("switch")), start)
    sheet = _sheet(guest, _language("taal"))
    if not start_is_good:
        with force_locale(sheet.language):
            fault = _("De bladzijde was beschadigd. Kijk je antwoorden na en verstuur ze opnieuw.")
        return _back(sheet, start, {WHOLE_LIST: fault})
    refuse_outside_opening(guest, installation().clock())
    return _send(guest, sheet, start)


def _send(guest: Guest, sheet: Sheet, start: FormStart) -> Response:
    house, round_ = installation(), guest.round_
    box = house.boxes.of(round_.id)
    with force_locale(sheet.language):
        form, facts, named = _forms(sheet, request.form)
    if not form.is_valid or facts.faults or named.faults:
        return _back(sheet, start)
    try:
        place = _place(guest)
        response = dataclasses.replace(form.response(), facts={**facts.facts, **named.answers})
        ballots.cast(round_, box, house.hasher, place, response, start.receipt, house.clock())
    except NothingAnswered:
        return _back(sheet, start, {WHOLE_LIST: nothing_answered(sheet)})
    except AlreadyResponded as responded:
        raise AlreadySent(guest) from responded
    except RoundNotOpen as shut:
        raise ListClosed(guest) from shut
    return end(_thanks(guest, sheet, start, copy_of(sheet, form) + copy_of_facts(sheet, facts, named)))


def _forms(sheet: Sheet, posted: MultiDict[str, str]) -> tuple[AnswerForm, FactsForm, NamedQuestionsForm]:
    return (
        AnswerForm(sheet.edition, sheet.perspective, posted),
        FactsForm(sheet.round_kind, sheet.perspective, posted),
        NamedQuestionsForm(sheet.round_kind, sheet.perspective, posted),
    )


def _place(guest: Guest) -> Place:
    if guest.by_name:
        return ballots.place_of(installation().boxes.of(guest.round_.id), guest.invitation.id)
    return ballots.place_in_group(guest.invitation.id, guest.invitation.perspective)


def nothing_answered(sheet: Sheet) -> str:
    """Return what to say to a list without a single answer."""
    with force_locale(sheet.language):
        if not sheet.questionnaire.items:
            return str(_("Je hebt nog niets opgeschreven. Eén zin is genoeg."))
        return str(_("Je hebt nog niets gekozen. Eén antwoord is genoeg."))


def _thanks(guest: Guest, sheet: Sheet, start: FormStart, copy: list[tuple[str, str]]) -> Response:
    if guest.by_name:
        return letter("thanks_by_name", sheet.language, sheet=sheet, round=guest.round_, copy=copy)
    return answer(thanks_page(sheet, in_groups(start.receipt)), "letter", sheet.language)


def copy_of(sheet: Sheet, form: AnswerForm) -> list[tuple[str, str]]:
    """Return the copy for who answers by name: each question with the answer in words, in the order of the list."""
    asked, language = sheet.questionnaire, sheet.language
    words = asked.scale_words(language)
    lines = []
    for item in asked.items_for(sheet.perspective):
        value = form.answers.get(item.id)
        if isinstance(value, int):
            said = words[value - 1] if item.scale[1] == len(words) else str(value)
        else:
            said = asked.cannot_judge_words(language, sheet.perspective) if value else "–"
        lines.append((asked.statement(item.id, language, sheet.perspective, sheet.first_name), said))
    return lines + [(one.text, form.texts.get(one.id, "–")) for one in questions(sheet)]


def copy_of_facts(sheet: Sheet, facts: FactsForm, named: NamedQuestionsForm) -> list[tuple[str, str]]:
    """Return the same for the facts that were added, and for what only named roles are asked."""
    words = words_in(sheet.language)
    figures = [row for row in facts.rows if any(row.values())]
    lines = [(row["name"], ", ".join(filter(None, (row["figure"], row["date"], row["note"])))) for row in figures]
    lines += [(words(f"beside.signals.{one}"), words(f"beside.seen.{seen}")) for one, seen in facts.signals.items()]
    lines += [(words("beside.positive"), facts.positive)] if facts.positive else []
    return lines + in_words(sheet.round_kind, sheet.perspective, sheet.first_name, named.answers, words)


def _back(sheet: Sheet, start: FormStart, faults: dict[str, str] | None = None) -> Response:
    """Give the list back as it was sent, with what must change in it; on a switch of language nothing must."""
    page = filled_page(sheet, starts().form(start), filled(sheet, request.form, faults))
    return answer(page, "list_more", sheet.language, 200 if "switch" in request.form else UNPROCESSABLE)


def filled(sheet: Sheet, posted: MultiDict[str, str], faults: dict[str, str] | None = None) -> Filled:
    """Return what was posted as it comes back in the list."""
    with force_locale(sheet.language):
        form, facts, named = _forms(sheet, posted)
    switching = "switch" in posted
    told = {} if switching else form.faults | facts.faults | named.faults | (faults or {})
    blanks = () if switching else tuple(form.blanks())
    return Filled(form.answers, form.texts, form.unquoted, told, blanks, returned=True, facts=facts, named=named)


def _start_of(posted: MultiDict[str, str]) -> tuple[FormStart, bool]:
    """Return the start of a form, or a fresh one for the visit when it was damaged on its way. Raises VisitEnded."""
    try:
        return starts().read_form(posted.get("start", "")), True
    except StartDamaged:
        return _fresh_start(guest_with_id(current_visit().invitation_id)), False


def _fresh_start(guest: Guest) -> FormStart:
    return FormStart(guest.invitation.id, "" if guest.by_name else new_receipt_for(guest.round_))


def _sheet(guest: Guest, language: str) -> Sheet:
    return sheet_for(
        guest.round_, guest.invitation.perspective, language, guest.invitation.name if guest.by_name else ""
    )


def _language(field: str) -> str:
    asked = request.form.get(field, "")
    return asked if asked in LANGUAGES else FIRST
