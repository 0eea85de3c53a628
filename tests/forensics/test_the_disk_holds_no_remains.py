"""What was removed cannot be read back from the free blocks of the disk either: it was overwritten first.

A second name (a hard link) keeps the blocks of a file in sight after the product removed it.
"""

import os
from pathlib import Path

import pytest

from survey import story
from survey.installation import Installation
from survey.store.database import db
from survey.store.people import Company
from tests.forensics.company import answer, by_name, close_and_count, send_round, twelve_responses


def remains_on_disk(house: Installation, clock: story.MovableClock, shelf: Path) -> set[str]:
    """Count a round; return the kinds of files whose blocks still hold something afterwards."""
    round_ = send_round(house)
    for person, response in zip(by_name(round_), twelve_responses(), strict=True):
        answer(house, round_, person, response)
    places = [house.settings.data / "boxes", *house.settings.keys]
    files = [file for place in places for file in place.glob(f"{round_.id}*")]
    (shelf / "second-names").mkdir()
    # SQLite's index of the log (-shm) names pages and holds none of them; it writes an empty one when it closes.
    files = [file for file in files if not file.name.endswith("-shm")]
    seen = [shelf / "second-names" / file.name for file in files]
    for file, second in zip(files, seen, strict=True):
        os.link(file, second)
        assert any(second.read_bytes())
    close_and_count(house, round_, clock)
    return {second.suffix.lstrip(".") for second in seen if any(second.read_bytes())}


def test_box_log_and_key_are_overwritten_before_they_are_removed(
    house: Installation, bakery: Company, clock: story.MovableClock, tmp_path: Path
) -> None:
    assert remains_on_disk(house, clock, tmp_path) == set()


@pytest.mark.usefixtures("on_sqlite")
def test_sqlite_overwrites_what_is_deleted(house: Installation) -> None:
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
