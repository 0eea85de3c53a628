"""Default deny: no page is open because somebody forgot to close it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_login import login_user

from survey.store.people import Account, Company
from survey.store.rounds import Round
from survey.web.access import (
    OWN_THINGS,
    NotYours,
    SignInFirst,
    anyone,
    nobody,
    own_company,
    own_round,
    permission_for,
)
from tests.web.owner.conftest import become

OPEN_DOORS = {"respondent"}
OPEN_PAGES = {
    "static",
    "watching.live",
    "watching.ready",
    "watching.work",
    "watching.metrics",
    "account.front",
    "account.choose_language",
    "account.look_in_your_mail",
    "account.confirm",
    "account.confirm_now",
    "account.confirm_address",
    "account.confirm_address_now",
    "account.co_owner",
    "coach.offer",
    "security.login",
    "security.us_signin_send_code",
    "security.register",
    "security.send_confirmation",
    "security.forgot_password",
    "security.reset_password",
}
"""Written out a second time, on purpose: whoever opens a page must say so here too."""


def test_every_page_is_guarded_or_on_the_short_open_list(app: Flask) -> None:
    opened = {rule.endpoint for rule in app.url_map.iter_rules() if permission_for(rule.endpoint) is anyone}
    assert {page for page in opened if page.partition(".")[0] not in OPEN_DOORS} == OPEN_PAGES


def test_every_own_page_stands_in_the_table(app: Flask) -> None:
    forgotten = {rule.endpoint for rule in app.url_map.iter_rules() if permission_for(rule.endpoint) is nobody}
    assert {page for page in forgotten if not page.startswith("security.")} == set()


def test_a_guarded_address_names_only_what_is_checked(app: Flask) -> None:
    """A new kind of id in an address needs its own fetch-with-permission first."""
    for rule in app.url_map.iter_rules():
        if permission_for(rule.endpoint) not in (anyone, nobody):
            assert {name for name in rule.arguments if name.endswith("_id")} <= OWN_THINGS.keys(), rule


def test_a_page_that_stands_nowhere_is_not_there(app: Flask, client: FlaskClient) -> None:
    app.add_url_rule("/vergeten", "forgotten", lambda: "hier stond iets")
    answer = client.get("/vergeten")
    assert answer.status_code == 404
    assert "hier stond iets" not in answer.text


def test_a_page_that_forgets_to_ask_is_refused_all_the_same(
    app: Flask, client: FlaskClient, karin: Account, prepared_round: Round, noise: Round
) -> None:
    app.add_url_rule("/vergeet/<round_id>", "owner.forgets", lambda round_id: "hier stond iets")
    become(client, karin)
    assert client.get(f"/vergeet/{prepared_round.id}").text == "hier stond iets"
    assert client.get(f"/vergeet/{noise.id}").status_code == 404


def test_nobody_is_signed_in_so_sign_in_first(app: Flask, client: FlaskClient) -> None:
    app.add_url_rule("/geheim/<round_id>", "owner.secret", lambda round_id: round_id)
    answer = client.get("/geheim/x?deel=2")
    assert answer.status_code == 303
    assert answer.location == "/inloggen?next=/geheim/x?deel%3D2"
    with app.test_request_context(), pytest.raises(SignInFirst):
        own_round("x")


def test_own_company_and_round_can_be_fetched(
    app: Flask, karin: Account, bakery: Company, prepared_round: Round
) -> None:
    with app.test_request_context():
        login_user(karin)
        assert own_company(bakery.id) is bakery
        assert own_round(prepared_round.id) is prepared_round


def test_what_belongs_to_others_does_not_exist(app: Flask, karin: Account, bakery: Company, noise: Round) -> None:
    with app.test_request_context():
        login_user(karin)
        for fetch, other in ((own_company, noise.company_id), (own_round, noise.id), (own_round, "0" * 32)):
            with pytest.raises(NotYours):
                fetch(other)
