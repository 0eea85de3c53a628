"""The cookie of a visit: set by the start button, gone at the thanks. Not the owner's session, and never beside it."""

from flask import Response, current_app, request
from werkzeug.wrappers import Response as AnyResponse

from survey.installation import installation
from survey.web.respondent.guests import TurnedAway
from survey.web.respondent.starts import VISIT_LASTS, Starts, Visit, VisitOver


class VisitEnded(TurnedAway):
    """Half an hour passed, the list was sent, or somebody else started on this phone."""


def starts() -> Starts:
    """Return what makes and reads the starts of this installation."""
    return Starts(installation().links.keys)


def begin(response: AnyResponse, visit: Visit) -> AnyResponse:
    """Put a visit in the cookie, in the place of whoever was there before."""
    value = starts().visit(visit, installation().clock())
    response.set_cookie(
        _name(), value, max_age=VISIT_LASTS, secure=_in_production(), httponly=True, samesite="Lax", path="/"
    )
    return response


def end(response: Response) -> Response:
    """Take the visit out of the phone."""
    response.delete_cookie(_name(), secure=_in_production(), httponly=True, samesite="Lax", path="/")
    return response


def current_visit() -> Visit:
    """Return the visit of this phone. Raises VisitEnded."""
    try:
        return starts().read_visit(request.cookies.get(_name(), ""), installation().clock())
    except VisitOver as over:
        raise VisitEnded from over


def _name() -> str:
    # With this prefix a browser refuses the cookie from any other host or path, which is why its path is "/".
    return "__Host-visit" if _in_production() else "visit"


def _in_production() -> bool:
    return installation(current_app).settings.in_production
