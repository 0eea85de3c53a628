"""Throwing away a round that is over: the mirror, what was said by name and all that was written about it.

Only the owner in whose mirror it looked does that; when it may be done is decided elsewhere.
"""

from flask import flash, redirect, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from survey import leaving, rounds
from survey.installation import installation
from survey.leaving import RoundStillNeeded
from survey.store.rounds import Round, Standing
from survey.web.access import current_account, own_company, own_round
from survey.web.languages import gettext as _
from survey.web.owner.door import door, full_day, show


@door.get("/ronde/<round_id>/weggooien")
def look_before_throwing_away(round_id: str) -> str:
    """Show what goes with a round, or from when on it can go."""
    round_ = _own_mirror(round_id)
    now = installation().clock()
    may = leaving.may_be_thrown_away(round_, now)
    return show("throw_away", own_company(round_.company_id), round_, may=may, since=round_.closes_on + rounds.SPACING)


@door.post("/ronde/<round_id>/weggooien")
def throw_away(round_id: str) -> Response:
    """Delete the round."""
    round_ = _own_mirror(round_id)
    company_id, day = round_.company_id, full_day(round_.closes_on)
    try:
        leaving.throw_away(installation(), round_)
    except RoundStillNeeded:
        return redirect(url_for(".look_before_throwing_away", round_id=round_id), 303)
    flash(_("De ronde tot en met %(day)s is weggegooid.", day=day))
    return redirect(url_for(".home", company_id=company_id), 303)


def _own_mirror(round_id: str) -> Round:
    """Return a counted round that looked at the owner who asks. Raises NotFound, NotYours."""
    round_ = own_round(round_id)
    if round_.subject_id != current_account().id or round_.standing_at(installation().clock()) is not Standing.COUNTED:
        raise NotFound
    return round_
