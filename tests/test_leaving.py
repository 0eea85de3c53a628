"""Leaving for good: all that is only one's own goes, everybody who was asked something is told, the rest stays."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from survey import conversation, leaving, letters, owners, rounds, sharing, story
from survey.clock import day_of, end_of
from survey.installation import Installation
from survey.leaving import RoundStillNeeded
from survey.store.ballots import Box
from survey.store.database import db
from survey.store.kept_texts import Draft
from survey.store.keys import KeyLost, private_key
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON
from tests.test_sharing import petra

__all__ = ["petra"]


def everything_stored() -> str:
    """Return all that is in every table, as one text."""
    names = inspect(db.engine).get_table_names()
    return "\n".join(str(row) for name in names for row in db.session.execute(text(f'SELECT * FROM "{name}"')))


def let_invitations_leave() -> None:
    db.session.execute(db.update(OutboxMail).values(state="sent"))
    db.session.commit()


def test_nothing_of_an_account_and_its_company_stays(
    house: Installation, karin: Account, bakery: Company, open_round: Round
) -> None:
    leaving.leave(house, karin)
    for stopped in db.session.scalars(db.select(OutboxMail)):
        db.session.delete(stopped)
    db.session.commit()
    stored = everything_stored()
    assert not any(word in stored for word in ("karin", "Karin", "bakkerijdevries", "aisha", "Petra", "regiobank"))


def test_a_running_round_is_cancelled_first_and_everybody_is_told(
    house: Installation, karin: Account, open_round: Round, box: Box
) -> None:
    let_invitations_leave()
    folders, round_id = house.settings.keys, open_round.id
    assert leaving.what_goes(karin, house.clock()).running == (open_round,)
    leaving.leave(house, karin)
    with pytest.raises(KeyLost):
        private_key(folders, round_id)
    assert not box.exists()
    told = db.session.scalars(db.select(OutboxMail)).all()
    everybody = [*story.EMPLOYEES, story.ACCOUNTANT, story.BANKER, *story.PEERS]
    assert {mail.address for mail in told} == {person.address for person in everybody}
    for mail in told:
        letter = letters.write(mail, house.links, house.clock())
        assert letter is not None
        assert "vernietigd" in letter.text
        assert mail.round_id is None


def test_who_never_got_an_invitation_is_not_told(house: Installation, karin: Account, open_round: Round) -> None:
    leaving.leave(house, karin)
    assert db.session.scalars(db.select(OutboxMail)).all() == []


def test_a_company_with_another_owner_stays_without_the_rounds_of_the_one_who_leaves(
    house: Installation, karin: Account, bakery: Company, prepared_round: Round
) -> None:
    tom = Account(email="tom@devries-vastgoed.example", name="Tom de Vries", confirmed_at=house.clock())
    db.session.add(tom)
    bakery.owners.append(tom)
    db.session.commit()
    his = rounds.prepare(bakery, tom, story.plan(CLOSES_ON))
    leaving.leave(house, karin)
    assert bakery.owners == [tom]
    assert db.session.scalars(db.select(Round)).all() == [his]


def test_other_companies_notice_nothing(house: Installation, karin: Account, bakery: Company, noise: Round) -> None:
    leaving.leave(house, karin)
    assert db.session.scalars(db.select(Round)).all() == [noise]
    assert [company.name for company in db.session.scalars(db.select(Company))] == ["Garage Vos"]


def test_nobody_leaves_while_his_round_is_being_counted(
    house: Installation, karin: Account, open_round: Round, clock: story.MovableClock
) -> None:
    clock.moment = end_of(open_round.closes_on)
    with pytest.raises(leaving.RoundBeingCounted):
        leaving.leave(house, karin)
    assert db.session.get(Account, karin.id) is karin


def test_leaving_that_was_interrupted_can_be_finished(
    app: Flask, house: Installation, karin: Account, open_round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(letters, "write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            leaving.leave(house, karin)
    db.session.rollback()
    leaving.leave(house, karin)
    assert db.session.scalars(db.select(Account)).all() == []


def test_a_company_of_ones_own_goes_and_the_other_owners_stays(house: Installation, karin: Account) -> None:
    owners.add_company(karin, "De Vries Vastgoed")
    farewell = leaving.what_goes(karin, house.clock())
    assert [company.name for company in farewell.companies] == ["De Vries Vastgoed"]
    assert farewell.kept == ()


def test_a_round_that_is_long_over_goes_with_all_that_was_written_about_it(
    house: Installation, mirrored_round: Round, bakery: Company, petra: Account, clock: story.MovableClock
) -> None:
    confidant = sharing.let_in(bakery, petra.name, petra.email)
    sharing.take_up(confidant, petra)
    clock.move_to(mirrored_round.closes_on + rounds.SPACING)
    until = day_of(clock()) + sharing.USUAL_TIME
    sharing.share_mirror(mirrored_round, confidant, sharing.Scope.SENTENCES, until, clock())
    conversation.keep_coach_notes(mirrored_round, petra.id, {"before": Draft("Begin bij de oven.", 0)})
    round_id = mirrored_round.id
    leaving.throw_away(house, mirrored_round)
    stored = everything_stored()
    assert round_id not in stored
    assert "Begin bij de oven." not in stored
    assert "Bakkerij De Vries" in stored
    assert sharing.shared_with(petra.id, round_id, clock()) is None


def test_a_round_that_holds_the_next_one_at_a_distance_is_not_thrown_away(
    house: Installation, mirrored_round: Round, clock: story.MovableClock
) -> None:
    clock.move_to(mirrored_round.closes_on + rounds.SPACING - timedelta(days=1))
    with pytest.raises(RoundStillNeeded):
        leaving.throw_away(house, mirrored_round)
    assert db.session.get(Round, mirrored_round.id) is not None


def test_a_cancelled_round_stays_for_the_next_promise_to_name_it(
    house: Installation, open_round: Round, box: Box, clock: story.MovableClock
) -> None:
    rounds.cancel(open_round, box, house.settings.keys, house.clock())
    clock.move_to(open_round.closes_on + rounds.SPACING)
    with pytest.raises(RoundStillNeeded):
        leaving.throw_away(house, open_round)
