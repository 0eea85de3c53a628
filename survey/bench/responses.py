"""What a respondent's answer costs: bytes, CPU, responses a second, and the memory of who answers."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from survey.bench.crowd import Crowd, Walk
from survey.bench.road import Browser, respond
from survey.bench.servers import (
    Served,
    floor,
    product,
    respond_to_floor,
    respond_to_product,
    seconds_to_first_page,
)
from survey.bench.sheet import Line
from survey.bench.town import town_in
from survey.store.people import invitations_of

BATCHES: Final = 6
PER_BATCH: Final = 40
STARTS: Final = 3
_FETCHED: Final = re.compile(r"<(?:script|img|link)\b[^>]*\b(?:src|href)=\"(?!data:)")


def of_a_response(batches: int = BATCHES, per_batch: int = PER_BATCH) -> Iterator[Line]:
    """Measure a whole response beside the floor, in turn: bytes, CPU, rate with sixteen clients, memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with town_in(folder) as town:
            round_ = town.running_round(town.company(), 2 * batches * per_batch + 60)
            links = [town.link(one) for one in invitations_of(round_.id)]
            town.nothing_in_the_post()
            environment = town.environment
        with product(environment) as house, floor(folder) as bare:
            yield from _bytes(house, links)
            memory_at_rest = house.pss_mb()
            yield from _cpu(house, bare, links, batches, per_batch)
            yield from _rate(house, bare, links, batches, per_batch)
            yield Line(
                "memory of the web tier, PSS", house.pss_mb(), "MB", 100, 70,
                beside=f"`survey serve` with its background work; {memory_at_rest:.0f} MB before the crowd; "
                f"floor {bare.pss_mb():.0f} MB",
            )  # fmt: skip


def of_a_start(starts: int = STARTS) -> Line:
    """Measure how long it takes from the command to the first page."""
    with tempfile.TemporaryDirectory() as name:
        with town_in(Path(name)) as town:
            environment = town.environment
        tried = [seconds_to_first_page(environment) for _ in range(starts)]
    wall, cpu = (min(each) for each in zip(*tried, strict=True))
    return Line("first 200 after the command", wall, "s", 0.9, 0.6, beside=f"best of {starts}; {cpu:.2f} s of CPU")


def _bytes(house: Served, links: list[str]) -> Iterator[Line]:
    with Browser(house.port, "identity") as browser:
        page = browser.ask("promise", "GET", links[-1])
    yield Line("promise page: requests", 1 + len(_FETCHED.findall(page)), "", 2, 1)
    weighed = {encoding: respond(house.port, links.pop(), encoding) for encoding in ("gzip", "br")}
    together = {encoding: pages["promise"] + pages["list"] for encoding, pages in weighed.items()}
    pages = weighed["gzip"]
    yield Line(
        "promise and list on the wire, gzip", together["gzip"], "bytes", 8_000, 4_500,
        beside=f"promise {pages['promise']:,}, list {pages['list']:,}; brotli {together['br']:,}",
    )  # fmt: skip


def _cpu(house: Served, bare: Served, links: list[str], batches: int, per_batch: int) -> Iterator[Line]:
    for server, walk in ((house, respond_to_product), (bare, respond_to_floor)):
        _cost(server, walk, _taken(links, 10))
    ours, floors = [], []
    for _ in range(batches):
        ours.append(_cost(house, respond_to_product, _taken(links, per_batch)))
        floors.append(_cost(bare, respond_to_floor, [""] * per_batch))
    ratio = median(ours) / median(floors)
    yield Line(
        "CPU of a whole response", median(ours), "ms", 10, 3.2,
        beside=f"best batch {min(ours):.1f} ms; floor {median(floors):.2f} ms, so {ratio:.1f} times",
    )  # fmt: skip


def _rate(house: Served, bare: Served, links: list[str], batches: int, per_batch: int) -> Iterator[Line]:
    crowd, ours, floors = Crowd(), [], []
    for _ in range(batches):
        ours.append(crowd.per_second(respond_to_product, house.port, _taken(links, per_batch)))
        floors.append(crowd.per_second(respond_to_floor, bare.port, [""] * 3 * per_batch))
    crowd.go_home()
    share = median(own / floor for own, floor in zip(ours, floors, strict=True))
    yield Line(
        "responses a second, 16 clients, of the floor's", 100 * share, "%", 25, 50, more_is_better=True,
        beside=f"{median(ours):.0f} a second beside {median(floors):.0f}",
    )  # fmt: skip


def _cost(of: Served, walk: Walk, links: Sequence[str]) -> float:
    before = of.cpu_ms()
    for link in links:
        walk(of.port, link)
    return (of.cpu_ms() - before) / len(links)


def _taken(links: list[str], count: int) -> list[str]:
    return [links.pop() for _ in range(count)]
