"""Many companies in one list: each where it stands, what is due first, and one question to the database a page."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from survey import conversation, overview, sharing, story
from survey.clock import day_of
from survey.installation import Installation
from survey.overview import FOR_A_COACH, FOR_AN_OWNER, PAGE_SIZE, Asked, Entry, Stage
from survey.sharing import Scope
from survey.store.database import db
from survey.store.people import Account, Company
from survey.store.rounds import Round, Standing, rounds_of
from tests.many_companies import KINDS, let_in, many_companies, name_of

DAY = timedelta(days=1)
MANY = 1_000


@contextmanager
def statements() -> Iterator[list[str]]:
    """Note every statement that is sent to the database."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def today(house: Installation) -> date:
    return day_of(house.clock())


@pytest.fixture
def ids(karin: Account, today: date) -> list[str]:
    return many_companies(karin, MANY, today)


@pytest.fixture
def coach(ids: list[str], today: date, house: Installation) -> Account:
    """Petra, let in by the first six hundred of them; sixty share a mirror."""
    petra = Account(email=story.PARTNER.address, name=story.PARTNER.name, confirmed_at=house.clock())
    db.session.add(petra)
    db.session.commit()
    let_in(petra, ids[:600], house.clock(), today + 30 * DAY, mirrors=60)
    return petra


def whole_list(account: Account, today: date, asked: Asked | None = None, *, as_coach: bool = False) -> list[Entry]:
    """Every page of a list, one after another."""
    asked, found = asked or Asked(), overview.clients_of if as_coach else overview.companies_of
    pages = found(account.id, asked, today).pages
    return [
        entry
        for number in range(1, pages + 1)
        for entry in found(account.id, Asked(asked.words, asked.stage, number), today).rows
    ]


def as_python_tells_it(company_id: str, house: Installation) -> Stage:
    """Where a company stands by the rules of one round, without the database's arithmetic."""
    first = (
        Standing.CLOSED,
        Standing.OPEN,
        Standing.ANNOUNCED,
        Standing.PREPARED,
        Standing.COUNTED,
        Standing.CANCELLED,
    )
    now = house.clock()
    view = min(rounds_of(company_id), key=lambda one: first.index(one.standing_at(now)), default=None)
    if view is None:
        return Stage.NONE
    standing = view.standing_at(now)
    if view.awaits_passphrase_at(now):
        return Stage.LOCKED
    if standing is not Standing.COUNTED:
        return Stage(standing.value)
    if view.opened_mirror_at is None:
        return Stage.MIRROR_READY
    talk, following = (conversation.meeting_of(view, kind) for kind in ("conversation", "next_round"))
    if not talk.called_off and talk.day >= day_of(now):
        return Stage.TALK
    return Stage.DUE if following.day <= day_of(now) else Stage.BETWEEN


def test_each_company_stands_where_its_own_page_says(
    karin: Account, ids: list[str], today: date, house: Installation
) -> None:
    found = whole_list(karin, today)
    assert sorted(entry.company_id for entry in found) == ids
    for entry in found[::7]:
        assert entry.stage is as_python_tells_it(entry.company_id, house), entry.name
    assert {entry.stage for entry in found} == set(FOR_AN_OWNER)


def test_what_is_due_comes_first(karin: Account, ids: list[str], today: date) -> None:
    found = whole_list(karin, today)
    places = [FOR_AN_OWNER.index(entry.stage) for entry in found]
    assert places == sorted(places)
    for stage in FOR_AN_OWNER:
        days = [entry.day for entry in found if entry.stage is stage and entry.day]
        assert days == sorted(days)
    names = [entry.name.lower() for entry in found if entry.stage is Stage.NONE]
    assert names == sorted(names)


def test_a_moved_conversation_and_a_moved_next_round_are_where_they_are_now(
    karin: Account, ids: list[str], today: date
) -> None:
    talk = db.session.get_one(Round, f"0{ids[KINDS.index('talk')][1:]}")
    due = db.session.get_one(Round, f"0{ids[KINDS.index('due')][1:]}")
    conversation.move(talk, "conversation", today + 9 * DAY, None)
    conversation.move(due, "next_round", today + 30 * DAY, None)
    found = {entry.company_id: entry for entry in whole_list(karin, today)}
    assert (found[talk.company_id].stage, found[talk.company_id].day) == (Stage.TALK, today + 9 * DAY)
    assert (found[due.company_id].stage, found[due.company_id].day) == (Stage.BETWEEN, today + 30 * DAY)
    conversation.call_off(talk, "conversation")
    assert overview.companies_of(karin.id, Asked(name_of(KINDS.index("talk"))), today).rows[0].stage is Stage.BETWEEN


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("café", ["Café Het Anker"]),
        ("CAFÉ anker", ["Café Het Anker"]),
        ("anker het café", ["Café Het Anker"]),
        ("éclair", ["ÉCLAIR de Paris"]),
        ("100%", ["100% Zuivel_Noord"]),
        ("l_n", ["100% Zuivel_Noord"]),
        ("0%0", []),
        ("<b>vet</b>", ["<b>Vet</b> & Zn."]),
        ("' or 1=1 --", []),
        ("bedrijf 0999", ["Bedrijf 0999"]),
    ],
)
def test_words_are_looked_for_as_they_were_typed(
    karin: Account, ids: list[str], today: date, words: str, found: list[str]
) -> None:
    assert [entry.name for entry in overview.companies_of(karin.id, Asked(words), today).rows] == found


