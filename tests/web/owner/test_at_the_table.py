"""The pages of the conversation in a real browser: readable at every size, and no letter lost without a connection."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, expect

from survey import conversation
from survey.conversation.sheet import agreement_place, note_place, tell_back_place
from survey.installation import Installation
from survey.mirror import mirror_of, open_mirror
from survey.store.database import db
from survey.store.kept_texts import Draft
from survey.store.people import Account
from survey.store.rounds import Round
from survey.web.coach_guide import guide_page

PAGES = {
    "talk": "/ronde/{round}/gesprek",
    "guess": "/ronde/{round}/gesprek/raden",
    "seen": "/ronde/{round}/gesprek/zien",
    "first": "/ronde/{round}/gesprek/1/first_impression",
    "recognise": "/ronde/{round}/gesprek/2/recognise",
    "cause": "/ronde/{round}/gesprek/1/cause",
    "standing": "/ronde/{round}/gesprek/1/standing",
    "agreement": "/ronde/{round}/gesprek/1/agreement",
    "close": "/ronde/{round}/gesprek/afronden",
    "agreements": "/ronde/{round}/afspraken",
    "look_back": "/ronde/{round}/terugkijken",
    "dates": "/ronde/{round}/agenda",
    "telling": "/ronde/{round}/terugvertellen",
    "story": "/bedrijf/{company}/verhaal",
}
WIDTHS = (360, 1024, 1280)
DUTCH = {"de", "het", "een", "wat", "niet", "je", "jij", "jullie", "wie", "naar", "voor", "met", "dit", "als", "kies"}


@dataclass(frozen=True)
class Talked:
    """The ids of a round that is talked about; the test itself holds no transaction open beside the server."""

    id: str
    company_id: str
    room: str
    """A place to write at."""


@pytest.fixture
def talked(mirrored_round: Round, house: Installation) -> Talked:
    """A conversation halfway: guessed, seen, three topics, something written."""
    open_mirror(mirrored_round, house.clock())
    offered = offered_in(mirrored_round)
    conversation.choose_topics(mirrored_round, offered[:3], offered, 0)
    written = {
        "guess": "decisions",
        note_place(offered[0], "first_impression"): "Vorige maand hoorde ik pas na een week van de oven.",
        note_place(offered[0], "standing"): "known",
        agreement_place(offered[0], "who"): "Karin",
        agreement_place(offered[0], "what"): "Elke dinsdag een half uur mee in de nachtploeg.",
        agreement_place(offered[0], "when"): "vanaf 5 januari",
        agreement_place(offered[0], "figure"): "gewijzigde roosters",
        "tell_whom": "Aan iedereen, bij de koffie van maandag.",
        tell_back_place("thanks"): "Dank voor het invullen.",
        tell_back_place("heard_first"): "Jullie horen te laat wat er verandert.",
        tell_back_place("change"): "Het rooster staat er een week eerder.",
    }
    conversation.keep(mirrored_round, {place: Draft(text, 0) for place, text in written.items()})
    return set_free(mirrored_round)


def set_free(round_: Round) -> Talked:
    topics = conversation.sheet_of(round_).topics or ("order_book",)
    talked = Talked(round_.id, round_.company_id, note_place(topics[0], "room"))
    db.session.remove()
    return talked


def offered_in(round_: Round) -> list[str]:
    return [block.statement.item for block in mirror_of(round_, "Bakkerij De Vries", "nl").differences]


@pytest.fixture
def karin_speaks_english(karin: Account) -> None:
    """Her account is in English."""
    karin.language = "en"
    db.session.commit()


@pytest.fixture
def laptop(owner: FlaskClient, address: str, context: BrowserContext) -> Page:
    """Karin's laptop, signed in."""
    return signed_in(owner, address, context)


@pytest.fixture
def tablet(owner: FlaskClient, address: str, browser: Browser) -> Iterator[Page]:
    """A second device, signed in to the same account."""
    context = browser.new_context(viewport={"width": 1024, "height": 768}, locale="nl-NL")
    yield signed_in(owner, address, context)
    context.close()


def signed_in(owner: FlaskClient, address: str, context: BrowserContext) -> Page:
    cookie = owner.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    return context.new_page()


def field(page: Page, place: str) -> str:
    return f'[name="t.{place}"]'


