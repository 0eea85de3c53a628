"""The mirror as files: on paper and as tables, for the one owner whose mirror it is, once he has opened it.

A PDF takes a few seconds to set. The page that leads to it answers at once and says so; the browser then asks for the
file by itself and the page stays where it is. Nothing is kept: the next PDF is made anew.
"""

from collections.abc import Callable
from typing import Final

from flask import make_response, redirect, url_for
from werkzeug.wrappers import Response

from survey import conversation
from survey.mirror import MirrorReport, export, report_pdf, sheet_pdf
from survey.store.rounds import Round
from survey.web.access import current_account, own_company, own_round
from survey.web.owner.door import door, show
from survey.web.owner.mirror import may_have_files, mirror, opened_report

CONFLICT: Final = 409

MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@door.get("/ronde/<round_id>/spiegel/pdf")
def mirror_paper(round_id: str) -> Response:
    """Say that the report is being set, and fetch it."""
    return _on_its_way(own_round(round_id), ".mirror_pdf")


@door.get("/ronde/<round_id>/gespreksblad")
def sheet_paper(round_id: str) -> Response:
    """Say that the conversation sheet is being set, and fetch it."""
    return _on_its_way(own_round(round_id), ".conversation_sheet")


@door.get("/ronde/<round_id>/spiegel.pdf")
def mirror_pdf(round_id: str) -> Response:
    """Give the report as a PDF."""
    return _download(own_round(round_id), "spiegel", "pdf", report_pdf)


@door.get("/ronde/<round_id>/gespreksblad.pdf")
def conversation_sheet(round_id: str) -> Response:
    """Give the sheets to write on: one for each topic that was chosen at the table, else for each difference."""
    round_ = own_round(round_id)
    return _download(
        round_, "gespreksblad", "pdf", lambda report: sheet_pdf(report, conversation.sheet_of(round_).topics)
    )


@door.get("/ronde/<round_id>/spiegel.xlsx")
def mirror_workbook(round_id: str) -> Response:
    """Give the mirror as tables with their code-book."""
    return _tables(own_round(round_id), "xlsx", export.mirror_workbook)


@door.get("/ronde/<round_id>/spiegel.csv")
def mirror_csv(round_id: str) -> Response:
    """Give the statements of the mirror as one table."""
    return _tables(own_round(round_id), "csv", export.mirror_csv)


def _on_its_way(round_: Round, endpoint: str) -> Response:
    if not may_have_files(round_):
        return redirect(url_for(".mirror", round_id=round_.id), 303)
    file = url_for(endpoint, round_id=round_.id)
    company = own_company(round_.company_id)
    back = url_for(".mirror", round_id=round_.id)
    response = make_response(show("paper_on_its_way", company, round_, file=file, back=back, here="mirror"))
    response.headers["Refresh"] = f"0; url={file}"
    return response


def _tables(round_: Round, kind: str, make: Callable[[MirrorReport, export.Predictions], bytes]) -> Response:
    own = round_.self_assessment
    expected = own.predictions if own else {}
    return _download(round_, "spiegel", kind, lambda report: make(report, expected))


def _download(round_: Round, name: str, kind: str, make: Callable[[MirrorReport], bytes]) -> Response:
    if round_.release is None and round_.subject_id == current_account().id:
        # The page that says what it waits for, and no success: nobody saves that page as a file.
        return make_response(mirror(round_.id), CONFLICT)
    report = opened_report(round_)
    if report is None:
        return redirect(url_for(".mirror", round_id=round_.id), 303)
    response = Response(make(report), content_type=MEDIA_TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{round_.closes_on:%Y-%m}.{kind}"'
    return response
