"""A real mail server on this machine, which answers as it is told and keeps what it gets."""

import asyncio
import socket
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class TakenMail:
    """One mail as the server took it."""

    sender: str
    to: list[str]
    octets: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, read back."""
        return message_from_bytes(self.octets, policy=policy.default)


@dataclass
class RealMailServer:
    """aiosmtpd in a thread of its own. Answers are whole SMTP replies, by recipient's address."""

    asks_for_password: bool = False
    certificate: Path | None = None
    mails: list[TakenMail] = field(default_factory=list)
    address_answers: dict[str, str] = field(default_factory=dict)
    data_answers: dict[str, str] = field(default_factory=dict)
    sender_answer: str = ""
    seconds_before_answer: float = 0
    seconds_per_mail: float = 0
    hangs_up_after_each_mail: bool = False
    hung_up: threading.Event = field(default_factory=threading.Event)
    connections: int = 0
    port: int = 0

    def __enter__(self) -> "RealMailServer":
        options: dict[str, Any] = {}
        if self.asks_for_password:
            options |= {"authenticator": self._knows, "auth_require_tls": False}
        if self.certificate is not None:
            options["tls_context"] = _own_certificate(self.certificate)
        self._controller = _OnAnyPort(self, hostname="127.0.0.1", port=self.port, **options)
        self._controller.start()
        assert self._controller.server is not None
        self.port = self._controller.server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    @staticmethod
    def _knows(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        return AuthResult(success=given.password == b"boterkoek", handled=False)

    async def handle_EHLO(  # noqa: N802  # aiosmtpd looks for this name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        await asyncio.sleep(self.seconds_before_answer)
        return responses

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.address_answers:
            return self.address_answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.seconds_per_mail)
        for address in envelope.rcpt_tos:
            if address in self.data_answers:
                return self.data_answers[address]
        assert isinstance(envelope.content, bytes)
        self.mails.append(TakenMail(str(envelope.mail_from), list(envelope.rcpt_tos), envelope.content))
        if self.hangs_up_after_each_mail:
            asyncio.get_running_loop().call_later(0.05, self._hang_up, server)
        return "250 OK"

    def _hang_up(self, server: SMTP) -> None:
        assert server.transport is not None
        server.transport.close()
        asyncio.get_running_loop().call_later(0.05, self.hung_up.set)


class _OnAnyPort(Controller):
    def _trigger_server(self) -> None:
        # The library would knock at the port it was given, which here may be "any".
        assert isinstance(self.server, asyncio.Server)
        with socket.create_connection(self.server.sockets[0].getsockname()) as knock:
            knock.recv(1024)


def _own_certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
