"""A company of twelve employees whose round is answered in any order wished for, and photographed between times."""

import json
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from survey import ballots, counting, rounds, story
from survey.ballots import Place, Response
from survey.clock import end_of
from survey.installation import Installation
from survey.rounds import GroupPlan, Person
from survey.store.ballots import Slot
from survey.store.database import db
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON

STAFF = (
    *story.EMPLOYEES,
    Person("Jip de Boer", "jip@bakkerijdevries.example"),
    Person("Khadija Amrani", "khadija@bakkerijdevries.example"),
    Person("Lars Visser", "lars@bakkerijdevries.example"),
)


def twelve_responses() -> list[Response]:
    """Twelve lists of answers, no two alike and no two equally long; each is known by the first word of its text."""
    told = list(story.answers().values())
    return [
        Response(
            told[1 + place % 9] | {"order_book": 1 + place % 5},
            {"goes_well": f"Mérkteken-{place:02}" + " é" * 7 * place},
        )
        for place in range(len(STAFF))
    ]


def send_round(house: Installation) -> Round:
    """Prepare and send a round of the mirror to the twelve."""
    karin = db.session.scalars(db.select(Account)).one()
    company = db.session.scalars(db.select(Company)).one()
    plan = replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", STAFF),))
    round_ = rounds.prepare(company, karin, plan)
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    return round_


def by_name(round_: Round) -> list[Invitation]:
    """The twelve invitations, in the order in which the owner wrote the list."""
    places = {person.address: place for place, person in enumerate(STAFF)}
    return sorted(invitations_of(round_.id), key=lambda one: places[one.address or ""])


def answer(
    house: Installation, round_: Round, invitation: Invitation, response: Response, receipt: str | None = None
) -> str:
    """Let one person send his list; return the receipt."""
    place, box = Place(Slot(invitation.id), invitation.perspective), house.boxes.of(round_.id)
    receipt = receipt or ballots.new_receipt_for(round_)
    db.session.commit()
    ballots.cast(round_, box, house.hasher, place, response, receipt, house.clock())
    return receipt


def close_and_count(house: Installation, round_: Round, clock: story.MovableClock) -> dict[str, Any]:
    """Close and count the round on time; return the release as it is stored."""
    clock.moment = end_of(round_.closes_on) + timedelta(minutes=1)
    box = house.boxes.of(round_.id)
    counting.close(round_, box, clock())
    counting.count(round_, box, house.settings.keys, clock())
    assert round_.release is not None
    found: dict[str, Any] = json.loads(round_.release.document)
    db.session.rollback()
    return found


def known_source(seed: str) -> Callable[[int], bytes]:
    """A source of randomness that draws the same every time."""
    return random.Random(seed).randbytes


@dataclass(frozen=True)
class Photograph:
    """The whole installation as it was at one moment: to start again from there."""

    house: Installation
    shelf: Path

    def take(self) -> None:
        """Keep data, keys and, on PostgreSQL, the database."""
        with self._nobody_inside() as server:
            for place, folder in enumerate(self._folders()):
                shutil.copytree(folder, self.shelf / str(place))
            if server:
                _on_server(server, f"CREATE DATABASE {_photo(server)} TEMPLATE {make_url(server).database}")

    def restore(self) -> None:
        """Put everything back as it was."""
        with self._nobody_inside() as server:
            for place, folder in enumerate(self._folders()):
                shutil.rmtree(folder)
                shutil.copytree(self.shelf / str(place), folder)
            if server:
                _on_server(server, f"DROP DATABASE {make_url(server).database} WITH (FORCE)")
                _on_server(server, f"CREATE DATABASE {make_url(server).database} TEMPLATE {_photo(server)}")

    def throw_away(self) -> None:
        """Leave nothing on the database server."""
        with self._nobody_inside() as server:
            if server:
                _on_server(server, f"DROP DATABASE IF EXISTS {_photo(server)}")

    def _folders(self) -> Sequence[Path]:
        return (self.house.settings.data, *self.house.settings.keys)

    @contextmanager
    def _nobody_inside(self) -> Iterator[str | None]:
        db.session.remove()
        for file in self.house.boxes.files():
            self.house.boxes.of(file.stem)._engine.dispose()
        db.engine.dispose()
        yield None if db.engine.dialect.name == "sqlite" else self.house.settings.database_url


def _photo(server: str) -> str:
    return f"{make_url(server).database}_photograph"


def _on_server(server: str, statement: str) -> None:
    address = make_url(server).set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]  # names made above, not given by anybody
