"""A round is prepared, sent, extended or cancelled; what a plan may not be is refused before anything leaves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from survey import owners, retention, rounds, story
from survey.ballots import AlreadyResponded
from survey.clock import end_of
from survey.installation import Installation
from survey.invitations import CardsAlreadyMade, make_cards
from survey.rounds import (
    SPACING,
    AddressTwice,
    CardsForNamedVoice,
    ClosesBeforeItOpens,
    ContactIsOwner,
    ExtensionRefused,
    GroupEmpty,
    GroupPlan,
    GroupTwice,
    InsiderAmongStaff,
    NobodyInvited,
    NothingToCancel,
    OwnerUnconfirmed,
    Person,
    PlanRefused,
    RoundFrozen,
    RoundPlan,
    SubjectAmongOthers,
    TooLateToSend,
    TooSoonAfterLastRound,
    TwoChannels,
    UnknownPerspective,
)
from survey.store.ballots import Box, BoxGone, Slot
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Round, Standing
from tests.bakery import CLOSES_ON, TODAY
from tests.test_ballots import MOODY, SUNNY, cast, place_of

STAFF = GroupPlan("employees", story.EMPLOYEES)


def kinds_of_mail(round_: Round) -> list[str]:
    return sorted(db.session.scalars(db.select(OutboxMail.kind).filter_by(round_id=round_.id)))


def send(round_: Round, house: Installation) -> Box:
    box = house.boxes.of(round_.id)
    subject = db.session.get_one(Account, round_.subject_id)
    rounds.send(round_, subject, box, house.settings.keys, house.clock())
    return box


def test_a_plan_that_was_written_down_is_read_back_the_same(prepared_round: Round) -> None:
    read = rounds.plan_of(prepared_round)
    planned = story.plan(CLOSES_ON)
    assert replace(read, groups=()) == replace(planned, groups=())
    assert [group.perspective for group in read.groups] == [group.perspective for group in planned.groups]
    for one, other in zip(read.groups, planned.groups, strict=True):
        assert set(one.people) == set(other.people)


def test_nothing_leaves_before_the_round_is_sent(prepared_round: Round) -> None:
    assert kinds_of_mail(prepared_round) == []


def test_preparing_again_replaces_the_list_until_it_is_sent(
    bakery: Company, karin: Account, prepared_round: Round, house: Installation
) -> None:
    plan = replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", cards=9),))
    assert rounds.prepare(bakery, karin, plan, prepared_round) is prepared_round
    assert [group.perspective for group in rounds.plan_of(prepared_round).groups] == ["employees"]
    send(prepared_round, house)
    with pytest.raises(RoundFrozen):
        rounds.prepare(bakery, karin, plan, prepared_round)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"contact": Person("Karin", "Karin+staf@bakkerijdevries.example")}, ContactIsOwner),
        ({"groups": (STAFF, GroupPlan("bank", (Person("Bram", "BRAM@bakkerijdevries.example"),)))}, AddressTwice),
        ({"groups": (GroupPlan("peer", (story.PEERS[0], story.PEERS[0])),)}, AddressTwice),
        ({"groups": (GroupPlan("employees", (story.OWNER,)),)}, SubjectAmongOthers),
        ({"groups": (GroupPlan("peer", (Person("", "karin+2@bakkerijdevries.example"),)),)}, SubjectAmongOthers),
        ({"groups": (GroupPlan("employees", (story.PARTNER,)),)}, InsiderAmongStaff),
        ({"groups": (GroupPlan("customer", (story.BANKER,)),)}, UnknownPerspective),
        ({"groups": (STAFF, GroupPlan("employees", cards=3))}, GroupTwice),
        ({"groups": (GroupPlan("employees", story.EMPLOYEES, cards=3),)}, TwoChannels),
        ({"groups": (GroupPlan("bank", cards=1),)}, CardsForNamedVoice),
        ({"groups": (GroupPlan("employees"),)}, GroupEmpty),
        ({"opens_on": CLOSES_ON + timedelta(days=1)}, ClosesBeforeItOpens),
    ],
)
def test_a_plan_that_cannot_be_a_round_is_refused_and_nothing_is_written(
    bakery: Company, karin: Account, change: dict[str, object], refusal: type[PlanRefused]
) -> None:
    plan: RoundPlan = replace(story.plan(CLOSES_ON), **change)  # type: ignore[arg-type]  # fields by name
    with pytest.raises(refusal):
        rounds.prepare(bakery, karin, plan)
    assert db.session.scalars(db.select(Round)).all() == []


def test_another_owner_is_invited_by_name_and_never_as_staff(bakery: Company, karin: Account) -> None:
    daan = Account(email="daan@bakkerijdevries.example", name="Daan de Vries")
    bakery.owners.append(daan)
    by_name = (GroupPlan("co_owner", (Person(daan.name, daan.email),)),)
    assert rounds.prepare(bakery, karin, replace(story.plan(CLOSES_ON), groups=by_name))
    with pytest.raises(InsiderAmongStaff):
        rounds.prepare(bakery, karin, replace(story.plan(CLOSES_ON), groups=(STAFF,)))


def test_the_conversation_partner_may_be_one_of_the_named_voices(bakery: Company, karin: Account) -> None:
    plan = replace(story.plan(CLOSES_ON), groups=(GroupPlan("adviser", (story.PARTNER,)),))
    assert rounds.prepare(bakery, karin, plan).groups[0].perspective == "adviser"


def test_four_employees_are_too_few_to_be_shown_and_five_are_not() -> None:
    assert not rounds.can_ever_be_shown(GroupPlan("employees", story.EMPLOYEES[:4]))
    assert rounds.can_ever_be_shown(GroupPlan("employees", cards=5))
    assert rounds.can_ever_be_shown(GroupPlan("accountant", (story.ACCOUNTANT,)))


def test_sent_twice_is_sent_once(prepared_round: Round, house: Installation) -> None:
    send(prepared_round, house)
    send(prepared_round, house)
    assert kinds_of_mail(prepared_round) == ["invitation"] * 13


def test_mail_in_somebodys_name_waits_until_he_confirmed(
    karin: Account, prepared_round: Round, house: Installation
) -> None:
    karin.confirmed_at = None
    with pytest.raises(OwnerUnconfirmed):
        send(prepared_round, house)


def test_a_round_without_groups_is_not_sent(bakery: Company, karin: Account, house: Installation) -> None:
    empty = rounds.prepare(bakery, karin, replace(story.plan(CLOSES_ON), groups=()))
    with pytest.raises(NobodyInvited):
        send(empty, house)


def test_after_the_last_day_a_round_is_no_longer_sent(
    prepared_round: Round, house: Installation, clock: story.MovableClock
) -> None:
    clock.move_to(CLOSES_ON, 23)
    assert prepared_round.standing_at(clock()) is Standing.PREPARED
    clock.move_to(CLOSES_ON + timedelta(days=1), 0)
    with pytest.raises(TooLateToSend):
        send(prepared_round, house)


class TestTheEightyDays:
    """No second release of an anonymous group within eighty days, closing date to closing date."""

    def test_a_second_round_of_the_staff_is_refused_with_the_first_possible_day(
        self, bakery: Company, karin: Account, open_round: Round
    ) -> None:
        with pytest.raises(TooSoonAfterLastRound) as refused:
            rounds.prepare(bakery, karin, story.plan(CLOSES_ON + SPACING - timedelta(days=1)))
        assert refused.value.first_possible == CLOSES_ON + SPACING
        assert rounds.prepare(bakery, karin, story.plan(CLOSES_ON + SPACING))

    def test_named_voices_may_be_asked_every_month(self, bakery: Company, karin: Account, open_round: Round) -> None:
        plan = replace(story.plan(CLOSES_ON + timedelta(days=30)), groups=(GroupPlan("bank", (story.BANKER,)),))
        assert rounds.prepare(bakery, karin, plan)

    def test_what_was_cancelled_or_never_sent_releases_nothing(
        self, bakery: Company, karin: Account, open_round: Round, house: Installation
    ) -> None:
        second = rounds.prepare(bakery, karin, story.plan(CLOSES_ON + SPACING))
        assert rounds.prepare(bakery, karin, story.plan(CLOSES_ON + SPACING + timedelta(days=1)))
        rounds.cancel(open_round, house.boxes.of(open_round.id), house.settings.keys, house.clock())
        assert rounds.prepare(bakery, karin, story.plan(CLOSES_ON + timedelta(days=20)), second)

    def test_an_extended_round_moves_the_next_one(
        self, bakery: Company, karin: Account, open_round: Round, house: Installation
    ) -> None:
        second = rounds.prepare(bakery, karin, story.plan(CLOSES_ON + SPACING))
        rounds.extend(open_round, CLOSES_ON + timedelta(days=7), house.clock())
        with pytest.raises(TooSoonAfterLastRound) as refused:
            send(second, house)
        assert refused.value.first_possible == CLOSES_ON + timedelta(days=7) + SPACING

    def test_a_round_that_is_followed_at_once_cannot_be_extended(
        self, bakery: Company, karin: Account, open_round: Round, house: Installation
    ) -> None:
        send(rounds.prepare(bakery, karin, story.plan(CLOSES_ON + SPACING)), house)
        with pytest.raises(TooSoonAfterLastRound):
            rounds.extend(open_round, CLOSES_ON + timedelta(days=7), house.clock())

    def test_the_same_company_added_a_second_time_comes_no_sooner(
        self, karin: Account, open_round: Round, house: Installation
    ) -> None:
        again = owners.add_company(karin, story.COMPANY)
        with pytest.raises(TooSoonAfterLastRound) as refused:
            rounds.prepare(again, karin, story.plan(CLOSES_ON + timedelta(days=1)))
        assert refused.value.first_possible == CLOSES_ON + SPACING

    def test_a_round_in_which_its_owner_was_mirrored_elsewhere_counts_too(
        self, karin: Account, bakery: Company, open_round: Round, house: Installation
    ) -> None:
        tom = Account(email="tom@devries-vastgoed.example", name="Tom de Vries", confirmed_at=house.clock())
        again = owners.add_company(karin, story.COMPANY)
        db.session.add(tom)
        bakery.owners[:] = [tom]
        db.session.commit()
        with pytest.raises(TooSoonAfterLastRound):
            rounds.prepare(again, karin, story.plan(CLOSES_ON + timedelta(days=1)))

    def test_two_companies_prepared_side_by_side_are_not_both_sent(
        self, karin: Account, prepared_round: Round, house: Installation
    ) -> None:
        second = rounds.prepare(owners.add_company(karin, story.COMPANY), karin, story.plan(CLOSES_ON))
        send(prepared_round, house)
        with pytest.raises(TooSoonAfterLastRound):
            send(second, house)

    def test_another_company_is_another_company(self, open_round: Round, noise: Round, house: Installation) -> None:
        send(noise, house)
        assert noise.standing_at(house.clock()) is Standing.OPEN


class TestWhoMoved:
    """How many joined or left is counted at sending; only the number is kept."""

    @pytest.fixture
    def second(self, bakery: Company, karin: Account, open_round: Round) -> Callable[[GroupPlan], Round]:
        plan = story.plan(CLOSES_ON + SPACING)

        def prepare(staff: GroupPlan) -> Round:
            return rounds.prepare(bakery, karin, replace(plan, groups=(staff, *plan.groups[1:])))

        return prepare

    def test_the_two_lists_are_compared_by_mailbox(
        self, second: Callable[[GroupPlan], Round], house: Installation
    ) -> None:
        joined = Person("Jan Bakker", "jan@bakkerijdevries.example")
        written_otherwise = replace(story.EMPLOYEES[0], address=story.EMPLOYEES[0].address.upper())
        following = second(GroupPlan("employees", (joined, written_otherwise, *story.EMPLOYEES[2:]), moved=0))
        send(following, house)
        assert following.group("employees").moved == 2  # Bram left, Jan came
        assert following.group("bank").moved is None

    def test_after_the_earlier_list_was_erased_the_owners_count_stands(
        self, second: Callable[[GroupPlan], Round], open_round: Round, house: Installation
    ) -> None:
        for invitation in invitations_of(open_round.id):
            db.session.delete(invitation)
        following = second(GroupPlan("employees", story.EMPLOYEES, moved=3))
        send(following, house)
        assert following.group("employees").moved == 3

    @pytest.mark.parametrize(("stated", "kept"), [(None, None), (0, 3), (2, 3), (5, 5)])
    def test_with_cards_the_owner_states_it_and_it_is_no_less_than_the_head_counts_differ(
        self, second: Callable[[GroupPlan], Round], house: Installation, stated: int | None, kept: int | None
    ) -> None:
        following = second(GroupPlan("employees", cards=12, moved=stated))
        send(following, house)
        assert following.group("employees").moved == kept

    def test_in_a_first_round_nobody_moved_from_anywhere(self, open_round: Round) -> None:
        assert open_round.group("employees").moved is None


@pytest.mark.parametrize("days", [0, -1, 15])
def test_an_extension_is_of_one_to_fourteen_days(open_round: Round, house: Installation, days: int) -> None:
    with pytest.raises(ExtensionRefused):
        rounds.extend(open_round, CLOSES_ON + timedelta(days=days), house.clock())


def test_one_extension_is_told_to_everybody_and_a_second_is_refused(open_round: Round, house: Installation) -> None:
    rounds.extend(open_round, CLOSES_ON + timedelta(days=14), house.clock())
    assert kinds_of_mail(open_round).count("extended") == 13
    with pytest.raises(ExtensionRefused):
        rounds.extend(open_round, CLOSES_ON + timedelta(days=15), house.clock())


def test_what_has_ended_is_not_extended(open_round: Round, house: Installation, clock: story.MovableClock) -> None:
    clock.move_to(CLOSES_ON + timedelta(days=1), 0)
    with pytest.raises(ExtensionRefused):
        rounds.extend(open_round, CLOSES_ON + timedelta(days=3), house.clock())


def test_cancelling_destroys_box_and_key_and_tells_everybody(
    open_round: Round, box: Box, staff: list[Invitation], house: Installation
) -> None:
    rounds.cancel(open_round, box, house.settings.keys, house.clock())
    rounds.cancel(open_round, box, house.settings.keys, house.clock())
    assert kinds_of_mail(open_round).count("cancelled") == 13
    assert not any(file for folder in house.settings.keys for file in folder.glob(f"*{open_round.id}*"))
    with pytest.raises(BoxGone):
        box.is_used(Slot(staff[0].id))


def test_a_closed_round_cannot_be_cancelled(open_round: Round, box: Box, house: Installation) -> None:
    after = house.clock() + (CLOSES_ON - TODAY) + timedelta(days=1)
    with pytest.raises(NothingToCancel):
        rounds.cancel(open_round, box, house.settings.keys, after)


class TestMendingAnAddress:
    """After sending the list is frozen; only an address whose mail came back can be corrected."""

    def test_an_address_that_works_stays(self, open_round: Round, staff: list[Invitation], house: Installation) -> None:
        with pytest.raises(RoundFrozen):
            rounds.mend_address(staff[0], open_round, "new@bakkerijdevries.example", house.clock())

    def test_a_bounced_address_is_mended_and_invited_again(
        self, open_round: Round, staff: list[Invitation], house: Installation
    ) -> None:
        staff[0].bounced = 1
        rounds.mend_address(staff[0], open_round, "new@bakkerijdevries.example", house.clock())
        assert (staff[0].address, staff[0].bounced) == ("new@bakkerijdevries.example", 0)
        assert kinds_of_mail(open_round).count("invitation") == 14

    def test_a_mended_address_is_nobody_elses(
        self, open_round: Round, staff: list[Invitation], house: Installation
    ) -> None:
        staff[0].bounced = 1
        with pytest.raises(AddressTwice):
            rounds.mend_address(staff[0], open_round, story.ACCOUNTANT.address.replace("@", "+1@"), house.clock())

    @pytest.mark.parametrize(
        ("address", "refusal"),
        [("Karin+9@bakkerijdevries.example", SubjectAmongOthers), (story.PARTNER.address, InsiderAmongStaff)],
    )
    def test_the_owner_and_the_partner_do_not_become_staff_by_mending(
        self,
        open_round: Round,
        staff: list[Invitation],
        house: Installation,
        address: str,
        refusal: type[Exception],
    ) -> None:
        staff[0].bounced = 1
        with pytest.raises(refusal):
            rounds.mend_address(staff[0], open_round, address, house.clock())


def test_who_came_in_is_told_of_named_voices_only(
    open_round: Round, box: Box, staff: list[Invitation], house: Installation
) -> None:
    seen = rounds.named_voices_in(open_round, box)
    named = {one.id for one in invitations_of(open_round.id)} - {one.id for one in staff}
    assert seen == dict.fromkeys(named, False)
    rounds.cancel(open_round, box, house.settings.keys, house.clock())
    assert rounds.named_voices_in(open_round, box) == {}


def test_cards_are_made_once_and_one_per_head(bakery: Company, karin: Account, house: Installation) -> None:
    plan = replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", cards=9),))
    round_ = rounds.prepare(bakery, karin, plan)
    send(round_, house)
    codes = make_cards(round_, "employees", house.hasher, house.clock())
    assert len(set(codes)) == 9
    assert codes == sorted(codes)
    with pytest.raises(CardsAlreadyMade):
        make_cards(round_, "employees", house.hasher, house.clock())


def test_a_revoked_link_lets_nothing_in_and_nobody_learns_whether_it_was_used(
    open_round: Round, box: Box, staff: list[Invitation], house: Installation
) -> None:
    cast(house, open_round, place_of(staff[0]), SUNNY)
    for invitation in staff[:2]:
        rounds.revoke(invitation, open_round, box, house.clock())
        assert invitation.revoked
        assert box.is_used(Slot(invitation.id))
        with pytest.raises(AlreadyResponded):
            cast(house, open_round, place_of(invitation), MOODY)
    assert len(box.sealed_ballots()) == 1
    assert open_round.group("employees").head_count == box.head_counts()["employees"] == 9


def test_a_revoked_link_does_not_count_as_taking_part(
    open_round: Round, box: Box, staff: list[Invitation], house: Installation
) -> None:
    for invitation in staff[:4]:
        cast(house, open_round, place_of(invitation), SUNNY)
    rounds.revoke(staff[4], open_round, box, house.clock())
    rounds.look_at_participation(open_round, box)
    assert not open_round.group("employees").enough


def test_nothing_is_revoked_before_sending_or_after_the_close(
    prepared_round: Round, house: Installation, clock: story.MovableClock
) -> None:
    box, [first, *_] = house.boxes.of(prepared_round.id), invitations_of(prepared_round.id)
    with pytest.raises(RoundFrozen):
        rounds.revoke(first, prepared_round, box, clock())
    send(prepared_round, house)
    clock.move_to(CLOSES_ON + timedelta(days=1), 0)
    with pytest.raises(RoundFrozen):
        rounds.revoke(first, prepared_round, box, clock())


def test_a_closed_round_whose_key_is_lost_can_still_be_cancelled(
    open_round: Round, box: Box, house: Installation, clock: story.MovableClock
) -> None:
    clock.move_to(CLOSES_ON + timedelta(days=1), 0)
    with pytest.raises(NothingToCancel):
        rounds.cancel(open_round, box, house.settings.keys, clock())
    (house.settings.keys[0] / f"{open_round.id}.key").unlink()
    rounds.cancel(open_round, box, house.settings.keys, clock())
    assert not box.exists()


def test_of_a_group_under_eight_nothing_is_latched(
    bakery: Company, karin: Account, house: Installation, clock: story.MovableClock
) -> None:
    seven = GroupPlan("employees", story.EMPLOYEES[:7])
    small = rounds.prepare(bakery, karin, replace(story.plan(CLOSES_ON), groups=(seven,)))
    box = send(small, house)
    for invitation in invitations_of(small.id):
        cast(house, small, place_of(invitation), SUNNY)
    rounds.look_at_participation(small, box)
    assert not small.group("employees").enough


def test_of_eight_or_more_it_is_latched_whether_enough_came_in(
    open_round: Round, box: Box, staff: list[Invitation], house: Installation
) -> None:
    for enough, invitation in zip((0, 0, 0, 0, 1), staff, strict=False):
        cast(house, open_round, place_of(invitation), SUNNY)
        rounds.look_at_participation(open_round, box)
        assert open_round.group("employees").enough == enough


def test_a_list_that_was_erased_before_it_was_sent_is_no_pile_of_cards(
    prepared_round: Round, house: Installation
) -> None:
    retention.erase_due(house.settings.kept_mails, end_of(prepared_round.erased_on))
    assert [(group.people, group.cards) for group in rounds.plan_of(prepared_round).groups] == [((), 0)] * 4


def test_a_tag_that_another_round_has_is_drawn_again(
    prepared_round: Round, bakery: Company, karin: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the round in every receipt; among a thousand companies a draw hits a taken one now and then."""
    draws = iter([prepared_round.tag, prepared_round.tag, "ZZZZ"])
    monkeypatch.setattr("survey.store.rounds.crockford", lambda _length: next(draws))
    later = Round(**{name: getattr(prepared_round, name) for name in COPIED}, company_id=bakery.id)
    db.session.add(later)
    db.session.commit()
    assert later.tag == "ZZZZ"


COPIED = (
    "subject_id", "subject_name", "questionnaire", "language", "opens_on", "closes_on", "partner_name",
    "partner_address", "conversation_on", "contact_name", "contact_address",
)  # fmt: skip
