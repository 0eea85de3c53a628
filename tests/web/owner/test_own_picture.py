"""The owner's own picture: kept at every step, without JavaScript, and locked once it is in."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import rounds, self_assessment, story
from survey.installation import Installation
from survey.questionnaires import load
from survey.rounds import GroupPlan
from survey.self_assessment import Entries
from survey.store.people import Account, Company
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON
from tests.web.owner.conftest import become

SPIEGEL = load("spiegel-1")
KARIN = story.answers()["karin"]
PARTS = [theme.id for theme in SPIEGEL.themes]


def address(round_: Round, part: str = "") -> str:
    return f"/ronde/{round_.id}/zelfbeeld" + (f"/{part}" if part else "")


def test_it_begins_with_the_gut_feeling_and_the_first_theme(owner: FlaskClient, open_round: Round) -> None:
    assert owner.get(address(open_round)).location == address(open_round, "customers")
    page = unescape(owner.get(address(open_round, "customers")).text)
    assert page.index('name="gut_feeling"') < page.index('name="order_book"')
    assert "Deel 1 van 10" in page
    assert "Wat anderen antwoorden zie je pas als dit is ingeleverd." in page


def test_a_part_is_kept_and_leads_to_the_next(owner: FlaskClient, open_round: Round) -> None:
    data = {
        "gut_feeling": "8",
        "order_book": "4",
        "customers_return": "cannot_judge",
        "verwacht.employees.customers": "4",
    }
    answer = owner.post(address(open_round, "customers"), data=data)
    assert answer.location == address(open_round, "people")
    own = open_round.self_assessment
    assert own is not None
    assert own.answers == {"gut_feeling": 8, "order_book": 4, "customers_return": "cannot_judge"}
    assert own.predictions == {"employees": {"customers": 4}}
    page = owner.get(address(open_round, "customers")).text
    assert page.count(" checked") == 4


@pytest.mark.parametrize(("button", "leads_to"), [("back", "/zelfbeeld/customers"), ("stop", "/bedrijf/")])
def test_every_button_keeps_what_was_filled_in(
    owner: FlaskClient, open_round: Round, button: str, leads_to: str
) -> None:
    answer = owner.post(address(open_round, "people"), data={"owner_attention": "3", "press": button})
    assert leads_to in answer.location
    assert open_round.self_assessment is not None
    assert open_round.self_assessment.answers == {"owner_attention": 3}


def test_each_invited_group_is_predicted_by_name_and_the_staff_first(owner: FlaskClient, open_round: Round) -> None:
    page = unescape(owner.get(address(open_round, "partners")).text)
    assert page.count('name="would_think_along"') == 0
    for perspective in ("employees", "accountant", "bank", "peer"):
        assert page.count(f'name="verwacht.{perspective}.would_think_along"') == 5
    assert 'name="verwacht.co_owner.partners"' not in page
    assert page.index('name="verwacht.employees.partners"') < page.index("Meer: de anderen, op naam")
    assert page.index("Meer: de anderen, op naam") < page.index('name="verwacht.bank.partners"')
    assert "Rob, je accountant" in page


def test_only_what_this_part_asks_is_read(owner: FlaskClient, open_round: Round) -> None:
    owner.post(address(open_round, "people"), data={"order_book": "5", "handed_in_at": "x", "owner_attention": "2"})
    assert open_round.self_assessment is not None
    assert open_round.self_assessment.answers == {"owner_attention": 2}


@pytest.mark.parametrize(
    "data",
    [
        {"owner_attention": "6"},
        {"owner_attention": "3.0"},
        {"owner_attention": "٣"},
        {"verwacht.employees.people": "0"},
        {"verwacht.customers.people": "3"},
        {"verwacht": "3", "verwacht.": "3"},
    ],
)
def test_an_answer_that_is_not_on_the_page_is_refused(
    owner: FlaskClient, open_round: Round, data: dict[str, str]
) -> None:
    assert owner.post(address(open_round, "people"), data=data).status_code == 400
    assert open_round.self_assessment is None
    assert owner.get(address(open_round, "weather")).status_code == 404
    assert owner.post(address(open_round, "weather")).status_code == 404


def test_a_text_that_is_too_long_stays_and_says_how_much_must_go(owner: FlaskClient, open_round: Round) -> None:
    data = {"goes_well": "é" * 302, "needs_attention": "De tweede oven."}
    answer = owner.post(address(open_round, "woorden"), data=data)
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert "Haal 2 tekens weg." in page
    assert "é" * 302 in page
    assert "De tweede oven." in page


def test_two_faults_are_two_and_each_says_which_question_it_is_about(owner: FlaskClient, open_round: Round) -> None:
    data = {"points-accountant": "33", "key_figures": ["sales", "weather"]}
    answer = owner.post(address(open_round, "sparren"), data=data)
    assert answer.status_code == 422
    summary = unescape(answer.text).split('class="summary"')[1].split("</ul>")[0]
    assert "2 dingen moeten anders" in summary
    assert re.findall(r'href="#(\w+)">Vraag ‘[A-Z][^’]+’: [a-z]', summary) == ["points", "key_figures"]


def fill_in(owner: FlaskClient, round_: Round, count: int = len(KARIN)) -> None:
    given = dict(list(KARIN.items())[:count])
    for part in PARTS:
        items = [*SPIEGEL.items_of(part), *(SPIEGEL.items_of("overall") if part == PARTS[0] else ())]
        owner.post(address(round_, part), data={item.id: str(given[item.id]) for item in items if item.id in given})


def test_too_little_is_said_with_the_number_and_not_locked(owner: FlaskClient, open_round: Round) -> None:
    fill_in(owner, open_round, 8)
    answer = owner.post(address(open_round))
    assert answer.status_code == 422
    assert "Vul er minstens 14 in" in unescape(answer.text)
    assert not self_assessment.is_handed_in(open_round)


def test_handing_in_what_was_never_begun_leads_to_its_first_part(owner: FlaskClient, open_round: Round) -> None:
    answer = owner.post(f"/ronde/{open_round.id}/zelfbeeld")
    assert owner.get(answer.location).location.endswith("/zelfbeeld/customers")
    assert open_round.self_assessment is None


def test_handed_in_it_is_locked_and_can_be_read(owner: FlaskClient, bakery: Company, open_round: Round) -> None:
    fill_in(owner, open_round)
    owner.post(address(open_round, "woorden"), data={"goes_well": "De sfeer <b>vroeg</b>."})
    assert "4 van 4 ingevuld" in owner.get(address(open_round)).text
    assert owner.post(address(open_round)).location == f"/bedrijf/{bakery.id}"
    page = owner.get(address(open_round)).text
    assert "Ingevuld en op slot." in page
    assert "De sfeer &lt;b&gt;vroeg&lt;/b&gt;." in page
    assert owner.get(address(open_round, "people")).location == address(open_round)
    assert owner.post(address(open_round, "people"), data={"owner_attention": "1"}).location == address(open_round)
    assert open_round.self_assessment is not None
    assert open_round.self_assessment.answers == KARIN


def test_after_the_close_it_is_said_beforehand_and_afterwards(
    owner: FlaskClient, open_round: Round, house: Installation, clock: story.MovableClock
) -> None:
    self_assessment.save(open_round, SPIEGEL, Entries(KARIN), house.clock())
    clock.move_to(CLOSES_ON + timedelta(days=1))
    assert "na sluiting invulde" in owner.get(address(open_round)).text
    owner.post(address(open_round))
    assert "Ingevuld na sluiting, en op slot." in owner.get(address(open_round)).text


def test_it_speaks_english_as_a_whole(owner: FlaskClient, karin: Account, open_round: Round) -> None:
    karin.language = "en"
    page = unescape(owner.get(address(open_round, "partners")).text)
    assert SPIEGEL.statement("keeps_agreements", "en", "self", "") in page
    assert SPIEGEL.statement("keeps_agreements", "nl", "self", "") not in page


def test_another_owner_of_the_company_does_not_see_it_and_does_not_send(
    app: Flask, owner: FlaskClient, karin: Account, bakery: Company, open_round: Round, house: Installation
) -> None:
    daan = Account(email="daan@devries.example", name="Daan de Vries", confirmed_at=house.clock())
    bakery.owners.append(daan)
    self_assessment.save(open_round, SPIEGEL, Entries(KARIN), house.clock())
    second = rounds.prepare(bakery, karin, replace(story.plan(CLOSES_ON), groups=(GroupPlan("bank", (story.BANKER,)),)))
    become(owner, daan)
    for page in ("", "people"):
        assert owner.get(address(open_round, page)).status_code == 404
        assert owner.post(address(open_round, page)).status_code == 404
    assert "Alleen Karin de Vries vult dit in." in unescape(owner.get(f"/ronde/{open_round.id}").text)
    assert "Alleen Karin de Vries kan versturen." in unescape(owner.get(f"/ronde/{second.id}/verzenden").text)
    assert owner.post(f"/ronde/{second.id}/verzenden").status_code == 404
    assert second.sent_at is None
