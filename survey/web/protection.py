"""Against forged, flooding and malformed requests: the form token, the limits, and what no page needs to see."""

import hmac
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Final

from flask import Flask, current_app, request
from flask_wtf import CSRFProtect
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, TooManyRequests

from survey.chance import draw_bytes
from survey.clock import today

LARGEST_REQUEST: Final = 1024 * 1024
"""Bytes: a pasted list of ten thousand addresses fits; a film does not."""

CHANGES_NOTHING: Final = frozenset({"GET", "HEAD", "OPTIONS"})

COUNTS: Final = "spiegelronde counts"
_OF_THIS_PROCESS: Final = draw_bytes(32)

csrf = CSRFProtect()
"""Every form carries its token. Only what a mail program posts by itself may be exempt, by name."""


def guard_against_forgery_and_floods(app: Flask) -> None:
    """Refuse forged and malformed requests before any page is asked, and start counting anew."""
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        # Our own pages send no Referer (headers.py), so it cannot be asked for.
        WTF_CSRF_SSL_STRICT=False,
        # The token ends with the session; a page that was open overnight can still be sent.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.before_request(_refuse_other_sites)
    app.before_request(_refuse_other_kinds)
    app.before_request(_refuse_nul)
    csrf.init_app(app)
    # Per process and in memory: nothing about who asked is ever written down.
    app.extensions[COUNTS] = FixedWindowRateLimiter(MemoryStorage())


def count(what: str, who: str, *allowances: str) -> None:
    """Count one time of `what` for `who` against each allowance ("5 per 10 minutes"). Raises TooManyRequests."""
    limits: FixedWindowRateLimiter = current_app.extensions[COUNTS]
    counted = [limits.hit(parse(allowance), what, who) for allowance in allowances]
    if not all(counted):
        raise TooManyRequests


def refuse_when_used_up(what: str, who: str, *allowances: str) -> None:
    """Count nothing, and raise TooManyRequests when one of the allowances is used up already."""
    limits: FixedWindowRateLimiter = current_app.extensions[COUNTS]
    if not all(limits.test(parse(allowance), what, who) for allowance in allowances):
        raise TooManyRequests


def visitor() -> str:
    """Return who asks, for counting: the address under a key of this process and this day, never the address."""
    message = f"{today()}|{_network(get_remote_address())}".encode()
    return hmac.digest(_OF_THIS_PROCESS, message, "sha256").hex()


def get_remote_address() -> str:
    """Return the address that this request came from, as the server tells it."""
    return request.remote_addr or "127.0.0.1"


def _network(address: str) -> str:
    """Return an address of version 6 without its last half, which every visitor may choose himself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def local_path(wanted: str | None) -> str:
    """Return the path when it stays on this host, and the front page otherwise: no open redirect."""
    path = wanted or ""
    stays = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if stays else "/"


def _refuse_other_sites() -> None:
    # A second lock beside the form token: browsers say themselves when another site made them post.
    if request.method not in CHANGES_NOTHING and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise BadRequest


def _refuse_other_kinds() -> None:
    # The sign-in library also reads JSON, past every check of a form; what is nested deep enough brings it down.
    if request.is_json:
        raise BadRequest


def _refuse_nul() -> None:
    # No keyboard makes it, PostgreSQL cannot store it, and C libraries stop reading at it.
    sent = (request.path, *_texts(request.args), *_texts(request.form))
    if any("\0" in text for text in sent):
        raise BadRequest


def _texts(fields: MultiDict[str, str]) -> Iterator[str]:
    for name, texts in fields.lists():
        yield name
        yield from texts
