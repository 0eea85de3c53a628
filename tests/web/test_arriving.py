"""At the door: by link or by card, one after another on one tablet, and what is said to who cannot come in."""

import re
import string
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from survey import counting, invitations, rounds, story
from survey.installation import Installation
from survey.rounds import GroupPlan
from survey.store.ballots import Box
from survey.store.database import db
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Round
from survey.web.respondent.wrong_codes import MOST
from tests.bakery import CLOSES_ON, TODAY
from tests.web.conftest import MOOD, Phone, code_in, start_in


@pytest.fixture
def cards(bakery: Company, karin: Account, house: Installation) -> list[str]:
    """The codes of nine cards in a jar."""
    plan = replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", cards=9),))
    round_ = rounds.prepare(bakery, karin, plan)
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    return invitations.make_cards(round_, "employees", house.hasher, house.clock())


def ballots_of(house: Installation) -> int:
    [round_] = db.session.scalars(db.select(Round))
    return len(house.boxes.of(round_.id).sealed_ballots())


def answer_with_card(phone: Phone, code: str) -> str:
    promise = phone.client.post("/kaart", data={"code": code})
    assert "Beginnen" in promise.text
    assert phone.client.post("/kaart", data={"code": code, "do": "start"}).location == "/lijst"
    return phone.send(start_in(phone.client.get("/lijst").text)).text


def test_nine_phones_behind_one_address_get_through(
    new_phone: Callable[[], Phone], cards: list[str], house: Installation
) -> None:
    assert len({code_in(answer_with_card(new_phone(), code)) for code in cards}) == 9
    assert ballots_of(house) == 9


def test_nine_people_share_one_tablet(phone: Phone, cards: list[str], house: Installation) -> None:
    assert len({code_in(answer_with_card(phone, code)) for code in cards}) == 9
    assert ballots_of(house) == 9


def test_entering_a_card_ends_the_visit_of_who_sat_there_before(phone: Phone, cards: list[str]) -> None:
    phone.client.post("/kaart", data={"code": cards[0], "do": "start"})
    assert phone.client.get("/lijst").status_code == 200
    phone.client.post("/kaart", data={"code": cards[1]})
    assert phone.client.get("/lijst").status_code == 403


def test_a_scanned_card_works_like_a_typed_one(phone: Phone, cards: list[str], house: Installation) -> None:
    assert "Beginnen" in phone.client.get(f"/kaart/{cards[0]}").text
    assert phone.client.post(f"/kaart/{cards[0]}").location == "/lijst"
    assert phone.send(start_in(phone.client.get("/lijst").text)).status_code == 200
    assert ballots_of(house) == 1


def test_a_card_may_be_typed_as_people_type(phone: Phone, cards: list[str]) -> None:
    typed = f" {cards[0][:5].lower()}-{cards[0][5:].lower()} "
    assert "Beginnen" in phone.client.post("/kaart", data={"code": typed}).text


def test_a_used_card_and_one_that_does_not_exist_look_alike(phone: Phone, cards: list[str]) -> None:
    def type_it(code: str) -> TestResponse:
        return phone.client.post("/kaart", data={"code": code})

    answer_with_card(phone, cards[0])
    for wrong in ("0000000000", "typefout"):
        for ask in (lambda code: phone.client.get(f"/kaart/{code}"), type_it):
            used, unknown = ask(cards[0]), ask(wrong)
            assert (used.status_code, used.text) == (unknown.status_code, unknown.text)
    assert used.status_code == 404
    assert story.COMPANY not in used.text


def test_wrong_codes_are_counted_and_right_ones_are_not(phone: Phone, cards: list[str]) -> None:
    for _ in range(2 * MOST):
        assert phone.client.get(f"/kaart/{cards[0]}").status_code == 200
    for _ in range(MOST):
        assert phone.client.post("/kaart", data={"code": "0000000000"}).status_code == 404
    assert phone.client.post("/kaart", data={"code": cards[0]}).status_code == 429


def test_wrong_receipts_count_as_well(phone: Phone, cards: list[str]) -> None:
    for _ in range(MOST):
        assert phone.client.post("/bon", data={"code": "0000 0000 0000"}).status_code == 404
    assert phone.client.post("/bon", data={"code": "0000 0000 0000"}).status_code == 429


def test_a_changed_link_is_unknown_wherever_it_was_changed(phone: Phone, staff: list[Invitation]) -> None:
    link = phone.link_of(staff[0])
    others = string.ascii_letters + string.digits + "-_"
    changed = [link[:place] + ("A" if link[place] != "A" else "B") + link[place + 1 :] for place in range(3, len(link))]
    changed += [link[:-1] + other for other in others if other != link[-1]]  # its last bits are easily not read
    bodies = set()
    for wrong in changed:
        answer = phone.client.get(wrong)
        assert answer.status_code == 404, wrong
        bodies.add(answer.text)
    assert len(bodies) == 1


def test_before_the_first_day_the_door_is_shut_and_says_when_it_opens(
    phone: Phone, staff: list[Invitation], clock: story.MovableClock
) -> None:
    clock.move_to(TODAY - timedelta(days=1))
    assert "2 november" in phone.client.get(phone.link_of(staff[0])).text
    phone.client.post(phone.link_of(staff[0]))
    assert "nog niet open" in phone.client.get("/lijst").text


