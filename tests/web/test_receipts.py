"""The code of an answer: what became of it, replacing it and taking it back; and never what was in it."""

from datetime import timedelta

import pytest

from survey import counting, rounds, story
from survey.clock import end_of
from survey.installation import Installation
from survey.store.ballots import Box, Slot
from survey.store.people import Invitation, invitations_of
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON
from tests.web.conftest import MOOD, Phone, code_in

SECRET = "De koelcel valt vaker uit."


@pytest.fixture
def code(phone: Phone, staff: list[Invitation]) -> str:
    """The code that the first employee wrote down."""
    return code_in(phone.answer(staff[0], MOOD | {"goes_well": SECRET}).text)


def look(phone: Phone, code: str) -> str:
    return phone.client.post("/bon", data={"code": code}).text


def close(open_round: Round, box: Box, clock: story.MovableClock) -> None:
    clock.move_to(CLOSES_ON + timedelta(days=1))
    counting.close(open_round, box, clock())


def test_a_code_tells_where_the_answer_is_and_never_what_it_was(
    phone: Phone,
    code: str,
    staff: list[Invitation],
    open_round: Round,
    box: Box,
    house: Installation,
    clock: story.MovableClock,
) -> None:
    told = [look(phone, code)]
    close(open_round, box, clock)
    told.append(look(phone, code))
    counting.count(open_round, box, house.settings.keys, clock())
    told.append(look(phone, code))
    expected = ["zit in de bus", "zit in de bus en is nog niet geteld", "vernietigd: er waren er te weinig"]
    for page, words in zip(told, expected, strict=True):
        assert words in page
        assert SECRET not in page


def test_a_code_tells_that_the_answer_was_counted(
    phone: Phone,
    code: str,
    staff: list[Invitation],
    open_round: Round,
    box: Box,
    house: Installation,
    clock: story.MovableClock,
) -> None:
    for one in staff[1:5]:
        phone.answer(one)
    close(open_round, box, clock)
    counting.count(open_round, box, house.settings.keys, clock())
    assert "Je antwoord is geteld" in look(phone, code)


def test_a_code_may_be_typed_as_people_type(phone: Phone, code: str) -> None:
    assert "zit in de bus" in look(phone, code.lower().replace(" ", ""))


def test_a_code_that_does_not_exist_gets_reasons(phone: Phone, code: str) -> None:
    answer = phone.client.post("/bon", data={"code": code[:-1] + ("0" if code[-1] != "0" else "1")})
    assert answer.status_code == 404
    assert "tikfout" in answer.text


def test_with_the_code_an_answer_is_replaced(phone: Phone, code: str, box: Box) -> None:
    [before] = box.sealed_ballots()
    page = phone.client.post("/bon", data={"code": code, "do": "replace"})
    assert 'action="/bon/lijst"' in page.text
    assert SECRET not in page.text
    thanks = phone.client.post("/bon/lijst", data={"code": code, "order_book": "2"})
    assert code_in(thanks.text) == code
    [after] = box.sealed_ballots()
    assert after.key == before.key
    assert after.sealed != before.sealed


def test_a_replacement_with_a_fault_comes_back_whole(phone: Phone, code: str) -> None:
    answer = phone.client.post("/bon/lijst", data={"code": code, "order_book": "2", "goes_well": "x" * 301})
    assert answer.status_code == 422
    assert "1 teken te lang" in answer.text
    assert "x" * 301 in answer.text
    assert phone.client.post("/bon/lijst", data={"code": code}).status_code == 422


def test_taking_back_asks_first_and_is_final_without_the_link(
    phone: Phone, code: str, staff: list[Invitation], box: Box
) -> None:
    asked = phone.client.post("/bon", data={"code": code, "do": "withdraw"})
    assert "voorgoed" in asked.text
    assert len(box.sealed_ballots()) == 1
    done = phone.client.post("/bon", data={"code": code, "do": "withdraw_now"})
    assert "niet meer" in done.text
    assert box.sealed_ballots() == []
    assert box.is_used(Slot(staff[0].id))
    assert "kennen we niet" in look(phone, code)


def test_with_link_and_code_shown_together_one_can_answer_again(
    phone: Phone, code: str, staff: list[Invitation], house: Installation, box: Box
) -> None:
    link = house.links.invitation(staff[0].id)
    done = phone.client.post("/bon", data={"code": code, "do": "withdraw_now", "link": link})
    assert "opnieuw antwoorden" in done.text
    assert phone.answer(staff[0]).status_code == 200
    assert len(box.sealed_ballots()) == 1


def test_a_link_that_cannot_belong_to_the_answer_stops_the_withdrawal(
    phone: Phone, code: str, staff: list[Invitation], open_round: Round, house: Installation, box: Box
) -> None:
    [bank] = invitations_of(open_round.id, "bank")
    phone.answer(bank)
    for other in (house.links.invitation(bank.id), house.links.invitation(staff[1].id), "verzonnen"):
        answer = phone.client.post("/bon", data={"code": code, "do": "withdraw_now", "link": other})
        assert "hoort niet bij" in answer.text
    assert len(box.sealed_ballots()) == 2
    assert box.is_used(Slot(bank.id))


def test_the_page_of_a_used_link_takes_the_code_and_brings_the_link_along(
    phone: Phone, code: str, staff: list[Invitation]
) -> None:
    token = phone.link_of(staff[0]).rpartition("/")[2]
    page = phone.client.get(phone.link_of(staff[0]))
    assert f'name="link" value="{token}"' in page.text
    told = phone.client.post("/bon", data={"code": code, "link": token})
    assert f'name="link" value="{token}"' in told.text
    asked = phone.client.post("/bon", data={"code": code, "link": token, "do": "withdraw"})
    assert "voorgoed" not in asked.text


def test_after_the_close_nothing_is_replaced_or_taken_back(
    phone: Phone, code: str, open_round: Round, box: Box, clock: story.MovableClock
) -> None:
    close(open_round, box, clock)
    assert phone.client.post("/bon/lijst", data={"code": code, "order_book": "2"}).status_code == 409
    assert "nog niet geteld" in phone.client.post("/bon", data={"code": code, "do": "withdraw_now"}).text
    assert len(box.sealed_ballots()) == 1


def test_the_code_of_a_cancelled_round_says_what_became_of_it_until_codes_are_erased(
    phone: Phone, code: str, open_round: Round, box: Box, house: Installation, clock: story.MovableClock
) -> None:
    rounds.cancel(open_round, box, house.settings.keys, house.clock())
    told = phone.client.post("/bon", data={"code": code})
    assert (told.status_code, "Deze ronde is afgebroken" in told.text) == (200, True)
    late = phone.client.post("/bon/lijst", data={"code": code, "order_book": "2"})
    assert (late.status_code, "Deze ronde is afgebroken" in late.text) == (409, True)
    clock.moment = end_of(open_round.erased_on)
    assert phone.client.post("/bon", data={"code": code}).status_code == 404
