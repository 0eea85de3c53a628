"""Sharing: nobody sees anything until the owner says so, nobody more than that, and nothing once it is withdrawn."""

from datetime import date, datetime, timedelta

import pytest

from survey import overview, owners, sharing, story
from survey.clock import day_of
from survey.installation import Installation
from survey.mirror import open_mirror
from survey.overview import Asked, Entry, Stage
from survey.sharing import (
    EndsTooLate,
    NoLongerShared,
    OfferForSomebodyElse,
    OfferVoid,
    Scope,
    WordsForPartnerOnly,
)
from survey.store.database import db
from survey.store.grants import Confidant, standing_mirror
from survey.store.people import Account, Company
from survey.store.rounds import Round

DAY = timedelta(days=1)
QUARTER = sharing.USUAL_TIME


@pytest.fixture
def petra(house: Installation) -> Account:
    """The conversation partner, with an account."""
    account = Account(email=story.PARTNER.address, name=story.PARTNER.name, confirmed_at=house.clock())
    db.session.add(account)
    db.session.commit()
    return account


@pytest.fixture
def coach(bakery: Company, petra: Account) -> Confidant:
    """Petra as a confidant of the bakery, who answered the mail; nothing is granted yet."""
    found = sharing.let_in(bakery, story.PARTNER.name, story.PARTNER.address)
    sharing.take_up(found, petra)
    return found


@pytest.fixture
def rob(bakery: Company) -> Confidant:
    """The accountant as a confidant."""
    return sharing.let_in(bakery, story.ACCOUNTANT.name, story.ACCOUNTANT.address)


def today(house: Installation) -> date:
    return day_of(house.clock())


def clients_of(account: Account, house: Installation) -> tuple[Entry, ...]:
    return overview.clients_of(account.id, Asked(), today(house)).rows


def test_naming_the_conversation_partner_grants_nothing(
    mirrored_round: Round, coach: Confidant, petra: Account, house: Installation
) -> None:
    assert mirrored_round.partner_address == petra.email
    assert sharing.shared_with(petra.id, mirrored_round.id, house.clock()) is None
    assert clients_of(petra, house) == ()


def test_a_mirror_may_be_given_beforehand_and_opens_when_the_owner_has_opened_it(
    mirrored_round: Round, coach: Confidant, petra: Account, house: Installation
) -> None:
    sharing.share_mirror(mirrored_round, coach, Scope.WORDS, today(house) + QUARTER, house.clock())
    shared = sharing.shared_with(petra.id, mirrored_round.id, house.clock())
    assert shared is not None
    assert not shared.is_open
    open_mirror(mirrored_round, house.clock())
    assert shared.is_open
    assert shared.with_words


def test_nothing_is_seen_of_a_round_that_runs(
    open_round: Round, coach: Confidant, petra: Account, house: Installation
) -> None:
    sharing.share_mirror(open_round, coach, Scope.MIRROR, today(house) + QUARTER, house.clock())
    shared = sharing.shared_with(petra.id, open_round.id, house.clock())
    assert shared is not None
    assert not shared.is_open


def test_own_words_go_to_the_named_conversation_partner_only(
    mirrored_round: Round, rob: Confidant, house: Installation
) -> None:
    with pytest.raises(WordsForPartnerOnly):
        sharing.share_mirror(mirrored_round, rob, Scope.WORDS, today(house) + QUARTER, house.clock())
    assert standing_mirror(rob.id, mirrored_round.id) is None


def test_own_words_end_when_somebody_else_becomes_the_conversation_partner(
    mirrored_round: Round, coach: Confidant, petra: Account, house: Installation
) -> None:
    sharing.share_mirror(mirrored_round, coach, Scope.WORDS, today(house) + QUARTER, house.clock())
    mirrored_round.partner_address = "another@coach.example"
    db.session.commit()
    shared = sharing.shared_with(petra.id, mirrored_round.id, house.clock())
    assert shared is not None
    assert not shared.with_words
    assert shared.is_whole


def test_a_mirror_grant_is_of_one_mirror(
    mirrored_round: Round, noise: Round, coach: Confidant, petra: Account, house: Installation
) -> None:
    sharing.share_mirror(mirrored_round, coach, Scope.MIRROR, today(house) + QUARTER, house.clock())
    assert sharing.shared_with(petra.id, noise.id, house.clock()) is None
    [client] = clients_of(petra, house)
    assert client.stage is Stage.DATES_HIDDEN


def test_what_is_shared_with_one_is_shared_with_nobody_else(
    mirrored_round: Round, coach: Confidant, petra: Account, karin: Account, house: Installation
) -> None:
    sharing.share_mirror(mirrored_round, coach, Scope.MIRROR, today(house) + QUARTER, house.clock())
    assert sharing.shared_with(petra.id, mirrored_round.id, house.clock()) is not None
    assert sharing.shared_with(karin.id, mirrored_round.id, house.clock()) is None


def test_dates_and_status_are_another_grant_than_the_mirror(
    mirrored_round: Round, coach: Confidant, petra: Account, house: Installation
) -> None:
    sharing.share_relation(coach, today(house) + QUARTER, house.clock())
    [client] = clients_of(petra, house)
    assert client.stage is not Stage.DATES_HIDDEN
    assert sharing.mirrors_shared_with(petra.id, [client.company_id], house.clock()) == {}
    assert sharing.shared_with(petra.id, mirrored_round.id, house.clock()) is None


