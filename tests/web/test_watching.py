"""What programs that watch are told: alive, ready, working, and numbers that do not move when somebody answers."""

import dataclasses
import shutil
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import ballots, story
from survey.ballots import Place, Response
from survey.installation import EXTENSION, Installation
from survey.settings import Settings, SettingWrong
from survey.store.ballots import Box, Slot
from survey.store.database import db
from survey.store.last_done import SIGN_OF_LIFE, write_down
from survey.store.people import Invitation
from survey.store.rounds import Round

KEY = "9f2c6b1de07a4853b5c1f0e7d2a96843"
HEADERS = {"Authorization": f"Bearer {KEY}"}
ELSEWHERE = {"REMOTE_ADDR": "198.51.100.4"}


@pytest.fixture
def with_metrics(app: Flask, house: Installation) -> None:
    app.extensions[EXTENSION] = dataclasses.replace(
        house, settings=dataclasses.replace(house.settings, metrics_key=KEY)
    )


def test_it_is_alive_also_without_a_database(client: FlaskClient) -> None:
    db.session.execute(db.text("DROP TABLE alembic_version"))
    db.session.commit()
    answer = client.get("/health/live")
    assert (answer.status_code, answer.text) == (200, "alive\n")


def test_it_is_ready_when_database_schema_and_keys_are_there(client: FlaskClient, open_round: Round) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.text) == (200, "ready\ndatabase: well\nschema: well\nkeys: well\n")
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_asks_from_elsewhere_gets_one_word(client: FlaskClient, open_round: Round) -> None:
    assert client.get("/health/ready", environ_base=ELSEWHERE).text == "ready\n"
    assert client.get("/health/work", environ_base=ELSEWHERE).text == "not working\n"
    assert client.get("/health/ready", headers={"X-Forwarded-For": "127.0.0.1"}).text == "ready\n"


def test_it_is_not_ready_on_the_schema_of_another_version(client: FlaskClient) -> None:
    db.session.execute(db.text("UPDATE alembic_version SET version_num = '0001'"))
    db.session.commit()
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert "schema: not well" in answer.text


def test_it_is_not_ready_without_the_keys_of_a_running_round(
    client: FlaskClient, open_round: Round, settings: Settings
) -> None:
    shutil.rmtree(settings.keys[0])
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.text.endswith("keys: not well\n")


def test_before_the_first_round_no_key_folder_is_needed(client: FlaskClient, settings: Settings) -> None:
    shutil.rmtree(settings.keys[0], ignore_errors=True)
    assert client.get("/health/ready").status_code == 200


def test_it_works_as_long_as_a_worker_showed_life_in_the_last_five_minutes(
    client: FlaskClient, house: Installation, clock: story.MovableClock
) -> None:
    assert client.get("/health/work").status_code == 503
    write_down(SIGN_OF_LIFE, clock())
    clock.moment += timedelta(minutes=5)
    assert client.get("/health/work").text == "working\nworker: well\nmail: well\n"
    clock.moment += timedelta(seconds=1)
    assert client.get("/health/work").text == "not working\nworker: not well\nmail: well\n"


def test_mail_that_is_late_is_no_working_installation(
    client: FlaskClient, open_round: Round, clock: story.MovableClock
) -> None:
    clock.moment += timedelta(hours=1)
    write_down(SIGN_OF_LIFE, clock())
    assert client.get("/health/work").text == "not working\nworker: well\nmail: not well\n"


def test_without_the_setting_or_the_key_there_are_no_metrics(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer None"}).status_code == 404


@pytest.mark.usefixtures("with_metrics")
@pytest.mark.parametrize("given", [None, "Bearer ", f"Bearer {KEY}x", KEY, "Bearer é"])
def test_a_wrong_key_reads_no_metrics(client: FlaskClient, given: str | None) -> None:
    assert client.get("/metrics", headers={"Authorization": given} if given else {}).status_code == 404


@pytest.mark.usefixtures("with_metrics")
def test_metrics_can_be_read_by_the_program_they_are_for(
    client: FlaskClient, open_round: Round, clock: story.MovableClock
) -> None:
    write_down(SIGN_OF_LIFE, clock())
    clock.moment += timedelta(minutes=1)
    answer = client.get("/metrics", headers=HEADERS)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    assert 'spiegelronde_well{part="worker"} 1' in lines
    assert 'spiegelronde_rounds{standing="open"} 1' in lines
    assert 'spiegelronde_mails{state="waiting"} 13' in lines
    assert 'spiegelronde_seconds_since{duty="sign of life"} 60' in lines
    assert all(line.startswith("#") or len(line.rsplit(" ", 1)) == 2 for line in lines)


@pytest.mark.usefixtures("with_metrics")
def test_no_number_moves_when_somebody_answers(
    client: FlaskClient, open_round: Round, box: Box, house: Installation, staff: list[Invitation],
    clock: story.MovableClock,
) -> None:  # fmt: skip
    """Whoever reads the numbers every few seconds cannot see that an answer came in, was replaced or withdrawn."""
    before = client.get("/metrics", headers=HEADERS).text
    told = {before}
    for one in staff:
        receipt = ballots.new_receipt_for(open_round)
        place = Place(Slot(one.id), one.perspective)
        ballots.cast(open_round, box, house.hasher, place, Response({"order_book": 4}), receipt, clock())
        told.add(client.get("/metrics", headers=HEADERS).text)
    assert told == {before}


@pytest.mark.usefixtures("with_metrics")
def test_visits_to_the_pages_of_respondents_move_no_number(client: FlaskClient, open_round: Round) -> None:
    before = client.get("/metrics", headers=HEADERS).text
    for path in ("/", "/u/verzonnen", "/kaart", "/code", "/nergens"):
        client.get(path)
    assert client.get("/metrics", headers=HEADERS).text == before


def test_a_key_for_metrics_that_can_be_guessed_is_refused() -> None:
    for key in ("kort", "a" * 40):
        with pytest.raises(SettingWrong, match=r"^SURVEY_METRICS_KEY is a key"):
            Settings.from_environment({"SURVEY_METRICS_KEY": key})
    with pytest.raises(SettingWrong, match=r"^SURVEY_LOGS must be"):
        Settings.from_environment({"SURVEY_LOGS": "xml"})
