"""What may differ between two installations, and what is refused before anything starts."""

import os
import re
import stat
from pathlib import Path

import pytest

from survey.settings import SETTINGS, SettingMissing, Settings, SettingWrong, unknown_settings

REPOSITORY = Path(__file__).parent.parent
STRONG = "9f2c6b1de07a4853b5c1f0e7d2a96843"
OLDER = "71e0d5a94cb84f2d8be6350c1fa7e94d"
PRODUCTION = {
    "SURVEY_URL": "https://spiegel.bakkerijdevries.nl",
    "SURVEY_SECRET_KEYS": STRONG,
    "SURVEY_SMTP_URL": "smtp://post:geheim@mail.bakkerijdevries.nl",
    "SURVEY_MAIL_FROM": "Spiegelronde <spiegel@bakkerijdevries.nl>",
}


def read(**given: str) -> Settings:
    return Settings.from_environment(given)


def test_a_computer_at_home_needs_no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read()
    assert settings.data == tmp_path / "data"
    assert settings.keys == (tmp_path / "keys",)
    assert not settings.in_production
    assert settings.host is None
    assert settings.mail_server is None
    assert settings.database_url == f"sqlite:///{tmp_path}/data/survey.db"
    assert list(tmp_path.iterdir()) == []


def test_an_empty_setting_counts_as_not_given() -> None:
    assert read(SURVEY_URL="", SURVEY_SMTP_URL="  ") == read()


def test_an_address_means_production() -> None:
    settings = read(**PRODUCTION)
    assert settings.in_production
    assert settings.host == "spiegel.bakkerijdevries.nl"
    assert settings.signing_keys() == (STRONG,)


def test_a_slash_at_the_end_of_the_address_and_capitals_make_no_difference() -> None:
    settings = read(**PRODUCTION | {"SURVEY_URL": "https://Spiegel.BakkerijDeVries.nl:8443/"})
    assert settings.url == "https://spiegel.bakkerijdevries.nl:8443"
    assert settings.host == "spiegel.bakkerijdevries.nl:8443"


@pytest.mark.parametrize(
    "address",
    [
        "http://spiegel.nl",
        "spiegel.nl",
        "https://",
        "https://spiegel.nl/map",
        "https://a:b@spiegel.nl",
        "https://spiegel.nl?x=1",
        "https://spiegel.nl:tachtig",
    ],
)
def test_an_address_that_links_cannot_be_made_from_is_refused(address: str) -> None:
    with pytest.raises(SettingWrong, match=r"^SURVEY_URL "):
        read(**PRODUCTION | {"SURVEY_URL": address})


def test_production_without_a_secret_key_does_not_start() -> None:
    with pytest.raises(SettingMissing, match=r"^SURVEY_SECRET_KEYS "):
        read(**PRODUCTION | {"SURVEY_SECRET_KEYS": " , "})


@pytest.mark.parametrize(
    "key",
    [
        "secret",
        STRONG[:31],
        "a" * 64,
        "0123456789abcdef" * 2,
        "change-me" * 5,
        "Vul-hier-een-eigen-geheim-in-van-ten-minste-32-tekens",
        "1" * 31 + "2",
    ],
)
def test_a_key_that_can_be_guessed_is_refused_in_production_and_at_home(key: str) -> None:
    with pytest.raises(SettingWrong, match=r"^SURVEY_SECRET_KEYS "):
        read(**PRODUCTION | {"SURVEY_SECRET_KEYS": key})
    with pytest.raises(SettingWrong):
        read(SURVEY_SECRET_KEYS=f"{STRONG},{key}")


def test_the_newest_key_comes_first_and_older_ones_still_count() -> None:
    assert read(SURVEY_SECRET_KEYS=f"{STRONG}, {OLDER}").signing_keys() == (STRONG, OLDER)


