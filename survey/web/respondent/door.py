"""The door itself: what holds for every request of a respondent, whatever page it asks for.

These requests are exempt from the form token that guards the owner's pages, on purpose. That token lives in a session,
and a list must still be sent after the session ended, from a phone that refuses cookies, or by a mail program (RFC
8058). Forgery is stopped by what each POST carries itself: the signed link, the card's code, the signed start of an
open form, or the receipt code. Who can forge such a request already holds what it takes to answer.
"""

from flask import Blueprint, Response

from survey.store.database import start_reading
from survey.web.protection import csrf

door = Blueprint("respondent", __name__)
csrf.exempt(door)


@door.before_request
def only_read() -> None:
    """Keep answering out of the main database: a list that is sent never waits for an owner who saves."""
    start_reading()


@door.after_request
def leave_no_copy(response: Response) -> Response:
    """Keep every page out of caches: a phone that goes back shows no answers."""
    response.headers["Cache-Control"] = "no-store"
    return response
