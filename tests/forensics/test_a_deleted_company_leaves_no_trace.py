"""Who leaves takes the company along: nothing that names it is left in any file."""

import pytest

from survey import leaving, rounds, story
from survey.installation import Installation
from survey.store.database import db
from survey.store.people import Account, Company, invitations_of
from survey.store.rounds import Round, RoundDraft, SelfAssessment
from tests.forensics.copies import tables_on_the_server
from tests.test_counting import close_and_count, everybody_answers
from tests.test_retention import mailed_round

__all__ = ["mailed_round"]

NAMES = (
    story.COMPANY,
    "bakkerijdevries",
    *(
        word
        for person in (*story.EMPLOYEES, story.OWNER, story.CONTACT, story.PARTNER)
        for word in vars(person).values()
    ),
    *(text for writing in story.WRITINGS.values() for text in vars(writing).values() if text),
)


def what_names_the_bakery(house: Installation) -> set[str]:
    folders = (house.settings.data, *house.settings.keys)
    files = {file.name: file.read_bytes() for folder in folders for file in folder.rglob("*") if file.is_file()}
    files |= {name: repr(rows).encode() for name, rows in tables_on_the_server().items()}
    return {name for name, raw in files.items() if any(word.encode() in raw for word in NAMES)}


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
    rounds.prepare(bakery, karin, story.plan(mailed_round.closes_on.replace(year=2027)))
    return karin


def test_a_company_that_is_deleted_leaves_no_trace_in_any_file(house: Installation, full_house: Account) -> None:
    assert what_names_the_bakery(house)
    leaving.leave(house, full_house)
    assert what_names_the_bakery(house) == set()


def test_the_other_company_keeps_all_that_is_its_own(house: Installation, full_house: Account, noise: Round) -> None:
    leaving.leave(house, full_house)
    assert [company.name for company in db.session.scalars(db.select(Company))] == ["Garage Vos"]
    assert len(invitations_of(noise.id)) == 13
