"""The coach's page: made from this mirror, apart from what the owner prints, without a word of the employees."""

import io
import re
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader

from survey import conversation, story
from survey.installation import Installation
from survey.mirror import MirrorReport, mirror_of, open_mirror
from survey.store.kept_texts import Draft
from survey.store.people import Account
from survey.store.rounds import Round
from survey.web.coach_guide import guide_of, guide_page, guide_pdf, keep_guide_notes

KEEP, PDF = "/coach/x/notities", "/coach/x.pdf"


@pytest.fixture
def report(mirrored_round: Round) -> MirrorReport:
    return mirror_of(mirrored_round, "Bakkerij De Vries", "nl")


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_there_are_two_strengths_before_one_gap(app: Flask, mirrored_round: Round, report: MirrorReport) -> None:
    with app.test_request_context():
        guide = guide_of(mirrored_round, report)
    assert guide.strengths == tuple(one.text for one in report.shared_strengths[:2])
    assert guide.first_gap == report.differences[0].statement.text


def test_every_gap_has_its_opening_question_and_two_to_go_on_with(
    app: Flask, mirrored_round: Round, report: MirrorReport
) -> None:
    with app.test_request_context():
        guide = guide_of(mirrored_round, report)
    assert [gap.opening for gap in guide.gaps] == [block.question for block in report.differences]
    for gap in guide.gaps:
        assert len(set(gap.following)) == 2
        assert all(question.endswith("?") and "aarom" not in question for question in gap.following)


def test_the_numbers_are_the_owners_by_name_and_never_the_readers(
    app: Flask, mirrored_round: Round, report: MirrorReport
) -> None:
    with app.test_request_context():
        told = [sentence for gap in guide_of(mirrored_round, report).gaps for sentence in gap.sentences]
        words = words_of(guide_pdf(mirrored_round, report))
    assert "Karin: 5. De medewerkers: 2,5." in told
    assert any(sentence.startswith("Karin verwachtte ") for sentence in told)
    for sentence in told:
        assert not re.search(r"\b(jij|je|jou|jouw)\b", sentence, re.IGNORECASE), sentence
    assert "Jij:" not in words


def test_help_that_was_not_expected_gets_questions_of_its_own(
    app: Flask, mirrored_round: Round, report: MirrorReport
) -> None:
    with app.test_request_context():
        gaps = {gap.statement: gap for gap in guide_of(mirrored_round, report).gaps}
    [expected] = [block.statement for block in report.differences if block.statement.strip.of_expectations]
    assert gaps[expected.text].following[1] == "Wie vraag je als eerste, en wat?"


def test_it_says_whether_the_owner_has_seen_it(
    app: Flask, mirrored_round: Round, report: MirrorReport, house: Installation
) -> None:
    with app.test_request_context():
        assert "nog niet geopend" in guide_of(mirrored_round, report).before[0]
        open_mirror(mirrored_round, house.clock())
        assert "al geopend" in guide_of(mirrored_round, report).before[0]


def test_there_is_an_answer_ready_when_somebody_guesses_who_wrote_what(
    app: Flask, mirrored_round: Round, report: MirrorReport
) -> None:
    with app.test_request_context():
        words = words_of(guide_pdf(mirrored_round, report))
    assert "Wie schreef dit?" in words
    assert "Dat weten we niet, en dat blijft zo." in words


def test_on_paper_every_label_is_read_before_what_it_labels(
    app: Flask, mirrored_round: Round, report: MirrorReport
) -> None:
    with app.test_request_context():
        words = words_of(guide_pdf(mirrored_round, report))
    order = (
        "Vooraf",
        "Spreek af",
        "Begin hiermee",
        "Klanten komen",
        "Tijdens",
        "Begin met wat",
        "Per verschil",
        "Daarna",
    )
    places = [words.index(each) for each in order]
    assert places == sorted(places)


def test_on_paper_every_question_is_read_after_its_own_numeral(
    app: Flask, mirrored_round: Round, report: MirrorReport, tmp_path: Path
) -> None:
    paper = tmp_path / "coach.pdf"
    with app.test_request_context():
        paper.write_bytes(guide_pdf(mirrored_round, report))
        gaps = guide_of(mirrored_round, report).gaps
    told = subprocess.run(["pdftotext", "-raw", paper, "-"], check=True, capture_output=True, text=True).stdout
    read = " ".join(told.split())

    assert gaps
    for gap in gaps:
        assert f"1. {gap.opening} 2. {gap.following[0]} 3. {gap.following[1]}" in read


def test_no_word_of_the_employees_is_in_it(
    app: Flask, mirrored_round: Round, report: MirrorReport, karin: Account
) -> None:
    with app.test_request_context():
        words = words_of(guide_pdf(mirrored_round, report))
        page = guide_page(mirrored_round, report, karin, KEEP, PDF, "/").get_data(as_text=True)
    for person in "abcdefghi":
        for text in vars(story.WRITINGS[person]).values():
            assert not text or text not in words + page


def test_the_coach_keeps_notes_of_his_own(
    app: Flask, mirrored_round: Round, report: MirrorReport, karin: Account
) -> None:
    form = {"t.before": "Begin bij de oven.", "v.before": "0"}
    with app.test_request_context(method="POST", data=form):
        assert keep_guide_notes(mirrored_round, karin.id, KEEP, "/coach/x").status_code == 303
    assert conversation.coach_notes(mirrored_round, karin.id)["before"].text == "Begin bij de oven."
    with app.test_request_context():
        assert "Begin bij de oven." in guide_page(mirrored_round, report, karin, KEEP, PDF, "/").get_data(as_text=True)
        with_notes = guide_pdf(mirrored_round, report, conversation.coach_notes(mirrored_round, karin.id))
        assert "Begin bij de oven." in words_of(with_notes)
        assert "oven" not in words_of(guide_pdf(mirrored_round, report))


def test_another_coach_reads_his_own_notes_only(mirrored_round: Round, karin: Account) -> None:
    conversation.keep_coach_notes(mirrored_round, karin.id, {"before": Draft("Van mij.", 0)})
    assert conversation.coach_notes(mirrored_round, karin.id + 1)["before"].text == ""
