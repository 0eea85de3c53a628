"""Spiegelronde: the 360° mirror for a company."""

from pathlib import Path

from flask import Flask
from sqlalchemy.engine import make_url

from survey import clock as real_clock
from survey.clock import Clock
from survey.codes import Hasher
from survey.installation import EXTENSION, Installation
from survey.invitations import Links
from survey.settings import Settings
from survey.store.ballots import Boxes
from survey.store.database import db, prepare_sqlite
from survey.web.shell import open_doors

LOOPBACK = "http://127.0.0.1:8000"


def create_app(settings: Settings, clock: Clock = real_clock.now, base: str = LOOPBACK) -> Flask:
    """Build the application. `base` is the address in links when the settings name none (outside production)."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = Flask(
        __name__, template_folder=str(_templates_folder()), static_folder="web/static", static_url_path="/static"
    )
    keys = settings.signing_keys()
    app.config.from_mapping(
        SECRET_KEY=keys[0],
        SECRET_KEY_FALLBACKS=list(keys[1:]),
        SQLALCHEMY_DATABASE_URI=_database_address(settings),
        # A fault names the statement and never what went with it: its text could end in a log.
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},
    )
    db.init_app(app)
    app.extensions[EXTENSION] = Installation(
        settings=settings,
        clock=clock,
        boxes=_boxes(app, settings),
        links=Links(keys, settings.url or base),
        hasher=Hasher(keys),
    )
    open_doors(app, settings)
    return app


def _templates_folder() -> Path:
    package = Path(__file__).resolve().parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def _database_address(settings: Settings) -> str:
    address = make_url(settings.database_url)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    return address.render_as_string(hide_password=False)


def _boxes(app: Flask, settings: Settings) -> Boxes:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            return Boxes.in_database(db.engine)
        prepare_sqlite(db.engine)
    return Boxes.in_folder(settings.data / "boxes")