def stands(round_: Talked, place: str) -> str:
    text = conversation.sheet_of(db.session.get_one(Round, round_.id)).at(place).text
    db.session.remove()
    return text


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_for_everybody_and_scrolls_one_way_only(
    laptop: Page, address: str, talked: Talked, name: str
) -> None:
    path = PAGES[name].format(round=talked.id, company=talked.company_id)
    for width in WIDTHS:
        laptop.set_viewport_size({"width": width, "height": 768})
        answer = laptop.goto(f"{address}{path}")
        assert answer is not None
        assert answer.status == 200, answer.status_text
        assert laptop.evaluate("document.documentElement.scrollWidth") <= width
        if folder := os.environ.get("SURVEY_ALBUM"):  # to look at with one's own eyes
            laptop.screenshot(path=str(Path(folder, f"{name}_{width}.png")), full_page=True)
        found = Axe().run(laptop)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_speaks_english_whole(
    owner: FlaskClient, karin_speaks_english: None, talked: Talked, name: str
) -> None:
    """Every sentence of these pages that the catalogue lacks would still stand here in Dutch."""
    page = owner.get(PAGES[name].format(round=talked.id, company=talked.company_id)).text
    written = (
        r"(?s)<textarea.*?</textarea>|<input[^>]*>|<p class=\"literal\".*?</p>|<li.*?</li>|<h2 class=\"literal.*?</h2>"
    )
    words = set(re.findall(r"[a-zé]+", re.sub(r"<[^>]+>", " ", re.sub(written, " ", page)).casefold()))
    assert not words & DUTCH, words & DUTCH


def on_a_topic(page: Page, address: str, round_: Talked, step: str = "room") -> None:
    page.goto(f"{address}/ronde/{round_.id}/gesprek/1/{step}")


def test_what_is_typed_is_kept_by_itself(laptop: Page, address: str, talked: Talked) -> None:
    place = talked.room
    on_a_topic(laptop, address, talked)
    laptop.fill(field(laptop, place), "Nu kan ik nog kiezen.")
    expect(laptop.get_by_text("Alles is bewaard.")).to_be_visible()
    assert stands(talked, place) == "Nu kan ik nog kiezen."
    assert laptop.evaluate("Object.keys(localStorage).length") == 0


def test_a_lost_connection_loses_no_letter(laptop: Page, address: str, context: BrowserContext, talked: Talked) -> None:
    place = talked.room
    on_a_topic(laptop, address, talked)
    laptop.fill(field(laptop, place), "Voor de storing.")
    expect(laptop.get_by_text("Alles is bewaard.")).to_be_visible()
    context.set_offline(True)
    for letter in " En erna":
        laptop.locator(field(laptop, place)).press_sequentially(letter)
    expect(laptop.get_by_text("Geen verbinding.")).to_be_visible()
    laptop.get_by_role("button", name="Verder").click()  # stays here: leaving now would show nothing
    assert laptop.input_value(field(laptop, place)) == "Voor de storing. En erna"
    assert stands(talked, place) == "Voor de storing."
    context.set_offline(False)
    expect(laptop.get_by_text("Alles is bewaard.")).to_be_visible(timeout=15_000)
    assert stands(talked, place) == "Voor de storing. En erna"


def test_a_page_that_was_closed_without_a_connection_brings_its_text_back(
    laptop: Page, address: str, context: BrowserContext, talked: Talked
) -> None:
    place = talked.room
    on_a_topic(laptop, address, talked)
    expect(laptop.get_by_text("Alles is bewaard.")).to_be_visible()
    context.set_offline(True)
    laptop.fill(field(laptop, place), "Niet verzonden.")
    expect(laptop.get_by_text("Geen verbinding.")).to_be_visible()
    laptop.close()
    context.set_offline(False)
    again = context.new_page()
    on_a_topic(again, address, talked)
    assert again.input_value(field(again, place)) == "Niet verzonden."
    expect(again.get_by_text("Alles is bewaard.")).to_be_visible()
    assert stands(talked, place) == "Niet verzonden."


def test_an_answer_that_got_lost_does_not_make_two_texts(laptop: Page, address: str, talked: Talked) -> None:
    """The server kept it, the browser never heard: what is typed on is the same hand."""
    place = talked.room
    on_a_topic(laptop, address, talked)
    expect(laptop.get_by_text("Alles is bewaard.")).to_be_visible()
    lost: list[str] = []

    def lose_the_first_answer(route) -> None:  # type: ignore[no-untyped-def]
        if lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.fetch()
        route.abort()

    laptop.route("**/gesprek/bewaar", lose_the_first_answer)
    laptop.fill(field(laptop, place), "De helft")
    expect(laptop.get_by_text("Geen verbinding.")).to_be_visible()
    assert stands(talked, place) == "De helft"
    laptop.fill(field(laptop, place), "De helft en de rest")
    expect(laptop.get_by_text("Alles is bewaard.")).to_be_visible(timeout=15_000)
    assert stands(talked, place) == "De helft en de rest"


