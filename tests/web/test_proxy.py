"""From whom a request came: what the trusted proxies say, and nothing that a visitor says of himself."""

from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from survey import create_app
from survey.settings import Settings, SettingWrong
from survey.web.protection import visitor

FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "kwaad.example",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/kwaad",
    "Forwarded": "for=203.0.113.9;host=kwaad.example",
    "X-Real-IP": "203.0.113.9",
}


def seen(app: Flask, headers: dict[str, str], path: str = "/zien") -> dict[str, str]:
    answer = app.test_client().get(path, headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"})
    found: dict[str, str] = answer.get_json()
    return found


def app_behind(tmp_path: Path, proxies: int, **more: str) -> Flask:
    given = {"SURVEY_DATA": f"{tmp_path}/d", "SURVEY_KEYS": f"{tmp_path}/k", "SURVEY_TRUSTED_PROXIES": str(proxies)}
    app = create_app(Settings.from_environment(given | more))

    @app.get("/zien", endpoint="respondent.seen")
    def look() -> dict[str, str]:
        return {
            "address": request.remote_addr or "",
            "visitor": visitor(),
            "scheme": request.scheme,
            "host": request.host,
            "root": request.root_path,
            "told": str(sorted(name for name, _ in request.headers if "orward" in name or "Real" in name)),
        }

    return app


def test_without_a_trusted_proxy_nothing_that_is_forwarded_is_believed(tmp_path: Path) -> None:
    app = app_behind(tmp_path, 0)
    assert seen(app, FORGED) == seen(app, {}) | {"told": "[]"}
    assert seen(app, FORGED)["address"] == "127.0.0.1"


def test_behind_one_proxy_the_visitor_is_whom_that_proxy_saw(tmp_path: Path) -> None:
    app = app_behind(tmp_path, 1)
    assert seen(app, {"X-Forwarded-For": "198.51.100.4"})["address"] == "198.51.100.4"
    # The visitor wrote the first one himself; the proxy added the last one.
    forged = FORGED | {"X-Forwarded-For": "203.0.113.9, 198.51.100.4"}
    assert seen(app, forged)["address"] == "198.51.100.4"
    assert (seen(app, forged)["host"], seen(app, forged)["scheme"]) == ("localhost", "http")


def test_behind_two_proxies_the_visitor_is_whom_the_first_of_them_saw(tmp_path: Path) -> None:
    app = app_behind(tmp_path, 2)
    chain = {"X-Forwarded-For": "203.0.113.9, 198.51.100.4, 10.0.0.2"}
    assert seen(app, chain)["address"] == "198.51.100.4"
    assert seen(app, {"X-Forwarded-For": "10.0.0.2"})["address"] == "127.0.0.1"


@pytest.mark.parametrize("chain", ["unknown", "198.51.100.4; DROP", "198.51.100.4:80", "", "a, 198.51.100.4"])
def test_what_is_no_address_is_not_taken_for_one(tmp_path: Path, chain: str) -> None:
    assert seen(app_behind(tmp_path, 1), {"X-Forwarded-For": chain})["address"] == "127.0.0.1"


def test_limits_tell_visitors_behind_a_proxy_apart(tmp_path: Path) -> None:
    app = app_behind(tmp_path, 1)
    one, two, three, neighbour = (
        seen(app, {"X-Forwarded-For": address})["visitor"]
        for address in ("198.51.100.4", "198.51.100.5", "2001:db8:1:2::1", "2001:db8:1:2:ffff::9")
    )
    assert len({one, two, three}) == 3
    assert three == neighbour


def test_in_production_a_page_knows_that_it_came_over_https(tmp_path: Path) -> None:
    production = {
        "SURVEY_URL": "https://spiegel.example",
        "SURVEY_SECRET_KEYS": "9f2c6b1de07a4853b5c1f0e7d2a96843",
    }
    for proxies in (0, 1):
        app = app_behind(tmp_path, proxies, **production)
        for said in ("http", "https"):
            found = seen(app, {"Host": "spiegel.example", "X-Forwarded-Proto": said})
            assert (found["scheme"], found["host"]) == ("https", "spiegel.example")


def test_a_forged_address_does_not_open_the_kept_mails(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/post", headers={"X-Forwarded-For": "127.0.0.1"}, environ_base={"REMOTE_ADDR": "198.51.100.4"})
    assert answer.status_code == 404


@pytest.mark.parametrize("text", ["-1", "6", "een", "1.5", "²"])
def test_a_number_of_proxies_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(SettingWrong, match=r"^SURVEY_TRUSTED_PROXIES must be a number"):
        Settings.from_environment({"SURVEY_TRUSTED_PROXIES": text})
