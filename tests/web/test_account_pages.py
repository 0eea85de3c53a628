"""Every page of the account door, as its visitor meets it: in one language, with its company, and nobody else's."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company
from survey.store.rounds import Round
from survey.web.access import account_holder, anyone, permission_for
from tests.web.signing_in import fill_in, link_in, newest_mail, sign_in

KARIN = "karin@bakkerijdevries.example"
ANNEKE = "anneke@postma-installatie.example"
DUTCH = {"je", "jij", "het", "een", "niet", "de", "en", "van", "wachtwoord", "adres", "naam", "uitloggen"}
ENGLISH = {"the", "you", "your", "a", "not", "with", "this", "password", "address", "name", "sign", "submit"}
"""Small words without which neither language gets far."""
NAMES = ("Bakkerij De Vries", "Karin de Vries", "Nederlands", "English", KARIN, ANNEKE, "Spiegelronde")


@pytest.fixture
def signed_in(client: FlaskClient, bakery: Company) -> FlaskClient:
    """Karin's browser, signed in."""
    sign_in(client, KARIN)
    return client


def words_on(page: TestResponse) -> set[str]:
    """Return every word that somebody sees or hears on a page, names left out."""
    attributes = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', page.text)
    text = unescape(" ".join([re.sub(r"<[^>]+>", " ", page.text), *attributes]))
    for name in NAMES:
        text = text.replace(name, " ")
    return set(re.findall(r"[a-zé]+", text.casefold()))


def open_pages(app: Flask, spoken: str) -> Iterator[tuple[str, TestResponse]]:
    browser = app.test_client()

    def send(page: str, to: str | None = None, **fields: str) -> tuple[str, TestResponse]:
        return f"{to or page} {fields}", fill_in(browser, page, to, **fields)

    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = spoken
    for path in ("/", "/inloggen", "/inloggen?way=password", "/account/nieuw", "/account/nieuw/mail", "/bevestiging",
                 "/wachtwoord/vergeten", "/bevestigen/x", "/nieuw-adres/x", "/mede-eigenaar/x", "/geen"):  # fmt: skip
        yield path, browser.get(path)
    yield send("/account/nieuw", name="", email="x")
    yield send("/account/nieuw", name="http://x", email="")
    yield send("/inloggen", "/inloggen/code", identity="x")
    yield send("/inloggen", "/inloggen/code", identity=KARIN)
    yield send("/inloggen", identity=KARIN, passcode="1")
    yield send("/inloggen", identity=KARIN, passcode="", way="password")
    yield send("/wachtwoord/vergeten", email="x")
    yield send("/wachtwoord/vergeten", email=KARIN)
    yield send("/bevestiging", email=KARIN)
    yield "damaged link", browser.get(browser.get("/wachtwoord/vergeten/x").location)
    yield "next elsewhere", fill_in(browser, "/inloggen", identity=KARIN, passcode="1", next="//evil.example")


def own_pages(browser: FlaskClient, company: Company) -> Iterator[tuple[str, TestResponse]]:
    for path in ("/account", "/wachtwoord", "/adres", "/bedrijven/nieuw", f"/bedrijf/{company.id}/gegevens",
                 "/account/verwijderen", "/nog-een-keer"):  # fmt: skip
        yield path, browser.get(path)
    yield "empty name", fill_in(browser, "/account", name="")
    yield "short password", fill_in(browser, "/wachtwoord", new_password="kort", new_password_confirm="kort")
    yield "two passwords", fill_in(browser, "/wachtwoord", new_password="x" * 12, new_password_confirm="y" * 12)
    yield "no address", fill_in(browser, "/adres", email="x")
    yield "own address", fill_in(browser, "/adres", email=KARIN)
    yield "not sure", fill_in(browser, "/account/verwijderen")
    yield "wrong again", fill_in(browser, "/nog-een-keer", passcode="1")
    yield "code again", fill_in(browser, "/nog-een-keer", "/nog-een-keer/code")
    yield "saved name", browser.get(fill_in(browser, "/account", name="Karin de Vries").location)


@pytest.mark.parametrize(("spoken", "other"), [("nl", ENGLISH), ("en", DUTCH)])
def test_no_page_mixes_two_languages(app: Flask, karin: Account, bakery: Company, spoken: str, other: set[str]) -> None:
    karin.language = spoken
    db.session.commit()
    for what, page in open_pages(app, spoken):
        assert f'lang="{spoken}"' in page.text, what
        assert words_on(page) & other == set(), what
    db.session.execute(db.delete(OutboxMail))
    db.session.commit()
    browser = app.test_client()
    sign_in(browser, KARIN)
    for what, page in own_pages(browser, bakery):
        assert page.status_code == 200, what
        assert words_on(page) & other == set(), what


