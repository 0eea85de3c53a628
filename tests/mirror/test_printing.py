"""The report on paper: tagged, readable in order, always the same bytes, and a cover that gives nothing away."""

import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from survey.mirror import MirrorReport
from survey.mirror.printing import report_html, report_pdf, sheet_pdf
from survey.mirror.reports import FactsBeside
from survey.mirror.to_talk_about import to_talk_about
from tests.mirror.karins_mirror import mirror, released


@pytest.fixture(scope="module", params=["nl", "en"])
def report(request: pytest.FixtureRequest) -> MirrorReport:
    return mirror(language=request.param)


@pytest.fixture(scope="module")
def pdf(report: MirrorReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "spiegelrapport.pdf"
    path.write_bytes(report_pdf(report))
    return path


def text_of(pdf: Path, *pages: int) -> str:
    first_and_last = ["-f", str(pages[0]), "-l", str(pages[-1])] if pages else []
    return subprocess.run(["pdftotext", *first_and_last, pdf, "-"], check=True, capture_output=True, text=True).stdout


def test_the_report_is_tagged_titled_and_says_its_language(pdf: Path, report: MirrorReport) -> None:
    made = pikepdf.open(pdf)

    assert made.Root.MarkInfo.Marked
    assert str(made.Root.Lang) == report.language
    with made.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert "Bakkerij De Vries" in str(metadata["dc:title"])
    assert made.Root.ViewerPreferences.DisplayDocTitle


def test_the_standard_round_takes_six_to_eight_pages(pdf: Path) -> None:
    assert 6 <= len(pikepdf.open(pdf).pages) <= 8


def test_three_fonts_and_no_fallback(pdf: Path) -> None:
    listed = subprocess.run(["pdffonts", pdf], check=True, capture_output=True, text=True).stdout
    names = {line.split("+")[1].split(" ")[0].rstrip(",") for line in listed.splitlines()[2:]}

    assert names == {"Mirror-Serif", "Mirror-Sans", "Mirror-Bold"}


def test_every_part_has_a_bookmark(pdf: Path, report: MirrorReport) -> None:
    with pikepdf.open(pdf).open_outline() as outline:
        titles = [entry.title for entry in outline.root]

    dutch = ["In drie zinnen", "Wat goed gaat", "Het beeld", "Hier kijken jullie anders"]
    dutch += ["Hier zijn jullie het over eens", "In hun eigen woorden", "Alle uitspraken"]
    assert len(titles) == len(dutch)
    assert report.language != "nl" or titles == dutch


def test_the_cover_gives_no_mark_away(pdf: Path, report: MirrorReport) -> None:
    cover = text_of(pdf, 1)

    # Days, years and how many took part; nothing that was answered.
    assert not re.search(r"\d[.,]\d", cover)
    numbers = {int(number) for number in re.findall(r"\d+", cover)}
    assert numbers == {1, 2, 9, 20, 30, 2026}
    assert not any(block.statement.text in cover for block in report.differences)


def test_the_cover_names_nobody_who_answered_and_the_page_after_it_does_once(pdf: Path, report: MirrorReport) -> None:
    cover, after = (" ".join(text_of(pdf, page).split()) for page in (1, 2))

    named = [speaker.name for speaker in report.voices if speaker.name]
    assert len(named) == 4
    assert [name for name in named if name in cover] == []
    assert [after.count(name) for name in named] == [1, 1, 1, 1]
    assert "accountant" in cover


def test_where_they_agree_there_is_a_question_and_a_line_to_write_on(report: MirrorReport) -> None:
    page = report_html(report)
    part = page[page.index('id="agree"') : page.index('class="sight')]

    assert report.concern_question in part
    assert 'class="write"' in part


def test_three_shared_concerns_still_stand_on_one_page_with_who_sees_what(report: MirrorReport, tmp_path: Path) -> None:
    three = replace(report, shared_concerns=(*report.shared_concerns, *report.shared_strengths)[:3])
    path = tmp_path / "three.pdf"
    path.write_bytes(report_pdf(three))

    assert len(three.shared_concerns) == 3
    assert len(pikepdf.open(path).pages) == 8


def test_a_few_facts_share_the_page_with_who_sees_what(report: MirrorReport, tmp_path: Path) -> None:
    path = tmp_path / "facts.pdf"
    told = FactsBeside("Bank", "Joost Meijer", (), (), "Wat we afspreken, gebeurt ook.")
    path.write_bytes(report_pdf(replace(report, shared_concerns=(), beside=(told,))))

    assert len(pikepdf.open(path).pages) == 8


def test_no_sign_is_explained_by_its_own_name(pdf: Path) -> None:
    assert not re.search(
        r"geen zicht\s+geen zicht\s+niet genoeg|no sight\s+no sight\s+not enough", text_of(pdf, 2).lower()
    )


def test_the_cover_draws_everybody_at_the_same_distance() -> None:
    other = mirror(released({name: dict.fromkeys(told, 3) for name, told in _answers().items()}))

    assert _cover(mirror()) == _cover(other)


def test_it_reads_aloud_in_the_order_of_the_page(pdf: Path, report: MirrorReport) -> None:
    if report.language != "nl":
        pytest.skip("one language is enough to see the order")
    words = " ".join(text_of(pdf).split())
    told = [
        "Spiegel",
        "In drie zinnen",
        "Jij geeft een 5 aan",
        "Begin bij de bank, op bladzijde 5.",
        "Zo lees je dit",
        "Wat goed gaat",
        "Het beeld",
        "Hier kijken jullie anders",
        "Wie ziet wat",
        "Wie er om je heen staat",
        "In hun eigen woorden",
        "Alle uitspraken",
    ]

    places = [words.index(one) for one in told]
    assert places == sorted(places)


def test_what_stands_in_the_margin_is_read_before_what_it_stands_beside(pdf: Path, report: MirrorReport) -> None:
    if report.language != "nl":
        pytest.skip("one language is enough to see the order")
    as_written = " ".join(
        subprocess.run(["pdftotext", "-raw", pdf, "-"], check=True, capture_output=True).stdout.decode().split()
    )

    for told in (
        "Het grootste verschil Jij geeft een 5",
        "Klanten jij 4 Klanten komen graag terug. 4,0 of hoger 4",
        "Klanten jij 4,0 Medewerkers 3,5 verwacht 4 Accountant 3,3",
        "1 Met slecht nieuws kun je bij Karin terecht. Openheid jij 5",
        "Accountant De administratie is netjes. Bank Afspraken komen na.",
    ):
        assert told in as_written


def test_the_same_release_gives_the_same_bytes(pdf: Path, report: MirrorReport) -> None:
    assert report_pdf(report) == pdf.read_bytes()


def test_nothing_in_the_file_tells_of_the_machine_or_of_an_address(pdf: Path) -> None:
    made = pikepdf.open(pdf)
    told = " ".join(str(value) for value in made.docinfo.values())
    with made.open_metadata() as metadata:
        told += " ".join(f"{key} {value}" for key, value in metadata.items())

    assert "@" not in told
    assert not re.search(r"/home|/tmp|/work|localhost|\.example|\d{4}-\d{2}-\d{2}T", told)


def test_the_file_stays_small(pdf: Path) -> None:
    assert pdf.stat().st_size < 100_000


def test_headings_tables_and_lists_are_tagged_and_every_drawing_is_decoration(pdf: Path) -> None:
    kinds: dict[str, int] = {}
    made = pikepdf.open(pdf)
    to_visit = [made.Root.StructTreeRoot.K]
    while to_visit:
        node = to_visit.pop()
        if isinstance(node, pikepdf.Array):
            to_visit.extend(node)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                kinds[str(node.S)] = kinds.get(str(node.S), 0) + 1
            if "/K" in node:
                to_visit.append(node.K)

    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L", "/P"} <= kinds.keys()
    assert "/Figure" not in kinds  # the numbers beside a drawing are its text


def test_only_the_corner_of_a_table_has_no_header(report: MirrorReport) -> None:
    heads = re.findall(r"<thead>.*?</thead>", report_html(report), re.S)

    assert heads
    assert all(head.count("<td") <= 1 for head in heads)


def test_a_text_that_looks_like_html_is_printed_as_it_was_written() -> None:
    result = released()
    texts = tuple(
        type(one)(one.perspective, one.question, ("<img src=x onerror=alert(1)> & <b>", *one.texts[1:]))
        for one in result.texts
    )
    page = report_html(mirror(type(result)(**{**vars(_without_cache(result)), "texts": texts})))

    assert "&lt;img src=x onerror=alert(1)&gt; &amp; &lt;b&gt;" in page
    assert "<img" not in page


def test_a_company_called_like_a_piece_of_style_sheet_stays_in_its_footer() -> None:
    page = report_html(mirror(company='"} body { background: url(http://x) } "'))

    style = page[page.index("<style>") : page.index("</style>")]
    assert "http:" not in style
    assert '"}' not in style


def test_without_five_employees_the_report_is_still_made() -> None:
    assert report_pdf(mirror(released(employees="abcd"))).startswith(b"%PDF")


def test_there_is_a_sheet_to_write_on_for_every_topic(report: MirrorReport) -> None:
    always = 1  # the questions that go with every mirror
    assert len(pikepdf.open(io.BytesIO(sheet_pdf(report))).pages) == len(report.differences) + always


def test_every_topic_that_can_be_chosen_fits_one_sheet_with_its_numbers_and_question(report: MirrorReport) -> None:
    chosen = [offer.item for offer in to_talk_about(report)]
    always = 1
    assert len(chosen) > len(report.differences)
    assert len(pikepdf.open(io.BytesIO(sheet_pdf(report, chosen))).pages) == len(chosen) + always


def _answers() -> dict[str, dict[str, int | str]]:
    from survey import story

    return story.answers()


def _cover(report: MirrorReport) -> str:
    page = report_html(report)
    return page[page.index('<section class="cover') : page.index("</section>")]


def _without_cache(result: object) -> object:
    from dataclasses import fields
    from types import SimpleNamespace

    return SimpleNamespace(**{field.name: getattr(result, field.name) for field in fields(result)})  # type: ignore[arg-type]
