"""Makes the pictures of the docs from the bakery's story, by `python -m tests.pictures`.

A real browser looks at real pages while the story is told, and the printed mirror is turned into pictures page by page.
The clock stands still, so the same pages give the same pictures. It needs Chromium and pdftoppm.
"""

import email
import email.policy
import re
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from werkzeug.serving import make_server

from survey import create_app, demo, story
from survey.clock import AMSTERDAM
from survey.settings import Settings
from survey.store.database import db
from survey.store.people import Account
from survey.store.rounds import Round, round_before
from survey.story import MovableClock
from tests.conftest import CHROMIUM_FLAGS, CHROMIUM_NAMES
from tests.web.owner.conftest import become

FOLDER: Final = Path(__file__).parents[1] / "docs" / "pictures"
TOLD_AT: Final = datetime(2026, 11, 21, 9, tzinfo=AMSTERDAM)
OPEN_PAGE: Final = "Hier kijken jullie anders"

LIMITS: Final = {
    "mirror-page.png": 120_000,
    "mirror-all-pages.png": 260_000,
    "mirror-all-pages-grey.png": 220_000,
    "phone-promise.png": 100_000,
    "phone-form.png": 100_000,
    "owner-home.png": 100_000,
    "owner-mirror.png": 100_000,
    "talk-topic.png": 100_000,
    "agreements.png": 100_000,
    "sharing.png": 100_000,
    "coach-clients.png": 60_000,
    "coach-guide.png": 120_000,
}
"""Every picture and how many bytes it may have."""

ACCENT: Final = (0x1D, 0x3F, 0xB0)

PHONE: Final = (360, 760)
DESK: Final = (960, 800)


@dataclass(frozen=True)
class Stage:
    """Where the story is told and looked at."""

    settings: Settings
    base: str
    port: int


