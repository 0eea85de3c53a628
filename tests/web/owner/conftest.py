"""What tests of the owner's pages may ask for: Karin signed in, and her browser on a real server."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import make_server

from survey.clock import now
from survey.store.database import db
from survey.store.people import Account, Company


def become(client: FlaskClient, account: Account) -> None:
    """Let a browser be signed in as this account; that signing in works has tests of its own."""
    with client.session_transaction() as session:
        session.update(_user_id=account.fs_uniquifier, _fresh=True, fs_paa=now().timestamp())


@pytest.fixture
def owner(app: Flask, client: FlaskClient, karin: Account, bakery: Company) -> FlaskClient:
    """Karin's browser, signed in. The form token has tests of its own."""
    app.config["WTF_CSRF_ENABLED"] = False
    become(client, karin)
    return client


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the app is really served, for a browser."""
    db.session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def phone_of_karin(owner: FlaskClient, address: str, context: BrowserContext) -> Page:
    """Karin's phone, 360 wide, signed in."""
    cookie = owner.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    return context.new_page()
