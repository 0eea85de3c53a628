"""Walks one round of any kind through the doors: prepared and sent by Karin, answered by everybody, counted, opened."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from survey import counting, story
from survey.installation import Installation
from survey.kinds import KINDS
from survey.questionnaires import Questionnaire, load
from survey.rounds import GroupPlan
from survey.store.database import db
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Round, rounds_of
from survey.web.owner.plan_form import fields_of
from tests.bakery import CLOSES_ON
from tests.web.conftest import Phone

STAFF = GroupPlan("employees", story.EMPLOYEES)
ROB = GroupPlan("accountant", (story.ACCOUNTANT,))
JOOST = GroupPlan("bank", (story.BANKER,))
FRIENDS = GroupPlan("peer", story.PEERS)

GROUPS = {
    "mirror": (STAFF, ROB, JOOST, FRIENDS),
    "thermometer": (STAFF, ROB, JOOST),
    "one_question": (STAFF, ROB, JOOST, FRIENDS),
    "circle": (ROB, JOOST, FRIENDS),
}
AWAKE = {
    "karin": "Of de tweede oven het nog een jaar houdt.",
    "a": "Dat de oven stopt op vrijdag.",
    "b": "Het rooster van december.",
    "c": "Of er straks genoeg mensen zijn.",
    "d": "De koelcel.",
    "e": "Dat Karin alles zelf doet.",
    "f": "Een grote klant die weggaat.",
    "rob": "Het geld in februari.",
    "joost": "De aankoop van de oven.",
    "anneke": "Dat je geen middag vrij hebt.",
}
HUNDRED = {"points-accountant": "40", "points-fellow_owner": "35", "points-help_body": "25"}
THREE = {"key_figures": ["sales", "money_ahead", "staff_costs"]}
OF_ROB = {"points-accountant": "60", "points-business_adviser": "40"} | {
    "key_figures": ["left_of_sales", "money_ahead", "to_receive"]
}


@dataclass
class Walk:
    """Karin's browser, and everybody else's phone."""

    app: Flask
    house: Installation
    clock: story.MovableClock
    owner: FlaskClient
    karin: Account
    bakery: Company

    def prepare(self, kind: str, closes_on: date = CLOSES_ON, edition: str = "", **typed: str) -> Round:
        """Fill in the prepare page and press next."""
        edition = edition or KINDS[kind].editions[0]
        plan = replace(story.plan(closes_on), kind=kind, questionnaire=edition, groups=GROUPS[kind])
        data = {**fields_of(plan, self.karin), **typed, "press": "next"}
        answer = self.owner.post(f"/bedrijf/{self.bakery.id}/voorbereiden", data=data)
        assert answer.status_code == 303, unescape(answer.text)
        [round_] = [one for one in rounds_of(self.bakery.id) if one.sent_at is None]
        return round_

    def send(self, round_: Round) -> Round:
        """Look at what everybody gets, and let it go."""
        page = self.owner.get(f"/ronde/{round_.id}/verzenden").text
        seen = re.search(r'name="seen" value="([^"]+)"', page)
        assert seen
        assert self.owner.post(f"/ronde/{round_.id}/verzenden", data={"seen": seen[1]}).status_code == 303
        assert round_.sent_at is not None
        return round_

    def answer_own(self, round_: Round) -> None:
        """Fill in every part of Karin's own picture and hand it in."""
        edition, answers = load(round_.questionnaire), story.answers()["karin"]
        given = {item: str(mark) for item, mark in answers.items()}
        written = {question.id: AWAKE["karin"] for question in edition.open_questions}
        fields: MultiDict[str, str] = MultiDict(given | written | {"direction": "better"} | HUNDRED)
        fields.setlist("key_figures", THREE["key_figures"])
        for part in self.parts(round_):
            answer = self.owner.post(f"/ronde/{round_.id}/zelfbeeld/{part}", data=fields)
            assert answer.status_code == 303, unescape(answer.text)
        assert self.owner.post(f"/ronde/{round_.id}/zelfbeeld").status_code == 303

    def parts(self, round_: Round) -> list[str]:
        """Every part of the own picture, as its overview names them."""
        first = self.owner.get(f"/ronde/{round_.id}/zelfbeeld").location
        if first:
            self.owner.post(first, data={})
        overview = self.owner.get(f"/ronde/{round_.id}/zelfbeeld").text
        return re.findall(rf"/ronde/{round_.id}/zelfbeeld/(\w+)", overview)

    def answer_others(self, round_: Round) -> None:
        """Let everybody answer behind the mailed link."""
        edition, told, names = load(round_.questionnaire), story.answers(), story.respondents()
        for invitation in invitations_of(round_.id):
            name = names[invitation.address or ""]
            fields = _fields(edition, invitation, name, told[name])
            if fields:
                answer = Phone(self.app.test_client(), self.house).answer(invitation, fields)
                assert answer.status_code == 200, unescape(answer.text)

    def count(self, round_: Round) -> None:
        """Close the round after its last day, and count it."""
        self.clock.move_to(round_.closes_on + timedelta(days=1))
        box = self.house.boxes.of(round_.id)
        counting.close(round_, box, self.clock())
        counting.count(round_, box, self.house.settings.keys, self.clock())

    def whole(self, kind: str, closes_on: date = CLOSES_ON, **typed: str) -> Round:
        """Walk the whole road up to the opened mirror."""
        self.clock.move_to(closes_on - timedelta(days=18))
        round_ = self.send(self.prepare(kind, closes_on, **typed))
        self.answer_own(round_)
        self.answer_others(round_)
        self.count(round_)
        self.owner.post(f"/ronde/{round_.id}/spiegel")
        db.session.commit()
        return round_


def _fields(
    edition: Questionnaire, invitation: Invitation, name: str, told: Mapping[str, int | str]
) -> dict[str, object]:
    """What one person fills in: the story's answers, and what only this kind of round asks."""
    asked = edition.items_for(invitation.perspective)
    fields: dict[str, object] = {item.id: str(told.get(item.id, 4)) for item in asked}
    if not asked:
        return {"awake": AWAKE[name]} if name in AWAKE else {}
    if name == "rob":
        fields |= {"direction": "worse"} | OF_ROB
    if name == "joost":
        fields |= {"direction": "same"} | HUNDRED
    return fields
