"""Turns a page of our own making into a tagged PDF: the one place that knows WeasyPrint.

It must not know what the page says. WeasyPrint and pango are imported at the first PDF only: importing them takes most
of a second and 49 MB, which no other page should pay for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from types import ModuleType
from typing import Any, Final

FONTS: Final = {
    f"report:{name}": files("survey.outgoing") / "fonts" / name
    for name in ("mirror-serif.ttf", "mirror-sans.ttf", "mirror-bold.ttf")
}
"""The only files a page may ask for, by the address that its style sheet uses."""

OWN_DRAWING: Final = "data:image/svg+xml;base64,"

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


def render_pdf(html: str, identifier: str) -> bytes:
    """Return `html` (a whole document with its style sheet inside) as a PDF/UA-1 file.

    `identifier` takes the place of WeasyPrint's random one: the same page with the same identifier gives the same
    bytes. The page may ask for the fonts and for drawings inside itself; asking for anything else stops the making
    of it. Raises PangoMissing, ForeignAsset.
    """
    return _set_out(html).as_pdf(identifier)


def render_sheet(settings: Iterable[str], identifier: str) -> bytes:
    """Return the first of these settings of the same words, roomy first, that fits on one sheet; else the last.

    Otherwise as `render_pdf`. Raises PangoMissing, ForeignAsset.
    """
    for html in settings:
        laid_out = _set_out(html)
        if laid_out.count == 1:
            break
    return laid_out.as_pdf(identifier)


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
