"""Cards for people without mail: made and shown once, as a sheet to print. One per head, and none to spare.

The sheet is the only place where the codes ever stand. It is given to the owner and kept nowhere.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import force_locale
from werkzeug.wrappers import Response as AnyResponse

from survey import invitations
from survey.clock import day_of
from survey.codes import in_groups
from survey.installation import installation
from survey.invitations import CardsAlreadyMade, NotSentYet, TooLateToReissue
from survey.outgoing.pdf import PangoMissing, render_pdf
from survey.outgoing.qr import drawing_of
from survey.store.database import db
from survey.store.people import Company
from survey.store.rounds import Group, Round, Standing
from survey.web.access import own_company, own_round
from survey.web.languages import gettext as _
from survey.web.owner.door import door, show

CARDS_ON_A_PAGE: Final = 8
STAND_IN: Final = "0000000000"
"""Printed once before any card is made: a machine that cannot print must not use up the cards."""


@dataclass(frozen=True)
class PrintedCard:
    """One card as it stands on the sheet."""

    code: str
    drawing: str


@door.get("/ronde/<round_id>/kaartjes")
def cards(round_id: str) -> str | AnyResponse:
    """Show whether the cards were made, and the button that makes them."""
    round_ = own_round(round_id)
    if _card_group(round_) is None:
        return redirect(url_for(".round_", round_id=round_.id), 303)
    return _page(round_)


@door.post("/ronde/<round_id>/kaartjes")
def make_cards(round_id: str) -> AnyResponse | tuple[str, int]:
    """Make the cards and give the sheet, once."""
    round_ = own_round(round_id)
    group = _card_group(round_)
    if group is None:
        return redirect(url_for(".round_", round_id=round_.id), 303)
    house, again = installation(), "again" in request.form
    try:
        _sheet(round_, [STAND_IN])
        codes = invitations.make_cards(round_, group.perspective, house.hasher, house.clock(), reissue=again)
    except PangoMissing as missing:
        return _page(round_, str(missing)), 503
    except CardsAlreadyMade:
        flash(_("De kaartjes zijn al gemaakt en worden niet nog eens getoond."))
    except (NotSentYet, TooLateToReissue):
        db.session.rollback()
        flash(_("De kaartjes kunnen nu niet gemaakt worden."))
    else:
        return _download(_sheet(round_, codes))
    return redirect(url_for(".cards", round_id=round_id), 303)


def _page(round_: Round, problem: str = "") -> str:
    standing = round_.standing_at(installation().clock())
    group = _card_group(round_)
    assert group is not None
    return show(
        "cards",
        own_company(round_.company_id),
        round_,
        count=group.head_count,
        sent=round_.sent_at is not None,
        running=standing in (Standing.ANNOUNCED, Standing.OPEN),
        made_on=_day_made(group),
        may_remake=standing is Standing.ANNOUNCED,
        problem=problem,
    )


def _sheet(round_: Round, codes: list[str]) -> bytes:
    """Return the poster and the cards as a PDF, in the language of the round. Raises PangoMissing."""
    links = installation().links
    printed = [PrintedCard(in_groups(code), drawing_of(links.card(code))) for code in codes]
    pages = [printed[first : first + CARDS_ON_A_PAGE] for first in range(0, len(printed), CARDS_ON_A_PAGE)]
    with force_locale(round_.language):
        html = render_template(
            "owner/cards_sheet.html",
            company=db.session.get_one(Company, round_.company_id),
            round=round_,
            count=sum(group.head_count for group in round_.groups if group.channel == "cards"),
            pages=pages,
            address=f"{links.base}/kaart",
            language=round_.language,
        )
    return render_pdf(html, "cards")


def _download(pdf: bytes) -> Response:
    response = make_response(pdf)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{_("kaartjes")}.pdf"'
    return response


def _card_group(round_: Round) -> Group | None:
    """Return the group that is invited by card; only staff can be, so there is one at most."""
    return next((group for group in round_.groups if group.channel == "cards"), None)


def _day_made(group: Group) -> date | None:
    return day_of(group.cards_made_at) if group.cards_made_at else None
