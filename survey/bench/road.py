"""The road of a respondent over the wire: promise, start, list, send, thanks; and what each page weighs.

A browser of its own, because what is measured is what leaves the server: bytes as they are compressed, one connection
kept alive, nothing shared with the process that answers.
"""

import gzip
import http.client
import re
from collections.abc import Mapping
from html import unescape
from types import TracebackType
from typing import Final
from urllib.parse import urlencode

import brotli

ANSWER: Final = "4"
TEXT: Final = "Het brood."
_START: Final = re.compile(r'name="start" value="([^"]+)"')
_ITEM: Final = re.compile(r'type="radio" name="([a-z_]+)" value="4"')


class TurnedAway(Exception):
    """A page was answered with something else than itself."""


class Browser:
    """Keeps one connection and one cookie, and counts bytes as they come over the wire."""

    def __init__(self, port: int, encoding: str = "gzip") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Accept-Encoding": encoding, "Content-Type": "application/x-www-form-urlencoded"}
        self.bytes: dict[str, int] = {}
        self.status = 0

    def __enter__(self) -> "Browser":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def ask(self, name: str, method: str, path: str, form: Mapping[str, str] | None = None) -> str:
        """Return the page; its status and what it weighed, kept under its name, can be asked afterwards."""
        self._connection.request(method, path, urlencode(form or {}) or None, self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        self.status, self.bytes[name] = answer.status, len(body)
        if cookie := answer.headers["Set-Cookie"]:
            self._headers["Cookie"] = cookie.partition(";")[0]
        opened = {"br": brotli.decompress, "gzip": gzip.decompress}.get(answer.headers["Content-Encoding"] or "", bytes)
        text: str = opened(body).decode()
        return text

    def open_list(self, link: str) -> dict[str, str]:
        """Read the promise, press start and return the list, filled in. Raises TurnedAway."""
        self._shown("promise", "GET", link)
        self._shown("start", "POST", link, {"taal": "nl", "do": "start"})
        page = self._shown("list", "GET", "/lijst")
        start = _START.search(page)
        if start is None:
            raise TurnedAway("the list carries no start")
        answers = dict.fromkeys(_ITEM.findall(page), ANSWER)
        return {"start": unescape(start[1]), "taal": "nl", "goes_well": TEXT, **answers}

    def send_list(self, filled: Mapping[str, str]) -> int:
        """Send a list and return the status of the answer."""
        self.ask("thanks", "POST", "/lijst", filled)
        return self.status

    def _shown(self, name: str, method: str, path: str, form: Mapping[str, str] | None = None) -> str:
        page = self.ask(name, method, path, form)
        if self.status >= 400:
            raise TurnedAway(f"{name}: {self.status}")
        return page


def respond(port: int, link: str, encoding: str = "gzip") -> dict[str, int]:
    """Walk the whole road with an invitation; return the bytes of each page. Raises TurnedAway."""
    with Browser(port, encoding) as browser:
        status = browser.send_list(browser.open_list(link))
        if status != 200:
            raise TurnedAway(f"thanks: {status}")
        return browser.bytes
