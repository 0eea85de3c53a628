"""How somebody is recognised: Flask-Security, set up in our words, with our mail and without what we do not use.

A decision record says what was kept out of it and why (docs/decisions).
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from flask import Flask, session
from flask.typing import ResponseReturnValue
from flask_login import user_logged_in, user_logged_out
from flask_security import Security, SQLAlchemyUserDatastore
from flask_security.signals import change_email_confirmed
from flask_security.totp import Totp

from survey import clock, letters
from survey.installation import installation
from survey.settings import Settings
from survey.store.database import db
from survey.store.people import Account
from survey.web.account import post
from survey.web.account.forms import ConfirmAgainForm, ForgottenForm, NewAccountForm, SameAgainForm, SignInForm
from survey.web.account.words import MESSAGES

CODE_LASTS: Final = timedelta(minutes=post.CODE_MINUTES)
SIGNED_IN_AT_MOST: Final = timedelta(hours=12)
"""A working day; then everybody shows again who he is."""
SHORTEST_PASSWORD: Final = 12

ARGON2: Final = {
    "argon2__memory_cost": 19 * 1024,  # KiB
    "argon2__time_cost": 2,
    "argon2__parallelism": 1,
}
"""OWASP's smallest advice for argon2id: 21 ms here, where the library's default takes 177."""

PAGES: Final = {
    "LOGIN_URL": "/inloggen",
    "US_SIGNIN_SEND_CODE_URL": "/inloggen/code",
    "LOGOUT_URL": "/uitloggen",
    "REGISTER_URL": "/account/nieuw",
    "RESET_URL": "/wachtwoord/vergeten",
    "CHANGE_URL": "/wachtwoord",
    "CHANGE_EMAIL_URL": "/adres",
    "CONFIRM_URL": "/bevestiging",
    "US_VERIFY_URL": "/nog-een-keer",
    "US_VERIFY_SEND_CODE_URL": "/nog-een-keer/code",
}
TEMPLATES: Final = {
    "US_SIGNIN_TEMPLATE": "account/sign_in.html",
    "REGISTER_USER_TEMPLATE": "account/new.html",
    "FORGOT_PASSWORD_TEMPLATE": "account/forgotten.html",
    "RESET_PASSWORD_TEMPLATE": "account/new_password.html",
    "CHANGE_PASSWORD_TEMPLATE": "account/password.html",
    "CHANGE_EMAIL_TEMPLATE": "account/address.html",
    "SEND_CONFIRMATION_TEMPLATE": "account/confirm_again.html",
    "US_VERIFY_TEMPLATE": "account/same_again.html",
}
MAILS: Final = {
    "US_EMAIL_TEMPLATE": "sign_in_code",
    "REGISTER_EMAIL_TEMPLATE": "welcome",
    "REGISTER_EMAIL_EXISTING_TEMPLATE": "known_already",
    "EMAIL_TEMPLATE_CONFIRM": "confirm",
    "EMAIL_TEMPLATE_PASSWORD_RESET": "new_password",
    "EMAIL_TEMPLATE_PASSWORD_RESET_NOTICE": "password_changed",
    "EMAIL_TEMPLATE_PASSWORD_CHANGE_NOTICE": "password_changed",
    "CHANGE_EMAIL_EMAIL_TEMPLATE": "new_address",
}


def let_people_sign_in(app: Flask, settings: Settings) -> None:
    """Let `app` recognise who is signed in, and offer the library's pages as ours."""
    app.config.update(
        {f"SECURITY_{name}": value for name, value in _choices(settings.signing_keys()).items()},
        REMEMBER_COOKIE_NAME="__Host-remember" if settings.in_production else "remember",
        REMEMBER_COOKIE_SECURE=settings.in_production,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
    )
    app.before_request(_end_after_a_working_day)  # before the library looks who is there
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, Account, None),
        mail_util_cls=post.Post,
        totp_cls=Codes,
        us_signin_form=SignInForm,
        us_verify_form=SameAgainForm,
        register_form=NewAccountForm,
        forgot_password_form=ForgottenForm,
        send_confirmation_form=ConfirmAgainForm,
    )
    security.want_json(lambda _request: False)  # one way to answer, so one way to be checked
    _look_for_nobody_without_a_session(app)
    user_logged_in.connect(_start_with_an_empty_session, app)
    user_logged_out.connect(_end_every_session, app)
    change_email_confirmed.connect(_tell_the_old_address, app)