def test_each_grant_is_revoked_by_itself_and_at_once(
    mirrored_round: Round, coach: Confidant, petra: Account, house: Installation
) -> None:
    relation = sharing.share_relation(coach, today(house) + QUARTER, house.clock())
    mirror = sharing.share_mirror(mirrored_round, coach, Scope.MIRROR, today(house) + QUARTER, house.clock())
    sharing.revoke(mirror, house.clock())
    with pytest.raises(NoLongerShared) as ended:
        sharing.shared_with(petra.id, mirrored_round.id, house.clock())
    assert ended.value.ended_on == today(house)
    [client] = clients_of(petra, house)
    assert sharing.mirrors_shared_with(petra.id, [client.company_id], house.clock()) == {}
    sharing.revoke(relation, house.clock())
    assert clients_of(petra, house) == ()


def test_a_grant_ends_by_itself_after_its_last_day(
    mirrored_round: Round, coach: Confidant, petra: Account, house: Installation, clock: story.MovableClock
) -> None:
    last = today(house) + 7 * DAY
    sharing.share_mirror(mirrored_round, coach, Scope.SENTENCES, last, house.clock())
    clock.move_to(last)
    assert sharing.shared_with(petra.id, mirrored_round.id, house.clock()) is not None
    clock.move_to(last + DAY)
    with pytest.raises(NoLongerShared) as ended:
        sharing.shared_with(petra.id, mirrored_round.id, house.clock())
    assert ended.value.ended_on == last + DAY


@pytest.mark.parametrize("away", [-DAY, 2 * 366 * DAY])
def test_no_grant_is_for_ever(mirrored_round: Round, coach: Confidant, house: Installation, away: timedelta) -> None:
    with pytest.raises(EndsTooLate):
        sharing.share_mirror(mirrored_round, coach, Scope.SENTENCES, today(house) + away, house.clock())
    with pytest.raises(EndsTooLate):
        sharing.share_relation(coach, today(house) + away, house.clock())


def test_another_scope_ends_the_one_that_stood(
    mirrored_round: Round, coach: Confidant, petra: Account, house: Installation, clock: story.MovableClock
) -> None:
    sharing.share_mirror(mirrored_round, coach, Scope.WORDS, today(house) + QUARTER, house.clock())
    clock.move_to(today(house) + DAY)
    sharing.share_mirror(mirrored_round, coach, Scope.SENTENCES, today(house) + QUARTER, house.clock())
    shared = sharing.shared_with(petra.id, mirrored_round.id, house.clock())
    assert shared is not None
    assert shared.scope is Scope.SENTENCES
    happened = [(one.kind, one.what) for one in sharing.what_happened(mirrored_round, house.clock())]
    assert sorted(happened) == [("given", "sentences"), ("given", "words"), ("revoked", "words")]


def test_the_owner_sees_who_opened_what_on_which_day_and_no_more(
    mirrored_round: Round, coach: Confidant, petra: Account, house: Installation
) -> None:
    sharing.share_mirror(mirrored_round, coach, Scope.MIRROR, today(house) + QUARTER, house.clock())
    for _ in range(2):
        shared = sharing.shared_with(petra.id, mirrored_round.id, house.clock())
        assert shared is not None
        sharing.write_down_view(shared, "mirror", house.clock())
    opened = [one for one in sharing.what_happened(mirrored_round, house.clock()) if one.kind == "opened"]
    assert opened == [sharing.Event(today(house), "Petra Visser", "mirror", "opened", coach.id)]
    assert not isinstance(opened[0].day, datetime)


def test_the_conversation_partner_is_proposed_first_and_nobody_anonymous_is(open_round: Round) -> None:
    people = sharing.people_around(open_round)
    assert (people[0].name, people[0].role) == ("Petra Visser", "partner")
    assert [one.name for one in people[1:]] == ["Rob de Wit", "Joost Meijer", "Anneke Postma", "Willem van Dam"]
    assert not {one.address for one in people} & {person.address for person in story.EMPLOYEES}


def test_the_link_in_the_mail_fits_one_address(
    mirrored_round: Round, rob: Confidant, petra: Account, house: Installation
) -> None:
    sharing.share_mirror(mirrored_round, rob, Scope.SENTENCES, today(house) + QUARTER, house.clock())
    found = sharing.read_offer(house.hasher, sharing.offer(house.hasher, rob), house.clock())
    with pytest.raises(OfferForSomebodyElse):
        sharing.take_up(found, petra)
    assert rob.account_id is None


def test_a_link_is_worth_nothing_when_nothing_is_shared(rob: Confidant, house: Installation) -> None:
    with pytest.raises(OfferVoid):
        sharing.read_offer(house.hasher, sharing.offer(house.hasher, rob), house.clock())


def test_a_link_of_another_kind_lets_nobody_in(
    mirrored_round: Round, rob: Confidant, karin: Account, bakery: Company, house: Installation
) -> None:
    sharing.share_mirror(mirrored_round, rob, Scope.SENTENCES, today(house) + QUARTER, house.clock())
    foreign = owners.ask(house.hasher, bakery, karin, rob.address)
    for token in (foreign, "x", sharing.offer(house.hasher, rob)[:-2]):
        with pytest.raises(OfferVoid):
            sharing.read_offer(house.hasher, token, house.clock())


def test_who_deletes_his_account_sees_nothing_any_more(
    mirrored_round: Round, coach: Confidant, petra: Account, house: Installation
) -> None:
    sharing.share_mirror(mirrored_round, coach, Scope.MIRROR, today(house) + QUARTER, house.clock())
    before = petra.id
    db.session.delete(petra)
    db.session.commit()
    db.session.expire_all()
    assert coach.account_id is None
    assert sharing.shared_with(before, mirrored_round.id, house.clock()) is None
