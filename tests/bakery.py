"""The bakery as fixtures: an app on a fresh SQLite file, Karin and her company, and a round at each of its stages."""

import json
import shutil
from collections.abc import Iterator
from contextvars import Context
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey import create_app, rounds, story
from survey.clock import at_hour
from survey.installation import Installation, installation
from survey.scoring import canonical, digest
from survey.settings import Settings
from survey.store.ballots import Box
from survey.store.database import db
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import ReleaseRecord, Round, SelfAssessment
from survey.store.schema import bring_up_to_date
from tests.mirror.karins_mirror import own_view, released


class Browser(FlaskClient):
    """A browser without JavaScript that keeps its cookies. Each request is on its own, as it is in production.

    Without this a request would share its context with the test around it: who signed in would stay signed in.
    """

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        """Send a request; the test's own transaction ends before it, and what it remembers after it."""
        db.session.commit()
        answer = Context().run(partial(super().open, *arguments, buffered=True, **options))
        db.session.expire_all()
        return answer


TODAY = date(2026, 11, 2)
CLOSES_ON = date(2026, 11, 20)


@pytest.fixture
def clock() -> story.MovableClock:
    """Stands at nine in the morning of the day on which Karin's round opens."""
    return story.MovableClock(at_hour(TODAY, 9))


@pytest.fixture
def settings(tmp_path: Path, database_url: str | None) -> Settings:
    """Settings of a fresh installation on this computer."""
    environment = {
        "SURVEY_DATA": str(tmp_path / "data"),
        "SURVEY_KEYS": str(tmp_path / "keys"),
        "SURVEY_OPERATOR": "Stichting Spiegel",
    }
    return Settings.from_environment(environment | ({"SURVEY_DATABASE_URL": database_url} if database_url else {}))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database: every test starts on a copy of it."""
    folder = tmp_path_factory.mktemp("migrated")
    app = create_app(Settings.from_environment({"SURVEY_DATA": str(folder), "SURVEY_KEYS": f"{folder}-keys"}))
    bring_up_to_date(app)
    with app.app_context():
        db.engine.dispose()
    return folder / "survey.db"


@pytest.fixture
def app(settings: Settings, clock: story.MovableClock, migrated_file: Path) -> Iterator[Flask]:
    """The application with an empty database, inside its context."""
    settings.data.mkdir(mode=0o700)
    if settings.database_url.startswith("sqlite"):
        shutil.copy(migrated_file, settings.data / "survey.db")
    app = create_app(settings, clock)
    app.config["TESTING"] = True
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def house(app: Flask) -> Installation:
    """The installation: settings, clock, boxes, links, hasher."""
    return installation(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody's browser."""
    return app.test_client()


@pytest.fixture
def karin(app: Flask, clock: story.MovableClock) -> Account:
    """The owner, confirmed."""
    account = Account(email=story.OWNER.address, name=story.OWNER.name, confirmed_at=clock())
    db.session.add(account)
    db.session.commit()
    return account


@pytest.fixture
def bakery(karin: Account) -> Company:
    """Karin's company."""
    company = Company(name=story.COMPANY, owners=[karin])
    db.session.add(company)
    db.session.commit()
    return company


@pytest.fixture
def prepared_round(bakery: Company, karin: Account) -> Round:
    """Karin's round, written down and not sent."""
    return rounds.prepare(bakery, karin, story.plan(CLOSES_ON))


@pytest.fixture
def open_round(prepared_round: Round, karin: Account, house: Installation) -> Round:
    """Karin's round, sent and open."""
    rounds.send(prepared_round, karin, house.boxes.of(prepared_round.id), house.settings.keys, house.clock())
    return prepared_round


@pytest.fixture
def box(open_round: Round, house: Installation) -> Box:
    """The ballot box of the open round."""
    return house.boxes.of(open_round.id)


@pytest.fixture
def staff(open_round: Round) -> list[Invitation]:
    """The nine employees' invitations."""
    return invitations_of(open_round.id, "employees")


@pytest.fixture
def mirrored_round(open_round: Round, house: Installation, clock: story.MovableClock) -> Round:
    """Karin's round, counted, with her own picture in it: there is a mirror. It is three days after the close."""
    document = canonical(released())
    view = own_view()
    clock.move_to(CLOSES_ON + timedelta(days=3))
    open_round.self_assessment = SelfAssessment(
        answers=dict(view.answers),
        predictions=json.loads(json.dumps(view.predictions)),
        texts=dict(view.texts),
        handed_in_at=clock(),
    )
    open_round.release = ReleaseRecord(document=document, digest=digest(document))
    open_round.closed_at = open_round.counted_at = clock()
    db.session.commit()
    return open_round


@pytest.fixture
def noise(app: Flask, clock: story.MovableClock) -> Round:
    """Another company with a round of its own: what nobody in the bakery may ever see."""
    stranger = Account(email="stranger@elsewhere.example", name="Piet Vreemd", confirmed_at=clock())
    company = Company(name="Garage Vos", owners=[stranger])
    db.session.add(company)
    db.session.commit()
    return rounds.prepare(company, stranger, story.plan(CLOSES_ON))
