"""Signing in and out: nobody learns who has an account, nothing works twice, and nothing follows from a mere GET."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from flask_security.core import _default_messages

from survey import clock as real_clock
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company
from survey.web import protection
from survey.web.account.words import MESSAGES
from tests.web.signing_in import CODE, fill_in, form_token, link_in, mails_to, newest_mail, sign_in

KARIN = "karin@bakkerijdevries.example"
NOBODY = "niemand@elders.example"
PASSWORD = "boterkoek-om-vier-uur"

NOT_OURS = ("TWO_FACTOR_", "WEBAUTHN_", "USERNAME_", "OAUTH_", "PASSWORDLESS_", "PASSWORD_BREACHED")
NOT_OURS_EITHER = {
    "FAILED_TO_SEND_CODE", "IDENTITY_ALREADY_ASSOCIATED", "IDENTITY_NOT_REGISTERED", "INVALID_LOGIN_TOKEN",
    "INVALID_RECOVERY_CODE", "LOGIN_EMAIL_SENT", "LOGIN_EXPIRED", "NO_RECOVERY_CODES_SETUP", "PHONE_INVALID",
    "REFRESH_TOKEN_INVALID", "USE_CODE", "US_CURRENT_METHODS", "US_SETUP_EXPIRED", "US_SETUP_SUCCESSFUL",
}  # fmt: skip


@pytest.fixture
def password(karin: Account) -> str:
    """Karin's password."""
    karin.password = hash_password(PASSWORD)
    db.session.commit()
    return PASSWORD


@pytest.fixture
def signed_in(client: FlaskClient, bakery: Company) -> FlaskClient:
    """Karin's browser, signed in."""
    sign_in(client, KARIN)
    return client


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/account").status_code == 200


def session_of(browser: FlaskClient) -> dict[str, Any]:
    with browser.session_transaction() as session:
        return dict(session)


# An account of one's own


def test_somebody_makes_an_account_confirms_it_and_is_in(client: FlaskClient) -> None:
    answer = fill_in(client, "/account/nieuw", name=" Karin  de Vries ", email="Karin@BakkerijDeVries.example")
    assert answer.location == "/account/nieuw/mail"
    link = link_in(newest_mail(KARIN))
    assert "Karin de Vries" in client.get(link).text
    assert fill_in(client, link).location == "/"
    assert is_signed_in(client)
    [account] = db.session.scalars(db.select(Account))
    assert (account.email, account.name, account.language) == (KARIN, "Karin de Vries", "nl")
    assert client.get("/").location == "/bedrijven/nieuw"
    fill_in(client, "/bedrijven/nieuw", name="Bakkerij De Vries")
    assert [company.name for company in account.companies] == ["Bakkerij De Vries"]


def test_a_mail_filter_that_follows_the_link_confirms_nothing(app: Flask, client: FlaskClient) -> None:
    fill_in(client, "/account/nieuw", name="Karin de Vries", email=KARIN)
    link = link_in(newest_mail(KARIN))
    for _ in range(3):
        app.test_client().get(link)
        app.test_client().head(link)
        app.test_client().options(link)
    [account] = db.session.scalars(db.select(Account))
    assert account.confirmed_at is None
    fill_in(client, link)
    db.session.refresh(account)
    assert account.confirmed_at is not None


def test_nothing_else_that_is_posted_becomes_part_of_an_account(client: FlaskClient) -> None:
    more = {"id": 7, "password": PASSWORD, "active": "", "confirmed_at": "2020-01-01", "companies": "1", "roles": "x",
            "fs_uniquifier": "x" * 32, "language": "xx", "company_id": "1", "us_totp_secrets": "{}"}  # fmt: skip
    fill_in(client, "/account/nieuw", name="Karin de Vries", email=KARIN, **more)
    [account] = db.session.scalars(db.select(Account))
    assert account.password is None  # who plants a password in somebody's account could use it after the confirmation
    assert account.confirmed_at is None
    assert (account.active, account.language, account.companies) == (True, "nl", [])
    assert account.fs_uniquifier != "x" * 32
    assert account.id != 7


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "http://koop.example", "Karin\u202eseirV", "www.koop.example"])
def test_a_name_is_a_name(client: FlaskClient, name: str) -> None:
    answer = fill_in(client, "/account/nieuw", name=name, email=KARIN)
    assert answer.status_code == 200
    assert 'class="summary"' in answer.text
    assert KARIN in answer.text
    assert db.session.scalars(db.select(Account)).all() == []


