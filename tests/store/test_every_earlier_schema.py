"""Whatever version somebody comes from: an upgrade brings the schema of today, and every row along."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection

from survey import create_app
from survey.settings import Settings
from survey.store.database import Base, db
from survey.store.schema import bring_up_to_date, is_up_to_date, migrate_to, migrations_folder, newest_version
from tests.conftest import Figure
from tests.store.filled import fill, lost, names_of_tables, state_of

REVISIONS = [script.revision for script in ScriptDirectory(str(migrations_folder())).walk_revisions()][::-1]
EARLIER = REVISIONS[:-1]


@pytest.fixture
def empty(tmp_path: Path, empty_database_url: str | None) -> Iterator[Flask]:
    """An installation whose database has no table yet."""
    environment = {"SURVEY_DATA": f"{tmp_path}/data", "SURVEY_KEYS": f"{tmp_path}/keys"}
    if empty_database_url:
        environment["SURVEY_DATABASE_URL"] = empty_database_url
    app = create_app(Settings.from_environment(environment))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("revision", EARLIER)
def test_every_earlier_schema_is_upgraded_with_all_that_is_in_it(empty: Flask, revision: str, figure: Figure) -> None:
    with empty.app_context():
        migrate_to(revision)
        with db.engine.begin() as connection:
            fill(connection)
            before = state_of(connection)
            assert before.keys() == names_of_tables(connection)
    bring_up_to_date(empty)
    with empty.app_context():
        with db.engine.connect() as connection:
            assert lost(before, state_of(connection)) == []
        assert is_up_to_date()
    figure(f"{revision}: {len(before)} tables, {sum(map(len, before.values()))} values kept")


def test_what_an_upgrade_loses_is_noticed() -> None:
    before = {"round": {"id": "r", "strict": False}, "company": {"id": "c"}}
    assert lost(before, {"round": {"id": "r", "strict": True}}) == ["round.strict", "company.id"]


def test_the_newest_version_is_the_end_of_the_chain_of_migrations() -> None:
    assert newest_version() == REVISIONS[-1]


def test_the_last_schema_is_that_of_the_models(empty: Flask) -> None:
    bring_up_to_date(empty)
    with empty.app_context(), db.engine.connect() as connection:
        assert differences(connection) == []


def differences(connection: Connection) -> list[object]:
    """What a migration would still have to change to make the models and the database the same."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [each for each in compare_metadata(context, Base.metadata) if "alembic_version" not in str(each)]
