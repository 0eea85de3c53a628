"""The post box: where somebody who tries the product out reads the mails that were kept instead of sent.

It exists only outside production and without a mail server, on this computer, for whoever has the key that `survey
serve` prints in the terminal. No account opens it: the mails of an anonymous group lie in it.
"""

import base64
import hashlib
import re
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, render_template, request
from flask_babel import format_datetime

from survey.installation import Installation, installation
from survey.outgoing.kept_mail import KeptMail, NoSuchMail, kept_mail, newest_first
from survey.web.access import NotYours, key_to_the_post_box

MOST: Final = 200
NONE: Final = "'none'"

door = Blueprint("post_box", __name__)


def address(house: Installation, base: str) -> str:
    """Return the address of the post box, with its key."""
    return f"{base}/postvak?sleutel={key_to_the_post_box(house)}"


@door.get("/postvak")
def mails() -> str:
    """List the kept mails, the newest first."""
    return render_template("post_box/mails.html", mails=newest_first(_folder(), MOST), key=_key(), moment=_moment)


@door.get("/postvak/<name>")
def mail(name: str) -> str:
    """Show one mail as text, its links to click on."""
    return render_template("post_box/mail.html", mail=_found(name), key=_key(), moment=_moment)


@door.get("/postvak/<name>/opmaak")
def laid_out(name: str) -> Response:
    """Show the HTML part of one mail as a mail program would: it runs nothing, fetches nothing and sends nothing."""
    html = _found(name).html
    if html is None:
        raise NotYours
    response = Response(html)
    styles = [f"'sha256-{_digest(style)}'" for style in re.findall(r"(?s)<style>(.*?)</style>", html)]
    response.headers["Content-Security-Policy"] = (
        f"sandbox; default-src 'none'; style-src {' '.join(styles) or NONE}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return response


def _found(name: str) -> KeptMail:
    try:
        return kept_mail(_folder(), name)
    except NoSuchMail as missing:
        raise NotYours from missing


def _folder() -> Path:
    return installation().settings.kept_mails


def _key() -> str:
    return request.args["sleutel"]


def _moment(kept: KeptMail) -> str:
    return str(format_datetime(kept.moment, "d MMMM HH:mm")) if kept.moment else ""


def _digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
