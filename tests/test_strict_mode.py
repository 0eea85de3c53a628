"""Strict mode: without the conversation partner's passphrase nobody counts, and it is on no disk."""

from datetime import timedelta
from pathlib import Path

import pytest

from survey import counting, rounds, story
from survey.clock import end_of
from survey.codes import in_groups
from survey.installation import Installation
from survey.rounds import NothingToCancel, RoundFrozen
from survey.store import keys
from survey.store.ballots import Box
from survey.store.database import db
from survey.store.keys import KeyLocked, PassphraseTooShort, PassphraseWrong
from survey.store.outbox import OutboxMail
from survey.store.people import Account, invitations_of
from survey.store.rounds import Round, Standing
from tests.test_counting import everybody_answers

PASSPHRASE = "vier broden en een krentenbol"


@pytest.fixture(autouse=True)
def _one_try_is_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "KIBIBYTES", 64)


@pytest.fixture
def recovery_code(prepared_round: Round, house: Installation) -> str:
    """The round is locked; this is the code on paper."""
    return rounds.lock(prepared_round, PASSPHRASE, house.settings.keys)


@pytest.fixture
def strict_round(
    recovery_code: str, prepared_round: Round, karin: Account, house: Installation, clock: story.MovableClock
) -> Round:
    """Karin's round in strict mode: everybody answered, and it is closed."""
    box = house.boxes.of(prepared_round.id)
    rounds.send(prepared_round, karin, box, house.settings.keys, house.clock())
    everybody_answers(house, prepared_round, invitations_of(prepared_round.id))
    clock.moment = end_of(prepared_round.closes_on)
    counting.close(prepared_round, box, clock())
    return prepared_round


@pytest.fixture
def strict_box(house: Installation, strict_round: Round) -> Box:
    """Its box."""
    return house.boxes.of(strict_round.id)


def count(house: Installation, round_: Round, typed: str | None) -> None:
    counting.count(round_, house.boxes.of(round_.id), house.settings.keys, house.clock(), typed)


def test_the_passphrase_lets_the_round_be_counted(house: Installation, strict_round: Round, strict_box: Box) -> None:
    count(house, strict_round, PASSPHRASE)
    assert strict_round.release is not None
    assert not strict_box.exists()
    assert keys.kept_keys(house.settings.keys) == []


def test_so_does_the_recovery_code_as_people_type_it(
    house: Installation, strict_round: Round, recovery_code: str
) -> None:
    count(house, strict_round, in_groups(recovery_code).lower())
    assert strict_round.release is not None


@pytest.mark.parametrize("typed", ["", "vier broden en een krentebol", "0" * 26])
def test_anything_else_counts_nothing_and_destroys_nothing(
    house: Installation, strict_round: Round, strict_box: Box, typed: str
) -> None:
    with pytest.raises(PassphraseWrong):
        count(house, strict_round, typed)
    assert len(strict_box.sealed_ballots()) == 13


def test_the_worker_leaves_it_alone(house: Installation, strict_round: Round) -> None:
    with pytest.raises(KeyLocked):
        count(house, strict_round, None)
    assert counting.rounds_to_count(house.settings.keys) == []


def test_a_count_that_was_cut_short_is_finished_without_the_passphrase(
    house: Installation, strict_round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as pulled:
        pulled.setattr("survey.counting.destroy_key", lambda *_: None)
        count(house, strict_round, PASSPHRASE)
    assert counting.rounds_to_count(house.settings.keys) == [strict_round.id]
    count(house, strict_round, None)
    assert keys.kept_keys(house.settings.keys) == []


def test_neither_key_nor_passphrase_nor_code_is_on_any_disk(
    house: Installation, strict_round: Round, recovery_code: str
) -> None:
    key = keys.unlock_key(house.settings.keys, strict_round.id, PASSPHRASE).private_bytes_raw()
    secrets = [key, key.hex().encode(), PASSPHRASE.encode(), recovery_code.encode()]
    for folder in (house.settings.data, *house.settings.keys):
        for file in filter(Path.is_file, folder.rglob("*")):
            assert not [secret for secret in secrets if secret in file.read_bytes()], file


def test_thirty_days_without_a_passphrase_destroy_the_ballots_and_tell_everybody(
    house: Installation, strict_round: Round, strict_box: Box, clock: story.MovableClock
) -> None:
    clock.moment = end_of(strict_round.closes_on + timedelta(days=30)) - timedelta(seconds=1)
    assert rounds.locked_too_long(clock()) == []
    with pytest.raises(NothingToCancel):
        rounds.cancel(strict_round, strict_box, house.settings.keys, clock())
    clock.moment += timedelta(seconds=1)
    assert rounds.locked_too_long(clock()) == [strict_round]
    rounds.cancel(strict_round, strict_box, house.settings.keys, clock())
    assert not strict_box.exists()
    assert keys.kept_keys(house.settings.keys) == []
    assert strict_round.standing_at(clock()) is Standing.CANCELLED
    told = db.session.scalars(db.select(OutboxMail).filter_by(round_id=strict_round.id, kind="cancelled"))
    assert len(list(told)) == len(invitations_of(strict_round.id))
    assert rounds.locked_too_long(clock()) == []


def test_locked_once_more_the_earlier_passphrase_is_void(house: Installation, prepared_round: Round) -> None:
    rounds.lock(prepared_round, PASSPHRASE, house.settings.keys)
    rounds.lock(prepared_round, PASSPHRASE + "!", house.settings.keys)
    with pytest.raises(PassphraseWrong):
        keys.unlock_key(house.settings.keys, prepared_round.id, PASSPHRASE)


def test_the_lock_can_be_taken_off_until_the_round_is_sent(
    house: Installation, prepared_round: Round, karin: Account
) -> None:
    rounds.lock(prepared_round, PASSPHRASE, house.settings.keys)
    rounds.leave_strict_mode(prepared_round, house.settings.keys)
    box = house.boxes.of(prepared_round.id)
    rounds.send(prepared_round, karin, box, house.settings.keys, house.clock())
    assert keys.private_key(house.settings.keys, prepared_round.id)
    for change in (rounds.leave_strict_mode, lambda *it: rounds.lock(it[0], PASSPHRASE, it[1])):
        with pytest.raises(RoundFrozen):
            change(prepared_round, house.settings.keys)


def test_a_passphrase_that_is_soon_guessed_is_refused(house: Installation, prepared_round: Round) -> None:
    with pytest.raises(PassphraseTooShort):
        rounds.lock(prepared_round, "elf tekens!", house.settings.keys)
    assert not prepared_round.strict
