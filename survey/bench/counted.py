"""What a round costs after it closed: counting it, its mirror on a page and on paper, and the overview of many."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextvars import Context
from datetime import timedelta
from math import log
from pathlib import Path
from random import Random
from statistics import fmean, median
from time import perf_counter, process_time
from typing import Final

from flask.testing import FlaskClient

from survey import clock, story
from survey.bench.sheet import Line
from survey.bench.town import NAMED, Town, town_in
from survey.mirror import mirror_of, report_pdf
from survey.store.database import db

RESPONDENTS: Final = 40
SIZES: Final = (9, 18, 36, 72, 144)
"""Employees of the rounds by which the growth of counting is measured."""
EARLIER: Final = (1, 40)
COMPANIES: Final = (10, 100, 1_000)
QUARTER: Final = timedelta(days=91)
ROUNDS: Final = 5
LOOKS: Final = 12


def of_a_count(sizes: Sequence[int] = SIZES, rounds: int = ROUNDS) -> Iterator[Line]:
    """Measure closing and counting of a round of forty people and thirty statements, and how it grows."""
    with _town() as town:
        first, *spent = [_count(town, RESPONDENTS - NAMED) for _ in range(rounds + 1)]
        yield Line(
            "close and count 40 people × 30 statements", median(cpu for cpu, _ in spent), "s", 1, 0.2,
            beside=f"CPU; {median(wall for _, wall in spent):.2f} s on the wall, first of a process {first[0]:.2f} s",
        )  # fmt: skip
        by_size = {size: median(_count(town, size)[0] for _ in range(3)) for size in sizes}
    yield _growth("counting against respondents", {size + NAMED: spent for size, spent in by_size.items()})


def of_the_mirror_page(earlier: tuple[int, int] = EARLIER, looks: int = LOOKS) -> Iterator[Line]:
    """Measure the page of a mirror that has one earlier round, and one that has forty; asked in turn."""
    few, many = earlier
    with _town() as town:
        last = {count: _with_earlier_rounds(town, count) for count in (few, many)}
        owner = _signed_in(town)
        spent: dict[int, list[float]] = {few: [], many: []}
        for _ in range(looks):
            for count, round_id in last.items():
                spent[count].append(_page(owner, f"/ronde/{round_id}/spiegel"))
    costs = {count: median(each[2:]) for count, each in spent.items()}
    yield Line(
        f"mirror page with {many} earlier rounds over one with {few}", costs[many] / costs[few], "×", 1.5, 1.1,
        beside=f"{costs[few]:.1f} and {costs[many]:.1f} ms of CPU",
    )  # fmt: skip
    yield _growth("mirror page against rounds", costs)


def of_the_overview(sizes: Sequence[int] = COMPANIES, looks: int = LOOKS) -> Iterator[Line]:
    """Measure the owner's overview of a thousand companies, and how it grows."""
    spent = {}
    for size in sizes:
        with _town() as town:
            town.companies(size)
            owner = _signed_in(town)
            spent[size] = median([_page(owner, "/bedrijven") for _ in range(looks)][2:])
    yield Line(f"overview of {sizes[-1]:,} companies", spent[sizes[-1]], "ms", 100, 30, beside="CPU of the page")
    yield _growth("overview against companies", spent)


def of_the_paper(times: int = 3) -> Iterator[Line]:
    """Measure the report of the standard round as a PDF, in a process that made one before."""
    with _town() as town:
        round_ = town.mirrored_round(town.company(), town.day() + 2 * QUARTER, 0, Random(1))
        mirror = mirror_of(round_, story.COMPANY, "nl")
        seconds, made = zip(*(_spent(lambda: report_pdf(mirror)) for _ in range(times + 1)), strict=True)
    yield Line(
        "report as PDF, warm", median(seconds[1:]), "s", 1.2, 0.6,
        beside=f"CPU; first of a process {seconds[0]:.1f} s with the import of the renderer",
    )  # fmt: skip
    yield Line("report as PDF, size", len(made[0]) / 1000, "kB", 100, 60)


def exponent(costs: dict[int, float]) -> float:
    """Return by which power of the size the cost grows: the slope of a straight line through both logarithms."""
    sizes, spent = [log(size) for size in costs], [log(cost) for cost in costs.values()]
    middle, level = fmean(sizes), fmean(spent)
    run = sum((size - middle) ** 2 for size in sizes)
    return sum((size - middle) * (cost - level) for size, cost in zip(sizes, spent, strict=True)) / run


def _growth(what: str, costs: dict[int, float]) -> Line:
    points = ", ".join(f"{size}: {cost:.3g}" for size, cost in costs.items())
    return Line(f"growth, {what}", exponent(costs), "", 1.1, beside=f"exponent; {points}")


def _count(town: Town, staff: int) -> tuple[float, float]:
    round_ = town.answered_round(town.company(), town.day() + QUARTER, staff, Random(staff))
    wall, cpu = perf_counter(), process_time()
    town.close_and_count(round_)
    return process_time() - cpu, perf_counter() - wall


def _with_earlier_rounds(town: Town, earlier: int) -> str:
    company, chance = town.company(), Random(earlier)
    for _ in range(earlier + 1):
        last = town.mirrored_round(company, town.day() + QUARTER, 8, chance)
    return last.id


def _signed_in(town: Town) -> FlaskClient:
    client = town.app.test_client()
    with client.session_transaction() as session:
        session.update(_user_id=town.owner.fs_uniquifier, _fresh=True, fs_paa=clock.now().timestamp())
    db.session.commit()
    return client


def _page(client: FlaskClient, path: str) -> float:
    """Return the milliseconds of CPU that a page takes."""
    db.session.commit()
    began = process_time()
    answer = Context().run(client.get, path)  # a request of its own, not one inside this block
    spent = 1000 * (process_time() - began)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} was answered with {answer.status}")
    db.session.expire_all()
    return spent


def _spent(work: Callable[[], bytes]) -> tuple[float, bytes]:
    began = process_time()
    made = work()
    return process_time() - began, made


@contextlib.contextmanager
def _town() -> Iterator[Town]:
    """Build a town in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder, town_in(Path(folder)) as town:
        yield town
