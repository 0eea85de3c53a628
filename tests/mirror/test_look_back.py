"""What was agreed about the mirror before, on the page after the cover, with what came of it."""

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from survey.mirror import Agreed, LookBack, MirrorReport, hold_up_mirror, to_document
from survey.mirror.printing import report_html, report_pdf
from tests.mirror.karins_mirror import LOOK_BACK, facts_of, mirror, own_view, released
from tests.mirror.test_since import earlier


def with_agreements(look_back: LookBack | None = LOOK_BACK, language: str = "nl") -> MirrorReport:
    result = released()
    return hold_up_mirror(result, own_view(), facts_of(result), language, look_back)


def text_of(page: int, pdf: Path) -> str:
    command = ["pdftotext", "-f", str(page), "-l", str(page), pdf, "-"]
    return " ".join(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "spiegelrapport.pdf"
    path.write_bytes(report_pdf(with_agreements()))
    return path


def test_the_page_after_the_cover_begins_with_what_was_agreed(pdf: Path) -> None:
    page = text_of(2, pdf)

    assert page.startswith("Wat is ervan gekomen")
    assert "na de spiegel van voorjaar 2026" in page
    assert page.index("Joost bellen") < page.index("In drie zinnen")
    assert "Zo lees je dit" in text_of(3, pdf)


def test_a_second_round_takes_no_page_more_for_what_changed(tmp_path: Path) -> None:
    result, path = released(), tmp_path / "second.pdf"
    two = replace(LOOK_BACK, agreed=LOOK_BACK.agreed[:2])
    changed = earlier(None)
    path.write_bytes(report_pdf(hold_up_mirror(result, own_view(), facts_of(result), "nl", two, changed)))

    assert len(pikepdf.open(path).pages) == 9
    assert "Jouw eigen vraag" in text_of(2, path)
    assert text_of(3, path).startswith("Zo lees je dit")
    assert "Sinds de vorige keer" in text_of(3, path)


def test_the_cover_tells_nothing_of_what_was_agreed(pdf: Path) -> None:
    assert "rooster" not in text_of(1, pdf)


def test_who_what_when_and_which_figure_stand_with_what_came_of_it(pdf: Path) -> None:
    page = text_of(2, pdf)

    told = [
        "Het rooster hangt twee weken vooruit in de kantine.",
        "Wie: Karin en Chantal",
        "Wanneer: vanaf 15 juni",
        "Te zien aan: ruilverzoeken per week",
        "voor een deel",
        "Voor de winkel bleef het een week.",
        "Elke maand een uur met Rob over het geld.",
        "gedaan",
    ]
    places = [page.index(one) for one in told]
    assert places == sorted(places)


def test_an_outcome_without_words_is_the_outcome_and_nothing_more(pdf: Path) -> None:
    page = report_html(with_agreements())

    assert ">–<" not in page[page.index('id="came"') : page.index('id="opening"')]
    assert "gedaan 3 Joost bellen" in text_of(2, pdf)


def test_what_the_owner_did_not_say_yet_has_lines_to_write_on() -> None:
    page = report_html(with_agreements())
    blocks = page[page.index('id="came"') : page.index('id="opening"')].split('class="agreement"')[1:]

    assert ["write" in block for block in blocks] == [False, False, True]


def test_the_places_that_the_sentences_point_at_move_along(pdf: Path) -> None:
    assert "Begin bij de bank, op bladzijde 6." in text_of(2, pdf)


@pytest.mark.parametrize("nothing", [None, LookBack(date(2026, 5, 22), ())])
def test_without_agreements_there_is_no_such_page(nothing: LookBack | None) -> None:
    assert with_agreements(nothing) == mirror()
    assert "came" not in report_html(mirror()).split("</style>")[1]


def test_agreements_of_many_words_run_on_over_pages_and_nothing_is_cut(tmp_path: Path) -> None:
    endless = Agreed("K" * 300, "w" * 900, "dag " * 200, "cijfer " * 200, "let_go", "Regel.\n" * 120 + "Einde")
    path = tmp_path / "long.pdf"
    path.write_bytes(report_pdf(with_agreements(replace(LOOK_BACK, agreed=(endless,) * 3))))

    count = len(pikepdf.open(path).pages)
    assert count > 10
    everything = " ".join(text_of(page, path) for page in range(1, count + 1))
    assert everything.count("Einde") == 3


def test_what_was_agreed_is_printed_as_it_was_written() -> None:
    page = report_html(with_agreements(replace(LOOK_BACK, agreed=(Agreed("", "<b>Brood</b>", "", "", "", ""),))))

    assert "&lt;b&gt;Brood&lt;/b&gt;" in page


def test_the_document_holds_what_was_agreed() -> None:
    assert to_document(with_agreements())["texts"]["agreed_before"][1]["outcome"] == "done"


def test_english_has_its_own_words_for_what_came_of_it() -> None:
    page = report_html(with_agreements(language="en"))

    assert "What came of it" in page
    assert ">in part<" in page
