"""Agreements: who, what, when, which figure; and they open the next mirror."""

from datetime import timedelta

from survey import conversation, rounds, story
from survey.conversation.sheet import agreement_place
from survey.installation import Installation
from survey.store.database import db
from survey.store.kept_texts import Draft
from survey.store.people import Account, Company
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON

TOPICS = ("safe_to_speak", "informs_in_time")


def agree(round_: Round, key: str, **parts: str) -> None:
    conversation.keep(round_, {agreement_place(key, part): Draft(text, 0) for part, text in parts.items()})


def test_an_agreement_says_who_what_when_and_at_which_figure_it_shows(mirrored_round: Round) -> None:
    conversation.choose_topics(mirrored_round, TOPICS, TOPICS, 0)
    agree(mirrored_round, TOPICS[0], who="Karin", what="Elke dinsdag meelopen", when="vanaf 5 januari", figure="ziek")
    [agreed] = conversation.agreements_of(mirrored_round)
    assert (agreed.key, agreed.who, agreed.what, agreed.when, agreed.figure) == (
        "safe_to_speak",
        "Karin",
        "Elke dinsdag meelopen",
        "vanaf 5 januari",
        "ziek",
    )
    assert agreed.outcome == ""


def test_agreements_stand_in_the_order_of_the_topics_and_loose_ones_last(mirrored_round: Round) -> None:
    conversation.choose_topics(mirrored_round, TOPICS, TOPICS, 0)
    for key in ("loose_1", *reversed(TOPICS)):
        agree(mirrored_round, key, what=key)
    assert [agreed.key for agreed in conversation.agreements_of(mirrored_round)] == [*TOPICS, "loose_1"]


def test_an_agreement_without_a_what_is_none(mirrored_round: Round) -> None:
    agree(mirrored_round, "loose_1", who="Karin")
    assert conversation.agreements_of(mirrored_round) == ()


def test_what_was_agreed_stays_when_a_topic_is_exchanged(mirrored_round: Round) -> None:
    conversation.choose_topics(mirrored_round, TOPICS, TOPICS, 0)
    agree(mirrored_round, TOPICS[0], what="Meelopen")
    conversation.choose_topics(mirrored_round, TOPICS[1:], TOPICS, 1)
    assert [agreed.key for agreed in conversation.agreements_of(mirrored_round)] == [TOPICS[0]]


def test_the_next_round_begins_with_what_was_agreed_and_what_came_of_it(
    mirrored_round: Round, bakery: Company, karin: Account, house: Installation
) -> None:
    agree(mirrored_round, "loose_1", what="Meelopen", outcome="partly", outcome_note="Drie keer gelukt.")
    following = rounds.prepare(bakery, karin, story.plan(CLOSES_ON + timedelta(days=100)))
    earlier, agreed = conversation.earlier_agreements(following)
    assert earlier is mirrored_round
    assert [(one.what, one.outcome, one.outcome_note) for one in agreed] == [
        ("Meelopen", "partly", "Drie keer gelukt.")
    ]
    assert conversation.earlier_agreements(mirrored_round) == (None, ())


def test_what_another_owner_of_the_company_agreed_is_his(mirrored_round: Round, bakery: Company) -> None:
    agree(mirrored_round, "loose_1", what="Meelopen")
    henk = Account(email="henk@bakkerijdevries.example", name="Henk de Vries")
    bakery.owners.append(henk)
    db.session.commit()
    following = rounds.prepare(bakery, henk, story.plan(CLOSES_ON + timedelta(days=100)))
    assert conversation.earlier_agreements(following) == (None, ())


def test_agreements_of_another_company_open_nobodys_mirror(
    mirrored_round: Round, noise: Round, house: Installation
) -> None:
    agree(mirrored_round, "loose_1", what="Meelopen")
    noise.closes_on += timedelta(days=100)
    db.session.commit()
    assert conversation.earlier_agreements(noise) == (None, ())
