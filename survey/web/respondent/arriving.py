"""Arriving: by the link in a mail, by the code on a card. Looking changes nothing; a button starts.

Mail filters follow links, run scripts and press the first button: even that uses no link and leaves nothing behind.
"""

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from survey import ballots
from survey.ballots import Place, RoundNotOpen
from survey.installation import Installation, installation
from survey.web.respondent.door import door
from survey.web.respondent.guests import (
    AlreadySent,
    CardUnusable,
    Guest,
    ListClosed,
    admit,
    guest_with_card,
    guest_with_link,
    invitation_behind,
)
from survey.web.respondent.pages import answer, asked_language, language_for, letter
from survey.web.respondent.promise import called, promise_page, promise_to
from survey.web.respondent.starts import Visit
from survey.web.respondent.stopping import stop_mail_from_here
from survey.web.respondent.visits import begin, end
from survey.web.respondent.wrong_codes import looked_at

SHEET = "blad"
"""Asked for with this word, a promise leads to the same on one sheet. Short: the promise is one small request."""


@door.get("/u/<token>")
def link(token: str) -> AnyResponse:
    """Show the promise to whoever holds this link, or why it cannot be used now."""
    guest = guest_with_link(installation(), token)
    place = admit(installation(), guest, installation().clock())
    return _sheet_or_welcome(guest, place)


@door.post("/u/<token>")
def start_with_link(token: str) -> AnyResponse:
    """Start answering: go on to a page whose address says nothing. Or say no, or take a named answer back.

    Starting looks nothing up: whether the list can be answered now is for the list to say.
    """
    house = installation()
    if request.form.get("do", "start") == "start":
        return _start(invitation_behind(house, token), asked_language())
    guest = guest_with_link(house, token)
    return _do(guest, admit(house, guest, house.clock()))


@door.get("/kaart")
def type_a_card() -> Response:
    """Show where the code of a card is typed."""
    return letter("card", language_for(None))


@door.get("/kaart/<code>")
def card(code: str) -> AnyResponse:
    """Show the promise to whoever scanned this card."""
    return _sheet_or_welcome(*_guest_with_card(code))


@door.post("/kaart")
def typed_card() -> AnyResponse:
    """Show the promise to whoever typed a code, or start; the code never stands in the address."""
    code = request.form.get("code", "")
    guest, place = _guest_with_card(code)
    if request.form.get("do"):
        return _do(guest, place, typed=code)
    # A new card on a shared tablet: whoever was answering before is gone.
    return end(_welcome(guest, place, typed=code))


@door.post("/kaart/<code>")
def start_with_card(code: str) -> AnyResponse:
    """Start answering with a scanned card."""
    return _do(*_guest_with_card(code))


def _guest_with_card(code: str) -> tuple[Guest, Place]:
    """Return who holds the card; a used card is refused, and counted, exactly like one that does not exist."""
    with looked_at(CardUnusable):
        return _holder(installation(), code)


def _holder(house: Installation, code: str) -> tuple[Guest, Place]:
    guest = guest_with_card(house, code)
    place = admit(house, guest, house.clock())
    if place.responded and not guest.by_name:
        raise CardUnusable
    return guest, place


def _sheet_or_welcome(guest: Guest, place: Place) -> AnyResponse:
    """Show the promise, or go to the sheet for staff, whose address says nothing about who asks."""
    if SHEET in request.args and not guest.by_name:
        language = f"?taal={asked}" if (asked := asked_language()) else ""
        return redirect(installation().links.how_it_works(guest.round_.id) + language, 303)
    return _welcome(guest, place)


def _welcome(guest: Guest, place: Place, typed: str = "") -> Response:
    language = language_for(guest.round_)
    if place.responded and not guest.by_name:
        raise AlreadySent(guest)
    if place.responded:
        return letter(
            "answered_by_name",
            language,
            first_name=called(guest.round_),
            name=guest.invitation.name,
            round=guest.round_,
            typed=typed,
        )
    page = promise_page(promise_to(installation(), guest, language), language, typed, request.accept_encodings)
    return answer(page, "promise", language)


def _do(guest: Guest, place: Place, typed: str = "") -> AnyResponse:
    """Do what the button that was pressed says; without one, start."""
    wanted = request.form.get("do")
    if wanted == "decline":
        return _decline(guest, again="" if typed else request.path)
    if place.responded and not guest.by_name:
        raise AlreadySent(guest)
    if wanted == "withdraw" and place.responded:
        return _withdraw_named(guest, place)
    return _start(guest.invitation.id, asked_language())


def _decline(guest: Guest, again: str) -> Response:
    """Take a no for an answer: no more mail, no reason asked, and nobody sees it."""
    round_, by_card = guest.round_, guest.came_by_card
    if not by_card:
        stop_mail_from_here(guest.invitation.id)
    return letter(
        "declined",
        language_for(round_),
        round=round_,
        first_name=called(round_),
        by_card=by_card,
        by_name=guest.by_name,
        again=again,
    )


def _withdraw_named(guest: Guest, place: Place) -> Response:
    house, round_ = installation(), guest.round_
    try:
        ballots.withdraw_named(round_, house.boxes.of(round_.id), house.hasher, place, house.clock())
    except RoundNotOpen as shut:
        raise ListClosed(guest) from shut
    return letter("withdrawn", language_for(round_), round=round_, again=True)


def _start(invitation_id: str, language: str) -> AnyResponse:
    return begin(redirect("/lijst", 303), Visit(invitation_id, language))
