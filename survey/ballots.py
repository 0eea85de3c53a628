"""Casting, replacing and taking back a ballot, and asking what became of it.

It must not know who anybody is: a slot and a receipt are all it sees.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from survey.clock import end_of
from survey.codes import Hasher, new_receipt, read_receipt
from survey.perspectives import answers_by_name
from survey.questionnaires import load
from survey.store.ballots import (
    BallotKey,
    BallotUnknown,
    Box,
    Boxes,
    BoxGone,
    BoxShut,
    SealedBallot,
    Slot,
    SlotUsed,
    seal,
)
from survey.store.database import db
from survey.store.rounds import Receipt, Round, Standing, round_with_tag

CANNOT_JUDGE = "cannot_judge"


class RoundNotOpen(Exception):
    """The round takes no ballots at this moment."""


class NothingAnswered(Exception):
    """A response without a single answer is no response."""


class FactsOfAGroup(Exception):
    """What only named roles are asked is never sealed with a ballot of a group; no form of ours offers it."""


class AlreadyResponded(Exception):
    """Another form was sent with this invitation before."""


class ReceiptUnknown(Exception):
    """No ballot belongs to this receipt code, or no longer."""


class ReceiptVoid(ReceiptUnknown):
    """The round of this receipt code was cancelled: whatever lay in its box is destroyed, this ballot too."""

    def __init__(self, round_: Round) -> None:
        super().__init__(round_.id)
        self.round_ = round_


@dataclass(frozen=True)
class Response:
    """All answers of one respondent; in memory only.

    answers: item id -> 1..5 (1..10 for the gut feeling) or "cannot_judge"; skipped items are left out.
    texts: question id -> text. unquoted: the questions whose text may be read but never printed.
    """

    answers: Mapping[str, int | str]
    texts: Mapping[str, str] = field(default_factory=dict)
    unquoted: frozenset[str] = frozenset()
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Of who answers by name, as in `survey.facts` and `survey.named_questions`; of nobody else."""

    def content(self) -> dict[str, Any]:
        """Return what goes inside the seal."""
        facts = {"facts": dict(self.facts)} if self.facts else {}
        return {"answers": dict(self.answers), "texts": dict(self.texts), "unquoted": sorted(self.unquoted), **facts}


@dataclass(frozen=True)
class Place:
    """Where a respondent stands in a round: the slot of the invitation, its group, and the voice if he has a name."""

    slot: Slot
    perspective: str
    voice: str | None = None
    responded: bool = False
    """Whether a ballot was cast from here before."""


class ReceiptStanding(Enum):
    """What became of the ballot behind a receipt."""

    IN_THE_BOX = "in_the_box"
    AWAITS_COUNTING = "awaits_counting"
    COUNTED = "counted"
    DESTROYED = "destroyed"


def new_receipt_for(round_: Round) -> str:
    """Return the receipt code that a form for this round carries from the moment it is shown."""
    return new_receipt(round_.tag)


def cast(
    round_: Round, box: Box, hasher: Hasher, place: Place, response: Response, receipt: str, now: datetime
) -> None:
    """Put a response in the box, whole or not at all; the same form sent again only replaces itself.

    A named voice needs no receipt: its invitation replaces its ballot until the close.
    Raises RoundNotOpen, NothingAnswered, AlreadyResponded, BallotTooLarge, SlotUnknown.
    """
    _refuse_unless_open(round_, now)
    keys = _own_keys(hasher, place, receipt)
    ballot = _sealed(round_, place, response, keys[0])
    try:
        box.cast(place.slot, ballot)
    except SlotUsed as used:
        _replace_own(box, ballot, keys, used)
    except (BoxShut, BoxGone) as shut:
        raise RoundNotOpen from shut


def replace(round_: Round, box: Box, hasher: Hasher, receipt: str, response: Response, now: datetime) -> None:
    """Replace the ballot behind a receipt. Raises RoundNotOpen, NothingAnswered, ReceiptUnknown, BallotTooLarge."""
    _refuse_unless_open(round_, now)
    for key in _receipt_keys(hasher, receipt):
        try:
            place = Place(Slot(""), box.perspective_of(key))
            box.replace(_sealed(round_, place, response, key))
        except BallotUnknown:
            continue
        except (BoxShut, BoxGone) as shut:
            raise RoundNotOpen from shut
        return
    raise ReceiptUnknown


def withdraw(round_: Round, box: Box, hasher: Hasher, receipt: str, now: datetime, slot: Slot | None = None) -> None:
    """Take the ballot behind a receipt out of the box; final, unless the invitation's slot is shown with it.

    Raises RoundNotOpen, ReceiptUnknown, SlotUnknown.
    """
    _refuse_unless_open(round_, now)
    _withdraw_first(box, _receipt_keys(hasher, receipt), slot)


