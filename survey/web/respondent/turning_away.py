"""One table: why the door stays shut, and which page says so."""

import json
from typing import Final

from flask import Response, request

from survey.telling_back import what_was_told
from survey.web.respondent.door import door
from survey.web.respondent.guests import (
    AlreadySent,
    CardUnusable,
    Guest,
    LinkExpired,
    LinkRevoked,
    LinkUnknown,
    ListClosed,
    NotYetOpen,
    RoundCancelled,
    TooManyWrongCodes,
    TurnedAway,
    company_name,
)
from survey.web.respondent.pages import language_for, letter
from survey.web.respondent.promise import called
from survey.web.respondent.visits import VisitEnded

PAGES: Final[dict[type[TurnedAway], tuple[str, int]]] = {
    LinkUnknown: ("link_unknown", 404),
    CardUnusable: ("card_unusable", 404),
    LinkRevoked: ("link_revoked", 410),
    LinkExpired: ("link_expired", 410),
    NotYetOpen: ("not_yet_open", 200),
    ListClosed: ("list_closed", 200),
    RoundCancelled: ("round_cancelled", 200),
    AlreadySent: ("already_sent", 200),
    VisitEnded: ("visit_ended", 403),
    TooManyWrongCodes: ("too_many_wrong_codes", 429),
}
"""The refusal, its page, and its status when the page was only asked for; something sent in vain gives 409."""

CONFLICT: Final = 409


@door.errorhandler(TurnedAway)
def turn_away(refusal: TurnedAway) -> Response:
    """Show why the door stays shut. Nothing on it depends on what this person answered, or whether."""
    template, status = PAGES[type(refusal)]
    if request.method == "POST" and status == 200:
        status = CONFLICT
    guest = refusal.guest
    if guest is None:
        return letter(template, language_for(None), status)
    round_ = guest.round_
    return letter(
        template,
        language_for(round_),
        status,
        round=round_,
        company=company_name(round_),
        first_name=called(round_),
        by_name=guest.by_name,
        by_card=guest.came_by_card,
        counted=round_.counted_at is not None,
        shown=group_was_shown(guest),
        told=what_was_told(round_) if round_.counted_at else None,
        was_sending=request.method == "POST" and request.path.endswith("/lijst"),
        token=(request.view_args or {}).get("token"),
    )


def group_was_shown(guest: Guest) -> bool:
    """Say whether a counted round released something of this guest's group, or destroyed it for being too few."""
    release = guest.round_.release
    if release is None:
        return False
    perspectives = json.loads(release.document)["perspectives"]
    return any(one["id"] == guest.invitation.perspective and one["n"] is not None for one in perspectives)
