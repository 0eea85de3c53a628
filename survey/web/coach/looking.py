"""A mirror as it is shared: its three sentences or the whole, as a page and as a PDF, and the guide to the talk.

Each look is written down before it is shown. What is not shared is taken out of the report before any page gets it.
The owner sees the same pages before sharing them.
"""

from datetime import date

from flask import make_response, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from survey import conversation, sharing
from survey.clock import day_of
from survey.installation import installation
from survey.mirror import MirrorReport, copy_for, mirror_of, only_sentences, report_pdf
from survey.mirror.figures import sign_strips
from survey.mirror.words import words_in
from survey.sharing import Scope, Shared
from survey.store.database import db
from survey.store.people import Company
from survey.store.rounds import Round
from survey.web import coach_guide
from survey.web.access import current_account, own_company, own_round, shared_mirror
from survey.web.coach.door import door, show
from survey.web.languages import language
from survey.web.owner.mirror import field_figure, figure, moves_figure
from survey.web.owner.sharing import NOTHING, opened_report, person_with, scope_words


@door.get("/klanten/<shared_id>/spiegel")
def mirror(shared_id: str) -> str:
    """Show what is shared of a mirror."""
    shared = shared_mirror(shared_id)
    if not shared.is_open:
        return show("waits", round=shared.round)
    sharing.write_down_view(shared, shared.scope.value, installation().clock())
    shared = shared_mirror(shared_id)
    others = [one for one in _others(shared) if one.round.id != shared.round.id]
    return _mirror_page(shared.round, _copy(shared), shared.scope, shared=shared, others=others)


@door.get("/klanten/<shared_id>/spiegel.pdf")
def mirror_pdf(shared_id: str) -> Response:
    """Give the whole mirror as a PDF with the coach's name and the day on every page."""
    shared = shared_mirror(shared_id)
    if not (shared.is_open and shared.is_whole):
        return redirect(url_for(".mirror", shared_id=shared_id), 303)
    sharing.write_down_view(shared, "pdf", installation().clock())
    shared = shared_mirror(shared_id)
    return _pdf(report_pdf(_copy(shared)), f"spiegel-{shared.round.closes_on:%Y-%m}")


@door.get("/klanten/<shared_id>/spiegel/pdf")
def mirror_paper(shared_id: str) -> Response:
    """Say that the PDF is being set, and fetch it; it is the file that counts as a look."""
    shared = shared_mirror(shared_id)
    back = url_for(".mirror", shared_id=shared_id)
    if not (shared.is_open and shared.is_whole):
        return redirect(back, 303)
    file = url_for(".mirror_pdf", shared_id=shared_id)
    response = make_response(show("paper_on_its_way", round=shared.round, file=file, back=back))
    response.headers["Refresh"] = f"0; url={file}"
    return response


@door.get("/klanten/<shared_id>/gesprek")
def guide(shared_id: str) -> Response:
    """Show the page for who leads the conversation, with room for notes of his own."""
    shared = _led(shared_id)
    sharing.write_down_view(shared, "guide", installation().clock())
    shared = _led(shared_id)
    address = url_for(".keep_notes", shared_id=shared_id)
    paper = url_for(".guide_pdf", shared_id=shared_id)
    back, account = url_for(".mirror", shared_id=shared_id), current_account()
    return coach_guide.guide_page(shared.round, _copy(shared), account, address, paper, back)


@door.post("/klanten/<shared_id>/gesprek")
def keep_notes(shared_id: str) -> Response:
    """Keep what the coach writes for himself."""
    here = url_for(".guide", shared_id=shared_id)
    return coach_guide.keep_guide_notes(_led(shared_id).round, current_account().id, request.path, here)


@door.get("/klanten/<shared_id>/gesprek.pdf")
def guide_pdf(shared_id: str) -> Response:
    """Give the same page on paper, with the coach's notes."""
    shared = _led(shared_id)
    sharing.write_down_view(shared, "guide", installation().clock())
    shared = _led(shared_id)
    notes = conversation.coach_notes(shared.round, current_account().id)
    return _pdf(coach_guide.guide_pdf(shared.round, _copy(shared), notes), f"gesprek-{shared.round.closes_on:%Y-%m}")


@door.get("/ronde/<round_id>/delen/zo/<key>")
def preview(round_id: str, key: str) -> str | Response:
    """Show the owner what one person sees, or would see with another choice. It is no look and is not written down."""
    round_ = own_round(round_id)
    if round_.subject_id != current_account().id:
        raise NotFound
    company = own_company(round_.company_id)
    report, person = opened_report(round_, company), person_with(round_, key)
    if report is None:
        return redirect(url_for("owner.sharing", round_id=round_id), 303)
    choices = [Scope.SENTENCES, Scope.MIRROR, *([Scope.WORDS] if person.is_partner else [])]
    wanted = request.args.get("wat", person.scope)
    otherwise = choices[-1] if wanted != NOTHING else Scope.SENTENCES
    scope = next((choice for choice in choices if choice == wanted), otherwise)
    copy = copy_for(
        report,
        person.line.name,
        _today(),
        with_words=scope is Scope.WORDS,
        with_earlier=sharing.sees_earlier(person.line.confidant, round_, installation().clock()),
    )
    words = {one: scope_words()[one] for one in choices}
    return _mirror_page(
        round_,
        only_sentences(copy) if scope is Scope.SENTENCES else copy,
        scope,
        person=person,
        company=company,
        here="sharing",
        choices=words,
    )


def _led(shared_id: str) -> Shared:
    """Return a mirror that is shared whole with the conversation partner, and open. Raises NotFound otherwise."""
    shared = shared_mirror(shared_id)
    if not (shared.is_open and shared.is_whole and shared.is_partner):
        raise NotFound
    return shared


def _copy(shared: Shared) -> MirrorReport:
    company = db.session.get_one(Company, shared.round.company_id)
    report = mirror_of(shared.round, company.name, language())
    earlier = sharing.sees_earlier(shared.confidant, shared.round, installation().clock())
    copy = copy_for(report, shared.confidant.name, _today(), with_words=shared.with_words, with_earlier=earlier)
    return copy if shared.is_whole else only_sentences(copy)


def _mirror_page(round_: Round, report: MirrorReport, scope: Scope, **values: object) -> str:
    return show(
        "sentences" if scope is Scope.SENTENCES else "mirror",
        round=round_,
        report=report,
        scope=scope.value,
        w=words_in(report.language),
        figure=figure,
        moves_figure=moves_figure,
        field_figure=field_figure,
        signs=sign_strips(),
        **values,
    )


def _others(shared: Shared) -> list[Shared]:
    company_id = shared.round.company_id
    mirrors = sharing.mirrors_shared_with(current_account().id, [company_id], installation().clock())
    return [one for one in mirrors.get(company_id, ()) if one.is_open]


def _pdf(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def _today() -> date:
    return day_of(installation().clock())
