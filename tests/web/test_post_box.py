"""The post box: kept mails for who saw the terminal, and for nobody else."""

import dataclasses
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from survey.installation import EXTENSION, Installation
from survey.settings import MailServer
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account
from survey.store.rounds import Round
from survey.web import post_box
from survey.worker import Worker


@pytest.fixture
def post(app: Flask, open_round: Round) -> None:
    """Thirteen invitations were kept."""
    db.session.commit()
    Worker(app).send_mail()


def path(house: Installation, name: str = "") -> str:
    whole = urlsplit(post_box.address(house, house.links.base))
    return f"{whole.path}{name}?{whole.query}"


def names(listing: str) -> list[str]:
    return re.findall(r"/postvak/([^?\"]+)\?", listing)


def test_whoever_has_the_key_reads_the_mails(client: FlaskClient, house: Installation, post: None) -> None:
    listing = client.get(path(house)).text
    assert len(names(listing)) == 13
    assert "Aisha Bouali" in listing
    page = client.get(path(house, f"/{names(listing)[0]}")).text
    link = re.search(r'href="(http://127\.0\.0\.1:8000/u/[^"]+)"', page)
    assert link is not None
    assert client.get(urlsplit(link[1]).path).status_code == 200


@pytest.mark.parametrize("way", ["", "?sleutel=", "?sleutel=0000", "?sleutel=%F0%9F%97%9D", "?andere=1"])
def test_without_the_key_there_is_no_post_box(client: FlaskClient, house: Installation, post: None, way: str) -> None:
    [name, *_] = names(client.get(path(house)).text)
    for page in ("/postvak", f"/postvak/{name}", f"/postvak/{name}/opmaak"):
        assert client.get(page + way).status_code == 404


def test_an_account_is_no_key(client: FlaskClient, karin: Account, post: None) -> None:
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = karin.fs_uniquifier, True
    assert client.get("/postvak").status_code == 404


def test_it_is_on_this_computer_only(client: FlaskClient, house: Installation, post: None) -> None:
    assert client.get(path(house), environ_base={"REMOTE_ADDR": "192.168.1.7"}).status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"url": "https://spiegel.example"}, {"mail_server": MailServer("mail.example", 587, encrypted=False)}],
    ids=["production", "a mail server"],
)
def test_it_is_not_there_where_mail_is_sent(
    app: Flask, client: FlaskClient, house: Installation, post: None, change: dict[str, object]
) -> None:
    settings = dataclasses.replace(house.settings, **change)  # type: ignore[arg-type]  # one field at a time
    app.extensions[EXTENSION] = dataclasses.replace(house, settings=settings)
    assert client.get(path(house)).status_code == 404


@pytest.mark.parametrize(
    "name", ["..%2Fsurvey.db", "%2Fetc%2Fpasswd", "20261102T080000Z-..", "20261102T080000Z-00", "x"]
)
def test_a_name_is_no_way_out_of_the_folder(client: FlaskClient, house: Installation, post: None, name: str) -> None:
    assert client.get(path(house, f"/{name}")).status_code == 404


def test_the_laid_out_mail_runs_and_fetches_nothing(
    client: FlaskClient, house: Installation, karin: Account, app: Flask
) -> None:
    html = "<!doctype html><style>p { color: red }</style><p>Dag</p><script>alert(1)</script><img src=//elders/x>"
    content = {"subject": "<b>Vet</b>", "text": "Zie <script>alert(1)</script> http://127.0.0.1:8000/x", "html": html}
    db.session.add(OutboxMail(kind="account", address=karin.email, content=content, due_at=house.clock()))
    db.session.commit()
    Worker(app).send_mail()
    [name] = names(client.get(path(house)).text)
    answer = client.get(path(house, f"/{name}/opmaak"))
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    page = client.get(path(house, f"/{name}")).text
    assert "&lt;b&gt;Vet&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert 'href="http://127.0.0.1:8000/x"' in page


@pytest.mark.parametrize("width", [360, 1280])
def test_a_browser_shows_the_mail_in_its_own_style_and_follows_its_link(
    app: Flask, page: Page, house: Installation, open_round: Round, address: str, width: int
) -> None:
    here = dataclasses.replace(house, links=dataclasses.replace(house.links, base=address))
    app.extensions[EXTENSION] = here
    db.session.commit()
    Worker(app).send_mail()
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(post_box.address(here, address))
    page.get_by_role("link", name="Hoe zie jij").first.click()
    page.get_by_role("link", name="opmaak").click()
    button = page.get_by_role("link", name="Naar de lijst")
    assert button.bounding_box()["height"] > 40  # type: ignore[index]  # it is there
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    button.click()
    assert page.url.startswith(f"{address}/u/")
    assert page.get_by_role("heading", level=1).is_visible()


def test_a_mail_without_html_has_no_laid_out_page(
    client: FlaskClient, house: Installation, karin: Account, app: Flask
) -> None:
    content = {"subject": "Je code", "text": "123456"}
    db.session.add(OutboxMail(kind="account", address=karin.email, content=content, due_at=house.clock()))
    db.session.commit()
    Worker(app).send_mail()
    [name] = names(client.get(path(house)).text)
    assert client.get(path(house, f"/{name}/opmaak")).status_code == 404


def test_an_empty_post_box_says_so(client: FlaskClient, house: Installation) -> None:
    assert "Er is nog geen mail" in client.get(path(house)).text


def test_the_newest_mail_is_on_top(
    client: FlaskClient, house: Installation, karin: Account, app: Flask, post: None
) -> None:
    content = {"subject": "Je code", "text": "123456"}
    due_at = house.clock() + timedelta(seconds=1)
    db.session.add(OutboxMail(kind="account", address=karin.email, content=content, due_at=due_at))
    db.session.commit()
    house.clock.moment = due_at  # type: ignore[attr-defined]  # the story's clock
    Worker(app).send_mail()
    assert re.findall(r"sleutel=[0-9a-f]+\">([^<]+)</a>", client.get(path(house)).text)[0] == "Je code"
