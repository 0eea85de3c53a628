"""The conversation partner's own page for a passphrase: to lock a round before it is sent, and to open it when closed.

For whom the owner let see dates and status, and named as conversation partner of that round; for nobody else.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, url_for
from werkzeug.wrappers import Response

from survey import locking
from survey.clock import day_of
from survey.installation import installation
from survey.locking import Entrusted
from survey.store.rounds import Round
from survey.web import passphrase_forms
from survey.web.access import current_account, entrusted_round
from survey.web.coach.door import door
from survey.web.languages import gettext as _
from survey.web.languages import ngettext
from survey.web.passphrase_forms import Desk, Page


@dataclass(frozen=True)
class ToType:
    """A passphrase that this coach is waited for, as the coach's home says it."""

    company: str
    what: str
    action: str
    address: str


def passphrases_to_type() -> list[ToType]:
    """Return the rounds that wait for the reader's passphrase, the one that closes first in front."""
    now = installation().clock()
    return [_to_type(each, now) for each in locking.awaited_from(current_account().id, now)]


def _to_type(each: Entrusted, now: datetime) -> ToType:
    round_ = each.round
    if round_.awaits_lock:
        what = _("%(owner)s wil de ronde op slot doen en wacht op je wachtzin.", owner=round_.subject_name)
        return ToType(each.company, what, _("Kies een wachtzin"), url_for(".passphrase", entrusted_id=round_.id))
    what = ngettext(
        "De lijst is dicht. Tellen kan nog %(num)d dag, met je wachtzin.",
        "De lijst is dicht. Tellen kan nog %(num)d dagen, met je wachtzin.",
        (round_.unlocked_by - day_of(now)).days,
    )
    return ToType(each.company, what, _("Typ je wachtzin"), url_for(".look_before_opening", entrusted_id=round_.id))


@door.get("/klanten/<entrusted_id>/wachtzin")
def passphrase(entrusted_id: str) -> Page | Response:
    """Show the page on which the partner chooses a passphrase."""
    round_ = entrusted_round(entrusted_id)
    if round_.sent_at is not None:
        return redirect(url_for(".look_before_opening", entrusted_id=round_.id), 303)
    return passphrase_forms.choosing_page(round_, _desk())


@door.post("/klanten/<entrusted_id>/wachtzin")
def choose_passphrase(entrusted_id: str) -> Page:
    """Lock the round with what the partner typed."""
    return passphrase_forms.choose(entrusted_round(entrusted_id), _desk())


@door.get("/klanten/<entrusted_id>/openen")
def look_before_opening(entrusted_id: str) -> Page | Response:
    """Show the page on which the partner types the passphrase of a closed round."""
    round_ = entrusted_round(entrusted_id)
    if not _waits(round_):
        return redirect(url_for(".clients"), 303)
    return passphrase_forms.opening_page(round_, _desk())


@door.post("/klanten/<entrusted_id>/openen")
def open_round(entrusted_id: str) -> Page | Response:
    """Count the round with what the partner typed."""
    round_ = entrusted_round(entrusted_id)
    there = redirect(url_for(".clients"), 303)
    if not _waits(round_):
        return there
    return passphrase_forms.open_and_count(round_, _desk(), there)


def _waits(round_: Round) -> bool:
    return round_.awaits_passphrase_at(installation().clock())


def _desk() -> Desk:
    name = current_account().name
    return Desk(on_owners_screen=False, here="clients", brand=name, back=url_for(".clients"))
