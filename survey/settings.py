"""The settings: everything that may differ between two installations, read from the environment once.

Each name stands in survey/settings_table.py with its meaning, and so in docs/settings.md (a test keeps the two alike).
It must not know the web, the store or a company; it creates nothing but the local secret, and only when asked.
"""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import getaddresses
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from survey.chance import draw_bytes
from survey.logs import AS_JSON, IN_WORDS
from survey.settings_table import SETTINGS as SETTINGS

SHORTEST_SECRET: Final = 32
"""Characters of one secret key: 128 bits when written in hex, the strength of an invitation's own id."""

FEWEST_DISTINCT_CHARACTERS: Final = 8
"""A random key of 32 hex digits has fewer different digits less than once in ten million draws."""

LONGEST_REPEATED_BLOCK: Final = 16
"""A key made by repeating a block of at most this many characters was typed, not drawn."""

SECRET_FILE: Final = "local-secret"
"""In the first SURVEY_KEYS folder: signs links and sessions on a machine that is not in production."""

MOST_PROXIES: Final = 5
"""More in a row is a typing error: each of them could then claim to be any visitor."""

PORTS: Final = {"smtp": 587, "smtps": 465}

LEGAL_FORMS: Final = frozenset({"bv", "nv", "vof", "cv", "bvba", "srl", "gmbh", "ltd", "inc", "eenmanszaak", "holding"})
"""What stands behind a company's name and does not make it another company."""

PUBLISHED_SECRETS: Final = frozenset(
    {
        "vul-hier-een-eigen-geheim-in-van-ten-minste-32-tekens",
        "change-me-change-me-change-me-change-me",
        "replace-this-with-a-secret-of-32-or-more-characters",
        "abcdefghijklmnopqrstuvwxyz012345",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "0123456789abcdefghijklmnopqrstuvwxyz",
    }
)
"""Keys that stand in documents and examples: everybody has them."""


class SettingRefused(Exception):
    """The program cannot start with these settings; the text names the setting and what to do."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(f"{name} {sentence}")
        self.name = name


class SettingMissing(SettingRefused):
    """A setting that is needed here was not given."""


class SettingWrong(SettingRefused):
    """A setting was given, and cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. `encrypted` from the first byte (smtps); otherwise as soon as the server offers it."""

    host: str
    port: int
    encrypted: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """What this installation was told. Folders are absolute; nothing was looked up on disk yet."""

    data: Path
    keys: tuple[Path, ...]
    operator: str | None
    url: str | None
    """Canonical https address without a slash at its end; None outside production."""
    secret_keys: tuple[str, ...] = field(repr=False)
    """As given, newest first; empty means the local secret: ask `signing_keys`."""
    mail_server: MailServer | None
    mail_from: Address
    database_url: str = field(repr=False)
    queue_url: str | None = field(repr=False)
    """PostgreSQL or Redis; None is a SQLite file in `data`."""
    trusted_proxies: int
    logs: str
    """"words" or "json"."""
    metrics_key: str | None = field(repr=False)

    def is_run_by(self, company: str) -> bool:
        """Say whether a company of this name itself runs this installation, and so holds the keys of open rounds.

        Capitals, spaces, signs and the legal form at the end make no difference: a company's name is typed by its
        owner, who can change it. A name that means another company altogether is not seen through.
        """
        return self.operator is not None and _bare_name(self.operator) == _bare_name(company)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """The settings in `environ`; raises SettingMissing or SettingWrong, naming the setting and what to do."""
        given = {name: value.strip() for name, value in environ.items() if value.strip()}
        data = _folder(given.get("SURVEY_DATA", "./data"))
        url = _canonical_address(given.get("SURVEY_URL"))
        mail_server = _mail_server(given.get("SURVEY_SMTP_URL"))
        return cls(
            data=data,
            keys=_key_folders(given.get("SURVEY_KEYS", "./keys"), data),
            operator=given.get("SURVEY_OPERATOR"),
            url=url,
            secret_keys=_secret_keys(given.get("SURVEY_SECRET_KEYS", ""), needed=url is not None),
            mail_server=mail_server,
            mail_from=_mail_from(given.get("SURVEY_MAIL_FROM"), needed=mail_server is not None),
            database_url=_database_url(given.get("SURVEY_DATABASE_URL"), data),
            queue_url=_queue_url(given.get("SURVEY_QUEUE_URL")),
            trusted_proxies=_trusted_proxies(given.get("SURVEY_TRUSTED_PROXIES", "0")),
            logs=_logs(given.get("SURVEY_LOGS", IN_WORDS)),
            metrics_key=_metrics_key(given.get("SURVEY_METRICS_KEY")),
        )

    @property
    def in_production(self) -> bool:
        """Whether other people's computers reach this installation."""
        return self.url is not None

    @property
    def host(self) -> str | None:
        """The host (with its port, if it has one) that requests must name; None outside production."""
        return urlsplit(self.url).netloc if self.url else None

    @property
    def kept_mails(self) -> Path:
        """The folder of mails that are kept instead of sent."""
        return self.data / "mails"

    def signing_keys(self) -> tuple[str, ...]:
        """The keys that sign links and sessions, newest first; outside production the local secret is made if need be.

        Raises SettingWrong when the first SURVEY_KEYS folder cannot be read or written.
        """
        return self.secret_keys or (_local_secret(self.keys[0]),)


