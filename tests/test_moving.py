"""From SQLite to PostgreSQL in the middle of a round: all of it or nothing, equal, and everybody's link still works."""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select, text
from werkzeug.serving import make_server

from survey import ballots, cli, create_app, providers, story
from survey.ballots import Place, Response
from survey.bench.road import Browser
from survey.clock import now
from survey.commands.starting import nobody_else_uses_it
from survey.installation import Installation, installation
from survey.settings import Settings
from survey.store.ballots import Slot
from survey.store.database import Base, db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Round, RoundDraft, find_round
from survey.store.schema import bring_up_to_date
from survey.worker import Worker
from tests.crashes.running_round import running_round
from tests.store.filled import fill

SURVEY = Path(sys.executable).parent / "survey"


@dataclass(frozen=True)
class Before:
    """An installation on SQLite with a round that runs, and what moves it."""

    environment: dict[str, str]
    data: Path
    round_id: str
    receipt: str
    links: dict[str, str]

    def move(self, *words: str) -> Result:
        """Run `survey move` here."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            return CliRunner().invoke(cli.main, ["move", *words])

    def bytes_of_all(self) -> dict[str, str]:
        """Return a hash of every file of database and boxes."""
        files = [self.data / "survey.db", *(self.data / "boxes").glob("*.box")]
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@contextlib.contextmanager
def opened(environment: dict[str, str], clock: story.MovableClock | None = None) -> Iterator[Flask]:
    settings = Settings.from_environment(environment)
    app = create_app(settings, clock) if clock else create_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def cast(house: Installation, round_: Round, one: Invitation, mark: int) -> str:
    receipt = ballots.new_receipt_for(round_)
    ballots.cast(
        round_,
        house.boxes.of(round_.id),
        house.hasher,
        Place(Slot(one.id), one.perspective),
        Response({"order_book": mark}, texts={"goes_well": "Het brood é."}),
        receipt,
        house.clock(),
    )
    return receipt


@pytest.fixture
def before(tmp_path: Path, migrated_file: Path, other_database: str) -> Before:
    environment = {"SURVEY_DATA": str(tmp_path / "data"), "SURVEY_KEYS": str(tmp_path / "keys")}
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copy(migrated_file, tmp_path / "data" / "survey.db")
    with opened(environment) as app:
        house = installation(app)
        karin = Account(email=story.OWNER.address, name=story.OWNER.name, confirmed_at=now())
        bakery = Company(name=story.COMPANY, owners=[karin])
        db.session.add_all([karin, bakery])
        db.session.commit()
        _, links = running_round(bakery, karin, house, 9)
        [round_] = db.session.scalars(db.select(Round))
        db.session.add(RoundDraft(company_id=bakery.id, fields={"zulu": "é ' \"", "alpha": ""}))
        db.session.commit()
        receipts = [cast(house, round_, one, 3) for one in invitations_of(round_.id)[:4]]
        return Before(
            environment | {"SURVEY_DATABASE_URL": other_database}, tmp_path / "data", round_.id, receipts[0], links
        )


def test_a_move_in_the_middle_of_a_round_brings_everything_and_leaves_the_old_files_alone(before: Before) -> None:
    old = before.bytes_of_all()
    moved = before.move()
    assert moved.exit_code == 0, moved.output
    assert "Moved, and all of it is equal." in moved.output
    lines = {line.split()[2]: int(line.split()[0]) for line in moved.output.splitlines() if line.startswith("  ")}
    assert set(Base.metadata.tables) <= set(lines)
    assert lines["invitation"] == lines[f"box_{before.round_id}.slot"] == 9
    assert lines[f"box_{before.round_id}.ballot"] == 4
    assert before.bytes_of_all() == old
    with opened(before.environment) as app:
        box = installation(app).boxes.of(before.round_id)
        assert len(box.sealed_ballots()) == 4
        assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 9
        [draft] = db.session.scalars(select(RoundDraft))
        assert list(draft.fields) == ["zulu", "alpha"]


def test_after_a_move_links_and_receipts_work_and_the_round_is_counted_once(before: Before) -> None:
    assert before.move().exit_code == 0
    clock = story.MovableClock(now())
    with opened(before.environment, clock) as app:
        house = installation(app)
        round_ = find_round(before.round_id)
        assert round_ is not None
        box = house.boxes.of(round_.id)
        ballots.withdraw(round_, box, house.hasher, before.receipt, clock())
        db.session.commit()
        walk_on_with_a_browser(app, [link for slot, link in before.links.items() if not box.is_used(Slot(slot))][:2])
        for one in [one for one in invitations_of(round_.id) if not box.is_used(Slot(one.id))]:
            cast(house, round_, one, 4)
        assert len(box.sealed_ballots()) == 8
        clock.move_to(round_.closes_on + timedelta(days=1))
        db.session.commit()
        Worker(app).keep_rounds()
        db.session.expire_all()
        assert round_.counted_at is not None
        assert round_.release is not None
        assert {outcome.released > 0 for outcome in providers.outcomes(round_)} == {True}
        assert not box.exists()
        karla = Account(email="karla@elders.example", name="Karla", confirmed_at=clock())
        db.session.add(karla)
        db.session.commit()
        assert karla.id == 2


def walk_on_with_a_browser(app: Flask, links: list[str]) -> None:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for link in links:
            with Browser(server.server_port) as phone:
                assert phone.send_list(phone.open_list(link)) == 200
    finally:
        server.shutdown()


def test_every_column_of_every_table_comes_along(tmp_path: Path, other_database: str) -> None:
    environment = {"SURVEY_DATA": str(tmp_path / "data"), "SURVEY_KEYS": str(tmp_path / "keys")}
    with opened(environment) as app:
        bring_up_to_date(app)
        with db.engine.begin() as connection:
            fill(connection)
    filled = Before(environment | {"SURVEY_DATABASE_URL": other_database}, tmp_path / "data", "", "", {})
    moved = filled.move()
    assert moved.exit_code == 0, moved.output
    assert [line for line in moved.output.splitlines() if line.startswith("       0")] == []


def test_a_second_move_says_that_all_is_equal_and_a_move_over_something_else_is_refused(before: Before) -> None:
    assert before.move().exit_code == 0
    again = before.move()
    assert (again.exit_code, "It had been moved before, and all of it is equal." in again.output) == (0, True)
    with psycopg.connect(before.environment["SURVEY_DATABASE_URL"], autocommit=True) as operator:
        operator.execute("UPDATE company SET name = 'Garage Vos'")
    refused = before.move()
    assert refused.exit_code == 1
    assert "something else is stored in the database of SURVEY_DATABASE_URL" in refused.output


def test_one_ballot_that_differs_is_noticed(before: Before) -> None:
    assert before.move().exit_code == 0
    with psycopg.connect(before.environment["SURVEY_DATABASE_URL"], autocommit=True) as operator:
        operator.execute(f"UPDATE box_{before.round_id}.ballot SET sealed = sealed || 'x'::bytea".encode())
    assert before.move().exit_code == 1


MEDDLING = """
    CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 'Vos'; RETURN NEW; END $$;
    CREATE TRIGGER meddling BEFORE INSERT ON company FOR EACH ROW EXECUTE FUNCTION meddle();
