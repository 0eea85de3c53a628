"""What a coach sees: what the owner shared, from when it opens until it is withdrawn, and nothing of anybody else."""

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from survey import conversation, rounds, sharing, story
from survey.installation import Installation
from survey.mirror import open_mirror
from survey.sharing import Scope
from survey.store.database import db
from survey.store.grants import Confidant, views_of
from survey.store.kept_texts import Draft
from survey.store.people import Account, Company
from survey.store.rounds import ReleaseRecord, Round
from tests.bakery import CLOSES_ON
from tests.web.coach.conftest import give, today
from tests.web.owner.conftest import become

DAY = timedelta(days=1)
SHARED_PAGES = ("spiegel", "spiegel.pdf", "gesprek", "gesprek.pdf")


def paths(round_: Round) -> list[str]:
    return [f"/klanten/{round_.id}/{page}" for page in SHARED_PAGES]


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def texts_of(names: str) -> list[str]:
    return [text for name in names for text in vars(story.WRITINGS[name]).values() if text]


def employees_texts() -> list[str]:
    return texts_of("abcdefghi")


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_nothing_shared_is_not_there(coach: FlaskClient, opened: Round, confidant: Confidant) -> None:
    for path in paths(opened):
        assert coach.get(path).status_code == 404


def test_being_named_the_partner_shows_nothing(coach: FlaskClient, opened: Round) -> None:
    assert opened.partner_address == story.PARTNER.address
    for path in paths(opened):
        assert coach.get(path).status_code == 404
    assert "Bakkerij" not in coach.get("/klanten").text


def test_who_is_not_signed_in_signs_in_first(app: Flask, opened: Round, confidant: Confidant) -> None:
    for path in (*paths(opened), "/klanten"):
        assert app.test_client().get(path).status_code == 303


def test_given_beforehand_it_waits_until_the_owner_has_opened_it(
    coach: FlaskClient, mirrored_round: Round, confidant: Confidant, house: Installation
) -> None:
    give(mirrored_round, confidant, house)
    page = coach.get(f"/klanten/{mirrored_round.id}/spiegel")
    assert "opent hem eerst zelf" in page.text
    assert not re.search(r"\d,\d", words_of(page.text))
    assert coach.get(f"/klanten/{mirrored_round.id}/spiegel.pdf").status_code == 303
    assert coach.get(f"/klanten/{mirrored_round.id}/gesprek").status_code == 404
    assert views_of(mirrored_round.id) == []


def test_the_whole_mirror_without_own_words(
    coach: FlaskClient, opened: Round, confidant: Confidant, house: Installation
) -> None:
    give(opened, confidant, house)
    page = words_of(coach.get(f"/klanten/{opened.id}/spiegel").text)
    assert "De spiegel van Karin de Vries" in page
    assert "Jij: 5. De medewerkers: 2,5." in page
    paper = " ".join(pages_of(coach.get(f"/klanten/{opened.id}/spiegel.pdf").data))
    guide = words_of(coach.get(f"/klanten/{opened.id}/gesprek").text)
    for text in (*employees_texts(), *vars(story.WRITINGS["karin"]).values()):
        assert text not in page + guide
        assert text not in paper


def test_own_words_for_the_named_partner_when_the_owner_says_so(
    coach: FlaskClient, opened: Round, confidant: Confidant, house: Installation
) -> None:
    give(opened, confidant, house, Scope.WORDS)
    page = coach.get(f"/klanten/{opened.id}/spiegel").text
    assert all(text in page for text in ["Zeg eerder wat er gaat veranderen."])


def test_the_three_sentences_and_no_more(
    coach: FlaskClient, opened: Round, confidant: Confidant, house: Installation
) -> None:
    give(opened, confidant, house, Scope.SENTENCES)
    page = words_of(coach.get(f"/klanten/{opened.id}/spiegel").text)
    assert "Het grootste verschil" in page
    assert "In hun eigen woorden" not in page
    assert "Alle uitspraken" not in page
    assert coach.get(f"/klanten/{opened.id}/spiegel.pdf").status_code == 303
    assert coach.get(f"/klanten/{opened.id}/gesprek").status_code == 404


