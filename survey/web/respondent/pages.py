"""Pages of this door: in the language of the round, with their one style sheet inside, and small on the wire.

The style sheet is one fixed text per kind of page, so that the policy can name its hash and a phone needs one request.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from flask import Response, current_app, request
from flask_babel import force_locale, format_date
from markupsafe import Markup

from survey.store.rounds import Round
from survey.web.headers import policy_with_style
from survey.web.languages import FIRST
from survey.web.languages import NAMES as LANGUAGES
from survey.web.respondent.door import door
from survey.web.respondent.wire import Body, pressed

Kind = Literal["promise", "letter", "list", "list_more"]
"""`list_more` is a list that asks for facts too, or comes back with what must change: most phones never see one."""
STYLES: Final = Path(__file__).parent / "styles"
KEPT_PAGES: Final = 256
"""So many pages of each kind are kept ready, at about 40 kB: one per group, language and kind."""


@dataclass(frozen=True)
class Style:
    """A style sheet as it stands in the page, and how the policy names it."""

    text: Markup
    digest: str


@cache
def style(kind: Kind) -> Style:
    """Return the style sheet for a kind of page: what all have in common, then its own."""
    names = ("paper", "list", kind) if kind == "list_more" else ("paper", kind)
    text = "".join((STYLES / f"{name}.css").read_text("utf-8") for name in names)
    text = "".join(line.strip() for line in text.splitlines())
    return Style(Markup(text), "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode())


def policy(kind: Kind) -> str:
    """Return the content security policy of a kind of page."""
    return policy_with_style(style(kind).digest)


def asked_language() -> str:
    """Return the language that this request asks for, or nothing."""
    asked = request.values.get("taal", "")
    return asked if asked in LANGUAGES else ""


def language_for(round_: Round | None) -> str:
    """Return the language to speak: the one asked for, else the round's, else the phone's."""
    if asked := asked_language():
        return asked
    if round_ is not None and round_.language in LANGUAGES:
        return round_.language
    return request.accept_languages.best_match(LANGUAGES, FIRST)


def render(template: str, kind: Kind, language: str, **values: Any) -> str:
    """Return a page of this door as text."""
    with force_locale(language):
        page = current_app.jinja_env.get_template(f"respondent/{template}.html")
        html: str = page.render(language=language, style=style(kind).text, **values)
    return html


def answer(page: str | Body, kind: Kind, language: str, status: int = 200) -> Response:
    """Return a page as a response, compressed for who can read that."""
    body = pressed(page, request.accept_encodings) if isinstance(page, str) else page
    response = Response(body.content, status, content_type="text/html; charset=utf-8")
    if body.encoding:
        response.headers["Content-Encoding"] = body.encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Content-Language"] = language
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Security-Policy"] = policy(kind)
    return response


def letter(template: str, language: str, status: int = 200, **values: Any) -> Response:
    """Return one of the pages that are read, not filled in."""
    # A page that answers a form has no address of its own, so no link can show it in the other language.
    languages = LANGUAGES if request.method != "POST" or values.get("typed") else {}
    page = render(template, "letter", language, languages=languages, **values)
    return answer(page, "letter", language, status)


def without_indents(page: str) -> str:
    """Return a page on which nobody typed anything without the white space that only serves its template."""
    return "\n".join(line.strip() for line in page.splitlines() if line.strip())


@door.app_template_filter("day")
def day(moment: date, pattern: str = "EEEE d MMMM") -> str:
    """Return a date in words: "vrijdag 20 november"."""
    words: str = format_date(moment, pattern)
    return words.rstrip(".")


@door.app_template_filter("sentence")
def sentence(text: str) -> str:
    """Return a text with a capital at its start."""
    return text[:1].upper() + text[1:]
