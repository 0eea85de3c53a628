"""How many mails a second leave: letters are written, claimed and handed to a mail server that takes everything."""

import socketserver
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from survey import letters
from survey.bench.sheet import Line
from survey.bench.town import town_in
from survey.dispatch import Office, send_waiting
from survey.outgoing.mail import SmtpPost
from survey.settings import MailServer

MAILS: Final = 300


class _TakesEverything(socketserver.StreamRequestHandler):
    """The least of a mail server (RFC 5321): says yes to everything and throws it away."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() != b".\r\n":
                    pass
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")


@contextmanager
def _mail_server() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _TakesEverything) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def of_mail(mails: int = MAILS) -> Iterator[Line]:
    """Measure invitations: every one written for its reader, signed with its link, over one connection."""
    with tempfile.TemporaryDirectory() as folder, town_in(Path(folder)) as town, _mail_server() as port:
        town.running_round(town.company(), mails)
        house = town.house
        office = Office(
            post=SmtpPost(MailServer("127.0.0.1", port, encrypted=False), house.settings.mail_from),
            write=lambda mail, now: letters.write(mail, house.links, now),
            thread=letters.earlier_mails,
            mail_from=house.settings.mail_from,
            clock=house.clock,
        )
        wall, cpu = perf_counter(), process_time()
        sent = send_waiting(office)
        wall, cpu = perf_counter() - wall, process_time() - cpu
    if sent != mails:
        raise RuntimeError(f"{sent} of {mails} mails left")
    yield Line(
        "invitations a second by mail", sent / wall, "", beside=f"{1000 * cpu / sent:.1f} ms of CPU each, both ends"
    )
