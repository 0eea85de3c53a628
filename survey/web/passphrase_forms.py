"""Typing a passphrase: what the owner's door and the coach's do alike with what was typed to lock or to open a round.

The passphrase comes out of a form and goes into a verb; it is never repeated on a page, kept in a session, or written
in a line. Whoever shows these pages has asked whether this reader may type here.
"""

from dataclasses import dataclass
from typing import Final

from flask import flash, render_template, request
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from survey import counting, locking
from survey.clock import day_of
from survey.codes import in_groups
from survey.installation import installation
from survey.passphrases import SHORTEST, PassphraseGuessable, PassphraseTooShort
from survey.store.database import db
from survey.store.keys import KeyLost, PassphraseWrong
from survey.store.people import Company
from survey.store.rounds import Round, RoundFrozen
from survey.web.languages import gettext as _
from survey.web.protection import count, refuse_when_used_up

UNPROCESSABLE: Final = 422
AN_HOUR: Final = "10 per hour"
A_DAY: Final = "40 per day"
"""Passphrases that may be tried on one round, by owner and partner each: neither uses up what the other has."""

Page = str | tuple[str, int]


@dataclass(frozen=True)
class Desk:
    """Where somebody types. on_owners_screen: the owner is beside him; back: where he came from."""

    on_owners_screen: bool
    here: str
    brand: str | None
    back: str


def choosing_page(round_: Round, desk: Desk, problem: str = "") -> Page:
    """Return the page on which the conversation partner chooses a passphrase, typed twice."""
    page = _page("choose", round_, desk, problem=problem, seen=_lock_seen(round_), shortest=SHORTEST)
    return (page, UNPROCESSABLE) if problem else page


def choose(round_: Round, desk: Desk) -> Page:
    """Lock a round with what was typed, and show the recovery code: the one time that it is known.

    Raises RoundFrozen.
    """
    if round_.sent_at is not None or round_.cancelled_at is not None:
        raise RoundFrozen
    if request.form.get("seen") != _lock_seen(round_):
        return choosing_page(
            round_, desk, _("Er is net al een wachtzin gekozen. Typ alleen een nieuwe als die vervalt.")
        )
    typed = request.form.get("passphrase", "")
    if typed != request.form.get("again", ""):
        return choosing_page(round_, desk, _("De twee zijn niet gelijk. Typ de wachtzin nog twee keer."))
    try:
        code = locking.lock(round_, typed, installation().settings.keys, by_partner=not desk.on_owners_screen)
    except PassphraseTooShort:
        return choosing_page(round_, desk, _("Dit is te kort. Neem minstens %(count)d tekens.", count=SHORTEST))
    except PassphraseGuessable:
        return choosing_page(
            round_, desk, _("Dit is te makkelijk te raden. Neem vier woorden die niets met elkaar te maken hebben.")
        )
    return _page("code", round_, desk, code=in_groups(code), base=installation().links.base)


def opening_page(round_: Round, desk: Desk, problem: str = "", status: int = UNPROCESSABLE) -> Page:
    """Return the page on which the passphrase of a closed round is typed, with how long that can still be done."""
    page = _page("open", round_, desk, problem=problem, days_left=_days_left(round_))
    return (page, status) if problem else page


def open_and_count(round_: Round, desk: Desk, done: Response) -> Page | Response:
    """Count a closed round with what was typed. Raises RoundNotClosed."""
    house = installation()
    try:
        count("passphrase", _who_tries(round_, desk), AN_HOUR, A_DAY)
        box = house.boxes.of(round_.id)
        counting.close(round_, box, house.clock())
        counting.count(round_, box, house.settings.keys, house.clock(), request.form.get("passphrase", ""))
    except TooManyRequests:
        return opening_page(round_, desk, _how_long_to_wait(round_, desk), 429)
    except PassphraseWrong:
        db.session.rollback()
        return opening_page(
            round_,
            desk,
            _("Dit is niet de wachtzin van deze ronde, en ook niet de reservecode. Er is niets veranderd."),
        )
    except KeyLost:
        db.session.rollback()
        return opening_page(round_, desk, _("De sleutel van deze ronde is kwijt. Er kan niet meer worden geteld."), 409)
    flash(_("De antwoorden zijn geteld. De wachtzin doet nu niets meer."))
    return done


def _page(template: str, round_: Round, desk: Desk, **values: object) -> str:
    company = db.session.get_one(Company, round_.company_id)
    return render_template(
        f"lock/{template}.html", round=round_, company=company, desk=desk, brand=desk.brand, here=desk.here, **values
    )


def _who_tries(round_: Round, desk: Desk) -> str:
    return f"{round_.id} {'owner' if desk.on_owners_screen else 'partner'}"


def _how_long_to_wait(round_: Round, desk: Desk) -> str:
    try:
        refuse_when_used_up("passphrase", _who_tries(round_, desk), A_DAY)
    except TooManyRequests:
        return _("Dit is vandaag te vaak geprobeerd. Probeer het over een dag opnieuw.")
    return _("Dit is te vaak geprobeerd. Wacht een uur en probeer het opnieuw.")


def _days_left(round_: Round) -> int:
    return (round_.unlocked_by - day_of(installation().clock())).days


def _lock_seen(round_: Round) -> str:
    """Return what tells one lock from another: a form that was sent twice makes no second one."""
    return (round_.public_key or "")[:16]