def test_a_refused_key_is_not_repeated_in_the_refusal() -> None:
    with pytest.raises(SettingWrong) as refusal:
        read(SURVEY_SECRET_KEYS="hunter2")
    assert "hunter2" not in str(refusal.value)


def test_the_settings_can_be_shown_without_their_secrets() -> None:
    shown = repr(
        read(**PRODUCTION | {"SURVEY_DATABASE_URL": "postgresql://karin:broodplank@db/spiegel", "SURVEY_KEYS": "/k"})
    )
    assert not any(secret in shown for secret in (STRONG, "geheim", "broodplank"))


def test_the_local_secret_is_made_once_and_read_by_its_user_only(tmp_path: Path) -> None:
    settings = read(SURVEY_DATA=f"{tmp_path}/data", SURVEY_KEYS=f"{tmp_path}/keys:{tmp_path}/copy")
    first = settings.signing_keys()
    assert len(first[0]) >= 32
    assert settings.signing_keys() == first
    [secret] = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_two_starts_at_once_share_one_local_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(SURVEY_KEYS=str(tmp_path))
    [made] = settings.signing_keys()
    monkeypatch.setattr(Path, "exists", lambda _: False)  # the second looked just before the first wrote
    assert settings.signing_keys() == (made,)
    monkeypatch.undo()
    assert len(list(tmp_path.iterdir())) == 1


def test_a_keys_folder_that_cannot_be_used_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file, not a folder")
    with pytest.raises(SettingWrong, match=r"^SURVEY_KEYS .*cannot be used"):
        read(SURVEY_KEYS=f"{tmp_path}/keys").signing_keys()


@pytest.mark.parametrize("keys", ["{0}/data", "{0}/data/keys", "{0}/keys:{0}/data/copy", "{0}/x/../data/keys"])
def test_keys_never_lie_inside_the_data_folder(tmp_path: Path, keys: str) -> None:
    with pytest.raises(SettingWrong, match=r"^SURVEY_KEYS must lie outside SURVEY_DATA"):
        read(SURVEY_DATA=f"{tmp_path}/data", SURVEY_KEYS=keys.format(tmp_path))


def test_a_link_to_the_data_folder_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "elsewhere").symlink_to(tmp_path / "data")
    with pytest.raises(SettingWrong, match=r"^SURVEY_KEYS "):
        read(SURVEY_DATA=f"{tmp_path}/data", SURVEY_KEYS=f"{tmp_path}/elsewhere")


@pytest.mark.parametrize("keys", [":", "/a:/b:/c", "/a:/a"])
def test_keys_lie_in_one_folder_or_in_two_different_ones(keys: str) -> None:
    with pytest.raises(SettingWrong, match=r"^SURVEY_KEYS "):
        read(SURVEY_KEYS=keys)


def test_a_mail_server_with_awkward_characters_in_its_password() -> None:
    server = read(
        **PRODUCTION | {"SURVEY_SMTP_URL": "smtps://karin%40devries.nl:br%2Fod%3A%25@mail.nl:2465"}
    ).mail_server
    assert server is not None
    assert (server.host, server.port, server.encrypted) == ("mail.nl", 2465, True)
    assert (server.user, server.password) == ("karin@devries.nl", "br/od:%")


@pytest.mark.parametrize(("scheme", "port"), [("smtp", 587), ("smtps", 465)])
def test_a_mail_server_has_the_usual_port_when_none_is_given(scheme: str, port: int) -> None:
    server = read(**PRODUCTION | {"SURVEY_SMTP_URL": f"{scheme}://127.0.0.1"}).mail_server
    assert server is not None
    assert (server.port, server.user, server.password) == (port, None, None)


@pytest.mark.parametrize(
    "server", ["mail.nl", "http://mail.nl", "smtp://", "smtp://karin@mail.nl", "smtp://mail.nl:x", "smtp://mail.nl/in"]
)
def test_a_mail_server_that_cannot_be_reached_is_refused(server: str) -> None:
    with pytest.raises(SettingWrong, match=r"^SURVEY_SMTP_URL "):
        read(**PRODUCTION | {"SURVEY_SMTP_URL": server})


