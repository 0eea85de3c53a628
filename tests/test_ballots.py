"""A ballot goes in once, whole or not at all; a receipt finds it again; nobody reads it."""

from pathlib import Path

import pytest

from survey import ballots, rounds, story
from survey.ballots import (
    AlreadyResponded,
    FactsOfAGroup,
    NothingAnswered,
    Place,
    ReceiptStanding,
    ReceiptUnknown,
    Response,
    RoundNotOpen,
)
from survey.codes import CodeMistyped
from survey.installation import Installation
from survey.store.ballots import BALLOT_BYTES, BallotTooLarge, Box, Slot, SlotUnknown
from survey.store.people import Invitation, invitations_of
from survey.store.rounds import Round

MOODY = Response({"order_book": 2, "safe_to_speak": "cannot_judge"}, {"goes_well": "Het brood, zeker weten."})
SUNNY = Response({"order_book": 5})


def place_of(invitation: Invitation) -> Place:
    return Place(Slot(invitation.id), invitation.perspective)


def voice_of(round_: Round, perspective: str) -> Place:
    [invitation] = invitations_of(round_.id, perspective)
    return Place(Slot(invitation.id), perspective, perspective)


def cast(house: Installation, round_: Round, place: Place, response: Response, receipt: str = "") -> str:
    receipt = receipt or ballots.new_receipt_for(round_)
    ballots.cast(round_, house.boxes.of(round_.id), house.hasher, place, response, receipt, house.clock())
    return receipt


def test_a_link_works_once(house: Installation, open_round: Round, staff: list[Invitation], box: Box) -> None:
    cast(house, open_round, place_of(staff[0]), MOODY)
    with pytest.raises(AlreadyResponded):
        cast(house, open_round, place_of(staff[0]), SUNNY)
    assert len(box.sealed_ballots()) == 1


def test_the_same_form_sent_twice_is_one_ballot(
    house: Installation, open_round: Round, staff: list[Invitation], box: Box
) -> None:
    receipt = cast(house, open_round, place_of(staff[0]), MOODY)
    cast(house, open_round, place_of(staff[0]), MOODY, receipt)
    assert len(box.sealed_ballots()) == 1


def test_every_ballot_is_equally_long_and_says_nothing(
    house: Installation, open_round: Round, staff: list[Invitation], box: Box
) -> None:
    cast(house, open_round, place_of(staff[0]), MOODY)
    cast(house, open_round, place_of(staff[1]), SUNNY)
    cast(house, open_round, voice_of(open_round, "bank"), MOODY)
    assert len({len(ballot.sealed) for ballot in box.sealed_ballots()}) == 1
    for file in Path(house.settings.data).rglob("*"):
        assert file.is_dir() or b"zeker weten" not in file.read_bytes()


def test_ballots_that_cannot_fit_are_refused_before_the_link_is_used(
    house: Installation, open_round: Round, staff: list[Invitation], box: Box
) -> None:
    with pytest.raises(BallotTooLarge):
        cast(house, open_round, place_of(staff[0]), Response({"order_book": 1}, {"goes_well": "x" * BALLOT_BYTES}))
    assert not box.is_used(Slot(staff[0].id))


def test_a_response_without_one_answer_is_refused(
    house: Installation, open_round: Round, staff: list[Invitation]
) -> None:
    with pytest.raises(NothingAnswered):
        cast(house, open_round, place_of(staff[0]), Response({}, {"goes_well": "Alleen woorden."}))


def test_a_stranger_has_no_slot(house: Installation, open_round: Round) -> None:
    with pytest.raises(SlotUnknown):
        cast(house, open_round, Place(Slot("0" * 32), "employees"), SUNNY)


def test_nothing_goes_in_before_the_opening_or_after_the_close(
    house: Installation, open_round: Round, staff: list[Invitation], clock: story.MovableClock
) -> None:
    clock.move_to(open_round.closes_on, 23)
    cast(house, open_round, place_of(staff[0]), SUNNY)
    for day, hour in ((open_round.opens_on.replace(day=1), 12), (open_round.closes_on.replace(day=21), 0)):
        clock.move_to(day, hour)
        with pytest.raises(RoundNotOpen):
            cast(house, open_round, place_of(staff[1]), SUNNY)


def test_nothing_goes_in_once_the_lid_is_shut_whatever_the_clock_says(
    house: Installation, open_round: Round, staff: list[Invitation], box: Box
) -> None:
    box.shut()
    with pytest.raises(RoundNotOpen):
        cast(house, open_round, place_of(staff[0]), SUNNY)
    assert not box.is_used(Slot(staff[0].id))


