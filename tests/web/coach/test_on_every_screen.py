"""Every page of the coach in a real browser: axe finds nothing, nothing scrolls sideways, narrow, wide or enlarged."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page

from survey import conversation, rounds, sharing, story
from survey.installation import Installation
from survey.sharing import Scope
from survey.store.database import db
from survey.store.grants import Confidant
from survey.store.kept_texts import Draft
from survey.store.people import Account, Company
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON
from tests.mirror.karins_mirror import count, hand_in
from tests.web.coach.conftest import give, today

SIZES = ((360, "100%"), (1280, "100%"), (320, "200%"))


@pytest.fixture
def screen(coach: FlaskClient, address: str, context: BrowserContext) -> Page:
    """Petra's screen, signed in."""
    cookie = coach.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    return context.new_page()


def check(screen: Page, address: str, pages: Mapping[str, str], status: int = 200) -> None:
    """Look at every page at every size; with SURVEY_ALBUM also with one's own eyes."""
    db.session.commit()
    found: dict[str, object] = {}
    for name, path in pages.items():
        for width, size in SIZES:
            screen.set_viewport_size({"width": width, "height": 760})
            answer = screen.goto(address + path)
            assert answer is not None
            assert answer.status == status, name
            screen.evaluate("size => { document.documentElement.style.fontSize = size }", size)
            if sideways := screen.evaluate("document.documentElement.scrollWidth - innerWidth"):
                found[f"{name}: sideways at {width} and {size}"] = sideways
            if folder := os.environ.get("SURVEY_ALBUM"):
                screen.screenshot(path=Path(folder) / f"coach-{name}_{width}.png", full_page=True)
            for one in Axe().run(screen).response["violations"]:
                found[f"{name} at {width}: {one['id']}"] = one["nodes"][0]["html"]
    assert found == {}


def test_before_anything_is_shared(screen: Page, address: str, confidant: Confidant) -> None:
    check(screen, address, {"nothing": "/klanten"})


def test_while_it_waits_and_when_it_is_open(
    screen: Page, address: str, mirrored_round: Round, confidant: Confidant, house: Installation
) -> None:
    give(mirrored_round, confidant, house, Scope.WORDS)
    sharing.share_relation(confidant, today(house) + sharing.USUAL_TIME, house.clock())
    path = f"/klanten/{mirrored_round.id}"
    check(screen, address, {"clients-waiting": "/klanten", "waits": f"{path}/spiegel"})
    mirrored_round.opened_mirror_at = house.clock()
    check(screen, address, {"clients": "/klanten", "whole": f"{path}/spiegel", "guide": f"{path}/gesprek"})


def test_the_sentences_and_what_is_no_longer_shared(
    screen: Page, address: str, opened: Round, confidant: Confidant, petra: Account, house: Installation
) -> None:
    grant = give(opened, confidant, house, Scope.SENTENCES)
    check(screen, address, {"sentences": f"/klanten/{opened.id}/spiegel"})
    conversation.keep_coach_notes(opened, petra.id, {"before": Draft("Begin bij de oven.", 0)})
    sharing.revoke(grant, house.clock())
    check(screen, address, {"no-longer": f"/klanten/{opened.id}/spiegel"}, status=410)


def test_the_offer(screen: Page, address: str, opened: Round, confidant: Confidant, house: Installation) -> None:
    give(opened, confidant, house)
    check(screen, address, {"offer": f"/meekijken/{sharing.offer(house.hasher, confidant)}"})


def test_a_second_mirror_with_what_changed(
    screen: Page,
    address: str,
    bakery: Company,
    karin: Account,
    opened: Round,
    confidant: Confidant,
    house: Installation,
) -> None:
    second = rounds.prepare(bakery, karin, story.plan(CLOSES_ON + timedelta(weeks=26)))
    rounds.send(second, karin, house.boxes.of(second.id), house.settings.keys, house.clock())
    count(second)
    hand_in(second)
    second.opened_mirror_at = house.clock()
    earlier = opened.self_assessment
    assert earlier is not None
    earlier.answers = {**earlier.answers, "good_people_stay": 4}
    for round_ in (opened, second):
        give(round_, confidant, house, Scope.WORDS)
    db.session.commit()
    check(screen, address, {"second": f"/klanten/{second.id}/spiegel"})
    assert screen.locator("#since").is_visible()
    assert screen.get_by_text("Jij: eerst 4, nu 2.").is_visible()


def test_many_clients_with_long_names(
    screen: Page, address: str, opened: Round, noise: Round, petra: Account, house: Installation
) -> None:
    longest = "Installatiebedrijf Wolfschoten-Hazerswoude en Zonen Beheer"
    for number, round_ in enumerate((opened, noise)):
        company = db.session.get_one(Company, round_.company_id)
        company.name = f"{longest} {number}"
        confidant = sharing.let_in(company, petra.name, petra.email)
        sharing.take_up(confidant, petra)
        sharing.share_relation(confidant, today(house) + sharing.USUAL_TIME, house.clock())
        give(round_, confidant, house)
    check(screen, address, {"many": "/klanten"})


def test_a_mirror_with_long_names(
    screen: Page, address: str, opened: Round, confidant: Confidant, house: Installation
) -> None:
    opened.subject_name = "Wilhelmina-Frederika van Wassenaer-Obdam tot Sterrenburg"
    opened.voices[0].name = "Robbert-Alexander Schimmelpenninck van der Oije"
    give(opened, confidant, house)
    check(screen, address, {"long": f"/klanten/{opened.id}/spiegel"})
