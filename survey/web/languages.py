"""In which language a page speaks: Dutch as written in the pages, or the English catalogue. Never a mix of two."""

from typing import Final

import flask_babel
from flask import Flask, current_app, g, request, session
from flask_babel import Babel, get_locale
from flask_login import current_user

NAMES: Final = {"nl": "Nederlands", "en": "English"}
"""The languages of pages and mails, each by its own name. Dutch is what the pages are written in."""

FIRST: Final = "nl"


def speak(app: Flask) -> None:
    """Let `app` choose a language for each request and offer the choice to its pages."""
    app.config.update(BABEL_DEFAULT_LOCALE=FIRST, BABEL_DEFAULT_TIMEZONE="Europe/Amsterdam")
    Babel(app, locale_selector=choose)
    app.context_processor(lambda: {"languages": NAMES, "language": language()})


def language() -> str:
    """Return the language of this request: "nl" or "en"."""
    return str(get_locale())


def choose() -> str:
    """Choose: what the page set in `g.language` (a round's), the account's own, an earlier choice, the browser's."""
    account_language = current_user.language if "_user_id" in session and current_user.is_authenticated else None
    for code in (g.get("language"), account_language, request.cookies.get(cookie_name())):
        if code in NAMES:
            return str(code)
    return request.accept_languages.best_match(NAMES, FIRST)


def cookie_name() -> str:
    """Return the name of the cookie that keeps a choice; in production one that no other host can set."""
    return "__Host-language" if current_app.config["SESSION_COOKIE_SECURE"] else "language"


def gettext(text: str, **values: object) -> str:
    """Return a Dutch sentence in the language of this request, with its values in place."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Return the sentence for one or for many in the language of this request; `%(num)d` is the number."""
    return str(flask_babel.ngettext(one, many, num, **values))
