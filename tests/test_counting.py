"""Closed and counted are two moments; each ballot is counted once, and then there are no ballots."""

import json
from collections.abc import Iterable
from datetime import timedelta

import pytest

from survey import ballots, counting, owners, rounds, story
from survey.ballots import Place, ReceiptStanding, Response, RoundNotOpen
from survey.clock import end_of
from survey.counting import RoundNotClosed, RoundStillOpen
from survey.installation import Installation
from survey.scoring import Reason, Release, ShownCell, SuppressedCell, VoiceCell, from_document
from survey.store.ballots import Box, SealedBallot, Slot
from survey.store.database import db
from survey.store.keys import KeyLost
from survey.store.opening import SealBroken
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Receipt, Round


def everybody_answers(house: Installation, round_: Round, invitations: Iterable[Invitation]) -> dict[str, str]:
    """Cast the story's answers for these invitations; return receipt by invitation id."""
    told, names = story.answers(), story.respondents()
    voices = voices_of(round_)
    receipts = {}
    for invitation in invitations:
        name = names[invitation.address or ""]
        texts = {question: text for question, text in vars(story.WRITINGS[name]).items() if text}
        place = Place(Slot(invitation.id), invitation.perspective, voices.get(invitation.name))
        receipt = ballots.new_receipt_for(round_)
        box = house.boxes.of(round_.id)
        ballots.cast(round_, box, house.hasher, place, Response(told[name], texts), receipt, house.clock())
        receipts[invitation.id] = receipt
    return receipts


def voices_of(round_: Round) -> dict[str, str]:
    return {voice.name: voice.id for voice in round_.voices}


def close_and_count(house: Installation, round_: Round, clock: story.MovableClock) -> Release:
    clock.moment = end_of(round_.closes_on) + timedelta(minutes=1)
    box = house.boxes.of(round_.id)
    counting.close(round_, box, clock())
    counting.count(round_, box, house.settings.keys, clock())
    assert round_.release is not None
    return from_document(json.loads(round_.release.document))


def test_the_storys_answers_become_a_release(house: Installation, open_round: Round, clock: story.MovableClock) -> None:
    everybody_answers(house, open_round, invitations_of(open_round.id))
    release = close_and_count(house, open_round, clock)
    safe = release.cell("employees", "safe_to_speak")
    # 2 3 2 3 2 2 3 2 3: 22/9 = 2.44, to the nearest half 2.5
    assert isinstance(safe, ShownCell)
    assert (safe.mean, safe.band.at_least) == (2.5, 8)
    money = release.cell("employees", "cash_outlook")
    assert isinstance(money, SuppressedCell)
    assert money.reason is Reason.MOST_CANNOT_JUDGE
    # Rob ticks 4 on "too much depends on one or two customers": 1 + 5 - 4
    assert release.cell("accountant", "customer_dependence") == VoiceCell("accountant", "customer_dependence", 2)
    assert {one.id for one in release.perspectives} == {"employees", "accountant", "bank", "peer_1", "peer_2"}
    shown = {(texts.perspective, texts.question): len(texts.texts) for texts in release.texts}
    # Seven employees wrote what goes well, six what deserves attention; three wrote the third, and three are not shown.
    assert shown[("employees", "goes_well")] == 7
    assert ("employees", "seen_by_few") not in shown


def test_after_counting_there_is_no_box_no_key_and_no_answer(
    house: Installation, open_round: Round, clock: story.MovableClock, box: Box
) -> None:
    everybody_answers(house, open_round, invitations_of(open_round.id))
    open_round.group("employees").enough = 1
    close_and_count(house, open_round, clock)
    assert not box.exists()
    assert not list((house.settings.data / "boxes").glob("*"))
    assert not list(house.settings.keys[0].glob("*.key"))
    assert open_round.group("employees").enough == 0


def test_a_round_is_not_closed_before_its_last_day_is_over(
    house: Installation, open_round: Round, clock: story.MovableClock, box: Box
) -> None:
    clock.moment = end_of(open_round.closes_on) - timedelta(seconds=1)
    assert counting.close_due(house.boxes, clock()) == []
    with pytest.raises(RoundStillOpen):
        counting.close(open_round, box, clock())
    with pytest.raises(RoundNotClosed):
        counting.count(open_round, box, house.settings.keys, clock())
    clock.moment = end_of(open_round.closes_on)
    assert counting.close_due(house.boxes, clock()) == [open_round]
    assert not open_round.closed_early


def test_an_operator_who_closes_early_is_remembered(
    house: Installation, open_round: Round, clock: story.MovableClock, box: Box, staff: list[Invitation]
) -> None:
    counting.close(open_round, box, clock(), early=True)
    assert open_round.closed_early
    with pytest.raises(RoundNotOpen):
        everybody_answers(house, open_round, staff[:1])


