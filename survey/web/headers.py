"""What every answer tells the browser before its first line: keep nothing, load nothing from elsewhere.

It knows no page. A page may only say something stricter, or name the hash of its own inline style sheet.
"""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Final

from flask import Flask, Response

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

ONE_YEAR: Final = 365 * 24 * 60 * 60
ONLY_HTTPS: Final = {"Strict-Transport-Security": f"max-age={ONE_YEAR}; includeSubDomains"}


def set_headers(app: Flask, *, production: bool) -> None:
    """Give every answer of `app` its headers; in production also the one that forbids plain http."""
    fixed = always(production=production)

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers[name] = value
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        # Whoever presses "back" on a shared computer after signing out must find nothing.
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def always(*, production: bool) -> Mapping[str, str]:
    """Return the headers that no page may change."""
    return {**ALWAYS, **ONLY_HTTPS} if production else ALWAYS


def policy_with_style(digest: str) -> str:
    """Return the policy for a page with one fixed inline style sheet, named by its hash ("sha256-...")."""
    return CONTENT_SECURITY_POLICY.replace("style-src 'self'", f"style-src '{digest}'")


def policy_with_sending() -> str:
    """Return the policy for a page whose script keeps what is typed: it may send to this host and to no other."""
    return f"{CONTENT_SECURITY_POLICY}; connect-src 'self'"


def for_files(*, production: bool) -> Callable[[MutableMapping[str, str], str, str], None]:
    """Return what adds the headers to a static file, which is served before the application is asked."""
    fixed = always(production=production)

    def add(headers: MutableMapping[str, str], _path: str, _url: str) -> None:
        for name, value in fixed.items():
            headers[name] = value

    return add
