"""Every role at every address: who is let in, who is asked to sign in, and for whom a page does not exist."""

from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey import sharing, story
from survey.installation import Installation
from survey.mirror import open_mirror
from survey.rounds import Person
from survey.store.database import db
from survey.store.grants import MirrorGrant, RelationGrant
from survey.store.people import Account, Company, invitations_of
from survey.store.rounds import Round
from survey.web.access import account_holder, anyone, permission_for
from tests.web.coach.conftest import give, today
from tests.web.conftest import Phone
from tests.web.owner.conftest import become
from tests.web.routes import Route, all_that_is_stored, every_route
from tests.web.test_access import OPEN_DOORS, OPEN_PAGES

ENDS_THE_ACCOUNT = {"account.leave", "security.logout"}
OF_ONE_OWNER_ONLY = {
    "owner.mirror", "owner.open_the_mirror", "owner.mirror_pdf", "owner.mirror_paper", "owner.sheet_paper",
    "owner.mirror_csv", "owner.mirror_workbook", "owner.conversation_sheet", "owner.talk",
    "owner.guess", "owner.reveal", "owner.seen", "owner.choose_topics", "owner.topic", "owner.round_off",
    "owner.keep_conversation", "owner.agreements", "owner.look_back", "owner.agreements_pdf", "owner.own_picture",
    "owner.own_part", "owner.keep_part", "owner.hand_in", "owner.send", "owner.telling", "owner.tell", "owner.dates",
    "owner.set_date", "owner.calendar", "owner.sharing", "owner.share", "coach.preview",
    "owner.look_before_throwing_away", "owner.throw_away", "owner.scan", "owner.keep_scan",
}  # fmt: skip
"""A mirror is about one person: the other owner of the same company opens none of these."""
SOMETIMES_NOT_THERE = {
    "owner.topic", "owner.set_date", "owner.mend_address", "owner.revoke", "coach.preview", "security.logout",
}  # fmt: skip
"""Without a topic, a date, an address that came back or a person to whom it is about, there is no such page."""
OF_THE_COACH = {
    "coach.mirror", "coach.mirror_pdf", "coach.guide", "coach.keep_notes", "coach.guide_pdf", "coach.passphrase",
    "coach.mirror_paper", "coach.choose_passphrase", "coach.look_before_opening", "coach.open_round",
}  # fmt: skip

MakeBrowser = Callable[[], FlaskClient]


@pytest.fixture
def browsers(
    app: Flask,
    karin: Account,
    bakery: Company,
    mirrored_round: Round,
    noise: Round,
    house: Installation,
) -> Mapping[str, MakeBrowser]:
    """Role -> a browser in which somebody of that role sits."""
    app.config["WTF_CSRF_ENABLED"] = False  # the form token has tests of its own
    second = Account(email="tom@bakkerijdevries.example", name="Tom de Vries", confirmed_at=house.clock())
    gone = Account(email="oud@bakkerijdevries.example", name="Oud de Vries", confirmed_at=house.clock())
    bakery.owners.append(second)
    db.session.add(gone)
    db.session.commit()
    stranger = db.session.get_one(Account, noise.subject_id)
    open_mirror(mirrored_round, house.clock())
    mirrored_round.strict = True  # its lock was entrusted to the conversation partner
    coach, *_ = _coach(bakery, mirrored_round, house, story.PARTNER)
    former_coach, *withdrawn = _coach(bakery, mirrored_round, house, story.ACCOUNTANT)
    for grant in withdrawn:
        sharing.revoke(grant, house.clock())
    copied = _copied_before_signing_out(app, gone)

    def signed_in(account: Account) -> MakeBrowser:
        return lambda: _with_account(app.test_client(), account)

    return {
        "a visitor": app.test_client,
        "a respondent": lambda: _with_a_list_open(app, house, mirrored_round),
        "who signed out": lambda: _with_cookie(app, copied),
        "the owner": signed_in(karin),
        "the second owner": signed_in(second),
        "another company's owner": signed_in(stranger),
        "the coach": signed_in(coach),
        "the coach of before": signed_in(former_coach),
    }