def test_a_mail_server_needs_an_address_to_send_from() -> None:
    with pytest.raises(SettingMissing, match=r"^SURVEY_MAIL_FROM "):
        read(SURVEY_SMTP_URL="smtp://127.0.0.1")


def test_mails_come_from_one_address_with_or_without_a_name() -> None:
    named = read(SURVEY_MAIL_FROM="Spiegelronde <spiegel@devries.nl>").mail_from
    assert (named.display_name, named.addr_spec) == ("Spiegelronde", "spiegel@devries.nl")
    assert read(SURVEY_MAIL_FROM="spiegel@devries.nl").mail_from.addr_spec == "spiegel@devries.nl"


@pytest.mark.parametrize(
    "sender", ["Karin", "a@b.nl, c@d.nl", "a@b.nl\nBcc: q@x.nl", "<>", '"', "karin@", "@devries.nl", "a b@c.nl"]
)
def test_a_sender_that_is_not_one_address_is_refused(sender: str) -> None:
    with pytest.raises(SettingWrong, match=r"^SURVEY_MAIL_FROM "):
        read(SURVEY_MAIL_FROM=sender)


def test_another_database_is_a_postgresql_one() -> None:
    address = "postgresql://karin:brood@db.nl/spiegel"
    assert read(SURVEY_DATABASE_URL=address).database_url == address


@pytest.mark.parametrize("address", ["mysql://db/spiegel", "sqlite:////tmp/elsewhere.db", "postgresql://db", "spiegel"])
def test_a_database_that_the_ballot_box_was_not_tried_on_is_refused(address: str) -> None:
    with pytest.raises(SettingWrong, match=r"^SURVEY_DATABASE_URL "):
        read(SURVEY_DATABASE_URL=address)


def test_a_misspelt_setting_is_noticed() -> None:
    assert unknown_settings({"SURVEY_SECRET_KEY": STRONG, "SURVEY_DATA": "x", "HOME": "/"}) == ("SURVEY_SECRET_KEY",)


def test_every_setting_that_is_read_stands_in_the_table() -> None:
    source = (REPOSITORY / "survey" / "settings.py").read_text(encoding="utf-8")
    assert set(re.findall(r'get\("(SURVEY_\w+)"', source)) == {setting.name for setting in SETTINGS}


def test_the_table_in_the_documents_is_complete() -> None:
    page = (REPOSITORY / "docs" / "settings.md").read_text(encoding="utf-8")
    for setting in SETTINGS:
        assert f"| `{setting.name}` | {setting.default} | {setting.meaning} |" in page
    assert set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE)) == {setting.name for setting in SETTINGS}


def test_nothing_else_reads_the_environment() -> None:
    asks = re.compile(r"\bos\.(environ|getenv)\b|\bfrom os import\b.*\b(environ|getenv)\b")
    readers = [path.name for path in (REPOSITORY / "survey").rglob("*.py") if asks.search(path.read_text("utf-8"))]
    # These two only take our settings away from what they hand to a program of their own.
    assert set(readers) <= {"starting.py", "pdf_process.py", "servers.py"}, os.linesep.join(readers)


@pytest.mark.parametrize(
    ("operator", "company", "same"),
    [
        ("Bakkerij De Vries", "Bakkerij De Vries B.V.", True),
        ("Bakkerij De Vries N.V.", "bakkerij de vries", True),
        ("Bakkerij De Vries Holding B.V.", "Bakkerij de Vries vof", True),
        ("B.V.", "N.V.", False),
        ("Stichting Spiegel", "Bakkerij De Vries", False),
    ],
)
def test_a_legal_form_does_not_make_another_company_of_the_operator(operator: str, company: str, same: bool) -> None:
    assert read(SURVEY_OPERATOR=operator).is_run_by(company) is same
