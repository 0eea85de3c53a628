"""What stands in front: from whom a request really came, and that it came over https.

Anybody can write in a request that it was forwarded for somebody else. Only what the proxies wrote that
SURVEY_TRUSTED_PROXIES counts is believed, and of that only the visitor's address; without any, nothing is.
It must not know what is asked.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from survey.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CHAIN: Final = "HTTP_X_FORWARDED_FOR"
SAID_BY_ANYBODY: Final = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_BY",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_SSL",
    "HTTP_X_REAL_IP",
)
"""Headers of proxies that no page needs: the host is named by SURVEY_URL, and so is https."""
CAME_BY_PROXY: Final = "spiegelronde.came_by_proxy"
"""In the request's environment: whether somebody says that it was forwarded."""


class BehindProxies:
    """Puts the visitor's address where the pages look for it, before they are asked."""

    def __init__(self, app: "WSGIApplication", trusted: int, *, production: bool) -> None:
        """trusted: how many proxies in a row stand in front and add to X-Forwarded-For."""
        self._app = ProxyFix(app, x_for=trusted, x_proto=0, x_host=0) if trusted else app
        self._trusted = trusted
        self._production = production

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        environ[CAME_BY_PROXY] = CHAIN in environ or any(name in environ for name in SAID_BY_ANYBODY)
        for name in SAID_BY_ANYBODY:
            environ.pop(name, None)
        if not self._trusted or not _all_addresses(environ.get(CHAIN, "")):
            environ.pop(CHAIN, None)
        if self._production:
            environ["wsgi.url_scheme"] = "https"  # SURVEY_URL says so, whichever way the last step was made
        return self._app(environ, start_response)


def stand_behind_proxies(app: Flask, settings: Settings) -> None:
    """Let `app` see visitors as the trusted proxies saw them."""
    app.wsgi_app = BehindProxies(  # type: ignore[method-assign]  # the way Flask describes
        app.wsgi_app, settings.trusted_proxies, production=settings.in_production
    )


def _all_addresses(chain: str) -> bool:
    try:
        return all(ip_address(part.strip()) for part in chain.split(","))
    except ValueError:
        return False
