"""Every kind of round walked from the prepare page to the PDF: what it asks of whom, and what its mirror shows."""

import io
import json
import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from pypdf import PdfReader

from survey import rounds, sharing
from survey.clock import day_of
from survey.installation import Installation
from survey.kinds import KINDS
from survey.named_questions import DIRECTION, KEY_FIGURES, POINTS
from survey.questionnaires import load
from survey.sharing import Scope
from survey.store.database import db
from survey.store.named_facts import facts_of_voices
from survey.store.people import Account, Company, invitations_of
from survey.store.rounds import Round, rounds_of
from survey.story import PARTNER, MovableClock
from survey.web.owner.plan_form import fields_of
from tests.bakery import CLOSES_ON
from tests.web.conftest import Phone
from tests.web.owner.conftest import become
from tests.web.owner.test_on_a_phone import check
from tests.web.owner.walking import AWAKE, Walk

MOST_PAGES = {"mirror": 10, "thermometer": 2, "one_question": 1, "circle": 10}


@pytest.fixture
def walk(
    app: Flask, house: Installation, clock: MovableClock, owner: FlaskClient, karin: Account, bakery: Company
) -> Walk:
    return Walk(app, house, clock, owner, karin, bakery)


def page(owner: FlaskClient, round_: Round, name: str) -> str:
    answer = owner.get(f"/ronde/{round_.id}/{name}")
    assert answer.status_code == 200
    return unescape(answer.text)


def printed(owner: FlaskClient, round_: Round) -> PdfReader:
    return PdfReader(io.BytesIO(owner.get(f"/ronde/{round_.id}/spiegel.pdf").data))


def words_of(reader: PdfReader) -> str:
    return " ".join(" ".join(sheet.extract_text().split()) for sheet in reader.pages)


@pytest.mark.parametrize("kind", KINDS)
def test_a_round_of_every_kind_runs_from_the_prepare_page_to_the_pdf(walk: Walk, owner: FlaskClient, kind: str) -> None:
    round_ = walk.whole(kind)
    assert round_.kind == kind
    assert "Jouw spiegel" in page(owner, round_, "spiegel")
    reader = printed(owner, round_)
    assert 1 <= len(reader.pages) <= MOST_PAGES[kind]
    for name in ("cijfers", "gesprek", "gesprek/raden", "gesprek/zien", "delen", "terugvertellen", "afspraken", ""):
        assert owner.get(f"/ronde/{round_.id}/{name}".rstrip("/")).status_code == 200, name
    assert owner.get(f"/ronde/{round_.id}/gespreksblad.pdf").mimetype == "application/pdf"
    assert owner.get(f"/bedrijf/{round_.company_id}").status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_the_partner_reads_every_kind_with_its_guide_and_nothing_that_is_for_the_owner_only(
    walk: Walk, owner: FlaskClient, app: Flask, clock: MovableClock, kind: str
) -> None:
    round_ = walk.whole(kind)
    owner.post(f"/ronde/{round_.id}/scan", data=SCAN)
    now = clock()
    petra = Account(email=PARTNER.address, name=PARTNER.name, confirmed_at=now)
    db.session.add(petra)
    db.session.commit()
    confidant = sharing.let_in(walk.bakery, petra.name, petra.email)
    sharing.take_up(confidant, petra)
    sharing.share_mirror(round_, confidant, Scope.WORDS, day_of(now) + sharing.USUAL_TIME, now)
    browser = app.test_client()
    become(browser, petra)
    shown = unescape(browser.get(f"/klanten/{round_.id}/spiegel").text)
    said = words_of(PdfReader(io.BytesIO(browser.get(f"/klanten/{round_.id}/spiegel.pdf").data)))
    assert browser.get(f"/klanten/{round_.id}/gesprek").status_code == 200
    assert browser.get(f"/klanten/{round_.id}/gesprek.pdf").mimetype == "application/pdf"
    assert "Petra Visser" in said
    for secret in ("Scan werkplezier", "Honderd punten", "Drie cijfers", "Vergeleken met drie maanden"):
        assert secret not in shown
        assert secret not in said


