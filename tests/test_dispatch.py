"""Everybody gets his mail: once, or a second time that is recognisable as the same one."""

import dataclasses
import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from survey import dispatch, invitations, letters, rounds, story
from survey.dispatch import Office, failed_mail, send_waiting, waiting_since
from survey.installation import Installation, installation
from survey.outgoing.mail import KeptPost, SmtpPost
from survey.rounds import GroupPlan, Person
from survey.settings import MailServer
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, Invitation
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON, TODAY
from tests.conftest import Figure
from tests.outgoing.mail_server import RealMailServer

INVITED = 13
AISHA = story.EMPLOYEES[0].address


@pytest.fixture
def mail_server() -> Iterator[RealMailServer]:
    with RealMailServer() as server:
        yield server


@pytest.fixture
def office(house: Installation, mail_server: RealMailServer) -> Office:
    server = MailServer("127.0.0.1", mail_server.port, encrypted=False)
    return Office(
        post=SmtpPost(server, house.settings.mail_from, seconds=2),
        write=lambda mail, now: letters.write(mail, house.links, now),
        thread=letters.earlier_mails,
        mail_from=house.settings.mail_from,
        clock=house.clock,
    )


def outbox() -> list[OutboxMail]:
    return list(db.session.scalars(db.select(OutboxMail)))


def test_a_sent_round_reaches_everybody_once(open_round: Round, office: Office, mail_server: RealMailServer) -> None:
    assert send_waiting(office) == INVITED
    assert send_waiting(office) == 0
    assert Counter(to for mail in mail_server.mails for to in mail.to) == Counter(story.respondents().keys())
    assert {mail.state for mail in outbox()} == {"sent"}


def test_everybody_gets_a_link_of_his_own(
    open_round: Round, house: Installation, office: Office, mail_server: RealMailServer
) -> None:
    send_waiting(office)
    for invitation in db.session.scalars(db.select(Invitation)):
        with_link = [mail.to for mail in mail_server.mails if house.links.invitation(invitation.id) in read(mail)]
        assert with_link == [[invitation.address]]


def read(mail: Any) -> str:
    return str(mail.message.get_body(("plain",)).get_content())


def test_the_outbox_holds_no_link_and_no_text(
    open_round: Round, house: Installation, office: Office, clock: story.MovableClock
) -> None:
    clock.move_to(TODAY + timedelta(days=7))
    invitations.remind(open_round, "employees", clock())
    tokens = [house.links.invitation(one.id).rpartition("/")[2] for one in db.session.scalars(db.select(Invitation))]
    for send in (lambda: None, lambda: send_waiting(office)):
        send()
        for file in house.settings.data.glob("survey.db*"):
            assert not any(token.encode() in file.read_bytes() for token in tokens)
        assert {mail.content for mail in outbox()} == {None}


def test_invitations_of_a_round_that_opens_later_leave_at_seven_that_morning(
    prepared_round: Round, karin: Account, house: Installation, office: Office, clock: story.MovableClock
) -> None:
    clock.move_to(TODAY - timedelta(days=3))
    rounds.send(prepared_round, karin, house.boxes.of(prepared_round.id), house.settings.keys, clock())
    clock.move_to(TODAY, 6)
    assert send_waiting(office) == 0
    clock.move_to(TODAY, 7)
    assert send_waiting(office) == INVITED


def test_a_code_for_signing_in_goes_before_any_invitation(
    open_round: Round, office: Office, mail_server: RealMailServer, clock: story.MovableClock
) -> None:
    content = {"subject": "Je code", "text": "123456", "html": "<p>123456</p>"}
    clock.moment += timedelta(seconds=1)
    db.session.add(OutboxMail(kind="account", address=story.OWNER.address, content=content, due_at=clock()))
    db.session.commit()
    send_waiting(office)
    assert mail_server.mails[0].message["Subject"] == "Je code"
    assert {mail.content for mail in outbox()} == {None}


def test_a_code_for_signing_in_is_not_sent_a_day_late(
    karin: Account, office: Office, mail_server: RealMailServer, clock: story.MovableClock
) -> None:
    content = {"subject": "Je code", "text": "123456"}
    db.session.add(OutboxMail(kind="account", address=karin.email, content=content, due_at=clock()))
    db.session.commit()
    clock.moment += timedelta(days=1, seconds=1)
    send_waiting(office)
    assert mail_server.mails == []
    assert outbox() == []


