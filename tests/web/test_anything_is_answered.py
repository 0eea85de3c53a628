"""Whatever is sent to whichever address, the answer is a page in words and never a fault of ours."""

import re
from itertools import product
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.installation import Installation
from survey.mirror import open_mirror
from survey.store.database import db
from survey.store.people import Account, invitations_of
from survey.store.rounds import Round
from tests.web.conftest import path_of
from tests.web.hostile import CORPUS
from tests.web.owner.conftest import become
from tests.web.routes import Route, every_route

ODD_BYTES = (
    b"\xed\xa0\x80 lone surrogate \xed\xbf\xbf",
    b"\xff\xfe\xfa not utf-8",
    "😀𝒢".encode() * 50,
    "e\u0301\u0000é".encode(),
    ("lang " * 2_000).encode(),
    b"'; DROP TABLE round; --",
    b"9" * 400,
    b"-1",
    b"1e309",
    b"NaN",
    "\u0661\u0662\u00b2\u2167".encode(),
    b"%00%0d%0aSet-Cookie: x=1",
    b"../../../etc/passwd",
)
"""As bytes, since no library of ours would write some of these."""

ODD_HEADERS = (
    {
        "Accept-Language": "xx-" * 400,
        "Accept-Encoding": "br;q=nan, gzip;q=-1, *;q=1e999",
        "Accept": "*/*;q=" + "9" * 99,
    },
    {"Cookie": 'session=.eJw\\"; language=\xff; language=../../x; =; ;;', "User-Agent": "\x7f" * 300},
    {"Referer": "javascript:alert(1)", "Origin": "null", "Sec-Fetch-Site": "cross-site\u00e9"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "::1, x", "Forwarded": "host=evil.example;for=_x"},
    {"Range": "bytes=5-1,-9999999999,x", "If-Range": "x", "If-Modified-Since": "31 Feb 99999", "If-None-Match": 'W/"'},
    {"Content-Type": "multipart/form-data; boundary=" + "b" * 2_000, "Content-Encoding": "gzip", "Expect": "200-ok"},
    {
        "Authorization": "Basic ====",
        "Authentication-Token": "x",
        "X-HTTP-Method-Override": "DELETE",
        "X-CSRFToken": "\xe9",
    },
)
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "X-Y")

FAULTS = range(500, 600)
SAYS_SO = ("/health/ready", "/health/work")
"""There 503 is not a fault but the answer."""
NOT_HERE = {"account.leave", "security.logout", "owner.cancel", "static"}
"""Afterwards there would be nothing left to try."""