def _coach(
    bakery: Company, round_: Round, house: Installation, person: Person
) -> tuple[Account, MirrorGrant, RelationGrant]:
    account = Account(email=person.address, name=person.name, confirmed_at=house.clock())
    db.session.add(account)
    confidant = sharing.let_in(bakery, person.name, person.address)
    sharing.take_up(confidant, account)
    relation = sharing.share_relation(confidant, today(house) + sharing.USUAL_TIME, house.clock())
    return account, give(round_, confidant, house), relation


def _with_account(client: FlaskClient, account: Account) -> FlaskClient:
    become(client, account)
    return client


def _with_a_list_open(app: Flask, house: Installation, round_: Round) -> FlaskClient:
    phone = Phone(app.test_client(), house)
    [bank] = invitations_of(round_.id, "bank")
    phone.client.post(phone.link_of(bank), data={"taal": "nl"})
    return phone.client


def _copied_before_signing_out(app: Flask, account: Account) -> str:
    client = _with_account(app.test_client(), account)
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert client.get("/account").status_code == 200
    client.post("/uitloggen")
    return cookie.value


def _with_cookie(app: Flask, value: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("session", value)
    return client


def _ask(browser: FlaskClient, route: Route) -> TestResponse:
    return browser.open(route.path, method=route.method)


def _asks_to_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 303 and (answer.location or "").startswith("/inloggen")


def _guarded(app: Flask, round_: Round) -> list[Route]:
    return [one for one in every_route(app, round_) if permission_for(one.endpoint) is account_holder]


WITHOUT_ACCOUNT = ["a visitor", "a respondent", "who signed out"]


@pytest.mark.parametrize("role", WITHOUT_ACCOUNT)
def test_without_an_account_every_guarded_page_asks_to_sign_in_and_shows_nothing(
    app: Flask, browsers: Mapping[str, MakeBrowser], mirrored_round: Round, role: str
) -> None:
    browser, before = browsers[role](), all_that_is_stored()
    routes = _guarded(app, mirrored_round)
    assert len(routes) > 60
    assert [str(route) for route in routes if not _asks_to_sign_in(_ask(browser, route))] == []
    assert all_that_is_stored() == before


def test_for_another_companys_owner_nothing_of_the_bakery_exists(
    app: Flask, browsers: Mapping[str, MakeBrowser], mirrored_round: Round
) -> None:
    browser, before = browsers["another company's owner"](), all_that_is_stored()
    wrong = {}
    for route in _guarded(app, mirrored_round):
        if route.names_a_thing:
            answer = _ask(browser, route)
            if answer.status_code != 404 or "De Vries" in answer.text:
                wrong[str(route)] = answer.status
    assert wrong == {}
    assert all_that_is_stored() == before


@pytest.mark.parametrize("role", ["the coach", "the coach of before"])
def test_for_a_coach_no_page_of_the_owner_exists_and_what_was_withdrawn_is_gone(
    app: Flask, browsers: Mapping[str, MakeBrowser], mirrored_round: Round, role: str
) -> None:
    wrong = {}
    for route in _guarded(app, mirrored_round):
        if route.names_a_thing:
            answer = _ask(browsers[role](), route)
            his = route.endpoint in OF_THE_COACH
            # 409: the round was sent, so its lock no longer changes
            expected = {"the coach": (200, 303, 409), "the coach of before": (404, 410)}[role] if his else (404,)
            if answer.status_code not in expected:
                wrong[str(route)] = answer.status
    assert wrong == {}


def test_the_owner_is_let_in_everywhere(app: Flask, browsers: Mapping[str, MakeBrowser], mirrored_round: Round) -> None:
    wrong = {}
    for route in _guarded(app, mirrored_round):
        if route.endpoint in ENDS_THE_ACCOUNT and route.method == "POST":
            continue
        answer = _ask(browsers["the owner"](), route)
        there = answer.status_code != 404 or route.endpoint in SOMETIMES_NOT_THERE | OF_THE_COACH
        if _asks_to_sign_in(answer) or answer.status_code == 403 or not there:
            wrong[str(route)] = answer.status
    assert wrong == {}


def test_the_second_owner_meets_no_mirror_that_is_not_about_him(
    app: Flask, browsers: Mapping[str, MakeBrowser], mirrored_round: Round
) -> None:
    release = mirrored_round.release
    assert release is not None
    before = (release.digest, mirrored_round.opened_mirror_at, all_that_is_stored()["self_assessment"])
    shown, shut = [], []
    for route in _guarded(app, mirrored_round):
        if route.names_a_thing and route.endpoint not in ENDS_THE_ACCOUNT | OF_THE_COACH:
            answer = _ask(browsers["the second owner"](), route)
            own = route.endpoint in OF_ONE_OWNER_ONLY
            if own and answer.status_code not in (303, 403, 404):
                shown.append(f"{route} {answer.status}")
            if not own and answer.status_code in (403, 404) and route.endpoint not in SOMETIMES_NOT_THERE:
                shut.append(f"{route} {answer.status}")
    assert (shown, shut) == ([], [])
    assert (release.digest, mirrored_round.opened_mirror_at, all_that_is_stored()["self_assessment"]) == before


def test_what_the_library_brings_along_and_the_local_post_box_exist_for_nobody_here(
    app: Flask, browsers: Mapping[str, MakeBrowser], mirrored_round: Round
) -> None:
    closed = [
        one for one in every_route(app, mirrored_round)
        if permission_for(one.endpoint) not in (anyone, account_holder)
    ]  # fmt: skip
    assert closed
    found = {
        f"{route} for {role}": answer.status
        for role, browser in browsers.items()
        for route in closed
        if (answer := _ask(browser(), route)).status_code != 404
    }
    assert found == {}


def test_open_pages_ask_nobody_to_sign_in(app: Flask, client: FlaskClient, mirrored_round: Round) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    for route in every_route(app, mirrored_round):
        if route.endpoint in OPEN_PAGES or route.endpoint.partition(".")[0] in OPEN_DOORS:
            answer = client.open(route.path, method=route.method)
            asked = _asks_to_sign_in(answer) and answer.location != "/inloggen"  # a void link leads to that page itself
            assert not asked or route.endpoint == "account.become_co_owner", route


def test_a_respondent_link_opens_the_own_list_and_never_a_result(
    app: Flask, browsers: Mapping[str, MakeBrowser], mirrored_round: Round
) -> None:
    browser = browsers["a respondent"]()
    for route in every_route(app, mirrored_round):
        if route.endpoint.startswith("respondent."):
            text = _ask(browser, route).text
            assert not any(mark in text for mark in ("Zwaarst", "blinde vlek", "<svg", "spiegel.pdf")), route
    mirror = f"/ronde/{mirrored_round.id}/spiegel"
    for address in (mirror, f"{mirror}.pdf", f"{mirror}.csv", f"{mirror}.xlsx"):
        assert _asks_to_sign_in(browser.get(address))


def test_looking_changes_nothing_for_whoever_looks(
    app: Flask, browsers: Mapping[str, MakeBrowser], mirrored_round: Round
) -> None:
    before = all_that_is_stored()
    for role, browser in browsers.items():
        for route in every_route(app, mirrored_round):
            if route.method == "GET":
                for method in ("GET", "HEAD", "OPTIONS") if role == "the owner" else ("GET",):
                    browser().open(route.path, method=method)
    after = all_that_is_stored()
    del before["mirror_view"], after["mirror_view"]  # that a coach looked is written down, for the owner to see
    assert after == before