def test_a_mail_about_an_account_carries_nothing_that_a_stranger_typed(client: FlaskClient) -> None:
    fill_in(client, "/account/nieuw", name="Win een fiets", email=KARIN)
    [mail] = mails_to(KARIN)
    assert not any("fiets" in str(part) for part in mail.values())


def test_links_in_mail_begin_with_the_canonical_address(client: FlaskClient) -> None:
    token = form_token(client.get("/account/nieuw"))
    form = {"csrf_token": token, "name": "Karin", "email": KARIN}
    client.post("/account/nieuw", data=form, headers={"X-Forwarded-Host": "evil.example"})
    assert "http://127.0.0.1:8000/bevestigen/" in mails_to(KARIN)[0]["text"]
    client.post("/account/nieuw", data={**form, "email": NOBODY}, headers={"Host": "evil.example"})
    assert mails_to(NOBODY) == []


# Signing in


def test_a_mailed_code_lets_its_reader_in_once(app: Flask, client: FlaskClient, karin: Account) -> None:
    page = fill_in(client, "/inloggen", "/inloggen/code", identity=" KARIN@bakkerijdevries.example ")
    assert "Typ de code uit je mail" in page.text
    found = CODE.search(newest_mail(KARIN))
    assert found
    code = found.group(0)
    assert fill_in(client, "/inloggen", identity=KARIN, passcode=code).location == "/"
    assert is_signed_in(client)
    over_the_shoulder = app.test_client()
    assert "klopt niet" in fill_in(over_the_shoulder, "/inloggen", identity=KARIN, passcode=code).text
    assert not is_signed_in(over_the_shoulder)


def test_a_new_code_makes_the_earlier_one_worthless(client: FlaskClient, karin: Account) -> None:
    fill_in(client, "/inloggen", "/inloggen/code", identity=KARIN)
    first = CODE.search(newest_mail(KARIN))
    fill_in(client, "/inloggen", "/inloggen/code", identity=KARIN)
    assert first
    fill_in(client, "/inloggen", identity=KARIN, passcode=first.group(0))
    assert not is_signed_in(client)


def test_a_password_does_too(client: FlaskClient, karin: Account, password: str) -> None:
    wrong = fill_in(client, "/inloggen", identity=KARIN, passcode="iets anders", way="password")
    assert "Je wachtwoord" in wrong.text
    assert KARIN in wrong.text
    assert fill_in(client, "/inloggen", identity=KARIN, passcode=password, way="password").location == "/"
    assert is_signed_in(client)


def test_a_password_is_kept_as_a_modest_argon2_hash(karin: Account, password: str) -> None:
    assert karin.password is not None
    assert karin.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_who_never_confirmed_gets_that_mail_instead_of_a_code(client: FlaskClient, karin: Account) -> None:
    karin.confirmed_at = None
    db.session.commit()
    fill_in(client, "/inloggen", "/inloggen/code", identity=KARIN)
    assert "/bevestigen/" in newest_mail(KARIN)


