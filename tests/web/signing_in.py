"""How a test signs in, reads its mail and fills in forms: through the pages, as anybody would."""

import re
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey.store.database import db
from survey.store.outbox import OutboxMail

ADDRESS = re.compile(r"https?://\S+")
CODE = re.compile(r"\b\d{3} \d{3}\b")


def form_token(page: TestResponse) -> str:
    """Return the token of the first form on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    return found.group(1)


def fill_in(browser: FlaskClient, page: str, to: str | None = None, **fields: Any) -> TestResponse:
    """Open a page and send its form, to another address when that is what its form does."""
    token = form_token(browser.get(page))
    return browser.post(to or page, data={"csrf_token": token, **fields})


def mails_to(address: str) -> list[dict[str, str]]:
    """Return what was written to an address, the newest first."""
    query = db.select(OutboxMail).filter_by(address=address).order_by(OutboxMail.due_at)
    found = [dict(mail.content or {}, id=mail.id) for mail in db.session.scalars(query)]
    db.session.rollback()
    return list(reversed(found))


def newest_mail(address: str) -> str:
    """Return the text of the one mail to an address, and take it out: each of these tests reads its mail."""
    query = db.select(OutboxMail).filter_by(address=address)
    [mail] = db.session.scalars(query)
    text = str((mail.content or {})["text"])
    db.session.delete(mail)
    db.session.commit()
    return text


def link_in(text: str) -> str:
    """Return the path of the first link in a mail."""
    found = ADDRESS.search(text)
    assert found, text
    return urlsplit(found.group(0)).path


def sign_in(browser: FlaskClient, address: str, **fields: Any) -> TestResponse:
    """Sign in with a mailed code; return where that leads."""
    fill_in(browser, "/inloggen", "/inloggen/code", identity=address)
    code = CODE.search(newest_mail(address))
    assert code
    return fill_in(browser, "/inloggen", identity=address, passcode=code.group(0), **fields)
