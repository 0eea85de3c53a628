"""A backup brings back all that was acknowledged; what was counted since then nobody can open again, and it says so."""

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from survey import create_app, story
from survey.ballots import Place, RoundNotOpen
from survey.installation import Installation, installation
from survey.invitations import UnknownLink
from survey.settings import Settings
from survey.store.ballots import Slot
from survey.store.database import db
from survey.store.people import Invitation
from survey.store.rounds import Round, find_round
from tests.test_ballots import SUNNY, place_of
from tests.test_ballots import cast as send_list
from tests.test_cli import environment, on_sqlite, survey
from tests.test_counting import close_and_count, everybody_answers

__all__ = ["environment", "on_sqlite"]

pytestmark = pytest.mark.usefixtures("on_sqlite", "environment")


@pytest.fixture
def backup(house: Installation, open_round: Round, staff: list[Invitation], tmp_path: Path) -> Path:
    """A backup made while the round runs and six have answered."""
    everybody_answers(house, open_round, staff[:6])
    db.session.commit()
    assert survey("backup", "kopie.zip").exit_code == 0
    return tmp_path / "kopie.zip"


@pytest.fixture
def restore(backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Restores the backup elsewhere; with the key folder as it is now, or with an empty one."""

    def restoring(keys: bool = True, file: Path = backup) -> Result:
        monkeypatch.setenv("SURVEY_DATA", str(tmp_path / "elsewhere"))
        if not keys:
            monkeypatch.setenv("SURVEY_KEYS", str(tmp_path / "other-keys"))
        return survey("restore", str(file))

    return restoring


def elsewhere(clock: story.MovableClock) -> Flask:
    return create_app(Settings.from_environment(os.environ), clock)


def test_with_its_key_folder_every_acknowledged_answer_is_there_and_the_round_goes_on(
    restore: Callable[..., Result], open_round: Round, clock: story.MovableClock, staff: list[Invitation]
) -> None:
    round_id, places = open_round.id, [place_of(one) for one in staff]
    result = restore()
    assert result.exit_code == 0, result.output
    assert "1 running rounds" in result.stdout
    assert "erase once more who asked for it" in result.stdout
    app = elsewhere(clock)
    with app.app_context():
        house, round_ = installation(app), find_round(round_id)
        assert round_ is not None
        assert len(house.boxes.of(round_id).sealed_ballots()) == 6
        send_list(house, round_, places[6], SUNNY)
        release = close_and_count(house, round_, clock)
        assert release.perspective("employees").n == 7
        db.session.remove()
        db.engine.dispose()


def test_restored_after_counting_it_says_that_nobody_can_open_it(
    restore: Callable[..., Result], house: Installation, open_round: Round, clock: story.MovableClock
) -> None:
    close_and_count(house, open_round, clock)
    round_id = open_round.id
    db.session.commit()
    result = restore()
    assert result.exit_code == 1
    assert f"LOST: the round of Bakkerij De Vries that closes on 20-11-2026 ({round_id})" in result.stdout
    assert "their ballots can never be opened again" in result.stderr


def test_without_its_key_folder_each_open_round_is_named_as_lost_and_takes_no_more_answers(
    restore: Callable[..., Result], open_round: Round, clock: story.MovableClock, staff: list[Invitation]
) -> None:
    round_id, slot = open_round.id, staff[7].id
    result = restore(keys=False)
    assert result.exit_code == 1
    assert f"({round_id})" in result.stdout
    assert "bring it, and restore once more" in result.stderr
    app = elsewhere(clock)
    with app.app_context():
        round_, house = find_round(round_id), installation(app)
        assert round_ is not None
        with pytest.raises(RoundNotOpen):
            send_list(house, round_, Place(Slot(slot), "employees"), SUNNY)
        db.session.remove()
        db.engine.dispose()


def test_without_its_key_folder_the_links_of_before_are_dead_and_it_says_so(
    restore: Callable[..., Result], house: Installation, clock: story.MovableClock, staff: list[Invitation]
) -> None:
    token = house.links.invitation(staff[0].id).rpartition("/")[2]
    result = restore(keys=False)
    assert "NEW SECRET: SURVEY_SECRET_KEYS is not set" in result.stdout
    assert "Links in mails, cards and receipt codes of before no longer work" in result.stdout
    app = elsewhere(clock)
    with app.app_context(), pytest.raises(UnknownLink):
        installation(app).links.read_invitation(token)


def test_with_its_key_folder_the_links_of_before_work_and_nothing_is_said_of_a_secret(
    restore: Callable[..., Result], house: Installation, clock: story.MovableClock, staff: list[Invitation]
) -> None:
    invitation_id = staff[0].id
    token = house.links.invitation(invitation_id).rpartition("/")[2]
    assert "SECRET" not in restore().stdout
    app = elsewhere(clock)
    with app.app_context():
        assert installation(app).links.read_invitation(token) == invitation_id


def test_with_secret_keys_that_were_given_it_says_that_they_must_be_those_of_before(
    restore: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEY_SECRET_KEYS", "0f1e2d3c4b5a69788796a5b4c3d2e1f0")
    assert "only with the SURVEY_SECRET_KEYS of before" in restore().stdout


def test_it_never_takes_the_place_of_what_is_stored(
    restore: Callable[..., Result], backup: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "survey.db").write_bytes(b"hier staat iets")
    result = restore()
    assert result.exit_code == 2
    assert "is not empty" in result.stderr
    assert (tmp_path / "elsewhere" / "survey.db").read_bytes() == b"hier staat iets"


@pytest.mark.parametrize("fault", ["no zip", "half", "other file", "no box", "damaged"])
def test_what_is_no_whole_backup_puts_nothing_back(
    restore: Callable[..., Result], backup: Path, tmp_path: Path, fault: str
) -> None:
    wrong = tmp_path / "wrong.zip"
    with zipfile.ZipFile(backup) as good, zipfile.ZipFile(wrong, "w") as bad:
        for name in good.namelist():
            raw = good.read(name)
            if fault == "damaged" and name == "survey.db":
                raw = raw[:4096] + b"?" * (len(raw) - 4096)
            if fault != "no box" or not name.endswith(".box"):
                bad.writestr(name, raw)
        if fault == "other file":
            bad.writestr("../../outside.txt", "buiten")
    if fault == "no zip":
        wrong.write_text("geen zip")
    if fault == "half":
        shutil.copy(backup, wrong)
        os.truncate(wrong, backup.stat().st_size // 2)
    result = restore(file=wrong)
    assert result.exit_code == 1
    assert "nothing was put back" in result.stderr
    assert not any((tmp_path / "elsewhere").iterdir())
    assert not (tmp_path / "outside.txt").exists()
