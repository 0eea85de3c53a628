"""The ballot box of one round: a gate with slots, and sealed ballots of equal size. No names, no times.

Each round has a box of its own, a file on SQLite and a schema on PostgreSQL, which is destroyed whole when the round
is counted. A slot says that an invitation was used; a ballot says nothing to whoever lacks the round's private key.
This module can put ballots in. It cannot read one: that is `survey.store.opening`, which only counting may use.
"""

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NewType

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.schema import CreateSchema, DropSchema

from survey.shredding import overwrite
from survey.store.database import only_reading, prepare_sqlite, writing

Slot = NewType("Slot", str)
"""An invitation as the box knows it: an identifier without a name."""
BallotKey = NewType("BallotKey", str)
"""Keyed hash of a receipt code, or of a named invitation: finds a ballot, says nothing about a person."""

BALLOT_BYTES = 6144
"""Every opened ballot is padded to this: 30 answers and three texts of 300 four-byte characters fit."""
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
"""RFC 9180 (HPKE): X25519, HKDF-SHA256, ChaCha20-Poly1305."""

_tables = MetaData()
_lid = Table("lid", _tables, Column("shut", Integer, CheckConstraint("shut IN (0, 1)", name="open_or_shut")))
_slot = Table(
    "slot",
    _tables,
    Column("id", String(32), primary_key=True),
    Column("perspective", String(20), nullable=False),
    Column("voice", String(20)),
    Column("used", Integer, CheckConstraint("used IN (0, 1)", name="used_or_not"), nullable=False, default=0),
)
_ballot = Table(
    "ballot",
    _tables,
    Column("key", String(64), primary_key=True),
    Column("perspective", String(20), nullable=False),
    Column("voice", String(20)),
    Column("edition", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)


_SLOT = select(_slot.c.perspective, _slot.c.voice, _slot.c.used).where(_slot.c.id == bindparam("slot"))
_SHUT = select(_lid.c.shut)
_USE = update(_slot).where(_slot.c.id == bindparam("slot"), _slot.c.used == 0).values(used=1)
_DROP = insert(_ballot)
"""What everybody who arrives and everybody who sends asks; made once, because making it costs as much as asking it."""


class BoxShut(Exception):
    """The lid is shut: this round takes no more ballots."""


class BoxGone(Exception):
    """There is no box for this round: it was never sent, or it was counted or cancelled."""


class SlotUnknown(Exception):
    """This box has no slot for this invitation."""


class SlotUsed(Exception):
    """The invitation behind this slot was used before."""


class BallotUnknown(Exception):
    """No ballot in this box has this key."""


class BallotTooLarge(Exception):
    """The answers do not fit in a ballot of the fixed size."""


@dataclass(frozen=True)
class SlotPlace:
    """A slot to be cut in the gate. `voice` names a named voice ("peer_2"); it is None for an anonymous group."""

    slot: Slot
    perspective: str
    voice: str | None = None


@dataclass(frozen=True)
class SealedBallot:
    """A ballot as it lies in the box. Perspective and edition stand outside the seal, all else inside."""

    key: BallotKey
    perspective: str
    voice: str | None
    edition: str
    sealed: bytes


def schema_of(round_id: str) -> str:
    """Return the name of the schema that is a round's box on PostgreSQL."""
    return f"box_{round_id}"


def tables_of_a_box() -> list[Table]:
    """Return the tables that every box has, for moving one as it is."""
    return _tables.sorted_tables


def seal(public_key: str, edition: str, perspective: str, content: Mapping[str, Any]) -> bytes:
    """Seal a ballot's content for the round's public key; every ballot of every round comes out equally long.

    public_key: 32 bytes in hexadecimal. Edition and perspective are bound to the seal. Raises BallotTooLarge.
    """
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    if len(plain) > BALLOT_BYTES:
        raise BallotTooLarge(f"{len(plain)} bytes; {BALLOT_BYTES} fit")
    key = X25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    return SUITE.encrypt(plain.ljust(BALLOT_BYTES), key, info=binding(edition, perspective))


def binding(edition: str, perspective: str) -> bytes:
    """Return what a seal is bound to, so that a ballot cannot be moved to another group or edition."""
    return f"spiegelronde ballot|{edition}|{perspective}".encode()


class Box:
    """The ballot box of one round. Every method is one transaction."""

    def __init__(self, engine: Engine, file: Path | None, schema: str | None) -> None:
        self._engine = engine.execution_options(schema_translate_map={None: schema}) if schema else engine
        self._file = file
        self._schema = schema

    def make(self, places: Iterable[SlotPlace]) -> None:
        """Make the box with its slots, sorted, all unused. A box that exists already is left as it is."""
        rows = [
            {"id": place.slot, "perspective": place.perspective, "voice": place.voice, "used": 0}
            for place in sorted(places, key=lambda place: place.slot)
        ]
        with writing(), self._engine.begin() as connection:
            if self._schema:
                connection.execute(CreateSchema(self._schema, if_not_exists=True))
            _tables.create_all(connection)
            if connection.scalar(select(func.count()).select_from(_lid)) == 0:
                connection.execute(insert(_lid).values(shut=0))
                connection.execute(insert(_slot), rows)

    def exists(self) -> bool:
        """Say whether this round has a box."""
        if self._file is not None:
            return self._file.exists()
        with self._engine.connect() as connection:
            return connection.dialect.has_table(connection, "lid", schema=self._schema)

    def cast(self, slot: Slot, ballot: SealedBallot) -> None:
        """Use the slot and drop the ballot, both or neither. Raises BoxShut, SlotUnknown, SlotUsed, BoxGone."""
        with self._open_lid() as connection:
            if connection.execute(_USE, {"slot": slot}).rowcount != 1:
                self._refuse_slot(connection, slot)
            connection.execute(_DROP, vars(ballot))

    def replace(self, ballot: SealedBallot) -> None:
        """Put a ballot in the place of the one with its key. Raises BallotUnknown, BoxShut, BoxGone."""
        with self._open_lid() as connection:
            done = connection.execute(
                update(_ballot)
                .where(_ballot.c.key == ballot.key, _ballot.c.perspective == ballot.perspective)
                .values(sealed=ballot.sealed, edition=ballot.edition)
            )
            if done.rowcount != 1:
                raise BallotUnknown(ballot.key)

    def withdraw(self, key: BallotKey, slot: Slot | None = None) -> None:
        """Take a ballot out. With its slot shown too, that slot is free again. Raises as `replace`, SlotUnknown."""
        with self._open_lid() as connection:
            if connection.execute(delete(_ballot).where(_ballot.c.key == key)).rowcount != 1:
                raise BallotUnknown(key)
            if slot is not None:
                freed = connection.execute(update(_slot).where(_slot.c.id == slot, _slot.c.used == 1).values(used=0))
                if freed.rowcount != 1:
                    raise SlotUnknown(slot)

    def perspective_of(self, key: BallotKey) -> str:
        """Return the group of the ballot with this key: a receipt holder replaces within it. Raises BallotUnknown."""
        with self._look() as connection:
            found = connection.scalar(select(_ballot.c.perspective).where(_ballot.c.key == key))
        if found is None:
            raise BallotUnknown(key)
        return str(found)

    def holds(self, key: BallotKey) -> bool:
        """Say whether a ballot with this key lies in the box."""
        with self._look() as connection:
            return connection.scalar(select(_ballot.c.key).where(_ballot.c.key == key)) is not None

    def look_at(self, slot: Slot) -> tuple[SlotPlace, bool]:
        """Return where a slot was cut and whether it was used. Raises SlotUnknown, BoxGone."""
        with self._look() as connection:
            row = connection.execute(_SLOT, {"slot": slot}).one_or_none()
        if row is None:
            raise SlotUnknown(slot)
        return SlotPlace(slot, row.perspective, row.voice), bool(row.used)

    def is_used(self, slot: Slot) -> bool:
        """Say whether this slot was used. Raises SlotUnknown."""
        with self._look() as connection:
            used = connection.scalar(select(_slot.c.used).where(_slot.c.id == slot))
        if used is None:
            raise SlotUnknown(slot)
        return bool(used)

    def stop_up(self, slot: Slot) -> None:
        """Let nothing more in through this slot. A ballot that went through it before stays where it is.

        It does not tell which of the two was the case. Raises BoxShut, BoxGone.
        """
        with self._open_lid() as connection:
            connection.execute(update(_slot).where(_slot.c.id == slot).values(used=1))

    def ballot_count(self, perspective: str) -> int:
        """Return how many ballots of a group lie in the box. Only for the latched look at 06:00."""
        query = select(func.count()).select_from(_ballot).where(_ballot.c.perspective == perspective)
        with self._look() as connection:
            return connection.scalar(query) or 0

    def shut(self) -> None:
        """Shut the lid: no ballot goes in, none comes out. Doing it twice is doing it once."""
        with self._begin() as connection:
            connection.execute(update(_lid).values(shut=1))

    def sealed_ballots(self) -> list[SealedBallot]:
        """Return everything that lies in the box, by key: the order of arrival is in no way part of it."""
        with self._look() as connection:
            rows = connection.execute(select(_ballot).order_by(_ballot.c.key)).mappings()
            return [SealedBallot(**row) for row in rows]

    def head_counts(self) -> dict[str, int]:
        """Return per perspective how many slots the box was made with."""
        query = select(_slot.c.perspective, func.count()).group_by(_slot.c.perspective)
        with self._look() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def destroy(self) -> None:
        """Destroy the box and all in it, overwriting its files first. A box that is gone already is fine."""
        if self._file is None:
            with writing(), self._engine.begin() as connection:
                connection.execute(DropSchema(self._schema or "", cascade=True, if_exists=True))
            return
        files = [self._file.with_name(self._file.name + suffix) for suffix in ("-wal", "-shm", "-journal", "")]
        # Before the last connection closes: SQLite then removes the log itself, and does not overwrite it.
        for file in files:
            overwrite(file)
        self._engine.dispose()
        for file in files:
            file.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _open_lid(self) -> Iterator[Connection]:
        with self._begin() as connection:
            if connection.scalar(_SHUT) != 0:
                raise BoxShut
            yield connection

    @contextlib.contextmanager
    def _begin(self) -> Iterator[Connection]:
        if not self.exists():
            raise BoxGone
        with writing(), self._engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def _look(self) -> Iterator[Connection]:
        if not self.exists():
            raise BoxGone
        with only_reading(), self._engine.connect() as connection:
            yield connection

    @staticmethod
    def _refuse_slot(connection: Connection, slot: Slot) -> None:
        known = connection.scalar(select(_slot.c.id).where(_slot.c.id == slot))
        raise SlotUsed(slot) if known else SlotUnknown(slot)


class Boxes:
    """All ballot boxes: a folder of files beside a SQLite database, or schemas inside a PostgreSQL one."""

    def __init__(self, folder: Path | None, engine: Engine | None) -> None:
        self._folder = folder
        self._engine = engine

    @classmethod
    def in_folder(cls, folder: Path) -> "Boxes":
        """Keep every box as a file of its own, readable by this user alone."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(folder, None)

    @classmethod
    def in_database(cls, main: Engine) -> "Boxes":
        """Keep every box as a schema of its own in the database that this engine is for."""
        # Connections of their own: if a page holds one to look up its round while it waits for one to cast a ballot,
        # enough pages at once would wait for one another for ever.
        engine = create_engine(main.url, hide_parameters=True)
        event.listen(main, "engine_disposed", lambda _main: engine.dispose())
        return cls(None, engine)

    def of(self, round_id: str) -> Box:
        """Return the box of a round, whether or not it exists."""
        if self._engine is not None:
            return Box(self._engine, None, schema_of(round_id))
        assert self._folder is not None
        file = self._folder / f"{round_id}.box"
        return Box(_file_engine(file), file, None)

    def files(self) -> list[Path]:
        """Return the files of all boxes, for a backup."""
        return sorted(self._folder.glob("*.box")) if self._folder else []


@lru_cache(maxsize=64)
def _file_engine(file: Path) -> Engine:
    # A fault names the statement and never what went with it: its text could end in a log.
    engine = create_engine(f"sqlite:///{file}", hide_parameters=True)
    prepare_sqlite(engine)
    return engine
