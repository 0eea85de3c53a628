"""What another site, another host or a crafted form makes a browser do: nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import create_app, rounds, story
from survey.settings import Settings
from survey.store.database import db
from survey.store.people import Account, Company, Ownership, invitations_of
from survey.store.rounds import Round, rounds_of
from survey.web.access import nobody, permission_for
from survey.web.owner.plan_form import fields_of
from tests.bakery import CLOSES_ON
from tests.web.owner.conftest import become
from tests.web.routes import Route, all_that_is_stored, every_route
from tests.web.signing_in import form_token

WITHOUT_TOKEN = {"respondent"}
"""Doors whose forms prove themselves: with the link, the card, the code or the signed start that travels in them."""


def guarded_by_token(app: Flask, round_: Round) -> list[Route]:
    return [
        route
        for route in every_route(app, round_)
        if route.method == "POST"
        and route.endpoint.partition(".")[0] not in WITHOUT_TOKEN
        and permission_for(route.endpoint) is not nobody
    ]


@pytest.fixture
def signed_in(client: FlaskClient, karin: Account, open_round: Round) -> FlaskClient:
    become(client, karin)
    return client


@pytest.fixture
def owner(app: Flask, client: FlaskClient, karin: Account, bakery: Company) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    become(client, karin)
    return client


@pytest.mark.parametrize("way", ["no token", "empty token", "another's token", "text/plain", "json", "in the address"])
def test_no_form_is_taken_without_the_token_of_this_browser(
    app: Flask, signed_in: FlaskClient, open_round: Round, way: str
) -> None:
    other, own = form_token(app.test_client().get("/inloggen")), form_token(signed_in.get("/account"))
    before, taken = all_that_is_stored(), {}
    for route in guarded_by_token(app, open_round):
        sent = {
            "no token": {"data": {"name": "Kaping"}},
            "empty token": {"data": {"name": "Kaping", "csrf_token": ""}},
            "another's token": {"data": {"name": "Kaping", "csrf_token": other}},
            "text/plain": {"data": f"csrf_token={own}&name=Kaping", "content_type": "text/plain"},
            "json": {"json": {"csrf_token": own, "name": "Kaping"}},
            "in the address": {"query_string": {"csrf_token": own, "name": "Kaping"}},
        }[way]
        answer = signed_in.post(route.path, **sent)  # type: ignore[arg-type]  # one of six shapes
        if answer.status_code not in (400, 405):
            taken[str(route)] = answer.status
    assert taken == {}
    assert all_that_is_stored() == before


def test_with_its_own_token_the_form_is_taken(signed_in: FlaskClient, karin: Account) -> None:
    own = form_token(signed_in.get("/account"))
    assert signed_in.post("/account", data={"name": "Karin", "csrf_token": own}).status_code == 303
    assert karin.name == "Karin"


def test_what_changes_something_cannot_be_asked_for_by_a_link(
    app: Flask, signed_in: FlaskClient, open_round: Round
) -> None:
    """A picture or a link elsewhere only ever makes a GET."""
    before = all_that_is_stored()
    for route in guarded_by_token(app, open_round):
        answer = signed_in.get(route.path, query_string={"csrf_token": "x", "press": "next", "name": "Kaping"})
        assert answer.status_code in (200, 302, 303, 403, 404, 405, 409, 410), route
    assert all_that_is_stored() == before


PLANTED = {
    "role": "admin",
    "roles": "admin",
    "is_admin": "1",
    "active": "1",
    "company_id": "0" * 32,
    "round_id": "0" * 32,
    "subject_id": "1",
    "owner": "1",
    "used": "0",
    "k": "1",
    "minimum": "1",
    "sent_at": "2020-01-01",
    "counted_at": "2020-01-01",
    "fs_uniquifier": "x",
    "confirmed_at": "2020-01-01",
}


def test_fields_that_no_form_has_change_nothing(
    owner: FlaskClient, karin: Account, bakery: Company, noise: Round
) -> None:
    planted = PLANTED | {"company_id": noise.company_id, "subject_id": str(noise.subject_id), "round_id": noise.id}
    before = (karin.fs_uniquifier, karin.confirmed_at, all_that_is_stored()["ownership"])
    theirs = [row for row in all_that_is_stored()["round"] if noise.id in row]
    owner.post("/account", data=planted | {"name": "Karin"})
    owner.post(f"/bedrijf/{bakery.id}/gegevens", data=planted | {"name": "De Vries"})
    fields = fields_of(story.plan(CLOSES_ON), karin) | {"press": "next"}
    owner.post(f"/bedrijf/{bakery.id}/voorbereiden", data=planted | fields)
    [made] = rounds_of(bakery.id)
    owner.post(f"/ronde/{made.id}/voorbereiden", data=planted | fields | {"subject": str(noise.subject_id)})
    owner.post(f"/ronde/{made.id}/verzenden", data=planted)
    assert (made.minimum, made.company_id, made.subject_id) == (5, bakery.id, karin.id)
    assert made.counted_at is None
    assert (karin.fs_uniquifier, karin.confirmed_at, all_that_is_stored()["ownership"]) == before
    assert [row for row in all_that_is_stored()["round"] if noise.id in row] == theirs


def test_once_sent_no_form_lowers_the_number_that_is_needed(app: Flask, owner: FlaskClient, open_round: Round) -> None:
    for route in guarded_by_token(app, open_round):
        if route.names_a_thing and route.endpoint != "owner.cancel":
            owner.post(route.path, data={"k": "1", "minimum": "1", "press": "next"})
    assert open_round.minimum == 5
    with pytest.raises(rounds.RoundFrozen):
        rounds.prepare(db.session.get_one(Company, open_round.company_id), _subject(open_round), PLAN, open_round)


PLAN = story.plan(CLOSES_ON)


def _subject(round_: Round) -> Account:
    return db.session.get_one(Account, round_.subject_id)


def test_asking_a_co_owner_by_hand_makes_nobody_owner(owner: FlaskClient, bakery: Company, noise: Round) -> None:
    owner.post(f"/bedrijf/{bakery.id}/mede-eigenaar", data={"address": "x@y.nl", "account_id": str(noise.subject_id)})
    assert db.session.query(Ownership).filter_by(company_id=bakery.id).count() == 1


# headers, cookies and hosts, as it runs for others


@pytest.fixture
def production(app: Flask, settings: Settings, karin: Account, open_round: Round) -> Iterator[Flask]:
    """The application as it runs for others, on the same data."""
    served = create_app(
        Settings.from_environment(
            {
                "SURVEY_DATA": str(settings.data),
                "SURVEY_KEYS": str(settings.keys[0]),
                "SURVEY_URL": "https://spiegel.example.nl",
                "SURVEY_SECRET_KEYS": "9f2c6b1de07a4853b5c1f0e7d2a96843",
                "SURVEY_SMTP_URL": "smtp://127.0.0.1:1",
                "SURVEY_MAIL_FROM": "spiegel@example.nl",
            }
            | ({} if settings.database_url.startswith("sqlite") else {"SURVEY_DATABASE_URL": settings.database_url})
        )
    )
    yield served
    with served.app_context():
        db.session.remove()
        db.engine.dispose()


ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("role", ["a visitor", "the owner"])
def test_every_route_carries_its_headers_and_its_cookies_are_for_it_alone(
    production: Flask, karin: Account, open_round: Round, role: str
) -> None:
    client = production.test_client()
    routes = every_route(production, open_round)
    uniquifier = karin.fs_uniquifier
    db.session.commit()
    db.session.remove()
    with production.app_context():
        for route in routes:
            if route.endpoint in ("static", "account.leave", "security.logout"):
                continue
            if role == "the owner":
                with client.session_transaction(base_url="https://spiegel.example.nl") as session:
                    session.update(_user_id=uniquifier, _fresh=True, fs_paa=2e9)
            answer = client.open(route.path, method=route.method, base_url="https://spiegel.example.nl", buffered=True)
            assert ALWAYS.items() <= dict(answer.headers).items(), route
            assert "no-store" in answer.headers["Cache-Control"], route
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, route
            assert "frame-ancestors 'none'" in policy, route
            assert "unsafe" not in policy, route
            assert not re.search(r"https?:", policy), route
            for cookie in answer.headers.getlist("Set-Cookie"):
                assert cookie.startswith("__Host-"), route
                assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; ")), (route, cookie)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "spiegel.example.nl.evil.example"},
        {"Host": "spiegel.example.nl:443@evil.example"},
        {"Host": "evil.example", "X-Forwarded-Host": "spiegel.example.nl"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Host": "evil.example", "Forwarded": "host=evil.example", "X-Forwarded-Server": "evil.example"},
        {"X-Original-URL": "/account", "X-Rewrite-URL": "/account"},
    ],
)
def test_no_page_or_redirect_takes_over_a_host_that_a_stranger_names(
    production: Flask, open_round: Round, headers: dict[str, str]
) -> None:
    paths = [route.path for route in every_route(production, open_round) if route.method == "GET"]
    db.session.remove()
    client = production.test_client()
    for path in paths:
        answer = client.get(path, base_url="https://spiegel.example.nl", headers=headers, buffered=True)
        if "/static/" in path:
            continue
        assert "Host" not in headers or answer.status_code == 400, path
        assert "evil.example" not in answer.text + (answer.location or ""), path


PROBED = [
    "/console", "/.git/HEAD", "/.git/config", "/.env", "/debug", "/admin", "/server-status", "/survey.db",
    "/data/survey.db", "/static/../shell.py", "/static/%2e%2e/shell.py", "/static/..%2fshell.py", "/?__debugger__=yes",
    "/inloggen?__debugger__=yes&cmd=resource&f=debugger.js", "/pyproject.toml", "/templates/layout.html",
]  # fmt: skip


@pytest.mark.parametrize("path", PROBED)
def test_nothing_of_the_workshop_is_served(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == (200 if "__debugger__" in path else 404)
    assert not any(mark in answer.text for mark in ("Traceback", "def ", "[core]", "SECRET", "Werkzeug", "jQuery"))


def test_a_debug_switch_of_the_framework_shows_nobody_a_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = create_app(Settings.from_environment({"SURVEY_DATA": f"{tmp_path}/d", "SURVEY_KEYS": f"{tmp_path}/k"}))

    def fail() -> str:
        raise ValueError("aisha@bakkerijdevries.example")

    app.add_url_rule("/mis", "respondent.fails", fail)
    answer = app.test_client().get("/mis")
    assert answer.status_code == 500
    assert not any(mark in answer.text for mark in ("Traceback", "ValueError", "aisha", "/mis"))
    assert not app.debug


def test_a_fresh_installation_has_no_account(app: Flask) -> None:
    assert db.session.query(Account).count() == 0
    assert app.test_client().post("/inloggen", data={"identity": "admin", "passcode": "admin"}).status_code == 400


def test_a_respondent_never_gets_an_account(app: Flask, open_round: Round, karin: Account) -> None:
    addresses = {one.address for one in invitations_of(open_round.id)}
    known = {account.email for account in db.session.query(Account)}
    assert known == {karin.email}
    assert not addresses & known
