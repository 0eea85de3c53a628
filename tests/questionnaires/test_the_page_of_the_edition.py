"""The page on which people read and discuss the sentences of the edition."""

from pathlib import Path

from survey.questionnaires import editions, load_conversation
from survey.questionnaires.table import page_of, whole_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "questionnaire.md"


def test_the_page_shows_the_editions_as_they_are() -> None:
    first, *others = (load_conversation(id_) for id_ in editions())
    assert PAGE.read_text("utf-8") == whole_page(first, others), (
        "Write it again: python -m survey.questionnaires.table > docs/questionnaire.md"
    )


def test_the_page_shows_what_one_role_reads_differently() -> None:
    page = page_of(load_conversation("spiegel-1"))
    assert "Karin vertelt mij belangrijke dingen op tijd.<br>bank: Karin vertelt de bank belangrijke dingen" in page


def test_the_page_shows_whom_the_items_about_work_are_asked_of() -> None:
    page = PAGE.read_text("utf-8")
    assert "| Het werk | `energy_left` | employees | Na een gewone werkdag heb ik nog energie over. | energy |" in page
    assert "All of spiegel-1 but `energy_at_work`." in page
    assert "Takes no statement of spiegel-1." in page
