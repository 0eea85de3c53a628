"""A store as one would write it first: random keys, no times, no person beside an answer. The linker reads it all."""

import json
import random
import sqlite3
from pathlib import Path

from survey.chance import new_id
from tests.forensics.company import STAFF, twelve_responses
from tests.forensics.copies import Copier
from tests.forensics.linker import Case, Pairing

SCHEMA = """
CREATE TABLE invitation (id TEXT PRIMARY KEY, address TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE answer (id TEXT PRIMARY KEY, content TEXT NOT NULL);
"""


def answered_round(folder: Path, shelf: Path, seed: int) -> tuple[Case, Pairing]:
    """Let the twelve answer, in random order, into the naive store; return what the linker gets, and the truth."""
    chance = random.Random(seed)
    folder.mkdir()
    connection = sqlite3.connect(folder / "naive.db", isolation_level=None)
    connection.executescript(SCHEMA)
    listed = [new_id() for _ in STAFF]
    rows = [(id_, person.address) for id_, person in zip(listed, STAFF, strict=True)]
    connection.executemany("INSERT INTO invitation (id, address) VALUES (?, ?)", rows)
    contents = [response.content() for response in twelve_responses()]
    truth = dict(zip(listed, chance.sample(range(len(STAFF)), len(STAFF)), strict=True))
    arrival = chance.sample(listed, len(listed))
    copier = Copier([folder], shelf)
    copier.copy()
    for person in arrival:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE invitation SET used = 1 WHERE id = ?", (person,))
        content = json.dumps(contents[truth[person]], ensure_ascii=False)
        connection.execute("INSERT INTO answer VALUES (?, ?)", (new_id(), content))
        connection.execute("COMMIT")
        copier.copy()
    connection.close()
    copier.copy()
    return Case(arrival, listed, contents, "09" + "00" * 31, "spiegel-1", copier.copies), truth
