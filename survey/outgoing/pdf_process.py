"""Has PDFs set in a process of its own: started at the first one, kept warm, and replaced when it died.

Setting a page takes a second of computing and fifty megabytes; whoever answers a list meanwhile must not wait for that,
nor carry it. The other process sets what respondents wrote, so it gets none of our settings: no key, no address of a
database, no open file. One page at a time: who asks for many PDFs at once waits for his own.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from threading import Event, Lock, Timer
from typing import Final

from survey.outgoing import pdf
from survey.outgoing.pdf import FOREIGN, MADE, NO_PANGO, ForeignAsset, PangoMissing, receive, send

PATIENCE: Final = 60.0
"""Seconds for one PDF; a page that takes longer was made to."""

TRIES: Final = 2
"""The process may have ended while nobody asked; a second one gets the same page."""


class PageNotSet(RuntimeError):
    """The other process was killed, or took too long. The next PDF gets a new one."""


class SettingRoom:
    """One process that sets pages, and the way to it."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self.patience = patience
        self._one_at_a_time = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def set_page(self, settings: Sequence[str], identifier: str) -> bytes:
        """Return the PDF, as `pdf.set_here` would. Raises PangoMissing, ForeignAsset, PageNotSet."""
        with self._one_at_a_time:
            kind, content = self._exchange(identifier.encode(), *(html.encode() for html in settings))
        if kind == MADE:
            return content
        if kind == FOREIGN:
            raise ForeignAsset(content.decode())
        if kind == NO_PANGO:
            raise PangoMissing(content.decode())
        raise PageNotSet(content.decode())

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _exchange(self, *parts: bytes) -> list[bytes]:
        for _ in range(TRIES):
            process = self._running()
            assert process.stdin is not None
            assert process.stdout is not None
            too_late = Event()
            watch = Timer(self.patience, _give_up, (process, too_late))
            watch.start()
            try:
                send(process.stdin, *parts)
                return receive(process.stdout)
            except (BrokenPipeError, EOFError):
                self.close()
                if too_late.is_set():
                    raise PageNotSet("it took too long") from None
            finally:
                watch.cancel()
        raise PageNotSet("the process that sets pages ended")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            ours = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
            # By its file and isolated: importing it as part of the product would bring the whole product along.
            self._process = subprocess.Popen(
                [sys.executable, "-I", pdf.__file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # what a library says of a page could quote it
                env=ours,
                cwd="/",
            )
        return self._process


def _give_up(process: subprocess.Popen[bytes], too_late: Event) -> None:
    too_late.set()
    process.kill()


def set_pages_apart() -> SettingRoom:
    """Have every PDF of this process set in another one from now on."""
    room = SettingRoom()
    pdf.set_pages_by(room.set_page)
    return room
