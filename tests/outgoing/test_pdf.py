"""A page becomes a tagged PDF, the same one each time, and asks nobody for anything."""

import base64
import gc
import io
import re
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import pytest

from survey.outgoing import pdf

STYLE = (
    "@font-face { font-family: 'Mirror Serif'; src: url(report:mirror-serif.ttf) } * { font-family: 'Mirror Serif' }"
)


def page(body: str) -> str:
    return (
        f"<!doctype html><html lang=nl><head><meta charset=utf-8><title>Proef</title><style>{STYLE}</style></head>"
        f"<body>{body}</body></html>"
    )


def test_a_page_becomes_a_tagged_pdf_with_a_title_and_a_language() -> None:
    made = pikepdf.open(io.BytesIO(pdf.render_pdf(page("<p>Goed brood.</p>"), "a")))

    assert made.Root.MarkInfo.Marked
    assert str(made.Root.Lang) == "nl"
    with made.open_metadata() as metadata:
        assert metadata["dc:title"] == "Proef"
        assert metadata["pdfuaid:part"] == "1"


def test_python_looks_for_garbage_again_afterwards_also_after_a_refusal() -> None:
    assert gc.isenabled()
    pdf.render_pdf(page("<p>Brood</p>"), "a")
    assert gc.isenabled()
    with pytest.raises(pdf.ForeignAsset):
        pdf.render_pdf(page('<img src="https://example.org/pixel.png" alt="">'), "a")
    assert gc.isenabled()


def test_papers_that_are_asked_for_at_once_are_all_set_and_python_collects_afterwards() -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda number: pdf.render_pdf(page(f"<p>Brood {number}</p>"), "a"), range(6)))
    assert made == [pdf.render_pdf(page(f"<p>Brood {number}</p>"), "a") for number in range(6)]
    assert gc.isenabled()


def test_the_same_page_gives_the_same_bytes() -> None:
    assert pdf.render_pdf(page("<p>Brood</p>"), "a") == pdf.render_pdf(page("<p>Brood</p>"), "a")


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/pixel.png",
        "https://example.org/pixel.png",
        "ftp://example.org/pixel.png",
        "report:/etc/passwd",
        "report:../pdf.py",
        "data:text/html,<p>brood</p>",
        "data:image/svg+xml,<svg/>",
    ],
)
def test_a_page_that_asks_for_something_that_is_not_its_own_is_not_made(address: str) -> None:
    with pytest.raises(pdf.ForeignAsset):
        pdf.render_pdf(page(f"<img alt='' src='{address}'>"), "a")


def test_a_drawing_cannot_fetch_either() -> None:
    drawing = (
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='9' height='9'>"
        "<image width='9' height='9' xlink:href='file:///etc/passwd'/></svg>"
    )
    address = pdf.OWN_DRAWING + base64.b64encode(drawing.encode()).decode()

    with pytest.raises(pdf.ForeignAsset):
        pdf.render_pdf(page(f"<img alt='' src='{address}'>"), "a")


def test_without_pango_the_refusal_is_the_line_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_pango(name: str) -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf, "import_module", without_pango)

    with pytest.raises(pdf.PangoMissing, match=re.escape(pdf.APT_LINE)):
        pdf.render_pdf(page(""), "a")
