"""A proof that cannot fail proves nothing: against a naive store the linker finds, and each guard off is seen."""

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from survey import story
from survey.installation import Installation
from survey.store.ballots import BALLOT_BYTES, SUITE, Box, SealedBallot, _ballot, binding
from survey.store.opening import OpenedBallot
from tests.forensics import naive_store
from tests.forensics.company import STAFF
from tests.forensics.linker import pairings
from tests.forensics.rounds_under_attack import Attacker, chance_at_most, hits_per_trail, right
from tests.forensics.test_the_disk_holds_no_remains import remains_on_disk
from tests.forensics.test_the_order_leaves_no_trace import OneRound, assert_nothing_differs, one_round

__all__ = ["one_round"]


def test_the_linker_reads_a_naive_store_by_its_rowids_its_pages_and_its_copies(
    house: Installation, tmp_path: Path
) -> None:
    case, truth = naive_store.answered_round(tmp_path / "naive", tmp_path / "shelf", seed=1)
    hits = {trail: right(said, truth) for trail, said in pairings(case, random.Random(1))}
    always_right = {trail.partition(",")[0] for trail, count in hits.items() if count == len(STAFF)}
    assert always_right >= {
        "copy in which the words first stand",
        "page and cell in naive/naive.db when counted",
        "naive.db:answer by (place) when counted",
    }
    assert "naive.db:answer by id when counted" not in always_right


def open_seal(public_key: str, edition: str, perspective: str, content: Mapping[str, Any]) -> bytes:
    """Equally long, and legible."""
    return json.dumps(content, ensure_ascii=False).encode().ljust(BALLOT_BYTES)


def read_unsealed(ballot: SealedBallot, _key: X25519PrivateKey) -> OpenedBallot:
    return OpenedBallot(ballot.perspective, ballot.voice, ballot.edition, json.loads(ballot.sealed))


def unpadded_seal(public_key: str, edition: str, perspective: str, content: Mapping[str, Any]) -> bytes:
    """Sealed, and as long as the answers are."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    key = X25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    return SUITE.encrypt(plain, key, info=binding(edition, perspective))


def highest(attacker: Attacker, clock: story.MovableClock) -> int:
    return max(hits_per_trail(attacker, clock, rounds=2).values())


def test_without_sealing_the_linker_finds(
    attacker: Attacker, clock: story.MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.ballots.seal", open_seal)
    monkeypatch.setattr("survey.counting.open_ballot", read_unsealed)
    assert highest(attacker, clock) == 2 * len(STAFF)


def test_without_equal_size_the_linker_finds(
    attacker: Attacker, clock: story.MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.ballots.seal", unpadded_seal)
    assert highest(attacker, clock) > chance_at_most(2, widths=6)


def test_without_sorting_the_bytes_tell_the_order(
    one_round: OneRound, clock: story.MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.counting.sorted", lambda rows, key=None: list(rows), raising=False)
    monkeypatch.setattr(Box, "sealed_ballots", in_order_of_arrival)
    with pytest.raises(AssertionError):
        assert_nothing_differs(one_round, clock)


def in_order_of_arrival(box: Box) -> list[SealedBallot]:
    with box._look() as connection:
        return [SealedBallot(**row) for row in connection.execute(_ballot.select()).mappings()]


def test_without_destroying_the_box_the_bytes_tell_who_took_part(
    one_round: OneRound, clock: story.MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Box, "destroy", lambda _box: None)
    with pytest.raises(AssertionError):
        assert_nothing_differs(one_round, clock, answered=7)


def test_without_forgetting_participation_the_bytes_tell_how_early_they_came(
    one_round: OneRound, clock: story.MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.counting.forget_participation", lambda _round: None)
    with pytest.raises(AssertionError):
        assert_nothing_differs(one_round, clock, answered=7)


@pytest.mark.usefixtures("on_sqlite")
def test_without_folding_the_log_old_pages_remain(
    clock: story.MovableClock, monkeypatch: pytest.MonkeyPatch, attacker: Attacker
) -> None:
    monkeypatch.setattr("survey.counting.leave_no_old_versions", lambda *_tables: None)
    case, _ = attacker.attack(clock, seed=1)
    assert any(raw for name, raw in case.copies[-1].files.items() if name.endswith("-wal"))


@pytest.mark.usefixtures("on_postgresql")
def test_without_writing_tables_anew_old_rows_leave_gaps(
    one_round: OneRound, clock: story.MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.counting.leave_no_old_versions", lambda *_tables: None)
    with pytest.raises(AssertionError):
        assert_nothing_differs(one_round, clock, answered=7)


@pytest.mark.usefixtures("on_sqlite")
def test_without_overwriting_the_disk_holds_what_was_removed(
    attacker: Attacker, clock: story.MovableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.store.ballots.overwrite", lambda _file: None)
    assert remains_on_disk(attacker.house, clock, tmp_path) == {"box", "box-wal"}
