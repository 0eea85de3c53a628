"""A count that is cut short at any step, and started again, ends as if nothing had happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count as from_one
from pathlib import Path

import pytest

from survey import counting, story
from survey.clock import end_of
from survey.installation import Installation
from survey.store.ballots import Box
from survey.store.database import db
from survey.store.people import Company
from survey.store.rounds import Receipt, Round, find_round
from tests.conftest import Figure
from tests.crashes.plug import dies_at
from tests.forensics.company import Photograph, answer, by_name, send_round, twelve_responses

ANSWERED = 7


@dataclass(frozen=True)
class ClosedRound:
    """A round with seven ballots, closed and photographed: it can be counted as often as one likes."""

    photograph: Photograph
    round_id: str

    @property
    def house(self) -> Installation:
        return self.photograph.house

    @property
    def round(self) -> Round:
        db.session.expire_all()
        found = find_round(self.round_id)
        assert found is not None
        return found

    @property
    def box(self) -> Box:
        return self.house.boxes.of(self.round_id)

    def count(self) -> None:
        counting.count(self.round, self.box, self.house.settings.keys, self.house.clock())

    def keys_left(self) -> int:
        return sum(1 for folder in self.house.settings.keys for _ in folder.glob("*.key"))

    def assert_nothing_is_lost(self) -> None:
        """Before the release box and key are whole; and as long as anything is left, the key is."""
        round_ = self.round
        if round_.release is None:
            assert len(self.box.sealed_ballots()) == ANSWERED
        if round_.release is None or self.box.exists():
            assert self.keys_left()
        if self.keys_left():
            assert counting.rounds_to_count(self.house.settings.keys) == [self.round_id]
        db.session.rollback()

    def outcome(self) -> tuple[str, list[str], int]:
        """What counting left: the release, what became of each ballot, and how many files that should be gone."""
        round_ = self.round
        assert round_.release is not None
        told = [f"{row.ballot_key} {row.standing}" for row in db.session.scalars(db.select(Receipt))]
        left = [*self.house.boxes.files()] + [1] * (self.keys_left() + self.box.exists())
        document = round_.release.document
        db.session.rollback()
        return document, told, len(left)


@pytest.fixture
def closed_round(
    house: Installation, bakery: Company, clock: story.MovableClock, tmp_path: Path
) -> Iterator[ClosedRound]:
    """Seven of twelve answered; the last day is over."""
    round_ = send_round(house)
    for person, response in zip(by_name(round_)[:ANSWERED], twelve_responses(), strict=False):
        answer(house, round_, person, response)
    clock.moment = end_of(round_.closes_on) + timedelta(minutes=1)
    counting.close(round_, house.boxes.of(round_.id), clock())
    photograph = Photograph(house, tmp_path / "closed")
    round_id = round_.id
    photograph.take()
    yield ClosedRound(photograph, round_id)
    photograph.throw_away()


def test_killed_at_any_step_each_ballot_is_counted_once_and_the_key_goes_last(
    closed_round: ClosedRound, long: bool, figure: Figure
) -> None:
    closed_round.count()
    whole = closed_round.outcome()
    assert len(whole[1]) == ANSWERED
    assert whole[2] == 0
    # Making a fresh PostgreSQL database for each step takes long: there every seventh step, unless all were asked for.
    stride = 1 if long or db.engine.dialect.name == "sqlite" else 7
    for step in from_one(1, stride):
        closed_round.photograph.restore()
        if not dies_at(step, closed_round.count):
            break
        closed_round.assert_nothing_is_lost()
        closed_round.count()
        assert closed_round.outcome() == whole, f"after a kill at step {step}"
    assert step > 20
    figure(f"killed at {(step - 1) // stride} steps; 7 of 7 ballots counted each time")