@pytest.mark.parametrize("state", ["revoked", "closed", "counted", "cancelled", "expired"])
def test_a_shut_door_looks_alike_whether_or_not_somebody_answered(
    state: str,
    phone: Phone,
    staff: list[Invitation],
    open_round: Round,
    karin: Account,
    house: Installation,
    box: Box,
    clock: story.MovableClock,
) -> None:
    phone.answer(staff[0])
    if state == "revoked":
        staff[0].revoked = staff[1].revoked = 1
        db.session.commit()
    elif state == "cancelled":
        rounds.cancel(open_round, box, house.settings.keys, clock())
    else:
        clock.move_to(CLOSES_ON + timedelta(days=1 if state != "expired" else 61))
    if state == "counted":
        counting.close(open_round, box, clock())
        counting.count(open_round, box, house.settings.keys, clock())
    answered, silent = (phone.client.get(phone.link_of(one)) for one in staff[:2])
    assert (answered.status_code, answered.text) == (silent.status_code, silent.text)
    expected = {
        "revoked": (410, "ingetrokken"),
        "closed": (200, "nog niet geteld"),
        "counted": (200, "ongelezen vernietigd"),
        "cancelled": (200, "afgebroken"),
        "expired": (410, "verlopen"),
    }
    status, words = expected[state]
    assert answered.status_code == status
    assert words in answered.text


def test_after_counting_every_link_says_that_the_group_was_shown(
    new_phone: Callable[[], Phone],
    staff: list[Invitation],
    open_round: Round,
    house: Installation,
    box: Box,
    clock: story.MovableClock,
) -> None:
    for one in staff[:5]:
        new_phone().answer(one)
    clock.move_to(CLOSES_ON + timedelta(days=1))
    counting.close(open_round, box, clock())
    counting.count(open_round, box, house.settings.keys, clock())
    assert "genoeg antwoorden" in new_phone().client.get(new_phone().link_of(staff[8])).text


def test_an_erased_invitation_has_an_expired_link(phone: Phone, staff: list[Invitation]) -> None:
    link = phone.link_of(staff[0])
    db.session.delete(staff[0])
    db.session.commit()
    assert phone.client.get(link).status_code == 410


def test_a_round_that_the_operator_closed_early_says_so_on_every_link(
    phone: Phone, staff: list[Invitation], open_round: Round, box: Box, clock: story.MovableClock
) -> None:
    counting.close(open_round, box, clock(), early=True)
    assert "vóór de laatste dag" in phone.client.get(phone.link_of(staff[0])).text


def test_no_is_an_answer_and_stops_the_mail(phone: Phone, staff: list[Invitation], box: Box) -> None:
    answer = phone.client.post(phone.link_of(staff[0]), data={"do": "decline"})
    assert "Je doet niet mee. Prima." in answer.text
    db.session.expire_all()
    assert staff[0].muted == 1
    assert "Beginnen" in phone.client.get(phone.link_of(staff[0])).text


def test_one_click_in_a_mail_program_stops_reminders_and_looking_does_not(
    phone: Phone, staff: list[Invitation], house: Installation
) -> None:
    path = "/" + house.links.no_more_mail(staff[0].id).split("/", 3)[3]
    for _ in range(3):
        assert phone.client.get(path).status_code == 200
    db.session.expire_all()
    assert staff[0].muted == 0
    answer = phone.client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    db.session.expire_all()
    assert staff[0].muted == 1
    assert phone.client.post("/geen-mail/verzonnen").status_code == 404


def test_the_link_of_a_mail_is_not_the_link_that_stops_it(
    phone: Phone, staff: list[Invitation], house: Installation
) -> None:
    token = phone.link_of(staff[0]).rpartition("/")[2]
    assert phone.client.get(f"/geen-mail/{token}").status_code == 404


def test_a_page_without_a_round_speaks_the_language_of_the_phone(phone: Phone) -> None:
    answer = phone.client.get("/kaart", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert answer.headers["Content-Language"] == "en"
    assert '<html lang="en">' in answer.text


def test_answering_writes_no_line_and_leaves_no_trace_in_the_main_database(
    phone: Phone, staff: list[Invitation], open_round: Round, caplog: pytest.LogCaptureFixture
) -> None:
    before = dump()
    phone.answer(staff[0], MOOD | {"goes_well": "Het brood."})
    assert dump() == before
    assert caplog.records == []


def dump() -> list[str]:
    """Everything in the main database, as text."""
    tables = [table for table in db.metadata.sorted_tables if not re.match("alembic", table.name)]
    return [str(row) for table in tables for row in db.session.execute(db.select(table))]


def test_who_answers_by_name_can_take_it_back_with_the_same_link(phone: Phone, open_round: Round, box: Box) -> None:
    [bank] = invitations_of(open_round.id, "bank")
    phone.answer(bank)
    answer = phone.client.post(phone.link_of(bank), data={"do": "withdraw"})
    assert "uit de bus gehaald" in answer.text
    assert box.sealed_ballots() == []
    assert phone.answer(bank).status_code == 200


def test_whoever_guesses_links_meets_one_page_a_thousand_times(phone: Phone, staff: list[Invitation]) -> None:
    """128 bits under a signature cannot be searched, so guesses are not counted and scanners lock nobody out."""
    link, bodies = phone.link_of(staff[0]), set()
    for number in range(1_000):
        guess = link[: len(link) - 8] + f"{number:08d}" if number % 2 else f"/u/{number:022d}"
        answer = phone.client.get(guess)
        assert answer.status_code == 404
        bodies.add(answer.text)
    assert len(bodies) == 1
    assert phone.client.get(link).status_code == 200