def _choices(keys: Sequence[str]) -> dict[str, Any]:
    return {
        **PAGES,
        **TEMPLATES,
        **MAILS,
        **{f"MSG_{name}": message for name, message in MESSAGES.items()},
        "STATIC_FOLDER": None,
        "CACHE_CONTROL": None,  # headers.py says it for every page
        "I18N_DOMAIN": "messages",
        "I18N_DIRNAME": [str(letters.TRANSLATIONS)],
        "EMAIL_PLAINTEXT": False,  # not its texts: ours are written in post.py
        "EMAIL_HTML": False,
        "REGISTERABLE": True,
        "CONFIRMABLE": True,
        "AUTO_LOGIN_AFTER_CONFIRM": True,
        "RECOVERABLE": True,
        "CHANGEABLE": True,
        "CHANGE_EMAIL": True,
        "UNIFIED_SIGNIN": True,
        "US_SIGNIN_REPLACES_LOGIN": True,
        "US_ENABLED_METHODS": ["password", "email"],
        "US_MFA_REQUIRED": [],
        "US_TOKEN_VALIDITY": int(CODE_LASTS.total_seconds()),
        "TOTP_SECRETS": {hashlib.sha256(key.encode()).hexdigest()[:8]: key for key in keys},
        "TOTP_ISSUER": "Spiegelronde",
        "PASSWORD_REQUIRED": False,
        "PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_HASH": "argon2",
        "PASSWORD_HASH_PASSLIB_OPTIONS": ARGON2,
        "PASSWORD_SINGLE_HASH": True,
        # What is hashed with it travels signed, to the one it is about; the library's choice takes a quarter second.
        "HASHING_SCHEMES": ["hex_sha256"],
        "DATETIME_FACTORY": lambda: installation().clock(),
        "RETURN_GENERIC_RESPONSES": True,
        "JOIN_USER_ROLES": False,
        "API_ENABLED_METHODS": ["session"],
        "FRESHNESS": timedelta(minutes=30),
        "FRESHNESS_GRACE_PERIOD": timedelta(minutes=10),
        "CONFIRM_EMAIL_WITHIN": timedelta(days=2),
        "RESET_PASSWORD_WITHIN": timedelta(hours=1),
        "CHANGE_EMAIL_WITHIN": timedelta(hours=2),
        "POST_LOGIN_VIEW": "/",
        "POST_LOGOUT_VIEW": "/",
        "POST_REGISTER_VIEW": "/account/nieuw/mail",
        "POST_CHANGE_VIEW": "/account",
        "POST_CHANGE_EMAIL_VIEW": "/inloggen",
        "CHANGE_EMAIL_ERROR_VIEW": "/inloggen",
    }


class Codes(Totp):
    """Codes of six digits, one per ten minutes: at any moment three of a million are right, not forty-one."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        super().__init__(secrets, issuer)
        each: Any = getattr(self, "_totp")  # noqa: B009  # the library names it so, and mypy does not see it
        self._totp = each.using(period=int(CODE_LASTS.total_seconds()))
        self._nobodys: str | None = None

    def verify_totp(self, token: str, totp_secret: str, user: Account, window: int = 0) -> bool:
        """Return whether the code is right; one that was made under a key that is gone never is."""
        self._secret_of_nobody()  # made at the first look at any code, so that it tells nothing about whose
        try:
            return bool(super().verify_totp(token, totp_secret, user, window))
        except (KeyError, ValueError):
            return False

    def verify_in_vain(self) -> None:
        """Take as long as looking at somebody's code takes."""
        self.verify_totp("000000", self._secret_of_nobody(), Account(), 0)

    def _secret_of_nobody(self) -> str:
        self._nobodys = self._nobodys or str(self.generate_totp_secret())
        return self._nobodys


def _look_for_nobody_without_a_session(app: Flask) -> None:
    """Spare everybody who answers without an account what the library asks about accounts at every page."""
    # A session is the one way to be recognised; a token in a header or an address never is.
    app.login_manager.request_loader(None)  # type: ignore[attr-defined]  # put there by the library
    before = app.before_request_funcs[None]
    [place] = [at for at, asked in enumerate(before) if getattr(asked, "__module__", "") == "flask_principal"]
    look = before.pop(place)

    def look_who_is_there() -> ResponseReturnValue | None:
        return look() if "_user_id" in session else None  # type: ignore[return-value]  # none of ours is a coroutine

    before.insert(place, look_who_is_there)


def _end_after_a_working_day() -> None:
    if "_user_id" in session and clock.now().timestamp() - session.get("fs_paa", 0) > SIGNED_IN_AT_MOST.total_seconds():
        session.clear()


def _start_with_an_empty_session(_app: Flask, **_told: Any) -> None:
    # Whatever was planted in this browser before somebody signed in is worth nothing after it, the form token too.
    for name in set(session) - {"_user_id", "_fresh", "_id", "_flashes"}:
        session.pop(name)


def _end_every_session(_app: Flask, user: Any, **_told: Any) -> None:
    # Sessions live in cookies: a copied one would outlive signing out, if it still named anybody.
    if user.is_authenticated:
        security = _app.extensions["security"]
        security.datastore.set_uniquifier(user._get_current_object() if hasattr(user, "_get_current_object") else user)
        db.session.commit()
        session.clear()


def _tell_the_old_address(app: Flask, user: Account, old_email: str, **_told: Any) -> None:
    app.extensions["security"].datastore.set_uniquifier(user)
    post.put("address_changed", old_email, user.language)
