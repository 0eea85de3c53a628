"""A round on lock: the owner chooses, the partner types, and nobody counts without the passphrase."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from playwright.sync_api import Page
from werkzeug.test import TestResponse

from survey import locking, rounds, sharing, story
from survey.clock import end_of
from survey.installation import EXTENSION, Installation, installation
from survey.store import keys
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, invitations_of
from survey.store.rounds import Round
from survey.web import passphrase_forms
from survey.web.passphrase_forms import Desk, open_and_count
from survey.worker import Worker
from tests.bakery import CLOSES_ON
from tests.test_counting import everybody_answers
from tests.web.owner.test_on_a_phone import check, look_at
from tests.web.owner.test_sending import press_send

PASSPHRASE = "vier broden en een krentenbol"


@pytest.fixture(autouse=True)
def _one_try_is_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "KIBIBYTES", 64)


@pytest.fixture
def chosen_round(prepared_round: Round) -> Round:
    """Karin chose strict mode; nobody typed a passphrase yet."""
    locking.choose(prepared_round)
    return prepared_round


@pytest.fixture
def closed_round(chosen_round: Round, karin: Account, house: Installation, clock: story.MovableClock) -> Round:
    """It was locked, sent and answered, and its last day is over; the worker did not look yet."""
    locking.lock(chosen_round, PASSPHRASE, house.settings.keys)
    rounds.send(chosen_round, karin, house.boxes.of(chosen_round.id), house.settings.keys, house.clock())
    everybody_answers(house, chosen_round, invitations_of(chosen_round.id))
    clock.moment = end_of(CLOSES_ON)
    db.session.commit()  # the worker of a test has a connection of its own
    return chosen_round


@pytest.fixture
def run_by_the_bakery(app: Flask) -> None:
    """The bakery itself runs the installation."""
    house = installation(app)
    app.extensions[EXTENSION] = replace(house, settings=replace(house.settings, operator="bakkerij de vries"))


def see(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.location
    return " ".join(unescape(answer.text).split())


def type_twice(browser: FlaskClient, path: str, passphrase: str = PASSPHRASE, again: str | None = None) -> TestResponse:
    seen = browser.get(path).text.split('name="seen" value="')[1].split('"')[0]
    return browser.post(
        path, data={"seen": seen, "passphrase": passphrase, "again": passphrase if again is None else again}
    )


def type_once(browser: FlaskClient, path: str, typed: str) -> TestResponse:
    return browser.post(path, data={"passphrase": typed})


def test_without_a_lock_everything_is_as_it_was(owner: FlaskClient, prepared_round: Round) -> None:
    page = see(owner, f"/ronde/{prepared_round.id}/slot")
    assert "wachtzin die Petra Visser kiest en die niemand anders kent. Jij ook niet." in page
    assert "zondag 20 december 2026" in page
    assert not prepared_round.strict
    assert press_send(owner, prepared_round).status_code == 303


def test_a_round_that_was_put_on_lock_is_not_sent_before_the_partner_typed(
    owner: FlaskClient, prepared_round: Round
) -> None:
    owner.post(f"/ronde/{prepared_round.id}/slot", data={"press": "choose"})
    page = see(owner, f"/ronde/{prepared_round.id}/verzenden")
    assert "de wachtzin is er nog niet" in page
    assert ">Verstuur 13 mails<" not in page
    refused = press_send(owner, prepared_round)
    assert refused.status_code == 422
    assert prepared_round.sent_at is None
    assert "Petra Visser kiest eerst een wachtzin" in see(owner, f"/ronde/{prepared_round.id}")


def test_the_partner_types_beside_the_owner_and_sees_the_code_once(
    owner: FlaskClient, chosen_round: Round, house: Installation
) -> None:
    path = f"/ronde/{chosen_round.id}/wachtzin"
    assert "Petra Visser typt. Karin de Vries kijkt nu weg." in see(owner, path)
    answer = type_twice(owner, path)
    assert answer.status_code == 200
    code = answer.text.split('spare">')[1].split("<")[0]
    assert keys.unlock_key(house.settings.keys, chosen_round.id, code)
    assert keys.unlock_key(house.settings.keys, chosen_round.id, PASSPHRASE)
    assert PASSPHRASE not in answer.text
    assert not chosen_round.locked_by_partner
    for page in ("slot", "verzenden", "wachtzin"):
        assert code not in see(owner, f"/ronde/{chosen_round.id}/{page}")
    assert "op jouw scherm getypt" in see(owner, f"/ronde/{chosen_round.id}/slot")
    assert press_send(owner, chosen_round).status_code == 303


def test_a_form_that_is_sent_twice_makes_no_second_code(
    owner: FlaskClient, chosen_round: Round, house: Installation
) -> None:
    path = f"/ronde/{chosen_round.id}/wachtzin"
    first = type_twice(owner, path)
    again = owner.post(path, data={"seen": "", "passphrase": PASSPHRASE, "again": PASSPHRASE})
    assert again.status_code == 422
    assert 'spare">' not in again.text
    code = first.text.split('spare">')[1].split("<")[0]
    assert keys.unlock_key(house.settings.keys, chosen_round.id, code)


@pytest.mark.parametrize(
    ("passphrase", "again", "sentence"),
    [
        (PASSPHRASE, "vier broden en een krentebol", "De twee zijn niet gelijk."),
        ("elf tekens!", None, "Dit is te kort. Neem minstens 12 tekens."),
        ("Bakkerij De Vries 2026", None, "Dit is te makkelijk te raden."),
    ],
)
def test_what_cannot_lock_is_said_in_a_sentence_and_locks_nothing(
    owner: FlaskClient, chosen_round: Round, passphrase: str, again: str | None, sentence: str
) -> None:
    answer = type_twice(owner, f"/ronde/{chosen_round.id}/wachtzin", passphrase, again)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert passphrase not in answer.text
    assert chosen_round.awaits_lock


def test_the_lock_comes_off_before_sending_and_never_after(
    owner: FlaskClient, chosen_round: Round, house: Installation
) -> None:
    type_twice(owner, f"/ronde/{chosen_round.id}/wachtzin")
    owner.post(f"/ronde/{chosen_round.id}/slot", data={"press": "leave"})
    assert not chosen_round.strict
    assert keys.kept_keys(house.settings.keys) == []
    owner.post(f"/ronde/{chosen_round.id}/slot", data={"press": "choose"})
    type_twice(owner, f"/ronde/{chosen_round.id}/wachtzin")
    press_send(owner, chosen_round)
    for press in ("choose", "leave", "ask"):
        assert owner.post(f"/ronde/{chosen_round.id}/slot", data={"press": press}).status_code == 409
    typed = {"seen": (chosen_round.public_key or "")[:16], "passphrase": PASSPHRASE, "again": PASSPHRASE}
    assert owner.post(f"/ronde/{chosen_round.id}/wachtzin", data=typed).status_code == 409
    assert "Het slot kan er niet meer af" in see(owner, f"/ronde/{chosen_round.id}/slot")


@pytest.mark.usefixtures("run_by_the_bakery")
def test_a_company_that_runs_it_itself_is_offered_the_lock_first_and_chooses_in_one_press(
    owner: FlaskClient, prepared_round: Round
) -> None:
    page = see(owner, f"/ronde/{prepared_round.id}/verzenden")
    assert "Bakkerij De Vries beheert deze website zelf." in page
    offered, declined = page.index("Doe deze ronde op slot"), page.index("Zonder slot: verstuur 13 mails")
    assert offered < declined
    seen = page.split('name="seen" value="')[1].split('"')[0]
    unanswered = owner.post(f"/ronde/{prepared_round.id}/verzenden", data={"seen": seen})
    assert (unanswered.status_code, prepared_round.sent_at) == (422, None)
    assert "Kies eerst: de ronde op slot, of zonder slot." in unanswered.text
    owner.post(f"/ronde/{prepared_round.id}/verzenden", data={"seen": seen, "lock": "none"})
    assert prepared_round.sent_at is not None
    assert not prepared_round.strict


@pytest.mark.usefixtures("run_by_the_bakery")
def test_the_offer_taken_leads_to_the_lock(owner: FlaskClient, prepared_round: Round) -> None:
    answer = owner.post(f"/ronde/{prepared_round.id}/slot", data={"press": "choose", "seen": "x"})
    assert answer.location == f"/ronde/{prepared_round.id}/slot"
    assert "Nu kiest Petra Visser de wachtzin." in see(owner, answer.location)


def test_closed_it_waits_in_words_and_is_counted_with_the_passphrase(
    app: Flask, owner: FlaskClient, bakery: Company, closed_round: Round, clock: story.MovableClock
) -> None:
    Worker(app).keep_rounds()
    home = owner.get(f"/bedrijf/{bakery.id}")
    assert "zodra Petra Visser de wachtzin typt" in home.text
    assert "Refresh" not in home.headers
    path = f"/ronde/{closed_round.id}/openen"
    assert "Nog 30 dagen: het kan tot en met zondag 20 december 2026." not in see(owner, path)
    assert "Nog 29 dagen: het kan tot en met zondag 20 december 2026." in see(owner, path)
    clock.move_to(closed_round.unlocked_by - timedelta(days=1))
    assert "Nog 1 dag:" in see(owner, path)
    clock.move_to(closed_round.unlocked_by, 23)
    assert "Vandaag is de laatste dag." in see(owner, path)
    assert closed_round.release is None
    counted = type_once(owner, path, f"  {PASSPHRASE.upper()} ")
    assert counted.location == f"/ronde/{closed_round.id}"
    assert "De antwoorden zijn geteld." in owner.get(counted.location).text
    assert closed_round.release is not None
    assert owner.get(path).status_code == 303


def test_a_wrong_passphrase_is_said_so_and_changes_nothing(
    owner: FlaskClient, closed_round: Round, house: Installation
) -> None:
    path = f"/ronde/{closed_round.id}/openen"
    answer = type_once(owner, path, "drie broden en een krentenbol")
    assert answer.status_code == 422
    assert "Dit is niet de wachtzin van deze ronde, en ook niet de reservecode." in answer.text
    assert "drie broden" not in answer.text
    assert closed_round.release is None
    assert len(house.boxes.of(closed_round.id).sealed_ballots()) == 13


def test_ten_tries_in_an_hour_are_enough(owner: FlaskClient, closed_round: Round) -> None:
    path = f"/ronde/{closed_round.id}/openen"
    for _time in range(10):
        assert type_once(owner, path, "drie broden en een krentenbol").status_code == 422
    refused = type_once(owner, path, PASSPHRASE)
    assert refused.status_code == 429
    assert "Dit is te vaak geprobeerd." in refused.text
    assert closed_round.release is None


def test_after_forty_tries_in_a_day_an_hour_is_not_enough(
    owner: FlaskClient, closed_round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passphrase_forms, "A_DAY", "1 per day")
    path = f"/ronde/{closed_round.id}/openen"
    assert type_once(owner, path, "drie broden en een krentenbol").status_code == 422
    refused = type_once(owner, path, PASSPHRASE)
    assert refused.status_code == 429
    assert "Probeer het over een dag opnieuw." in refused.text
    assert "Wacht een uur" not in refused.text


def test_an_owner_does_not_use_up_the_partners_tries(app: Flask, closed_round: Round) -> None:
    owner, partner = (Desk(on_owners_screen=at, here="", brand=None, back="/") for at in (True, False))
    with app.test_request_context(
        f"/ronde/{closed_round.id}/openen", method="POST", data={"passphrase": "drie broden en een krentenbol"}
    ):
        tried = [open_and_count(closed_round, desk, Response()) for desk in [owner] * 11 + [partner]]
    assert [page[1] for page in tried if isinstance(page, tuple)] == [422] * 10 + [429, 422]


def test_a_round_that_stayed_locked_is_called_that(
    app: Flask, owner: FlaskClient, bakery: Company, closed_round: Round, clock: story.MovableClock
) -> None:
    clock.moment = end_of(closed_round.unlocked_by)
    db.session.commit()
    Worker(app).keep_rounds()
    page = see(owner, f"/bedrijf/{bakery.id}")
    assert "Deze ronde is op slot gebleven." in page
    assert "afgebroken" not in page


def test_the_passphrase_is_nowhere_on_disk_nor_in_the_queue_after_all_pages(
    app: Flask, owner: FlaskClient, chosen_round: Round, house: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    code = type_twice(owner, f"/ronde/{chosen_round.id}/wachtzin").text.split('spare">')[1].split("<")[0]
    press_send(owner, chosen_round)
    Worker(app).keep_rounds()
    secrets = [PASSPHRASE.encode(), code.encode(), code.replace(" ", "").encode()]
    folders: list[Path] = [house.settings.data, *house.settings.keys]
    for file in (file for folder in folders for file in folder.rglob("*") if file.is_file()):
        assert not [secret for secret in secrets if secret in file.read_bytes()], file
    assert PASSPHRASE not in caplog.text


def test_the_partner_is_asked_by_mail_only_when_the_owner_says_so(
    owner: FlaskClient, chosen_round: Round, house: Installation, bakery: Company
) -> None:
    assert "Laat Petra Visser meekijken" in see(owner, f"/ronde/{chosen_round.id}/slot")
    petra = Account(email=story.PARTNER.address, name=story.PARTNER.name, confirmed_at=house.clock())
    db.session.add(petra)
    confidant = sharing.let_in(bakery, petra.name, petra.email)
    sharing.take_up(confidant, petra)
    sharing.share_relation(confidant, house.clock().date() + timedelta(days=90), house.clock())
    assert "Mail de vraag aan Petra Visser" in see(owner, f"/ronde/{chosen_round.id}/slot")
    mails = db.select(OutboxMail).filter_by(kind=locking.ASKED)
    assert db.session.scalars(mails).all() == []
    owner.post(f"/ronde/{chosen_round.id}/slot", data={"press": "ask"})
    [mail] = db.session.scalars(mails)
    assert mail.address == story.PARTNER.address


def test_every_page_of_the_lock_on_a_phone(
    phone_of_karin: Page, address: str, prepared_round: Round, house: Installation, karin: Account
) -> None:
    def pages(*names: str) -> dict[str, str]:
        return {name: f"/ronde/{prepared_round.id}/{name}" for name in names}

    check(phone_of_karin, address, pages("slot", "verzenden"))
    locking.choose(prepared_round)
    check(phone_of_karin, address, pages("slot", "verzenden", "wachtzin", "voorbereiden"))
    typing = pages("wachtzin")["wachtzin"]
    db.session.commit()
    phone_of_karin.goto(address + typing)
    phone_of_karin.fill("#passphrase", "te kort")
    phone_of_karin.fill("#again", "te kort")
    phone_of_karin.click("main .button:not(.second)")
    assert look_at(phone_of_karin, "refused") == {}
    phone_of_karin.fill("#passphrase", PASSPHRASE)
    phone_of_karin.fill("#again", PASSPHRASE)
    phone_of_karin.click("main .button:not(.second)")
    assert look_at(phone_of_karin, "code") == {}
    check(phone_of_karin, address, pages("slot", "verzenden", "wachtzin"))


def test_the_page_of_a_round_that_waits_on_a_phone(
    phone_of_karin: Page, address: str, bakery: Company, closed_round: Round
) -> None:
    pages = {"open": f"/ronde/{closed_round.id}/openen", "home": f"/bedrijf/{bakery.id}"}
    check(phone_of_karin, address, pages)
    phone_of_karin.goto(address + pages["open"])
    phone_of_karin.fill("#passphrase", "drie broden en een krentenbol")
    phone_of_karin.click("main .button:not(.second)")
    assert look_at(phone_of_karin, "refused") == {}


def test_a_round_whose_key_is_lost_is_wound_up_by_its_owner_and_everybody_is_told(
    owner: FlaskClient, bakery: Company, open_round: Round, house: Installation, clock: story.MovableClock
) -> None:
    clock.moment = end_of(CLOSES_ON)
    path = f"/ronde/{open_round.id}/afbreken"
    assert owner.get(path).status_code == 303
    assert "sleutel" not in see(owner, f"/bedrijf/{bakery.id}")
    keys.destroy_key(house.settings.keys, open_round.id)
    assert "De sleutel van deze ronde is kwijt." in see(owner, f"/bedrijf/{bakery.id}")
    assert "13 mensen krijgen een mail dat er niet is geteld." in see(owner, path)
    owner.post(path)
    assert "Deze ronde kon niet worden geteld." in see(owner, f"/bedrijf/{bakery.id}")
    kinds = db.select(OutboxMail.kind).filter_by(round_id=open_round.id)
    assert list(db.session.scalars(kinds.where(OutboxMail.kind != "invitation"))) == ["destroyed"] * 13