def test_an_unknown_address_comes_back_and_the_owner_sees_which_one(
    open_round: Round, office: Office, mail_server: RealMailServer, clock: story.MovableClock
) -> None:
    mail_server.address_answers[AISHA] = "550 5.1.1 unknown"
    assert send_waiting(office) == INVITED - 1
    [lost] = failed_mail(open_round.id, clock())
    assert (lost.address, lost.gone_back, lost.reason) == (AISHA, True, "550 5.1.1 unknown")
    clock.move_to(TODAY + timedelta(days=1))
    assert send_waiting(office) == 0


def test_a_mended_address_gets_the_same_link(
    open_round: Round, house: Installation, office: Office, mail_server: RealMailServer, clock: story.MovableClock
) -> None:
    mail_server.address_answers[AISHA] = "550 5.1.1 unknown"
    send_waiting(office)
    [lost] = failed_mail(open_round.id, clock())
    invitation = db.session.get_one(Invitation, lost.invitation_id)
    rounds.mend_address(invitation, open_round, "aisha.bouali@bakkerijdevries.example", clock())
    assert failed_mail(open_round.id, clock()) == []
    assert send_waiting(office) == 1
    assert house.links.invitation(invitation.id) in read(mail_server.mails[-1])


def test_a_full_mailbox_is_tried_again_after_ever_longer_pauses(
    open_round: Round, office: Office, mail_server: RealMailServer, clock: story.MovableClock
) -> None:
    mail_server.address_answers[AISHA] = "452 4.2.2 full"
    assert send_waiting(office) == INVITED - 1
    for minutes in (1, 2, 4):
        clock.moment += timedelta(minutes=minutes, seconds=-1)
        tried = max(mail.attempts for mail in outbox())
        send_waiting(office)
        assert max(mail.attempts for mail in outbox()) == tried
        clock.moment += timedelta(seconds=1)
        send_waiting(office)
        assert max(mail.attempts for mail in outbox()) == tried + 1
    del mail_server.address_answers[AISHA]
    clock.moment += timedelta(minutes=8)
    assert send_waiting(office) == 1
    assert mail_server.mails[-1].to == [AISHA]


def test_what_is_late_is_shown_the_same_day_and_given_up_after_three(
    open_round: Round, office: Office, mail_server: RealMailServer, clock: story.MovableClock
) -> None:
    mail_server.address_answers[AISHA] = "452 4.2.2 full"
    send_waiting(office)
    assert failed_mail(open_round.id, clock()) == []
    assert waiting_since(clock()) is None
    sent_at = clock()
    clock.moment += timedelta(minutes=31)
    [late] = failed_mail(open_round.id, clock())
    assert (late.address, late.gone_back) == (AISHA, False)
    assert waiting_since(clock()) == sent_at
    clock.moment += timedelta(days=3)
    send_waiting(office)
    [lost] = failed_mail(open_round.id, clock())
    assert lost.gone_back


def test_a_mail_server_that_is_down_loses_nothing_and_blames_nobody(
    open_round: Round, office: Office, mail_server: RealMailServer, clock: story.MovableClock
) -> None:
    mail_server.sender_answer = "451 4.3.0 out of order"
    for _ in range(5):
        assert send_waiting(office) == 0
        clock.moment += timedelta(minutes=1)
    mail_server.sender_answer = ""
    assert send_waiting(office) == INVITED
    assert not any(one.bounced for one in db.session.scalars(db.select(Invitation)))


