"""What people type is shown as they typed it, on every page, in every mail and on paper; nothing of it is run."""

import email
import email.policy
import io
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from itertools import cycle
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext
from pypdf import PdfReader

from survey import ballots, counting, rounds, sharing, story
from survey.ballots import Place, Response
from survey.clock import end_of
from survey.installation import Installation
from survey.mirror import open_mirror
from survey.rounds import Person, RoundPlan
from survey.store.ballots import Slot
from survey.store.database import db
from survey.store.people import Account, Company, invitations_of
from survey.store.rounds import Round
from survey.worker import Worker
from tests.bakery import CLOSES_ON
from tests.mirror.karins_mirror import hand_in
from tests.web.coach.conftest import give
from tests.web.conftest import Phone
from tests.web.hostile import CORPUS, harm_in, words_on
from tests.web.owner.conftest import become
from tests.web.routes import every_route

NAME = '<script>alert(1)</script>{{7*191}}"><img src=x onerror=alert(1)>'
QUESTIONS = ("goes_well", "needs_attention", "seen_by_few")


@pytest.fixture
def ear() -> Iterator[socket.socket]:
    """A socket that would hear anybody who fetches what a text names."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


@pytest.fixture
def texts(ear: socket.socket) -> list[str]:
    """The corpus, with the port of the ear in it."""
    port = ear.getsockname()[1]
    return [text.replace("127.0.0.1:9", f"127.0.0.1:{port}") for text in CORPUS]


def renamed(person: Person) -> Person:
    return Person(f"{NAME} {person.name}", person.address)


def hostile_plan() -> RoundPlan:
    plan = story.plan(CLOSES_ON)
    groups = tuple(replace(group, people=tuple(map(renamed, group.people))) for group in plan.groups)
    return replace(plan, groups=groups, partner=renamed(plan.partner), contact=renamed(plan.contact))


@pytest.fixture
def sent(karin: Account, bakery: Company, house: Installation) -> Round:
    """A round in which every name was made to do harm, sent past all forms."""
    karin.name, bakery.name = f"{NAME} Karin", f"{NAME} Bakkerij"
    round_ = rounds.prepare(bakery, karin, hostile_plan())
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    return round_


@pytest.fixture
def mirrored(sent: Round, texts: list[str], house: Installation, clock: story.MovableClock) -> Round:
    """The same, answered with the whole corpus, counted, and opened by its owner."""
    told, names, say = story.answers(), story.respondents(), cycle(texts)
    voices = {voice.name: voice.id for voice in sent.voices}
    box = house.boxes.of(sent.id)
    for invitation in invitations_of(sent.id):
        place = Place(Slot(invitation.id), invitation.perspective, voices.get(invitation.name))
        said = Response(told[names[invitation.address or ""]], {question: next(say) for question in QUESTIONS})
        ballots.cast(sent, box, house.hasher, place, said, ballots.new_receipt_for(sent), house.clock())
    clock.moment = end_of(sent.closes_on) + timedelta(minutes=1)
    counting.close(sent, box, clock())
    counting.count(sent, box, house.settings.keys, clock())
    hand_in(sent)
    assert sent.self_assessment is not None
    sent.self_assessment.texts = dict(zip(QUESTIONS, texts, strict=False))
    open_mirror(sent, clock())
    return sent


@pytest.fixture
def owner(app: Flask, client: FlaskClient, karin: Account) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    become(client, karin)
    return client


@pytest.fixture
def coach(app: Flask, mirrored: Round, bakery: Company, house: Installation) -> FlaskClient:
    account = Account(email=story.PARTNER.address, name=f"{NAME} Petra", confirmed_at=house.clock())
    confidant = sharing.let_in(bakery, f"{NAME} Petra", account.email)
    db.session.add(account)
    sharing.take_up(confidant, account)
    give(mirrored, confidant, house)
    browser = app.test_client()
    become(browser, account)
    return browser


def heard(ear: socket.socket) -> bool:
    try:
        ear.accept()
    except BlockingIOError:
        return False
    return True


def keep_everywhere(owner: FlaskClient, round_: Round, text: str) -> None:
    """Type a text into every field that an owner writes in after counting."""
    company = round_.company_id
    fields = dict.fromkeys(
        ("heard", "heard_1", "heard_2", "thanks", "changes", "text", "status", "risks", "plan"), text
    )
    owner.post(f"/ronde/{round_.id}/terugvertellen", data=fields)
    owner.post(f"/bedrijf/{company}/verhaal", data=fields)


@pytest.mark.parametrize("who", ["owner", "coach"])
def test_no_page_runs_or_fetches_what_somebody_typed(
    app: Flask, owner: FlaskClient, coach: FlaskClient, mirrored: Round, who: str
) -> None:
    browser = {"owner": owner, "coach": coach}[who]
    keep_everywhere(owner, mirrored, CORPUS[0])
    seen, harm = 0, {}
    for route in every_route(app, mirrored):
        answer = browser.get(route.path) if route.method == "GET" else None
        if answer is not None and answer.mimetype == "text/html":
            seen += "alert(1)" in answer.text
            if found := harm_in(answer.text):
                harm[str(route)] = found
    assert harm == {}
    assert seen >= {"owner": 10, "coach": 2}[who]


def test_the_pages_of_respondents_show_hostile_names_as_names(app: Flask, sent: Round, house: Installation) -> None:
    for invitation in invitations_of(sent.id):
        phone = Phone(app.test_client(), house)
        pages = [phone.client.get(phone.link_of(invitation)).text]
        phone.client.post(phone.link_of(invitation), data={"taal": "nl"})
        pages.append(phone.client.get("/lijst").text)
        assert [found for page in pages for found in harm_in(page)] == []
        assert all("{{7*191}}" in words_on(page) for page in pages[:1])


def test_every_text_stands_in_the_mirror_as_it_was_typed(owner: FlaskClient, mirrored: Round, texts: list[str]) -> None:
    page = owner.get(f"/ronde/{mirrored.id}/spiegel").text
    assert harm_in(page) == []
    assert mirrored.release is not None
    kept = json.dumps(json.loads(mirrored.release.document), ensure_ascii=False)
    shown = words_on(page)
    for text in texts:
        plain = " ".join(text.split())
        assert plain in shown, text
        assert json.dumps(text, ensure_ascii=False)[1:-1] in kept


def pdf_paths(app: Flask, round_: Round) -> list[str]:
    return [route.path for route in every_route(app, round_) if route.method == "GET" and route.path.endswith(".pdf")]


def test_on_paper_nothing_is_fetched_nothing_is_attached_and_nothing_runs(
    app: Flask, owner: FlaskClient, coach: FlaskClient, mirrored: Round, texts: list[str], ear: socket.socket
) -> None:
    keep_everywhere(owner, mirrored, texts[8])
    made = 0
    for path in pdf_paths(app, mirrored):
        answer = (coach if path.startswith("/klanten") else owner).get(path)
        if answer.mimetype != "application/pdf":
            continue
        made += 1
        reader = PdfReader(io.BytesIO(answer.data))
        assert not reader.attachments, path
        with pikepdf.open(io.BytesIO(answer.data)) as file:
            raw = b"".join(each.unparse(resolved=True) for each in file.objects if not isinstance(each, pikepdf.Stream))
        for mark in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/URI", b"/AA", b"root:x:0"):
            assert mark not in raw, (path, mark)
        words = "".join(page.extract_text() for page in reader.pages)
        assert "root:x:0" not in words
        assert "1337" not in words
    assert made >= 4
    assert not heard(ear)


def test_the_data_about_a_pdf_names_no_address_token_or_path(
    app: Flask, owner: FlaskClient, mirrored_round: Round, house: Installation
) -> None:
    open_mirror(mirrored_round, house.clock())
    links = [house.links.invitation(one.id).rsplit("/", 1)[1] for one in invitations_of(mirrored_round.id)]
    made = 0
    for path in pdf_paths(app, mirrored_round):
        answer = owner.get(path)
        if answer.mimetype != "application/pdf":
            continue
        made += 1
        with pikepdf.open(io.BytesIO(answer.data)) as file:
            about = dict(file.docinfo.items()) if "/Info" in file.trailer else {}
            assert set(about) <= {"/Title", "/Producer", "/Subject"}, (path, about)  # the subject is a sentence of ours
            xmp = bytes(file.Root.Metadata.read_bytes()).decode() if "/Metadata" in file.Root else ""
            everything = xmp + "".join(f"{key}{value}" for key, value in about.items())
        assert not re.search(r"[\w.+-]+@[\w-]+\.\w+", everything), path
        for secret in (*links, str(Path.home()), "/tmp/", str(house.settings.data), "localhost", mirrored_round.id):
            assert secret not in everything, (path, secret)
    assert made >= 3


def test_a_mail_shows_hostile_names_as_one_line_of_text_to_one_reader(
    app: Flask, sent: Round, karin: Account, house: Installation
) -> None:
    Worker(app).send_mail()
    mails = [read_mail(file) for file in sorted(house.settings.kept_mails.rglob("*.eml"))]
    assert len(mails) == len(invitations_of(sent.id))
    for mail in mails:
        assert len(mail.get_all("To", [])) == 1
        assert mail.get_all("Bcc", []) == mail.get_all("Cc", []) == []
        parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
        assert set(parts) == {"text/plain", "text/html"}
        assert harm_in(parts["text/html"]) == []
        assert "<script>alert(1)</script>" in parts["text/plain"]
        assert "1337" not in parts["text/plain"] + parts["text/html"]


def read_mail(file: Path) -> EmailMessage:
    read = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_a_real_browser_runs_nothing_of_it(
    owner: FlaskClient, mirrored: Round, address: str, context: BrowserContext, ear: socket.socket
) -> None:
    cookie = owner.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    page, dialogs, elsewhere = context.new_page(), [], []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda one: None if one.url.startswith((address, "data:")) else elsewhere.append(one.url))
    for path in (f"/bedrijf/{mirrored.company_id}", f"/ronde/{mirrored.id}/spiegel", f"/ronde/{mirrored.id}/gesprek"):
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert (dialogs, elsewhere, heard(ear)) == ([], [], False)


def test_the_pages_of_a_lock_show_hostile_names_as_names(
    owner: FlaskClient, karin: Account, bakery: Company, house: Installation, clock: story.MovableClock
) -> None:
    karin.name, bakery.name = f"{NAME} Karin", f"{NAME} Bakkerij"
    round_ = rounds.prepare(bakery, karin, hostile_plan())
    slot, typing = f"/ronde/{round_.id}/slot", f"/ronde/{round_.id}/wachtzin"
    passphrase = {"seen": "", "passphrase": "vier broden en een krentenbol", "again": "vier broden en een krentenbol"}
    pages = [owner.get(slot).text]
    owner.post(slot, data={"press": "choose"})
    pages += [owner.get(path).text for path in (slot, typing, f"/ronde/{round_.id}/verzenden")]
    pages += [owner.post(typing, data=passphrase).text, owner.get(slot).text]
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    [bank] = invitations_of(round_.id, "bank")
    pages.append(owner.get(f"/ronde/{round_.id}/intrekken?wie={bank.id}").text)
    clock.moment = end_of(round_.closes_on)
    pages += [owner.get(f"/ronde/{round_.id}/openen").text, owner.get(f"/ronde/{round_.id}").text]
    assert [harm for page in pages for harm in harm_in(page)] == []
    assert all("alert(1)" in page for page in pages)
