"""What belongs to another company is not there: every page of this door, every way of asking."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import rounds
from survey.installation import Installation
from survey.store.database import db
from survey.store.people import Account, invitations_of
from survey.store.rounds import Round, Standing


@pytest.fixture(params=["prepared", "sent"])
def theirs(request: pytest.FixtureRequest, noise: Round, house: Installation) -> Round:
    """The other company's round, before and after it was sent."""
    if request.param == "sent":
        subject = db.session.get_one(Account, noise.subject_id)
        rounds.send(noise, subject, house.boxes.of(noise.id), house.settings.keys, house.clock())
    return noise


def test_every_page_says_it_is_not_there(app: Flask, owner: FlaskClient, theirs: Round, house: Installation) -> None:
    before = (theirs.standing_at(house.clock()), theirs.closes_on, theirs.self_assessment)
    names = {"round_id": theirs.id, "company_id": theirs.company_id, "part": "people"}
    names |= {"number": "1", "step": "cause", "kind": "conversation"}
    asked = 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("owner.") or not {"round_id", "company_id"} & rule.arguments:
            continue
        address = app.url_map.bind("localhost").build(rule.endpoint, {name: names[name] for name in rule.arguments})
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = owner.open(address, method=method, data={"group": "employees", "press": "next"})
            assert answer.status_code == 404, f"{method} {rule.rule}"
            assert "Garage Vos" not in answer.text
            asked += 1
    assert asked > 20
    assert (theirs.standing_at(house.clock()), theirs.closes_on, theirs.self_assessment) == before
    assert len(invitations_of(theirs.id)) == 13


def test_without_signing_in_every_page_asks_for_that_first(app: Flask, client: FlaskClient, noise: Round) -> None:
    assert client.get(f"/ronde/{noise.id}").status_code == 303
    assert client.get("/bedrijven").status_code == 303


def test_its_round_stands_where_it_stood(noise: Round, house: Installation) -> None:
    assert noise.standing_at(house.clock()) is Standing.PREPARED
