"""What can be written on the conversation sheet, by whom it may be seen first, and what is refused."""

import pytest

from survey import conversation
from survey.conversation import NothingToTalkAbout, PlaceUnknown, TextTooLong, TooManyTopics, TopicUnknown
from survey.conversation.sheet import LONGEST_TEXT, STEPS, agreement_place, note_place
from survey.store.kept_texts import Draft
from survey.store.people import Account
from survey.store.rounds import Round

OFFERED = ("safe_to_speak", "informs_in_time", "direction_clear", "figures_current")


def write(round_: Round, **texts: str) -> None:
    conversation.keep(round_, {place.replace("__", "."): Draft(text, 0) for place, text in texts.items()})


def test_there_is_nothing_to_talk_about_before_there_is_a_mirror(open_round: Round) -> None:
    with pytest.raises(NothingToTalkAbout):
        write(open_round, guess="openness")


def test_the_steps_go_from_a_first_impression_to_an_agreement() -> None:
    assert [step.id for step in STEPS] == [
        "first_impression",
        "recognise",
        "other_lens",
        "other_side",
        "cause",
        "room",
        "reaction",
        "standing",
        "agreement",
    ]


def test_how_did_that_come_about_is_asked_three_times() -> None:
    [cause] = [step for step in STEPS if step.id == "cause"]
    assert len(cause.notes) == 3


def test_what_is_written_stands_on_the_sheet(mirrored_round: Round) -> None:
    write(mirrored_round, guess="openness", safe_to_speak__recognise="Die maandag met het rooster.")
    sheet = conversation.sheet_of(mirrored_round)
    assert sheet.guess == "openness"
    assert sheet.note("safe_to_speak", "recognise") == "Die maandag met het rooster."
    assert sheet.is_begun("safe_to_speak")
    assert not sheet.is_begun("informs_in_time")


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("elsewhere", "x"),
        ("nonsense.room", "x"),
        (note_place("safe_to_speak", "verdict"), "x"),
        (note_place("safe_to_speak", "standing"), "hopeless"),
        (agreement_place("safe_to_speak", "outcome"), "failed"),
    ],
)
def test_a_place_that_is_not_on_the_sheet_or_a_word_that_cannot_stand_there_is_refused(
    mirrored_round: Round, place: str, text: str
) -> None:
    with pytest.raises(PlaceUnknown):
        conversation.keep(mirrored_round, {"guess": Draft("openness", 0), place: Draft(text, 0)})
    assert conversation.sheet_of(mirrored_round).guess == ""


def test_a_text_that_is_too_long_is_refused_with_how_much(mirrored_round: Round) -> None:
    with pytest.raises(TextTooLong) as refusal:
        write(mirrored_round, safe_to_speak__room="x" * (LONGEST_TEXT + 7))
    assert refusal.value.over == 7


def test_three_topics_are_chosen_in_their_order(mirrored_round: Round) -> None:
    conversation.choose_topics(mirrored_round, OFFERED[:3], OFFERED, 0)
    assert conversation.sheet_of(mirrored_round).topics == OFFERED[:3]


def test_four_topics_are_too_many_for_one_conversation(mirrored_round: Round) -> None:
    with pytest.raises(TooManyTopics):
        conversation.choose_topics(mirrored_round, OFFERED, OFFERED, 0)


def test_only_what_the_mirror_offers_can_be_chosen(mirrored_round: Round) -> None:
    with pytest.raises(TopicUnknown):
        conversation.choose_topics(mirrored_round, ("order_book",), OFFERED, 0)


def test_another_company_has_a_sheet_of_its_own(mirrored_round: Round, noise: Round) -> None:
    write(mirrored_round, guess="openness")
    assert conversation.sheet_of(noise).guess == ""


def test_a_coachs_own_notes_are_on_no_sheet_of_the_owner(mirrored_round: Round, karin: Account) -> None:
    conversation.keep_coach_notes(mirrored_round, karin.id, {"before": Draft("Begin bij de oven.", 0)})
    assert conversation.coach_notes(mirrored_round, karin.id)["before"].text == "Begin bij de oven."
    assert "oven" not in str(conversation.sheet_of(mirrored_round))
