"""The mirror on a screen: not before its time, for one pair of eyes, strengths first, and the same on a phone."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from survey import conversation, rounds, story
from survey.chance import new_id
from survey.conversation.sheet import agreement_place
from survey.installation import Installation
from survey.outgoing import pdf
from survey.redaction import redact_voice
from survey.store.database import db
from survey.store.kept_texts import Draft
from survey.store.named_facts import NamedFacts
from survey.store.people import Account, Company
from survey.store.rounds import Round
from tests.mirror.karins_mirror import COUNTED, count, hand_in
from tests.web.owner.conftest import become
from tests.web.owner.test_on_a_phone import check


@pytest.fixture
def mirror(open_round: Round) -> str:
    """The address of Karin's mirror: counted, her own picture in, not yet opened."""
    count(open_round)
    hand_in(open_round)
    return f"/ronde/{open_round.id}/spiegel"


@pytest.fixture
def opened(mirror: str, open_round: Round) -> str:
    """The same, opened before."""
    open_round.opened_mirror_at = COUNTED
    db.session.commit()
    return mirror


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_while_the_round_runs_nothing_is_shown(owner: FlaskClient, open_round: Round) -> None:
    answer = owner.get(f"/ronde/{open_round.id}/spiegel")

    assert answer.status_code == 200
    assert "Tot die tijd ziet niemand iets van de antwoorden, ook jij niet." in answer.text


def test_counted_without_the_own_picture_shows_the_way_to_it_and_no_number(
    owner: FlaskClient, open_round: Round
) -> None:
    count(open_round)
    page = owner.get(f"/ronde/{open_round.id}/spiegel").text

    assert f"/ronde/{open_round.id}/zelfbeeld" in page
    assert not re.search(r"\d,\d", words_of(page))


def test_the_first_opening_shows_strengths_and_asks_to_open_together(owner: FlaskClient, mirror: str) -> None:
    page = words_of(owner.get(mirror).text)

    assert "Klanten komen graag terug." in page
    assert "Wil je de rest samen openen op maandag 30 november 2026?" in page
    assert "Met slecht nieuws kun je bij Karin terecht" not in page
    assert "In hun eigen woorden" not in page


def test_looking_changes_nothing_and_pressing_opens_the_rest(
    owner: FlaskClient, mirror: str, open_round: Round
) -> None:
    owner.get(mirror)
    owner.head(mirror)
    assert open_round.opened_mirror_at is None

    answer = owner.post(mirror)

    assert answer.status_code == 303
    assert open_round.opened_mirror_at is not None
    page = words_of(owner.get(mirror).text)
    assert "Jij: 5. De medewerkers: 2,5." in page
    assert "Wat hoorde je later dan je wilde?" in page


def test_the_page_begins_with_what_was_agreed_last_time(
    owner: FlaskClient, opened: str, open_round: Round, bakery: Company, karin: Account
) -> None:
    earlier = rounds.prepare(bakery, karin, story.plan(open_round.closes_on - timedelta(days=180)))
    count(earlier)
    hand_in(earlier)
    agreed = {"who": "Karin", "what": "Meelopen <b>", "outcome": "partly", "outcome_note": "Drie keer gelukt."}
    conversation.keep(earlier, {agreement_place("loose_1", part): Draft(text, 0) for part, text in agreed.items()})
    page = owner.get(opened).text

    assert page.index('id="came"') < page.index("In drie zinnen") < page.index('id="well"')
    assert "Meelopen &lt;b&gt;" in page
    assert "voor een deel. Drie keer gelukt." in words_of(page).replace(" .", ".")
    assert f"/ronde/{earlier.id}/terugkijken" in page
    assert "Meelopen" not in owner.get(f"/ronde/{earlier.id}/spiegel").text


def test_what_was_written_comes_last(owner: FlaskClient, opened: str) -> None:
    page = owner.get(opened).text
    order = [page.index(f'id="{part}"') for part in ("well", "picture", "differ", "agree", "sight", "all", "words")]

    assert order == sorted(order)


def test_every_figure_has_its_numbers_in_words_beside_it(owner: FlaskClient, opened: str) -> None:
    page = owner.get(opened).text

    assert page.count('<div class="strip">') == page.count("<svg aria-hidden") - page.count("<dt><svg")
    assert page.count('<svg aria-hidden="true"') + 1 == page.count("<svg")  # the mark of the house in the top bar
    assert "style=" not in page
    assert "<script" not in page


def test_the_pdf_is_the_printed_report(owner: FlaskClient, opened: str) -> None:
    answer = owner.get(f"{opened}.pdf")

    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="spiegel-2026-11.pdf"'


def test_before_the_count_there_is_no_file_and_no_page_that_looks_like_one(
    owner: FlaskClient, open_round: Round
) -> None:
    for kind in ("spiegel.pdf", "gespreksblad.pdf", "spiegel.csv", "spiegel.xlsx"):
        assert owner.get(f"/ronde/{open_round.id}/{kind}").status_code == 409


def test_there_is_no_pdf_before_the_mirror_was_opened(owner: FlaskClient, mirror: str) -> None:
    assert owner.get(f"{mirror}.pdf").status_code == 303


def test_the_tables_are_downloaded_where_all_statements_stand(owner: FlaskClient, opened: str) -> None:
    page = owner.get(opened).text
    table = owner.get(f"{opened}.csv")
    book = owner.get(f"{opened}.xlsx")

    assert page.index('id="all"') < page.index(f'href="{opened}.xlsx"') < page.index('id="words"')
    assert f'href="{opened}.csv"' in page
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.headers["Content-Disposition"] == 'attachment; filename="spiegel-2026-11.csv"'
    assert table.data.decode("utf-8-sig").startswith("Bedrijf;Ronde;Laatste dag;")
    assert "jouw verwachting" in table.text
    assert book.headers["Content-Disposition"] == 'attachment; filename="spiegel-2026-11.xlsx"'
    assert book.data.startswith(b"PK")
    assert {one.headers["Cache-Control"] for one in (table, book)} == {"no-store"}