def test_every_page_of_a_shared_pdf_says_for_whom_and_when(
    coach: FlaskClient, opened: Round, confidant: Confidant, house: Installation
) -> None:
    give(opened, confidant, house)
    pages = pages_of(coach.get(f"/klanten/{opened.id}/spiegel.pdf").data)
    assert len(pages) > 4
    for page in pages:
        assert "Petra Visser" in page
        assert "23 november 2026" in page
    for page in pages_of(coach.get(f"/klanten/{opened.id}/gesprek.pdf").data):
        assert "Petra Visser" in page


def test_withdrawn_is_gone_at_the_next_request_with_an_old_session_and_a_bookmark(
    coach: FlaskClient, opened: Round, confidant: Confidant, house: Installation
) -> None:
    grant = give(opened, confidant, house, Scope.WORDS)
    for path in paths(opened):
        assert coach.get(path).status_code == 200
    sharing.revoke(grant, house.clock())
    for path in paths(opened):
        answer = coach.get(path)
        assert answer.status_code == 410, path
        assert "Bakkerij De Vries deelt hem niet meer sinds 23 november." in words_of(answer.text)
        assert not re.search(r"\d,\d", words_of(answer.text))
    assert coach.post(f"/klanten/{opened.id}/gesprek", data={"t.before": "x", "v.before": "0"}).status_code == 410


def test_a_grant_that_ran_out_is_gone_too(
    coach: FlaskClient, opened: Round, confidant: Confidant, house: Installation, clock: story.MovableClock
) -> None:
    give(opened, confidant, house)
    clock.move_to(today(house) + sharing.USUAL_TIME + DAY)
    for path in paths(opened):
        assert coach.get(path).status_code == 410


def test_own_notes_stay_the_coachs_own_after_it_ended(
    coach: FlaskClient, opened: Round, confidant: Confidant, petra: Account, house: Installation
) -> None:
    conversation.keep_coach_notes(opened, petra.id, {"before": Draft("Begin bij de oven.", 0)})
    sharing.revoke(give(opened, confidant, house), house.clock())
    assert "Begin bij de oven." in coach.get(f"/klanten/{opened.id}/spiegel").text


def test_each_look_stands_in_the_log_once_a_day(
    coach: FlaskClient, opened: Round, confidant: Confidant, house: Installation
) -> None:
    give(opened, confidant, house)
    for path in (*paths(opened), *paths(opened)):
        coach.get(path)
    assert [view.what for view in views_of(opened.id)] == ["guide", "mirror", "pdf"]


def test_who_is_not_the_named_partner_has_no_page_for_leading_the_talk(
    coach: FlaskClient, opened: Round, confidant: Confidant, house: Installation
) -> None:
    give(opened, confidant, house)
    opened.partner_address = "another@coach.example"
    assert coach.get(f"/klanten/{opened.id}/spiegel").status_code == 200
    assert coach.get(f"/klanten/{opened.id}/gesprek").status_code == 404


def test_another_company_stays_unseen(
    coach: FlaskClient, opened: Round, confidant: Confidant, noise: Round, house: Installation
) -> None:
    give(opened, confidant, house)
    for path in paths(noise):
        assert coach.get(path).status_code == 404
    assert "Garage Vos" not in coach.get("/klanten").text


def test_a_coach_has_no_page_of_the_owner(
    coach: FlaskClient, opened: Round, confidant: Confidant, house: Installation, app: Flask
) -> None:
    give(opened, confidant, house, Scope.WORDS)
    names = {"round_id": opened.id, "company_id": opened.company_id}
    asked = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("owner.") and set(names) & rule.arguments:
            values = {name: names.get(name, 1 if name == "number" else "x") for name in rule.arguments}
            with app.test_request_context():
                path = app.url_for(rule.endpoint, **values) if "filename" not in values else None
            if path and "GET" in (rule.methods or set()):
                assert coach.get(path).status_code == 404, path
                asked += 1
    assert asked > 15