"""


def test_a_row_that_came_out_differently_undoes_the_move(before: Before) -> None:
    with opened(before.environment) as app:
        bring_up_to_date(app)
    with psycopg.connect(before.environment["SURVEY_DATABASE_URL"], autocommit=True) as operator:
        operator.execute(MEDDLING)
    refused = before.move()
    assert refused.exit_code == 1
    assert "nothing was moved: company came out differently" in refused.output
    with opened(before.environment) as app:
        assert db.session.scalar(select(func.count()).select_from(Company)) == 0
        assert not installation(app).boxes.of(before.round_id).exists()


def test_a_move_that_is_killed_left_nothing_and_is_done_again(before: Before) -> None:
    """Killed while it waits for the last table: most of it was written by then."""
    old = before.bytes_of_all()
    with opened(before.environment) as app:
        bring_up_to_date(app)
    last = list(Base.metadata.sorted_tables)[-1].name
    address = before.environment["SURVEY_DATABASE_URL"]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
    with psycopg.connect(address) as operator:
        operator.execute(f'LOCK TABLE "{last}" IN SHARE MODE'.encode())
        move = subprocess.Popen([SURVEY, "move"], env=plain | before.environment, stdout=subprocess.DEVNULL)
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT%'"
        deadline = time.monotonic() + 60
        with psycopg.connect(address, autocommit=True) as watching:
            while watching.execute(waits).fetchone() != (1,):
                assert time.monotonic() < deadline
                assert move.poll() is None
                time.sleep(0.1)
        move.send_signal(signal.SIGKILL)
        move.wait(timeout=20)
    with opened(before.environment):
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0
    assert before.bytes_of_all() == old
    moved = before.move()
    assert moved.exit_code == 0, moved.output
    assert "Moved, and all of it is equal." in moved.output


def test_nothing_is_moved_while_somebody_uses_it(before: Before) -> None:
    environment = {name: value for name, value in before.environment.items() if name != "SURVEY_DATABASE_URL"}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
    worker = subprocess.Popen([SURVEY, "worker"], env=plain | environment, stdout=subprocess.PIPE, text=True)
    try:
        assert worker.stdout is not None
        worker.stdout.readline()
        refused = before.move()
        assert refused.exit_code == 1
        assert "stop everything that serves pages or works here first" in refused.output
    finally:
        worker.terminate()
        worker.communicate(timeout=30)
    with nobody_else_uses_it(Settings.from_environment(environment)):
        late = subprocess.run([SURVEY, "worker"], env=plain | environment, capture_output=True, text=True, timeout=60)
        assert late.returncode == 1
        assert "is being moved; wait until that is done." in late.stderr


def test_a_database_of_another_version_is_not_moved(before: Before) -> None:
    environment = {name: value for name, value in before.environment.items() if name != "SURVEY_DATABASE_URL"}
    with opened(environment):
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
    refused = before.move()
    assert refused.exit_code == 1
    assert "of another version of the program" in refused.output


def test_the_old_files_are_erased_when_asked_after_a_move_and_not_before(before: Before) -> None:
    refused = before.move("--erase-source")
    assert refused.exit_code == 1
    assert "no move to the database of SURVEY_DATABASE_URL was finished" in refused.output
    assert before.move().exit_code == 0
    erased = before.move("--erase-source")
    assert erased.exit_code == 0, erased.output
    assert [file for file in before.data.rglob("*") if ".db" in file.name or ".box" in file.name] == []
    with opened(before.environment) as app:
        assert installation(app).boxes.of(before.round_id).exists()


def test_without_something_to_move_or_somewhere_to_go_it_says_so(before: Before, tmp_path: Path) -> None:
    before.environment["SURVEY_DATA"] = str(tmp_path / "elsewhere")
    assert "there is no SQLite database in" in before.move().output
    before.environment["SURVEY_DATABASE_URL"] = ""
    refused = before.move()
    assert (refused.exit_code, "must name the PostgreSQL database" in refused.output) == (2, True)
