"""Mail that was kept instead of sent, for whoever tries the product out on his own computer: reading and forgetting it.

A mail that belongs to no round has no row any more once it was dealt with: then its file is found by whom it went to,
or by when it was due.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from survey.shredding import shred

NAME: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-z]{1,64}")


class NoSuchMail(Exception):
    """No mail with this name is kept."""


@dataclass(frozen=True)
class KeptMail:
    """A kept mail, as its reader would see it."""

    name: str
    moment: datetime | None
    sender: str
    to: str
    subject: str
    text: str
    html: str | None


def newest_first(folder: Path, most: int) -> Iterator[KeptMail]:
    """Return the newest kept mails, at most so many."""
    for file in sorted(folder.glob("*.eml"), reverse=True)[:most]:
        yield _read(file)


def kept_mail(folder: Path, name: str) -> KeptMail:
    """Return one kept mail. Raises NoSuchMail."""
    file = folder / f"{name}.eml"
    # A name is what stands before the ending, and never a way to another folder.
    if not NAME.fullmatch(name) or not file.is_file():
        raise NoSuchMail(name)
    return _read(file)


def forget_kept_to(folder: Path, address: str, still_known: Collection[str] = ()) -> int:
    """Overwrite and remove the kept mails to an address, but for these message ids; return how many there were."""
    others = [file for file in folder.glob("*.eml") if file.stem.partition("-")[2] not in still_known]
    found = [file for file in others if _goes_to(file, address)]
    for file in found:
        shred(file)
    return len(found)


def forget_kept_before(folder: Path, moment: datetime, still_known: Collection[str]) -> int:
    """Overwrite and remove what was due before a moment, but for these message ids; return how many there were."""
    first_kept = f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"  # names of files begin with when a mail was due
    old = [file for file in folder.glob("*.eml") if file.name < first_kept]
    found = [file for file in old if file.stem.partition("-")[2] not in still_known]
    for file in found:
        shred(file)
    return len(found)


def _goes_to(file: Path, address: str) -> bool:
    to = message_from_bytes(file.read_bytes(), policy=policy.default)["To"]
    return to is not None and any(one.addr_spec.lower() == address.lower() for one in to.addresses)


def _read(file: Path) -> KeptMail:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    date = message["Date"]
    return KeptMail(
        name=file.stem,
        moment=date.datetime if date is not None else None,
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=_part(message, "plain") or "",
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    return None if part is None else str(part.get_content()).replace("\r\n", "\n")
