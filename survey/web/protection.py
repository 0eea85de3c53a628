"""Against forged, flooding and malformed requests: the form token, the limits, and what no page needs to see."""

from typing import Final

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.exceptions import BadRequest

LARGEST_REQUEST: Final = 1024 * 1024
"""Bytes: a pasted list of ten thousand addresses fits; a film does not."""

CHANGES_NOTHING: Final = frozenset({"GET", "HEAD", "OPTIONS"})

csrf = CSRFProtect()
"""Every form carries its token. Only what a mail program posts by itself may be exempt, by name."""

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)
"""Counts per process, in memory: nothing about who asked is ever written down."""


def guard_against_forgery_and_floods(app: Flask) -> None:
    """Refuse forged and malformed requests before any page is asked."""
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        # Our own pages send no Referer (headers.py), so it cannot be asked for.
        WTF_CSRF_SSL_STRICT=False,
        # The token ends with the session; a list that was open overnight can still be sent.
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_KEY_PREFIX="",
    )
    app.before_request(_refuse_other_sites)
    app.before_request(_refuse_nul)
    csrf.init_app(app)
    limiter.init_app(app)


def _refuse_other_sites() -> None:
    # A second lock beside the form token: browsers say themselves when another site made them post.
    if request.method not in CHANGES_NOTHING and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise BadRequest


def _refuse_nul() -> None:
    # No keyboard makes it, PostgreSQL cannot store it, and C libraries stop reading at it.
    sent = (request.path, *request.args, *request.args.values(), *request.form, *_all_values())
    if any("\0" in text for text in sent):
        raise BadRequest


def _all_values() -> list[str]:
    return [text for texts in request.form.listvalues() for text in texts]