def test_two_devices_never_overwrite_each_other_and_the_second_chooses(
    laptop: Page, tablet: Page, address: str, talked: Talked
) -> None:
    place = talked.room
    for page in (laptop, tablet):
        on_a_topic(page, address, talked)
        expect(page.get_by_text("Alles is bewaard.")).to_be_visible()
    laptop.fill(field(laptop, place), "Van de laptop.")
    expect(laptop.get_by_text("Alles is bewaard.")).to_be_visible()
    tablet.fill(field(tablet, place), "Van de tablet.")
    expect(tablet.get_by_text("Hier zijn twee teksten.")).to_be_visible()
    assert stands(talked, place) == "Van de laptop."
    tablet.get_by_role("button", name="Bekijk ze allebei").click()
    expect(tablet.get_by_role("heading", name="Hier zijn twee teksten")).to_be_visible()
    assert Axe().run(tablet).violations_count == 0
    if folder := os.environ.get("SURVEY_ALBUM"):
        tablet.screenshot(path=str(Path(folder, "two_texts.png")), full_page=True)
    tablet.get_by_text("Wat jij typte").click()
    tablet.get_by_role("button", name="Bewaar mijn keuze").click()
    assert tablet.input_value(field(tablet, place)) == "Van de tablet."
    expect(tablet.get_by_text("Alles is bewaard.")).to_be_visible()
    assert stands(talked, place) == "Van de tablet."
    laptop.fill(field(laptop, place), "Weer van de laptop.")
    expect(laptop.get_by_text("Hier zijn twee teksten.")).to_be_visible()
    assert stands(talked, place) == "Van de tablet."


def test_on_a_phone_two_texts_are_told_at_the_field_itself(
    laptop: Page, tablet: Page, address: str, talked: Talked
) -> None:
    tablet.set_viewport_size({"width": 360, "height": 640})
    for page in (laptop, tablet):
        page.goto(f"{address}/bedrijf/{talked.company_id}/verhaal")
        expect(page.get_by_text("Alles is bewaard.")).to_be_visible()
    laptop.fill(field(laptop, "status"), "Van de laptop.")
    expect(laptop.get_by_text("Alles is bewaard.")).to_be_visible()
    tablet.fill(field(tablet, "status"), "Van de telefoon.")
    expect(tablet.get_by_role("button", name="Bekijk ze allebei")).to_be_in_viewport()
    expect(tablet.locator(field(tablet, "status"))).to_be_in_viewport()
    assert tablet.evaluate("document.documentElement.scrollWidth") <= 360
    assert Axe().run(tablet).violations_count == 0


def test_whoever_was_signed_out_keeps_what_was_typed(
    laptop: Page, owner: FlaskClient, address: str, context: BrowserContext, talked: Talked
) -> None:
    place = talked.room
    on_a_topic(laptop, address, talked)
    expect(laptop.get_by_text("Alles is bewaard.")).to_be_visible()
    context.clear_cookies()
    laptop.fill(field(laptop, place), "Na het uitloggen.")
    expect(laptop.get_by_text("Nog niet bewaard.")).to_be_visible()
    assert stands(talked, place) == ""
    again = signed_in(owner, address, context)
    on_a_topic(again, address, talked)
    expect(again.get_by_text("Alles is bewaard.")).to_be_visible()
    assert stands(talked, place) == "Na het uitloggen."


def test_the_keyboard_alone_guesses_and_reveals(laptop: Page, address: str, mirrored_round: Round) -> None:
    round_ = set_free(mirrored_round)
    laptop.goto(f"{address}/ronde/{round_.id}/gesprek/raden")
    laptop.locator('[name="t.guess"]').first.focus()
    laptop.keyboard.press("ArrowRight")
    laptop.keyboard.press("Enter")
    expect(laptop.get_by_text("Je koos")).to_be_visible()
    assert laptop.url.endswith("/gesprek/zien")


def test_everything_of_a_question_is_seen_at_once_on_a_tablet(tablet: Page, address: str, talked: Talked) -> None:
    for step in ("first_impression", "cause", "standing", "agreement"):
        on_a_topic(tablet, address, talked, step)
        bottom = tablet.locator("form .buttons").bounding_box()
        assert bottom is not None
        assert bottom["y"] + bottom["height"] <= 768, step


@pytest.mark.parametrize("width", WIDTHS)
def test_the_coachs_page_is_for_everybody_too(
    app: Flask, laptop: Page, address: str, mirrored_round: Round, karin: Account, width: int
) -> None:
    report = mirror_of(mirrored_round, "Bakkerij De Vries", "nl")
    with app.test_request_context():
        html = guide_page(mirrored_round, report, karin, "/coach/notities", "/coach.pdf", "/").get_data(as_text=True)
    db.session.remove()
    laptop.route("**/coach", lambda route: route.fulfill(body=html, content_type="text/html"))
    laptop.set_viewport_size({"width": width, "height": 768})
    laptop.goto(f"{address}/coach")
    assert laptop.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(laptop)
    assert found.violations_count == 0, found.generate_report()
