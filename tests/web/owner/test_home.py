"""Home is the round: what is done, what is now, what is to come."""

from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from survey import counting, rounds, self_assessment, story
from survey.installation import Installation
from survey.questionnaires import load
from survey.self_assessment import Entries
from survey.store.ballots import Box
from survey.store.database import db
from survey.store.people import Account, Company
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON


def home(owner: FlaskClient, bakery: Company) -> str:
    answer = owner.get(f"/bedrijf/{bakery.id}")
    assert answer.status_code == 200
    return unescape(answer.text)


def now_step(page: str) -> str:
    """Return the title of the step that is now."""
    assert page.count('aria-current="step"') == 1
    return page.split('aria-current="step"')[1].split("<h2>")[1].split("</h2>")[0].strip()


def hand_in(round_: Round, house: Installation) -> None:
    self_assessment.save(round_, load("spiegel-1"), Entries(story.answers()["karin"]), house.clock())
    self_assessment.hand_in(round_, load("spiegel-1"), house.clock())


def test_without_a_round_the_first_step_is_open(owner: FlaskClient, bakery: Company) -> None:
    page = home(owner, bakery)
    assert "Welkom, Karin" in page
    assert now_step(page) == "Bereid je eerste ronde voor"
    assert f'href="/bedrijf/{bakery.id}/voorbereiden"' in page


def test_who_has_one_company_goes_straight_to_it(owner: FlaskClient, bakery: Company) -> None:
    assert owner.get("/bedrijven").location == f"/bedrijf/{bakery.id}"


def test_who_has_two_companies_chooses(owner: FlaskClient, karin: Account, bakery: Company, noise: Round) -> None:
    db.session.add(Company(name="Bakkerij Noord", owners=[karin]))
    db.session.commit()
    page = owner.get("/bedrijven").text
    assert page.index("Bakkerij De Vries") < page.index("Bakkerij Noord")
    assert "Garage Vos" not in page


def test_the_owner_goes_first(owner: FlaskClient, bakery: Company, prepared_round: Round) -> None:
    page = home(owner, bakery)
    assert now_step(page) == "Jouw eigen beeld"
    assert "Er is nog niets verstuurd." in page


def test_once_his_picture_is_in_the_next_step_is_sending(
    owner: FlaskClient, bakery: Company, prepared_round: Round, house: Installation
) -> None:
    hand_in(prepared_round, house)
    page = home(owner, bakery)
    assert now_step(page) == "Anderen vullen in"
    assert "Bekijk wat iedereen krijgt" in page


def test_while_others_answer_there_is_one_word_about_the_staff_and_a_count_of_the_voices(
    owner: FlaskClient, bakery: Company, open_round: Round, house: Installation
) -> None:
    hand_in(open_round, house)
    page = home(owner, bakery)
    assert now_step(page) == "Anderen vullen in"
    assert "nog te weinig" in page
    assert "0 van 4 binnen" in page


def test_between_closing_and_counting_the_page_asks_again_by_itself(
    owner: FlaskClient, bakery: Company, open_round: Round, clock: story.MovableClock
) -> None:
    clock.move_to(CLOSES_ON + timedelta(days=1), 0)
    answer = owner.get(f"/bedrijf/{bakery.id}")
    assert now_step(answer.text) == "We sluiten de ronde"
    assert answer.headers["Refresh"] == "30"


@pytest.fixture
def counted_round(open_round: Round, box: Box, house: Installation, clock: story.MovableClock) -> Round:
    clock.move_to(CLOSES_ON + timedelta(days=1), 0)
    counting.close(open_round, box, clock())
    counting.count(open_round, box, house.settings.keys, clock())
    return open_round


def test_the_mirror_waits_for_the_owners_own_picture(
    owner: FlaskClient, bakery: Company, counted_round: Round, house: Installation
) -> None:
    page = home(owner, bakery)
    assert now_step(page) == "Jouw eigen beeld"
    assert "/spiegel" not in page
    hand_in(counted_round, house)
    page = home(owner, bakery)
    assert now_step(page) == "Jouw spiegel"
    assert f"/ronde/{counted_round.id}/spiegel" in page
    assert "Ingevuld na sluiting" in page


def test_after_the_mirror_was_opened_comes_the_conversation_and_then_telling_back(
    owner: FlaskClient, bakery: Company, counted_round: Round, house: Installation, clock: story.MovableClock
) -> None:
    hand_in(counted_round, house)
    counted_round.opened_mirror_at = clock()
    assert now_step(home(owner, bakery)) == "Het goede gesprek"
    clock.move_to(counted_round.conversation_on + timedelta(days=1))
    assert now_step(home(owner, bakery)) == "Terugvertellen"


def test_a_cancelled_round_says_what_became_of_the_answers(
    owner: FlaskClient, bakery: Company, open_round: Round, box: Box, house: Installation
) -> None:
    rounds.cancel(open_round, box, house.settings.keys, house.clock())
    page = home(owner, bakery)
    assert "Deze ronde is afgebroken." in page
    assert "vernietigd" in page
    assert "Bereid een nieuwe ronde voor" in page


def test_a_round_that_waits_goes_before_one_of_last_time(
    owner: FlaskClient, karin: Account, bakery: Company, counted_round: Round
) -> None:
    rounds.prepare(bakery, karin, story.plan(CLOSES_ON + timedelta(days=100)))
    page = home(owner, bakery)
    assert "Ronde winter 2027" in page
    assert f'href="/ronde/{counted_round.id}"' in page
    assert "Ronde najaar 2026" in unescape(owner.get(f"/ronde/{counted_round.id}").text)


def test_two_rounds_in_one_season_have_names_of_their_own(
    owner: FlaskClient, karin: Account, bakery: Company, open_round: Round, house: Installation
) -> None:
    rounds.cancel(open_round, house.boxes.of(open_round.id), house.settings.keys, house.clock())
    second = rounds.prepare(bakery, karin, story.plan(CLOSES_ON + timedelta(days=7)))
    page = unescape(owner.get(f"/ronde/{second.id}").text)
    assert "<h1>Ronde najaar 2026, nummer 2</h1>" in page
    assert ">Ronde najaar 2026</a>" in page


def test_extending_and_cancelling_are_one_step_from_home(
    owner: FlaskClient, bakery: Company, open_round: Round
) -> None:
    page = home(owner, bakery)
    for what in ("verlengen", "afbreken"):
        assert f'href="/ronde/{open_round.id}/{what}"' in page


def test_after_an_early_close_the_line_shows_the_days_as_they_were(
    owner: FlaskClient, bakery: Company, open_round: Round, box: Box, house: Installation, clock: story.MovableClock
) -> None:
    clock.move_to(CLOSES_ON - timedelta(days=6), 12)
    counting.close(open_round, box, clock(), early=True)
    counting.count(open_round, box, house.settings.keys, clock())
    page = home(owner, bakery)
    assert "20 november" not in page
    assert page.count("14 november") >= 3
