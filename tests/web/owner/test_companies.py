"""Many companies on a page: found by name, narrowed down, in pages; the same few questions however many there are."""

from datetime import date, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from survey import story
from survey.clock import day_of
from survey.installation import Installation
from survey.store.database import db
from survey.store.people import Account, Company
from tests.many_companies import let_in, many_companies
from tests.test_overview import statements
from tests.web.hostile import CORPUS, harm_in, words_on
from tests.web.owner.conftest import become
from tests.web.owner.test_on_a_phone import check

DAY = timedelta(days=1)
MANY = 1_000


@pytest.fixture
def today(house: Installation) -> date:
    return day_of(house.clock())


@pytest.fixture
def ids(owner: FlaskClient, karin: Account, today: date) -> list[str]:
    return many_companies(karin, MANY, today)


@pytest.fixture
def coach(owner: FlaskClient, ids: list[str], today: date, house: Installation) -> FlaskClient:
    """The same browser with Petra in it, whom all thousand let in."""
    petra = Account(email=story.PARTNER.address, name=story.PARTNER.name, confirmed_at=house.clock())
    db.session.add(petra)
    db.session.commit()
    let_in(petra, ids, house.clock(), today + 30 * DAY, mirrors=200)
    become(owner, petra)
    return owner


def read(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.text)


def rows_on(page: str) -> int:
    return page.count('<th scope="row">')


def test_few_companies_need_no_form(owner: FlaskClient, karin: Account, bakery: Company) -> None:
    db.session.add(Company(name="Bakkerij Noord", owners=[karin]))
    db.session.commit()
    page = read(owner, "/bedrijven")
    assert rows_on(page) == 2
    assert 'role="search"' not in page
    assert "nog geen ronde" in page


def test_many_are_found_by_name_and_the_words_stay_in_the_field(owner: FlaskClient, ids: list[str]) -> None:
    page = read(owner, "/bedrijven?zoek=caf%C3%A9+ANKER")
    assert rows_on(page) == 1
    assert "Café Het Anker" in page
    assert 'value="café ANKER"' in page
    assert "1 tot en met 1 van 1" in page
    assert 'href="/bedrijven">Toon alles' in page


def test_pages_lead_on_and_back_with_what_was_asked(owner: FlaskClient, ids: list[str]) -> None:
    page = read(owner, "/bedrijven?zoek=bedrijf&stand=talk&blad=2")
    assert "26 tot en met 50 van 100" in page
    assert 'rel="prev" href="/bedrijven?zoek=bedrijf&stand=talk&blad=1"' in page
    assert 'rel="next" href="/bedrijven?zoek=bedrijf&stand=talk&blad=3"' in page
    assert 'rel="next"' not in read(owner, "/bedrijven?zoek=bedrijf&stand=talk&blad=4")


def test_nothing_found_says_with_which_words_and_the_way_back(owner: FlaskClient, ids: list[str]) -> None:
    page = read(owner, "/bedrijven?zoek=zonnebloem")
    assert "Niets gevonden met ‘zonnebloem’." in page
    assert "Je hebt hier nog geen bedrijf" not in page


@pytest.mark.parametrize("address", ["?blad=0", "?blad=-1", "?blad=99999999999", "?blad=x", "?stand=x", "?blad=²"])
def test_an_address_that_makes_no_sense_shows_the_list(owner: FlaskClient, ids: list[str], address: str) -> None:
    assert rows_on(read(owner, f"/bedrijven{address}")) == 25


@pytest.mark.parametrize("words", CORPUS)
def test_the_words_are_shown_as_they_were_typed(owner: FlaskClient, ids: list[str], words: str) -> None:
    answer = owner.get("/bedrijven", query_string={"zoek": words})
    assert harm_in(answer.text) == []
    assert "Niets gevonden met" not in answer.text or " ".join(words.split()) in " ".join(words_on(answer.text).split())


def test_a_coach_finds_his_clients_the_same_way(coach: FlaskClient) -> None:
    page = read(coach, "/klanten?stand=talk")
    assert rows_on(page) == 25
    assert "1 tot en met 25 van 100" in page
    assert 'rel="next" href="/klanten?stand=talk&blad=2"' in page
    assert "De hele spiegel van" in page
    assert "Niets gevonden met ‘zonnebloem’." in read(coach, "/klanten?zoek=zonnebloem")


def test_who_looks_along_with_nobody_reads_how_that_begins(owner: FlaskClient) -> None:
    page = read(owner, "/klanten")
    assert "Op dit moment deelt niemand iets met je." in page
    assert 'role="search"' not in page


@pytest.mark.parametrize("count", [30, MANY])
@pytest.mark.parametrize("address", ["/bedrijven", "/klanten", "/account"])
def test_the_number_of_questions_does_not_grow(
    owner: FlaskClient, karin: Account, today: date, house: Installation, address: str, count: int
) -> None:
    ids = many_companies(karin, count, today)
    let_in(karin, ids, house.clock(), today + DAY, mirrors=count)
    with statements() as seen:
        read(owner, address)
    assert len([one for one in seen if one.startswith("SELECT")]) <= 7


def test_on_a_phone_a_long_list_reads_well(phone_of_karin: Page, address: str, ids: list[str]) -> None:
    addresses = {"list": "/bedrijven?blad=3", "found": "/bedrijven?zoek=anker", "nothing": "/bedrijven?zoek=zon"}
    check(phone_of_karin, address, addresses)


def test_on_a_phone_a_long_list_of_clients_reads_well(
    phone_of_karin: Page, address: str, ids: list[str], karin: Account, today: date, house: Installation
) -> None:
    let_in(karin, ids, house.clock(), today + 30 * DAY, mirrors=200)
    check(phone_of_karin, address, {"clients": "/klanten", "nobody": "/klanten?zoek=zon", "account": "/account"})


def test_searching_works_with_the_keyboard_alone(phone_of_karin: Page, address: str, ids: list[str]) -> None:
    phone_of_karin.goto(f"{address}/bedrijven")
    phone_of_karin.get_by_label("Zoek op naam").fill("anker")
    phone_of_karin.keyboard.press("Enter")
    phone_of_karin.wait_for_url("**zoek=anker**")
    assert phone_of_karin.locator("tbody tr").count() == 1
