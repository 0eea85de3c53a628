"""The page on which people read and discuss the sentences of the edition."""

from pathlib import Path

from survey.questionnaires import load_conversation
from survey.questionnaires.table import page_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "questionnaire.md"


def test_the_page_shows_the_edition_as_it_is() -> None:
    assert PAGE.read_text("utf-8") == page_of(load_conversation("spiegel-1")), (
        "Write it again: python -m survey.questionnaires.table > docs/questionnaire.md"
    )


def test_the_page_shows_what_one_role_reads_differently() -> None:
    page = page_of(load_conversation("spiegel-1"))
    assert "Karin vertelt mij belangrijke dingen op tijd.<br>bank: Karin vertelt de bank belangrijke dingen" in page