def test_there_are_no_tables_before_the_mirror_was_opened(owner: FlaskClient, mirror: str) -> None:
    assert owner.get(f"{mirror}.csv").status_code == 303
    assert owner.get(f"{mirror}.xlsx").status_code == 303


def test_who_had_himself_taken_out_is_in_no_table(
    owner: FlaskClient, opened: str, open_round: Round, house: Installation
) -> None:
    redact_voice(open_round, "bank", house.clock())
    table = owner.get(f"{opened}.csv").text

    assert "Rob de Wit" in table
    assert "Joost Meijer" not in table
    assert ";bank;" not in table


def test_without_pango_the_page_says_what_to_do(
    owner: FlaskClient, opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_pango(name: str) -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf, "_elsewhere", None)  # where an earlier test may have let PDFs be set
    monkeypatch.setattr(pdf, "import_module", without_pango)
    answer = owner.get(f"{opened}.pdf")

    assert answer.status_code == 503
    assert "survey check" in answer.text


def test_the_sheets_for_the_conversation_can_be_printed(owner: FlaskClient, opened: str, open_round: Round) -> None:
    assert owner.get(f"/ronde/{open_round.id}/gespreksblad.pdf").data.startswith(b"%PDF")


def test_in_english_the_whole_mirror_is_english(owner: FlaskClient, opened: str, karin: Account) -> None:
    karin.language = "en"
    db.session.commit()
    page = words_of(owner.get(opened).text)

    assert "You: 5. The employees: 2.5." in page
    assert "De medewerkers" not in page


def test_another_owner_of_the_company_does_not_see_it(
    client: FlaskClient, owner: FlaskClient, opened: str, open_round: Round, bakery: Company
) -> None:
    other = Account(email="jan@bakkerijdevries.example", name="Jan de Vries", confirmed_at=COUNTED)
    db.session.add(other)
    bakery.owners.append(other)
    db.session.commit()
    become(client, other)

    answer = client.get(opened)

    assert answer.status_code == 403
    assert "Deze spiegel is van Karin de Vries" in answer.text
    for kind in ("pdf", "csv", "xlsx"):
        assert client.get(f"{opened}.{kind}").status_code == 303
    assert not re.search(r"\d,\d", words_of(answer.text))


def test_nobody_else_finds_it(client: FlaskClient, owner: FlaskClient, opened: str) -> None:
    stranger = Account(email="stranger@elsewhere.example", name="Piet Vreemd", confirmed_at=COUNTED)
    stranger.fs_uniquifier = new_id()
    db.session.add(stranger)
    db.session.commit()
    become(client, stranger)

    for page in (opened, f"{opened}.pdf", f"{opened}.csv", f"{opened}.xlsx"):
        assert client.get(page).status_code == 404
    assert client.post(opened).status_code == 404


def test_on_a_phone_axe_finds_nothing_and_nothing_scrolls_sideways(
    phone_of_karin: Page, address: str, opened: str
) -> None:
    check(phone_of_karin, address, {"mirror": opened})


def test_a_second_mirror_on_a_phone_with_what_came_of_it_and_what_changed(
    phone_of_karin: Page, address: str, opened: str, open_round: Round, bakery: Company, karin: Account
) -> None:
    earlier = rounds.prepare(bakery, karin, story.plan(open_round.closes_on - timedelta(days=180)))
    count(earlier)
    hand_in(earlier)
    assert earlier.self_assessment is not None
    earlier.self_assessment.answers = {**earlier.self_assessment.answers, "good_people_stay": 4}
    earlier.sent_at = earlier.closed_at
    agreed = {"who": "Karin", "what": "Het rooster hangt eerder.", "outcome": "done"}
    conversation.keep(earlier, {agreement_place("loose_1", part): Draft(text, 0) for part, text in agreed.items()})
    check(phone_of_karin, address, {"second": opened})
    assert phone_of_karin.locator("#came").is_visible()
    assert phone_of_karin.locator("#since .strip").count() == 1


def test_the_figures_beside_it_on_a_phone(phone_of_karin: Page, address: str, opened: str, open_round: Round) -> None:
    figures = [dict(zip(("name", "figure", "note"), one, strict=True), date="31-10-2026") for one in story.FIGURES]
    for voice, facts in (
        ("accountant", {"figures": figures}),
        ("bank", {"signals": story.SIGNALS, "positive": story.POSITIVE}),
    ):
        db.session.add(NamedFacts(round_id=open_round.id, voice=voice, document=facts))
    check(phone_of_karin, address, {"facts": f"/ronde/{open_round.id}/cijfers"})
    assert "Klanten betalen trager" in phone_of_karin.inner_text("main, body")


def test_the_first_opening_on_a_phone(phone_of_karin: Page, address: str, mirror: str) -> None:
    check(phone_of_karin, address, {"first opening": mirror})


def test_the_figures_stand_beside_their_rows(phone_of_karin: Page, address: str, opened: str) -> None:
    phone_of_karin.goto(address + opened)
    strips = phone_of_karin.locator("#picture .strip")

    assert strips.count() == 9
    for number in range(strips.count()):
        table, figure = strips.nth(number).locator("table"), strips.nth(number).locator("svg")
        rows, drawn = table.bounding_box(), figure.bounding_box()
        assert rows is not None
        assert drawn is not None
        assert abs(rows["height"] - drawn["height"]) < 1
        assert abs(rows["y"] - drawn["y"]) < 1
