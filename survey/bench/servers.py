"""The servers that are measured: `survey serve` as anybody starts it, and the floor beside it. Linux only.

CPU and memory are read from the operating system, of the process that answers and its children, never of this one.
"""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import clock_gettime, perf_counter
from typing import IO, Final

from survey.bench.floor import PATH, QUESTIONS
from survey.bench.road import Browser, respond

SURVEY: Final = (sys.executable, "-c", "from survey.cli import main; main()")
_ADDRESS: Final = re.compile(r"^Open: +http://127\.0\.0\.1:(\d+)")
_PSS: Final = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True)
class Served:
    """A server in a process of its own: where it listens, and whose CPU and memory to read."""

    port: int
    process: int

    def cpu_ms(self) -> float:
        """Return the CPU time that the process and its children have used so far, in milliseconds."""
        return sum(clock_gettime(_cpu_clock(each)) for each in self._family()) * 1000

    def pss_mb(self) -> float:
        """Return the memory of the process and its children, each shared page counted for its share, in MB (2^20)."""
        told = [Path(f"/proc/{each}/smaps_rollup").read_text() for each in self._family()]
        return sum(int(found[1]) for found in map(_PSS.search, told) if found) / 1024

    def _family(self) -> Iterator[int]:
        yield self.process
        for children in Path(f"/proc/{self.process}/task").glob("*/children"):
            for child in children.read_text().split():
                yield from Served(self.port, int(child))._family()


def _cpu_clock(process: int) -> int:
    """Return the clock of a process's CPU time, ended threads included (clock_getcpuclockid, Linux)."""
    return (~process << 3) | 2


@contextlib.contextmanager
def product(environment: Mapping[str, str]) -> Iterator[Served]:
    """Run `survey serve` on an installation for as long as the block lasts."""
    with _running([*SURVEY, "serve", "--port", "0"], environment) as (process, said):
        for line in said:
            if found := _ADDRESS.match(line):
                yield Served(int(found[1]), process)
                return
        raise RuntimeError("survey serve did not start")


@contextlib.contextmanager
def floor(folder: Path) -> Iterator[Served]:
    """Run the floor for as long as the block lasts."""
    command = [sys.executable, "-m", "survey.bench.floor", str(folder / "floor.db")]
    with _running(command, {}) as (process, said):
        yield Served(int(next(said)), process)


def seconds_to_first_page(environment: Mapping[str, str]) -> tuple[float, float]:
    """Start `survey serve` and ask for the front page; return seconds on the wall and of CPU until it came."""
    began = perf_counter()
    with product(environment) as served:
        with Browser(served.port) as browser:
            browser.ask("front", "GET", "/")
            if browser.status != 200:
                raise RuntimeError(f"the front page was answered with {browser.status}")
        return perf_counter() - began, served.cpu_ms() / 1000


def respond_to_product(port: int, link: str) -> None:
    """Walk the whole road: promise, start, list, send, thanks."""
    respond(port, link)


def respond_to_floor(port: int, _link: str) -> None:
    """Open the bare form and send it."""
    with Browser(port, "identity") as browser:
        browser.ask("list", "GET", PATH)
        browser.ask("thanks", "POST", PATH, dict.fromkeys(QUESTIONS, "4"))


@contextlib.contextmanager
def _running(command: list[str], environment: Mapping[str, str]) -> Iterator[tuple[int, IO[str]]]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
    with subprocess.Popen(
        command, env={**own, **environment}, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        try:
            yield process.pid, process.stdout
        finally:
            process.kill()
