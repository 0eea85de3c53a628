"""Who holds everything but the key cannot say who answered what: the linker does no better than chance."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from survey import story
from survey.installation import Installation
from survey.store.ballots import SUITE, BallotKey, Box, SealedBallot, _ballot, binding
from tests.forensics.company import STAFF
from tests.forensics.linker import read_with
from tests.forensics.rounds_under_attack import Attacker, chance_at_most, hits_per_trail, right


def test_without_the_key_the_linker_is_at_chance(attacker: Attacker, clock: story.MovableClock, long: bool) -> None:
    # 25 rounds of 12: 25 hits by chance, at most 25 + 4 * sqrt(25) = 45 of 300. Four rounds are few, so the bound for
    # them is wider, and still a third of what a store that leaks one order gives away.
    rounds, widths = (25, 4) if long else (4, 6)
    hits = hits_per_trail(attacker, clock, rounds)
    assert len(hits) > 10
    assert {trail: count for trail, count in hits.items() if count > chance_at_most(rounds, widths)} == {}


def test_with_the_key_and_a_copy_after_every_answer_it_is_right_every_time(
    attacker: Attacker, clock: story.MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not promised, and said so: and it shows that the linker would find what there is to find."""
    kept: list[bytes] = []
    monkeypatch.setattr("survey.counting.destroy_key", lambda folders, id_: kept.append(_read(folders[0], id_)))
    case, truth = attacker.attack(clock, seed=1)

    def open_ballot(row: dict[str, Any]) -> dict[str, Any]:
        key = X25519PrivateKey.from_private_bytes(kept[0])
        opened: dict[str, Any] = json.loads(
            SUITE.decrypt(row["sealed"], key, binding(row["edition"], row["perspective"]))
        )
        return opened

    assert right(read_with(case, open_ballot), truth) == len(STAFF)


def _read(folder: Path, round_id: str) -> bytes:
    return (folder / f"{round_id}.key").read_bytes()


def test_while_the_round_is_open_no_word_of_an_answer_stands_anywhere(
    attacker: Attacker, clock: story.MovableClock
) -> None:
    case, _ = attacker.attack(clock, seed=2)
    for copy in case.copies[:-1]:
        readable = [name for name, raw in copy.files.items() for words in case.markers for word in words if word in raw]
        assert readable == []
        assert not [word for words in case.markers for word in words if word in repr(copy.tables).encode()]


def test_after_counting_nothing_says_who_took_part_or_when(attacker: Attacker, clock: story.MovableClock) -> None:
    case, _ = attacker.attack(clock, seed=3)
    counted = case.copies[-1]
    assert not [name for name in counted.files if "box" in name or name.endswith("-journal")]
    assert [len(raw) for name, raw in counted.files.items() if name.endswith("-wal")] in ([], [0])
    assert not [name for name in counted.tables if "slot" in name or "ballot" in name]
    [receipts] = [rows for name, rows in counted.tables.items() if name.endswith((":receipt", ".receipt"))]
    assert [row["ballot_key"] for row in receipts] == sorted(row["ballot_key"] for row in receipts)


@pytest.mark.usefixtures("on_sqlite")
def test_a_fault_of_the_database_does_not_repeat_what_was_to_be_stored(house: Installation, box: Box) -> None:
    ballot = SealedBallot(BallotKey("Merkteken"), "employees", None, "spiegel-1", b"")
    with box._begin() as connection:
        connection.execute(insert(_ballot).values(vars(ballot)))
        with pytest.raises(IntegrityError) as fault:
            connection.execute(insert(_ballot).values(vars(ballot)))
    assert "Merkteken" not in str(fault.value)
