"""The account door: signing in and out, one's own details, companies and languages."""

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from survey.settings import Settings
from survey.store.database import db
from survey.store.people import Account
from survey.web.headers import ONE_YEAR
from survey.web.languages import NAMES, cookie_name

door = Blueprint("account", __name__)


def let_people_sign_in(app: Flask, settings: Settings) -> None:
    """Let `app` recognise who is signed in."""
    manager = LoginManager(app)
    manager.user_loader(lambda account_id: db.session.get(Account, int(account_id)))


@door.get("/")
def front() -> str | Response:
    """The front page; whoever is signed in goes on to the round."""
    if current_user.is_authenticated and "owner.home" in current_app.view_functions:
        return redirect(url_for("owner.home"))
    return render_template("account/front.html")


@door.get("/inloggen")
def sign_in() -> str:
    """Sign in."""
    return render_template("account/front.html")


@door.post("/taal")
def choose_language() -> Response:
    """Keep a language, in the browser and with the account, and return to the page."""
    response = redirect(local_path(request.form.get("next", "")), 303)
    chosen = request.form.get("language", "")
    if chosen in NAMES:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(cookie_name(), chosen, ONE_YEAR, secure=secure, httponly=True, samesite="Lax")
        if current_user.is_authenticated:
            current_user.language = chosen
            db.session.commit()
    return response


def local_path(wanted: str) -> str:
    """Return the path when it stays on this host, and the front page otherwise: no open redirect."""
    stays = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and "\\" not in wanted
    return wanted if stays and wanted.isprintable() else "/"
