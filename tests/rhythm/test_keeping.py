"""A rhythm keeps itself: the owner hears of it a week ahead, the list opens, is reminded of, closes and is counted."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from survey import address_book, letters, locking, overview, rhythm, rounds, story
from survey.clock import at_hour, day_of
from survey.installation import Installation, installation
from survey.opening_days import is_opening_day
from survey.rhythm import Held
from survey.rounds import SPACING, Person
from survey.store.address_books import AddressBook
from survey.store.database import db
from survey.store.keys import kept_keys
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, invitations_of
from survey.store.rhythms import Rhythm
from survey.store.rounds import Round, Standing, rounds_of
from survey.turns import Every
from tests.bakery import CLOSES_ON
from tests.rhythm.conftest import OPENS_AGAIN, Live

DAY = timedelta(days=1)
TOLD_ON = OPENS_AGAIN - rhythm.LEAD
PASSPHRASE = "een lange zin voor aan tafel"


def of_rhythm(company: Company) -> list[Round]:
    """Return the rounds that the rhythm prepared, first to last."""
    return sorted((one for one in rounds_of(company.id) if one.turn), key=lambda one: one.opens_on)


def to_owner(kind: str) -> list[OutboxMail]:
    return list(db.session.scalars(db.select(OutboxMail).filter_by(kind=kind)))


def test_a_week_ahead_at_nine_it_is_prepared_and_the_owner_is_told_once(
    bakery: Company, quarterly: Rhythm, live_until: Live
) -> None:
    live_until(TOLD_ON, 8)
    assert of_rhythm(bakery) == []
    live_until(TOLD_ON, 9)
    live_until(TOLD_ON + 3 * DAY)
    [prepared] = of_rhythm(bakery)
    assert (prepared.opens_on, prepared.sent_at) == (OPENS_AGAIN, None)
    assert prepared.closes_on - prepared.opens_on == timedelta(days=20)  # eighteen days would end on a Saturday
    assert len(to_owner("rhythm_prepared")) == 1


def test_it_repeats_partner_contact_and_language_and_asks_who_stands_in_the_address_book(
    bakery: Company, karin: Account, quarterly: Rhythm, book: AddressBook, live_until: Live
) -> None:
    lists = address_book.lists_of(book)
    newcomer = Person("Youssef Amrani", "youssef@bakkerijdevries.example")
    address_book.keep(bakery, karin, {**lists, "employees": (*lists["employees"][1:], newcomer)})
    live_until(TOLD_ON)
    [prepared] = of_rhythm(bakery)
    plan = rounds.plan_of(prepared)
    first = story.plan(CLOSES_ON)
    assert (plan.partner, plan.contact, plan.language) == (first.partner, first.contact, first.language)
    assert newcomer in plan.groups[0].people
    assert {group.perspective for group in plan.groups} == {"employees", "accountant", "bank", "peer"}
    assert plan.closes_on < plan.conversation_on


def test_at_seven_on_its_day_it_opens_by_itself_with_a_new_key_and_everybody_is_invited(
    bakery: Company, quarterly: Rhythm, open_round: Round, house: Installation, live_until: Live
) -> None:
    first_key = open_round.public_key
    live_until(OPENS_AGAIN, 6)
    assert of_rhythm(bakery)[0].sent_at is None
    live_until(OPENS_AGAIN, 7)
    [opened] = of_rhythm(bakery)
    assert opened.sent_at == at_hour(OPENS_AGAIN, 7)
    assert opened.public_key not in (None, first_key)
    assert kept_keys(house.settings.keys) == [opened.id]
    mails = db.session.scalars(db.select(OutboxMail).filter_by(round_id=opened.id, kind="invitation"))
    assert {mail.due_at for mail in mails} == {opened.sent_at}
    assert house.boxes.of(opened.id).head_counts() == {"employees": 9, "accountant": 1, "bank": 1, "peer": 2}
    live_until(OPENS_AGAIN, 9)
    assert len(to_owner("rhythm_opened")) == 1


def test_two_reminders_go_to_every_group_that_has_mail_and_no_third(
    bakery: Company, quarterly: Rhythm, live_until: Live
) -> None:
    live_until(OPENS_AGAIN)
    [opened] = of_rhythm(bakery)
    live_until(opened.closes_on)
    mails = db.session.scalars(db.select(OutboxMail).where(OutboxMail.kind.startswith("reminder")))
    days = Counter((mail.kind, day_of(mail.due_at)) for mail in mails if mail.round_id == opened.id)
    assert days == {("reminder_1", date(2027, 2, 9)): 13, ("reminder_2", date(2027, 2, 19)): 13}


def test_a_year_of_rhythm_is_four_lists_closed_and_counted_eighty_days_apart(
    bakery: Company, quarterly: Rhythm, live_until: Live
) -> None:
    live_until(date(2028, 3, 1))
    lists = of_rhythm(bakery)
    assert [one.opens_on for one in lists] == [
        date(2027, 2, 2),
        date(2027, 5, 3),  # 2 May is a Sunday
        date(2027, 8, 2),
        date(2027, 11, 2),
        date(2028, 2, 2),
    ]
    assert [bool(one.counted_at) for one in lists] == [True, True, True, True, True]
    for before, after in pairwise([rounds_of(bakery.id)[-1], *lists]):
        assert after.closes_on - before.closes_on >= SPACING
        assert is_opening_day(after.opens_on)
        assert is_opening_day(after.closes_on)


def test_a_round_that_was_extended_moves_the_next_one(bakery: Company, quarterly: Rhythm, live_until: Live) -> None:
    live_until(OPENS_AGAIN)
    [opened] = of_rhythm(bakery)
    rounds.extend(opened, opened.closes_on + 14 * DAY, at_hour(OPENS_AGAIN, 12))
    live_until(date(2027, 5, 20))
    assert of_rhythm(bakery)[1].closes_on - of_rhythm(bakery)[0].closes_on == SPACING


@pytest.mark.parametrize(
    ("wakes", "opens"),
    [
        (TOLD_ON + DAY, OPENS_AGAIN + DAY),
        (TOLD_ON + 4 * DAY, OPENS_AGAIN + 6 * DAY),  # Saturday: prepared on Monday for the Monday after
        (TOLD_ON + 7 * DAY, OPENS_AGAIN + 7 * DAY),
        (TOLD_ON + 60 * DAY, date(2027, 4, 5)),
    ],
)
def test_a_worker_that_comes_late_still_gives_the_owner_his_week(
    bakery: Company, quarterly: Rhythm, live_until: Live, wakes: date, opens: date
) -> None:
    live_until(CLOSES_ON + DAY)
    live_until(wakes, 10, asleep=True)
    live_until(opens + DAY, 6)
    [only] = of_rhythm(bakery)
    assert only.opens_on == opens
    assert only.sent_at == at_hour(opens, 7)
    assert only.closes_on - only.opens_on >= timedelta(days=18)


def test_a_worker_that_slept_over_the_opening_opens_it_once_and_for_its_full_length(
    bakery: Company, quarterly: Rhythm, house: Installation, live_until: Live
) -> None:
    live_until(OPENS_AGAIN - DAY)
    [prepared] = of_rhythm(bakery)
    planned, conversation_on = prepared.closes_on - prepared.opens_on, prepared.conversation_on
    live_until(OPENS_AGAIN + 7 * DAY, 3, asleep=True)
    assert of_rhythm(bakery)[0].sent_at is None  # not at three in the night
    live_until(OPENS_AGAIN + 7 * DAY, 7)
    live_until(OPENS_AGAIN + 8 * DAY)
    [opened] = of_rhythm(bakery)
    assert opened.opens_on == OPENS_AGAIN + 7 * DAY
    assert opened.closes_on - opened.opens_on >= planned
    assert opened.conversation_on > max(conversation_on, opened.closes_on)
    assert len(to_owner("rhythm_opened")) == 1
    assert len(invitations_of(opened.id)) == 13


def test_a_worker_that_wakes_on_a_saturday_opens_on_monday(
    bakery: Company, quarterly: Rhythm, live_until: Live
) -> None:
    live_until(OPENS_AGAIN - DAY)
    live_until(OPENS_AGAIN + 4 * DAY, 12, asleep=True)
    live_until(OPENS_AGAIN + 6 * DAY)
    [opened] = of_rhythm(bakery)
    assert opened.sent_at == at_hour(OPENS_AGAIN + 6 * DAY, 7)


def test_a_worker_that_slept_through_both_reminders_sends_one(
    bakery: Company, quarterly: Rhythm, live_until: Live
) -> None:
    live_until(OPENS_AGAIN)
    [opened] = of_rhythm(bakery)
    live_until(opened.closes_on, 10, asleep=True)
    live_until(opened.closes_on, 23)
    assert {group.reminders for group in opened.groups} == {1}


@pytest.mark.parametrize("jump", [timedelta(hours=-30), timedelta(days=-3), timedelta(days=3), timedelta(days=40)])
def test_a_clock_that_jumps_prepares_opens_and_tells_once(
    bakery: Company, quarterly: Rhythm, live_until: Live, clock: story.MovableClock, jump: timedelta
) -> None:
    live_until(TOLD_ON)
    right = clock()
    clock.moment += jump
    live_until(day_of(clock()))
    clock.moment = right
    live_until(OPENS_AGAIN + DAY)
    for_this_turn = [one for one in of_rhythm(bakery) if one.turn == OPENS_AGAIN]
    assert len(for_this_turn) == 1
    assert len(to_owner("rhythm_prepared")) == 1
    assert len(to_owner("rhythm_opened")) <= 1
    assert len(invitations_of(for_this_turn[0].id)) == 13


def test_after_a_clock_that_stood_a_year_ahead_the_rhythm_is_looked_at_again(
    bakery: Company, quarterly: Rhythm, live_until: Live
) -> None:
    quarterly.quiet_until = date(2028, 1, 1)
    live_until(TOLD_ON)
    assert len(of_rhythm(bakery)) == 1


@pytest.mark.parametrize("opens", [date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29)])
def test_seven_oclock_is_seven_oclock_also_around_the_nights_that_the_clock_is_moved(
    bakery: Company, quarterly: Rhythm, live_until: Live, clock: story.MovableClock, opens: date
) -> None:
    day = opens if is_opening_day(opens) else date(opens.year, opens.month, opens.day) + 2 * DAY
    day = rhythm_day(day)
    clock.move_to(day - 10 * DAY)
    rhythm.move(quarterly, day, clock())
    live_until(day, 6)
    assert of_rhythm(bakery)[0].sent_at is None
    live_until(day, 7)
    assert of_rhythm(bakery)[0].sent_at == at_hour(day, 7)


def rhythm_day(day: date) -> date:
    while not is_opening_day(day):
        day += DAY
    return day


def test_a_round_sent_by_hand_shortly_before_takes_the_place_of_the_turn(
    bakery: Company, karin: Account, quarterly: Rhythm, house: Installation, live_until: Live, clock: story.MovableClock
) -> None:
    live_until(date(2027, 1, 18))
    by_hand = replace(
        story.plan(CLOSES_ON + 83 * DAY), opens_on=date(2027, 1, 20), conversation_on=CLOSES_ON + 90 * DAY
    )
    round_ = rounds.prepare(bakery, karin, by_hand)
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, clock())
    live_until(date(2027, 4, 20))
    assert of_rhythm(bakery) == []
    live_until(date(2027, 5, 4))
    assert [one.turn for one in of_rhythm(bakery)] == [date(2027, 5, 2)]


def test_while_another_round_waits_the_rhythm_waits_and_says_so_once(
    bakery: Company, karin: Account, quarterly: Rhythm, house: Installation, live_until: Live
) -> None:
    live_until(TOLD_ON - 2 * DAY)
    waiting = rounds.prepare(bakery, karin, story.plan(date(2027, 3, 20)))
    live_until(TOLD_ON + 5 * DAY)
    assert quarterly.held == Held.OTHER_WAITS.value
    assert len(to_owner("rhythm_held")) == 1
    rounds.cancel(waiting, house.boxes.of(waiting.id), house.settings.keys, house.clock())
    live_until(TOLD_ON + 30 * DAY)
    assert quarterly.held is None
    assert len(of_rhythm(bakery)) == 1


def test_an_empty_address_book_is_told_once_and_mended_it_goes_on(
    bakery: Company, karin: Account, quarterly: Rhythm, book: AddressBook, live_until: Live
) -> None:
    lists = address_book.lists_of(book)
    address_book.keep(bakery, karin, {})
    live_until(TOLD_ON + DAY)
    assert (quarterly.held, len(to_owner("rhythm_held"))) == (Held.NOBODY.value, 1)
    address_book.keep(bakery, karin, lists)
    live_until(TOLD_ON + 3 * DAY)
    assert quarterly.held is None
    assert len(of_rhythm(bakery)) == 1


def test_who_became_an_owner_meanwhile_cannot_answer_as_staff_and_nothing_is_sent(
    bakery: Company, quarterly: Rhythm, live_until: Live, clock: story.MovableClock
) -> None:
    newcomer = Account(email=story.EMPLOYEES[0].address, name="Nieuwe eigenaar", confirmed_at=clock())
    bakery.owners.append(newcomer)
    db.session.commit()
    live_until(OPENS_AGAIN + DAY)
    assert quarterly.held == Held.LIST_REFUSED.value
    assert of_rhythm(bakery) == []


def test_a_round_of_a_company_in_strict_mode_does_not_open_before_it_is_locked(
    bakery: Company, quarterly: Rhythm, open_round: Round, house: Installation, live_until: Live
) -> None:
    open_round.strict = True
    live_until(OPENS_AGAIN + 6 * DAY)
    [prepared] = of_rhythm(bakery)
    [asked] = to_owner("lock_asked")
    assert asked.address == prepared.partner_address
    assert len(to_owner("rhythm_held")) == 1
    assert (prepared.sent_at, quarterly.held) == (None, Held.NOT_LOCKED.value)
    locking.lock(prepared, PASSPHRASE, house.settings.keys)
    live_until(OPENS_AGAIN + 8 * DAY)
    [opened] = of_rhythm(bakery)
    assert opened.opens_on == OPENS_AGAIN + 7 * DAY
    assert opened.closes_on - opened.opens_on >= timedelta(days=18)
    live_until(opened.closes_on + 2 * DAY)
    assert opened.standing_at(house.clock()) is Standing.CLOSED  # counted when the passphrase is typed again


def test_how_many_joined_or_left_is_known_though_the_earlier_list_was_erased(
    bakery: Company, karin: Account, quarterly: Rhythm, book: AddressBook, open_round: Round, live_until: Live
) -> None:
    live_until(open_round.erased_on + DAY)
    assert invitations_of(open_round.id) == []
    lists = address_book.lists_of(book)
    address_book.keep(bakery, karin, {**lists, "employees": lists["employees"][2:]})
    live_until(OPENS_AGAIN)
    assert of_rhythm(bakery)[0].group("employees").moved == 2


def test_nothing_is_lost_or_done_twice_when_it_is_killed_between_its_steps(
    bakery: Company, quarterly: Rhythm, house: Installation, live_until: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_until(TOLD_ON, 8)
    tell = rhythm.keeping._tell_once

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("survey.rhythm.keeping._tell_once", killed)
    with pytest.raises(KeyboardInterrupt):
        live_until(TOLD_ON, 9)
    db.session.rollback()
    monkeypatch.setattr("survey.rhythm.keeping._tell_once", tell)
    live_until(TOLD_ON, 12)
    assert len(of_rhythm(bakery)) == len(to_owner("rhythm_prepared")) == 1


def test_every_month_asks_only_who_answers_by_name(
    bakery: Company, karin: Account, quarterly: Rhythm, clock: story.MovableClock, live_until: Live
) -> None:
    rhythm.switch_on(bakery, karin, "mirror", Every.MONTH, clock())
    live_until(date(2026, 11, 25), 10)
    [prepared] = of_rhythm(bakery)
    assert [group.perspective for group in prepared.groups] == ["accountant", "bank", "peer"]
    assert prepared.opens_on == date(2026, 12, 2)


@pytest.mark.parametrize("kind", ["rhythm_prepared", "rhythm_opened", "rhythm_held"])
def test_a_mail_that_has_become_pointless_is_not_sent(
    bakery: Company, quarterly: Rhythm, house: Installation, live_until: Live, kind: str
) -> None:
    live_until({"rhythm_prepared": TOLD_ON, "rhythm_opened": OPENS_AGAIN}.get(kind, TOLD_ON))
    [round_] = of_rhythm(bakery)
    if kind == "rhythm_held":
        quarterly.held = Held.NOBODY.value
    mail = OutboxMail(kind=kind, address="karin@bakkerijdevries.example", due_at=house.clock())
    mail.round_id, mail.content = (None, {"round_id": round_.id}) if kind == "rhythm_held" else (round_.id, None)
    letter = letters.write(mail, house.links, house.clock())
    assert letter is not None
    assert f"/bedrijf/{bakery.id}" in letter.text
    quarterly.held = None
    rounds.cancel(round_, house.boxes.of(round_.id), house.settings.keys, house.clock())
    assert letters.write(mail, house.links, house.clock()) is None


def test_a_company_with_a_rhythm_is_never_called_due_for_a_round(
    bakery: Company, karin: Account, quarterly: Rhythm, open_round: Round, clock: story.MovableClock
) -> None:
    open_round.closed_at = open_round.counted_at = open_round.opened_mirror_at = clock()
    quarterly.every = Every.YEAR.value
    asked, later = overview.Asked(), date(2027, 6, 1)
    [row] = overview.companies_of(karin.id, asked, later).rows
    assert (row.stage, row.day) == (overview.Stage.BETWEEN, None)
    rhythm.stop(quarterly, installation(), clock())
    [row] = overview.companies_of(karin.id, asked, later).rows
    assert row.stage is overview.Stage.DUE


def test_a_worker_that_slept_for_a_hundred_days_at_night_has_lost_nobody_of_a_prepared_round(
    bakery: Company, quarterly: Rhythm, live_until: Live
) -> None:
    live_until(OPENS_AGAIN - DAY)
    wakes = OPENS_AGAIN + 100 * DAY
    live_until(wakes, 3, asleep=True)
    live_until(wakes, 7)
    [opened] = of_rhythm(bakery)
    assert opened.sent_at == at_hour(wakes, 7)
    assert len(invitations_of(opened.id)) == 13


def test_a_round_that_waits_for_its_passphrase_for_months_keeps_its_people(
    bakery: Company, quarterly: Rhythm, open_round: Round, house: Installation, live_until: Live
) -> None:
    open_round.strict = True
    live_until(OPENS_AGAIN)
    for weeks in (4, 8, 12, 16):
        live_until(OPENS_AGAIN + 7 * weeks * DAY, 3, asleep=True)
    [prepared] = of_rhythm(bakery)
    assert prepared.sent_at is None
    assert len(invitations_of(prepared.id)) == 13
