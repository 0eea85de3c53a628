"""Mail as it leaves the house: one message to one person, and the two places it can go, a mail server or a folder.

It must not know what a mail says or why it is sent. Names and subjects come from people, so nothing in them can
become a header: what would end a line, hide, or turn the reading direction is taken out, and a strange address is
refused.
"""

import contextlib
import os
import re
import smtplib
import socket
import ssl
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Protocol

from survey.settings import MailServer
from survey.shredding import shred

SECONDS_PER_STEP: Final = 30
"""How long a mail server may think about one command; nine commands make a mail, so less than five minutes."""

LONGEST_NAME: Final = 80
LONGEST_SUBJECT: Final = 120
LONGEST_REASON: Final = 200

_UNFOLDED: Final = frozenset({"message-id", "in-reply-to", "references", "list-unsubscribe", "list-unsubscribe-post"})
_NOT_SHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class AddressRefused(Exception):
    """This cannot be the address of one person."""


class NotDeliverable(Exception):
    """The mail server refused this mail for good; the text says why."""


class TryLater(Exception):
    """The mail server cannot take this mail now; the text says why."""


class ServerAway(Exception):
    """There is no mail server to talk to, or it takes nothing from us; the text says why."""


@dataclass(frozen=True)
class Correspondent:
    """A name beside an address; the name may be empty."""

    name: str
    address: str


@dataclass(frozen=True)
class Letter:
    """What one person will read, and what the mail program is told beside it.

    sender: the name shown as the sender. stop_link: where one tap ends further mail. replies_to: who reads an answer.
    """

    to: Correspondent
    subject: str
    text: str
    html: str | None = None
    sender: str = "Spiegelronde"
    replies_to: Correspondent | None = None
    stop_link: str | None = None


@dataclass(frozen=True)
class Envelope:
    """A message ready to go, with the one address it goes to and the moment from which it could."""

    to: str
    due_at: datetime
    message: EmailMessage


class Counter(Protocol):
    """Where mail is handed over, as long as it is open."""

    def hand_over(self, envelope: Envelope) -> None:
        """Hand over one mail. Raises NotDeliverable, TryLater, ServerAway."""


class Post(Protocol):
    """A way for mail to leave."""

    def opened(self) -> contextlib.AbstractContextManager[Counter]:
        """Open the counter for a batch."""


class _WirePolicy(EmailPolicy):
    """As the SMTP policy, but addresses of messages and pages stay in one piece.

    The library writes one longer than a line as an encoded word, in which no mail program recognises it.
    """

    def fold(self, name: str, value: Any) -> str:
        return f"{name}: {value}\r\n" if name.lower() in _UNFOLDED else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii") if name.lower() in _UNFOLDED else super().fold_binary(name, value)


_POLICY: Final = _WirePolicy(linesep="\r\n", cte_type="7bit")


