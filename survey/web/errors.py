"""When something cannot be shown: one table from exception to status and page, in words.

What is our fault gets a log line with the class of the exception and the code that the page shows; never what was
asked, by whom or when. What somebody else mistyped gets no line at all: it could be an employee with an invitation.
"""

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    Gone,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    ServiceUnavailable,
    TooManyRequests,
)
from werkzeug.wrappers import Response

from survey.chance import crockford
from survey.leaving import RoundBeingCounted
from survey.outgoing.pdf import PangoMissing
from survey.outgoing.pdf_process import PageNotSet
from survey.owners import AskedSomebodyElse, EnoughOwners, QuestionVoid
from survey.rounds import RoundFrozen
from survey.self_assessment import NoSelfAssessment
from survey.sharing import NoLongerShared, OfferForSomebodyElse, OfferVoid, WordsForPartnerOnly
from survey.store.database import db
from survey.web.access import NotYours


class StorageFull(Exception):
    """Nothing can be written now: the disk is full or may only be read."""


@dataclass(frozen=True)
class ErrorPage:
    """What is the case (title) and what to do (sentence)."""

    status: int
    title: str
    sentence: str


UNREADABLE: Final = ErrorPage(
    400, _l("Dit konden we niet lezen"), _l("Ga terug, ververs de bladzijde en probeer het opnieuw.")
)
FORM_TOO_OLD: Final = ErrorPage(
    400,
    _l("Dit formulier is verlopen"),
    _l("Er is niets opgeslagen. Ga terug, ververs de bladzijde en verstuur het opnieuw."),
)
NOT_ALLOWED: Final = ErrorPage(
    403, _l("Dit mag je hier niet"), _l("Denk je dat het wel mag? Log dan opnieuw in en probeer het nog een keer.")
)
NOT_THERE: Final = ErrorPage(
    404, _l("Deze bladzijde is er niet"), _l("Misschien klopt het adres niet, of is hij niet met jou gedeeld.")
)
NOT_THIS_WAY: Final = ErrorPage(
    405, _l("Zo werkt dit adres niet"), _l("Open de bladzijde opnieuw en gebruik de knop die erop staat.")
)
ROUND_FROZEN: Final = ErrorPage(
    409,
    _l("De ronde staat vast"),
    _l("Na het versturen veranderen de lijst en de vragen niet meer. Er is niets veranderd."),
)
NO_LONGER_THERE: Final = ErrorPage(
    410, _l("Deze bladzijde is er niet meer"), _l("Wat hier stond, is weggehaald en komt niet terug.")
)
TOO_LARGE: Final = ErrorPage(
    413, _l("Dit is te groot"), _l("Er is niets opgeslagen. Maak het kleiner en verstuur het opnieuw.")
)
TOO_OFTEN: Final = ErrorPage(
    429, _l("Even wachten"), _l("Dit adres kreeg in korte tijd te veel vragen. Probeer het over een kwartier opnieuw.")
)
OUR_FAULT: Final = ErrorPage(
    500,
    _l("Hier ging iets mis, en dat ligt aan ons"),
    _l("Probeer het straks opnieuw. Wat al bewaard was, is er nog."),
)
NOT_NOW: Final = ErrorPage(
    503, _l("Het lukt nu even niet"), _l("Er is niets opgeslagen. Probeer het over een paar minuten opnieuw.")
)

QUESTION_GONE: Final = ErrorPage(
    410,
    _l("Deze vraag geldt niet meer"),
    _l("Hij is beantwoord, ingetrokken of te oud. Laat je opnieuw vragen."),
)
ASKED_ANOTHER: Final = ErrorPage(
    403, _l("Deze vraag is aan een ander adres gesteld"), _l("Log in met het adres waarop je de mail kreeg.")
)
TWO_IS_ENOUGH: Final = ErrorPage(
    409, _l("Dit bedrijf heeft al twee eigenaren"), _l("Meer kunnen het er niet zijn. Er is niets veranderd.")
)
COUNTING_NOW: Final = ErrorPage(
    409,
    _l("Er wordt nu een ronde geteld"),
    _l("Er is niets verwijderd. Probeer het over een kwartier opnieuw."),
)
DONE_ALREADY: Final = ErrorPage(
    409, _l("Dit is net al gedaan"), _l("Open de bladzijde opnieuw om te zien hoe het nu staat.")
)

