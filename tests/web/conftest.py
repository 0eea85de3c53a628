"""What every test of a page may ask for: a respondent's phone that follows the road from link to thanks."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import TestResponse

from survey.installation import Installation
from survey.store.people import Invitation

MOOD = {"gut_feeling": "7", "order_book": "4", "cash_outlook": "cannot_judge"}


def path_of(link: str) -> str:
    """Return what of a link comes after the host."""
    return "/" + link.split("/", 3)[3]


def start_in(page: str) -> str:
    """Return the start that an open list carries."""
    found = re.search(r'name="start" value="([^"]+)"', page)
    assert found, "this page is no list"
    return unescape(found[1])


def code_in(page: str) -> str:
    """Return the receipt code on a thanks page."""
    found = re.search(r"<output[^>]*>([0-9A-Z ]+)</output>", page)
    assert found, "this page shows no code"
    return found[1]


@dataclass
class Phone:
    """A phone without JavaScript, with its own cookies."""

    client: FlaskClient
    house: Installation

    def link_of(self, invitation: Invitation) -> str:
        """Return the path of somebody's mailed link."""
        return path_of(self.house.links.invitation(invitation.id))

    def open_list(self, invitation: Invitation) -> str:
        """Read the promise, press start, and return the start of the list that opens."""
        self.client.post(self.link_of(invitation), data={"taal": "nl"})
        return start_in(self.client.get("/lijst").text)

    def send(self, start: str, answers: Mapping[str, object] = MOOD) -> TestResponse:
        """Send a list."""
        return self.client.post("/lijst", data={"start": start, "taal": "nl", **answers})

    def answer(self, invitation: Invitation, answers: Mapping[str, object] = MOOD) -> TestResponse:
        """Walk the whole road."""
        return self.send(self.open_list(invitation), answers)


@pytest.fixture
def new_phone(app: Flask, house: Installation) -> Callable[[], Phone]:
    """Makes one phone after another."""
    return lambda: Phone(app.test_client(), house)


@pytest.fixture
def phone(new_phone: Callable[[], Phone]) -> Iterator[Phone]:
    """One phone."""
    return new_phone()


class _Silent(WSGIRequestHandler):
    def log(self, *_: object, **__: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where a browser finds the app: the start of every address, without a slash."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
