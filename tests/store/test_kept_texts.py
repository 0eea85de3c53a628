"""Two devices on one page: neither overwrites the other unseen, and a lost answer loses no letter."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from survey.store.conversations import ConversationNote
from survey.store.database import db
from survey.store.kept_texts import Draft, Held, Kept, held, keep
from survey.store.rounds import Round

PLACE = "room"
LAPTOP, TABLET = "laptop", "tablet"


def put(round_: Round, text: str, based_on: int, pen: str = "", stroke: int = 0) -> Kept:
    return keep(ConversationNote, {"round_id": round_.id}, {PLACE: Draft(text, based_on, pen, stroke)})


def now(round_: Round) -> Held:
    return held(ConversationNote, {"round_id": round_.id})[PLACE]


def test_a_text_is_kept_and_gets_a_version(open_round: Round) -> None:
    assert put(open_round, "De oven.", 0).saved == {PLACE: 1}
    assert put(open_round, "De tweede oven.", 1).saved == {PLACE: 2}
    assert now(open_round) == Held("De tweede oven.", 2)


def test_the_second_device_sees_both_texts_and_nothing_is_overwritten(open_round: Round) -> None:
    put(open_round, "Op de laptop.", 0)
    kept = put(open_round, "Op de tablet.", 0)
    assert kept.saved == {}
    assert kept.apart == {PLACE: Held("Op de laptop.", 1)}
    assert now(open_round).text == "Op de laptop."


def test_choosing_after_seeing_both_is_a_change_like_any_other(open_round: Round) -> None:
    put(open_round, "Op de laptop.", 0)
    seen = put(open_round, "Op de tablet.", 0).apart[PLACE]
    assert put(open_round, "Op de tablet.", seen.version).saved == {PLACE: 2}
    assert now(open_round).text == "Op de tablet."


def test_an_old_version_overwrites_nothing_however_often_it_is_sent(open_round: Round) -> None:
    for number in range(3):
        put(open_round, f"Laptop {number}.", number)
    for _ in range(3):
        assert put(open_round, "Van gisteren.", 1).apart == {PLACE: Held("Laptop 2.", 3)}


def test_the_same_text_twice_is_one_text(open_round: Round) -> None:
    put(open_round, "De oven.", 0)
    assert put(open_round, "De oven.", 0).saved == {PLACE: 1}
    assert put(open_round, "De oven.\r\n", 0).saved == {PLACE: 1}


def test_an_emptied_text_keeps_its_version_so_that_an_old_one_does_not_come_back(open_round: Round) -> None:
    put(open_round, "De oven.", 0)
    assert put(open_round, "", 1).saved == {PLACE: 2}
    assert put(open_round, "De oven, van de tablet.", 1).apart == {PLACE: Held("", 2)}


def test_nothing_typed_is_nothing_kept(open_round: Round) -> None:
    assert put(open_round, "", 0).saved == {PLACE: 0}
    assert held(ConversationNote, {"round_id": open_round.id}) == {}


def test_a_pen_whose_answer_got_lost_goes_on_writing(open_round: Round) -> None:
    put(open_round, "De ov", 0, LAPTOP, 1)
    assert put(open_round, "De oven.", 0, LAPTOP, 2).saved == {PLACE: 2}


def test_an_earlier_text_of_a_pen_that_comes_late_changes_nothing(open_round: Round) -> None:
    put(open_round, "De oven.", 0, LAPTOP, 2)
    assert put(open_round, "De ov", 0, LAPTOP, 1).saved == {PLACE: 1}
    assert now(open_round).text == "De oven."


def test_a_pen_is_stopped_when_another_wrote_after_it(open_round: Round) -> None:
    put(open_round, "Laptop.", 0, LAPTOP, 1)
    put(open_round, "Tablet.", 1, TABLET, 1)
    assert put(open_round, "Laptop weer.", 1, LAPTOP, 2).apart == {PLACE: Held("Tablet.", 2)}


def test_one_place_apart_does_not_hold_up_the_others(open_round: Round) -> None:
    put(open_round, "Laptop.", 0)
    drafts = {PLACE: Draft("Tablet.", 0), "action": Draft("Bellen.", 0)}
    kept = keep(ConversationNote, {"round_id": open_round.id}, drafts)
    assert set(kept.apart) == {PLACE}
    assert kept.saved == {"action": 1}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_whoever_comes_first_stands_and_whoever_comes_second_is_told(open_round: Round, order: tuple[int, int]) -> None:
    texts = ("Van Karin.", "Van Petra.")
    first, second = (texts[number] for number in order)
    put(open_round, first, 0)
    assert put(open_round, second, 0).apart[PLACE].text == first


def test_eight_devices_at_once_and_one_text_stands(app: Flask, open_round: Round) -> None:
    """Each is based on the same version: one is kept, seven are told which, at the first text and at a later one."""
    belongs_to = {"round_id": open_round.id}
    db.session.commit()

    def write(text: str, based_on: int) -> Kept:
        with app.app_context():
            try:
                return keep(ConversationNote, belongs_to, {PLACE: Draft(text, based_on)})
            finally:
                db.session.remove()

    for based_on in (0, 1):
        texts = [f"Apparaat {number}, keer {based_on}." for number in range(8)]
        with ThreadPoolExecutor(8) as devices:
            outcomes = list(devices.map(write, texts, [based_on] * 8))
        kept = [text for text, outcome in zip(texts, outcomes, strict=True) if outcome.saved]
        assert [now(open_round).text] == kept
        assert now(open_round).version == based_on + 1
        assert {one.apart[PLACE].text for one in outcomes if one.apart} == set(kept)
        db.session.rollback()