@pytest.mark.parametrize("kind", KINDS)
def test_the_tables_of_every_kind_hold_who_was_asked_and_nobody_else(walk: Walk, owner: FlaskClient, kind: str) -> None:
    round_ = walk.whole(kind, with_work="y") if kind == "mirror" else walk.whole(kind)
    owner.post(f"/ronde/{round_.id}/spiegel")
    table = owner.get(f"/ronde/{round_.id}/spiegel.csv").data.decode("utf-8-sig")
    lines = table.splitlines()
    assert "niet gevraagd" not in table
    assert (len(lines) > 1) == (kind != "one_question")
    about_work = [line for line in lines if ";energy_left;" in line]
    assert len(about_work) == (1 if kind == "mirror" else 0)
    assert all("Medewerkers" in line for line in about_work)
    assert owner.get(f"/ronde/{round_.id}/spiegel.xlsx").data.startswith(b"PK")


def test_the_thermometer_is_one_page_of_six_items_and_a_mirror_of_two(walk: Walk, owner: FlaskClient) -> None:
    round_ = walk.whole("thermometer")
    said = words_of(printed(owner, round_))
    for sentence in ("Er is genoeg werk in zicht", "Karin neemt moeilijke besluiten op tijd", "Vergeleken met drie"):
        assert sentence in said
    assert "beter" in said
    assert "slechter" in said
    assert "Om over te praten" in said


def test_better_or_worse_is_asked_of_named_roles_and_the_owner_only(
    walk: Walk, phone: Phone, owner: FlaskClient, karin: Account
) -> None:
    round_ = walk.send(walk.prepare("thermometer"))
    asked = {}
    for perspective in ("employees", "accountant", "bank"):
        [first, *_others] = invitations_of(round_.id, perspective)
        phone.client.post(phone.link_of(first), data={"taal": "nl"})
        asked[perspective] = 'name="direction"' in phone.client.get("/lijst").text
    assert asked == {"employees": False, "accountant": True, "bank": True}
    assert 'name="direction"' in page(owner, round_, "zelfbeeld/alles")


@pytest.mark.parametrize("kind", ["mirror", "thermometer"])
def test_what_an_employee_posts_to_questions_of_named_roles_reaches_no_ballot(
    walk: Walk, house: Installation, kind: str
) -> None:
    """Crafted by hand: the form that staff see has no such fields."""
    round_ = walk.send(walk.prepare(kind))
    crafted = {"gut_feeling": "7", "order_book": "4", "direction": "worse", "points-accountant": "100"} | {
        "key_figures": ["sales", "stock", "orders"]
    }
    for invitation in invitations_of(round_.id, "employees"):
        answer = Phone(walk.app.test_client(), house).answer(invitation, crafted)
        assert answer.status_code == 200
    walk.count(round_)
    assert facts_of_voices(round_.id) == {}
    assert round_.release is not None
    document = round_.release.document
    for question in (DIRECTION, POINTS, KEY_FIGURES, "worse", "stock"):
        assert f'"{question}"' not in document


def test_who_posts_items_of_another_group_answers_only_his_own(walk: Walk, house: Installation) -> None:
    """The items about work are for employees; an accountant who posts them by hand has no answer to them."""
    round_ = walk.send(walk.prepare("mirror", with_work="y"))
    assert round_.questionnaire == "spiegel-werk-1"
    [rob] = invitations_of(round_.id, "accountant")
    answer = Phone(walk.app.test_client(), house).answer(rob, {"gut_feeling": "7", "energy_left": "1"})
    assert answer.status_code == 200
    walk.count(round_)
    assert round_.release is not None
    cells = json.loads(round_.release.document)["cells"]
    [cell] = [one for one in cells if (one["perspective"], one["item"]) == ("accountant", "energy_left")]
    assert "mark" not in cell


def test_the_owner_predicts_the_average_of_the_items_about_work_and_answers_none(
    walk: Walk, owner: FlaskClient
) -> None:
    round_ = walk.send(walk.prepare("mirror", with_work="y"))
    asked = page(owner, round_, "zelfbeeld/work")
    assert "Welk cijfer geven zij aan ‘Het werk’, denk je?" in asked
    assert 'name="verwacht.employees.work"' in asked
    assert "verwacht.accountant.work" not in asked
    assert 'name="energy_left"' not in asked
    crafted = owner.post(f"/ronde/{round_.id}/zelfbeeld/work", data={"verwacht.bank.work": "4"})
    assert crafted.status_code == 400


