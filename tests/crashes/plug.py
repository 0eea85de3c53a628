"""Pulls the plug at the Nth step: every statement, every commit, everything done to a file on its way to the disk.

It is a real kill -9, of a copy of this process that is made for it: nothing is rolled back, closed or cleaned up.
"""

import os
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import event
from sqlalchemy.engine import Engine

STEPS = ("before_cursor_execute", "commit")


@contextmanager
def plug_pulled_at(step: int) -> Iterator[list[int]]:
    """Kill this process just before the step with this number (from 1); yields the numbers of the steps done."""
    done: list[int] = []

    def next_step(*_: Any, **__: Any) -> None:
        if len(done) + 1 == step:
            os.kill(os.getpid(), signal.SIGKILL)
        done.append(len(done) + 1)

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **options: Any) -> Any:
            next_step()
            return function(*arguments, **options)

        return stepping

    for name in STEPS:
        event.listen(Engine, name, next_step)
    try:
        with patch("os.fsync", counted(os.fsync)), patch.object(Path, "unlink", counted(Path.unlink)):
            yield done
    finally:
        for name in STEPS:
            event.remove(Engine, name, next_step)


def dies_at(step: int, work: Callable[[], object]) -> bool:
    """Do the work in a copy of this process that is killed at a step; say whether there was such a step.

    No connection to a database may be open here: the copy would share it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other threads are of no use to the copy
        child = os.fork()
    if child == 0:
        ended_well = False
        try:
            with plug_pulled_at(step):
                work()
            ended_well = True
        finally:
            os._exit(0 if ended_well else 1)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status) == signal.SIGKILL
    assert os.WEXITSTATUS(status) == 0, "the work failed in the copy of this process"
    return False
