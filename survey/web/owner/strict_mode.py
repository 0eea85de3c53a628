"""Strict mode on the owner's pages: choosing it, where the partner types the passphrase, and opening after the close.

The owner chooses; the partner types. It must not know what was typed, nor what anybody answered.
"""

from flask import flash, redirect, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from survey import locking
from survey.installation import installation
from survey.store.rounds import Round, RoundFrozen, Standing
from survey.web import passphrase_forms
from survey.web.access import current_account, own_company, own_round
from survey.web.languages import gettext as _
from survey.web.owner.door import door, show
from survey.web.passphrase_forms import Desk, Page
from survey.web.protection import count

ASKING_MAILS = "5 per day"


@door.get("/ronde/<round_id>/slot")
def lock(round_id: str) -> str | Response:
    """Show what strict mode is, and how it stands with the lock of this round."""
    round_ = own_round(round_id)
    if round_.awaits_passphrase_at(installation().clock()):
        return redirect(url_for(".look_before_opening", round_id=round_.id), 303)
    if (round_.sent_at is not None and not round_.strict) or round_.cancelled_at is not None:
        return redirect(url_for(".round_", round_id=round_.id), 303)
    company, house = own_company(round_.company_id), installation()
    return show(
        "lock",
        company,
        round_,
        runs_it_itself=house.settings.is_run_by(company.name),
        partner_can_lock=locking.partner_can_lock(round_, house.clock()),
        may_share=round_.subject_id == current_account().id,
        here="round",
    )


@door.post("/ronde/<round_id>/slot")
def change_lock(round_id: str) -> Response:
    """Put the round in strict mode, take it off again, or mail the partner the question."""
    round_, house = own_round(round_id), installation()
    pressed = request.form.get("press", "")
    if pressed == "choose":
        locking.choose(round_)
    elif pressed == "leave":
        locking.leave_strict_mode(round_, house.settings.keys)
        flash(_("De ronde zit niet op slot."))
        return redirect(url_for(".look_before_sending", round_id=round_.id), 303)
    elif pressed == "ask":
        _refuse_unless_prepared(round_)
        count("asking for a passphrase", round_.id, ASKING_MAILS)
        locking.ask_partner(round_, house.clock())
        flash(_("De mail is onderweg naar %(address)s.", address=round_.partner_address))
    else:
        raise BadRequest
    return redirect(url_for(".lock", round_id=round_.id), 303)


@door.get("/ronde/<round_id>/wachtzin")
def passphrase(round_id: str) -> Page | Response:
    """Show the page on which the partner, beside the owner, chooses a passphrase."""
    round_ = own_round(round_id)
    if round_.sent_at is not None or round_.cancelled_at is not None or not round_.strict:
        return redirect(url_for(".lock", round_id=round_.id), 303)
    return passphrase_forms.choosing_page(round_, _desk(round_, ".lock"))


@door.post("/ronde/<round_id>/wachtzin")
def choose_passphrase(round_id: str) -> Page:
    """Lock the round with what the partner typed."""
    round_ = own_round(round_id)
    return passphrase_forms.choose(round_, _desk(round_, ".lock"))


@door.get("/ronde/<round_id>/openen")
def look_before_opening(round_id: str) -> Page | Response:
    """Show the page on which the partner, beside the owner, types the passphrase of a closed round."""
    round_ = own_round(round_id)
    if not round_.awaits_passphrase_at(installation().clock()):
        return redirect(url_for(".round_", round_id=round_.id), 303)
    return passphrase_forms.opening_page(round_, _desk(round_, ".round_"))


@door.post("/ronde/<round_id>/openen")
def open_round(round_id: str) -> Page | Response:
    """Count the round with what the partner typed."""
    round_ = own_round(round_id)
    there = redirect(url_for(".round_", round_id=round_.id), 303)
    if not round_.awaits_passphrase_at(installation().clock()):
        return there
    return passphrase_forms.open_and_count(round_, _desk(round_, ".round_"), there)


def _desk(round_: Round, back: str) -> Desk:
    return Desk(on_owners_screen=True, here="round", brand=None, back=url_for(back, round_id=round_.id))


def _refuse_unless_prepared(round_: Round) -> None:
    if round_.standing_at(installation().clock()) is not Standing.PREPARED or not round_.strict:
        raise RoundFrozen
