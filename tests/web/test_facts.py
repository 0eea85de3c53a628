"""Facts beside the mirror: typed by accountant and bank in their own list, sealed, for the owner only, in no copy."""

import io
import json
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from survey import counting, redaction, sharing, story
from survey.ballots import Response
from survey.clock import day_of
from survey.facts import LARGEST, SIGNAL_IDS
from survey.installation import Installation
from survey.mirror import open_mirror
from survey.named_questions import CATALOGUE, NAMES, SPARRING_PARTNERS
from survey.questionnaires import load
from survey.sharing import Scope
from survey.store.ballots import BALLOT_BYTES, Box
from survey.store.database import db
from survey.store.named_facts import NamedFacts, facts_of_voices
from survey.store.people import Account, Company, invitations_of
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON
from tests.mirror.karins_mirror import hand_in
from tests.web.conftest import MOOD, Phone
from tests.web.owner.conftest import become

FIGURES = {
    "figure-1-name": "Solvabiliteit",
    "figure-1-figure": "31%",
    "figure-1-date": "30 september 2026",
    "figure-1-note": "Was 28% een jaar eerder.",
}
SIGNALS = {"signal-slower_receipts": "clear", "signal-worse_rating": "cannot_say", "positive": "Komt afspraken na."}


def one_of(round_: Round, perspective: str):  # type: ignore[no-untyped-def]  # an invitation
    return invitations_of(round_.id, perspective)[0]


def count_it(round_: Round, house: Installation, clock: story.MovableClock) -> None:
    box = house.boxes.of(round_.id)
    clock.move_to(CLOSES_ON + timedelta(days=1))
    counting.close(round_, box, clock())
    counting.count(round_, box, house.settings.keys, clock())


@pytest.fixture
def with_facts(phone: Phone, open_round: Round, house: Installation, clock: story.MovableClock) -> Round:
    """The round counted with facts of Rob and Joost, and Karin's picture in it; her mirror is open."""
    assert phone.answer(one_of(open_round, "accountant"), MOOD | FIGURES).status_code == 200
    assert phone.answer(one_of(open_round, "bank"), MOOD | SIGNALS).status_code == 200
    count_it(open_round, house, clock)
    hand_in(open_round)
    open_mirror(open_round, clock())
    return open_round


def test_only_accountant_and_bank_are_asked_for_facts(phone: Phone, open_round: Round) -> None:
    asked = {}
    for perspective in ("employees", "accountant", "bank", "peer"):
        invitation = one_of(open_round, perspective)
        phone.client.post(phone.link_of(invitation), data={"taal": "nl"})
        page = phone.client.get("/lijst").text
        asked[perspective] = ("figure-1-name" in page, "signal-sector" in page)
    assert asked == {
        "employees": (False, False),
        "accountant": (True, False),
        "bank": (False, True),
        "peer": (False, False),
    }


def test_facts_posted_by_an_employee_are_not_kept(
    phone: Phone, open_round: Round, house: Installation, clock: story.MovableClock
) -> None:
    phone.answer(one_of(open_round, "employees"), MOOD | FIGURES | SIGNALS)
    count_it(open_round, house, clock)
    assert facts_of_voices(open_round.id) == {}


def test_nothing_of_the_facts_can_be_read_before_the_count(phone: Phone, open_round: Round, box: Box) -> None:
    phone.answer(one_of(open_round, "accountant"), MOOD | FIGURES)
    phone.answer(one_of(open_round, "employees"), MOOD)
    assert facts_of_voices(open_round.id) == {}
    assert len({len(ballot.sealed) for ballot in box.sealed_ballots()}) == 1


def test_the_largest_facts_fit_beside_the_longest_list() -> None:
    spiegel = load("spiegel-1")
    answers = {item.id: "cannot_judge" for item in spiegel.items}
    texts = {question.id: "😀" * 300 for question in spiegel.open_questions}
    content = Response(answers, texts, frozenset(texts), {"positive": ""}).content()
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    named = {"points": dict.fromkeys(SPARRING_PARTNERS, 15), "key_figures": sorted(CATALOGUE, key=len)[-NAMES:]}
    beside = json.dumps(named, separators=(",", ":"))
    assert len(plain) + LARGEST + len(beside) <= BALLOT_BYTES


