"""Every setting by name, with what holds when it is not given and what it means: the table of docs/settings.md.

It must not know how a value is read or refused; that is survey/settings.py.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: its name, what holds when it is not given, and what it means."""

    name: str
    default: str
    meaning: str


SETTINGS: Final = (
    Setting(
        "SURVEY_DATA",
        "./data",
        "Folder that holds everything the product writes: database, kept mails, reports.",
    ),
    Setting(
        "SURVEY_KEYS",
        "./keys",
        "One or two folders, separated by `:`, that hold the key of each open round. They lie outside `SURVEY_DATA` "
        "and outside its backups: who has both can read the ballots of an open round.",
    ),
    Setting(
        "SURVEY_OPERATOR",
        "nobody is named",
        "Who runs this installation. Respondents read it on the promise page.",
    ),
    Setting(
        "SURVEY_URL",
        "not in production: this computer only, mails are kept",
        "The canonical https address, such as `https://spiegel.example.nl`. Setting it means production.",
    ),
    Setting(
        "SURVEY_SECRET_KEYS",
        "a secret made once, in the first `SURVEY_KEYS` folder",
        "Keys that sign links and sessions, separated by commas, the newest first. Needed in production; each has at "
        "least 32 characters. `python3 -c 'import secrets; print(secrets.token_hex(32))'` makes one. Older keys keep "
        "earlier links working until they are taken away.",
    ),
    Setting(
        "SURVEY_SMTP_URL",
        "no mail leaves",
        "The mail server: `smtp://user:password@host:port` (587 when no port is given; encrypted as soon as the "
        "server offers it) or `smtps://...` (encrypted from the start, 465). Write `@`, `:`, `/` and `%` in user or "
        "password as `%40`, `%3A`, `%2F` and `%25`.",
    ),
    Setting(
        "SURVEY_MAIL_FROM",
        "spiegelronde@localhost",
        "The address that mails come from, `address` or `Name <address>`. Needed with `SURVEY_SMTP_URL`.",
    ),
    Setting(
        "SURVEY_DATABASE_URL",
        "SQLite, `survey.db` in `SURVEY_DATA`",
        "A PostgreSQL database: `postgresql://user:password@host/name`.",
    ),
    Setting(
        "SURVEY_QUEUE_URL",
        "SQLite, `queue.db` in `SURVEY_DATA`",
        "How processes wake each other when mail waits: `postgresql://user:password@host/name` (may be the database "
        "itself), or `redis://host:port/number` (`rediss://` encrypted; needs `pip install redis`). Nothing in it is "
        "worth keeping.",
    ),
    Setting(
        "SURVEY_TRUSTED_PROXIES",
        "0",
        "How many proxies in a row stand in front and add to `X-Forwarded-For`. With 0 nothing that a request says of "
        "itself is believed, and all visitors behind a proxy count as one.",
    ),
    Setting(
        "SURVEY_LOGS",
        "words",
        "How lines of the log look: `words`, or `json` for one JSON object per line. What is in them is the same.",
    ),
    Setting(
        "SURVEY_METRICS_KEY",
        "no metrics",
        "Who sends it (`Authorization: Bearer ...`) reads `/metrics`. At least 32 characters, made as a secret key is.",
    ),
)
"""Every setting there is; docs/settings.md shows this table."""
