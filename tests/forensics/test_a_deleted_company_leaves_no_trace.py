"""Who leaves takes the company along: nothing that names it is left in any file."""

from datetime import datetime, timedelta

import pytest

from survey import leaving, retention, rounds, sharing, story
from survey.clock import day_of
from survey.installation import Installation
from survey.store.conversations import CoachNote, ConversationNote, StoryPart, TellBack
from survey.store.database import db
from survey.store.grants import MirrorView
from survey.store.named_facts import NamedFacts
from survey.store.people import Account, Company, invitations_of
from survey.store.rounds import Round, RoundDraft, SelfAssessment
from tests.forensics.copies import tables_on_the_server
from tests.test_counting import close_and_count, everybody_answers
from tests.test_retention import mailed_round, sent_without_a_round

__all__ = ["mailed_round"]

WRITTEN = ("Het rooster hangt te laat", "Begin bij de oven", "Mijn opa begon")
NAMES = (
    story.COMPANY,
    "bakkerijdevries",
    *(
        word
        for person in (*story.EMPLOYEES, story.OWNER, story.CONTACT, story.PARTNER)
        for word in vars(person).values()
    ),
    *WRITTEN,
    *(text for writing in story.WRITINGS.values() for text in vars(writing).values() if text),
)


def what_names_the_bakery(house: Installation) -> set[str]:
    folders = (house.settings.data, *house.settings.keys)
    files = {file.name: file.read_bytes() for folder in folders for file in folder.rglob("*") if file.is_file()}
    files |= {name: repr(rows).encode() for name, rows in tables_on_the_server().items()}
    return {name for name, raw in files.items() if any(word.encode() in raw for word in NAMES)}


def write_about_it(round_: Round, bakery: Company, now: datetime) -> None:
    """Let a coach look along and write, and the owner write about the round, at the table and for himself."""
    petra = Account(email="petra@elders.example", name="P.", confirmed_at=now)
    db.session.add(petra)
    db.session.flush()
    confidant = sharing.let_in(bakery, story.PARTNER.name, story.PARTNER.address)
    confidant.account_id = petra.id
    sharing.share_mirror(round_, confidant, sharing.Scope.SENTENCES, day_of(now) + sharing.USUAL_TIME, now)
    db.session.add(MirrorView(round_id=round_.id, confidant_id=confidant.id, seen_on=day_of(now), what="sentences"))
    note, coach, story_ = WRITTEN
    db.session.add(ConversationNote(round_id=round_.id, place="anywhere", text=note))
    db.session.add(CoachNote(round_id=round_.id, account_id=petra.id, place="before", text=coach))
    db.session.add(StoryPart(company_id=bakery.id, place="begin", text=story_))
    db.session.add(NamedFacts(round_id=round_.id, voice="accountant", document={"figures": [note]}))
    words = dict.fromkeys(("thanks", "heard_first", "heard_second", "change", "next_list"), note)
    db.session.add(TellBack(round_id=round_.id, published_at=now, **words))
    db.session.commit()


@pytest.fixture
def full_house(
    house: Installation, mailed_round: Round, bakery: Company, karin: Account, clock: story.MovableClock
) -> Account:
    """Karin with a counted round, her own picture, kept mails, and the beginning of a next round."""
    everybody_answers(house, mailed_round, invitations_of(mailed_round.id))
    texts = vars(story.WRITINGS["karin"])
    db.session.add(SelfAssessment(round_id=mailed_round.id, texts=texts, answers=story.answers()["karin"]))
    db.session.add(RoundDraft(company_id=bakery.id, fields={"partner": story.PARTNER.name}))
    close_and_count(house, mailed_round, clock)
    write_about_it(mailed_round, bakery, clock.moment)
    rounds.prepare(bakery, karin, story.plan(mailed_round.closes_on.replace(year=2027)))
    sent_without_a_round(house, story.PARTNER.address, f"{story.OWNER.name} laat je meekijken bij {story.COMPANY}")
    sent_without_a_round(house, karin.email, f"Dag {story.OWNER.name}")
    return karin


def test_a_company_that_is_deleted_leaves_no_trace_in_any_file(house: Installation, full_house: Account) -> None:
    assert what_names_the_bakery(house)
    leaving.leave(house, full_house)
    assert what_names_the_bakery(house) == set()


def test_the_last_mail_to_who_left_is_gone_sixty_days_later(
    house: Installation, full_house: Account, clock: story.MovableClock
) -> None:
    address = full_house.email
    leaving.leave(house, full_house)
    sent_without_a_round(house, address, f"Dag {story.OWNER.name}")
    assert what_names_the_bakery(house)
    clock.moment += timedelta(days=61)
    retention.erase_due(house.settings.kept_mails, clock())
    assert what_names_the_bakery(house) == set()


def test_the_other_company_keeps_all_that_is_its_own(house: Installation, full_house: Account, noise: Round) -> None:
    leaving.leave(house, full_house)
    assert [company.name for company in db.session.scalars(db.select(Company))] == ["Garage Vos"]
    assert len(invitations_of(noise.id)) == 13