def test_guessing_stops_after_five_tries(client: FlaskClient, karin: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        assert fill_in(client, "/inloggen", identity=KARIN, passcode="000 001").status_code == 200
    assert fill_in(client, "/inloggen", identity=KARIN, passcode="000 001").status_code == 429
    assert fill_in(client, "/inloggen", identity=NOBODY, passcode="000 001").status_code == 200


def test_nobody_is_flooded_with_mail(client: FlaskClient, karin: Account) -> None:
    for address in (KARIN, NOBODY):
        for _ in range(5):
            assert fill_in(client, "/inloggen", "/inloggen/code", identity=address).status_code == 200
        assert fill_in(client, "/wachtwoord/vergeten", email=address).status_code == 429
    assert len(mails_to(KARIN)) == 5


# What a stranger can learn


@pytest.mark.parametrize(
    ("page", "to", "field"),
    [
        ("/inloggen", "/inloggen/code", "identity"),
        ("/inloggen", "/inloggen", "identity"),
        ("/wachtwoord/vergeten", "/wachtwoord/vergeten", "email"),
        ("/bevestiging", "/bevestiging", "email"),
        ("/account/nieuw", "/account/nieuw", "email"),
    ],
)
def test_a_page_says_the_same_whether_or_not_an_address_has_an_account(
    app: Flask, karin: Account, password: str, page: str, to: str, field: str
) -> None:
    answers = []
    for address in (KARIN, NOBODY):
        browser = app.test_client()
        answer = fill_in(browser, page, to, **{field: address}, passcode="000 000", name="Karin")
        shown = browser.get(answer.location) if answer.location else answer
        text = shown.text.replace(address, "...").replace(form_token(shown), "")
        answers.append((answer.status_code, answer.location, text, sorted(session_of(browser))))
    assert answers[0] == answers[1]


def test_an_unknown_address_costs_the_same_work(
    app: Flask, karin: Account, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time itself is measured in the benchmark; here the work is counted: hashes, codes, letters, and rows written."""
    work: list[str] = []
    fill_in(app.test_client(), "/inloggen", identity=NOBODY, passcode="000 000")  # whoever comes first pays for all

    def counted(module: str, name: str) -> None:
        real = __import__(module, fromlist=["x"])
        target: Any = real
        *path, last = name.split(".")
        for part in path:
            target = getattr(target, part)
        original = getattr(target, last)

        def counting(*args: Any, **options: Any) -> Any:
            work.append("argon2" if last.endswith("_secret") else last)
            return original(*args, **options)

        monkeypatch.setattr(target, last, counting)

    counted("argon2.low_level", "hash_secret")
    counted("argon2.low_level", "verify_secret")
    counted("survey.letters", "_laid_out")
    for name in ("encrypt_key", "decrypt_key"):
        counted("passlib.totp", f"AppWallet.{name}")
    for page, to, field in (
        ("/inloggen", "/inloggen/code", "identity"),
        ("/inloggen", "/inloggen", "identity"),
        ("/wachtwoord/vergeten", "/wachtwoord/vergeten", "email"),
        ("/account/nieuw", "/account/nieuw", "email"),
    ):
        spent = []
        for address in (KARIN, NOBODY):
            work.clear()
            fill_in(app.test_client(), page, to, **{field: address}, passcode="000 000", name="Karin")
            spent.append(sorted(work))
        assert spent[0] == spent[1], to
        assert spent[0]


# Sessions


def test_a_session_is_new_after_signing_in(client: FlaskClient, karin: Account) -> None:
    client.get("/inloggen")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    before = session_of(client)
    sign_in(client, KARIN)
    client.get("/account")
    after = session_of(client)
    assert "planted" not in after
    assert before["csrf_token"] != after["csrf_token"]


def test_a_copied_session_ends_when_its_owner_signs_out(app: Flask, signed_in: FlaskClient) -> None:
    copied = signed_in.get_cookie("session")
    assert copied
    thief = app.test_client()
    thief.set_cookie("session", copied.value)
    assert is_signed_in(thief)
    fill_in(signed_in, "/account", "/uitloggen")
    assert not is_signed_in(signed_in)
    assert not is_signed_in(thief)


def test_a_session_lasts_a_working_day(signed_in: FlaskClient) -> None:
    with signed_in.session_transaction() as session:
        session["fs_paa"] = real_clock.now().timestamp() - 12 * 3600 - 1
    assert not is_signed_in(signed_in)


def test_nobody_is_remembered_longer(client: FlaskClient, karin: Account, password: str) -> None:
    answer = fill_in(client, "/inloggen", identity=KARIN, passcode=password, remember="y")
    assert is_signed_in(client)
    assert not any("remember" in cookie and "Expires" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


# Passwords and addresses


def test_a_forgotten_password_is_replaced_once_and_ends_every_session(
    app: Flask, client: FlaskClient, karin: Account, password: str
) -> None:
    elsewhere = app.test_client()
    fill_in(elsewhere, "/inloggen", identity=KARIN, passcode=password)
    fill_in(client, "/wachtwoord/vergeten", email=KARIN)
    earlier = link_in(newest_mail(KARIN))
    fill_in(client, "/wachtwoord/vergeten", email=KARIN)
    link = link_in(newest_mail(KARIN))
    new = "een heel ander wachtwoord"
    short = fill_in(client, link, password="kort", password_confirm="kort")
    assert "minstens 12 tekens" in short.text
    assert fill_in(client, link, password=new, password_confirm=new).location == "/inloggen"
    assert "is veranderd" in newest_mail(KARIN)
    assert not is_signed_in(elsewhere)
    for used in (link, earlier):
        assert client.get(used).location == "/wachtwoord/vergeten"
        fill_in(client, "/wachtwoord/vergeten", used, password="nog iets anders dan dat", password_confirm="nog")
    fill_in(client, "/inloggen", identity=KARIN, passcode=new)
    assert is_signed_in(client)


def test_changing_the_password_asks_for_the_one_of_now(
    client: FlaskClient, karin: Account, bakery: Company, password: str
) -> None:
    fill_in(client, "/inloggen", identity=KARIN, passcode=password)
    new = {"new_password": "een heel ander wachtwoord", "new_password_confirm": "een heel ander wachtwoord"}
    assert "niet je huidige" in fill_in(client, "/wachtwoord", password="mis", **new).text
    assert fill_in(client, "/wachtwoord", password=password, **new).location == "/account"
    assert is_signed_in(client)
    assert "is veranderd" in newest_mail(KARIN)


def test_an_address_changes_when_its_new_owner_presses_the_button(
    app: Flask, signed_in: FlaskClient, karin: Account
) -> None:
    fill_in(signed_in, "/adres", email="karin@vries.example")
    link = link_in(newest_mail("karin@vries.example"))
    app.test_client().get(link)
    db.session.refresh(karin)
    assert karin.email == KARIN
    fill_in(signed_in, link)
    db.session.refresh(karin)
    assert karin.email == "karin@vries.example"
    assert "laatste mail naar dit adres" in newest_mail(KARIN)
    assert not is_signed_in(signed_in)
    assert fill_in(signed_in, "/inloggen", link).location == "/inloggen"  # once


def test_another_ones_address_cannot_be_taken_and_is_not_given_away(
    signed_in: FlaskClient, karin: Account, noise: object
) -> None:
    taken, free = (fill_in(signed_in, "/adres", email=address) for address in ("stranger@elsewhere.example", NOBODY))
    assert (
        taken.text.replace("stranger@elsewhere.example", NOBODY).split("<main")[1].split("csrf_token")[0]
        == (free.text.split("<main")[1].split("csrf_token")[0])
    )
    assert mails_to("stranger@elsewhere.example") == []


def test_what_cannot_be_undone_asks_again_who_you_are(signed_in: FlaskClient, karin: Account) -> None:
    with signed_in.session_transaction() as session:
        session["fs_paa"] = real_clock.now().timestamp() - 3600
    for page in ("/account/verwijderen", "/adres"):
        answer = signed_in.get(page)
        assert answer.location == f"/nog-een-keer?next={page.replace('/', '%2F')}" or answer.location.endswith(page)
    fill_in(signed_in, "/nog-een-keer", "/nog-een-keer/code")
    code = CODE.search(newest_mail(KARIN))
    assert code
    answer = fill_in(signed_in, "/nog-een-keer", passcode=code.group(0), next="/account/verwijderen")
    assert answer.location == "/account/verwijderen"
    assert signed_in.get("/account/verwijderen").status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/x", "%2f%2fevil.example",
     "javascript:alert(1)", "\\\\evil.example", "////evil.example", " //evil.example"],
)  # fmt: skip
def test_signing_in_never_leads_elsewhere(client: FlaskClient, karin: Account, elsewhere: str) -> None:
    answer = sign_in(client, KARIN, next=elsewhere)
    assert urlsplit(urljoin("http://localhost/inloggen", answer.location or "")).netloc == "localhost"
    assert "\\" not in (answer.location or "")


def test_signing_in_leads_to_what_was_asked_for(client: FlaskClient, karin: Account) -> None:
    asked = client.get("/account").location
    assert asked == "/inloggen?next=/account"
    assert 'name="next" value="/account"' in client.get(asked).text
    assert sign_in(client, KARIN, next="/account").location == "/account"


# The library


def test_every_message_of_the_library_that_can_be_shown_is_ours() -> None:
    unused = {name for name in _default_messages if name.startswith(NOT_OURS)} | NOT_OURS_EITHER
    assert set(_default_messages) - unused == set(MESSAGES) - {"PASSWORD_BREACHED"}


def test_what_the_library_offers_and_we_do_not_use_is_not_there(signed_in: FlaskClient) -> None:
    for page in ("/us-setup", "/us-verify-link?id=1&code=2", "/verify", "/us-signin", "/bevestiging/x", "/adres/x"):
        assert signed_in.get(page).status_code == 404


def test_a_form_without_its_token_or_with_anothers_changes_nothing(app: Flask, signed_in: FlaskClient) -> None:
    foreign = form_token(app.test_client().get("/inloggen"))
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint.startswith(("account.", "security.")):
            path = rule.rule.replace("<company_id>", "0" * 32).replace("<token>", "x")
            for data in ({}, {"csrf_token": foreign}):
                assert signed_in.post(path, data=data).status_code in (400, 404), path
            assert signed_in.post(path, data="a=b", content_type="text/plain").status_code in (400, 404), path
    assert is_signed_in(signed_in)


def test_counts_are_kept_for_a_key_and_not_for_an_address(app: Flask) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        assert "192.0.2.7" not in protection.visitor()
        assert protection.visitor() == protection.visitor()


def test_no_code_or_link_stays_behind_once_it_is_sent(client: FlaskClient, karin: Account) -> None:
    fill_in(client, "/inloggen", "/inloggen/code", identity=NOBODY)
    assert db.session.scalars(db.select(OutboxMail)).all() == []