def test_the_mirror_with_work_shows_it_of_the_employees_only(walk: Walk, owner: FlaskClient) -> None:
    round_ = walk.whole("mirror", with_work="y")
    said = words_of(printed(owner, round_))
    assert "Het werk" in said
    assert "Na een gewone werkdag heb ik nog energie over." in said
    assert "De mensen in het bedrijf werken met energie." not in said


def test_without_employees_the_items_about_work_are_not_asked(walk: Walk) -> None:
    round_ = walk.prepare("mirror", with_work="y", employees="")
    assert round_.questionnaire == "spiegel-1"


def test_going_on_without_staff_leaves_the_items_about_work_behind(walk: Walk, owner: FlaskClient) -> None:
    round_ = walk.prepare("mirror", with_work="y")
    assert owner.post(f"/ronde/{round_.id}/zonder-medewerkers").status_code == 303
    assert round_.questionnaire == "spiegel-1"


def test_the_one_question_prints_texts_of_a_group_from_five_on(walk: Walk, owner: FlaskClient) -> None:
    round_ = walk.whole("one_question")
    said = words_of(printed(owner, round_))
    for name in ("karin", "a", "f", "rob", "joost", "anneke"):
        assert AWAKE[name] in said
    assert "Van de medewerkers staat hier niets" not in said


def test_nobody_who_gets_the_one_question_reads_of_a_list_or_of_three_months(
    walk: Walk, phone: Phone, owner: FlaskClient
) -> None:
    round_ = walk.send(walk.prepare("one_question"))
    promise = unescape(phone.client.get(phone.link_of(invitations_of(round_.id, "employees")[0])).text)
    sheet = unescape(phone.client.get(walk.house.links.how_it_works(round_.id)).text)
    for told in (promise, sheet):
        assert "één vraag, voor elk bedrijf dezelfde." in told
        assert "een vaste lijst" not in told
    walk.answer_own(round_)
    walk.count(round_)
    owner.post(f"/ronde/{round_.id}/spiegel")
    said = words_of(printed(owner, round_))
    assert re.search(r"Ingevuld van .{1,30} tot en met [^,]+\.", said)
    assert "drie maanden" not in said


def test_four_printable_texts_are_too_few_to_be_shown(walk: Walk, owner: FlaskClient, house: Installation) -> None:
    """Five wrote, so the group is opened; one would rather not be quoted: four are left, and none is shown."""
    round_ = walk.send(walk.prepare("one_question"))
    walk.answer_own(round_)
    for number, invitation in enumerate(invitations_of(round_.id, "employees")[:5]):
        quoted = {"unquoted": "awake"} if number == 4 else {}
        sent = Phone(walk.app.test_client(), house).answer(invitation, {"awake": f"Antwoord {number}."} | quoted)
        assert sent.status_code == 200
    walk.count(round_)
    owner.post(f"/ronde/{round_.id}/spiegel")
    said = words_of(printed(owner, round_))
    assert "Antwoord" not in said
    assert "Van de medewerkers staat hier niets: voor teksten zijn er minstens vijf nodig." in said


def test_an_empty_answer_to_the_one_question_comes_back(walk: Walk, phone: Phone) -> None:
    round_ = walk.send(walk.prepare("one_question"))
    start = phone.open_list(invitations_of(round_.id, "employees")[0])
    answer = phone.send(start, {"awake": "  "})
    assert answer.status_code == 422
    assert "Je hebt nog niets opgeschreven. Eén zin is genoeg." in answer.text


def test_the_owner_hands_in_the_one_question_only_with_an_answer(walk: Walk, owner: FlaskClient) -> None:
    round_ = walk.send(walk.prepare("one_question"))
    owner.post(f"/ronde/{round_.id}/zelfbeeld/woorden", data={})
    refused = owner.post(f"/ronde/{round_.id}/zelfbeeld")
    assert refused.status_code == 422
    assert "Schrijf eerst op waar je wakker van ligt." in refused.text


def test_a_small_circle_asks_no_employees_however_the_page_is_sent(walk: Walk, owner: FlaskClient) -> None:
    crafted = "\n".join(f"{name}@bakkerijdevries.example" for name in ("aisha", "bram", "chantal"))
    round_ = walk.prepare("circle", employees=crafted)
    assert {group.perspective for group in round_.groups} == {"accountant", "bank", "peer"}
    assert "Die lijst is niet meegenomen." in owner.get(f"/ronde/{round_.id}/verzenden").text


