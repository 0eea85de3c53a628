"""Several processes of one installation: whoever sends is woken, one looks after the rounds, and another takes over."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from huey import SqliteHuey
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from survey import create_app, rounds, story
from survey.clock import day_of, now, today
from survey.commands.starting import CannotStart, start_app
from survey.installation import installation
from survey.queue import Queue
from survey.settings import Settings
from survey.store.database import db
from survey.store.last_done import SIGN_OF_LIFE, last_done
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company
from survey.store.schema import bring_up_to_date
from survey.store.turn import Turn, TurnAtDatabase, TurnAtFile
from survey.worker import TURN_NUMBER, working
from tests import redis_server
from tests.test_round_file import GOOD

SURVEY = Path(sys.executable).parent / "survey"
QUEUES = ("file", "postgresql", "redis")


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"SURVEY_DATA": str(tmp_path / "data"), "SURVEY_KEYS": str(tmp_path / "keys"), **more}


def start(settings: dict[str, str], *words: str) -> subprocess.Popen[str]:
    plain = {name: text for name, text in os.environ.items() if not name.startswith("SURVEY_")}
    return subprocess.Popen([SURVEY, *words], env=plain | settings, stdout=subprocess.PIPE, text=True)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@contextlib.contextmanager
def stopped_at_the_end(*processes: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
            process.communicate(timeout=30)


def wait_until(happened: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@contextlib.contextmanager
def installed(settings: dict[str, str]) -> Iterator[Flask]:
    app = create_app(Settings.from_environment(settings))
    bring_up_to_date(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def put_mail_that_nobody_was_asked_for() -> None:
    db.session.add(
        OutboxMail(
            kind="account", address=story.OWNER.address, content={"subject": "Je code", "text": "1"}, due_at=now()
        )
    )
    db.session.commit()


def kept_mails(app: Flask) -> list[Path]:
    return list(installation(app).settings.kept_mails.glob("*.eml"))


@pytest.fixture(params=QUEUES)
def queue_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    if request.param == "redis":
        with redis_server.running() as address:
            yield address
    else:
        yield request.getfixturevalue("other_database") if request.param == "postgresql" else None


def test_whoever_works_is_woken_over_any_queue(tmp_path: Path, queue_url: str | None) -> None:
    """The mail leaves long before the minute in which it would be found anyway."""
    given = environment(tmp_path, **({"SURVEY_QUEUE_URL": queue_url} if queue_url else {}))
    with installed(given) as app:
        worker = start(given, "worker")
        with stopped_at_the_end(worker):
            assert first_line(worker) == "Working. Stop with Ctrl-C.\n"
            wait_until(_is_alive)
            time.sleep(1)  # what it looks for at its start it has looked for
            queue = Queue(Settings.from_environment(given))
            put_mail_that_nobody_was_asked_for()
            time.sleep(1)
            assert kept_mails(app) == []
            queue.ask()
            wait_until(lambda: len(kept_mails(app)) == 1, seconds=5)
            queue.close()


def test_a_queue_that_cannot_be_reached_stops_nothing(tmp_path: Path) -> None:
    for address in ("redis://127.0.0.1:9/0", "postgresql://nobody@127.0.0.1:9/nothing"):
        given = environment(tmp_path, SURVEY_QUEUE_URL=address)
        with installed(given) as app:
            before = len(kept_mails(app))
            put_mail_that_nobody_was_asked_for()
            with working(app):
                wait_until(lambda: len(kept_mails(app)) == before + 1)  # noqa: B023  # called within the loop


def test_a_queue_whose_library_is_not_installed_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = environment(tmp_path, SURVEY_QUEUE_URL="redis://127.0.0.1/0")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(CannotStart, match=r"SURVEY_QUEUE_URL names a Redis server, .* pip install redis"):
        start_app(Settings.from_environment(given))


def test_a_task_that_somebody_else_put_in_the_queue_is_not_run(tmp_path: Path) -> None:
    """Tasks are pickled: only what is signed with our key is opened."""
    given = environment(tmp_path)
    with installed(given) as app:
        stranger = SqliteHuey("spiegelronde", filename=str(tmp_path / "data" / "queue.db"), results=False)
        stranger.task(name="send_mail")(lambda: None)()
        called: list[int] = []
        queue = Queue(installation(app).settings, lambda: called.append(1))
        queue.start_working()
        queue.ask()
        wait_until(lambda: called != [])
        time.sleep(0.5)
        queue.stop_working(5)
        assert called == [1]


@pytest.fixture(params=["file", "postgresql"])
def three_turns(request: pytest.FixtureRequest, tmp_path: Path) -> list[Turn]:
    if request.param == "file":
        return [TurnAtFile(tmp_path / "lock") for _ in range(3)]
    main = create_engine(request.getfixturevalue("other_database").replace("postgresql:", "postgresql+psycopg:"))
    return [TurnAtDatabase(main, TURN_NUMBER) for _ in range(3)]


def test_a_turn_is_one_process_its_until_it_gives_it_back(three_turns: list[Turn]) -> None:
    one, two, three = three_turns
    assert one.is_ours()
    assert one.is_ours()
    assert not two.is_ours()
    one.give_back()
    assert two.is_ours()
    assert not one.is_ours()
    assert not three.is_ours()
    for turn in three_turns:
        turn.give_back()


def test_a_turn_that_the_database_took_away_is_not_ours_any_more(other_database: str) -> None:
    main = create_engine(other_database.replace("postgresql:", "postgresql+psycopg:"))
    one, two = TurnAtDatabase(main, TURN_NUMBER), TurnAtDatabase(main, TURN_NUMBER)
    assert one.is_ours()
    with psycopg.connect(other_database, autocommit=True) as operator:
        operator.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    assert two.is_ours()
    with pytest.raises(SQLAlchemyError):
        one.is_ours()
    assert not one.is_ours()
    two.give_back()
    assert one.is_ours()
    one.give_back()


@pytest.mark.parametrize("kind", ["file", "postgresql"])
def test_when_the_worker_that_looks_after_things_is_killed_another_takes_over(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    given = environment(tmp_path)
    if kind == "postgresql":
        given["SURVEY_DATABASE_URL"] = request.getfixturevalue("other_database")
    with installed(given) as app:
        first = start(given, "worker")
        assert first_line(first).startswith("Working.")
        second = start(given, "worker")
        with stopped_at_the_end(first, second):
            assert first_line(second).startswith("Another worker looks after the rounds")
            first.send_signal(signal.SIGKILL)
            first.wait(timeout=10)
            put_mail_that_nobody_was_asked_for()
            wait_until(lambda: len(kept_mails(app)) == 1)
            wait_until(_is_sent)


def _is_alive() -> bool:
    moment = last_done(SIGN_OF_LIFE)
    db.session.rollback()  # hold no pen while the others write
    return moment is not None


def _is_sent() -> bool:
    waiting = db.session.scalar(db.select(db.func.count()).select_from(OutboxMail))
    db.session.rollback()
    return waiting == 0


def test_three_workers_at_once_send_every_invitation_once_and_a_killed_one_is_made_up_for(
    tmp_path: Path, other_database: str
) -> None:
    """Killed between handing over and writing down, a mail may go again: the same mail, with the same Message-ID."""
    given = environment(tmp_path, SURVEY_DATABASE_URL=other_database, SURVEY_QUEUE_URL=other_database)
    with installed(given) as app:
        house = installation(app)
        karin = Account(email=story.OWNER.address, name=story.OWNER.name, confirmed_at=now())
        db.session.add(karin)
        bakery = Company(name=story.COMPANY, owners=[karin])
        db.session.add(bakery)
        db.session.commit()
        workers = [start(given, "worker") for _ in range(3)]
        with stopped_at_the_end(*workers):
            for worker in workers:
                first_line(worker)
            round_ = rounds.prepare(bakery, karin, story.plan(today() + timedelta(days=story.FIRST_DAY_BEFORE_CLOSE)))
            rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, now())
            ids = {mail.message_id for mail in db.session.scalars(db.select(OutboxMail))}
            db.session.rollback()
            workers[0].send_signal(signal.SIGKILL)
            queue = Queue(house.settings)
            for _ in range(3):
                queue.ask()
            wait_until(lambda: len(kept_mails(app)) == len(ids), seconds=30)
            queue.close()


def test_processes_that_start_at_once_make_one_schema(tmp_path: Path, other_database: str) -> None:
    given = environment(tmp_path, SURVEY_DATABASE_URL=other_database)
    starters = [start(given, "person", "nobody@example.org") for _ in range(4)]
    assert [(process.wait(timeout=60)) for process in starters] == [0, 0, 0, 0]
    for process in starters:
        process.communicate()


def test_mail_of_a_round_that_a_script_starts_beside_a_server_leaves_at_once(tmp_path: Path) -> None:
    """Within two minutes is asked for; the server is woken, and does not wait for its next look."""
    given = environment(tmp_path)
    with installed(given) as app:
        house = installation(app)
        day = day_of(house.clock())
        db.session.add(
            Account(email="karin@bakkerijdevries.example", name="Karin de Vries", confirmed_at=house.clock())
        )
        db.session.commit()
        server = start(given, "serve", "--port", "0")
        with stopped_at_the_end(server):
            while not first_line(server).startswith("Stop:"):
                pass
            wait_until(_is_alive)
            time.sleep(1)
            talk = {
                "partner": "Petra Visser <petra@visser-mentoring.example>",
                "date": (day + timedelta(days=20)).isoformat(),
            }
            told = GOOD | {"opens": day.isoformat(), "closes": (day + timedelta(days=14)).isoformat()}
            told |= {"conversation": talk}
            file = tmp_path / "round.json"
            file.write_text(json.dumps(told))
            made = start(given, "round", "create", str(file), "--send")
            said, _ = made.communicate(timeout=60)
            assert made.returncode == 0, said
            began = time.monotonic()
            wait_until(lambda: len(kept_mails(app)) > 0, seconds=30)
            assert time.monotonic() - began < 30
