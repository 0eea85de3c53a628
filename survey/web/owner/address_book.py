"""The address book: the owner's own list of whom he invites, filled, changed and thrown away. Nothing leaves here.

It must not know what anybody answered.
"""

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from survey import address_book, rhythm
from survey.perspectives import PERSPECTIVES
from survey.rounds import PlanRefused
from survey.store.address_books import AddressBook, address_book_of
from survey.store.database import db
from survey.store.people import Company, invitations_of
from survey.store.rhythms import rhythms_of
from survey.store.rounds import Round, rounds_of
from survey.web.access import current_account, own_company
from survey.web.languages import gettext as _
from survey.web.owner.door import door, full_day, show
from survey.web.owner.plan_form import PlanForm, group_fields, open_form, read_groups

UNPROCESSABLE = 422


@door.get("/bedrijf/<company_id>/adresboek")
def address_book_page(company_id: str) -> str:
    """Show whom the owner invites each time."""
    company = own_company(company_id)
    return _page(company, open_form(group_fields(rhythm.groups_in(_book(company))), company))


@door.post("/bedrijf/<company_id>/adresboek")
def keep_address_book(company_id: str) -> Response | tuple[str, int]:
    """Write the list down, and give it to the round that a rhythm prepared."""
    company = own_company(company_id)
    form = open_form(_typed(), company)
    groups = read_groups(form, company, current_account())
    if form.errors:
        return _page(company, form), UNPROCESSABLE
    lists = {group.perspective: group.people for group in groups if group.people}
    address_book.keep(company, current_account(), lists, sum(group.cards for group in groups))
    flash(_("Bewaard. Er is niets verstuurd."))
    _give_to_prepared_rounds(company)
    return _to_page(company)


@door.post("/bedrijf/<company_id>/adresboek/overnemen")
def take_list_over(company_id: str) -> Response:
    """Fill the address book with the list of an earlier round."""
    company = own_company(company_id)
    wanted = request.form.get("round", "")
    round_ = next((one for one in _rounds_with_a_list(company) if one.id == wanted), None)
    if round_ is None:
        raise BadRequest
    address_book.take_over(company, current_account(), round_)
    flash(_("Overgenomen. Kijk de lijst hieronder na."))
    _give_to_prepared_rounds(company)
    return _to_page(company)


@door.post("/bedrijf/<company_id>/adresboek/weggooien")
def throw_address_book_away(company_id: str) -> Response:
    """Delete the list."""
    company = own_company(company_id)
    book = _book(company)
    if book is not None:
        address_book.throw_away(book)
        flash(_("Je adresboek is weggegooid."))
    return _to_page(company)


def _page(company: Company, form: PlanForm) -> str:
    return show(
        "address_book",
        company,
        form=form,
        book=_book(company),
        rounds_with_a_list=_rounds_with_a_list(company),
        has_rhythm=any(one.account_id == current_account().id for one in rhythms_of(company.id)),
    )


def _give_to_prepared_rounds(company: Company) -> None:
    for one in rhythms_of(company.id):
        if one.account_id != current_account().id:
            continue
        try:
            prepared = rhythm.take_list_over(one)
        except PlanRefused:
            db.session.rollback()
            flash(_("De ronde die klaarstaat, kon de lijst niet overnemen. Kijk die ronde na."))
        else:
            if prepared is not None:
                flash(_("De ronde van %(day)s heeft deze lijst nu ook.", day=full_day(prepared.opens_on)))


def _typed() -> Mapping[str, str]:
    return {name: request.form.get(name, "") for name in ("channel", "cards", *PERSPECTIVES)}


def _book(company: Company) -> AddressBook | None:
    return address_book_of(company.id, current_account().id)


def _rounds_with_a_list(company: Company) -> list[Round]:
    """Return the owner's own rounds that were sent and whose list is still kept."""
    own = (one for one in rounds_of(company.id) if one.sent_at and one.subject_id == current_account().id)
    return [one for one in own if invitations_of(one.id)]


def _to_page(company: Company) -> Response:
    return redirect(url_for(".address_book_page", company_id=company.id), 303)
