"""A copy of everything that is stored, made while people answer: the main database and every open ballot box.

It never holds a key. Who finds a backup finds sealed ballots; with the key folder of that day they can be counted, and
once a round was counted they cannot: its key is gone, and a backup of before brings nothing back.
It must not know what the tables mean, but for one thing: a round that was sent and not counted has a box.
"""

import contextlib
import json
import os
import re
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

DATABASE: Final = "survey.db"
BOXES: Final = "boxes"
CONTENTS: Final = "contents.json"
KNOWN: Final = re.compile(r"survey\.db|contents\.json|boxes/[0-9a-f]{32}\.box")
"""What a backup consists of; a path that leads elsewhere is not among them."""
ATTEMPTS: Final = 5
RUNNING: Final = """
    SELECT id FROM round WHERE sent_at IS NOT NULL AND counted_at IS NULL AND cancelled_at IS NULL ORDER BY id
"""


class BackupExists(Exception):
    """There is a file with this name; a backup never takes the place of another."""


class BackupImpossible(Exception):
    """The stored files could not be copied whole; the text says what stood in the way."""


class NoBackup(Exception):
    """This file is no backup, or not a whole one; the text says what is wrong with it."""


class FolderNotEmpty(Exception):
    """Something is stored in this folder; a backup never takes the place of that."""


@dataclass(frozen=True)
class Restored:
    """What came back: the version that made the backup, and the ids of the rounds that ran when it was made."""

    version: str
    running: tuple[str, ...]
    lost: tuple[str, ...]
    """Those of them whose ballots can never be opened: no key folder holds their key."""


def back_up(database: Path, boxes: Callable[[], Sequence[Path]], file: Path, version: str) -> list[str]:
    """Write the backup as one zip file, whole or not at all, and return the ids of the rounds that were running.

    boxes: lists the box files there are now. Raises BackupExists, BackupImpossible, OSError.
    """
    if file.exists():
        raise BackupExists(file)
    if not database.exists():
        raise BackupImpossible(f"{database} is not there")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        place = Path(folder)
        running = _copy_all(database, boxes, place)
        contents = {"version": version, "running_rounds": running}
        (place / CONTENTS).write_text(json.dumps(contents, indent=2) + "\n", encoding="ascii")
        _pack(place, file)
    return running


def restore(file: Path, data: Path, kept_keys: Collection[str]) -> Restored:
    """Put a backup back into an empty or absent data folder, once all of it was found whole.

    kept_keys: ids of the rounds whose key is there. A round without one gets the lid of its box shut: nobody should
    answer what nobody can ever count. Raises FolderNotEmpty, NoBackup, OSError.
    """
    if data.exists() and any(data.iterdir()):
        raise FolderNotEmpty(data)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Inside the folder: it can be a disk of its own, which nothing can be moved onto at one stroke.
    with tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as folder:
        place = Path(folder)
        contents = _unpack(file, place)
        running = tuple(contents["running_rounds"])
        lost = tuple(round_id for round_id in running if round_id not in kept_keys)
        for round_id in lost:
            _shut(place / BOXES / f"{round_id}.box")
        # The main database goes last: without it nothing starts here.
        for name in (BOXES, DATABASE):
            (place / name).rename(data / name)
    return Restored(contents["version"], running, lost)


def _unpack(file: Path, place: Path) -> dict[str, Any]:
    """Unpack a backup in which every file is one we know, and whole; return what it says of itself."""
    (place / BOXES).mkdir(mode=0o700, parents=True)
    try:
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                if not KNOWN.fullmatch(name):
                    raise NoBackup(f"{name} does not belong in it")
                archive.extract(name, place)
        contents: dict[str, Any] = json.loads((place / CONTENTS).read_text(encoding="ascii"))
        files = [place / DATABASE, *(place / BOXES / f"{id_}.box" for id_ in contents["running_rounds"])]
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError, TypeError, FileNotFoundError) as fault:
        raise NoBackup(f"it cannot be read ({type(fault).__name__})") from fault
    for one in files:
        _refuse_damaged(one)
    (place / CONTENTS).unlink()
    return contents


def _refuse_damaged(file: Path) -> None:
    if not file.exists():
        raise NoBackup(f"{file.name} is missing")
    file.chmod(0o600)
    try:
        with _connected(file) as connection:
            [(verdict,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as fault:
        raise NoBackup(f"{file.name} is damaged") from fault
    if verdict != "ok":
        raise NoBackup(f"{file.name} is damaged")


def _shut(box: Path) -> None:
    with _connected(box) as connection:
        connection.execute("UPDATE lid SET shut = 1")
        connection.commit()


def _copy_all(database: Path, boxes: Callable[[], Sequence[Path]], place: Path) -> list[str]:
    """Copy until main database and boxes fit together: every round that runs in the one has its box in the other."""
    (place / BOXES).mkdir()
    for _ in range(ATTEMPTS):
        # The boxes go first: a round that is counted meanwhile has its release in the later copy of the main database,
        # and an old box beside it is harmless. The other way round, ballots would be in neither.
        for box in boxes():
            _copy_box(box, place)
        _copy(database, place / database.name)
        running = _running(place / database.name)
        for box in boxes():
            if not (place / BOXES / box.name).exists():
                _copy_box(box, place)  # sent in between
        if all((place / BOXES / f"{round_id}.box").exists() for round_id in running):
            return running
    raise BackupImpossible(_missing(running, place))


def _missing(running: Sequence[str], place: Path) -> str:
    lost = [round_id for round_id in running if not (place / BOXES / f"{round_id}.box").exists()]
    return f"the ballot box of round {lost[0]} is not there" if lost else "rounds were counted all the time"


def _copy_box(box: Path, place: Path) -> None:
    copy = place / BOXES / box.name
    try:
        _copy(box, copy)
    except BackupImpossible:
        if box.exists():
            raise
        copy.unlink(missing_ok=True)  # counted while it was copied


def _copy(source: Path, target: Path) -> None:
    """Copy one SQLite file as it is at one moment, with all that was acknowledged: a plain copy loses the last part."""
    target.unlink(missing_ok=True)
    try:
        with _connected(source) as reading, _connected(target) as writing:
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode = DELETE")
            [(verdict,)] = writing.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as fault:
        raise BackupImpossible(f"{source} cannot be copied: {fault}") from fault
    if verdict != "ok":
        raise BackupImpossible(f"{source} is damaged: {verdict}")


@contextlib.contextmanager
def _connected(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file, timeout=20)
    try:
        yield connection
    finally:
        connection.close()


def _running(database: Path) -> list[str]:
    with _connected(database) as connection:
        return [round_id for (round_id,) in connection.execute(RUNNING)]


def _pack(place: Path, file: Path) -> None:
    draft = place / "backup.zip"
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(place.rglob("*")):
            if path.is_file() and path != draft:
                # No times: when a box was last written is when somebody last answered.
                entry = zipfile.ZipInfo(path.relative_to(place).as_posix())
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
                with archive.open(entry, "w", force_zip64=True) as packed, path.open("rb") as plain:
                    while block := plain.read(1 << 20):
                        packed.write(block)
    os.chmod(draft, 0o600)
    with draft.open("rb") as packed_file:
        os.fsync(packed_file.fileno())
    try:
        os.link(draft, file)
    except FileExistsError as taken:
        raise BackupExists(file) from taken
