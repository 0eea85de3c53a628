"""A crowd: many clients at once, from two processes, so that whoever asks does not become what is measured."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from time import perf_counter
from typing import Final

CLIENTS: Final = 16
PROCESSES: Final = 2

Walk = Callable[[int, str], None]
"""Answers once, at a port, with a link."""


class Crowd:
    """Sixteen clients that keep on answering until all links are used. Its processes are started once."""

    def __init__(self) -> None:
        # Not forked: this process may hold connections to a database.
        self._pool = ProcessPoolExecutor(PROCESSES, get_context("spawn"))
        list(self._pool.map(_ready, range(PROCESSES)))

    def per_second(self, walk: Walk, port: int, links: Sequence[str]) -> float:
        """Use all links, each once; return complete responses per second."""
        began = perf_counter()
        list(self._pool.map(partial(_share, walk, port), (links[part::PROCESSES] for part in range(PROCESSES))))
        return len(links) / (perf_counter() - began)

    def go_home(self) -> None:
        """End its processes."""
        self._pool.shutdown()


def _ready(_number: int) -> None:
    """Nothing: a process that has done it is started, and has read its modules."""


def _share(walk: Walk, port: int, links: Sequence[str]) -> None:
    with ThreadPoolExecutor(CLIENTS // PROCESSES) as clients:
        list(clients.map(partial(walk, port), links))