def make_pictures(folder: Path) -> None:
    """Tell the story and write every picture into this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=CHROMIUM_FLAGS)
        _tell_and_look(Path(place), browser, folder)
        browser.close()
        _print_pages(Path(place) / demo.REPORT, folder)


def _chromium() -> str:
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)))


def _tell_and_look(place: Path, browser: Browser, folder: Path) -> None:
    settings = Settings.from_environment(
        {
            "SURVEY_DATA": str(place / "data"),
            "SURVEY_KEYS": str(place / "keys"),
            "SURVEY_OPERATOR": demo.OPERATOR,
        }
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    stage = Stage(settings, f"http://127.0.0.1:{port}", port)

    def look_while_it_is_told(line: str) -> None:
        if line.startswith("Thirteen people"):
            _look_as_an_employee(stage, browser, folder)

    demo.tell(settings, lambda: TOLD_AT, stage.base, place, look_while_it_is_told)
    _look_as_karin(stage, browser, folder)
    _look_as_petra(stage, browser, folder)


def _look_as_an_employee(stage: Stage, browser: Browser, folder: Path) -> None:
    opened_on = story.plan(TOLD_AT.date()).opens_on
    clock = MovableClock(TOLD_AT)
    clock.move_to(opened_on, 12)
    with _served(create_app(stage.settings, clock, base=stage.base), stage), _visit(browser, PHONE) as context:
        page = context.new_page()
        page.goto(_link_in_a_mail(stage.settings.kept_mails))
        _keep(page.screenshot(), folder / "phone-promise.png")
        page.locator("form button").first.click()
        _keep(page.screenshot(), folder / "phone-form.png")


def _look_as_karin(stage: Stage, browser: Browser, folder: Path) -> None:
    app = create_app(stage.settings, lambda: TOLD_AT, base=stage.base)
    with app.app_context():
        karin = db.session.scalars(db.select(Account).filter_by(email=story.OWNER.address)).one()
        round_ = db.session.scalars(db.select(Round).order_by(Round.closes_on.desc())).first()
        assert round_ is not None
        before = round_before(round_)
        assert before is not None
        paths = {
            "owner-home.png": f"/bedrijf/{round_.company_id}",
            "owner-mirror.png": f"/ronde/{round_.id}/spiegel#differ",
            "talk-topic.png": f"/ronde/{before.id}/gesprek/1/cause",
            "agreements.png": f"/ronde/{before.id}/afspraken",
            "sharing.png": f"/ronde/{round_.id}/delen",
        }
        round_.opened_mirror_at = TOLD_AT
        db.session.commit()
        _look_signed_in(app, karin, paths, stage, browser, folder)


def _look_as_petra(stage: Stage, browser: Browser, folder: Path) -> None:
    app = create_app(stage.settings, lambda: TOLD_AT, base=stage.base)
    with app.app_context():
        petra = db.session.scalars(db.select(Account).filter_by(email=story.PARTNER.address)).one()
        round_ = db.session.scalars(db.select(Round).order_by(Round.closes_on.desc())).first()
        assert round_ is not None
        paths = {"coach-clients.png": "/klanten", "coach-guide.png": f"/klanten/{round_.id}/gesprek"}
        _look_signed_in(app, petra, paths, stage, browser, folder)


def _look_signed_in(
    app: Flask, account: Account, paths: Mapping[str, str], stage: Stage, browser: Browser, folder: Path
) -> None:
    client = app.test_client()
    become(client, account)
    cookie = client.get_cookie("session")
    assert cookie is not None
    db.session.remove()
    with _served(app, stage), _visit(browser, DESK) as context:
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": stage.base}])
        page = context.new_page()
        for name, path in paths.items():
            page.goto(stage.base + path)
            _keep(page.screenshot(), folder / name)


@contextmanager
def _served(app: Flask, stage: Stage) -> Iterator[None]:
    server = make_server("127.0.0.1", stage.port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _visit(browser: Browser, size: tuple[int, int]) -> Iterator[BrowserContext]:
    width, height = size
    scale = 2 if size == PHONE else 1
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=scale, locale="nl-NL"
    )
    try:
        yield context
    finally:
        context.close()


def _link_in_a_mail(mails: Path) -> str:
    """The link in the mail of the first employee."""
    for file in sorted(mails.glob("*.eml"), reverse=True):
        letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        body = letter.get_body(("plain",)) if story.EMPLOYEES[0].address in str(letter["To"]) else None
        found = re.search(r"https?://\S+/u/\S+", body.get_content()) if body else None
        if found:
            return found.group()
    raise LookupError("no invitation was kept")


def _print_pages(report: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["pdftoppm", "-r", "77", "-png", report, Path(place) / "page"], check=True)
        pages = [Image.open(page) for page in sorted(Path(place).glob("page-*.png"))]
        _save(pages[_number_of(report, OPEN_PAGE)], folder / "mirror-page.png")
        sheet = _contact_sheet(pages)
        _save(sheet, folder / "mirror-all-pages.png")
        _save(sheet.convert("L"), folder / "mirror-all-pages-grey.png")


def _number_of(report: Path, title: str) -> int:
    """Which page begins with this title, counted from 0."""
    text = subprocess.run(["pdftotext", report, "-"], check=True, capture_output=True, text=True).stdout
    return next(number for number, page in enumerate(text.split("\f")) if page.strip().startswith(title))


def _contact_sheet(pages: list[Image.Image], across: int = 4, width: int = 300, gap: int = 12) -> Image.Image:
    height = width * pages[0].height // pages[0].width
    down = -(-len(pages) // across)
    sheet = Image.new("RGB", (across * (width + gap) + gap, down * (height + gap) + gap), "#d8d8d8")
    for number, page in enumerate(pages):
        place = (gap + number % across * (width + gap), gap + number // across * (height + gap))
        sheet.paste(page.convert("RGB").resize((width, height), Image.Resampling.LANCZOS), place)
    return sheet


def _keep(screenshot: bytes, path: Path) -> None:
    path.write_bytes(screenshot)
    _save(Image.open(path), path)


def _save(picture: Image.Image, path: Path) -> None:
    """Write a picture in the colours of the house and nothing but the picture: no date, no name of a program."""
    few = picture.convert("RGB").quantize(palette=_house_colours(), dither=Image.Dither.NONE)
    few.info.clear()
    few.save(path, optimize=True)


def _house_colours() -> Image.Image:
    """Black to white and the accent to white: a palette found by counting would lose the thin blue strokes."""
    greys = [(shade, shade, shade) for shade in (*range(0, 240, 8), 255)]
    blues = [tuple(round(255 - (255 - part) * step / 40) for part in ACCENT) for step in range(6, 41)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in (*greys, *blues) for part in colour])
    return palette


if __name__ == "__main__":
    make_pictures(FOLDER)
