"""What a program that watches may count, as text that Prometheus reads: the work of the machine, never of a person.

Chosen so that no number moves when somebody answers. So there is no count of requests, ballots, used links, faults,
bytes or free disk space: whoever reads those every few seconds, beside a list of nine invitations, sees who answered
when. What is told follows the calendar, the owners' own buttons and the worker.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from survey.health import parts_of_background_work, parts_to_answer_pages
from survey.installation import Installation
from survey.store.database import db
from survey.store.last_done import LastDone
from survey.store.outbox import OutboxMail
from survey.store.rounds import Round, Standing

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Gauge:
    """One number that can go up and down, per value of at most one label."""

    name: str
    meaning: str
    label: str | None
    values: dict[str, float]


def read_gauges(house: Installation, now: datetime) -> Iterator[Gauge]:
    """Read every gauge from the database, once."""
    well = parts_to_answer_pages(house) + parts_of_background_work(house)
    yield Gauge(
        "spiegelronde_well", "1 when this part is well.", "part", {part.name: float(part.well) for part in well}
    )
    yield Gauge("spiegelronde_rounds", "Rounds, by where the calendar puts them.", "standing", _rounds(now))
    yield Gauge("spiegelronde_mails", "Mails in the outbox, by whether they can still leave.", "state", _mails())
    done = {row.duty: (now - row.at).total_seconds() for row in db.session.scalars(db.select(LastDone))}
    yield Gauge("spiegelronde_seconds_since", "Seconds since the worker last did this.", "duty", done)


def as_text(gauges: Iterator[Gauge]) -> str:
    """Write gauges in the text format of Prometheus."""
    return "".join(f"{line}\n" for gauge in gauges for line in _lines(gauge))


def _lines(gauge: Gauge) -> Iterator[str]:
    yield f"# HELP {gauge.name} {gauge.meaning}"
    yield f"# TYPE {gauge.name} gauge"
    for value, number in sorted(gauge.values.items()):
        yield f'{gauge.name}{{{gauge.label}="{value}"}} {number:g}'


def _rounds(now: datetime) -> dict[str, float]:
    counts = {standing.value: 0.0 for standing in Standing}
    for round_ in db.session.scalars(db.select(Round)):
        counts[round_.standing_at(now).value] += 1
    return counts


def _mails() -> dict[str, float]:
    query = db.select(OutboxMail.state, db.func.count()).where(OutboxMail.state != "sent").group_by(OutboxMail.state)
    return {"waiting": 0.0, "failed": 0.0} | {state: float(count) for state, count in db.session.execute(query)}
