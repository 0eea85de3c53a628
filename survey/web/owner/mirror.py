"""The mirror on a screen: hidden until it is counted and the owner's own picture is in, then strengths first.

Only the owner in whose mirror the round looks opens it, not another owner of the same company. It must not compute or
word anything of the results: it shows a finished report.
"""

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
    open_mirror,
)
from survey.mirror.drawing import SCREEN, Axis, Ink, draw_field, draw_moves, draw_strip, svg_on_screen
from survey.mirror.figures import sign_strips
from survey.mirror.reports import MovedStatement, Strip
from survey.mirror.words import words_in
from survey.store.people import Company
from survey.store.rounds import Round
from survey.web.access import current_account, own_company, own_round
from survey.web.languages import language
from survey.web.owner.door import door, show
from survey.web.owner.taken_out import taken_out_of
from survey.web.owner.waiting import Page, waiting
from survey.whole_mirror import whole_mirror

ROW: Final = 1.75
"""Height of one voice's row in em; the style sheet has the same number."""

LEFT, RIGHT = 4, 96
"""Where a scale begins and ends, in per cent: what runs past its end still has room."""


@door.get("/ronde/<round_id>/spiegel")
def mirror(round_id: str) -> Page:
    """Show the mirror; the first time only its strengths and the question to open the rest together."""
    round_ = own_round(round_id)
    company = own_company(round_.company_id)
    if not _is_subject(round_):
        return show("mirror_of_another", company, round_), 403
    try:
        report = whole_mirror(round_, company.name, language())
    except NotCounted:
        standing = round_.standing_at(installation().clock())
        return waiting(show("mirror_waits", company, round_, standing=standing.value), round_, standing)
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


@door.get("/ronde/<round_id>/cijfers")
def beside(round_id: str) -> str | Response:
    """Show what accountant and bank added as facts; to the owner only, once the mirror has been opened."""
    round_ = own_round(round_id)
    report = opened_report(round_)
    if report is None:
        return redirect(url_for(".mirror", round_id=round_.id), 303)
    words = words_in(report.language)
    return show("beside", own_company(round_.company_id), round_, report=report, w=words, here="mirror")


def opened_report(round_: Round) -> MirrorReport | None:
    """Return the whole mirror for the one owner whose mirror it is, once he has opened it; else nothing."""
    return _report_of(round_) if may_have_files(round_) else None


def may_have_files(round_: Round) -> bool:
    """Say whether who is signed in may have this mirror as a file: it is his, and he has opened it."""
    return _is_subject(round_) and round_.opened_mirror_at is not None


def _is_subject(round_: Round) -> bool:
    return round_.subject_id == current_account().id


def _report_of(round_: Round) -> MirrorReport | None:
    try:
        return whole_mirror(round_, own_company(round_.company_id).name, language())
    except (NotCounted, OwnViewMissing):
        return None


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
        field_figure=field_figure,
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


def field_figure(report: MirrorReport) -> Markup:
    """Draw who stands around the owner, for a screen."""
    ink, rows = Ink(), len(report.parties) + len(report.not_asked)
    draw_field(ink, report.parties, len(report.not_asked), Axis(LEFT, (RIGHT - LEFT) / 4), ROW, SCREEN)
    return Markup(svg_on_screen(ink, ROW * rows))  # numbers and class names only; no text goes in


def moves_figure(moved: MovedStatement) -> Markup:
    """Draw one statement on which somebody moved, for a screen."""
    ink = Ink()
    draw_moves(ink, moved.rows, Axis(LEFT, (RIGHT - LEFT) / 4), ROW, SCREEN)
    return Markup(svg_on_screen(ink, ROW * len(moved.rows)))  # numbers and class names only; no text goes in