@pytest.mark.parametrize(("spoken", "other"), [("nl", ENGLISH), ("en", DUTCH)])
def test_mail_speaks_the_language_of_its_account(
    client: FlaskClient, karin: Account, bakery: Company, spoken: str, other: set[str]
) -> None:
    """Whoever asked for it: a stranger with another browser changes nothing."""
    karin.language = spoken
    db.session.commit()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en" if spoken == "nl" else "nl"
    fill_in(client, "/inloggen", "/inloggen/code", identity=KARIN)
    fill_in(client, "/wachtwoord/vergeten", email=KARIN)
    fill_in(client, "/account/nieuw", name="Iemand", email=KARIN)
    mails = db.session.scalars(db.select(OutboxMail)).all()
    assert len(mails) == 3
    for mail in mails:
        assert mail.content is not None
        text = re.sub(r"https?://\S+", "", f"{mail.content['subject']} {mail.content['text']}").casefold()
        assert not set(re.findall(r"[a-zé]+", text)) & (other - {"a"}), mail.content["subject"]
        assert "<script" not in mail.content["html"]
        assert not re.search(r"(src|background)=|url\(|@import", mail.content["html"])


def test_the_account_s_own_language_wins_and_can_be_changed(signed_in: FlaskClient, karin: Account) -> None:
    signed_in.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert '<html lang="nl">' in signed_in.get("/account").text
    fill_in(signed_in, "/account", "/taal", language="en", next="/account")
    assert '<html lang="en">' in signed_in.get("/account").text
    db.session.refresh(karin)
    assert karin.language == "en"


def test_names_are_shown_literally(signed_in: FlaskClient, bakery: Company) -> None:
    fill_in(signed_in, f"/bedrijf/{bakery.id}/gegevens", name="<script>alert(1)</script> {{7*7}}")
    page = signed_in.get(f"/bedrijf/{bakery.id}/gegevens").text
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}}" in page


def test_a_second_owner_is_asked_by_mail_and_says_yes(app: Flask, signed_in: FlaskClient, bakery: Company) -> None:
    page = f"/bedrijf/{bakery.id}/gegevens"
    assert "geen e-mailadres" in fill_in(signed_in, page, f"/bedrijf/{bakery.id}/mede-eigenaar", address="joost").text
    fill_in(signed_in, page, f"/bedrijf/{bakery.id}/mede-eigenaar", address=ANNEKE.upper())
    link = link_in(newest_mail(ANNEKE))
    hers = app.test_client()
    fill_in(hers, "/account/nieuw", name="Anneke Postma", email=ANNEKE)
    fill_in(hers, link_in(newest_mail(ANNEKE)))
    assert "Bakkerij De Vries" in hers.get(link).text
    db.session.refresh(bakery)
    assert len(bakery.owners) == 1
    fill_in(hers, link)
    db.session.refresh(bakery)
    assert {owner.email for owner in bakery.owners} == {KARIN, ANNEKE}
    assert "Bakkerij De Vries" in hers.get("/account").text
    assert "ander adres" in signed_in.get(link).text
    assert signed_in.get("/mede-eigenaar/x").status_code == 410


def test_leaving_is_asked_once_more_and_then_done(signed_in: FlaskClient, karin: Account, bakery: Company) -> None:
    assert "Bakkerij De Vries" in signed_in.get("/account/verwijderen").text
    assert "vinkje" in fill_in(signed_in, "/account/verwijderen").text
    assert db.session.scalars(db.select(Account)).all() == [karin]
    fill_in(signed_in, "/account/verwijderen", sure="y")
    assert db.session.scalars(db.select(Account)).all() == []
    assert "is verwijderd" in newest_mail(KARIN)
    assert "is verwijderd" in signed_in.get("/").text
    assert signed_in.get("/account").status_code == 303


def addresses_of(app: Flask, **ids: str) -> Iterator[tuple[str, str, str]]:
    """Yield endpoint, method and path of every page, with these ids in it."""
    for rule in app.url_map.iter_rules():
        values = {name: ids.get(name, "1") for name in rule.arguments}
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule.endpoint, method, path


def test_what_belongs_to_another_company_is_nowhere(app: Flask, signed_in: FlaskClient, noise: Round) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    seen = 0
    for endpoint, method, path in addresses_of(app, company_id=noise.company_id, round_id=noise.id):
        if noise.company_id in path or noise.id in path:
            seen += 1
            answer = signed_in.open(path, method=method)
            assert answer.status_code == 404, (endpoint, method)
            assert "Garage Vos" not in answer.text
    assert seen >= 3


def test_a_visitor_without_an_account_is_sent_to_sign_in(app: Flask, client: FlaskClient, noise: Round) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    for endpoint, method, path in addresses_of(app, company_id=noise.company_id, round_id=noise.id):
        if permission_for(endpoint) is account_holder:
            answer = client.open(path, method=method)
            assert answer.status_code == 303, (endpoint, method)
            assert answer.location.startswith("/inloggen")
        elif permission_for(endpoint) is not anyone:
            assert client.open(path, method=method).status_code == 404, (endpoint, method)
