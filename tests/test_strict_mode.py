"""Strict mode: without the conversation partner's passphrase nobody counts, and it is on no disk."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from survey import counting, letters, locking, rounds, sharing, story
from survey.clock import end_of
from survey.codes import in_groups
from survey.installation import Installation
from survey.passphrases import PassphraseTooShort
from survey.rounds import NothingToCancel, PassphraseAwaited, Person, RoundFrozen
from survey.store import keys
from survey.store.ballots import Box
from survey.store.database import db
from survey.store.keys import KeyLocked, PassphraseWrong
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, invitations_of
from survey.store.rounds import Ending, Round, Standing
from tests.bakery import CLOSES_ON
from tests.test_counting import everybody_answers

PASSPHRASE = "vier broden en een krentenbol"


@pytest.fixture(autouse=True)
def _one_try_is_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "KIBIBYTES", 64)


@pytest.fixture
def recovery_code(prepared_round: Round, house: Installation) -> str:
    """The round is locked; this is the code on paper."""
    return locking.lock(prepared_round, PASSPHRASE, house.settings.keys)


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
    assert locking.locked_too_long(clock()) == []
    with pytest.raises(NothingToCancel):
        rounds.cancel(strict_round, strict_box, house.settings.keys, clock())
    clock.moment += timedelta(seconds=1)
    assert locking.locked_too_long(clock()) == [strict_round]
    rounds.cancel(strict_round, strict_box, house.settings.keys, clock())
    assert not strict_box.exists()
    assert keys.kept_keys(house.settings.keys) == []
    assert strict_round.standing_at(clock()) is Standing.CANCELLED
    assert strict_round.ending is Ending.STAYED_LOCKED
    told = db.session.scalars(db.select(OutboxMail).filter_by(round_id=strict_round.id, kind="destroyed"))
    assert len(list(told)) == len(invitations_of(strict_round.id))
    assert locking.locked_too_long(clock()) == []


def test_owner_and_partner_are_told_once_that_it_stayed_locked(
    house: Installation, strict_round: Round, strict_box: Box, karin: Account, clock: story.MovableClock
) -> None:
    clock.moment = end_of(strict_round.closes_on + timedelta(days=30))
    rounds.cancel(strict_round, strict_box, house.settings.keys, clock())
    for _look in range(2):
        locking.put_mails(clock())
        clock.moment += timedelta(days=3)
    told = list(db.session.scalars(db.select(OutboxMail).filter_by(round_id=strict_round.id, kind="lock_stayed")))
    assert {mail.address for mail in told} == {strict_round.partner_address, karin.email}
    assert len(told) == 2
    for mail in told:
        letter = letters.write(mail, house.links, clock())
        assert letter is not None
        assert "niet binnen dertig dagen ingetypt" in " ".join(letter.text.split())


def test_locked_once_more_the_earlier_passphrase_is_void(house: Installation, prepared_round: Round) -> None:
    locking.lock(prepared_round, PASSPHRASE, house.settings.keys)
    locking.lock(prepared_round, PASSPHRASE + "!", house.settings.keys)
    with pytest.raises(PassphraseWrong):
        keys.unlock_key(house.settings.keys, prepared_round.id, PASSPHRASE)


def test_the_lock_can_be_taken_off_until_the_round_is_sent(
    house: Installation, prepared_round: Round, karin: Account
) -> None:
    locking.lock(prepared_round, PASSPHRASE, house.settings.keys)
    locking.leave_strict_mode(prepared_round, house.settings.keys)
    box = house.boxes.of(prepared_round.id)
    rounds.send(prepared_round, karin, box, house.settings.keys, house.clock())
    assert keys.private_key(house.settings.keys, prepared_round.id)
    for change in (locking.leave_strict_mode, lambda *it: locking.lock(it[0], PASSPHRASE, it[1])):
        with pytest.raises(RoundFrozen):
            change(prepared_round, house.settings.keys)


def test_a_passphrase_that_is_soon_guessed_is_refused(house: Installation, prepared_round: Round) -> None:
    with pytest.raises(PassphraseTooShort):
        locking.lock(prepared_round, "elf tekens!", house.settings.keys)
    assert not prepared_round.strict


def test_a_round_in_strict_mode_is_not_sent_before_somebody_typed_a_passphrase(
    house: Installation, prepared_round: Round, karin: Account
) -> None:
    box = house.boxes.of(prepared_round.id)
    locking.choose(prepared_round)
    with pytest.raises(PassphraseAwaited):
        rounds.send(prepared_round, karin, box, house.settings.keys, house.clock())
    assert not box.exists()
    locking.lock(prepared_round, PASSPHRASE, house.settings.keys)
    rounds.send(prepared_round, karin, box, house.settings.keys, house.clock())
    assert prepared_round.sent_at is not None


def test_a_lock_whose_key_is_gone_is_no_lock(house: Installation, prepared_round: Round, karin: Account) -> None:
    locking.lock(prepared_round, PASSPHRASE, house.settings.keys)
    keys.destroy_key(house.settings.keys, prepared_round.id)
    with pytest.raises(PassphraseAwaited):
        rounds.send(prepared_round, karin, house.boxes.of(prepared_round.id), house.settings.keys, house.clock())


def test_another_partner_types_a_passphrase_of_his_own(
    house: Installation, prepared_round: Round, karin: Account, bakery: Company
) -> None:
    locking.lock(prepared_round, PASSPHRASE, house.settings.keys, by_partner=True)
    same = rounds.plan_of(prepared_round)
    rounds.prepare(bakery, karin, replace(same, partner=Person("P. Visser", same.partner.address)), prepared_round)
    assert not prepared_round.awaits_lock
    other = Person("Els Smit", "els@smit-mentoring.example")
    rounds.prepare(bakery, karin, replace(same, partner=other), prepared_round)
    assert prepared_round.awaits_lock
    assert not prepared_round.locked_by_partner


def test_only_the_partner_with_an_account_who_may_see_dates_is_entrusted_with_a_lock(
    house: Installation, prepared_round: Round, bakery: Company
) -> None:
    now, until = house.clock(), house.clock().date() + timedelta(days=90)
    locking.choose(prepared_round)
    accounts = {}
    for person in (story.PARTNER, story.ACCOUNTANT):
        account = accounts[person] = Account(email=person.address, name=person.name, confirmed_at=now)
        db.session.add(account)
        confidant = sharing.let_in(bakery, person.name, person.address)
        sharing.take_up(confidant, account)
    assert not locking.partner_can_lock(prepared_round, now)
    grants = [
        sharing.share_relation(sharing.let_in(bakery, person.name, person.address), until, now) for person in accounts
    ]
    petra, rob = (account.id for account in accounts.values())
    assert locking.entrusted_to(petra, prepared_round.id, now) is prepared_round
    assert locking.entrusted_to(rob, prepared_round.id, now) is None
    assert locking.partner_can_lock(prepared_round, now)
    late = now + timedelta(days=91)
    assert locking.entrusted_to(petra, prepared_round.id, late) is None
    sharing.revoke(grants[0], now)
    assert locking.entrusted_to(petra, prepared_round.id, now) is None


def test_partner_and_owner_hear_once_that_it_waits_and_once_that_a_week_is_left(
    house: Installation, strict_round: Round, clock: story.MovableClock
) -> None:
    def put() -> list[tuple[str, str]]:
        locking.put_mails(clock())
        kinds = (locking.WAITS, locking.WEEK_LEFT)
        mails = db.session.scalars(db.select(OutboxMail).where(OutboxMail.kind.in_(kinds)))
        return sorted((mail.kind, mail.address or "") for mail in mails)

    both = [story.OWNER.address, story.PARTNER.address]
    waits = [(locking.WAITS, address) for address in both]
    assert put() == waits
    clock.move_to(CLOSES_ON + timedelta(days=22), 23)
    assert put() == waits
    clock.move_to(CLOSES_ON + timedelta(days=23), 1)
    assert put() == put() == waits + [(locking.WEEK_LEFT, address) for address in both]
    [to_petra, to_karin] = [
        letters.write(mail, house.links, clock())
        for address in reversed(both)
        for mail in db.session.scalars(db.select(OutboxMail).filter_by(kind=locking.WEEK_LEFT, address=address))
    ]
    assert to_petra is not None
    assert to_karin is not None
    assert "jouw wachtzin" in to_petra.text
    assert "wachtzin van Petra Visser" in " ".join(to_karin.text.split())
    for letter in (to_petra, to_karin):
        assert "zondag 20 december" in " ".join(letter.text.split())
    count(house, strict_round, PASSPHRASE)
    for mail in db.session.scalars(
        db.select(OutboxMail).where(OutboxMail.kind.in_((locking.WAITS, locking.WEEK_LEFT)))
    ):
        assert letters.write(mail, house.links, clock()) is None


def test_who_was_invited_reads_why_nothing_was_counted(
    house: Installation, strict_round: Round, strict_box: Box, clock: story.MovableClock
) -> None:
    invited = db.select(OutboxMail).filter_by(round_id=strict_round.id, kind="invitation")
    for mail in db.session.scalars(invited):
        mail.state = "sent"
    clock.moment = end_of(strict_round.unlocked_by)
    rounds.cancel(strict_round, strict_box, house.settings.keys, clock())
    for mail in db.session.scalars(db.select(OutboxMail).filter_by(round_id=strict_round.id, kind="destroyed")):
        letter = letters.write(mail, house.links, clock())
        assert letter is not None
        said = " ".join(letter.text.split())
        assert "niet binnen dertig dagen ingetypt" in said
        assert "Niemand heeft het gelezen" in said
        assert "gestopt" not in said
        assert "anoniem" not in said


def test_a_key_that_was_lost_is_called_lost(
    house: Installation, strict_round: Round, strict_box: Box, clock: story.MovableClock
) -> None:
    keys.destroy_key(house.settings.keys, strict_round.id)
    rounds.cancel(strict_round, strict_box, house.settings.keys, clock())
    assert strict_round.ending is Ending.KEY_LOST


def test_a_round_that_its_owner_stopped_was_stopped(house: Installation, open_round: Round, box: Box) -> None:
    rounds.cancel(open_round, box, house.settings.keys, house.clock())
    assert open_round.ending is Ending.STOPPED