def test_the_database_is_free_while_a_mail_server_thinks(
    open_round: Round, office: Office, mail_server: RealMailServer, house: Installation
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite has one writer at a time")
    other = sqlite3.connect(house.settings.data / "survey.db", timeout=0, isolation_level=None)
    seen = []

    class Slow(KeptPost):
        def hand_over(self, _envelope: Any) -> None:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
            seen.append(True)

    post = Slow(house.settings.data / "mails")
    assert send_waiting(Office(post, office.write, office.thread, office.mail_from, office.clock)) == INVITED
    assert len(seen) == INVITED
    other.close()


def test_one_letter_that_cannot_be_written_does_not_hold_up_the_others(
    open_round: Round, office: Office, mail_server: RealMailServer, clock: story.MovableClock,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    broken = db.session.scalar(db.select(Invitation.id).filter_by(address=AISHA))

    def write(mail: OutboxMail, now: Any) -> Any:
        if mail.invitation_id == broken:
            raise RuntimeError(f"cannot write to {AISHA}")
        return office.write(mail, now)

    with caplog.at_level(logging.DEBUG):
        sent = send_waiting(Office(office.post, write, office.thread, office.mail_from, office.clock))
    assert sent == INVITED - 1
    assert "RuntimeError" in caplog.text
    assert AISHA not in caplog.text
    clock.moment += timedelta(minutes=1)
    assert send_waiting(office) == 1


def test_an_address_that_became_strange_stops_nobody_else(
    open_round: Round, office: Office, mail_server: RealMailServer, clock: story.MovableClock
) -> None:
    invitation = db.session.scalars(db.select(Invitation).filter_by(address=AISHA)).one()
    invitation.address = "aisha@bakkerij.example\r\nBcc: iedereen@elders.example"
    db.session.commit()
    assert send_waiting(office) == INVITED - 1
    assert [lost.gone_back for lost in failed_mail(open_round.id, clock())] == [True]


def test_two_workers_never_hold_the_same_mail(
    open_round: Round, office: Office, mail_server: RealMailServer, clock: story.MovableClock
) -> None:
    """The second worker comes by while the first has a mail on the counter, thirteen times."""
    sent_by_second = 0

    def write_while_another_works(mail: OutboxMail, now: Any) -> Any:
        nonlocal sent_by_second
        letter = office.write(mail, now)
        db.session.rollback()
        sent_by_second += send_waiting(office)
        return letter

    first = Office(office.post, write_while_another_works, office.thread, office.mail_from, office.clock)
    assert send_waiting(first) + sent_by_second == INVITED
    assert len(mail_server.mails) == INVITED


def test_four_workers_at_once_send_every_mail_once(app: Flask, open_round: Round, office: Office) -> None:
    db.session.commit()
    handed_over: list[str] = []

    class Quick(KeptPost):
        def hand_over(self, envelope: Any) -> None:
            handed_over.append(envelope.to)

    quick = dataclasses.replace(office, post=Quick(installation(app).settings.kept_mails))
    start = threading.Barrier(4)

    def work() -> None:
        with app.app_context():
            start.wait()
            send_waiting(quick)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(handed_over) == sorted(story.respondents())


def test_a_claim_that_was_lost_comes_free_after_its_lease(
    open_round: Round, office: Office, clock: story.MovableClock
) -> None:
    assert dispatch._claim_next(clock()) is not None
    assert send_waiting(office) == INVITED - 1
    clock.moment += dispatch.LEASE
    assert send_waiting(office) == 1


SENDER = Path(__file__).parent / "outgoing" / "send_from_another_process.py"


def test_a_worker_killed_again_and_again_misses_nobody(
    bakery: Company, karin: Account, house: Installation, mail_server: RealMailServer, long: bool, figure: Figure
) -> None:
    people, kills = (150, 40) if long else (25, 4)
    staff = tuple(Person(f"Medewerker {n}", f"m{n}@bakkerijdevries.example") for n in range(people))
    plan = story.plan(CLOSES_ON)
    plan = type(plan)(**{**vars(plan), "groups": (GroupPlan("employees", staff),)})
    round_ = rounds.prepare(bakery, karin, plan)
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    mail_server.seconds_per_mail = 0.02
    dice = random.Random(83)
    for attempt in range(kills):
        # Each new worker's clock is past the lease of the one that was killed.
        worker = start_sender(house, mail_server, house.clock() + attempt * dispatch.LEASE)
        taken = len(mail_server.mails)
        while len(mail_server.mails) == taken and worker.poll() is None:
            time.sleep(0.005)
        time.sleep(dice.random() * 0.06)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    last = start_sender(house, mail_server, house.clock() + kills * dispatch.LEASE)
    assert last.wait(timeout=120) == 0
    by_person: dict[str, list[str]] = {}
    for mail in mail_server.mails:
        by_person.setdefault(mail.to[0], []).append(mail.message["Message-ID"] + mail.message.as_string()[-800:])
    assert by_person.keys() == {person.address for person in staff}
    assert all(len(set(copies)) == 1 for copies in by_person.values()), "a repeat is the same mail"
    assert len(mail_server.mails) <= people + kills
    db.session.rollback()
    assert {mail.state for mail in outbox()} == {"sent"}
    twice = len(mail_server.mails) - people
    figure(f"{kills} kills; {people} of {people} reached, {twice} twice, each with the same Message-ID")


def start_sender(house: Installation, mail_server: RealMailServer, moment: Any) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "SURVEY_DATA": str(house.settings.data),
        "SURVEY_KEYS": ":".join(map(str, house.settings.keys)),
        "SURVEY_DATABASE_URL": "" if house.settings.database_url.startswith("sqlite") else house.settings.database_url,
        "SURVEY_SMTP_URL": f"smtp://127.0.0.1:{mail_server.port}",
        "SURVEY_MAIL_FROM": house.settings.mail_from.addr_spec,
    }
    return subprocess.Popen([sys.executable, SENDER, moment.isoformat()], env=environment)
