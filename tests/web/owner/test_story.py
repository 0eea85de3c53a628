"""The owner's own story: six empty headings, kept, on paper, and sent to nobody."""

import io

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Company
from survey.store.rounds import Round

HEADINGS = (
    "Hoe staat het bedrijf ervoor?",
    "Wat kan er de komende maanden misgaan?",
    "Wat is je plan?",
    "Wat doet het plan met de cijfers?",
    "Wat betekent het voor de ander?",
    "Wat vraag je echt?",
)


@pytest.fixture
def address(bakery: Company) -> str:
    return f"/bedrijf/{bakery.id}/verhaal"


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_six_headings_and_nothing_under_them_also_when_there_is_a_mirror(
    owner: FlaskClient, mirrored_round: Round, address: str
) -> None:
    page = owner.get(address).text
    assert [page.index(heading) for heading in HEADINGS] == sorted(page.index(heading) for heading in HEADINGS)
    assert page.count("</textarea>") == 6
    assert page.count(">\n</textarea>") == 6


def test_own_words_are_kept_and_printed_under_their_heading(owner: FlaskClient, address: str) -> None:
    typed = {"t.plan": "Een oven leasen.\r\nVan mei tot mei.", "v.plan": "0", "next": f"{address}.pdf"}
    answer = owner.post(address, data=typed)
    assert answer.location == f"{address}.pdf"
    words = words_of(owner.get(answer.location).data)
    assert "Wat is je plan? Een oven leasen. Van mei tot mei." in words
    assert "Karin de Vries" in words
    assert HEADINGS[0] not in words


def test_two_devices_are_shown_both_texts(owner: FlaskClient, address: str) -> None:
    owner.post(address, data={"t.plan": "Leasen.", "v.plan": "0"})
    answer = owner.post(address, data={"t.plan": "Kopen.", "v.plan": "0"})
    assert answer.status_code == 409
    assert "Leasen." in answer.text
    assert "Kopen." in answer.text


def test_nothing_of_it_is_ever_sent(owner: FlaskClient, address: str) -> None:
    owner.post(address, data={"t.request": "Uitstel tot juni.", "v.request": "0"})
    assert list(db.session.scalars(db.select(OutboxMail))) == []


def test_a_story_without_words_is_no_paper(owner: FlaskClient, address: str) -> None:
    assert "als PDF" not in owner.get(address).text
    owner.post(address, data={"t.plan": " \r\n", "v.plan": "0"})
    assert "als PDF" not in owner.get(address).text
    answer = owner.get(f"{address}.pdf")
    assert (answer.status_code, answer.location) == (303, address)
    assert "Er is nog niets geschreven." in owner.get(address).text
    owner.post(address, data={"t.plan": "Leasen.", "v.plan": "1"})
    assert "als PDF" in owner.get(address).text


@pytest.mark.parametrize(("data", "status"), [({"t.excuses": "x"}, 400), ({"t.plan": "x" * 8001}, 413)])
def test_what_does_not_fit_is_refused(owner: FlaskClient, address: str, data: dict[str, str], status: int) -> None:
    assert owner.post(address, data=data).status_code == status
