"""What leads to a person goes sixty days after the round, or when that person asks; what was published stays."""

from datetime import timedelta
from pathlib import Path

import pytest

from survey import retention, sharing, story
from survey.clock import day_of
from survey.dispatch import Office, send_waiting
from survey.installation import Installation
from survey.letters import earlier_mails, write
from survey.outgoing.mail import KeptPost
from survey.retention import Erased
from survey.settings import Settings
from survey.store.ballots import Box
from survey.store.database import db
from survey.store.grants import MirrorGrant, MirrorView, RelationGrant
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Receipt, Round, RoundDraft
from tests.test_counting import close_and_count, everybody_answers

EMINE = story.EMPLOYEES[4]


@pytest.fixture
def mailed_round(house: Installation, open_round: Round) -> Round:
    """Karin's round with its invitations sent, into the folder of kept mails."""
    send_waiting(
        Office(
            post=KeptPost(house.settings.kept_mails),
            write=lambda mail, now: write(mail, house.links, now),
            thread=earlier_mails,
            mail_from=house.settings.mail_from,
            clock=house.clock,
        )
    )
    return open_round


@pytest.fixture
def counted_round(house: Installation, mailed_round: Round, clock: story.MovableClock) -> Round:
    """Everybody answered, and the round is counted."""
    everybody_answers(house, mailed_round, invitations_of(mailed_round.id))
    close_and_count(house, mailed_round, clock)
    return mailed_round


def kept_mails(settings: Settings) -> list[Path]:
    return list(settings.kept_mails.glob("*.eml"))


def files_with(house: Installation, words: str) -> list[str]:
    files = filter(Path.is_file, house.settings.data.rglob("*"))
    return [file.name for file in files if words.encode() in file.read_bytes()]


def rows_left() -> list[int]:
    tables = (Invitation, Receipt, OutboxMail)
    return [db.session.scalar(db.select(db.func.count()).select_from(table)) or 0 for table in tables]


@pytest.mark.parametrize(("days", "erased"), [(0, False), (59, False), (60, True), (61, True), (400, True)])
def test_sixty_days_after_the_round_nothing_leads_to_its_people(
    days: int, erased: bool, house: Installation, counted_round: Round, clock: story.MovableClock
) -> None:
    assert counted_round.release is not None
    published = counted_round.release.document
    assert rows_left() == [13, 9, 13]
    clock.move_to(counted_round.closes_on + timedelta(days=days), hour=3)
    result = retention.erase_due(house.settings.kept_mails, clock())
    if erased:
        assert result == Erased(invitations=13, receipts=9, mails=13, kept_mails=13)
        assert rows_left() == [0, 0, 0]
        assert kept_mails(house.settings) == []
        assert files_with(house, EMINE.address) == []
    else:
        assert not result
        assert rows_left() == [13, 9, 13]
        assert len(kept_mails(house.settings)) == 13
    assert counted_round.release.document == published
    assert not retention.erase_due(house.settings.kept_mails, clock())


def test_mail_about_an_account_goes_on_the_same_schedule_and_waiting_mail_stays(
    house: Installation, app: object, clock: story.MovableClock
) -> None:
    for state in ("sent", "waiting"):
        db.session.add(OutboxMail(kind="account", address=story.OWNER.address, state=state, due_at=clock()))
    db.session.commit()
    clock.moment += timedelta(days=60)
    assert retention.erase_due(house.settings.kept_mails, clock()).mails == 1
    assert list(db.session.scalars(db.select(OutboxMail.state))) == ["waiting"]


def test_somebody_reads_what_is_kept_of_an_address_and_nothing_that_was_answered(
    house: Installation, counted_round: Round
) -> None:
    [invitation] = retention.what_is_kept_of(EMINE.address.upper())
    assert invitation == {
        "kept_as": "invitation",
        "company": "Bakkerij De Vries",
        "closes_on": "2026-11-20",
        "erased_on": "2027-01-19",
        "name": "Emine Yildiz",
        "address": EMINE.address,
        "group": "employees",
        "answers_by_name": False,
        "came_back": False,
        "revoked": False,
        "asked_for_no_more_mail": False,
        "mails": [{"kind": "invitation", "state": "sent", "due": invitation["mails"][0]["due"]}],
    }
    assert {kept["kept_as"] for kept in retention.what_is_kept_of(story.OWNER.address)} == {"account"}
    assert {kept["kept_as"] for kept in retention.what_is_kept_of(story.CONTACT.address)} == {"contact"}
    assert retention.what_is_kept_of("nobody@elsewhere.example") == []


