"""A list as it is sent: nothing is guessed, nothing thrown away, and what must change is named."""

from html import unescape
from typing import Any

import pytest

from survey.installation import Installation
from survey.questionnaires import load
from survey.store.ballots import Box
from survey.store.keys import private_key
from survey.store.opening import open_ballot
from survey.store.people import Invitation, invitations_of
from survey.store.rounds import Round
from tests.web.conftest import MOOD, Phone, start_in

EDITION = load("spiegel-1")


@pytest.fixture
def start(phone: Phone, staff: list[Invitation]) -> str:
    """The start of the list that the first employee has open."""
    return phone.open_list(staff[0])


def only_ballot(house: Installation, round_: Round, box: Box) -> dict[str, Any]:
    [ballot] = box.sealed_ballots()
    return open_ballot(ballot, private_key(house.settings.keys, round_.id)).content


def test_what_was_filled_in_is_what_lies_in_the_box(
    phone: Phone, start: str, house: Installation, open_round: Round, box: Box
) -> None:
    sent = {
        "gut_feeling": "10",
        "order_book": "1",
        "cash_outlook": "cannot_judge",
        "goes_well": " Het brood.\r\n\x07Echt. ",
    }
    assert phone.send(start, sent | {"unquoted": ["goes_well", "seen_by_few"]}).status_code == 200
    assert only_ballot(house, open_round, box) == {
        "answers": {"gut_feeling": 10, "order_book": 1, "cash_outlook": "cannot_judge"},
        "texts": {"goes_well": "Het brood.\nEcht."},
        "unquoted": ["goes_well"],
    }


def test_everything_skipped_but_cannot_judge_is_a_list(phone: Phone, start: str) -> None:
    assert phone.send(start, {item.id: "cannot_judge" for item in EDITION.items}).status_code == 200


def test_the_largest_list_fits(phone: Phone, start: str) -> None:
    answers = {item.id: "cannot_judge" for item in EDITION.items}
    texts = {question.id: "\U0001f35e" * question.max_length for question in EDITION.open_questions}
    unquoted = {"unquoted": [question.id for question in EDITION.open_questions]}
    assert phone.send(start, {**answers, **texts, **unquoted}).status_code == 200


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "Je hebt nog niets gekozen"),
        ({"goes_well": "Alleen woorden."}, "Je hebt nog niets gekozen"),
        (MOOD | {"goes_well": "x" * 314}, "‘Wat gaat goed en moet zo blijven?’: je tekst is 14 tekens te lang"),
        (MOOD | {"goes_well": "x" * 10_000}, "9700 tekens te lang"),
        (MOOD | {"customers_return": "6"}, "Stelling 3: dit antwoord kennen we niet"),
        (MOOD | {"customers_return": "drop table"}, "Stelling 3: dit antwoord kennen we niet"),
        (MOOD | {"customers_return": ["2", "5"]}, "Stelling 3: hier kwamen twee antwoorden binnen"),
    ],
)
def test_a_fault_is_named_with_a_link_and_nothing_is_emptied(
    sent: dict[str, Any], told: str, phone: Phone, start: str, box: Box
) -> None:
    answer = phone.send(start, {"needs_attention": "Het rooster.", **sent})
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert page.index('role="alert"') < page.index("<h1>")
    assert told in page
    assert "Het rooster." in page
    for name, value in sent.items():
        if name in MOOD:
            assert f'name="{name}" value="{value}" checked' in page
        elif name == "goes_well":
            assert str(value) in page
    assert box.sealed_ballots() == []
    assert start_in(answer.text) == start


def test_the_same_answer_twice_is_one_answer(phone: Phone, start: str) -> None:
    assert phone.send(start, {"order_book": ["4", "4"]}).status_code == 200


def test_names_that_are_not_in_the_edition_are_ignored(
    phone: Phone, start: str, house: Installation, open_round: Round, box: Box
) -> None:
    strange = {f"question_{number}": "5" for number in range(200)}
    strange |= {"role": "admin", "used": "0", "k": "1", "round_id": "0" * 32, "perspective": "bank", "data": "1"}
    assert phone.send(start, MOOD | strange).status_code == 200
    assert set(only_ballot(house, open_round, box)["answers"]) == set(MOOD)
    assert box.sealed_ballots()[0].perspective == "employees"


def test_switching_language_keeps_every_answer_and_stores_nothing(phone: Phone, start: str, box: Box) -> None:
    filled = MOOD | {"goes_well": "Het brood, zeker.", "unquoted": "goes_well", "needs_attention": "y" * 400}
    answer = phone.send(start, filled | {"switch": "en"})
    assert answer.status_code == 200
    assert '<html lang="en">' in answer.text
    assert "There is enough work in sight" in answer.text
    assert 'name="order_book" value="4" checked' in answer.text
    assert 'name="unquoted" value="goes_well" checked' in answer.text
    assert "Het brood, zeker." in answer.text
    assert "y" * 400 in answer.text
    assert box.sealed_ballots() == []
    assert start_in(answer.text) == start
    assert phone.client.post("/lijst", data={"start": start, "taal": "en", **MOOD}).headers["Content-Language"] == "en"


def test_a_language_that_does_not_exist_is_dutch(phone: Phone, start: str) -> None:
    assert '<html lang="nl">' in phone.send(start, {"switch": "../../etc"}).text


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{7*7}}", "</textarea><b>", "<img src=x onerror=alert(1)>", "' OR 1=1 --"]
)
def test_what_somebody_writes_comes_back_literally(text: str, phone: Phone, start: str) -> None:
    page = phone.send(start, {"goes_well": text}).text
    assert page.count("<script") == 1
    assert unescape(page.split('name="goes_well"')[1].split(">", 1)[1].split("</textarea>")[0]).strip() == text


def test_every_statement_stands_in_the_order_of_the_edition_with_cannot_judge_last(
    phone: Phone, staff: list[Invitation]
) -> None:
    phone.client.post(phone.link_of(staff[0]))
    page = phone.client.get("/lijst").text
    places = [page.index(f'name="{item.id}"') for item in EDITION.items]
    assert places == sorted(places)
    for item in EDITION.items:
        values = [part.split('"')[0] for part in page.split(f'name="{item.id}" value="')[1:]]
        assert values == [str(step) for step in range(1, item.scale[1] + 1)] + ["cannot_judge"]


def test_whoever_answers_by_name_gets_a_copy_to_print(phone: Phone, open_round: Round) -> None:
    [rob] = invitations_of(open_round.id, "accountant")
    page = unescape(phone.answer(rob, {"order_book": "2", "cash_outlook": "cannot_judge", "goes_well": "Netjes."}).text)
    for said in ("<td>oneens", "<td>kan of mag ik niet zeggen", "<td>Netjes."):
        assert said in page


def test_whoever_writes_is_told_that_a_style_can_be_recognised(phone: Phone, staff: list[Invitation]) -> None:
    phone.client.post(phone.link_of(staff[0]), data={"taal": "nl"})
    page = phone.client.get("/lijst").text
    warning = page.index("Noem geen namen: iemand kan jouw manier van schrijven herkennen.")
    assert warning < page.index("<textarea")
