"""Telling back: the owner's own words reach everybody who was invited, and are never changed for him."""

from dataclasses import replace
from datetime import timedelta

import pytest

from survey import invitations, letters, rounds, story
from survey.installation import Installation
from survey.rounds import GroupPlan
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, invitations_of
from survey.store.rounds import Round
from survey.telling_back import NotCountedYet, PartMissing, Telling, TooLateToTell, publish, remarks, what_was_told
from tests.bakery import CLOSES_ON

TELLING = Telling(
    thanks="Dank voor het invullen.",
    heard_first="Jullie horen te laat wat er gaat veranderen.",
    heard_second="Klanten komen terug om het brood.",
    change="Vanaf januari staat het rooster er een week eerder.",
    next_list="De volgende lijst komt in maart 2027.",
)


def mails(round_: Round) -> list[OutboxMail]:
    return list(db.session.scalars(db.select(OutboxMail).filter_by(round_id=round_.id, kind="tell_back")))


def said(telling: Telling) -> list[tuple[str, str]]:
    return [(remark.kind, remark.word) for remark in remarks(telling)]


def test_what_is_told_stands_there_as_it_was_written(mirrored_round: Round, house: Installation) -> None:
    publish(mirrored_round, TELLING, house.clock())
    assert what_was_told(mirrored_round) == TELLING


def test_everybody_with_an_address_gets_one_mail_and_no_second_one(mirrored_round: Round, house: Installation) -> None:
    invited = [one for one in invitations_of(mirrored_round.id) if one.address]
    assert publish(mirrored_round, TELLING, house.clock()) == len(invited) == 13
    assert publish(mirrored_round, replace(TELLING, thanks="Veel dank."), house.clock()) == 0
    assert len(mails(mirrored_round)) == 13
    told = what_was_told(mirrored_round)
    assert told is not None
    assert told.thanks == "Veel dank."


def test_who_asked_for_no_more_mail_gets_none(mirrored_round: Round, house: Installation) -> None:
    quiet = invitations_of(mirrored_round.id)[0]
    quiet.muted = 1
    db.session.commit()
    publish(mirrored_round, TELLING, house.clock())
    assert quiet.id not in {mail.invitation_id for mail in mails(mirrored_round)}


def test_who_asks_for_no_more_mail_while_it_waits_gets_none_either(mirrored_round: Round, house: Installation) -> None:
    for mail in db.session.scalars(db.select(OutboxMail).filter_by(kind="invitation")):
        mail.state = "sent"
    db.session.commit()
    publish(mirrored_round, TELLING, house.clock())
    mail = mails(mirrored_round)[0]
    assert letters.write(mail, house.links, house.clock()) is not None
    invitations.stop_mail_to(mail.invitation_id or "")
    assert letters.write(mail, house.links, house.clock()) is None


def test_nothing_is_told_before_the_lists_are_counted(open_round: Round, house: Installation) -> None:
    with pytest.raises(NotCountedYet):
        publish(open_round, TELLING, house.clock())


def test_after_sixty_days_there_is_nobody_left_to_tell(
    mirrored_round: Round, house: Installation, clock: story.MovableClock
) -> None:
    clock.move_to(CLOSES_ON + timedelta(days=60), hour=23)
    publish(mirrored_round, TELLING, house.clock())
    clock.move_to(CLOSES_ON + timedelta(days=61), hour=0)
    with pytest.raises(TooLateToTell):
        publish(mirrored_round, TELLING, house.clock())


@pytest.mark.parametrize("part", ["thanks", "heard_first", "change"])
def test_thanks_something_heard_and_something_that_changes_are_needed(
    mirrored_round: Round, house: Installation, part: str
) -> None:
    with pytest.raises(PartMissing) as refusal:
        publish(mirrored_round, replace(TELLING, **{part: "  "}), house.clock())
    assert refusal.value.part == part
    assert what_was_told(mirrored_round) is None


def test_plain_words_without_numbers_get_no_remark() -> None:
    assert remarks(TELLING) == ()


