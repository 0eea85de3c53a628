"""Runs the migrations of the main database, all in one transaction: the old schema or the new one, never between."""

from alembic import context
from flask import current_app
from sqlalchemy import TypeDecorator, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from survey.store import schema
from survey.store.database import Base
from survey.store.turn import LOCK_SPACE

MIGRATING = 0
"""Which of our turns at PostgreSQL; the worker has another."""


def render_plainly(kind, thing, _context):
    """Write our own column types as what they are in the database: a migration never depends on today's code."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl!r}"
    return False


def engine_for_migration() -> Engine:
    engine = create_engine(current_app.config["SQLALCHEMY_DATABASE_URI"], poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        # A batch change of a parent table drops it for a moment; with foreign keys on, its children go with it. The
        # pragma has no effect inside a transaction, so it is set on the raw connection, before any BEGIN.
        @event.listens_for(engine, "connect")
        def without_foreign_keys(connection, _record):
            connection.isolation_level = None
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute("PRAGMA busy_timeout = 20000")

        @event.listens_for(engine, "begin")
        def immediately(connection):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def run_migrations() -> None:
    with engine_for_migration().connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            transactional_ddl=True,
            transaction_per_migration=False,
            compare_type=True,
            render_item=render_plainly,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                # Several processes start at once: the first one migrates, and the others find it done.
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK_SPACE}, {MIGRATING})")
            context.run_migrations()


assert schema.TABLES
run_migrations()
