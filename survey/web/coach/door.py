"""The door itself: what its pages have in common, being let in by mail, and what was shared and no longer is.

It must not know what anybody answered.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from survey import conversation, sharing
from survey.installation import installation
from survey.sharing import NoLongerShared
from survey.web.access import current_account
from survey.web.languages import gettext as _
from survey.web.owner.door import words

door = Blueprint("coach", __name__)


@door.app_context_processor
def _who_looks_along() -> dict[str, Any]:
    return {"sees_clients": sees_clients}


@door.context_processor
def _words_of_the_door() -> dict[str, Any]:
    return {**words(), "here": "clients"}


def sees_clients() -> bool:
    """Say whether the account that is signed in was let in by somebody; asked by the top bar only."""
    return bool(current_user.is_authenticated) and sharing.is_confidant(current_account().id)


def show(template: str, **values: Any) -> str:
    """Return a page of this door."""
    brand = None if "company" in values else current_account().name
    return render_template(f"coach/{template}.html", brand=brand, **values)


@door.errorhandler(NoLongerShared)
def no_longer_shared(ended: NoLongerShared) -> tuple[str, int]:
    """Say that it was shared once, and since when no longer. What the coach wrote himself is still his."""
    notes = [held.text for held in conversation.coach_notes(ended.round, current_account().id).values() if held.text]
    return show("no_longer", company_name=ended.company.name, ended_on=ended.ended_on, notes=notes), 410


@door.get("/meekijken/<token>")
def offer(token: str) -> str:
    """Show who lets the reader of a mail look along."""
    house = installation()
    confidant = sharing.read_offer(house.hasher, token, house.clock())
    signed_in_as = current_account().email if current_user.is_authenticated else None
    return render_template("coach/offer.html", confidant=confidant, signed_in_as=signed_in_as)


@door.post("/meekijken/<token>")
def take_up(token: str) -> Response:
    """Look along from now on, with the account that is signed in."""
    house = installation()
    confidant = sharing.read_offer(house.hasher, token, house.clock())
    sharing.take_up(confidant, current_account())
    flash(_("Je kijkt nu mee bij %(company)s.", company=confidant.company.name))
    return redirect(url_for(".clients"), 303)