def test_somebody_who_asks_is_forgotten_while_the_round_runs_and_the_numbers_stay(
    house: Installation, mailed_round: Round, box: Box, bakery: Company
) -> None:
    everybody_answers(house, mailed_round, invitations_of(mailed_round.id, "employees"))
    fields = {"employees": f"aisha@bakkerijdevries.example\n{EMINE.name} <{EMINE.address}>", "contact": "Marijke"}
    db.session.add(RoundDraft(company_id=bakery.id, fields=fields))
    db.session.commit()
    erased = retention.forget(EMINE.address.title(), house.settings.kept_mails)
    assert erased == Erased(invitations=1, mails=1, kept_mails=1, drafts=1)
    assert retention.what_is_kept_of(EMINE.address) == []
    assert files_with(house, EMINE.address) == files_with(house, "Emine") == []
    assert mailed_round.group("employees").head_count == box.head_counts()["employees"] == 9
    assert len(box.sealed_ballots()) == 9
    assert not retention.forget(EMINE.address, house.settings.kept_mails)


def test_whoever_looked_along_is_forgotten_too_and_sees_nothing_any_more(
    house: Installation, counted_round: Round, bakery: Company, karin: Account
) -> None:
    rob = Account(email=story.ACCOUNTANT.address, name=story.ACCOUNTANT.name, confirmed_at=house.clock())
    db.session.add(rob)
    confidant = sharing.let_in(bakery, story.ACCOUNTANT.name, story.ACCOUNTANT.address)
    sharing.take_up(confidant, rob)
    until = day_of(house.clock()) + sharing.USUAL_TIME
    sharing.share_relation(confidant, until, house.clock())
    sharing.share_mirror(counted_round, confidant, sharing.Scope.SENTENCES, until, house.clock())
    shared = sharing.shared_with(rob.id, counted_round.id, house.clock())
    assert shared is not None
    sharing.write_down_view(shared, "sentences", house.clock())
    assert "looks along" in [kept["kept_as"] for kept in retention.what_is_kept_of(story.ACCOUNTANT.address)]
    erased = retention.forget(story.ACCOUNTANT.address, house.settings.kept_mails)
    assert erased.grants_to_look_along == 1
    assert {kept["kept_as"] for kept in retention.what_is_kept_of(story.ACCOUNTANT.address)} == {"account"}
    assert sharing.shared_with(rob.id, counted_round.id, house.clock()) is None
    assert [db.session.scalars(db.select(table)).all() for table in (RelationGrant, MirrorGrant, MirrorView)] == [
        []
    ] * 3


def sent_without_a_round(house: Installation, address: str, subject: str) -> None:
    """Send a mail that belongs to no round: nothing in the database says afterwards that it is kept."""
    content = {"subject": subject, "text": subject, "html": subject}
    db.session.add(OutboxMail(kind="account", address=address, content=content, due_at=house.clock()))
    db.session.commit()
    send_waiting(
        Office(
            post=KeptPost(house.settings.kept_mails),
            write=lambda mail, now: write(mail, house.links, now),
            thread=earlier_mails,
            mail_from=house.settings.mail_from,
            clock=house.clock,
        )
    )
    assert db.session.scalars(db.select(OutboxMail).filter_by(kind="account")).all() == []


@pytest.mark.parametrize(("days", "left"), [(59, 1), (61, 0)])
def test_a_kept_mail_that_belongs_to_no_round_goes_after_sixty_days(
    days: int, left: int, house: Installation, clock: story.MovableClock
) -> None:
    sent_without_a_round(house, story.OWNER.address, "Tot ziens")
    clock.moment += timedelta(days=days)
    assert retention.erase_due(house.settings.kept_mails, clock()).kept_mails == 1 - left
    assert len(kept_mails(house.settings)) == left
    assert bool(files_with(house, "Tot ziens")) is bool(left)


def test_who_asks_to_be_forgotten_leaves_no_kept_mail_that_belongs_to_no_round(house: Installation) -> None:
    sent_without_a_round(house, story.ACCOUNTANT.address, "Karin laat je meekijken")
    sent_without_a_round(house, story.BANKER.address, "Karin laat je meekijken")
    assert retention.forget(story.ACCOUNTANT.address.upper(), house.settings.kept_mails).kept_mails == 1
    [left] = kept_mails(house.settings)
    assert story.BANKER.address in left.read_text()


def test_only_the_line_with_this_very_address_goes_from_an_unfinished_list(
    house: Installation, bakery: Company
) -> None:
    fields = {
        "employees": "kaalmarker@adres.example\nMarker <marker@adres.example>\nmarker@adres.example.org",
        "contact_address": "marker@adres.example",
    }
    db.session.add(RoundDraft(company_id=bakery.id, fields=fields))
    db.session.commit()
    assert retention.forget("Marker@adres.example", house.settings.kept_mails).drafts == 1
    [draft] = db.session.scalars(db.select(RoundDraft))
    assert draft.fields["employees"] == "kaalmarker@adres.example\nmarker@adres.example.org"
    assert draft.fields["contact_address"] == "marker@adres.example"
    assert retention.what_is_kept_of("marker@adres.example") == []


def test_who_answers_by_name_reads_how_those_answers_are_taken_out(counted_round: Round) -> None:
    [kept] = [one for one in retention.what_is_kept_of(story.BANKER.address) if one["kept_as"] == "invitation"]
    assert kept["voice"] == "bank"
    assert kept["taken_out_with"] == f"survey round redact {counted_round.id} --voice bank"
