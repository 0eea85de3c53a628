"""The pages of the account door that are ours; signing in itself is the library's (sign_in.py).

A link in a mail only shows a page: what it is for happens when somebody presses the button there, for mail filters
follow links too.
"""

from typing import cast

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import auth_required
from flask_security.confirmable import confirm_email_token_status
from werkzeug.wrappers import Response

from survey import leaving, owners, sharing
from survey.installation import installation
from survey.store.database import db
from survey.store.people import companies_owned_by, owns_a_company
from survey.web.access import current_account, own_company
from survey.web.account import post
from survey.web.account.forms import MAILS_PER_ADDRESS, AddressForm, FarewellForm, NameForm
from survey.web.headers import ONE_YEAR
from survey.web.languages import NAMES, cookie_name
from survey.web.protection import count, local_path

door = Blueprint("account", __name__)

MINUTES_AFTER_SIGNING_IN = 30
"""Later than this, something that cannot be undone asks again who you are."""


@door.get("/")
def front() -> str | Response:
    """The front page; whoever is signed in goes on to the round."""
    if not current_user.is_authenticated:
        return render_template("account/front.html")
    if not owns_a_company(current_account().id):
        is_coach = sharing.is_confidant(current_account().id)
        return redirect(url_for("coach.clients" if is_coach else "account.add_company"))
    return redirect(url_for("owner.companies"))


@door.post("/taal")
def choose_language() -> Response:
    """Keep a language, in the browser and with the account, and return to the page."""
    response = redirect(local_path(request.form.get("next")), 303)
    chosen = request.form.get("language", "")
    if chosen in NAMES:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(cookie_name(), chosen, ONE_YEAR, secure=secure, httponly=True, samesite="Lax")
        if current_user.is_authenticated:
            current_account().language = chosen
            db.session.commit()
    return response


@door.get("/account/nieuw/mail")
def look_in_your_mail() -> str:
    """What to do after asking for an account; it says the same to everybody."""
    return render_template("account/look_in_your_mail.html")


@door.get("/bevestigen/<token>")
def confirm(token: str) -> str:
    """Show which address the link in a mail confirms."""
    expired, invalid, account = confirm_email_token_status(token)
    usable = account is not None and not (expired or invalid)
    return render_template("account/confirm.html", account=account if usable else None, expired=expired)


@door.post("/bevestigen/<token>")
def confirm_now(token: str) -> Response:
    """Confirm it, and sign in."""
    return cast(Response, current_app.view_functions["security.confirm_email"](token))


@door.get("/nieuw-adres/<token>")
def confirm_address(token: str) -> str:
    """Show that the link in a mail changes the address of an account."""
    return render_template("account/confirm_address.html")


@door.post("/nieuw-adres/<token>")
def confirm_address_now(token: str) -> Response:
    """Change the address."""
    return cast(Response, current_app.view_functions["security.change_email_confirm"](token))


@door.route("/account", methods=["GET", "POST"])
def own() -> str | Response:
    """One's own details: name, address, language, password, companies."""
    account = current_account()
    form = NameForm(name=account.name)
    if form.validate_on_submit():
        account.name = str(form.name.data)
        db.session.commit()
        flash(_("Je naam is bewaard."))
        return redirect(url_for("account.own"), 303)
    return render_template("account/own.html", form=form, account=account, companies=companies_owned_by(account.id))


@door.route("/bedrijven/nieuw", methods=["GET", "POST"])
def add_company() -> str | Response:
    """Add a company."""
    form = NameForm()
    if form.validate_on_submit():
        owners.add_company(current_account(), str(form.name.data))
        return redirect(url_for("account.front"), 303)
    return render_template("account/add_company.html", form=form, first=not owns_a_company(current_account().id))


@door.route("/bedrijf/<company_id>/gegevens", methods=["GET", "POST"])
def company(company_id: str) -> str | Response:
    """What a company is called, and who owns it."""
    mine = own_company(company_id)
    form = NameForm(name=mine.name)
    if form.validate_on_submit():
        owners.rename_company(mine, str(form.name.data))
        flash(_("De naam is bewaard."))
        return redirect(url_for("account.company", company_id=mine.id), 303)
    return _company_page(company_id, form, AddressForm(formdata=None))


@door.post("/bedrijf/<company_id>/mede-eigenaar")
def ask_co_owner(company_id: str) -> str | Response:
    """Ask somebody to become the second owner."""
    mine, account = own_company(company_id), current_account()
    form = AddressForm()
    if not form.validate_on_submit():
        return _company_page(company_id, NameForm(formdata=None, name=mine.name), form)
    address = str(form.address.data)
    count("questions", str(account.id), *MAILS_PER_ADDRESS)
    token = owners.ask(installation().hasher, mine, account, address)
    link = post.link_to("account.co_owner", token=token)
    post.put("co_owner", address, account.language, owner=account.name, company=mine.name, link=link)
    flash(_("De vraag is onderweg naar %(address)s.", address=address))
    return redirect(url_for("account.company", company_id=mine.id), 303)


@door.get("/mede-eigenaar/<token>")
def co_owner(token: str) -> str:
    """Show who asks to own what together."""
    question = owners.read_question(installation().hasher, token)
    signed_in_as = current_account().email if current_user.is_authenticated else None
    return render_template("account/co_owner.html", question=question, signed_in_as=signed_in_as)


@door.post("/mede-eigenaar/<token>")
def become_co_owner(token: str) -> Response:
    """Say yes."""
    question = owners.read_question(installation().hasher, token)
    owners.accept(question, current_account())
    flash(_("Je bent nu mede-eigenaar van %(company)s.", company=question.company.name))
    return redirect(url_for("account.front"), 303)


@door.route("/account/verwijderen", methods=["GET", "POST"])
@auth_required("session", within=MINUTES_AFTER_SIGNING_IN, grace=10)  # type: ignore[untyped-decorator]  # the library's
def leave() -> str | Response:
    """Delete the account, after saying what goes with it and asking once more."""
    account, form = current_account(), FarewellForm()
    if form.validate_on_submit():
        address, spoken = account.email, account.language
        leaving.leave(installation(), account)
        session.clear()
        post.put("farewell", address, spoken)
        flash(_("Je account is verwijderd."))
        return redirect(url_for("account.front"), 303)
    farewell = leaving.what_goes(account, installation().clock())
    return render_template("account/leave.html", form=form, farewell=farewell)


def _company_page(company_id: str, name: NameForm, question: AddressForm) -> str:
    mine = own_company(company_id)
    room = len(mine.owners) < owners.MOST_OWNERS
    return render_template("account/company.html", company=mine, name=name, question=question, room=room)