def test_a_seventh_person_is_too_many_for_a_small_circle(walk: Walk, owner: FlaskClient) -> None:
    six = "\n".join(f"Vriend {number} <vriend{number}@elders.example>" for number in range(6))
    with pytest.raises(AssertionError, match=r"Een kleine kring is hooguit 6 mensen\. Op je lijst staan er 8\."):
        walk.prepare("circle", peer=six)
    assert rounds_of(walk.bakery.id) == []


def test_a_thermometer_of_named_people_may_come_every_month_and_says_what_changed(
    walk: Walk, owner: FlaskClient
) -> None:
    walk.whole("thermometer", employees="")
    month_later = CLOSES_ON + timedelta(days=30)
    second = walk.whole("thermometer", month_later, employees="")
    said = words_of(printed(owner, second))
    assert "Sinds de vorige keer" in said
    assert {round_.closes_on for round_ in rounds_of(walk.bakery.id)} == {CLOSES_ON, month_later}


def test_a_thermometer_with_employees_too_soon_after_their_mirror_is_refused_in_words(
    walk: Walk, owner: FlaskClient
) -> None:
    walk.whole("mirror")
    soon = CLOSES_ON + timedelta(days=40)
    walk.clock.move_to(soon - timedelta(days=10))
    with pytest.raises(AssertionError, match="zitten minstens 80 dagen") as refused:
        walk.prepare("thermometer", soon)
    assert "Sluiten kan vanaf" in str(refused.value)
    assert "Zonder medewerkers kan het eerder." in str(refused.value)
    assert walk.prepare("thermometer", soon, employees="").closes_on == soon


SCAN = {
    "name": "Scan werkplezier",
    "scanned_on": "september 2026",
    "score": "7,1",
    "scale": "1 tot 10",
    "people": "8",
    "note": "Via de brancheclub.",
}


def test_the_outcome_of_a_scan_from_elsewhere_stands_beside_the_mirror(walk: Walk, owner: FlaskClient) -> None:
    round_ = walk.whole("mirror")
    assert owner.post(f"/ronde/{round_.id}/scan", data=SCAN).status_code == 303
    assert "7,1, op een schaal van 1 tot 10" in page(owner, round_, "cijfers")
    assert "Scan werkplezier" in words_of(printed(owner, round_))
    assert 'value="Via de brancheclub."' in page(owner, round_, "scan")
    owner.post(f"/ronde/{round_.id}/scan", data=dict.fromkeys(SCAN, ""))
    assert "Scan werkplezier" not in page(owner, round_, "cijfers")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"scale": ""}, "Vul dit ook in: zonder naam, datum en schaal zegt een uitkomst niets."),
        ({"note": "x" * 201}, "Maak dit korter: hooguit 200 tekens."),
    ],
)
def test_half_an_outcome_comes_back_as_it_was_typed(
    owner: FlaskClient, open_round: Round, change: dict[str, str], told: str
) -> None:
    answer = owner.post(f"/ronde/{open_round.id}/scan", data=SCAN | change)
    assert answer.status_code == 422
    assert told in unescape(answer.text)
    assert "Scan werkplezier" in answer.text


def test_another_owner_neither_reads_nor_types_the_scan(owner: FlaskClient, noise: Round) -> None:
    assert owner.get(f"/ronde/{noise.id}/scan").status_code == 404
    assert owner.post(f"/ronde/{noise.id}/scan", data=SCAN).status_code == 404


