"""Taking back the link of somebody who answers by name: what that does, on one page, and the button that does it.

Never for an anonymous group: an owner could choose there whose answers count.
"""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from survey import rounds
from survey.installation import installation
from survey.store.database import db
from survey.store.people import Invitation
from survey.store.rounds import Round
from survey.web.access import NotYours, own_company, own_round
from survey.web.languages import gettext as _
from survey.web.owner.door import door, show
from survey.web.owner.participation import RUNNING, VoiceStand, voices_of


@door.get("/ronde/<round_id>/intrekken")
def look_before_revoking(round_id: str) -> str | Response:
    """Show what taking back a link does."""
    round_ = own_round(round_id)
    if round_.standing_at(installation().clock()) not in RUNNING or "wie" not in request.args:
        return redirect(url_for(".round_", round_id=round_.id), 303)
    voice = _voice(round_, request.args["wie"])
    if voice.revoked:
        return redirect(url_for(".participation", round_id=round_.id), 303)
    return show("revoke", own_company(round_.company_id), round_, voice=voice)


@door.post("/ronde/<round_id>/intrekken")
def revoke(round_id: str) -> Response:
    """Take the link back. Done twice is done once."""
    round_, house = own_round(round_id), installation()
    voice = _voice(round_, request.form.get("wie", ""))
    rounds.revoke(_invitation(voice), round_, house.boxes.of(round_.id), house.clock())
    flash(_("De link van %(name)s is ingetrokken.", name=voice.name))
    return redirect(url_for(".participation", round_id=round_.id), 303)


def _voice(round_: Round, invitation_id: str) -> VoiceStand:
    """Return who answers by name in this round; anybody else does not exist here. Raises NotYours."""
    for voice in voices_of(round_):
        if voice.invitation_id == invitation_id:
            return voice
    raise NotYours


def _invitation(voice: VoiceStand) -> Invitation:
    return db.session.get_one(Invitation, voice.invitation_id)
