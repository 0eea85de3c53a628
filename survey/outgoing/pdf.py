"""Turns a page of our own making into a tagged PDF: the one place that knows WeasyPrint.

It must not know what the page says. WeasyPrint and pango are imported at the first PDF only: importing them takes most
of a second and 49 MB, which no other page should pay for. A process that serves pages has them set elsewhere
(`pdf_process.py`); that other process runs this file and nothing else of the product, so it imports nothing of it.
"""

import gc
import os
import select
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import IO, Any, Final, TypeAlias

FONTS: Final = {
    f"report:{name}": Path(__file__).parent / "fonts" / name
    for name in ("mirror-serif.ttf", "mirror-sans.ttf", "mirror-bold.ttf")
}
"""The only files a page may ask for, by the address that its style sheet uses."""

OWN_DRAWING: Final = "data:image/svg+xml;base64,"

_ONE_AT_A_TIME: Final = threading.Lock()

APT_LINE: Final = "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


class ForeignAsset(RuntimeError):
    """A page asked for something that is not its own, and was not made."""


class PangoMissing(RuntimeError):
    """This machine cannot make a PDF: the libraries that set the text are not installed. The message has the cure."""


def renderer() -> ModuleType:
    """Return WeasyPrint; raises PangoMissing with the line to type."""
    try:
        return import_module("weasyprint")
    except OSError as error:
        raise PangoMissing(f"A PDF needs pango, which is not installed here. Type: {APT_LINE}") from error


Setter: TypeAlias = Callable[[Sequence[str], str], bytes]
"""Makes a PDF of the first of these settings of the same words that fits on one sheet, else of the last."""

_elsewhere: Setter | None = None


def set_pages_by(setter: Setter | None) -> None:
    """Have every PDF of this process made by somebody else from now on; None: in this process again."""
    global _elsewhere
    _elsewhere = setter


def render_pdf(html: str, identifier: str) -> bytes:
    """Return `html` (a whole document with its style sheet inside) as a PDF/UA-1 file.

    `identifier` takes the place of WeasyPrint's random one: the same page with the same identifier gives the same
    bytes. The page may ask for the fonts and for drawings inside itself; asking for anything else stops the making
    of it. Raises PangoMissing, ForeignAsset, and PageNotSet when it is made elsewhere.
    """
    return (_elsewhere or set_here)((html,), identifier)


def render_sheet(settings: Iterable[str], identifier: str) -> bytes:
    """Return the first of these settings of the same words, roomy first, that fits on one sheet; else the last.

    Otherwise as `render_pdf`. Raises PangoMissing, ForeignAsset, PageNotSet.
    """
    return (_elsewhere or set_here)(tuple(settings), identifier)


def set_here(settings: Sequence[str], identifier: str) -> bytes:
    """Make the PDF in this process. Raises PangoMissing, ForeignAsset."""
    with _alone_and_without_collecting():
        for html in settings:
            laid_out = _set_out(html)
            if len(settings) == 1 or laid_out.count == 1:
                break
        return laid_out.as_pdf(identifier)


@contextmanager
def _alone_and_without_collecting() -> Iterator[None]:
    """Set one page at a time, and let Python look for garbage afterwards only.

    A page is some hundred thousand small objects that all live until it is written; looking through them again and
    again is a quarter of the work. Two pages at once take as long together, and twice the memory.
    """
    with _ONE_AT_A_TIME:
        was_collecting = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if was_collecting:
                gc.enable()


@dataclass(frozen=True)
class _LaidOut:
    """A page whose lines are broken and whose sheets are counted, not written yet."""

    document: Any
    fetcher: Any

    @property
    def count(self) -> int:
        return len(self.document.pages)

    def as_pdf(self, identifier: str) -> bytes:
        pdf: bytes = self.document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier.encode())
        if self.fetcher.refused:
            raise ForeignAsset("A page asked for something that is not its own.")
        return pdf


def _set_out(html: str) -> _LaidOut:
    weasyprint = renderer()
    fetcher = _own_assets_only()()
    page = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url=None)
    return _LaidOut(page.render(pdf_variant="pdf/ua-1"), fetcher)


@cache
def _own_assets_only() -> type[Any]:
    """A class that can only exist once WeasyPrint is there."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnAssetsOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no type hints
        """Fetches nothing: hands out the fonts, and lets a drawing inside the page pass.

        Threat: a text of a respondent that gets itself fetched (a file of this machine, an address that counts
        readers). Texts are escaped; should one slip through, there is no PDF rather than a leak.
        """

        def __init__(self) -> None:
            super().__init__()
            self.refused = False

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url in FONTS:
                return URLFetcherResponse(url, FONTS[url].read_bytes())
            if url.startswith(OWN_DRAWING):
                return super().fetch(url, headers)
            # WeasyPrint goes on without what it could not get, inside a drawing even silently: remembered, and
            # refused when the page is done.
            self.refused = True
            raise ValueError("not an asset of this page")

    return OwnAssetsOnly


# --- the other process ------------------------------------------------------------------------------------------------

IDLE_SECONDS: Final = 300
"""Without a page to set for so long the other process ends, and with it its memory."""

WORD: Final = struct.Struct(">I")
MADE, FOREIGN, NO_PANGO, FAULT = b"made", b"fore", b"nopg", b"flt!"


def send(stream: IO[bytes], *parts: bytes) -> None:
    """Write parts so that `receive` finds their ends. Raises BrokenPipeError."""
    stream.write(WORD.pack(len(parts)) + b"".join(WORD.pack(len(part)) + part for part in parts))
    stream.flush()


def receive(stream: IO[bytes]) -> list[bytes]:
    """Read what `send` wrote. Raises EOFError when whoever wrote is gone."""
    return [_read(stream, _number(stream)) for _ in range(_number(stream))]


def _number(stream: IO[bytes]) -> int:
    return int(WORD.unpack(_read(stream, WORD.size))[0])


def _read(stream: IO[bytes], size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        more = stream.read(size - len(found))  # a pipe gives what it holds, which may be less
        if not more:
            raise EOFError
        found += more
    return bytes(found)


def set_what_is_asked(asked: IO[bytes], answers: IO[bytes], idle_seconds: float = IDLE_SECONDS) -> None:
    """Set one page after another, until whoever asks is gone or asks nothing for a while."""
    while select.select([asked], [], [], idle_seconds)[0]:
        try:
            identifier, *settings = receive(asked)
        except EOFError:
            return
        send(answers, *_answer([html.decode() for html in settings], identifier.decode()))


def _answer(settings: Sequence[str], identifier: str) -> tuple[bytes, bytes]:
    try:
        return MADE, set_here(settings, identifier)
    except ForeignAsset as foreign:
        return FOREIGN, str(foreign).encode()
    except PangoMissing as missing:
        return NO_PANGO, str(missing).encode()
    except Exception as fault:
        return FAULT, type(fault).__name__.encode()  # the class only: the text of a fault could hold what was set


if __name__ == "__main__":
    os.nice(5)  # nobody who answers a list waits for a PDF
    with os.fdopen(os.dup(1), "wb") as replies, os.fdopen(os.dup(0), "rb", buffering=0) as questions:
        os.dup2(2, 1)  # whatever a library prints is no part of an answer
        set_what_is_asked(questions, replies)
    sys.exit()
