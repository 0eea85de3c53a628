"""The rhythm page: it says what follows, changes nothing by looking, and moves, skips or stops with one press."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import address_book, rhythm, rounds, story
from survey.installation import Installation
from survey.kinds import MIRROR, THERMOMETER
from survey.store.address_books import AddressBook
from survey.store.database import db
from survey.store.people import Account, Company, invitations_of
from survey.store.rhythms import Rhythm, rhythm_of
from survey.store.rounds import Round, rounds_of
from survey.turns import Every
from survey.worker import Worker
from tests.bakery import CLOSES_ON
from tests.web.owner.conftest import become
from tests.web.routes import all_that_is_stored

OPENS_AGAIN = date(2027, 2, 2)


@pytest.fixture
def book(bakery: Company, karin: Account, open_round: Round) -> AddressBook:
    return address_book.take_over(bakery, karin, open_round)


@pytest.fixture
def quarterly(bakery: Company, karin: Account, book: AddressBook, clock: story.MovableClock) -> Rhythm:
    return rhythm.switch_on(bakery, karin, MIRROR, Every.QUARTER, clock())


@pytest.fixture
def next_round(app: Flask, bakery: Company, quarterly: Rhythm, clock: story.MovableClock) -> Round:
    """The round that the rhythm prepared: it is a week before it opens."""
    db.session.commit()
    for day in (CLOSES_ON + timedelta(days=1), OPENS_AGAIN - rhythm.LEAD):
        clock.move_to(day, 9)
        Worker(app).keep_rounds()
    db.session.expire_all()
    return next(one for one in rounds_of(bakery.id) if one.turn)


def page_of(owner: FlaskClient, bakery: Company) -> str:
    answer = owner.get(f"/bedrijf/{bakery.id}/ritme")
    assert answer.status_code == 200
    return unescape(answer.text)


def press(owner: FlaskClient, bakery: Company, what: str, **values: str) -> str:
    """Press a button as it stands on the page; return the page that follows."""
    about = re.search(r'name="about" value="([^"]+)"', page_of(owner, bakery))
    assert about
    owner.post(f"/bedrijf/{bakery.id}/ritme/{what}", data={"about": about[1], **values})
    return page_of(owner, bakery)


def test_before_the_first_round_there_is_nothing_to_repeat(owner: FlaskClient, bakery: Company) -> None:
    assert "Een ritme begint na je eerste ronde" in page_of(owner, bakery)
    answer = owner.post(f"/bedrijf/{bakery.id}/ritme/aan", data={"every": "quarter"})
    assert answer.status_code == 422


def test_without_an_address_book_it_leads_there_first(owner: FlaskClient, bakery: Company, open_round: Round) -> None:
    page = page_of(owner, bakery)
    assert "Vul eerst je adresboek" in page
    assert "Zet het ritme aan" not in page
    answer = owner.post(f"/bedrijf/{bakery.id}/ritme/aan", data={"every": "quarter"})
    assert answer.status_code == 422
    assert "In je adresboek staat niemand" in unescape(answer.text)


def test_switching_on_says_that_it_is_pressing_send_and_what_follows(
    owner: FlaskClient, bakery: Company, book: AddressBook
) -> None:
    page = page_of(owner, bakery)
    for said in (
        "Aanzetten is hetzelfde als op versturen drukken",
        "Een week van tevoren krijg je een mail",
        "om 7.00 uur, staat de lijst met mensen vast",
        "hooguit twee keer een herinnering",
        "minstens 80 dagen",
        "eerst op dinsdag 2 februari 2027",
        "Medewerkers: 9 mensen",
    ):
        assert said in page
    owner.post(f"/bedrijf/{bakery.id}/ritme/aan", data={"every": "half_year"})
    found = rhythm_of(bakery.id, MIRROR)
    assert found is not None
    assert found.every == "half_year"
    assert "De volgende ronde opent op maandag 3 mei 2027" in page_of(owner, bakery)


def test_looking_changes_nothing_and_whoever_is_not_signed_in_sees_nothing(
    app: Flask, owner: FlaskClient, bakery: Company, next_round: Round
) -> None:
    address, before = f"/bedrijf/{bakery.id}/ritme", all_that_is_stored()
    for method in ("GET", "HEAD", "OPTIONS"):
        owner.open(address, method=method)
    scanner = app.test_client()
    for what in ("", "/aan", "/verzetten", "/overslaan", "/uit"):
        for method in ("GET", "POST"):
            answer = scanner.open(address + what, method=method, data={"about": OPENS_AGAIN.isoformat()})
            assert answer.status_code in (303, 405)
            assert "Vries" not in answer.text
    assert all_that_is_stored() == before


def test_one_press_moves_it_a_week_and_a_second_tap_of_the_same_press_moves_nothing(
    owner: FlaskClient, bakery: Company, next_round: Round
) -> None:
    values = {"about": OPENS_AGAIN.isoformat(), "press": "week"}
    for _ in range(2):
        owner.post(f"/bedrijf/{bakery.id}/ritme/verzetten", data=values)
    assert next_round.opens_on == OPENS_AGAIN + timedelta(days=7)
    assert next_round.closes_on - next_round.opens_on >= timedelta(days=18)
    page = page_of(owner, bakery)
    assert "Er was al iets veranderd. Zo staat het nu." in page
    assert "De volgende ronde opent op dinsdag 9 februari 2027" in page


def test_a_round_that_is_not_prepared_yet_moves_too_and_is_prepared_for_its_new_day(
    app: Flask, owner: FlaskClient, bakery: Company, quarterly: Rhythm, clock: story.MovableClock
) -> None:
    page = press(owner, bakery, "verzetten", **{"opens-day": "15", "opens-month": "2", "opens-year": "2027"})
    assert "De volgende ronde opent op maandag 15 februari 2027" in page
    clock.move_to(date(2027, 2, 8), 9)
    Worker(app).keep_rounds()
    db.session.expire_all()
    assert [one.opens_on for one in rounds_of(bakery.id) if one.turn] == [date(2027, 2, 15)]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("30", "2", "2027"), "Vul een dag, een maand en een jaar in."),
        (("6", "2", "2027"), "weekend, een feestdag of rond Kerst. Wel kan maandag 8 februari 2027"),
        (("28", "12", "2027"), "rond Kerst. Wel kan maandag 10 januari 2028"),
        (("1", "11", "2026"), "Deze dag is voorbij"),
        (("18", "1", "2027"), "Het kan vanaf donderdag 21 januari 2027"),
    ],
)
def test_a_day_on_which_it_cannot_open_is_refused_with_the_first_that_can(
    owner: FlaskClient, bakery: Company, quarterly: Rhythm, parts: tuple[str, str, str], said: str
) -> None:
    data = dict(zip(("opens-day", "opens-month", "opens-year"), parts, strict=True))
    answer = owner.post(f"/bedrijf/{bakery.id}/ritme/verzetten", data={"about": OPENS_AGAIN.isoformat(), **data})
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert quarterly.moved_to is None


def test_one_press_skips_it_and_nobody_is_told(
    owner: FlaskClient, bakery: Company, next_round: Round, house: Installation
) -> None:
    page = press(owner, bakery, "overslaan")
    assert "De volgende ronde opent op maandag 3 mei 2027" in page
    assert next_round.cancelled_at is not None
    stored = all_that_is_stored()
    assert not [mail for mail in stored["outbox"] if next_round.id in mail and "cancelled" in mail]


def test_a_turn_that_was_skipped_is_no_round_that_was_called_off(
    owner: FlaskClient, bakery: Company, next_round: Round
) -> None:
    assert next_round.id in owner.get(f"/bedrijf/{bakery.id}").text
    press(owner, bakery, "overslaan")
    page = unescape(owner.get(f"/bedrijf/{bakery.id}").text)
    assert next_round.id not in page
    assert "afgebroken" not in page


def test_one_press_stops_it(app: Flask, owner: FlaskClient, bakery: Company, next_round: Round) -> None:
    page = press(owner, bakery, "uit")
    assert "Zet het ritme aan" in page
    assert rhythm_of(bakery.id, MIRROR) is None
    assert next_round.cancelled_at is not None


def test_a_round_of_the_rhythm_that_was_cancelled_on_its_own_page_is_not_prepared_again(
    app: Flask, owner: FlaskClient, bakery: Company, next_round: Round, clock: story.MovableClock
) -> None:
    owner.post(f"/ronde/{next_round.id}/afbreken")
    clock.move_to(OPENS_AGAIN, 9)
    Worker(app).keep_rounds()
    assert "De volgende ronde opent op maandag 3 mei 2027" in page_of(owner, bakery)


def test_until_it_opens_the_owner_corrects_the_list_in_the_address_book_and_the_round_has_it_too(
    owner: FlaskClient, bakery: Company, next_round: Round
) -> None:
    typed = {"employees": "\n".join(person.address for person in story.EMPLOYEES[:6]), "channel": "mail"}
    owner.post(f"/bedrijf/{bakery.id}/adresboek", data=typed)
    assert len(invitations_of(next_round.id, "employees")) == 6
    assert len(invitations_of(next_round.id)) == 6


def test_the_second_owner_reads_it_and_changes_nothing(
    app: Flask, owner: FlaskClient, karin: Account, bakery: Company, next_round: Round, clock: story.MovableClock
) -> None:
    second = Account(email="tom@bakkerijdevries.example", name="Tom de Vries", confirmed_at=clock())
    bakery.owners.append(second)
    db.session.commit()
    browser = app.test_client()
    become(browser, second)
    page = page_of(browser, bakery)
    assert "Alleen Karin de Vries kan dit veranderen." in page
    assert story.EMPLOYEES[0].address not in page
    for what in ("verzetten", "overslaan", "uit"):
        answer = browser.post(
            f"/bedrijf/{bakery.id}/ritme/{what}", data={"about": OPENS_AGAIN.isoformat(), "press": "week"}
        )
        assert answer.status_code == 404
    assert (next_round.opens_on, next_round.cancelled_at) == (OPENS_AGAIN, None)


def test_why_it_cannot_go_on_stands_on_the_page(owner: FlaskClient, bakery: Company, quarterly: Rhythm) -> None:
    quarterly.held = "other_waits"
    page = page_of(owner, bakery)
    assert "De volgende ronde kan nog niet door." in page
    assert "Er staat nog een andere ronde klaar" in page


def test_home_says_when_the_next_one_comes_and_that_it_goes_by_itself(
    owner: FlaskClient, bakery: Company, next_round: Round
) -> None:
    page = unescape(owner.get(f"/bedrijf/{bakery.id}").text)
    assert "Gaat vanzelf open op dinsdag 2 februari, om 7.00 uur." in page
    assert f'href="/bedrijf/{bakery.id}/ritme"' in page


def test_home_leads_to_the_rhythm_before_there_is_one_and_says_the_next_day_once_there_is(
    owner: FlaskClient, bakery: Company, karin: Account, open_round: Round, clock: story.MovableClock
) -> None:
    assert "Stel een ritme in" in unescape(owner.get(f"/bedrijf/{bakery.id}").text)
    address_book.take_over(bakery, karin, open_round)
    rhythm.switch_on(bakery, karin, MIRROR, Every.QUARTER, clock())
    page = unescape(owner.get(f"/bedrijf/{bakery.id}").text)
    assert "Elk kwartaal. De volgende ronde opent op dinsdag 2 februari 2027." in page


@pytest.fixture
def thermometer(bakery: Company, karin: Account, quarterly: Rhythm) -> Round:
    """A round of another kind, prepared by hand while the rhythm of the mirror runs."""
    by_name = tuple(group for group in story.plan(CLOSES_ON).groups if group.perspective in ("accountant", "bank"))
    plan = replace(story.plan(CLOSES_ON), kind=THERMOMETER, questionnaire="thermometer-1", groups=by_name)
    return rounds.prepare(bakery, karin, plan)


def test_the_rhythm_of_the_mirror_stays_on_home_while_another_kind_of_round_is_in_view(
    owner: FlaskClient, bakery: Company, thermometer: Round
) -> None:
    page = unescape(owner.get(f"/ronde/{thermometer.id}").text)
    assert f'<a href="/bedrijf/{bakery.id}/ritme">Spiegel</a>' in page
    assert "Elk kwartaal. De volgende ronde opent op dinsdag 2 februari 2027." in page
    assert f'<a href="/bedrijf/{bakery.id}/ritme?soort=thermometer">Stel een ritme in: Thermometer</a>' in page


def test_home_names_every_rhythm_and_offers_none_that_is_on(
    owner: FlaskClient, bakery: Company, karin: Account, thermometer: Round, clock: story.MovableClock
) -> None:
    thermometer.sent_at = clock()
    rhythm.switch_on(bakery, karin, THERMOMETER, Every.MONTH, clock())
    page = unescape(owner.get(f"/ronde/{thermometer.id}").text)
    for kind in ("Spiegel", "Thermometer"):
        assert f">{kind}</a></strong>" in page
    assert "Stel een ritme in" not in page


def test_a_rhythm_stays_on_home_when_the_last_round_was_cancelled(
    owner: FlaskClient, bakery: Company, quarterly: Rhythm, open_round: Round, house: Installation
) -> None:
    rounds.cancel(open_round, house.boxes.of(open_round.id), house.settings.keys, house.clock())
    page = unescape(owner.get(f"/bedrijf/{bakery.id}").text)
    assert f'<a href="/bedrijf/{bakery.id}/ritme">Spiegel</a>' in page


def test_the_page_of_one_rhythm_leads_to_the_other(
    owner: FlaskClient, bakery: Company, karin: Account, thermometer: Round, clock: story.MovableClock
) -> None:
    thermometer.sent_at = clock()
    rhythm.switch_on(bakery, karin, THERMOMETER, Every.MONTH, clock())
    there = f'<a href="/bedrijf/{bakery.id}/ritme?soort=thermometer">Thermometer</a>'
    assert there in page_of(owner, bakery)
    of_thermometer = owner.get(f"/bedrijf/{bakery.id}/ritme?soort=thermometer").text
    assert there not in of_thermometer
    assert f'<a href="/bedrijf/{bakery.id}/ritme">Spiegel</a>' in of_thermometer


def test_before_a_rhythm_of_a_thermometer_is_on_its_page_speaks_of_that_kind_and_of_who_is_asked_when(
    owner: FlaskClient, bakery: Company, thermometer: Round, clock: story.MovableClock
) -> None:
    thermometer.sent_at = clock()
    page = unescape(owner.get(f"/bedrijf/{bakery.id}/ritme?soort=thermometer").text)
    assert "Zet één keer een ritme aan, en deze ronde komt vanzelf terug." in page
    assert "de spiegel komt vanzelf terug" not in page
    assert "Medewerkers: 9 mensen (niet bij elke maand) (vorige keer niet gevraagd)" in page
    assert "Bank: 1 persoon</li>" in page


def test_a_rhythm_of_the_mirror_says_nothing_of_months(owner: FlaskClient, bakery: Company, book: AddressBook) -> None:
    page = page_of(owner, bakery)
    assert "de spiegel komt vanzelf terug" in page
    assert "Medewerkers: 9 mensen</li>" in page


def test_an_owner_whose_address_is_not_confirmed_cannot_switch_it_on(
    owner: FlaskClient, bakery: Company, karin: Account, book: AddressBook
) -> None:
    karin.confirmed_at = None
    answer = owner.post(f"/bedrijf/{bakery.id}/ritme/aan", data={"every": "quarter"})
    assert answer.status_code == 422
    assert "Bevestig eerst je mailadres" in unescape(answer.text)
    assert rhythm_of(bakery.id, MIRROR) is None


def test_a_round_of_the_rhythm_can_be_corrected_on_the_prepare_page_and_stays_one_of_the_rhythm(
    owner: FlaskClient, bakery: Company, karin: Account, next_round: Round, house: Installation
) -> None:
    plan = rounds.plan_of(next_round)
    rounds.prepare(bakery, karin, plan, next_round)
    assert next_round.turn == OPENS_AGAIN


def test_the_calendar_has_the_day_of_the_rhythm(owner: FlaskClient, bakery: Company, quarterly: Rhythm) -> None:
    [first] = rounds_of(bakery.id)
    assert "DTSTART;VALUE=DATE:20270202" in owner.get(f"/ronde/{first.id}/agenda/next_round.ics").text
    page = unescape(owner.get(f"/ronde/{first.id}/agenda").text)
    assert "De dag van je ritme." in page
    assert "die opent op dinsdag 2 februari 2027" in page
