"""Whatever happens to a round, in whatever order: what was accepted and not taken back is counted, and nothing else.

Below five nothing can be read; no more links are used than people were invited; a release changes by redaction only.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
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

from survey import ballots, counting, invitations, redaction, retention, rounds, story
from survey.ballots import AlreadyResponded, Place, ReceiptUnknown, Response, RoundNotOpen
from survey.clock import end_of
from survey.counting import RoundNotClosed, RoundStillOpen
from survey.installation import Installation
from survey.invitations import RemindersUsedUp
from survey.redaction import REMOVED, NothingReleased, TextUnknown
from survey.rounds import MINIMUM, ExtensionRefused, NothingToCancel, RoundFrozen
from survey.scoring import Release, ShownCell, VoiceCell, from_document
from survey.store.backup import back_up, restore
from survey.store.ballots import Box, Slot
from survey.store.database import db
from survey.store.keys import kept_keys
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Receipt, Round, Standing, find_round
from tests.bakery import CLOSES_ON, TODAY
from tests.forensics.company import Photograph

PEOPLE = st.integers(0, 12)
WORDS = st.sampled_from(["Het brood.", "De klanten.", "Dat we het samen doen."])
MARKS = st.integers(1, 5)


def on_sqlite() -> bool:
    return bool(db.engine.dialect.name == "sqlite")


class CourseOfARound(RuleBasedStateMachine):
    """Karin's round beside a plain list of what should be in its box: receipt (or named person) by invitation."""

    photograph: ClassVar[Photograph]
    clock: ClassVar[story.MovableClock]

    @initialize(
        order=st.permutations(range(13)), answered=st.sampled_from([13, 12, 11, 10, 7, 0]), mark=MARKS, words=WORDS
    )
    def begin(self, order: list[int], answered: int, mark: int, words: str) -> None:
        """Most courses begin with a round that is open and in which some have answered: the rest is chance."""
        self.prepare()
        if answered:
            self.send()
            self.clock.move_to(TODAY)
            for number in order[:answered]:
                self.answer(number, mark, words)

    def prepare(self) -> None:
        self.photograph.restore()
        self.clock.move_to(TODAY - timedelta(days=1))
        karin = db.session.scalars(db.select(Account)).one()
        company = db.session.scalars(db.select(Company)).one()
        self.id = rounds.prepare(company, karin, story.plan(CLOSES_ON)).id
        self.names = {invitation.id: invitation.name for invitation in invitations_of(self.id)}
        self.people = list(self.names)
        self.in_the_box: dict[str, str] = {}
        self.spent: set[str] = set()
        self.erased = False
        self.copies: list[Path] = []
        self.copied: int | None = None
        self.published: str | None = None

    # What is where.

    @property
    def house(self) -> Installation:
        return self.photograph.house

    @property
    def round(self) -> Round:
        found = find_round(self.id)
        assert found is not None
        return found

    @property
    def box(self) -> Box:
        return self.house.boxes.of(self.id)

    @property
    def standing(self) -> Standing:
        return self.round.standing_at(self.clock())

    def invitation(self, number: int) -> Invitation | None:
        found: Invitation | None = db.session.get(Invitation, self.people[number])
        return found

    def place(self, invitation: Invitation) -> Place:
        voices = {voice.name: voice.id for voice in self.round.voices}
        return Place(Slot(invitation.id), invitation.perspective, voices.get(invitation.name))

    def staff_in_the_box(self) -> int:
        return sum(bool(receipt) for receipt in self.in_the_box.values())

    def is_sent(self) -> bool:
        return self.round.sent_at is not None

    def expect(
        self, allowed: bool, refusal: type[Exception] | tuple[type[Exception], ...], deed: Callable[[], object]
    ) -> None:
        if allowed:
            deed()
        else:
            with pytest.raises(refusal):
                deed()
        db.session.rollback()

    # What people do.

    @rule(number=PEOPLE, mark=MARKS, words=WORDS)
    def answer(self, number: int, mark: int, words: str) -> None:
        invitation = self.invitation(number)
        if invitation is None or invitation.revoked:
            return  # the link opens nothing
        receipt = ballots.new_receipt_for(self.round)
        named = invitation.perspective != "employees"
        allowed = self.standing is Standing.OPEN and (named or invitation.id not in self.spent)
        response = Response({"order_book": mark}, {"goes_well": words})
        arguments = (self.round, self.box, self.house.hasher, self.place(invitation), response, receipt, self.clock())
        id_ = invitation.id
        self.expect(allowed, (RoundNotOpen, AlreadyResponded), lambda: ballots.cast(*arguments))
        if allowed:
            self.spent.add(id_)
            self.in_the_box[id_] = "" if named else receipt

    @rule(number=PEOPLE, mark=MARKS)
    def send_other_answers(self, number: int, mark: int) -> None:
        receipt = self.in_the_box.get(self.people[number])
        if receipt:
            response = Response({"order_book": mark}, {"goes_well": "Toch anders."})
            arguments = (self.round, self.box, self.house.hasher, receipt, response, self.clock())
            self.expect(self.standing is Standing.OPEN, RoundNotOpen, lambda: ballots.replace(*arguments))

    @rule(number=PEOPLE, shows_link=st.booleans())
    def withdraw(self, number: int, shows_link: bool) -> None:
        id_, invitation = self.people[number], self.invitation(number)
        receipt = self.in_the_box.get(id_)
        if receipt is None or invitation is None:
            return
        round_, box, hasher, now = self.round, self.box, self.house.hasher, self.clock()
        place, slot = self.place(invitation), Slot(id_) if shows_link and not invitation.revoked else None
        allowed = self.standing is Standing.OPEN
        if receipt:
            self.expect(allowed, RoundNotOpen, lambda: ballots.withdraw(round_, box, hasher, receipt, now, slot))
        elif not invitation.revoked:
            self.expect(allowed, RoundNotOpen, lambda: ballots.withdraw_named(round_, box, hasher, place, now))
        else:
            return
        if allowed:
            del self.in_the_box[id_]
            if slot is not None or not receipt:
                self.spent.discard(id_)
            if receipt:
                self.expect(False, ReceiptUnknown, lambda: ballots.withdraw(round_, box, hasher, receipt, now))

    # What the owner and the operator do.

    @rule()
    def send(self) -> None:
        frozen = self.standing is Standing.CANCELLED
        late = self.standing is Standing.PREPARED and self.clock() >= end_of(self.round.closes_on)
        karin = db.session.scalars(db.select(Account)).one()
        arguments = (self.round, karin, self.box, self.house.settings.keys, self.clock())
        self.expect(not frozen and not late, (RoundFrozen, rounds.TooLateToSend), lambda: rounds.send(*arguments))

    @rule()
    def remind(self) -> None:
        allowed = invitations.may_be_reminded(self.round, "employees", self.clock())
        self.expect(allowed, RemindersUsedUp, lambda: invitations.remind(self.round, "employees", self.clock()))

    @rule(number=PEOPLE)
    def revoke(self, number: int) -> None:
        invitation = self.invitation(number)
        if invitation is not None:
            allowed = self.standing in (Standing.ANNOUNCED, Standing.OPEN)
            arguments = (invitation, self.round, self.box, self.clock())
            self.expect(allowed, RoundFrozen, lambda: rounds.revoke(*arguments))
            if allowed:
                self.spent.add(self.people[number])

    @rule(days=st.integers(1, 20))
    def extend(self, days: int) -> None:
        round_ = self.round
        allowed = self.standing in (Standing.ANNOUNCED, Standing.OPEN) and round_.extended_from is None and days <= 14
        until = round_.closes_on + timedelta(days=days)
        self.expect(allowed, ExtensionRefused, lambda: rounds.extend(round_, until, self.clock()))

    @rule(sure=st.integers(0, 9))
    def cancel(self, sure: int) -> None:
        if sure == 9:
            allowed = self.standing not in (Standing.CLOSED, Standing.COUNTED)
            arguments = (self.round, self.box, self.house.settings.keys, self.clock())
            self.expect(allowed, NothingToCancel, lambda: rounds.cancel(*arguments))

    @rule(hours=st.sampled_from([1, 12, 24]))
    def time_goes_by(self, hours: int) -> None:
        self.clock.moment += timedelta(hours=hours)

    @precondition(lambda self: self.is_sent())
    @rule()
    def the_last_day_ends(self) -> None:
        self.clock.moment = max(self.clock(), end_of(self.round.closes_on))

    @precondition(lambda self: self.published is not None)
    @rule()
    def two_months_go_by(self) -> None:
        self.clock.moment += timedelta(days=61)

    @precondition(lambda self: self.is_sent())
    @rule()
    def close(self) -> None:
        allowed = self.standing in (Standing.CLOSED, Standing.COUNTED)
        self.expect(allowed, RoundStillOpen, lambda: counting.close(self.round, self.box, self.clock()))

    @precondition(lambda self: self.is_sent())
    @rule()
    def count(self) -> None:
        allowed = self.round.closed_at is not None
        arguments = (self.round, self.box, self.house.settings.keys, self.clock())
        self.expect(allowed, RoundNotClosed, lambda: counting.count(*arguments))
        if allowed and self.published is None:
            self.published = self.document()

    @precondition(lambda self: self.is_sent())
    @rule()
    def the_worker_looks(self) -> None:
        counting.close_due(self.house.boxes, self.clock())
        if counting.rounds_to_count(self.house.settings.keys):
            self.count()
        db.session.rollback()

    @precondition(lambda self: self.is_sent())
    @rule(words=WORDS)
    def redact(self, words: str) -> None:
        there = self.published is not None and any(
            words in texts.texts for texts in self.release().texts if texts.perspective == "employees"
        )
        arguments = (self.round, "employees", "goes_well", words, self.clock())
        before = self.release() if there else None
        self.expect(there, (NothingReleased, TextUnknown), lambda: redaction.redact_text(*arguments))
        if before is not None:
            after, self.published = self.release(), self.document()
            assert replace(after, texts=before.texts) == before
            changed = [
                (old.perspective, *pair)
                for old, new in zip(before.texts, after.texts, strict=True)
                for pair in zip(old.texts, new.texts, strict=True)
                if pair[0] != pair[1]
            ]
            assert changed == [("employees", words, REMOVED)]

    @precondition(lambda self: self.is_sent())
    @rule()
    def look_at_participation(self) -> None:
        if self.standing is Standing.OPEN:
            rounds.look_at_participation(self.round, self.box)

    @precondition(lambda self: self.is_sent() and on_sqlite())
    @rule()
    def back_up(self) -> None:
        settings = self.house.settings
        self.copies.append(self.photograph.shelf / f"{len(self.copies)}-{self.id}.zip")
        db.session.rollback()
        running = back_up(settings.data / "survey.db", self.house.boxes.files, self.copies[-1], "1")
        self.copied = len(self.in_the_box) if running else None

    @precondition(lambda self: self.copies)
    @rule()
    def restore_elsewhere(self) -> None:
        kept, elsewhere = kept_keys(self.house.settings.keys), self.copies[-1].with_suffix("")
        restored = restore(self.copies[-1], elsewhere, kept)
        assert restored.running == (() if self.copied is None else (self.id,))
        assert restored.lost == tuple(id_ for id_ in restored.running if id_ not in kept)
        for id_ in restored.running:
            with contextlib.closing(sqlite3.connect(elsewhere / "boxes" / f"{id_}.box")) as box:
                assert box.execute("SELECT count(*) FROM ballot").fetchone() == (self.copied,)
                if id_ in restored.lost:
                    assert box.execute("SELECT shut FROM lid").fetchone() == (1,)
        shutil.rmtree(elsewhere)

    @rule()
    def erase_what_is_due(self) -> None:
        retention.erase_due(self.house.settings.kept_mails, self.clock())
        self.erased = self.erased or invitations_of(self.id) == []
        db.session.rollback()

    # What always holds.

    def document(self) -> str:
        assert self.round.release is not None
        return self.round.release.document

    def release(self) -> Release:
        return from_document(json.loads(self.document()))

    @invariant()
    def the_box_holds_what_was_accepted_and_not_taken_back(self) -> None:
        if self.box.exists():
            assert len(self.box.sealed_ballots()) == len(self.in_the_box)
            used = [self.box.is_used(Slot(id_)) for id_ in self.people]
            assert sum(used) == len(self.spent) <= sum(self.box.head_counts().values()) == len(self.people)

    @invariant()
    def box_and_key_are_there_together_or_not_at_all(self) -> None:
        runs = self.is_sent() and self.standing not in (Standing.COUNTED, Standing.CANCELLED)
        assert self.box.exists() == bool(kept_keys(self.house.settings.keys)) == runs
        db.session.rollback()

    @invariant()
    def what_was_published_is_what_was_counted(self) -> None:
        if getattr(self, "published", None) is None:
            return
        assert self.document() == self.published
        release, staff = self.release(), self.staff_in_the_box()
        assert {cell.perspective for cell in release.cells if isinstance(cell, VoiceCell)} == {
            voice.id for voice in self.round.voices if voice.name in self.names_in_the_box()
        }
        employees = release.perspective("employees")
        assert (employees.n, employees.invited) == (staff if staff >= MINIMUM else None, 9)
        if staff < MINIMUM:
            assert not any(isinstance(cell, ShownCell) for cell in release.cells)
            assert not [texts for texts in release.texts if texts.perspective == "employees"]
        standings = set(db.session.scalars(db.select(Receipt.standing)))
        assert standings <= {"counted" if staff >= MINIMUM else "destroyed"}
        assert (db.session.scalar(db.select(db.func.count()).select_from(Receipt)) or 0) == (
            0 if self.erased else staff
        )
        db.session.rollback()

    def names_in_the_box(self) -> set[str]:
        return {self.names[id_] for id_, receipt in self.in_the_box.items() if not receipt}


def test_any_course_of_a_round_ends_in_what_was_accepted(
    house: Installation, bakery: Company, clock: story.MovableClock, tmp_path: Path, long: bool
) -> None:
    CourseOfARound.photograph = Photograph(house, tmp_path / "bakery")
    CourseOfARound.clock = clock
    CourseOfARound.photograph.take()
    often = settings(
        max_examples=150 if long else 10,
        stateful_step_count=60 if long else 25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(CourseOfARound, settings=often)
    CourseOfARound.photograph.throw_away()