def unknown_settings(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The names in `environ` that look like a setting and are none: most likely misspelt."""
    known = {setting.name for setting in SETTINGS}
    return tuple(sorted(name for name in environ if name.startswith("SURVEY_") and name not in known))


def _bare_name(company: str) -> str:
    words = "".join(sign if sign.isalnum() else " " for sign in company.casefold().replace(".", "")).split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return "".join(words)


def _folder(text: str) -> Path:
    return Path(text).expanduser().resolve()


def _key_folders(text: str, data: Path) -> tuple[Path, ...]:
    folders = tuple(_folder(part.strip()) for part in text.split(":") if part.strip())
    if not 1 <= len(folders) <= 2 or len(set(folders)) < len(folders):
        raise SettingWrong("SURVEY_KEYS", "names one folder, or two different ones separated by a colon.")
    for folder in folders:
        # A copy of the data folder (a backup) must never contain the key that opens the ballots in it.
        if folder.is_relative_to(data):
            raise SettingWrong(
                "SURVEY_KEYS", f"must lie outside SURVEY_DATA, and {folder} lies inside {data}. Choose another folder."
            )
    return folders


def _canonical_address(text: str | None) -> str | None:
    if text is None:
        return None
    parts = _split("SURVEY_URL", text)
    only_host = parts.path in ("", "/") and not (parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme != "https" or not parts.hostname or not only_host:
        raise SettingWrong(
            "SURVEY_URL", "must be an https address with nothing after the host, such as https://spiegel.example.nl."
        )
    return f"https://{parts.netloc.lower()}"


def _secret_keys(text: str, *, needed: bool) -> tuple[str, ...]:
    keys = tuple(part.strip() for part in text.split(",") if part.strip())
    if needed and not keys:
        raise SettingMissing(
            "SURVEY_SECRET_KEYS",
            "is needed when SURVEY_URL is set. Make a key with: "
            "python3 -c 'import secrets; print(secrets.token_hex(32))'",
        )
    for number, key in enumerate(keys, start=1):
        _refuse_weak_key("SURVEY_SECRET_KEYS", key, f"holds a key (number {number})")
    return keys


def _metrics_key(text: str | None) -> str | None:
    if text is not None:
        _refuse_weak_key("SURVEY_METRICS_KEY", text, "is a key")
    return text


def _refuse_weak_key(name: str, key: str, what: str) -> None:
    if len(key) < SHORTEST_SECRET:
        raise SettingWrong(name, f"{what} shorter than {SHORTEST_SECRET} characters.")
    if key.casefold() in PUBLISHED_SECRETS or _was_typed(key):
        raise SettingWrong(name, f"{what} that is easily guessed. Make a random one.")


def _was_typed(key: str) -> bool:
    repeated = any(key == (key[:size] * len(key))[: len(key)] for size in range(1, LONGEST_REPEATED_BLOCK + 1))
    return repeated or len(set(key)) < FEWEST_DISTINCT_CHARACTERS


def _mail_server(text: str | None) -> MailServer | None:
    if text is None:
        return None
    parts = _split("SURVEY_SMTP_URL", text)
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise SettingWrong("SURVEY_SMTP_URL", "must look like smtp://user:password@host:port, or smtps://...")
    if (parts.username is None) != (parts.password is None):
        raise SettingWrong("SURVEY_SMTP_URL", "needs a user and a password, or neither.")
    return MailServer(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        encrypted=parts.scheme == "smtps",
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
    )


def _mail_from(text: str | None, *, needed: bool) -> Address:
    if text is None:
        if needed:
            raise SettingMissing("SURVEY_MAIL_FROM", "is needed with SURVEY_SMTP_URL: the address mails come from.")
        return Address("Spiegelronde", "spiegelronde", "localhost")
    found = [] if "\n" in text or "\r" in text else getaddresses([text])
    try:
        [(name, address)] = found
        return Address(name, addr_spec=address)
    except (ValueError, IndexError, HeaderParseError) as unreadable:
        raise SettingWrong("SURVEY_MAIL_FROM", "must be one address, or one name and <address>.") from unreadable


def _database_url(text: str | None, data: Path) -> str:
    if text is None:
        return f"sqlite:///{data / 'survey.db'}"
    parts = _split("SURVEY_DATABASE_URL", text)
    if parts.scheme not in ("postgresql", "postgresql+psycopg") or not parts.path.strip("/"):
        raise SettingWrong(
            "SURVEY_DATABASE_URL", "must look like postgresql://user:password@host/name; leave it out to use SQLite."
        )
    return text


def _queue_url(text: str | None) -> str | None:
    if text is None:
        return None
    parts = _split("SURVEY_QUEUE_URL", text)
    names_a_database = parts.scheme == "postgresql" and parts.path.strip("/")
    names_a_server = parts.scheme in ("redis", "rediss") and parts.hostname
    if not names_a_database and not names_a_server:
        raise SettingWrong(
            "SURVEY_QUEUE_URL",
            "must look like postgresql://user:password@host/name or redis://host:port/number; leave it out to use a "
            "file in SURVEY_DATA.",
        )
    return text


def _trusted_proxies(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > MOST_PROXIES:
        raise SettingWrong("SURVEY_TRUSTED_PROXIES", f"must be a number from 0 to {MOST_PROXIES}.")
    return int(text)


def _logs(text: str) -> str:
    if text not in (IN_WORDS, AS_JSON):
        raise SettingWrong("SURVEY_LOGS", f"must be `{IN_WORDS}` or `{AS_JSON}`.")
    return text


def _split(name: str, text: str) -> SplitResult:
    """The parts of an address; a port that is no number is refused here, and not where it is first used."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as unreadable:
        raise SettingWrong(name, "is not an address that can be read.") from unreadable
    return parts


def _local_secret(folder: Path) -> str:
    path = folder / SECRET_FILE
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_once(path, draw_bytes(32).hex())
        return path.read_text(encoding="ascii").strip()
    except OSError as refusal:
        raise SettingWrong("SURVEY_KEYS", f"names a folder that cannot be used: {refusal}.") from refusal


def _write_once(path: Path, text: str) -> None:
    """Write a file that only this user reads, whole or not at all; who comes second leaves the first one's."""
    handle, draft = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        os.unlink(draft)