def one_line(text: str, longest: int) -> str:
    """Return text as one visible line of at most `longest` characters: no line ends, nothing hidden or turned round."""
    shown = "".join(" " if unicodedata.category(character) in _NOT_SHOWN else character for character in text)
    line = " ".join(shown.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def read_address(text: str) -> Address:
    """Return the one plain address that `text` is, its domain in the letters of the wire. Raises AddressRefused."""
    try:
        address = Address(addr_spec=text)
        domain = address.domain.encode("idna").decode("ascii")
    except (ValueError, IndexError, HeaderParseError, MessageError) as strange:
        raise AddressRefused from strange
    if f"{address.username}@{address.domain}" != text or not address.username or not domain:
        raise AddressRefused
    if any(character.isspace() or unicodedata.category(character) in _NOT_SHOWN for character in text):
        raise AddressRefused
    return Address(username=address.username, domain=domain)


def message_of(
    letter: Letter, message_id: str, mail_from: Address, now: datetime, earlier: Sequence[str] = ()
) -> EmailMessage:
    """Return a letter as a message with text and HTML part. Raises AddressRefused.

    message_id: fixed for a mail, so that a repeat is recognised as one. earlier: message ids that this one follows up.
    """
    to = read_address(letter.to.address)
    message = EmailMessage(policy=_POLICY)
    message["From"] = _written(letter.sender, mail_from)
    message["To"] = _written(letter.to.name, to)
    message["Subject"] = one_line(letter.subject, LONGEST_SUBJECT)
    message["Date"] = format_datetime(now.astimezone(UTC))
    message["Message-ID"] = _message_id(message_id, mail_from)
    if letter.replies_to is not None:
        message["Reply-To"] = _written(letter.replies_to.name, read_address(letter.replies_to.address))
    if earlier:
        message["In-Reply-To"] = _message_id(earlier[-1], mail_from)
        message["References"] = " ".join(_message_id(one, mail_from) for one in earlier)
    # An automatic answer ("I am away") would go to the owner, and say who reads this mail and who does not.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.stop_link is not None:
        message["List-Unsubscribe"] = f"<{letter.stop_link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text, cte="quoted-printable")
    if letter.html is not None:
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        message.set_boundary(f"=_{message_id}")  # the library draws one: a repeat would differ from the first
    return message


class KeptPost:
    """Keeps every mail as a file instead of sending it: outside production, where there is no mail server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def opened(self) -> Iterator[Counter]:
        """Open the folder for a batch."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield self

    def hand_over(self, envelope: Envelope) -> None:
        """Write one mail, whole or not at all; the same mail again takes the place of the first. Raises ServerAway."""
        local = str(envelope.message["Message-ID"]).strip("<>").partition("@")[0]
        name = f"{envelope.due_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{local}.eml"
        try:
            _write_whole(self._folder / name, envelope.message.as_bytes())
        except OSError as refusal:
            raise ServerAway(f"the mail cannot be kept: {refusal.strerror}") from refusal


def forget_kept(folder: Path, message_ids: Iterable[str]) -> int:
    """Overwrite and remove the kept mails with these ids; return how many there were."""
    found = [file for id_ in message_ids for file in folder.glob(f"*-{id_}.eml")]
    for file in found:
        shred(file)
    return len(found)


class SmtpPost:
    """Hands mail to a mail server: one connection for a batch, encrypted as soon as the server offers it."""

    def __init__(self, server: MailServer, mail_from: Address, seconds: float = SECONDS_PER_STEP) -> None:
        self._server = server
        self._sender = read_address(mail_from.addr_spec).addr_spec
        self._seconds = seconds

    @contextlib.contextmanager
    def opened(self) -> Iterator[Counter]:
        """Open one connection for a batch, when the first mail asks for it."""
        counter = _SmtpCounter(self)
        try:
            yield counter
        finally:
            counter.close()

    def connect(self) -> smtplib.SMTP:
        """Return a connection that is ready to take mail. Raises ServerAway."""
        try:
            return self._greet(self._dial())
        except (OSError, smtplib.SMTPException) as refusal:
            raise ServerAway(_in_words(refusal)) from refusal

    def try_out(self) -> None:
        """Talk to the mail server as far as possible without sending anything. Raises ServerAway."""
        connection = self.connect()
        try:
            code, reply = connection.mail(self._sender)
            if code != 250:
                raise ServerAway(_said(code, reply))
            connection.quit()
        except (OSError, smtplib.SMTPException) as refusal:
            raise ServerAway(_in_words(refusal)) from refusal
        finally:
            connection.close()

    def _dial(self) -> smtplib.SMTP:
        # The library would look up this machine's own name, which takes long where there is none, and tell it.
        name = self._sender.rpartition("@")[2]
        server = self._server
        if server.encrypted:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=name, timeout=self._seconds, context=context
            )
        return smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=self._seconds)

    def _greet(self, connection: smtplib.SMTP) -> smtplib.SMTP:
        try:
            connection.ehlo_or_helo_if_needed()
            encrypted = self._server.encrypted
            if not encrypted and connection.has_extn("starttls"):
                connection.starttls(context=ssl.create_default_context())
                connection.ehlo()
                encrypted = True
            if self._server.user is not None and self._server.password is not None:
                if not encrypted and not _is_this_machine(self._server.host):
                    raise ServerAway("the mail server offers no encryption, and the password is not sent without it")
                connection.login(self._server.user, self._server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    @property
    def sender(self) -> str:
        """The address that undeliverable mail comes back to."""
        return self._sender


class _SmtpCounter:
    def __init__(self, post: SmtpPost) -> None:
        self._post = post
        self._connection: smtplib.SMTP | None = None

    def hand_over(self, envelope: Envelope) -> None:
        """Hand one mail to the server. Raises NotDeliverable, TryLater, ServerAway."""
        octets = envelope.message.as_bytes()
        try:
            connection = self._introduce()
            _refuse_unless_taken(*connection.rcpt(envelope.to), envelope.to)
            _refuse_unless_taken(*_data(connection, octets), envelope.to)
        except (NotDeliverable, TryLater):
            self._start_over()
            raise
        except ServerAway:
            self.close()
            raise
        except (OSError, smtplib.SMTPException) as refusal:
            self.close()
            raise ServerAway(_in_words(refusal)) from refusal

    def close(self) -> None:
        """Say goodbye, if anybody is listening."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _introduce(self) -> smtplib.SMTP:
        """Begin a mail; a server that hung up since the mail before is called again, once."""
        if self._connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if self._connection.mail(self._post.sender)[0] == 250:
                    return self._connection
            self.close()
        self._connection = self._post.connect()
        code, reply = self._connection.mail(self._post.sender)
        if code != 250:
            # The server does not take mail from us at all: no reason to call anybody's address wrong.
            raise ServerAway(_said(code, reply))
        return self._connection

    def _start_over(self) -> None:
        try:
            if self._connection is not None:
                self._connection.rset()
        except (OSError, smtplib.SMTPException):
            self.close()


def _data(connection: smtplib.SMTP, octets: bytes) -> tuple[int, bytes]:
    try:
        return connection.data(octets)
    except smtplib.SMTPDataError as refusal:
        return refusal.smtp_code, _octets(refusal.smtp_error)


def _refuse_unless_taken(code: int, reply: bytes, address: str) -> None:
    if 200 <= code < 300:
        return
    # The reason is kept and shown; an address in it would outlive the list it came from.
    said = _said(code, reply).replace(address, "…")
    if code == 421:
        raise ServerAway(said)
    raise NotDeliverable(said) if 500 <= code < 600 else TryLater(said)


def _said(code: int, reply: bytes) -> str:
    return one_line(f"{code} {reply.decode('utf-8', 'replace')}", LONGEST_REASON)


def _in_words(refusal: OSError | smtplib.SMTPException) -> str:
    if isinstance(refusal, smtplib.SMTPResponseException):
        return _said(refusal.smtp_code, _octets(refusal.smtp_error))
    # The library says a timeout in its own words while it waits for an answer.
    if isinstance(refusal, TimeoutError) or str(refusal).endswith("timed out"):
        return "the mail server does not answer"
    if isinstance(refusal, socket.gaierror):
        return "the mail server's name is not known"
    if isinstance(refusal, ssl.SSLCertVerificationError):
        return f"the mail server's certificate is not trusted: {refusal.verify_message}"
    return one_line(f"no connection with the mail server: {refusal}", LONGEST_REASON)


def _octets(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode("utf-8", "replace")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _written(name: str, address: Address) -> Address:
    return Address(one_line(name, LONGEST_NAME), address.username, address.domain)


def _message_id(local: str, mail_from: Address) -> str:
    if not re.fullmatch(r"[0-9a-z]{1,64}", local):
        raise ValueError("a message id is made of lower-case letters and digits")
    return f"<{local}@{read_address(mail_from.addr_spec).domain}>"


def _write_whole(file: Path, content: bytes) -> None:
    handle, draft = tempfile.mkstemp(dir=file.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as writing:
            writing.write(content)
            writing.flush()
            os.fsync(writing.fileno())
        os.replace(draft, file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