def withdraw_named(round_: Round, box: Box, hasher: Hasher, place: Place, now: datetime) -> None:
    """Take a named voice's ballot out; the same invitation can answer again. Raises as `withdraw`."""
    _refuse_unless_open(round_, now)
    _withdraw_first(box, _own_keys(hasher, place, ""), place.slot)


def place_of(box: Box, invitation_id: str) -> Place:
    """Return where the invitation with this id stands in a running round. Raises RoundNotOpen, SlotUnknown."""
    try:
        cut, used = box.look_at(Slot(invitation_id))
    except BoxGone as gone:
        raise RoundNotOpen from gone
    return Place(cut.slot, cut.perspective, cut.voice, responded=used)


def place_in_group(invitation_id: str, perspective: str) -> Place:
    """Return where somebody of an anonymous group stands, without asking the box: all that casting needs."""
    return Place(Slot(invitation_id), perspective)


def has_responded(box: Box, slot: Slot) -> bool:
    """Say whether the invitation behind a slot was used. Raises SlotUnknown, BoxGone."""
    return box.is_used(slot)


def perspective_behind(box: Box, hasher: Hasher, receipt: str) -> str:
    """Return the group of the ballot behind a receipt: whoever holds it replaces within it. Raises ReceiptUnknown."""
    for key in _receipt_keys(hasher, receipt):
        try:
            return box.perspective_of(key)
        except (BallotUnknown, BoxGone):
            continue
    raise ReceiptUnknown


def look_up(boxes: Boxes, hasher: Hasher, typed: str, now: datetime) -> tuple[Round, str, ReceiptStanding]:
    """Return the round of a typed receipt code, the code as it was made, and what became of its ballot.

    Raises CodeMistyped, ReceiptUnknown, ReceiptVoid.
    """
    tag, receipt = read_receipt(typed)
    round_ = round_with_tag(tag)
    if round_ is None:
        raise ReceiptUnknown
    if round_.cancelled_at is not None and now < end_of(round_.erased_on):
        # Said to every code of the round: whether there was such a ballot nobody can look up any more.
        raise ReceiptVoid(round_)
    keys = _receipt_keys(hasher, receipt)
    settled = db.session.scalar(db.select(Receipt).where(Receipt.ballot_key.in_(keys), Receipt.round_id == round_.id))
    if settled is not None:
        return round_, receipt, ReceiptStanding(settled.standing)
    return round_, receipt, _standing_in_box(boxes.of(round_.id), keys, round_.standing_at(now))


def _standing_in_box(box: Box, keys: list[BallotKey], standing: Standing) -> ReceiptStanding:
    try:
        present = any(box.holds(key) for key in keys)
    except BoxGone:
        present = False
    if not present:
        raise ReceiptUnknown
    return ReceiptStanding.IN_THE_BOX if standing is Standing.OPEN else ReceiptStanding.AWAITS_COUNTING


def _refuse_unless_open(round_: Round, now: datetime) -> None:
    if round_.standing_at(now) is not Standing.OPEN:
        raise RoundNotOpen


def _sealed(round_: Round, place: Place, response: Response, key: BallotKey) -> SealedBallot:
    if not (response.answers if load(round_.questionnaire).items else response.texts):
        raise NothingAnswered
    if response.facts and not answers_by_name(place.perspective):
        raise FactsOfAGroup
    assert round_.public_key is not None
    sealed = seal(round_.public_key, round_.questionnaire, place.perspective, response.content())
    return SealedBallot(key, place.perspective, place.voice, round_.questionnaire, sealed)


def _own_keys(hasher: Hasher, place: Place, receipt: str) -> list[BallotKey]:
    if answers_by_name(place.perspective):
        return [BallotKey(key) for key in hasher.hashes("named ballot", place.slot)]
    return _receipt_keys(hasher, receipt)


def _receipt_keys(hasher: Hasher, receipt: str) -> list[BallotKey]:
    return [BallotKey(key) for key in hasher.hashes("receipt", receipt)]


def _replace_own(box: Box, ballot: SealedBallot, keys: list[BallotKey], used: SlotUsed) -> None:
    for key in keys:
        try:
            box.replace(dataclasses.replace(ballot, key=key))
        except BallotUnknown:
            continue
        except (BoxShut, BoxGone) as shut:
            raise RoundNotOpen from shut
        return
    raise AlreadyResponded from used


def _withdraw_first(box: Box, keys: list[BallotKey], slot: Slot | None) -> None:
    for key in keys:
        try:
            box.withdraw(key, slot)
        except BallotUnknown:
            continue
        except (BoxShut, BoxGone) as shut:
            raise RoundNotOpen from shut
        return
    raise ReceiptUnknown
