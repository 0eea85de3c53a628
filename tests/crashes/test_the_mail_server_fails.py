"""A mail server that is not there, or takes its time, holds up nobody: mail waits, pages do not."""

import socket
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from survey import letters, story
from survey.bench.road import respond
from survey.dispatch import Office, send_waiting
from survey.installation import Installation
from survey.outgoing.mail import SmtpPost
from survey.settings import MailServer
from survey.store.people import Account, Company
from survey.store.rounds import Round
from tests.conftest import Figure
from tests.crashes.conftest import Serve
from tests.crashes.running_round import running_round
from tests.outgoing.mail_server import RealMailServer

INVITED = 13


class TestSlow:
    """Each mail takes two seconds; the pages are asked meanwhile, of the same process."""

    SECONDS_PER_MAIL = 2.0

    @pytest.fixture
    def clock(self, real_clock: story.MovableClock) -> story.MovableClock:
        return real_clock

    def test_no_page_waits_for_a_mail_server_that_takes_its_time(
        self, serve: Serve, bakery: Company, karin: Account, house: Installation, figure: Figure
    ) -> None:
        box, links = running_round(bakery, karin, house, 30)
        with RealMailServer(seconds_per_mail=self.SECONDS_PER_MAIL) as mail_server:
            server = serve(
                SURVEY_SMTP_URL=f"smtp://127.0.0.1:{mail_server.port}", SURVEY_MAIL_FROM="spiegel@spiegelronde.example"
            )
            wait_for(lambda: mail_server.connections > 0)
            took = []
            for link in [*links.values()][:5]:
                began = time.monotonic()
                respond(server.port, link)
                took.append(time.monotonic() - began)
            assert len(mail_server.mails) < INVITED, "the mail was not slow"
            server.kill()
        assert max(took) < self.SECONDS_PER_MAIL
        assert len(box.sealed_ballots()) == 5
        figure(f"each mail takes {self.SECONDS_PER_MAIL:.0f} s; the slowest whole response {max(took):.2f} s")


def test_a_mail_server_that_is_not_there_gets_everything_once_it_is(
    open_round: Round, house: Installation, clock: story.MovableClock, figure: Figure
) -> None:
    port = a_free_port()
    office = Office(
        post=SmtpPost(MailServer("127.0.0.1", port, encrypted=False), house.settings.mail_from, seconds=2),
        write=lambda mail, now: letters.write(mail, house.links, now),
        thread=letters.earlier_mails,
        mail_from=house.settings.mail_from,
        clock=clock,
    )
    for _ in range(3):
        assert send_waiting(office) == 0
        clock.moment += timedelta(minutes=1)
    with RealMailServer(port=port) as mail_server:
        assert send_waiting(office) == INVITED
        assert len({mail.to[0] for mail in mail_server.mails}) == INVITED
    figure(f"3 times in vain, then {INVITED} of {INVITED}")


def a_free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def wait_for(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