@pytest.fixture
def in_it(app: Flask, client: FlaskClient, karin: Account, mirrored_round: Round, house: Installation) -> FlaskClient:
    """Karin signed in, and a list open in the same browser: as much as one browser can reach."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["TESTING"] = False  # a fault of ours is a page with status 500, as it would be for anybody
    open_mirror(mirrored_round, house.clock())
    become(client, karin)
    [bank] = invitations_of(mirrored_round.id, "bank")
    client.post(path_of(house.links.invitation(bank.id)), data={"taal": "nl"})
    return client


@pytest.fixture
def names(in_it: FlaskClient, app: Flask, mirrored_round: Round, prepared_form: str) -> list[str]:
    """The name of every field on every page."""
    found = set(re.findall(r'name="([\w\[\].-]+)"', prepared_form))
    for route in every_route(app, mirrored_round):
        if route.method == "GET":
            found |= set(re.findall(r'name="([\w\[\].-]+)"', in_it.get(route.path).text if html(route) else ""))
    return sorted(found - {"csrf_token", "viewport"})


@pytest.fixture
def prepared_form(in_it: FlaskClient, mirrored_round: Round) -> str:
    return in_it.get(f"/bedrijf/{mirrored_round.company_id}/voorbereiden").text


def is_fault(path: str, status: int) -> bool:
    return status in FAULTS and not (status == 503 and path in SAYS_SO)


def html(route: Route) -> bool:
    return not route.path.endswith((".pdf", ".ics", ".css", ".xlsx", ".csv", ".zip"))


def posts(app: Flask, round_: Round) -> list[Route]:
    return [one for one in every_route(app, round_) if one.method == "POST" and one.endpoint not in NOT_HERE]


def test_every_field_of_every_form_takes_or_refuses_anything(
    app: Flask, in_it: FlaskClient, mirrored_round: Round, names: list[str], long: bool
) -> None:
    wrong = []
    assert len(names) > 50
    for turn, value in enumerate((*(text.encode() for text in CORPUS), *ODD_BYTES)):
        body = "&".join(f"{name}={quote(value)}" for name in names)
        # With --long every form gets every value; otherwise a third of them, and the next form another third.
        for route in posts(app, mirrored_round)[0 if long else turn % 3 :: 1 if long else 3]:
            answer = in_it.post(route.path, data=body, content_type="application/x-www-form-urlencoded")
            if answer.status_code in FAULTS or "\n" in (answer.location or ""):
                wrong.append((str(route), value[:30], answer.status))
    assert wrong == []


def test_every_address_takes_or_refuses_anything(app: Flask, in_it: FlaskClient, mirrored_round: Round) -> None:
    wrong = []
    for value in (*(text.encode() for text in CORPUS[::4]), *ODD_BYTES):
        odd = quote(value, safe="")
        for rule in app.url_map.iter_rules():
            if rule.endpoint not in NOT_HERE:
                path = re.sub(r"<[^>]+>", odd, rule.rule)
                for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                    answer = in_it.open(f"{path}?next={odd}&taal={odd}&{odd}={odd}", method=method)
                    if is_fault(rule.rule, answer.status_code):
                        wrong.append((method, rule.rule, value[:30], answer.status))
    assert wrong == []


@pytest.mark.parametrize("stage", ["prepared_round", "open_round", "counted"])
def test_in_every_stage_of_a_round_every_form_is_answered(
    app: Flask, client: FlaskClient, karin: Account, house: Installation, request: pytest.FixtureRequest, stage: str
) -> None:
    round_ = request.getfixturevalue("mirrored_round" if stage == "counted" else stage)
    if stage == "counted":
        db.session.delete(round_.self_assessment)  # nothing was ever filled in
        db.session.commit()
    app.config.update(WTF_CSRF_ENABLED=False, TESTING=False)
    become(client, karin)
    pages = [one for one in every_route(app, round_) if one.method == "GET" and html(one)]
    names = {name for one in pages for name in re.findall(r'name="([\w\[\].-]+)"', client.get(one.path).text)}
    wrong = []
    for value in ("xx", "1", "employees"):
        body = dict.fromkeys(names - {"viewport"}, value)
        for route in posts(app, round_):
            answer = client.post(route.path, data=body)
            if answer.status_code in FAULTS:
                wrong.append((str(route), value, answer.status))
    assert wrong == []


def test_any_method_with_any_headers_is_answered(app: Flask, in_it: FlaskClient, mirrored_round: Round) -> None:
    wrong = []
    paths = {one.path: one.endpoint for one in every_route(app, mirrored_round) if one.endpoint not in NOT_HERE}
    tries = product(paths, METHODS)
    for number, (path, method) in enumerate(tries):
        headers = ODD_HEADERS[number % len(ODD_HEADERS)]
        answer = in_it.open(path, method=method, headers=headers, data=b"x=%ff")
        if is_fault(path, answer.status_code) or "evil.example" in f"{answer.headers}{answer.data!r}":
            wrong.append((method, path, headers, answer.status))
    assert wrong == []


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")  # of a part that never ends, by the library
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n',
        ),
        ("multipart/form-data", b"no boundary"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"x" * 600_000,
        ),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(5_000))),
        ("application/x-www-form-urlencoded; charset=utf-7", b"name=+ADw-script+AD4-"),
        ("application/json", b'{"a": ' * 2_000),
        ("text/xml", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
        ("", b"\x00\x01\x02"),
    ],
)
def test_a_body_of_any_kind_is_answered(
    app: Flask, in_it: FlaskClient, mirrored_round: Round, kind: str, body: bytes
) -> None:
    for route in posts(app, mirrored_round):
        answer = in_it.post(route.path, data=body, content_type=kind)
        assert answer.status_code not in FAULTS, route
        assert "root:x:0" not in answer.text, route


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_course_of_requests_is_answered(
    app: Flask, in_it: FlaskClient, mirrored_round: Round, names: list[str], data: st.DataObject
) -> None:
    route = data.draw(st.sampled_from(posts(app, mirrored_round)))
    value = st.one_of(st.text(max_size=40), st.sampled_from(CORPUS), st.integers().map(str), st.dates().map(str))
    fields = data.draw(st.dictionaries(st.sampled_from(names), value, max_size=12))
    answer = in_it.open(route.path, method=data.draw(st.sampled_from(["POST", "GET", "HEAD", "PUT"])), data=fields)
    assert answer.status_code not in FAULTS
