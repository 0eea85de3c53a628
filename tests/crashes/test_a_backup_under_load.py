"""A backup that is made while lists come in holds every list that was acknowledged before it began."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from survey import create_app
from survey.installation import Installation, installation
from survey.settings import Settings
from survey.store.ballots import Slot
from survey.store.database import db
from survey.store.people import Invitation
from survey.store.rounds import Round
from tests.conftest import Figure
from tests.crashes.conftest import SURVEY, Start, environment_of
from tests.crashes.test_everybody_sends_at_once import cards, large_round

__all__ = ["cards", "large_round"]

SENDERS = 2


@pytest.fixture(autouse=True)
def on_sqlite(database_url: str | None) -> None:
    if database_url is not None:
        pytest.skip("PostgreSQL makes its own backups")


class Heard:
    """What a process says, read as it comes: the slots whose lists were acknowledged."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.slots: list[str] = []
        self._process = process
        self._ear = Thread(target=self._listen)
        self._ear.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        self.slots.extend(line.strip() for line in self._process.stdout)

    def to_the_end(self) -> None:
        """Wait until the process is done."""
        self._ear.join()
        with self._process as process:
            assert process.wait() == 0


def restored(house: Installation, backup: Path, folder: Path) -> Iterator[Installation]:
    """Restore a backup elsewhere by the command, with the same key folder."""
    environment = {**environment_of(house), "SURVEY_DATA": str(folder)}
    done = subprocess.run([SURVEY, "restore", backup], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    app = create_app(Settings.from_environment(environment))
    with app.app_context():
        yield installation(app)
        db.session.remove()
        db.engine.dispose()


def test_backups_made_while_two_processes_put_lists_in_restore_all_that_was_acknowledged(
    start: Start, large_round: Round, cards: list[Invitation], house: Installation, tmp_path: Path, long: bool,
    figure: Figure,
) -> None:  # fmt: skip
    round_id, slots = large_round.id, [card.id for card in cards]
    if not long:
        slots = slots[:120]
    db.session.commit()
    senders = [Heard(start("cast", large_round, *slots[part::SENDERS])) for part in range(SENDERS)]
    told = []
    for number in range(6 if long else 2):
        before = [slot for sender in senders for slot in list(sender.slots)]
        backup = tmp_path / f"{number}.zip"
        done = subprocess.run(
            [SURVEY, "backup", backup], env=environment_of(house), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        told.append((backup, before))
    for sender in senders:
        sender.to_the_end()
    for backup, before in told:
        for elsewhere in restored(house, backup, tmp_path / f"from-{backup.stem}"):
            box = elsewhere.boxes.of(round_id)
            inside = {slot for slot in slots if box.is_used(Slot(slot))}
            assert inside >= {*before}
            assert len(box.sealed_ballots()) == len(inside)
    assert len(told[-1][1]) > 0
    begun = ", ".join(str(len(before)) for _, before in told)
    figure(f"backups begun after {begun} of {len(slots)} lists; each had them all")
