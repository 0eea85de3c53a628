"""Whatever the order in which people answered, and whoever gave which answer, the same bytes remain."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from survey import chance, rounds, story
from survey.ballots import new_receipt_for
from survey.installation import Installation
from survey.store.database import db
from survey.store.people import Company
from survey.store.rounds import find_round
from tests.forensics.company import (
    STAFF,
    Photograph,
    answer,
    by_name,
    close_and_count,
    known_source,
    send_round,
    twelve_responses,
)
from tests.forensics.copies import MOMENT, Row, tables_on_the_server

ORDERS = 24
ON_A_SERVER = 8
"""There each order takes a database of its own; with --long as many as anywhere."""


@dataclass(frozen=True)
class OneRound:
    """Karin's round, sent and photographed: it can be answered as often as one likes, each time from the start."""

    photograph: Photograph
    round_id: str
    orders: int

    def after_an_answering(self, clock: story.MovableClock, seed: int, answered: int = len(STAFF)) -> dict[str, object]:
        """Let so many people answer: who, in which order, on which days and with which answers is drawn.

        Return all that is left after counting.
        """
        self.photograph.restore()
        house, draw = self.photograph.house, random.Random(seed)
        round_ = find_round(self.round_id)
        assert round_ is not None
        clock.move_to(round_.opens_on)
        people = draw.sample(by_name(round_), answered)
        responses = draw.sample(twelve_responses()[:answered], answered)
        chance.draw_bytes = known_source("receipts")
        # Forms are fetched in one order and sent in another.
        receipts = draw.sample([new_receipt_for(round_) for _ in people], answered)
        for person, response, receipt in zip(people, responses, receipts, strict=True):
            answer(house, round_, person, response, receipt)
            if draw.random() < 0.4:
                clock.moment += timedelta(days=1)
                rounds.look_at_participation(round_, house.boxes.of(round_.id))
        close_and_count(house, round_, clock)
        return {**everything_left(house), **rows_as_they_lie()}


@pytest.fixture
def one_round(
    house: Installation, bakery: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long: bool
) -> Iterator[OneRound]:
    """Sent with everything random known beforehand, so that two answerings differ in nothing but the answering."""
    monkeypatch.setattr(chance, "draw_bytes", known_source("sending"))
    round_id = send_round(house).id
    photograph = Photograph(house, tmp_path / "sent")
    photograph.take()
    yield OneRound(photograph, round_id, ORDERS if long or db.engine.dialect.name == "sqlite" else ON_A_SERVER)
    photograph.throw_away()


def everything_left(house: Installation) -> dict[str, object]:
    """Every file under the data folder, by its hash."""
    db.session.remove()
    db.engine.dispose()
    files = (path for path in sorted(house.settings.data.rglob("*")) if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def rows_as_they_lie() -> dict[str, list[Row]]:
    """Every row of a PostgreSQL database with its place; of the moments at which rows were written only the order.

    Every answer, in whatever order, takes one transaction number of the server, so the numbers themselves say nothing.
    """
    tables = tables_on_the_server()
    moments = sorted({row[MOMENT] for rows in tables.values() for row in rows})
    return {name: [row | {MOMENT: moments.index(row[MOMENT])} for row in rows] for name, rows in tables.items()}


def differing(first: dict[str, object], second: dict[str, object]) -> set[str]:
    return {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}


def assert_nothing_differs(one_round: OneRound, clock: story.MovableClock, answered: int = len(STAFF)) -> None:
    first = one_round.after_an_answering(clock, 0, answered)
    for seed in range(1, one_round.orders):
        assert differing(first, one_round.after_an_answering(clock, seed, answered)) == set()


def test_any_order_and_any_assignment_end_in_the_same_bytes(one_round: OneRound, clock: story.MovableClock) -> None:
    assert_nothing_differs(one_round, clock)


def test_whoever_took_part_the_same_bytes_remain(one_round: OneRound, clock: story.MovableClock) -> None:
    assert_nothing_differs(one_round, clock, answered=7)


def test_when_too_few_answered_nobody_can_see_who_did(one_round: OneRound, clock: story.MovableClock) -> None:
    assert_nothing_differs(one_round, clock, answered=4)
