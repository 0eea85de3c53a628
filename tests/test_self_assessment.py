"""The owner first: saved part by part, handed in once, and from then on a fact."""

from datetime import timedelta

import pytest

from survey import rounds, self_assessment, story
from survey.installation import Installation
from survey.questionnaires import load
from survey.self_assessment import (
    AnswerUnknown,
    Entries,
    NoSelfAssessment,
    SelfAssessmentLocked,
    TextTooLong,
    TooFewAnswered,
)
from survey.store.ballots import Box
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON

SPIEGEL = load("spiegel-1")
KARIN = story.answers()["karin"]


def test_parts_are_kept_beside_one_another(prepared_round: Round, house: Installation) -> None:
    self_assessment.save(prepared_round, SPIEGEL, Entries({"order_book": 4}, {"bank": {"cash": 2}}), house.clock())
    self_assessment.save(
        prepared_round,
        SPIEGEL,
        Entries({"asks_views": "cannot_judge"}, {"bank": {"would_think_along": 3}}, {"goes_well": " De \r\n sfeer. "}),
        house.clock(),
    )
    own = prepared_round.self_assessment
    assert own is not None
    assert own.answers == {"order_book": 4, "asks_views": "cannot_judge"}
    assert own.predictions == {"bank": {"cash": 2, "would_think_along": 3}}
    assert own.texts == {"goes_well": "De sfeer."}


def test_a_text_that_is_emptied_is_gone(prepared_round: Round, house: Installation) -> None:
    self_assessment.save(prepared_round, SPIEGEL, Entries(texts={"goes_well": "De sfeer."}), house.clock())
    own = self_assessment.save(prepared_round, SPIEGEL, Entries(texts={"goes_well": ""}), house.clock())
    assert own.texts == {}


@pytest.mark.parametrize(
    "entries",
    [
        Entries({"nonsense": 3}),
        Entries({"would_think_along": 3}),
        Entries({"order_book": 6}),
        Entries({"order_book": 0}),
        Entries({"order_book": True}),
        Entries({"order_book": "3"}),
        Entries({"gut_feeling": 11}),
        Entries(predictions={"customers": {"cash": 3}}),
        Entries(predictions={"bank": {"order_book": 3}}),
        Entries(predictions={"bank": {"cash": 6}}),
        Entries(texts={"nonsense": "x"}),
    ],
)
def test_what_was_not_asked_is_refused_and_nothing_is_kept(
    prepared_round: Round, house: Installation, entries: Entries
) -> None:
    with pytest.raises(AnswerUnknown):
        self_assessment.save(prepared_round, SPIEGEL, entries, house.clock())


def test_a_text_that_is_too_long_says_how_much_must_go(prepared_round: Round, house: Installation) -> None:
    with pytest.raises(TextTooLong) as refused:
        self_assessment.save(prepared_round, SPIEGEL, Entries(texts={"goes_well": "é" * 312}), house.clock())
    assert (refused.value.question, refused.value.over) == ("goes_well", 12)


def test_half_of_the_statements_must_be_answered(prepared_round: Round, house: Installation) -> None:
    half = dict(list(KARIN.items())[:14])  # the gut feeling and 13 statements
    self_assessment.save(prepared_round, SPIEGEL, Entries(half), house.clock())
    with pytest.raises(TooFewAnswered) as refused:
        self_assessment.hand_in(prepared_round, SPIEGEL, house.clock())
    assert (refused.value.answered, refused.value.needed) == (13, 14)
    assert not self_assessment.is_handed_in(prepared_round)


def test_cannot_judge_is_no_answer_to_lay_something_beside(prepared_round: Round, house: Installation) -> None:
    self_assessment.save(prepared_round, SPIEGEL, Entries(dict.fromkeys(KARIN, "cannot_judge")), house.clock())
    with pytest.raises(TooFewAnswered):
        self_assessment.hand_in(prepared_round, SPIEGEL, house.clock())


def test_once_handed_in_it_is_locked(open_round: Round, house: Installation) -> None:
    self_assessment.save(open_round, SPIEGEL, Entries(KARIN, story.PREDICTED), house.clock())
    own = self_assessment.hand_in(open_round, SPIEGEL, house.clock())
    assert (own.handed_in_at, own.after_close) == (house.clock(), False)
    assert self_assessment.hand_in(open_round, SPIEGEL, house.clock() + timedelta(days=1)).handed_in_at == house.clock()
    with pytest.raises(SelfAssessmentLocked):
        self_assessment.save(open_round, SPIEGEL, Entries({"order_book": 1}), house.clock())


def test_after_the_close_it_says_so(open_round: Round, house: Installation, clock: story.MovableClock) -> None:
    self_assessment.save(open_round, SPIEGEL, Entries(KARIN), house.clock())
    clock.move_to(CLOSES_ON + timedelta(days=1), 0)
    assert self_assessment.hand_in(open_round, SPIEGEL, house.clock()).after_close


def test_for_a_cancelled_round_nothing_is_filled_in(open_round: Round, box: Box, house: Installation) -> None:
    rounds.cancel(open_round, box, house.settings.keys, house.clock())
    with pytest.raises(NoSelfAssessment):
        self_assessment.save(open_round, SPIEGEL, Entries({"order_book": 4}), house.clock())
