"""Every page of the owner on a phone: axe finds nothing, and nothing scrolls sideways, with large text neither."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from survey import address_book, counting, rhythm, rounds, self_assessment, story
from survey.installation import Installation
from survey.kinds import MIRROR
from survey.questionnaires import load
from survey.rounds import GroupPlan
from survey.self_assessment import Entries
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, Invitation
from survey.store.rounds import Round
from survey.turns import Every
from survey.worker import Worker
from tests.bakery import CLOSES_ON

SPIEGEL = load("spiegel-1")


def check(phone: Page, address: str, pages: Mapping[str, str]) -> None:
    """Look at every page 360 wide, and 320 wide with text twice as large."""
    db.session.commit()
    found: dict[str, object] = {}
    for name, page in pages.items():
        phone.set_viewport_size({"width": 360, "height": 740})
        answer = phone.goto(address + page)
        assert answer is not None
        assert answer.status == 200, name
        found |= look_at(phone, name)
    assert found == {}


def look_at(phone: Page, name: str) -> dict[str, object]:
    """Return what is wrong with the page that is open."""
    found: dict[str, object] = {
        f"{name}: {one['id']}": one["nodes"][0]["html"] for one in Axe().run(phone).response["violations"]
    }
    for width, size in ((360, "100%"), (320, "200%")):
        phone.set_viewport_size({"width": width, "height": 740})
        phone.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        if sideways := phone.evaluate("document.documentElement.scrollWidth - innerWidth"):
            found[f"{name}: sideways at {width} and {size}"] = sideways
    return found


def test_before_there_is_a_round(phone_of_karin: Page, address: str, karin: Account, bakery: Company) -> None:
    db.session.add(Company(name="Bakkerij Noord", owners=[karin]))
    pages = {"companies": "/bedrijven", "home": f"/bedrijf/{bakery.id}"}
    check(phone_of_karin, address, pages | {"prepare": f"/bedrijf/{bakery.id}/voorbereiden"})


def test_before_it_is_sent(phone_of_karin: Page, address: str, bakery: Company, prepared_round: Round) -> None:
    of_round = ("voorbereiden", "verzenden", "aankondiging", "afbreken")
    pages = {name: f"/ronde/{prepared_round.id}/{name}" for name in of_round}
    check(phone_of_karin, address, pages | {"home": f"/bedrijf/{bakery.id}"})


def test_with_four_employees(phone_of_karin: Page, address: str, bakery: Company, karin: Account) -> None:
    few = replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", story.EMPLOYEES[:4]),))
    round_ = rounds.prepare(bakery, karin, few)
    pages = {name: f"/ronde/{round_.id}/{name}" for name in ("voorbereiden", "verzenden")}
    check(phone_of_karin, address, pages)


def test_while_it_runs(
    phone_of_karin: Page, address: str, bakery: Company, open_round: Round, staff: list[Invitation]
) -> None:
    mail = db.session.scalars(db.select(OutboxMail).filter_by(invitation_id=staff[0].id)).one()
    mail.state, staff[0].bounced = "failed", 1
    pages = {name: f"/ronde/{open_round.id}/{name}" for name in ("deelname", "verlengen", "afbreken")}
    check(phone_of_karin, address, pages | {"home": f"/bedrijf/{bakery.id}"})


def test_with_cards(phone_of_karin: Page, address: str, bakery: Company, karin: Account, house: Installation) -> None:
    plan = replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", cards=9),))
    round_ = rounds.prepare(bakery, karin, plan)
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    pages = {name: f"/ronde/{round_.id}/{name}" for name in ("deelname", "kaartjes")}
    check(phone_of_karin, address, pages)


def test_the_own_picture(phone_of_karin: Page, address: str, open_round: Round, house: Installation) -> None:
    own = f"/ronde/{open_round.id}/zelfbeeld"
    pages = {part: f"{own}/{part}" for part in ("customers", "partners", "woorden")}
    check(phone_of_karin, address, pages)
    self_assessment.save(open_round, SPIEGEL, Entries(story.answers()["karin"], story.PREDICTED), house.clock())
    check(phone_of_karin, address, {"looking it over": own, "filled in": f"{own}/partners"})
    self_assessment.hand_in(open_round, SPIEGEL, house.clock())
    check(phone_of_karin, address, {"locked": own, "home": f"/ronde/{open_round.id}"})


def test_closed_counted_and_cancelled(
    phone_of_karin: Page,
    address: str,
    bakery: Company,
    open_round: Round,
    noise: Round,
    house: Installation,
    clock: story.MovableClock,
) -> None:
    home = f"/bedrijf/{bakery.id}"
    clock.move_to(CLOSES_ON + timedelta(days=1))
    check(phone_of_karin, address, {"closed": home, "participation": f"/ronde/{open_round.id}/deelname"})
    box = house.boxes.of(open_round.id)
    counting.close(open_round, box, clock())
    counting.count(open_round, box, house.settings.keys, clock())
    check(phone_of_karin, address, {"counted": home})
    open_round.cancelled_at = clock()
    check(phone_of_karin, address, {"cancelled": home, "not there": f"/ronde/{open_round.id}"})


def test_errors_are_the_first_thing_on_the_page(
    phone_of_karin: Page, address: str, bakery: Company, open_round: Round
) -> None:
    prepare, own = f"{address}/bedrijf/{bakery.id}/voorbereiden", f"{address}/ronde/{open_round.id}/zelfbeeld/woorden"
    db.session.commit()  # the pages write; this test must not hold the lock meanwhile
    phone_of_karin.goto(prepare)
    phone_of_karin.fill("#employees", "anna@bakkerij.nl\nbram@bakkerijdekker")
    phone_of_karin.click("text=Verder: bekijk wat iedereen krijgt")
    assert "Medewerkers: Regel 2: na ‘bakkerijdekker’" in phone_of_karin.inner_text("[role=alert]")
    assert phone_of_karin.input_value("#employees") == "anna@bakkerij.nl\nbram@bakkerijdekker"
    assert look_at(phone_of_karin, "prepare with errors") == {}
    phone_of_karin.goto(own)
    phone_of_karin.fill("#goes_well", "x" * 301)
    phone_of_karin.click("button[name=press][value=next]")
    assert "Haal 1 teken weg." in phone_of_karin.inner_text("[role=alert]")
    assert look_at(phone_of_karin, "a text that is too long") == {}


def test_the_rhythm_and_the_address_book(
    phone_of_karin: Page,
    address: str,
    app: Flask,
    bakery: Company,
    karin: Account,
    open_round: Round,
    clock: story.MovableClock,
) -> None:
    pages = {"rhythm": f"/bedrijf/{bakery.id}/ritme", "address book": f"/bedrijf/{bakery.id}/adresboek"}
    check(phone_of_karin, address, pages)
    address_book.take_over(bakery, karin, open_round)
    check(phone_of_karin, address, {f"{name}, with people": page for name, page in pages.items()})
    on = rhythm.switch_on(bakery, karin, MIRROR, Every.QUARTER, clock())
    check(phone_of_karin, address, {"rhythm, on": pages["rhythm"], "home": f"/bedrijf/{bakery.id}"})
    for day in (CLOSES_ON + timedelta(days=1), date(2027, 1, 26)):
        clock.move_to(day, 9)
        Worker(app).keep_rounds()
    on.held = "list_refused"
    db.session.commit()
    phone_of_karin.goto(address + pages["rhythm"])
    phone_of_karin.click("text=Op een andere dag")
    phone_of_karin.click("text=Zet op deze dag")
    assert "Vul een dag, een maand en een jaar in." in phone_of_karin.inner_text("main")
    assert look_at(phone_of_karin, "rhythm, prepared, held, with an error") == {}
    check(phone_of_karin, address, {"home, prepared": f"/bedrijf/{bakery.id}"})
