"""One message to one person: what is on the wire, and what a mail server may answer."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from pathlib import Path

import pytest

from survey.outgoing.mail import (
    AddressRefused,
    Correspondent,
    Envelope,
    KeptPost,
    Letter,
    NotDeliverable,
    ServerAway,
    SmtpPost,
    TryLater,
    message_of,
    one_line,
    read_address,
)
from survey.settings import MailServer
from tests.outgoing.mail_server import RealMailServer

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
FROM = Address("Spiegelronde", addr_spec="spiegel@bakkerij-met-een-hele-lange-naam-aan-de-haven.example")
KARIN = Correspondent("Karin de Vries", "karin@bakkerijdevries.example")
STOP = "https://spiegel.example/geen-mail/" + "a" * 100
LETTER = Letter(
    to=Correspondent("Aisha Bouali", "aisha@bakkerijdevries.example"),
    subject="Hoe zie jij Bakkerij De Vries?",
    text="Dag Aisha,\n",
    html="<p>Dag Aïsha,</p>",
    sender="Karin de Vries via Spiegelronde",
    replies_to=KARIN,
    stop_link=STOP,
)
INJECTIONS = [
    "Karin\r\nBcc: iedereen@elders.example",
    "Karin\nBcc: iedereen@elders.example",
    "Karin\rBcc: iedereen@elders.example",
    "Karin\u2028Bcc: iedereen@elders.example",
    "Karin\x85Bcc: iedereen@elders.example",
    "Karin\x0b\x0c\x1c\x00Bcc: iedereen@elders.example",
    "Karin\u202enirak\u2066\u200b\ufeff",
    'Karin" <iedereen@elders.example>, "',
    "é" * 5000,
    "x" * 5000,
    "\udcff",
]


def wire(letter: Letter, message_id: str = "b" * 32, earlier: tuple[str, ...] = ()) -> bytes:
    return message_of(letter, message_id, FROM, NOW, earlier).as_bytes()


def envelope(to: str = LETTER.to.address, number: int = 1) -> Envelope:
    return Envelope(to, NOW, message_of(LETTER, f"{number:032x}", FROM, NOW))


@pytest.fixture
def mail_server() -> Iterator[RealMailServer]:
    with RealMailServer() as server:
        yield server


@pytest.fixture
def post(mail_server: RealMailServer) -> SmtpPost:
    return SmtpPost(MailServer("127.0.0.1", mail_server.port, encrypted=False), FROM, seconds=2)


def test_a_mail_comes_in_the_name_of_the_owner_and_answers_go_to_the_owner() -> None:
    message = message_from_bytes(wire(LETTER), policy=policy.default)
    assert message["From"] == f"Karin de Vries via Spiegelronde <{FROM.addr_spec}>"
    assert message["Reply-To"] == "Karin de Vries <karin@bakkerijdevries.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_one_tap_ends_the_mail_and_its_link_is_not_cut_or_rewritten() -> None:
    lines = wire(LETTER).decode("ascii").split("\r\n")
    assert f"List-Unsubscribe: <{STOP}>" in lines
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_a_reminder_names_the_invitation_it_follows() -> None:
    lines = wire(LETTER, "c" * 32, ("b" * 32,)).decode("ascii").split("\r\n")
    host = FROM.domain
    assert f"Message-ID: <{'c' * 32}@{host}>" in lines
    assert f"In-Reply-To: <{'b' * 32}@{host}>" in lines
    assert f"References: <{'b' * 32}@{host}>" in lines


def test_no_line_is_longer_than_a_mail_server_takes() -> None:
    letter = Letter(LETTER.to, "x" * 5000, "woord " * 5000, "<p>" + "y" * 5000 + "</p>", stop_link=STOP)
    assert max(map(len, wire(letter).split(b"\r\n"))) <= 998


@pytest.mark.parametrize("nasty", INJECTIONS)
def test_a_name_or_subject_never_becomes_a_header(nasty: str) -> None:
    letter = Letter(
        to=Correspondent(nasty, LETTER.to.address),
        subject=nasty,
        text="Dag",
        sender=nasty,
        replies_to=Correspondent(nasty, KARIN.address),
    )
    message = message_from_bytes(wire(letter), policy=policy.default)
    assert message["Bcc"] is None
    assert [to.addr_spec for to in message["To"].addresses] == [LETTER.to.address]
    assert [to.addr_spec for to in message["From"].addresses] == [FROM.addr_spec]
    assert [to.addr_spec for to in message["Reply-To"].addresses] == [KARIN.address]
    assert len(message["Subject"]) <= 120
    assert not set(str(message["Subject"])) & set("\u202e\u2066\u200b\ufeff\u2028\x85\x00")
    assert set(message.keys()) <= {
        "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "Auto-Submitted", "X-Auto-Response-Suppress",
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    }  # fmt: skip


@pytest.mark.parametrize(
    "address",
    [
        "aisha@b.example, bram@b.example",
        "aisha@b.example\r\nBcc: bram@b.example",
        "aisha@b\u2028.example",
        "aisha@b.example(bram)",
        "Aisha <aisha@b.example>",
        " aisha@b.example",
        "aisha @b.example",
        "\u202eaisha@b.example",
        "aisha",
        "@b.example",
        "aisha@",
        "",
        "aisha@" + "b" * 80 + ".example",
    ],
)
def test_what_is_not_one_plain_address_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        read_address(address)
    with pytest.raises(AddressRefused):
        message_of(Letter(Correspondent("", address), "s", "t"), "b" * 32, FROM, NOW)


def test_a_domain_with_an_accent_is_written_as_the_wire_wants() -> None:
    assert read_address("bram@bäckerei.example").addr_spec == "bram@xn--bckerei-5wa.example"


def test_one_line_is_one_line() -> None:
    assert one_line(" a\tb\r\n\u2028 c ", 80) == "a b c"
    assert one_line("abcdef", 4) == "abc…"


def test_kept_mail_lies_in_order_whole_and_for_this_user_only(tmp_path: Path) -> None:
    post = KeptPost(tmp_path / "mails")
    with post.opened() as counter:
        counter.hand_over(envelope(number=2))
        counter.hand_over(envelope(number=1))
        counter.hand_over(envelope(number=2))
    files = sorted((tmp_path / "mails").iterdir())
    assert [file.name for file in files] == [f"20261102T080000Z-{number:032x}.eml" for number in (1, 2)]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert files[0].read_bytes() == envelope(number=1).message.as_bytes()


def test_a_folder_that_takes_no_mail_is_no_mail_server(tmp_path: Path) -> None:
    post = KeptPost(tmp_path / "mails")
    with post.opened() as counter:
        (tmp_path / "mails").rmdir()
        with pytest.raises(ServerAway):
            counter.hand_over(envelope())
    assert list(tmp_path.iterdir()) == []


def test_a_batch_goes_over_one_connection(mail_server: RealMailServer, post: SmtpPost) -> None:
    with post.opened() as counter:
        for number in range(3):
            counter.hand_over(envelope(f"aisha{number}@bakkerijdevries.example", number))
    assert [mail.to for mail in mail_server.mails] == [[f"aisha{n}@bakkerijdevries.example"] for n in range(3)]
    assert mail_server.connections == 1
    assert mail_server.mails[0].sender == FROM.addr_spec


def test_a_connection_that_fell_away_between_two_mails_is_made_again(
    mail_server: RealMailServer, post: SmtpPost
) -> None:
    mail_server.hangs_up_after_each_mail = True
    with post.opened() as counter:
        counter.hand_over(envelope(number=1))
        assert mail_server.hung_up.wait(5)
        counter.hand_over(envelope(number=2))
    assert len(mail_server.mails) == 2
    assert mail_server.connections == 2


@pytest.mark.parametrize("at_data", [False, True])
def test_refused_for_good_and_refused_for_now_are_told_apart(
    mail_server: RealMailServer, post: SmtpPost, at_data: bool
) -> None:
    answers = mail_server.data_answers if at_data else mail_server.address_answers
    answers["weg@b.example"] = "550 5.1.1 <weg@b.example> unknown here"
    answers["vol@b.example"] = "452 4.2.2 mailbox full"
    with post.opened() as counter:
        with pytest.raises(NotDeliverable, match=r"550 5\.1\.1") as refusal:
            counter.hand_over(envelope("weg@b.example"))
        assert "weg@" not in str(refusal.value)
        with pytest.raises(TryLater, match="452"):
            counter.hand_over(envelope("vol@b.example"))
        counter.hand_over(envelope())
    assert [mail.to for mail in mail_server.mails] == [[LETTER.to.address]]
    assert mail_server.connections == 1


@pytest.mark.parametrize("answer", ["421 4.3.2 going down", "550 5.7.1 we take nothing from you"])
def test_a_server_that_takes_nothing_from_us_makes_nobodys_address_wrong(
    mail_server: RealMailServer, post: SmtpPost, answer: str
) -> None:
    mail_server.sender_answer = answer
    with post.opened() as counter, pytest.raises(ServerAway, match=answer[:3]):
        counter.hand_over(envelope())


def test_a_server_that_is_not_there_or_does_not_answer_is_away(mail_server: RealMailServer) -> None:
    mail_server.seconds_before_answer = 3
    slow = SmtpPost(MailServer("127.0.0.1", mail_server.port, encrypted=False), FROM, seconds=0.3)
    with slow.opened() as counter, pytest.raises(ServerAway, match="does not answer"):
        counter.hand_over(envelope())
    absent = SmtpPost(MailServer("127.0.0.1", 1, encrypted=False), FROM)
    with absent.opened() as counter, pytest.raises(ServerAway, match="no connection"):
        counter.hand_over(envelope())


def test_a_password_is_never_sent_in_the_open(monkeypatch: pytest.MonkeyPatch) -> None:
    with RealMailServer(asks_for_password=True) as server:
        there = MailServer("127.0.0.1", server.port, encrypted=False, user="post", password="boterkoek")
        with SmtpPost(there, FROM).opened() as counter:
            counter.hand_over(envelope())
        assert len(server.mails) == 1
        # The same server by a name that could be anywhere.
        elsewhere = MailServer(f"{2130706433}", server.port, encrypted=False, user="post", password="boterkoek")
        with SmtpPost(elsewhere, FROM).opened() as counter, pytest.raises(ServerAway, match="no encryption"):
            counter.hand_over(envelope())


def test_a_wrong_password_is_said_without_repeating_it() -> None:
    with RealMailServer(asks_for_password=True) as server:
        wrong = MailServer("127.0.0.1", server.port, encrypted=False, user="post", password="roggebrood")
        with SmtpPost(wrong, FROM).opened() as counter, pytest.raises(ServerAway, match="535") as refusal:
            counter.hand_over(envelope())
    assert "roggebrood" not in str(refusal.value)


def test_encryption_is_used_when_it_is_offered_and_only_with_a_certificate_that_is_trusted(tmp_path: Path) -> None:
    with RealMailServer(certificate=tmp_path) as server:
        post = SmtpPost(MailServer("127.0.0.1", server.port, encrypted=False), FROM)
        with post.opened() as counter, pytest.raises(ServerAway, match="certificate is not trusted"):
            counter.hand_over(envelope())
        assert server.mails == []


def test_the_library_would_rewrite_a_long_link_if_we_let_it() -> None:
    """Why the wire policy exists; when this fails, the library was mended and the policy can go."""
    message = message_of(LETTER, "b" * 32, FROM, NOW)
    assert b"List-Unsubscribe: =?utf-8?q?" in message.as_bytes(policy=policy.SMTP)