def test_a_receipt_says_in_the_box_and_nothing_else(
    house: Installation, open_round: Round, staff: list[Invitation], clock: story.MovableClock
) -> None:
    receipt = cast(house, open_round, place_of(staff[0]), MOODY)
    typed = f" {receipt[:4].lower()}-{receipt[4:]} "
    assert ballots.look_up(house.boxes, house.hasher, typed, clock())[1:] == (receipt, ReceiptStanding.IN_THE_BOX)
    clock.move_to(open_round.closes_on.replace(day=21), 1)
    assert ballots.look_up(house.boxes, house.hasher, receipt, clock())[2] is ReceiptStanding.AWAITS_COUNTING


def test_a_mistyped_receipt_is_told_from_an_unknown_one(house: Installation, open_round: Round) -> None:
    receipt = ballots.new_receipt_for(open_round)
    with pytest.raises(ReceiptUnknown):
        ballots.look_up(house.boxes, house.hasher, receipt, house.clock())
    wrong = receipt[:-1] + ("0" if receipt[-1] != "0" else "1")
    with pytest.raises(CodeMistyped):
        ballots.look_up(house.boxes, house.hasher, wrong, house.clock())


def test_whoever_holds_the_receipt_replaces_or_withdraws_without_a_name(
    house: Installation, open_round: Round, staff: list[Invitation], box: Box
) -> None:
    receipt = cast(house, open_round, place_of(staff[0]), MOODY)
    [before] = box.sealed_ballots()
    ballots.replace(open_round, box, house.hasher, receipt, SUNNY, house.clock())
    [after] = box.sealed_ballots()
    assert (after.key, after.perspective) == (before.key, before.perspective)
    assert after.sealed != before.sealed
    ballots.withdraw(open_round, box, house.hasher, receipt, house.clock())
    assert box.sealed_ballots() == []
    with pytest.raises(ReceiptUnknown):
        ballots.replace(open_round, box, house.hasher, receipt, SUNNY, house.clock())


def test_a_withdrawal_is_final_unless_the_link_is_shown_too(
    house: Installation, open_round: Round, staff: list[Invitation], box: Box
) -> None:
    final = cast(house, open_round, place_of(staff[0]), MOODY)
    ballots.withdraw(open_round, box, house.hasher, final, house.clock())
    with pytest.raises(AlreadyResponded):
        cast(house, open_round, place_of(staff[0]), SUNNY)
    undone = cast(house, open_round, place_of(staff[1]), MOODY)
    ballots.withdraw(open_round, box, house.hasher, undone, house.clock(), Slot(staff[1].id))
    cast(house, open_round, place_of(staff[1]), SUNNY)
    assert len(box.sealed_ballots()) == 1


def test_a_named_voice_replaces_and_takes_back_with_the_same_link(
    house: Installation, open_round: Round, box: Box
) -> None:
    bank = voice_of(open_round, "bank")
    cast(house, open_round, bank, MOODY)
    cast(house, open_round, bank, SUNNY)
    assert len(box.sealed_ballots()) == 1
    ballots.withdraw_named(open_round, box, house.hasher, bank, house.clock())
    assert not ballots.has_responded(box, bank.slot)
    cast(house, open_round, bank, SUNNY)


def test_a_cancelled_round_has_no_box_and_no_key(house: Installation, open_round: Round, box: Box) -> None:
    rounds.cancel(open_round, box, house.settings.keys, house.clock())
    assert not box.exists()
    assert not list(house.settings.keys[0].glob("*.key"))
    rounds.cancel(open_round, box, house.settings.keys, house.clock())


def test_what_only_named_roles_are_asked_is_never_sealed_for_a_group(
    house: Installation, open_round: Round, staff: list[Invitation], box: Box
) -> None:
    """Whatever a page would let through: the last door before the box."""
    for facts in ({"direction": "worse"}, {"points": {"accountant": 100}}, {"key_figures": ["sales"]}, {"figures": []}):
        response = Response({"order_book": 2}, facts=facts)
        with pytest.raises(FactsOfAGroup):
            cast(house, open_round, place_of(staff[0]), response)
    assert box.sealed_ballots() == []
    cast(house, open_round, voice_of(open_round, "bank"), Response({"order_book": 2}, facts={"direction": "worse"}))
    assert len(box.sealed_ballots()) == 1
