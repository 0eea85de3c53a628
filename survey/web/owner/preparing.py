"""Preparing a round: one page, on which nothing that was typed is lost. Nothing leaves from here."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from flask import flash, redirect, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from survey import clock, rounds
from survey.addresses import ListTooLarge, NotText, Person, decode, mailbox, read_people
from survey.installation import installation
from survey.kinds import CIRCLE, MIRROR, ONE_QUESTION, THERMOMETER, kind_with
from survey.mirror.words import words_in
from survey.perspectives import answers_by_name
from survey.rhythm import groups_in
from survey.rounds import GroupPlan
from survey.spreadsheets import (
    LARGEST_WORKBOOK,
    SeveralSheets,
    WorkbookHoldsPrograms,
    WorkbookOld,
    WorkbookRefused,
    WorkbookTooLarge,
    WorkbookUnreadable,
)
from survey.store.address_books import address_book_of
from survey.store.database import db
from survey.store.people import Account, Company
from survey.store.rounds import Round, RoundDraft, draft_of, rounds_of
from survey.web.access import current_account, own_company, own_round
from survey.web.languages import gettext as _
from survey.web.languages import language
from survey.web.owner.caution import cautions
from survey.web.owner.door import door, group_name, show
from survey.web.owner.plan_form import PlanForm, field_names, fields_of, group_fields, kind_of, open_form, read

UNPROCESSABLE = 422

_TOO_LARGE: Final = _l("Dit bestand is te groot voor een lijst met adressen. Zet er alleen namen en adressen in.")
FILE_REFUSED: Final[Mapping[type[Exception], object]] = {
    NotText: _l("Dit bestand is geen lijst. Kies een Excel-bestand (.xlsx) of een CSV."),
    ListTooLarge: _TOO_LARGE,
    WorkbookTooLarge: _TOO_LARGE,
    WorkbookHoldsPrograms: _l(
        "In dit bestand zitten macro’s of andere bestanden. Bewaar het in Excel als gewone werkmap (.xlsx)."
    ),
    WorkbookOld: _l(
        "Dit is een oud Excel-bestand, of er zit een wachtwoord op. Bewaar het als .xlsx zonder wachtwoord."
    ),
    WorkbookUnreadable: _l("Dit bestand konden we niet lezen. Kies in Excel ‘Opslaan als’ en dan ‘CSV’, en kies dat."),
    SeveralSheets: _l("Op meer dan één blad staat iets. Laat alleen het blad met de adressen staan."),
}
"""What is wrong with a file -> what to do about it. Nothing of a refused file is taken over."""


@door.get("/bedrijf/<company_id>/voorbereiden")
def prepare(company_id: str) -> str | Response:
    """Show the page for a new round, with what was typed before."""
    company = own_company(company_id)
    if (waiting := _waiting_round(company)) is not None:
        return redirect(url_for(".change", round_id=waiting.id), 303)
    draft = draft_of(company.id)
    begun = draft is not None and draft.round_id is None
    return _page(company, None, draft.fields if draft and begun else _first_fields(company))


@door.post("/bedrijf/<company_id>/voorbereiden")
def prepare_round(company_id: str) -> str | Response | tuple[str, int]:
    """Write a new round down, or keep what was typed."""
    return _receive(own_company(company_id), None)


@door.get("/ronde/<round_id>/voorbereiden")
def change(round_id: str) -> str:
    """Show a round that was not sent yet, to change it."""
    round_ = own_round(round_id)
    _refuse_frozen(round_)
    company = own_company(round_.company_id)
    draft = draft_of(company.id)
    fields = (
        draft.fields if draft and draft.round_id == round_.id else fields_of(rounds.plan_of(round_), _subject(round_))
    )
    return _page(company, round_, fields)


@door.post("/ronde/<round_id>/voorbereiden")
def change_round(round_id: str) -> str | Response | tuple[str, int]:
    """Write a round down again."""
    round_ = own_round(round_id)
    _refuse_frozen(round_)
    return _receive(own_company(round_.company_id), round_)


@door.post("/ronde/<round_id>/zonder-medewerkers")
def leave_staff_out(round_id: str) -> Response:
    """Go on without a group that can never be shown."""
    round_ = own_round(round_id)
    _refuse_frozen(round_)
    plan = rounds.plan_of(round_)
    kept = tuple(group for group in plan.groups if group.perspective != "employees")
    company, subject = own_company(round_.company_id), _subject(round_)
    _forget_draft(company)
    usual = kind_with(plan.kind).editions[0]  # nobody is left to answer about the work
    rounds.prepare(company, subject, replace(plan, groups=kept, questionnaire=usual), round_)
    flash(_("De medewerkers doen deze ronde niet mee."))
    return redirect(url_for(".look_before_sending", round_id=round_.id), 303)


def _receive(company: Company, round_: Round | None) -> str | Response | tuple[str, int]:
    fields = {name: request.form.get(name, "") for name in field_names()}
    problem = _add_file(fields, request.files.get("file"))
    pressed = request.form.get("press", "next")
    if pressed == "book":
        _add_address_book(fields, company)
        _keep(company, round_, fields)
        return _show(company, round_, open_form(fields, company), from_book=True)
    if pressed == "file" or problem:
        _keep(company, round_, fields)
        return _page(company, round_, fields, file_problem=problem or "", added=not problem), 422 if problem else 200
    if pressed == "stop":
        _keep(company, round_, fields)
        flash(_("Bewaard zoals het er stond. Er is niets verstuurd."))
        return redirect(url_for(".home", company_id=company.id), 303)
    return _write_down(company, round_, fields)


def _write_down(company: Company, round_: Round | None, fields: Mapping[str, str]) -> str | Response | tuple[str, int]:
    form = open_form(fields, company)
    subject = _chosen_subject(company, form)
    reading = read(form, company, subject, _today(), round_.id if round_ else None)
    if reading.plan is None:
        _keep(company, round_, fields)
        return _show(company, round_, form), UNPROCESSABLE
    _forget_draft(company)
    round_ = rounds.prepare(company, subject, reading.plan, round_)
    if reading.left_out:
        names = ", ".join(group_name(one) for one in reading.left_out)
        flash(_("In deze soort ronde vragen we geen: %(groups)s. Die lijst is niet meegenomen.", groups=names))
    return redirect(url_for(".look_before_sending", round_id=round_.id), 303)


def _page(
    company: Company, round_: Round | None, fields: Mapping[str, str], file_problem: str = "", added: bool = False
) -> str:
    return _show(company, round_, open_form(fields, company), file_problem, added)


def _show(
    company: Company,
    round_: Round | None,
    form: PlanForm,
    file_problem: str = "",
    added: bool = False,
    from_book: bool = False,
) -> str:
    found = cautions(rounds.plan_of(round_), _subject(round_)) if round_ is not None else []
    return show(
        "prepare",
        company,
        round_,
        form=form,
        file_problem=file_problem,
        added=added,
        has_book=bool(_address_book(company)),
        from_book=from_book,
        cautions=found,
        asks_who_moved=_asked_staff_before(company, round_),
        kinds=_kinds_in_words(),
        kind=kind_of(form).id,
    )


def _kinds_in_words() -> dict[str, tuple[str, str]]:
    """Return what can be chosen: the name of each kind, and in a few words whom it asks and what comes of it."""
    words = words_in(language())
    told = {
        MIRROR: _(
            "De hele lijst, aan iedereen om je heen. Kost hun 3 tot 6 minuten. Je krijgt een spiegel van 6 tot 8 "
            "bladzijden, voor een gesprek van anderhalf uur."
        ),
        THERMOMETER: _(
            "Zes vragen aan je bank, accountant of adviseur; je medewerkers mogen erbij. Kost hun een minuut of twee. "
            "Je krijgt één of twee bladzijden. Op naam kan het elke maand."
        ),
        ONE_QUESTION: _(
            "Waar lig je ’s avonds wakker van? Jij en de anderen schrijven een antwoord. Kost hun een minuut of twee. "
            "Je krijgt één bladzijde."
        ),
        CIRCLE: _(
            "De hele lijst, op naam, aan hooguit zes mensen die je vertrouwt. Kost hun 3 minuten. Je krijgt een "
            "spiegel zonder medewerkers."
        ),
    }
    return {kind: (words(f"kind.{kind}.name"), line) for kind, line in told.items()}


def _asked_staff_before(company: Company, round_: Round | None) -> bool:
    """Whether staff answered an earlier list, so that it matters how many joined or left since."""
    earlier = (one for one in rounds_of(company.id) if one is not round_ and one.counted_at is not None)
    return any(not answers_by_name(group.perspective) for one in earlier for group in one.groups)


def _add_file(fields: dict[str, str], file: FileStorage | None) -> str | None:
    """Put the lines of an uploaded file under those already typed; return what is wrong with the file, if anything."""
    if file is None or not file.filename:
        return None
    try:
        text = decode(file.stream.read(LARGEST_WORKBOOK + 1)).strip("\n\r ")
        read_people(text)  # a list that is too long is refused as a whole, before a line of it stands on the page
    except (NotText, ListTooLarge, WorkbookRefused) as refused:
        return str(FILE_REFUSED[type(refused)])
    if not text.strip():
        return _("Dit bestand is leeg.")
    fields["employees"] = "\n".join(part for part in (fields["employees"].rstrip(), text.replace("\0", "")) if part)
    fields["channel"] = "mail"
    return None


def _add_address_book(fields: dict[str, str], company: Company) -> None:
    """Put the owner's address book under what was typed: whom this kind of round asks, and nobody twice."""
    asked = kind_of(open_form(fields, company)).perspectives
    for group in _address_book(company):
        if group.perspective not in asked:
            continue
        if group.cards:
            if not fields["employees"].strip():
                fields["channel"], fields["cards"] = "cards", fields["cards"].strip() or str(group.cards)
            continue
        typed = fields[group.perspective]
        lines = group_fields([replace(group, people=_not_in(typed, group.people))])[group.perspective]
        fields[group.perspective] = "\n".join(part for part in (typed.rstrip(), lines) if part)
        if group.perspective == "employees":
            fields["channel"] = "mail"


