"""The account door on a phone: axe finds nothing, and nothing scrolls sideways, with large text neither."""

from flask import Flask
from playwright.sync_api import BrowserContext, Page

from survey.store.database import db
from survey.store.people import Account, Company
from tests.web.owner.conftest import become
from tests.web.owner.test_on_a_phone import look_at

OPEN_PAGES = ("/", "/inloggen", "/inloggen?way=password", "/account/nieuw", "/account/nieuw/mail", "/bevestiging",
              "/bevestigen/x", "/nieuw-adres/x", "/wachtwoord/vergeten", "/bestaat-niet")  # fmt: skip
OWN_PAGES = ("/account", "/wachtwoord", "/adres", "/bedrijven/nieuw", "/account/verwijderen", "/nog-een-keer")


def test_before_signing_in(page: Page, address: str, karin: Account) -> None:
    db.session.commit()
    found: dict[str, object] = {}
    for path in OPEN_PAGES:
        page.goto(address + path)
        found |= look_at(page, path)
    page.goto(f"{address}/account/nieuw")
    page.click("main .button")
    found |= look_at(page, "errors")
    page.goto(f"{address}/inloggen")
    page.fill("[name=identity]", karin.email)
    db.session.commit()
    page.click("main .button")
    found |= look_at(page, "code")
    assert found == {}


def test_signed_in(app: Flask, page: Page, context: BrowserContext, address: str, bakery: Company) -> None:
    browser = app.test_client()
    become(browser, bakery.owners[0])
    cookie = browser.get_cookie("session")
    assert cookie
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    found: dict[str, object] = {}
    for path in (*OWN_PAGES, f"/bedrijf/{bakery.id}/gegevens"):
        db.session.commit()
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.status == 200, path
        found |= look_at(page, path)
    assert found == {}
