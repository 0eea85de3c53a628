"""Zo werkt de spiegel: one sheet that tells staff how a round goes and what is promised, on a page and on paper.

It is open to whoever has the address, and says nothing about who asks. Its numbers are those of the promise page, read
from the same settings at the same moment; who answers by name reads another promise and finds no way here.
"""

from dataclasses import replace
from functools import lru_cache

from flask import Response, current_app, request
from flask_babel import force_locale

from survey.clock import end_of
from survey.installation import installation
from survey.invitations import UnknownLink
from survey.outgoing.mail import one_line
from survey.outgoing.pdf import render_sheet
from survey.perspectives import ANONYMOUS
from survey.store.rounds import Round, find_round
from survey.web.languages import NAMES as LANGUAGES
from survey.web.respondent.door import door
from survey.web.respondent.guests import LinkExpired, LinkUnknown
from survey.web.respondent.pages import answer, language_for, render
from survey.web.respondent.promise import Promise, promise_in

LONGEST_ON_PAPER = 44
"""Characters of a name on the sheet, which is one sheet whatever somebody is called; the page has it whole."""

SETTINGS = ("roomy", "close", "tight")
"""How much air there is on the sheet; the second and third are for long names."""

KEPT_SHEETS = 16
"""Sheets that are kept ready: an open address must not cost a second of work each time."""


@door.get("/zo-werkt-de-spiegel/<token>")
def how_it_works(token: str) -> Response:
    """Show how the round behind this address works."""
    round_ = _round_behind(token)
    language = language_for(round_)
    promise = _promise(round_, language)
    values = {"promise": promise, "languages": LANGUAGES, "paper": f"{request.path}.pdf"}
    return answer(render("how_it_works", "promise", language, **values), "promise", language)


@door.get("/zo-werkt-de-spiegel/<token>.pdf")
def how_it_works_on_paper(token: str) -> Response:
    """Give the same on one sheet to print, hang up or hand out. Raises PangoMissing."""
    round_ = _round_behind(token)
    language = language_for(round_)
    response = Response(sheet(_promise(round_, language), language), mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="zo-werkt-de-spiegel.pdf"'
    return response


@lru_cache(maxsize=KEPT_SHEETS)
def sheet(promise: Promise, language: str) -> bytes:
    """Return one A4 with what holds for this group, as a PDF/UA file. Raises PangoMissing."""
    short = _with_short_names(promise)
    with force_locale(language):
        template = current_app.jinja_env.get_template("respondent/how_it_works_paper.html")
        settings = [template.render(promise=short, language=language, setting=setting) for setting in SETTINGS]
    return render_sheet(settings, f"how it works {language}")


def _with_short_names(promise: Promise) -> Promise:
    def short(name: str) -> str:
        return one_line(name, LONGEST_ON_PAPER)

    return replace(
        promise,
        company=short(promise.company),
        owner=short(promise.owner),
        first_name=short(promise.first_name),
        contact_name=short(promise.contact_name),
        partner=short(promise.partner),
        operator=short(promise.operator) if promise.operator else None,
    )


def _promise(round_: Round, language: str) -> Promise:
    [staff] = ANONYMOUS
    by_card = any(group.channel == "cards" for group in round_.groups if group.perspective == staff)
    return promise_in(installation(), round_, staff, language, by_card=by_card)


def _round_behind(token: str) -> Round:
    """Return the round whose staff this address is for. Raises LinkUnknown, LinkExpired."""
    house = installation()
    try:
        round_ = find_round(house.links.read_how_it_works(token))
    except UnknownLink as damaged:
        raise LinkUnknown from damaged
    if round_ is None or round_.cancelled_at is not None or house.clock() >= end_of(round_.erased_on):
        raise LinkExpired
    if not any(group.perspective in ANONYMOUS for group in round_.groups):
        raise LinkUnknown
    return round_