@pytest.mark.parametrize("word", ["faillissement", "Crisis", "schulden", "geheim", "wantrouwen", "zwaar weer", "panic"])
def test_words_that_frighten_are_pointed_at(word: str) -> None:
    assert said(replace(TELLING, heard_first=f"Er is geen {word}.")) == [("doom", word.casefold())]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Jullie gaven een 2,5.", "2,5"),
        ("Zeven van ons zeiden dat.", "zeven"),
        ("80% vindt dit.", "80%"),
        ("Het gemiddelde was laag.", "gemiddelde"),
        ("De helft ziet dit.", "helft"),
    ],
)
def test_numbers_are_pointed_at(text: str, word: str) -> None:
    assert ("number", word) in said(replace(TELLING, heard_second=text))


@pytest.mark.parametrize(
    "text",
    [
        "Op 5 januari.",
        "Vanaf 5 januari 2027.",
        "Elke dag om 7.30 uur.",
        "In maart 2027.",
        "From 5 January.",
        "Over een half jaar vraag ik jullie weer.",
        "Het rooster hangt twee weken vooruit.",
        "In half a year.",
    ],
)
def test_a_day_or_an_hour_is_no_number_to_calculate_with(text: str) -> None:
    assert remarks(replace(TELLING, heard_first=text)) == ()


@pytest.mark.parametrize("part", ["heard_first", "heard_second"])
@pytest.mark.parametrize("text", ["Eén van jullie, Chantal, zei het.", "ook chantal zei het", "Dat zei Smit."])
def test_a_name_in_what_was_heard_is_pointed_at(part: str, text: str) -> None:
    [remark] = remarks(replace(TELLING, **{part: text}), ["Chantal van der Smit", "Rob de Wit", ""])
    assert (remark.part, remark.kind) == (part, "name")
    assert remark.word in ("Chantal", "Smit")


def test_a_plain_word_that_is_a_family_name_too_is_no_name() -> None:
    assert remarks(replace(TELLING, heard_first="Het wit is op, de robijn niet."), ["Rob de Wit", "J. Wit"]) == ()


def test_who_does_it_and_how_long_it_takes_may_stand_in_what_changes() -> None:
    told = replace(TELLING, change="Chantal en ik nemen elke dag tien minuten voor het rooster.")
    assert remarks(told, ["Chantal Smit"]) == ()


def test_a_word_inside_another_is_not_that_word() -> None:
    assert remarks(replace(TELLING, heard_first="De onschuldige geheimzinnige oven, en de wachtende winkel.")) == ()


def test_pointing_changes_nothing(mirrored_round: Round, house: Installation) -> None:
    told = replace(TELLING, heard_first="Een 2,5 en geen crisis.")
    assert remarks(told)
    publish(mirrored_round, told, house.clock())
    assert what_was_told(mirrored_round) == told


@pytest.mark.parametrize(("perspective", "has_word"), [("employees", True), ("bank", False)])
def test_the_mail_leads_to_the_same_link_and_named_voices_read_nothing_about_taking_part(
    mirrored_round: Round, house: Installation, perspective: str, has_word: bool
) -> None:
    for mail in db.session.scalars(db.select(OutboxMail).filter_by(kind="invitation")):
        mail.state = "sent"
    db.session.commit()
    publish(mirrored_round, TELLING, house.clock())
    invitation = invitations_of(mirrored_round.id, perspective)[0]
    [mail] = [one for one in mails(mirrored_round) if one.invitation_id == invitation.id]
    letter = letters.write(mail, house.links, house.clock())
    assert letter is not None
    assert house.links.invitation(invitation.id) in letter.text
    assert "dinsdag 19 januari" in " ".join(letter.text.split())
    assert ("Wie meedeed, weten we niet" in letter.text) is has_word
    assert TELLING.heard_first not in letter.text


def test_card_groups_get_no_mail_and_read_it_with_their_card(
    bakery: Company, karin: Account, house: Installation, clock: story.MovableClock
) -> None:
    plan = replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", cards=9),))
    round_ = rounds.prepare(bakery, karin, plan)
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    invitations.make_cards(round_, "employees", house.hasher, house.clock())
    clock.move_to(CLOSES_ON + timedelta(days=3))
    round_.closed_at = round_.counted_at = clock()
    db.session.commit()
    assert publish(round_, TELLING, house.clock()) == 0