def _not_in(typed: str, people: Collection[Person]) -> tuple[Person, ...]:
    try:
        known = {mailbox(person.address) for person in read_people(typed).people}
    except ListTooLarge:
        return ()  # it is refused at its own field
    return tuple(person for person in people if mailbox(person.address) not in known)


def _address_book(company: Company) -> tuple[GroupPlan, ...]:
    """Return whom the owner who is signed in invites each time: the list of another owner is not his to see."""
    return groups_in(address_book_of(company.id, current_account().id))


def _keep(company: Company, round_: Round | None, fields: Mapping[str, str]) -> None:
    draft = draft_of(company.id) or RoundDraft(company_id=company.id)
    draft.round_id, draft.fields = round_.id if round_ else None, dict(fields)
    db.session.add(draft)
    db.session.commit()


def _forget_draft(company: Company) -> None:
    draft = draft_of(company.id)
    if draft is not None:
        db.session.delete(draft)


def _first_fields(company: Company) -> dict[str, str]:
    """Return a new form: the partner and contact of last time, who rarely change; never a list of people."""
    fields = {"subject": str(current_account().id), "language": current_account().language}
    earlier = next((one for one in rounds_of(company.id) if one.cancelled_at is None), None)
    if earlier is not None:
        fields |= {"partner_name": earlier.partner_name, "partner_address": earlier.partner_address}
        fields |= {"contact_name": earlier.contact_name, "contact_address": earlier.contact_address}
    return fields


def _waiting_round(company: Company) -> Round | None:
    return next((one for one in rounds_of(company.id) if one.sent_at is None and one.cancelled_at is None), None)


def _chosen_subject(company: Company, form: PlanForm) -> Account:
    """Return the owner whose mirror it is: the chosen one of this company's owners, else whoever prepares it."""
    return next((owner for owner in company.owners if str(owner.id) == form.subject.data), current_account())


def _subject(round_: Round) -> Account:
    return db.session.get_one(Account, round_.subject_id)


def _refuse_frozen(round_: Round) -> None:
    if round_.sent_at is not None or round_.cancelled_at is not None:
        raise rounds.RoundFrozen


def _today() -> date:
    return clock.today(installation().clock)
