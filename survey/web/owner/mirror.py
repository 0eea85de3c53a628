"""The mirror on a screen: hidden until it is counted and the owner's own picture is in, then strengths first.

Only the owner in whose mirror the round looks opens it, not another owner of the same company. It must not compute or
word anything of the results: it shows a finished report.
"""

from collections.abc import Callable
from typing import Final

from flask import redirect, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from survey import conversation
from survey.installation import installation
from survey.mirror import (
    MirrorReport,
    NotCounted,
    OwnViewMissing,
    export,
    open_mirror,
    report_pdf,
    sheet_pdf,
)
from survey.mirror.drawing import SCREEN, Axis, Ink, draw_moves, draw_strip, svg_on_screen
from survey.mirror.figures import sign_strips
from survey.mirror.reports import MovedStatement, Strip
from survey.mirror.words import words_in
from survey.store.people import Company
from survey.store.rounds import Round
from survey.web.access import current_account, own_company, own_round
from survey.web.languages import language
from survey.web.owner.door import door, show
from survey.web.owner.taken_out import taken_out_of
from survey.whole_mirror import whole_mirror

ROW: Final = 1.75
"""Height of one voice's row in em; the style sheet has the same number."""

MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

LEFT, RIGHT = 4, 96
"""Where a scale begins and ends, in per cent: what runs past its end still has room."""


@door.get("/ronde/<round_id>/spiegel")
def mirror(round_id: str) -> str | tuple[str, int]:
    """Show the mirror; the first time only its strengths and the question to open the rest together."""
    round_ = own_round(round_id)
    company = own_company(round_.company_id)
    if not _is_subject(round_):
        return show("mirror_of_another", company, round_), 403
    try:
        report = whole_mirror(round_, company.name, language())
    except NotCounted:
        return show("mirror_waits", company, round_, standing=round_.standing_at(installation().clock()).value)
    except OwnViewMissing:
        return show("mirror_waits", company, round_, standing="own_view_missing")
    return _page("mirror_first" if round_.opened_mirror_at is None else "mirror", company, round_, report)


@door.post("/ronde/<round_id>/spiegel")
def open_the_mirror(round_id: str) -> Response:
    """Open the whole mirror from now on."""
    round_ = own_round(round_id)
    if _is_subject(round_) and _report_of(round_) is not None:
        open_mirror(round_, installation().clock())
    return redirect(url_for(".mirror", round_id=round_.id), 303)


@door.get("/ronde/<round_id>/spiegel.pdf")
def mirror_pdf(round_id: str) -> Response:
    """Give the report as a PDF, once the mirror has been opened."""
    return _pdf(own_round(round_id), "spiegel", report_pdf)


@door.get("/ronde/<round_id>/gespreksblad.pdf")
def conversation_sheet(round_id: str) -> Response:
    """Give the sheets to write on during the conversation, one for each topic."""
    return _pdf(own_round(round_id), "gespreksblad", sheet_pdf)


@door.get("/ronde/<round_id>/spiegel.xlsx")
def mirror_workbook(round_id: str) -> Response:
    """Give the mirror as tables with their code-book, once it has been opened."""
    return _tables(own_round(round_id), "xlsx", export.mirror_workbook)


@door.get("/ronde/<round_id>/spiegel.csv")
def mirror_csv(round_id: str) -> Response:
    """Give the statements of the mirror as one table, once it has been opened."""
    return _tables(own_round(round_id), "csv", export.mirror_csv)


@door.get("/ronde/<round_id>/cijfers")
def beside(round_id: str) -> str | Response:
    """Show what accountant and bank added as facts; to the owner only, once the mirror has been opened."""
    round_ = own_round(round_id)
    report = _report_of(round_) if _is_subject(round_) and round_.opened_mirror_at is not None else None
    if report is None:
        return redirect(url_for(".mirror", round_id=round_.id), 303)
    words = words_in(report.language)
    return show("beside", own_company(round_.company_id), round_, report=report, w=words, here="mirror")


def _is_subject(round_: Round) -> bool:
    return round_.subject_id == current_account().id


def _report_of(round_: Round) -> MirrorReport | None:
    try:
        return whole_mirror(round_, own_company(round_.company_id).name, language())
    except (NotCounted, OwnViewMissing):
        return None


def _pdf(round_: Round, name: str, make: Callable[[MirrorReport], bytes]) -> Response:
    return _download(round_, name, "pdf", make)


def _tables(round_: Round, kind: str, make: Callable[[MirrorReport, export.Predictions], bytes]) -> Response:
    own = round_.self_assessment
    expected = own.predictions if own else {}
    return _download(round_, "spiegel", kind, lambda report: make(report, expected))


def _download(round_: Round, name: str, kind: str, make: Callable[[MirrorReport], bytes]) -> Response:
    """Give a file made of the whole mirror to the one owner whose mirror it is, once it has been opened."""
    report = _report_of(round_) if _is_subject(round_) and round_.opened_mirror_at is not None else None
    if report is None:
        return redirect(url_for(".mirror", round_id=round_.id), 303)
    response = Response(make(report), content_type=MEDIA_TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{round_.closes_on:%Y-%m}.{kind}"'
    return response


def _page(template: str, company: Company, round_: Round, report: MirrorReport) -> str:
    return show(
        template,
        company,
        round_,
        report=report,
        w=words_in(report.language),
        figure=figure,
        signs=sign_strips(),
        moves_figure=moves_figure,
        earlier=conversation.earlier_agreements(round_)[0],
        taken_out=list(taken_out_of(round_)),
        here="mirror",
    )


def figure(strip: Strip) -> Markup:
    """Draw one strip for a screen. Its numbers stand in the table that it lies in."""
    ink = Ink()
    point = (RIGHT - LEFT) / (strip.highest - strip.lowest)
    draw_strip(ink, strip, Axis(LEFT, point, strip.lowest, strip.highest), 0, ROW, SCREEN)
    return Markup(svg_on_screen(ink, ROW * len(strip.rows)))  # numbers and class names only; no text goes in


def moves_figure(moved: MovedStatement) -> Markup:
    """Draw one statement on which somebody moved, for a screen."""
    ink = Ink()
    draw_moves(ink, moved.rows, Axis(LEFT, (RIGHT - LEFT) / 4), ROW, SCREEN)
    return Markup(svg_on_screen(ink, ROW * len(moved.rows)))  # numbers and class names only; no text goes in