def test_one_stage_alone_can_be_asked_for(karin: Account, ids: list[str], today: date) -> None:
    for stage in FOR_AN_OWNER:
        page = overview.companies_of(karin.id, Asked(stage=stage), today)
        # every second round that is closed waits for its passphrase
        assert page.total == MANY // (20 if stage in (Stage.CLOSED, Stage.LOCKED) else 10)
        assert {entry.stage for entry in page.rows} == {stage}


def test_a_page_that_is_not_there_gives_the_first(karin: Account, ids: list[str], today: date) -> None:
    first = overview.companies_of(karin.id, Asked(), today)
    assert (first.total, first.pages, first.first, first.last) == (MANY, MANY // PAGE_SIZE, 1, PAGE_SIZE)
    assert overview.companies_of(karin.id, Asked(page=41), today) == first
    last = overview.companies_of(karin.id, Asked(page=40), today)
    assert (last.first, last.last) == (MANY - PAGE_SIZE + 1, MANY)


@pytest.mark.parametrize("count", [1, 40, MANY])
def test_however_many_there_are_a_page_is_one_question(karin: Account, today: date, count: int) -> None:
    many_companies(karin, count, today)
    owner_id = karin.id
    with statements() as seen:
        overview.companies_of(owner_id, Asked("be"), today)
    assert sum(one.startswith("SELECT") for one in seen) == 1


def test_a_page_of_a_thousand_companies_takes_no_tenth_of_a_second(karin: Account, ids: list[str], today: date) -> None:
    overview.companies_of(karin.id, Asked(), today)
    started = time.thread_time()
    for _ in range(5):
        overview.companies_of(karin.id, Asked(), today)
    assert (time.thread_time() - started) / 5 < 0.1


def test_nobody_sees_the_companies_of_somebody_else(karin: Account, ids: list[str], noise: Round, today: date) -> None:
    stranger = overview.companies_of(noise.subject_id, Asked(), today)
    assert [entry.company_id for entry in stranger.rows] == [noise.company_id]
    assert noise.company_id not in {entry.company_id for entry in whole_list(karin, today)}
    assert overview.clients_of(karin.id, Asked(), today).rows == ()


def test_a_coach_sees_who_let_him_in_and_no_round_that_was_not_sent(
    coach: Account, ids: list[str], today: date
) -> None:
    found = whole_list(coach, today, as_coach=True)
    assert sorted(entry.company_id for entry in found) == ids[:600]
    assert {entry.stage for entry in found} == set(FOR_A_COACH) - {Stage.DATES_HIDDEN}
    places = [FOR_A_COACH.index(entry.stage) for entry in found]
    assert places == sorted(places)


def test_once_it_ended_or_was_withdrawn_the_company_is_gone(coach: Account, ids: list[str], today: date) -> None:
    assert overview.clients_of(coach.id, Asked(), today + 30 * DAY).total == 600
    assert overview.clients_of(coach.id, Asked(), today + 31 * DAY).rows == ()


def test_without_the_dates_there_is_a_name_and_nothing_else(
    bakery: Company, mirrored_round: Round, house: Installation, today: date
) -> None:
    petra = Account(email=story.PARTNER.address, name=story.PARTNER.name, confirmed_at=house.clock())
    db.session.add(petra)
    confidant = sharing.let_in(bakery, petra.name, petra.email)
    sharing.take_up(confidant, petra)
    assert overview.clients_of(petra.id, Asked(), today).rows == ()
    sharing.share_mirror(mirrored_round, confidant, Scope.SENTENCES, today, house.clock())
    [entry] = overview.clients_of(petra.id, Asked(), today).rows
    assert (entry.stage, entry.day, entry.round_id, entry.starts_at) == (Stage.DATES_HIDDEN, None, None, None)


def test_who_runs_it_goes_through_every_company(karin: Account, ids: list[str], noise: Round, today: date) -> None:
    found = [entry.company_id for entry in overview.every_company(Asked(), today)]
    assert sorted(found) == sorted([*ids, noise.company_id])
    assert [entry.name for entry in overview.every_company(Asked("anker"), today)] == ["Café Het Anker"]
