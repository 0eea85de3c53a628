"""Cards: exactly one per head, made once, printed once, and known to nobody afterwards."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from survey import rounds, story
from survey.installation import Installation
from survey.invitations import UnknownCard, recognise_card
from survey.outgoing import pdf
from survey.outgoing.pdf import PangoMissing
from survey.rounds import GroupPlan
from survey.store.database import db
from survey.store.people import Account, Company
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON, TODAY

CODE = re.compile(r"\b[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{2}\b")
OPENS_ON = TODAY + timedelta(days=2)


@pytest.fixture
def with_cards(bakery: Company, karin: Account, house: Installation) -> Round:
    """Karin's round with nine cards, sent two days before it opens."""
    plan = replace(story.plan(CLOSES_ON), opens_on=OPENS_ON, groups=(GroupPlan("employees", cards=9),))
    round_ = rounds.prepare(bakery, karin, plan)
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    return round_


def page(owner: FlaskClient, round_: Round) -> str:
    return unescape(owner.get(f"/ronde/{round_.id}/kaartjes").text)


def codes_on(sheet: bytes) -> list[str]:
    return CODE.findall("\n".join(one.extract_text() for one in PdfReader(io.BytesIO(sheet)).pages))


def press(owner: FlaskClient, round_: Round, **fields: str) -> list[str]:
    answer = owner.post(f"/ronde/{round_.id}/kaartjes", data=fields)
    assert answer.mimetype == "application/pdf"
    return codes_on(answer.data)


def test_there_are_as_many_as_people_and_each_one_works(
    owner: FlaskClient, with_cards: Round, house: Installation
) -> None:
    codes = press(owner, with_cards)
    assert len(set(codes)) == len(codes) == 9
    assert len({recognise_card(house.hasher, code).id for code in codes}) == 9
    assert codes == sorted(codes)


def test_poster_and_cards_say_how_many_there_are(owner: FlaskClient, with_cards: Round) -> None:
    sheet = owner.post(f"/ronde/{with_cards.id}/kaartjes").data
    poster, first, second = (one.extract_text() for one in PdfReader(io.BytesIO(sheet)).pages)
    assert "9 kaartjes voor 9 mensen" in " ".join(poster.split())
    assert story.CONTACT.name in poster
    assert (len(CODE.findall(first)), len(CODE.findall(second))) == (8, 1)
    assert not any(person.name in poster + first + second for person in story.EMPLOYEES)


def test_they_are_shown_once_and_kept_nowhere(owner: FlaskClient, with_cards: Round, settings_folder: Path) -> None:
    assert "één keer gemaakt en nergens bewaard" in page(owner, with_cards)
    codes = press(owner, with_cards)
    again = owner.post(f"/ronde/{with_cards.id}/kaartjes")
    assert again.status_code == 303
    assert "kunnen ze niet nog eens tonen" in page(owner, with_cards)
    kept = b"".join(file.read_bytes() for file in settings_folder.rglob("*") if file.is_file())
    # On PostgreSQL the database is not among the files.
    rows = [str(row) for table in db.metadata.sorted_tables for row in db.session.execute(db.select(table))]
    kept += "\n".join(rows).encode()
    assert with_cards.id.encode() in kept
    for code in codes:
        assert code.encode() not in kept
        assert code.replace(" ", "").encode() not in kept


@pytest.fixture
def settings_folder(house: Installation) -> Path:
    """Where the installation writes everything."""
    return house.settings.data


def test_before_the_round_opens_all_can_be_made_anew_and_the_old_are_void(
    owner: FlaskClient, with_cards: Round, house: Installation
) -> None:
    old = press(owner, with_cards)
    assert "Maak 9 nieuwe kaartjes" in page(owner, with_cards)
    new = press(owner, with_cards, again="1")
    assert not set(old) & set(new)
    recognise_card(house.hasher, new[0])
    with pytest.raises(UnknownCard):
        recognise_card(house.hasher, old[0])


def test_once_it_is_open_no_new_ones_are_made(
    owner: FlaskClient, with_cards: Round, clock: story.MovableClock, house: Installation
) -> None:
    old = press(owner, with_cards)
    clock.move_to(OPENS_ON)
    assert "hoeveel mensen al meededen" in page(owner, with_cards)
    assert owner.post(f"/ronde/{with_cards.id}/kaartjes", data={"again": "1"}).status_code == 303
    recognise_card(house.hasher, old[0])


def test_before_sending_there_are_none(owner: FlaskClient, bakery: Company, karin: Account) -> None:
    plan = replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", cards=9),))
    round_ = rounds.prepare(bakery, karin, plan)
    assert "Je maakt ze zodra de ronde vaststaat." in page(owner, round_)
    assert owner.post(f"/ronde/{round_.id}/kaartjes").status_code == 303
    assert round_.group("employees").cards_made_at is None


def test_a_machine_that_cannot_print_uses_up_no_cards(
    owner: FlaskClient, with_cards: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_pango() -> None:
        raise PangoMissing("Type: apt-get install")

    monkeypatch.setattr(pdf, "_elsewhere", None)  # where an earlier test may have let PDFs be set
    monkeypatch.setattr(pdf, "renderer", without_pango)
    answer = owner.post(f"/ronde/{with_cards.id}/kaartjes")
    assert answer.status_code == 503
    assert "apt-get install" in answer.text
    assert with_cards.group("employees").cards_made_at is None


def test_a_round_without_cards_has_no_such_page(owner: FlaskClient, open_round: Round) -> None:
    for ask in (owner.get, owner.post):
        assert ask(f"/ronde/{open_round.id}/kaartjes").location == f"/ronde/{open_round.id}"


def test_a_round_in_english_has_english_cards(
    owner: FlaskClient, bakery: Company, karin: Account, house: Installation
) -> None:
    groups = (GroupPlan("employees", cards=9),)
    plan = replace(story.plan(CLOSES_ON), opens_on=OPENS_ON, language="en", groups=groups)
    round_ = rounds.prepare(bakery, karin, plan)
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    sheet = owner.post(f"/ronde/{round_.id}/kaartjes").data
    assert "9 cards for 9 people" in " ".join(PdfReader(io.BytesIO(sheet)).pages[0].extract_text().split())