def test_four_ballots_are_destroyed_without_being_opened(
    house: Installation, open_round: Round, clock: story.MovableClock, staff: list[Invitation], box: Box
) -> None:
    receipts = everybody_answers(house, open_round, staff[:4])
    for ballot in box.sealed_ballots():  # whoever tries to open one of these stops the count
        spoil(box, ballot)
    release = close_and_count(house, open_round, clock)
    assert release.perspective("employees").n is None
    assert not any(isinstance(cell, ShownCell) for cell in release.cells)
    standings = {ballots.look_up(house.boxes, house.hasher, code, clock())[2] for code in receipts.values()}
    assert standings == {ReceiptStanding.DESTROYED}


def test_a_broken_seal_stops_the_count_and_destroys_nothing(
    house: Installation, open_round: Round, clock: story.MovableClock, staff: list[Invitation], box: Box
) -> None:
    everybody_answers(house, open_round, staff)
    spoil(box, box.sealed_ballots()[0])
    with pytest.raises(SealBroken):
        close_and_count(house, open_round, clock)
    db.session.rollback()
    assert len(box.sealed_ballots()) == 9
    assert counting.rounds_to_count(house.settings.keys) == [open_round.id]


def spoil(box: Box, ballot: SealedBallot) -> None:
    box.replace(SealedBallot(ballot.key, ballot.perspective, None, ballot.edition, bytes(len(ballot.sealed))))


def test_without_its_key_a_round_cannot_be_counted_and_is_not_touched(
    house: Installation, open_round: Round, clock: story.MovableClock, staff: list[Invitation], box: Box
) -> None:
    everybody_answers(house, open_round, staff)
    (house.settings.keys[0] / f"{open_round.id}.key").unlink()
    with pytest.raises(KeyLost):
        close_and_count(house, open_round, clock)
    assert len(box.sealed_ballots()) == 9


def test_a_receipt_says_counted_and_tells_no_more(
    house: Installation, open_round: Round, clock: story.MovableClock, staff: list[Invitation]
) -> None:
    receipts = everybody_answers(house, open_round, [*staff, *invitations_of(open_round.id, "bank")])
    close_and_count(house, open_round, clock)
    for invitation in staff:
        found = ballots.look_up(house.boxes, house.hasher, receipts[invitation.id], clock())
        assert found[2] is ReceiptStanding.COUNTED
    kept = list(db.session.scalars(db.select(Receipt)))
    assert len(kept) == 9
    assert set(Receipt.__table__.columns.keys()) == {"ballot_key", "round_id", "standing"}


@pytest.mark.parametrize("step", ["the box", "the key"])
def test_a_count_that_was_cut_short_ends_in_the_same_state(
    step: str,
    house: Installation,
    open_round: Round,
    clock: story.MovableClock,
    box: Box,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everybody_answers(house, open_round, invitations_of(open_round.id))
    with monkeypatch.context() as pulled:

        def plug(*_: object) -> None:
            raise KeyboardInterrupt

        pulled.setattr(*((Box, "destroy", plug) if step == "the box" else (counting, "destroy_key", plug)))
        with pytest.raises(KeyboardInterrupt):
            close_and_count(house, open_round, clock)
    db.session.rollback()
    assert open_round.release is not None
    first = open_round.release.document
    assert counting.rounds_to_count(house.settings.keys) == [open_round.id]
    counting.count(open_round, box, house.settings.keys, clock())
    assert open_round.release.document == first
    assert not box.exists()
    assert counting.rounds_to_count(house.settings.keys) == []


def test_what_was_released_shortly_before_is_suppressed(
    house: Installation,
    open_round: Round,
    clock: story.MovableClock,
    bakery: Company,
    karin: Account,
) -> None:
    everybody_answers(house, open_round, invitations_of(open_round.id))
    close_and_count(house, open_round, clock)
    soon = rounds.prepare(bakery, karin, story.plan(open_round.closes_on + timedelta(days=90)))
    rounds.send(soon, karin, house.boxes.of(soon.id), house.settings.keys, clock())
    open_round.closes_on = soon.closes_on - timedelta(days=79)  # preparing and sending would have refused this
    clock.move_to(soon.opens_on)
    everybody_answers(house, soon, invitations_of(soon.id))
    release = close_and_count(house, soon, clock)
    assert not any(isinstance(cell, ShownCell) for cell in release.cells)
    assert any(isinstance(cell, VoiceCell) for cell in release.cells)


def test_what_was_released_shortly_before_in_a_second_entry_of_the_company_is_suppressed(
    house: Installation, open_round: Round, clock: story.MovableClock, karin: Account
) -> None:
    everybody_answers(house, open_round, invitations_of(open_round.id))
    close_and_count(house, open_round, clock)
    again = owners.add_company(karin, story.COMPANY)
    soon = rounds.prepare(again, karin, story.plan(open_round.closes_on + timedelta(days=90)))
    rounds.send(soon, karin, house.boxes.of(soon.id), house.settings.keys, clock())
    open_round.closes_on = soon.closes_on - timedelta(days=79)  # preparing and sending would have refused this
    clock.move_to(soon.opens_on)
    everybody_answers(house, soon, invitations_of(soon.id))
    release = close_and_count(house, soon, clock)
    assert not any(isinstance(cell, ShownCell) for cell in release.cells)
