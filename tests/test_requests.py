"""What an operator types when somebody asks: what is kept of me, forget me, take this out, count it with my word."""

import json
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask

from survey import counting, story
from survey.clock import end_of
from survey.installation import Installation
from survey.redaction import REMOVED
from survey.store import keys
from survey.store.database import db
from survey.store.people import invitations_of
from survey.store.rounds import Round
from tests.test_cli import environment, survey
from tests.test_counting import close_and_count, everybody_answers
from tests.test_strict_mode import PASSPHRASE, recovery_code, strict_round
from tests.test_worker import Beside

__all__ = ["environment", "recovery_code", "strict_round"]

pytestmark = pytest.mark.usefixtures("environment")

EMINE = story.EMPLOYEES[4]


@pytest.fixture
def counted_round(house: Installation, open_round: Round, clock: story.MovableClock) -> Round:
    """Everybody answered, and the round is counted."""
    everybody_answers(house, open_round, invitations_of(open_round.id))
    close_and_count(house, open_round, clock)
    db.session.commit()
    return open_round


def typed(*words: str) -> Result:
    """Type a command; the test's own transaction ends before it."""
    db.session.commit()
    return survey(*words)


def document(round_: Round) -> str:
    db.session.expire_all()
    assert round_.release is not None
    text = round_.release.document
    db.session.commit()
    return text


def test_somebody_asks_what_is_kept_and_then_to_be_forgotten(open_round: Round) -> None:
    db.session.commit()
    told = typed("person", EMINE.address)
    assert told.exit_code == 0, told.output
    assert [kept["name"] for kept in json.loads(told.stdout)] == [EMINE.name]
    erased = typed("person", EMINE.address, "--erase")
    assert erased.stdout == (
        "invitations: 1, receipts: 0, mails: 1, kept mails: 0, drafts: 0, address books: 0, grants to look along: 0\n"
    )
    assert typed("person", EMINE.address).stdout == "[]\n"


def test_a_voice_and_a_text_are_taken_out(counted_round: Round) -> None:
    assert typed("round", "redact", counted_round.id, "--voice", "bank").exit_code == 0
    words = story.WRITINGS["b"].goes_well
    done = typed("round", "redact", counted_round.id, "--text", "employees", "goes_well", words)
    assert done.exit_code == 0, done.output
    assert words not in document(counted_round)
    assert REMOVED in document(counted_round)
    again = typed("round", "redact", counted_round.id, "--text", "employees", "goes_well", words)
    assert (again.exit_code, again.stderr) == (1, "survey: this text is not in what was published.\n")


def test_a_redaction_that_says_nothing_or_names_no_round_is_refused(open_round: Round) -> None:
    db.session.commit()
    assert typed("round", "redact", open_round.id).exit_code == 2
    assert typed("round", "redact", "0" * 32, "--voice", "bank").exit_code == 2
    assert "nothing was published" in typed("round", "redact", open_round.id, "--voice", "bank").stderr


def test_a_round_in_strict_mode_is_counted_with_the_passphrase_and_not_with_another(
    strict_round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.session.commit()
    wrong = typed("round", "unlock", strict_round.id, "--passphrase", "een ander woord")
    assert (wrong.exit_code, "nothing was counted" in wrong.stderr) == (1, True)
    assert typed("round", "unlock", strict_round.id, "--passphrase", PASSPHRASE).stdout == "Counted.\n"
    assert document(strict_round)


def test_the_worker_erases_once_a_day(
    house: Installation, counted_round: Round, clock: story.MovableClock, app: Flask
) -> None:
    worker = Beside(app)
    clock.move_to(counted_round.erased_on - timedelta(days=1), 23)
    worker.keep_rounds()
    assert len(invitations_of(counted_round.id)) == 13
    db.session.commit()
    for day in range(2):
        clock.move_to(counted_round.erased_on + timedelta(days=day), 0)
        worker.keep_rounds()
        assert invitations_of(counted_round.id) == []
        db.session.commit()


def test_the_worker_destroys_what_stayed_locked_for_thirty_days(
    house: Installation, strict_round: Round, clock: story.MovableClock, app: Flask
) -> None:
    worker = Beside(app)
    db.session.commit()
    worker.keep_rounds()
    assert keys.is_kept(house.settings.keys, strict_round.id)
    clock.moment = end_of(strict_round.closes_on + timedelta(days=30))
    worker.keep_rounds()
    assert not keys.is_kept(house.settings.keys, strict_round.id)
    assert counting.rounds_to_count(house.settings.keys) == []
    db.session.rollback()
