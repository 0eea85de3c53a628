"""From a link to a ballot in the box, on a phone without JavaScript."""

from collections.abc import Callable
from dataclasses import replace

from flask import Flask

from survey import story
from survey.installation import EXTENSION, Installation
from survey.store.ballots import Box, Slot
from survey.store.people import Invitation, invitations_of
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON
from tests.web.conftest import MOOD, Phone, code_in, start_in


def damaged(start: str) -> str:
    signed, _, signature = start.rpartition(".")
    return f"{signed}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


def test_looking_changes_nothing_however_often(phone: Phone, staff: list[Invitation], box: Box) -> None:
    link = phone.link_of(staff[0])
    first = phone.client.get(link).text
    for _ in range(20):
        phone.client.head(link)
        phone.client.options(link)
        phone.client.get(link)
    assert not box.is_used(Slot(staff[0].id))
    assert phone.client.get(link).text == first


def test_even_a_filter_that_presses_start_uses_nothing(
    new_phone: Callable[[], Phone], staff: list[Invitation], box: Box
) -> None:
    mail_filter = new_phone()
    mail_filter.open_list(staff[0])
    assert not box.is_used(Slot(staff[0].id))
    assert "in de bus" in new_phone().answer(staff[0]).text


def test_the_link_leaves_the_address_at_the_first_step(phone: Phone, staff: list[Invitation]) -> None:
    link = phone.link_of(staff[0])
    answer = phone.client.post(link)
    assert (answer.status_code, answer.location) == (303, "/lijst")
    page = phone.client.get("/lijst")
    assert link.rpartition("/")[2] not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


def test_a_sent_list_gives_a_code_and_one_ballot(phone: Phone, staff: list[Invitation], box: Box) -> None:
    answer = phone.answer(staff[0])
    assert answer.status_code == 200
    assert [len(group) for group in code_in(answer.text).split()] == [4, 4, 4]
    assert len(box.sealed_ballots()) == 1


def test_the_same_form_again_shows_the_same_page(phone: Phone, staff: list[Invitation], box: Box) -> None:
    start = phone.open_list(staff[0])
    first, again = phone.send(start), phone.send(start)
    assert again.status_code == 200
    assert again.text == first.text
    assert len(box.sealed_ballots()) == 1


def test_another_form_of_a_used_link_hears_only_that_it_was_received(
    new_phone: Callable[[], Phone], staff: list[Invitation], box: Box
) -> None:
    hers, colleague = new_phone(), new_phone()
    first, second = hers.open_list(staff[0]), colleague.open_list(staff[0])
    code = code_in(hers.send(first, MOOD | {"goes_well": "Het brood van de vroege ploeg."}).text)
    answer = colleague.send(second)
    assert answer.status_code == 409
    assert "al een lijst verstuurd" in answer.text
    assert code not in answer.text
    assert "vroege ploeg" not in answer.text
    assert len(box.sealed_ballots()) == 1


def test_the_visit_ends_at_the_thanks(phone: Phone, staff: list[Invitation]) -> None:
    phone.answer(staff[0])
    assert phone.client.get("/lijst").status_code == 403


def test_the_visit_ends_after_half_an_hour_and_an_open_form_can_still_be_sent(
    phone: Phone, staff: list[Invitation], clock: story.MovableClock, box: Box
) -> None:
    start = phone.open_list(staff[0])
    clock.move_to(CLOSES_ON, 23)
    assert phone.client.get("/lijst").status_code == 403
    assert phone.send(start).status_code == 200
    assert len(box.sealed_ballots()) == 1


def test_a_list_sent_too_late_is_told_so(
    phone: Phone, staff: list[Invitation], clock: story.MovableClock, box: Box
) -> None:
    start = phone.open_list(staff[0])
    clock.move_to(CLOSES_ON, 24 - 1)
    clock.moment += story.timedelta(hours=1)
    answer = phone.send(start)
    assert answer.status_code == 409
    assert "niet aangekomen" in answer.text
    assert box.sealed_ballots() == []


def test_who_answers_by_name_replaces_with_the_same_link(
    phone: Phone, open_round: Round, box: Box, house: Installation
) -> None:
    [bank] = invitations_of(open_round.id, "bank")
    thanks = phone.answer(bank)
    assert "<output" not in thanks.text
    assert "Jouw kopie" in thanks.text
    again = phone.client.get(phone.link_of(bank))
    assert "Je hebt al geantwoord" in again.text
    assert phone.answer(bank, {"order_book": "1"}).status_code == 200
    [ballot] = box.sealed_ballots()
    assert ballot.voice == "bank"


def test_a_forged_start_is_nobodys(phone: Phone, staff: list[Invitation], box: Box) -> None:
    start = phone.open_list(staff[0])
    forged = staff[1].id + start[32:]
    stranger_without_a_visit = phone.client.application.test_client()
    answer = stranger_without_a_visit.post("/lijst", data={"start": forged, **MOOD})
    assert answer.status_code == 403
    assert box.sealed_ballots() == []


def test_a_start_that_was_damaged_on_its_way_loses_no_answer(phone: Phone, staff: list[Invitation], box: Box) -> None:
    start = phone.open_list(staff[0])
    answer = phone.send(damaged(start), MOOD | {"goes_well": "Het brood."})
    assert answer.status_code == 422
    assert "Het brood." in answer.text
    assert phone.send(start_in(answer.text)).status_code == 200
    assert len(box.sealed_ballots()) == 1


def test_in_production_the_visit_is_a_cookie_that_no_other_host_can_set(
    app: Flask, house: Installation, phone: Phone, staff: list[Invitation]
) -> None:
    app.extensions[EXTENSION] = replace(house, settings=replace(house.settings, url="https://spiegel.example"))
    cookie = phone.client.post(phone.link_of(staff[0])).headers["Set-Cookie"]
    assert cookie.startswith("__Host-visit=")
    for attribute in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert f"; {attribute}" in cookie
