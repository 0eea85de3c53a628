"""What holds for every page: headers, languages, words when something goes wrong."""

import logging
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import Gone

from survey import create_app
from survey.settings import Settings
from survey.web import access, errors
from survey.web.errors import TABLE

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@pytest.fixture
def production(tmp_path: Path) -> Flask:
    """The application as it runs for others."""
    return create_app(
        Settings.from_environment(
            {
                "SURVEY_DATA": f"{tmp_path}/production/data",
                "SURVEY_KEYS": f"{tmp_path}/production/keys",
                "SURVEY_URL": "https://spiegel.example.nl",
                "SURVEY_SECRET_KEYS": "9f2c6b1de07a4853b5c1f0e7d2a96843",
            }
        )
    )


@pytest.mark.parametrize("path", ["/", "/inloggen", "/bestaat-niet", "/taal", "/static/house.css"])
def test_every_answer_carries_its_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert EVERYWHERE.items() <= dict(answer.headers).items()
    if "/static/" not in path:
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in answer.headers


def test_production_is_reached_by_https_only_and_keeps_its_cookies_to_itself(production: Flask) -> None:
    client = production.test_client()
    for path in ("/inloggen", "/static/house.css"):
        answer = client.get(path, base_url="https://spiegel.example.nl", buffered=True)
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    cookie = client.get("/inloggen", base_url="https://spiegel.example.nl").headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize("host", ["evil.example", "spiegel.example.nl.evil.example"])
def test_another_host_name_is_refused(production: Flask, client: FlaskClient, host: str) -> None:
    assert production.test_client().get("/inloggen", headers={"Host": host}).status_code == 400
    assert client.get("/inloggen", headers={"Host": host}).status_code == 400


def test_a_forwarded_host_changes_nothing(client: FlaskClient) -> None:
    assert "evil" not in client.get("/inloggen", headers={"X-Forwarded-Host": "evil.example"}).text


def test_a_file_may_be_kept_because_its_address_changes_with_it(client: FlaskClient) -> None:
    page = client.get("/").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "?v=" in address
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "max-age=31536000, public"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("page", dict.fromkeys(TABLE.values()), ids=lambda page: str(page.status))
def test_every_row_of_the_error_table_says_what_is_the_case_and_what_to_do(app: Flask, page: object) -> None:
    with app.test_request_context():
        title, sentence = str(page.title), str(page.sentence)  # type: ignore[attr-defined]
        assert not title.endswith(".")
        assert sentence.endswith(".")
        assert "!" not in title + sentence


@pytest.mark.parametrize(
    ("problem", "status", "words"),
    [
        (access.NotYours(), 404, "Deze bladzijde is er niet"),
        (Gone(), 410, "is er niet meer"),
        (OperationalError("INSERT", {"text": "wat Aisha schreef"}, Exception("disk full")), 503, "lukt nu even niet"),
        (OSError(28, "No space left on device"), 503, "lukt nu even niet"),
        (ValueError("aisha@bakkerijdevries.example"), 500, "dat ligt aan ons"),
    ],
)
def test_an_error_is_told_in_words_and_logged_without_them(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture, problem: Exception, status: int, words: str
) -> None:
    def fail() -> str:
        raise problem

    app.config["TESTING"] = False
    app.add_url_rule("/mis", "respondent.fails", fail)
    with caplog.at_level(logging.INFO, logger=app.logger.name):
        answer = client.get("/mis?code=GEHEIM")
    assert answer.status_code == status
    assert words in answer.text
    lines = [record.getMessage() for record in caplog.records if record.name == app.logger.name]
    if status < 500:
        assert lines == []
    else:
        [line] = lines
        code, kind = line.split(" ")
        assert code in answer.text
        assert kind.endswith(type(problem).__name__)
        assert caplog.records[-1].exc_info is None


def test_when_even_the_page_about_a_fault_fails_no_address_is_written_down(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise ValueError("aisha@bakkerijdevries.example")

    def no_page(_name: str, **_values: object) -> str:
        raise RuntimeError("aisha@bakkerijdevries.example")

    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    app.add_url_rule("/u/mis", "respondent.fails", fail)
    monkeypatch.setattr(errors, "render_template", no_page)
    with caplog.at_level(logging.INFO, logger=app.logger.name):
        answer = client.get("/u/mis?code=GEHEIM")
    assert answer.status_code == 500
    assert "Het lukt nu even niet." in answer.text
    told = " ".join(record.getMessage() + str(record.exc_text or record.exc_info or "") for record in caplog.records)
    assert "RuntimeError" in told
    assert not any(word in told for word in ("aisha", "/u/mis", "GEHEIM"))


def test_a_request_that_is_too_large_or_holds_a_nul_is_refused(client: FlaskClient) -> None:
    assert client.post("/taal", data={"next": "x" * 1_100_000}).status_code == 413
    assert client.post("/taal", data={"next": "\0"}).status_code == 400
    assert client.get("/inloggen?next=%00").status_code == 400


def test_another_site_cannot_make_a_browser_post(app: Flask, client: FlaskClient) -> None:
    assert client.post("/taal", data={"language": "en"}).status_code == 400
    app.config["WTF_CSRF_ENABLED"] = False
    assert client.post("/taal", data={"language": "en"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert client.post("/taal", data={"language": "en"}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_a_language_is_kept_and_the_page_too(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    assert '<html lang="nl">' in client.get("/inloggen").text
    assert '<html lang="en">' in client.get("/inloggen", headers={"Accept-Language": "en-GB,en"}).text
    answer = client.post("/taal", data={"language": "en", "next": "/inloggen?next=/x"})
    assert (answer.status_code, answer.location) == (303, "/inloggen?next=/x")
    assert '<html lang="en">' in client.get("/inloggen").text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/x",
        "\\\\evil.example",
        "",
        "/a\r\nSet-Cookie: x=1",
    ],
)
def test_no_redirect_leaves_this_host(app: Flask, client: FlaskClient, elsewhere: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    assert client.post("/taal", data={"language": "nl", "next": elsewhere}).location == "/"