def test_points_and_key_figures_stand_beside_the_mirror_with_their_chance(walk: Walk, owner: FlaskClient) -> None:
    round_ = walk.whole("mirror")
    told = page(owner, round_, "cijfers")
    assert "Eén cijfer kozen jullie allebei: geld dat er over drie maanden is." in told
    assert "Wie blind drie cijfers kiest uit 15, heeft in 52 van de honderd keer minstens één gelijk." in told
    said = words_of(printed(owner, round_))
    assert "Een adviseur voor ondernemers 0 40 0" in said
    kept = facts_of_voices(round_.id)
    assert kept["accountant"][POINTS] == {"accountant": 60, "business_adviser": 40}
    assert kept["bank"].keys() == {POINTS}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"points-accountant": "95"}, "Samen is het 95. Verdeel er nog 5."),
        ({"points-accountant": "60", "points-help_body": "45"}, "Samen is het 105. Haal er 5 af."),
        ({"points-accountant": "97"}, "Schrijf hele getallen in stappen van vijf, zoals 25."),
        ({"points-accountant": "-5", "points-help_body": "105"}, "Schrijf hele getallen in stappen van vijf"),
        ({"points-accountant": "veel"}, "Schrijf hele getallen in stappen van vijf"),
        ({"key_figures": ["sales", "stock"]}, "Je koos er 2. Kies er precies drie, of geen."),
        ({"key_figures": ["sales", "stock", "moon"]}, "Dit antwoord kennen we niet. Kies het opnieuw."),
    ],
)
def test_what_does_not_add_up_comes_back_as_it_was_typed(
    walk: Walk, phone: Phone, owner: FlaskClient, typed: dict[str, object], told: str
) -> None:
    round_ = walk.send(walk.prepare("mirror"))
    start = phone.open_list(invitations_of(round_.id, "accountant")[0])
    answer = phone.send(start, {"gut_feeling": "7", **typed})
    assert answer.status_code == 422
    assert told in unescape(answer.text)
    own = owner.post(f"/ronde/{round_.id}/zelfbeeld/sparren", data=typed)
    assert own.status_code == 422
    assert told in unescape(own.text)
    if "points-accountant" in typed:
        assert f'value="{typed["points-accountant"]}"' in own.text
        assert f'value="{typed["points-accountant"]}"' in answer.text


def test_the_running_total_counts_while_it_is_typed(walk: Walk, phone_of_karin: Page, address: str) -> None:
    round_ = walk.prepare("mirror")
    db.session.commit()
    phone_of_karin.goto(f"{address}/ronde/{round_.id}/zelfbeeld/sparren")
    phone_of_karin.fill("[name=points-accountant]", "40")
    phone_of_karin.fill("[name=points-help_body]", "35")
    assert phone_of_karin.inner_text("[data-sum]") == "Samen van de honderd: 75"


def test_the_prepare_page_shows_what_the_chosen_kind_asks(
    walk: Walk, phone_of_karin: Page, address: str, bakery: Company
) -> None:
    phone_of_karin.goto(f"{address}/bedrijf/{bakery.id}/voorbereiden")
    shown = {}
    for kind in KINDS:
        phone_of_karin.check(f"#kind-{kind}")
        shown[kind] = [name for name in ("employees", "with_work", "bank", "peer") if _sees(phone_of_karin, name)]
    assert shown == {
        "mirror": ["employees", "with_work", "bank", "peer"],
        "thermometer": ["employees", "bank"],
        "one_question": ["employees", "bank", "peer"],
        "circle": ["bank", "peer"],
    }


def _sees(phone: Page, name: str) -> bool:
    """Whether the field is there to be used; one that few need may be folded under its own name."""
    return phone.locator(f"[name={name}], details:has([name={name}])").first.is_visible()


@pytest.mark.parametrize("kind", ["thermometer", "one_question"])
def test_every_page_of_a_short_round_on_a_phone(walk: Walk, phone_of_karin: Page, address: str, kind: str) -> None:
    round_ = walk.whole(kind)
    of_round = ("spiegel", "cijfers", "scan", "zelfbeeld")
    check(phone_of_karin, address, {name: f"/ronde/{round_.id}/{name}" for name in of_round})


def test_the_parts_that_only_named_roles_are_asked_on_a_phone(walk: Walk, phone_of_karin: Page, address: str) -> None:
    round_ = walk.prepare("mirror", with_work="y")
    check(phone_of_karin, address, {part: f"/ronde/{round_.id}/zelfbeeld/{part}" for part in ("sparren", "work")})


def test_a_kind_that_no_page_offers_becomes_the_usual_one(walk: Walk, owner: FlaskClient) -> None:
    round_ = walk.prepare("mirror")
    fields = {**fields_of(rounds.plan_of(round_), walk.karin), "kind": "shopping", "press": "next"}
    assert owner.post(f"/ronde/{round_.id}/voorbereiden", data=fields).status_code == 303
    assert round_.kind == "mirror"


def test_a_thermometer_takes_as_long_on_every_page(walk: Walk, owner: FlaskClient) -> None:
    thermometer = load("thermometer-1")
    assert {thermometer.minutes(who) for who in ("employees", "accountant", "bank")} == {(1, 2)}
    told = unescape(owner.get(f"/bedrijf/{walk.bakery.id}/voorbereiden").text)
    assert "je medewerkers mogen erbij. Kost hun een minuut of twee." in told
