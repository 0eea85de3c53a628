"""The field for the outcome of a scan from elsewhere: the owner types it beside his mirror, and only he reads it."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from survey import outside_scan
from survey.mirror.words import words_in
from survey.outside_scan import LONGEST, PartMissing, PartTooLong
from survey.store.rounds import Round
from survey.web.access import own_company
from survey.web.languages import gettext as _
from survey.web.languages import language
from survey.web.owner.conversation import subjects_round
from survey.web.owner.door import door, show

UNPROCESSABLE = 422


@door.get("/ronde/<round_id>/scan")
def scan(round_id: str) -> str:
    """Show the field with what stands in it."""
    round_ = subjects_round(round_id)
    return _page(round_, outside_scan.outcome_of(round_))


@door.post("/ronde/<round_id>/scan")
def keep_scan(round_id: str) -> Response | tuple[str, int]:
    """Keep the outcome, or take it away when all of it is empty."""
    round_ = subjects_round(round_id)
    typed = {part: request.form.get(part, "") for part in LONGEST}
    try:
        outside_scan.keep(round_, typed)
    except PartMissing as missing:
        told = _("Vul dit ook in: zonder naam, datum en schaal zegt een uitkomst niets.")
        return _page(round_, typed, dict.fromkeys(missing.parts, told)), UNPROCESSABLE
    except PartTooLong as long:
        faults = {part: _("Maak dit korter: hooguit %(most)d tekens.", most=LONGEST[part]) for part in long.parts}
        return _page(round_, typed, faults), UNPROCESSABLE
    flash(_("Bewaard. Alleen jij leest dit.") if any(typed.values()) else _("Er staat geen scan meer bij deze ronde."))
    return redirect(url_for(".scan", round_id=round_.id), 303)


def _page(round_: Round, typed: dict[str, str], faults: dict[str, str] | None = None) -> str:
    return show(
        "scan",
        own_company(round_.company_id),
        round_,
        typed=typed,
        faults=faults or {},
        longest=LONGEST,
        w=words_in(language()),
    )
