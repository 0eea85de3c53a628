"""Whatever an owner, a worker and a clock do, in whatever order: no round twice, none too soon, none unannounced."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from survey import address_book, rhythm, rounds, story
from survey.clock import at_hour, day_of
from survey.installation import Installation
from survey.kinds import MIRROR
from survey.opening_days import is_opening_day
from survey.rhythm import DayNotPossible
from survey.rounds import SPACING, ExtensionRefused, TooSoonAfterLastRound
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company
from survey.store.rhythms import Rhythm, rhythm_of
from survey.store.rounds import Round, Standing, rounds_of
from survey.turns import Every
from survey.worker import Worker
from tests.bakery import CLOSES_ON, TODAY
from tests.forensics.company import Photograph

DAY = timedelta(days=1)
PACES = st.sampled_from([Every.QUARTER, Every.HALF_YEAR, Every.YEAR])


class CourseOfARhythm(RuleBasedStateMachine):
    """Karin's rhythm: what the database says is held beside what may never be so."""

    photograph: ClassVar[Photograph]
    clock: ClassVar[story.MovableClock]
    worker: ClassVar[Worker]

    @initialize(every=PACES)
    def begin(self, every: Every) -> None:
        """Her first round is over, and the rhythm is on."""
        self.photograph.restore()
        self.clock.move_to(TODAY, 9)
        first = rounds.prepare(self.company, self.karin, story.plan(CLOSES_ON))
        rounds.send(first, self.karin, self.house.boxes.of(first.id), self.house.settings.keys, self.clock())
        address_book.take_over(self.company, self.karin, first)
        self.moved_by_hand: set[str] = set()
        self.switch_on(every)
        self.clock.move_to(CLOSES_ON + 40 * DAY, 10)
        self.look()

    @property
    def house(self) -> Installation:
        return self.photograph.house

    @property
    def karin(self) -> Account:
        return db.session.scalars(db.select(Account)).one()

    @property
    def company(self) -> Company:
        return db.session.scalars(db.select(Company)).one()

    @property
    def rhythm(self) -> Rhythm | None:
        return rhythm_of(self.company.id, MIRROR)

    @property
    def prepared(self) -> Round | None:
        return next(
            (one for one in rounds_of(self.company.id) if one.standing_at(self.clock()) is Standing.PREPARED), None
        )

    @property
    def running(self) -> Round | None:
        now = self.clock()
        return next((one for one in rounds_of(self.company.id) if one.standing_at(now) is Standing.OPEN), None)

    def look(self) -> None:
        db.session.commit()
        self.worker.keep_rounds()
        db.session.expire_all()

    # What time and the worker do.

    @rule(days=st.sampled_from([1, 1, 2, 7, 30, 100]), hour=st.sampled_from([3, 7, 9, 23]), awake=st.booleans())
    def days_go_by(self, days: int, hour: int, awake: bool) -> None:
        """The worker looks at seven and at nine, or sleeps until the end."""
        end = at_hour(day_of(self.clock()) + days * DAY, hour)
        while awake and days <= 30 and self.clock() < end:
            today = day_of(self.clock())
            later = [at_hour(today + ahead * DAY, at) for ahead in (0, 1) for at in (7, 9)]
            self.clock.moment = min(end, next(moment for moment in later if moment > self.clock()))
            self.look()
        self.clock.moment = end
        self.look()

    @precondition(lambda self: self.rhythm is not None)
    @rule()
    def the_week_comes(self) -> None:
        found = self.rhythm
        coming = rhythm.coming_round(found, day_of(self.clock())) if found else None
        if coming is not None and coming.round_ is None:
            self.clock.moment = max(self.clock(), at_hour(coming.dates.opens_on - rhythm.LEAD, 9))
            self.look()

    @precondition(lambda self: self.prepared is not None)
    @rule(late=st.sampled_from([0, 0, 1, 5]))
    def its_day_comes(self, late: int) -> None:
        assert self.prepared is not None
        self.clock.moment = max(self.clock(), at_hour(self.prepared.opens_on + late * DAY, 7))
        self.look()

    @rule(hours=st.sampled_from([-30, -2, 2, 30]))
    def the_clock_stands_wrong_for_a_look(self, hours: int) -> None:
        right = self.clock()
        self.clock.moment += timedelta(hours=hours)
        self.look()
        self.clock.moment = right

    # What the owner does.

    @rule(every=PACES)
    def switch_on(self, every: Every) -> None:
        rhythm.switch_on(self.company, self.karin, MIRROR, every, self.clock())

    @precondition(lambda self: self.rhythm is not None)
    @rule()
    def move_a_week(self) -> None:
        self.note_a_move()
        assert self.rhythm is not None
        rhythm.move_a_week(self.rhythm, self.clock())

    @precondition(lambda self: self.rhythm is not None)
    @rule(days=st.integers(-20, 60))
    def move_to(self, days: int) -> None:
        assert self.rhythm is not None
        coming = rhythm.coming_round(self.rhythm, day_of(self.clock()))
        assert coming is not None
        self.note_a_move()
        with contextlib.suppress(DayNotPossible):
            rhythm.move(self.rhythm, coming.dates.opens_on + days * DAY, self.clock())
        db.session.rollback()

    def note_a_move(self) -> None:
        if self.prepared is not None:
            self.moved_by_hand.add(self.prepared.id)

    @precondition(lambda self: self.rhythm is not None)
    @rule()
    def skip(self) -> None:
        assert self.rhythm is not None
        before = rhythm.coming_round(self.rhythm, day_of(self.clock()))
        rhythm.skip(self.rhythm, self.house, self.clock())
        after = rhythm.coming_round(self.rhythm, day_of(self.clock()))
        assert before is not None
        assert after is not None
        assert after.turn > before.turn
        assert after.round_ is None

    @precondition(lambda self: self.rhythm is not None)
    @rule(sure=st.integers(0, 3))
    def stop(self, sure: int) -> None:
        if sure == 3:
            assert self.rhythm is not None
            rhythm.stop(self.rhythm, self.house, self.clock())
            assert self.prepared is None

    @precondition(lambda self: self.running is not None)
    @rule(days=st.integers(1, 14))
    def extend(self, days: int) -> None:
        assert self.running is not None
        with contextlib.suppress(ExtensionRefused, TooSoonAfterLastRound):
            rounds.extend(self.running, self.running.closes_on + days * DAY, self.clock())
        db.session.rollback()

    # What always holds.

    @property
    def sent(self) -> list[Round]:
        return sorted((one for one in rounds_of(self.company.id) if one.sent_at), key=lambda one: one.closes_on)

    def mails(self, kind: str) -> list[str | None]:
        return list(db.session.scalars(db.select(OutboxMail.round_id).filter_by(kind=kind)))

    @invariant()
    def two_closings_lie_eighty_days_apart(self) -> None:
        for before, after in pairwise(self.sent):
            assert after.closes_on - before.closes_on >= SPACING

    @invariant()
    def at_most_one_round_waits_and_only_a_rhythm_prepares_it(self) -> None:
        waiting = [one for one in rounds_of(self.company.id) if not one.sent_at and not one.cancelled_at]
        assert len(waiting) <= (self.rhythm is not None)
        turns = [one.turn for one in self.sent if one.turn]
        assert len(turns) == len(set(turns))

    @invariant()
    def nothing_opens_on_a_day_off_or_before_seven(self) -> None:
        for one in self.sent[1:]:
            assert is_opening_day(one.opens_on)
            assert one.sent_at is not None
            assert at_hour(one.opens_on, 7) <= one.sent_at < at_hour(one.opens_on + DAY, 0)

    @invariant()
    def nobody_is_told_twice(self) -> None:
        for kind in ("rhythm_prepared", "rhythm_opened"):
            told = self.mails(kind)
            assert len(told) == len(set(told))

    @invariant()
    def the_owner_had_his_week(self) -> None:
        for one in self.sent[1:]:
            told = db.session.scalar(db.select(OutboxMail.due_at).filter_by(round_id=one.id, kind="rhythm_prepared"))
            if told is not None and one.id not in self.moved_by_hand:
                assert one.opens_on - day_of(told) >= rhythm.LEAD - 2 * DAY  # a clock was wrong by a day or so
        db.session.rollback()


def test_any_course_of_a_rhythm(
    app: Flask, house: Installation, bakery: Company, clock: story.MovableClock, tmp_path: Path, long: bool
) -> None:
    CourseOfARhythm.photograph = Photograph(house, tmp_path / "bakery")
    CourseOfARhythm.clock = clock
    CourseOfARhythm.worker = Worker(app)
    CourseOfARhythm.photograph.take()
    often = settings(
        max_examples=100 if long else 6,
        stateful_step_count=40 if long else 15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(CourseOfARhythm, settings=often)
    CourseOfARhythm.photograph.throw_away()
