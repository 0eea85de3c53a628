"""A town of companies to measure on: owners, rounds that run, rounds that were counted. All of it invented.

Everything goes in by the verbs of the product; only the clock is moved.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from flask import Flask

from survey import ballots, clock, counting, create_app, rounds, story
from survey.ballots import CANNOT_JUDGE, Response
from survey.installation import Installation, installation
from survey.questionnaires import Item, load
from survey.rounds import GroupPlan, Person
from survey.settings import Settings
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, Invitation, Ownership, invitations_of
from survey.store.rounds import Round, SelfAssessment
from survey.store.schema import bring_up_to_date

NAMED = 4
"""Accountant, bank and two fellow owners: who answers beside the staff."""


@dataclass(frozen=True)
class Town:
    """One installation in a folder of its own, and the owner of every company in it."""

    app: Flask
    environment: dict[str, str]
    clock: story.MovableClock
    owner: Account

    @property
    def house(self) -> Installation:
        """Return its settings, boxes and links."""
        return installation(self.app)

    def company(self, name: str = story.COMPANY) -> Company:
        """Add a company of the owner's."""
        company = Company(name=name, owners=[self.owner])
        db.session.add(company)
        db.session.commit()
        return company

    def companies(self, count: int) -> None:
        """Add many companies at once, each with a round that was prepared."""
        plan = story.plan(self.day() + timedelta(days=40))
        made = [Company(name=f"Bedrijf {number:05}") for number in range(count)]
        db.session.add_all(made)
        db.session.flush()
        db.session.add_all(Ownership(account_id=self.owner.id, company_id=company.id) for company in made)
        db.session.add_all(_prepared(company, self.owner, plan, number) for number, company in enumerate(made))
        db.session.commit()

    def running_round(self, company: Company, staff: int) -> Round:
        """Send a round that is open now, to this many employees."""
        plan = story.plan(self.day() + timedelta(days=14))
        plan = replace(plan, opens_on=self.day(), groups=(GroupPlan("employees", _people(staff)),))
        round_ = rounds.prepare(company, self.owner, plan)
        rounds.send(round_, self.owner, self.house.boxes.of(round_.id), self.house.settings.keys, self.clock())
        return round_

    def nothing_in_the_post(self) -> None:
        """Let every mail have left, so that a server which is measured has nothing else to do."""
        db.session.execute(db.update(OutboxMail).values(state="sent"))
        db.session.commit()

    def answered_round(self, company: Company, closes_on: date, staff: int, chance: Random) -> Round:
        """Send a round to this many employees and four named people, and let everybody answer; it is not closed."""
        plan = story.plan(closes_on)
        groups = (GroupPlan("employees", _people(staff)), *plan.groups[1:]) if staff else plan.groups
        self.clock.move_to(plan.opens_on)
        round_ = rounds.prepare(company, self.owner, replace(plan, groups=groups))
        box, now = self.house.boxes.of(round_.id), self.clock()
        rounds.send(round_, self.owner, box, self.house.settings.keys, now)
        for one in invitations_of(round_.id):
            place = ballots.place_of(box, one.id)
            response = _of_the_story(one) if not staff else _any_response(chance)
            ballots.cast(round_, box, self.house.hasher, place, response, ballots.new_receipt_for(round_), now)
        return round_

    def close_and_count(self, round_: Round) -> None:
        """Close the round the minute after its last day, and count it."""
        self.clock.moment = clock.end_of(round_.closes_on) + timedelta(minutes=1)
        box = self.house.boxes.of(round_.id)
        counting.close(round_, box, self.clock())
        counting.count(round_, box, self.house.settings.keys, self.clock())

    def mirrored_round(self, company: Company, closes_on: date, staff: int, chance: Random) -> Round:
        """Have a round counted, and the owner's own answers beside it: there is a mirror, opened before."""
        round_ = self.answered_round(company, closes_on, staff, chance)
        own = {item: mark for item, mark in story.answers()["karin"].items() if mark != ""}
        round_.self_assessment = SelfAssessment(
            answers=own, predictions=story.PREDICTED, texts=vars(story.WRITINGS["karin"]), handed_in_at=self.clock()
        )
        db.session.commit()
        self.close_and_count(round_)
        round_.opened_mirror_at = self.clock()
        db.session.commit()
        return round_

    def link(self, invitation: Invitation) -> str:
        """Return somebody's link without the host."""
        return "/" + self.house.links.invitation(invitation.id).split("/", 3)[3]

    def day(self) -> date:
        """Return the day that its clock shows."""
        return clock.day_of(self.clock())


@contextlib.contextmanager
def town_in(folder: Path) -> Iterator[Town]:
    """Build a town in a folder; the block runs inside its application."""
    environment = {"SURVEY_DATA": str(folder / "data"), "SURVEY_KEYS": str(folder / "keys")}
    moved = story.MovableClock(clock.now())
    app = create_app(Settings.from_environment(environment), moved)
    bring_up_to_date(app)
    with app.app_context():
        owner = Account(email=story.OWNER.address, name=story.OWNER.name, confirmed_at=moved())
        db.session.add(owner)
        db.session.commit()
        yield Town(app, environment, moved, owner)
        db.session.remove()
        db.engine.dispose()


def _prepared(company: Company, owner: Account, plan: rounds.RoundPlan, number: int) -> Round:
    return Round(
        tag=f"{number:04X}",
        company_id=company.id,
        subject_id=owner.id,
        subject_name=owner.name,
        questionnaire=plan.questionnaire,
        language=plan.language,
        opens_on=plan.opens_on,
        closes_on=plan.closes_on,
        partner_name=plan.partner.name,
        partner_address=plan.partner.address,
        conversation_on=plan.conversation_on,
        contact_name=plan.contact.name,
        contact_address=plan.contact.address,
    )


def _people(count: int) -> tuple[Person, ...]:
    return tuple(Person(f"Bakker {number}", f"bakker{number}@bakkerijdevries.example") for number in range(count))


def _of_the_story(invitation: Invitation) -> Response:
    name = story.respondents()[invitation.address or ""]
    texts = {question: text for question, text in vars(story.WRITINGS[name]).items() if text}
    return Response(story.answers()[name], texts)


def _any_response(chance: Random) -> Response:
    answers: dict[str, int | str] = {
        item.id: CANNOT_JUDGE if chance.random() < 0.1 else chance.randint(*item.scale) for item in _items()
    }
    return Response(answers, {"goes_well": "Het brood."})


def _items() -> Sequence[Item]:
    return load("spiegel-1").items
