"""What tests of the coach's pages may ask for: Petra and Karin at browsers of their own, and a mirror to share."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import sharing, story
from survey.clock import day_of
from survey.installation import Installation
from survey.mirror import open_mirror
from survey.sharing import Scope
from survey.store.database import db
from survey.store.grants import Confidant, MirrorGrant
from survey.store.people import Account, Company
from survey.store.rounds import Round
from tests.web.owner.conftest import become


@pytest.fixture
def petra(house: Installation) -> Account:
    """The conversation partner, with an account."""
    account = Account(email=story.PARTNER.address, name=story.PARTNER.name, confirmed_at=house.clock())
    db.session.add(account)
    db.session.commit()
    return account


@pytest.fixture
def confidant(bakery: Company, petra: Account) -> Confidant:
    """Petra as somebody whom Karin could let look along."""
    found = sharing.let_in(bakery, petra.name, petra.email)
    sharing.take_up(found, petra)
    return found


@pytest.fixture
def coach(app: Flask, petra: Account) -> FlaskClient:
    """Petra's browser, signed in."""
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    become(browser, petra)
    return browser


@pytest.fixture
def opened(mirrored_round: Round, house: Installation) -> Round:
    """Karin's round, counted, its mirror opened by her."""
    open_mirror(mirrored_round, house.clock())
    return mirrored_round


def today(house: Installation) -> date:
    return day_of(house.clock())


def give(round_: Round, confidant: Confidant, house: Installation, scope: Scope = Scope.MIRROR) -> MirrorGrant:
    """Share a mirror for a quarter of a year."""
    return sharing.share_mirror(round_, confidant, scope, today(house) + sharing.USUAL_TIME, house.clock())