def test_the_owner_has_no_client_page_of_the_own_company(
    app: Flask, opened: Round, confidant: Confidant, karin: Account, house: Installation
) -> None:
    give(opened, confidant, house)
    browser = app.test_client()
    become(browser, karin)
    for path in paths(opened):
        assert browser.get(path).status_code == 404


@pytest.mark.parametrize("kind", ["relation", "mirror"])
def test_clients_shows_what_each_grant_gives(
    coach: FlaskClient, opened: Round, confidant: Confidant, house: Installation, kind: str
) -> None:
    if kind == "relation":
        sharing.share_relation(confidant, today(house) + sharing.USUAL_TIME, house.clock())
    else:
        give(opened, confidant, house)
    page = words_of(coach.get("/klanten").text)
    assert "Bakkerij De Vries" in page
    assert ("maandag 30 november" in page) == (kind == "relation")
    assert ("De hele spiegel van najaar 2026." in page) == (kind == "mirror")


def test_the_coach_who_leads_prepares(
    coach: FlaskClient, opened: Round, confidant: Confidant, house: Installation
) -> None:
    sharing.share_relation(confidant, today(house) + sharing.USUAL_TIME, house.clock())
    give(opened, confidant, house)
    page = coach.get("/klanten").text
    assert f"/klanten/{opened.id}/gesprek" in page
    assert "Bereid voor" in page
    assert "Begin hiermee" in coach.get(f"/klanten/{opened.id}/gesprek").text


@pytest.fixture
def next_mirror(
    opened: Round, bakery: Company, karin: Account, house: Installation, clock: story.MovableClock
) -> Round:
    """The round after that, counted and not opened yet; its conversation is to come."""
    closes_on = CLOSES_ON + timedelta(days=182)
    following = rounds.prepare(bakery, karin, story.plan(closes_on))
    clock.move_to(closes_on + DAY)
    following.sent_at = following.closed_at = following.counted_at = house.clock()
    assert opened.release is not None
    following.release = ReleaseRecord(document=opened.release.document, digest=opened.release.digest)
    db.session.commit()
    return following


def test_until_the_owner_opens_the_new_mirror_nobody_prepares_with_the_old_one(
    coach: FlaskClient, opened: Round, next_mirror: Round, confidant: Confidant, house: Installation
) -> None:
    sharing.share_relation(confidant, today(house) + sharing.USUAL_TIME, house.clock())
    for round_ in (opened, next_mirror):
        give(round_, confidant, house)
    waiting = coach.get("/klanten").text
    assert "Karin de Vries opent hem eerst zelf." in waiting
    assert "Bereid voor" not in waiting
    assert re.findall(r'href="(/klanten/[^"?]+)"', waiting) == [f"/klanten/{opened.id}/spiegel"]
    assert "Bekijk najaar 2026" in words_of(waiting)
    open_mirror(next_mirror, house.clock())
    page = coach.get("/klanten").text
    assert re.findall(r'href="(/klanten/[^"?]+)"', page) == [
        f"/klanten/{next_mirror.id}/gesprek",
        f"/klanten/{next_mirror.id}/spiegel",
        f"/klanten/{opened.id}/spiegel",
    ]


def test_nobody_prepares_a_conversation_with_a_mirror_of_another_round(
    coach: FlaskClient, opened: Round, next_mirror: Round, confidant: Confidant, house: Installation
) -> None:
    sharing.share_relation(confidant, today(house) + sharing.USUAL_TIME, house.clock())
    give(opened, confidant, house)
    page = coach.get("/klanten").text
    assert "Bereid voor" not in page
    assert f"/klanten/{opened.id}/spiegel" in page


def test_how_many_took_part_is_no_date_and_no_status(
    coach: FlaskClient, open_round: Round, confidant: Confidant, house: Installation
) -> None:
    sharing.share_relation(confidant, today(house) + sharing.USUAL_TIME, house.clock())
    page = words_of(coach.get("/klanten").text)
    assert "sluit op 20 november" in page
    assert "genoeg" not in page
