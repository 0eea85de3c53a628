"""The shell around every page: which doors there are, and what happens before and after each request.

It knows the doors by name and nothing of what lies behind them.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Flask, request
from whitenoise import WhiteNoise

from survey.settings import Settings
from survey.store.database import start_reading, start_writing
from survey.web import (
    access,
    coach,
    errors,
    headers,
    languages,
    owner,
    post_box,
    protection,
    proxy,
    respondent,
    watching,
)
from survey.web.account import door as account
from survey.web.account.sign_in import let_people_sign_in

DOORS: Final[tuple[Blueprint, ...]] = (
    account.door,
    owner.door,
    coach.door,
    respondent.door,
    post_box.door,
    watching.door,
)
"""Owner, coach, respondent and account each have their own pages and templates; the post box is for trying it out."""

STATIC: Final = Path(__file__).parent / "static"


def open_doors(app: Flask, settings: Settings) -> None:
    """Put the shell around `app` and register every door."""
    app.ensure_sync = _as_it_is  # type: ignore[method-assign,assignment]  # no coroutines here: no need to look
    app.debug = False  # the framework has a switch of its own in the environment; it is none of our settings
    _name_the_host(app, settings)
    app.before_request(_take_or_leave_the_write_lock)
    app.teardown_request(lambda _problem: start_writing())
    headers.set_headers(app, production=settings.in_production)
    protection.guard_against_forgery_and_floods(app)
    languages.speak(app)
    let_people_sign_in(app, settings)
    access.guard(app)
    errors.show_errors(app)
    for door in DOORS:
        app.register_blueprint(door)
    _serve_files(app, settings)
    proxy.stand_behind_proxies(app, settings)


def asset(name: str) -> str:
    """Return the address of a file in static/, which changes with its content: it may be kept for a year."""
    return f"/static/{name}?v={_fingerprint(name)}"


@lru_cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def _as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def _name_the_host(app: Flask, settings: Settings) -> None:
    production = settings.in_production
    app.config.update(
        # A request for another host gets 400: no link is ever made from what a stranger calls us.
        TRUSTED_HOSTS=[settings.host] if settings.host else ["127.0.0.1", "localhost", "[::1]"],
        SESSION_COOKIE_NAME="__Host-session" if production else "session",
        SESSION_COOKIE_SECURE=production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PREFERRED_URL_SCHEME="https" if production else "http",
    )


def _take_or_leave_the_write_lock() -> None:
    if request.method in protection.CHANGES_NOTHING:
        start_reading()
    else:
        start_writing()


def _serve_files(app: Flask, settings: Settings) -> None:
    app.jinja_env.globals["asset"] = asset
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # the way WhiteNoise and Flask both describe
        app.wsgi_app,
        root=str(STATIC),
        prefix="static",
        max_age=headers.ONE_YEAR,
        allow_all_origins=False,
        add_headers_function=headers.for_files(production=settings.in_production),
    )
