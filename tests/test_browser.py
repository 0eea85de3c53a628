"""The browser that the other browser tests drive."""

import http.server
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

PAGE = b"<!doctype html><html lang=nl><title>Bakkerij De Vries</title><p id=p></p>"
SCRIPT = b"<script>p.textContent = innerWidth + ' ' + navigator.language + ' ' + new Date(0).getHours()</script>"


class Bakery(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE + SCRIPT)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bakery) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_the_browser_is_a_small_dutch_phone(page: Page, address: str) -> None:
    page.goto(address)
    assert page.title() == "Bakkerij De Vries"
    assert page.locator("#p").inner_text() == "360 nl-NL 1"


def test_a_test_that_asks_for_a_page_is_a_browser_test(page: Page, request: pytest.FixtureRequest) -> None:
    assert "browser" in request.node.keywords