def test_the_copy_of_who_answers_by_name_has_them(phone: Phone, open_round: Round) -> None:
    thanks = phone.answer(one_of(open_round, "bank"), MOOD | SIGNALS).text
    assert "Klanten betalen trager" in thanks
    assert "Komt afspraken na." in thanks


def test_a_figure_without_a_date_comes_back_as_it_was_typed(phone: Phone, open_round: Round) -> None:
    start = phone.open_list(one_of(open_round, "accountant"))
    answer = phone.send(start, MOOD | FIGURES | {"figure-1-date": ""})
    assert answer.status_code == 422
    assert "Zet er een naam, een cijfer en een datum bij." in answer.text
    assert 'value="Solvabiliteit"' in answer.text


def test_a_signal_that_does_not_exist_is_refused(phone: Phone, open_round: Round) -> None:
    start = phone.open_list(one_of(open_round, "bank"))
    assert phone.send(start, MOOD | {"signal-sector": "terrible"}).status_code == 422


def test_ten_signals_and_one_positive(phone: Phone, open_round: Round) -> None:
    phone.client.post(phone.link_of(one_of(open_round, "bank")), data={"taal": "nl"})
    page = phone.client.get("/lijst").text
    assert len(SIGNAL_IDS) == 10
    assert page.count('value="not_seen"') == 10
    assert 'name="positive"' in page


def test_they_stand_beside_the_release_and_never_in_it(with_facts: Round) -> None:
    assert set(facts_of_voices(with_facts.id)) == {"accountant", "bank"}
    assert with_facts.release is not None
    assert "Solvabiliteit" not in with_facts.release.document
    assert "slower_receipts" not in with_facts.release.document


def test_the_owner_reads_them_on_a_page_and_in_the_own_pdf(
    client: FlaskClient, app: Flask, karin: Account, with_facts: Round
) -> None:
    become(client, karin)
    page = client.get(f"/ronde/{with_facts.id}/cijfers").text
    paper = client.get(f"/ronde/{with_facts.id}/spiegel.pdf").data
    printed = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(paper)).pages)
    for said in ("Solvabiliteit", "31%", "30 september 2026", "Klanten betalen trager", "kan of mag ik niet zeggen"):
        assert said in page
        assert said in printed


def test_no_shared_copy_has_them(app: Flask, bakery: Company, with_facts: Round, house: Installation) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    petra = Account(email=story.PARTNER.address, name=story.PARTNER.name, confirmed_at=house.clock())
    db.session.add(petra)
    db.session.commit()
    confidant = sharing.let_in(bakery, petra.name, petra.email)
    sharing.take_up(confidant, petra)
    until = day_of(house.clock()) + sharing.USUAL_TIME
    sharing.share_mirror(with_facts, confidant, Scope.WORDS, until, house.clock())
    browser = app.test_client()
    become(browser, petra)
    page = browser.get(f"/klanten/{with_facts.id}/spiegel").text
    paper = browser.get(f"/klanten/{with_facts.id}/spiegel.pdf").data
    printed = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    for said in ("Solvabiliteit", "31%", "Klanten betalen trager", "De cijfers ernaast"):
        assert said not in page
        assert said not in printed
    assert browser.get(f"/ronde/{with_facts.id}/cijfers").status_code == 404


def test_the_other_owner_of_the_company_does_not_read_them(
    client: FlaskClient, bakery: Company, with_facts: Round, house: Installation
) -> None:
    other = Account(email="jan@bakkerijdevries.example", name="Jan de Vries", confirmed_at=house.clock())
    db.session.add(other)
    bakery.owners.append(other)
    db.session.commit()
    become(client, other)
    assert client.get(f"/ronde/{with_facts.id}/cijfers").status_code == 303


def test_taking_a_voice_out_takes_its_facts_out(with_facts: Round, house: Installation) -> None:
    redaction.redact_voice(with_facts, "bank", house.clock())
    assert set(facts_of_voices(with_facts.id)) == {"accountant"}
    assert db.session.get(NamedFacts, (with_facts.id, "bank")) is None