NO_PDF: Final = ErrorPage(
    503,
    _l("De PDF kan hier nu niet gemaakt worden"),
    _l("Op de bladzijde zelf staat hetzelfde. Wie dit programma beheert, ziet met ‘survey check’ wat er ontbreekt."),
)

PDF_TOOK_TOO_LONG: Final = ErrorPage(
    503,
    _l("De PDF is niet gelukt"),
    _l("Probeer het over een minuut opnieuw. Op de bladzijde zelf staat hetzelfde."),
)

TABLE: Final[Mapping[type[Exception], ErrorPage]] = {
    NotYours: NOT_THERE,
    AskedSomebodyElse: ASKED_ANOTHER,
    EnoughOwners: TWO_IS_ENOUGH,
    QuestionVoid: QUESTION_GONE,
    OfferForSomebodyElse: ASKED_ANOTHER,
    OfferVoid: QUESTION_GONE,
    NoLongerShared: NO_LONGER_THERE,
    WordsForPartnerOnly: NOT_ALLOWED,
    RoundBeingCounted: COUNTING_NOW,
    CSRFError: FORM_TOO_OLD,
    BadRequest: UNREADABLE,
    Forbidden: NOT_ALLOWED,
    NotFound: NOT_THERE,
    MethodNotAllowed: NOT_THIS_WAY,
    RoundFrozen: ROUND_FROZEN,
    NoSelfAssessment: ROUND_FROZEN,
    Gone: NO_LONGER_THERE,
    RequestEntityTooLarge: TOO_LARGE,
    TooManyRequests: TOO_OFTEN,
    ServiceUnavailable: NOT_NOW,
    IntegrityError: DONE_ALREADY,
    OperationalError: NOT_NOW,
    StorageFull: NOT_NOW,
    PangoMissing: NO_PDF,
    PageNotSet: PDF_TOOK_TOO_LONG,
}
"""The nearest class of an exception decides; what is in no row is our fault."""

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


def show_errors(app: Flask) -> None:
    """Give every error of `app` its page."""
    app.register_error_handler(Exception, answer)
    # Should even the page about it fail: the framework would write down the address, and a link is an address.
    app.log_exception = lambda problem: _write_down(_code(), problem[1])  # type: ignore[method-assign,assignment]  # no other way
    app.logger.handlers = []  # survey/logs.py has the one way out; the framework's own would write the time


def page_for(problem: Exception) -> ErrorPage:
    """Return what the table says about an exception."""
    if isinstance(problem, OSError) and problem.errno in NO_ROOM:
        return TABLE[StorageFull]
    return next((TABLE[kind] for kind in type(problem).__mro__ if kind in TABLE), OUR_FAULT)


def answer(problem: Exception) -> Response:
    """Return the page about an exception, and log its class with the page's code."""
    if isinstance(problem, HTTPException) and (problem.code or 500) < 400:
        return Response.from_app(problem, request.environ)  # a redirect of the router is no error
    db.session.rollback()  # a statement that failed would take the page about it along
    page = page_for(problem)
    if page is OUR_FAULT and current_app.testing:
        raise problem
    code = _logged(problem) if page.status >= 500 else None
    response = make_response(_written(page, code), page.status)
    if isinstance(problem, MethodNotAllowed) and problem.valid_methods:
        response.headers["Allow"] = ", ".join(problem.valid_methods)
    return response


def _written(page: ErrorPage, code: str | None) -> str:
    try:
        return render_template("error.html", page=page, code=code)
    except Exception as worse:  # a page asks who is there; without a database nobody can be asked
        _write_down(code or _code(), worse)
        return f"<!doctype html><title>Spiegelronde</title><p>Het lukt nu even niet. {code or ''}"


def _logged(problem: Exception) -> str:
    code = _code()
    _write_down(code, problem)
    return code


def _code() -> str:
    return f"F-{crockford(5)}"


def _write_down(code: str, problem: BaseException | None) -> None:
    kind = f"{type(problem).__module__}.{type(problem).__qualname__}"
    current_app.logger.error("%s %s", code, kind, extra={"event": "a page went wrong"})
