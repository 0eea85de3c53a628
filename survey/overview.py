"""Many companies in one list: where each stands and what is due first; searched, narrowed down and cut into pages.

Every page is one question to the database, however many companies there are. It must not know how a round is going:
dates and stages are all there is to see here, and never an answer, a group or a number of people.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum
from math import ceil
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    Date,
    RowMapping,
    Select,
    SQLColumnExpression,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from survey.conversation.meetings import USUAL_PAUSE
from survey.store.conversations import Appointment
from survey.store.database import DaysAfter, db
from survey.store.grants import Confidant, MirrorGrant, RelationGrant
from survey.store.people import Company, Ownership
from survey.store.rhythms import Rhythm
from survey.store.rounds import Round

PAGE_SIZE: Final = 25
LONGEST_SEARCH: Final = 120
"""As long as a company's name may be; what is typed beyond it is not looked for."""


class Stage(StrEnum):
    """Where a company stands with the round that asks for attention."""

    MIRROR_READY = "mirror_ready"
    """Counted, and its owner has not opened it; only owners see this stage."""
    TALK = "talk"
    """Counted, and the conversation is today or later."""
    DUE = "due"
    """The day for a next round has come."""
    PREPARED = "prepared"
    LOCKED = "locked"
    """Closed, and waiting for the passphrase of its conversation partner."""
    CLOSED = "closed"
    OPEN = "open"
    ANNOUNCED = "announced"
    BETWEEN = "between"
    """Counted and talked about; the next round is later."""
    NONE = "none"
    """No round yet."""
    CANCELLED = "cancelled"
    DATES_HIDDEN = "dates_hidden"
    """A coach sees something of this company, and not its dates."""


FOR_AN_OWNER: Final = (
    Stage.MIRROR_READY, Stage.LOCKED, Stage.PREPARED, Stage.TALK, Stage.DUE, Stage.OPEN, Stage.ANNOUNCED, Stage.CLOSED,
    Stage.NONE, Stage.BETWEEN, Stage.CANCELLED,
)  # fmt: skip
FOR_A_COACH: Final = (
    Stage.LOCKED, Stage.TALK, Stage.DUE, Stage.CLOSED, Stage.OPEN, Stage.ANNOUNCED, Stage.BETWEEN, Stage.NONE,
    Stage.CANCELLED, Stage.DATES_HIDDEN,
)  # fmt: skip
"""The stages in the order of the page: what asks for somebody first comes first."""

FOR_A_PROVIDER: Final = FOR_AN_OWNER
"""A provider reads the same; he opens nothing."""


@dataclass(frozen=True)
class Asked:
    """What of the list is wanted: companies with these words in their name, in this stage; which page of them."""

    words: str = ""
    stage: Stage | None = None
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Whether there may be more than what is asked for."""
        return bool(self.words or self.stage)


@dataclass(frozen=True)
class Entry:
    """One company in the list. day: the day that its stage is about; starts_at: of a conversation, when it is known."""

    company_id: str
    name: str
    stage: Stage
    day: date | None
    starts_at: time | None
    round_id: str | None
    """Of the round in view; empty where there is none, or where its dates are hidden."""


@dataclass(frozen=True)
class Page:
    """One page of the list, and how many companies there are on all its pages together."""

    rows: tuple[Entry, ...]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, ceil(self.total / PAGE_SIZE))

    @property
    def first(self) -> int:
        """The place of its first row in the whole list, from 1."""
        return (self.number - 1) * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        """The place of its last row."""
        return self.first + len(self.rows) - 1


def companies_of(account_id: int, asked: Asked, today: date) -> Page:
    """Return a page of the companies that this account owns."""
    seen = select(Ownership.company_id, literal(1).label("dates")).where(Ownership.account_id == account_id)
    return _page(seen.subquery("seen"), FOR_AN_OWNER, asked, today)


def clients_of(account_id: int, asked: Asked, today: date) -> Page:
    """Return a page of the companies that let this account in today; of who shares no dates only the name."""
    relation, mirror = (
        and_(grant.confidant_id == Confidant.id, grant.revoked_at.is_(None), grant.ends_on >= today)
        for grant in (RelationGrant, MirrorGrant)
    )
    dates = func.max(case((RelationGrant.id.is_not(None), 1), else_=0))
    seen = (
        select(Confidant.company_id, dates.label("dates"))
        .outerjoin(RelationGrant, relation)
        .outerjoin(MirrorGrant, mirror)
        .where(Confidant.account_id == account_id, or_(RelationGrant.id.is_not(None), MirrorGrant.id.is_not(None)))
        .group_by(Confidant.company_id)
    )
    return _page(seen.subquery("seen"), FOR_A_COACH, asked, today)


def every_company(asked: Asked, today: date) -> Iterator[Entry]:
    """Go through all companies of this installation, page after page, for whoever runs it."""
    seen = select(Company.id.label("company_id"), literal(1).label("dates")).subquery("seen")
    number, pages = 1, 1
    while number <= pages:
        page = _page(seen, FOR_A_PROVIDER, replace(asked, page=number), today)
        yield from page.rows
        number, pages = number + 1, page.pages


def _page(seen: Subquery, order: tuple[Stage, ...], asked: Asked, today: date) -> Page:
    standings = _standings(seen, today, for_an_owner=Stage.MIRROR_READY in order).subquery("standings")
    query = select(standings, func.count().over().label("total"))
    for word in asked.words[:LONGEST_SEARCH].split():
        query = query.where(func.lower(standings.c.name).contains(word.lower(), autoescape=True))
    if asked.stage is not None:
        query = query.where(standings.c.stage == asked.stage.value)
    places = case({stage.value: place for place, stage in enumerate(order)}, value=standings.c.stage)
    query = query.order_by(places, standings.c.day, func.lower(standings.c.name), standings.c.company_id)
    number = max(1, asked.page)
    rows = db.session.execute(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    if not rows and number > 1:  # the list became shorter, or somebody typed a page that never was
        return _page(seen, order, replace(asked, page=1), today)
    return Page(tuple(_entry(row._mapping) for row in rows), number, rows[0].total if rows else 0)


def _entry(row: RowMapping) -> Entry:
    return Entry(row["company_id"], row["name"], Stage(row["stage"]), row["day"], row["starts_at"], row["round_id"])


# --- where a company stands, as the database works it out -------------------------------------------------------------

Columns: TypeAlias = SQLColumnExpression[Any]

_CLOSED, _OPEN, _ANNOUNCED, _PREPARED, _COUNTED, _CANCELLED = range(6)
"""Which of a company's rounds is in view: the first of these. As `Round.standing_at` tells them apart."""


def _standings(seen: Subquery, today: date, *, for_an_owner: bool) -> Select[Any]:
    view = _rounds_in_view(seen, today, with_prepared=for_an_owner).subquery("view")
    round_, talk, following = aliased(Round), aliased(Appointment), aliased(Appointment)
    talk_day = func.coalesce(talk.day, round_.conversation_on, type_=Date)
    next_day = func.coalesce(following.day, DaysAfter(round_.opens_on, literal(USUAL_PAUSE.days)), type_=Date)
    counted = view.c.place == _COUNTED
    comes_by_itself = exists().where(Rhythm.company_id == Company.id)
    stages: list[tuple[Columns, Stage, Columns]] = [
        (seen.c.dates == 0, Stage.DATES_HIDDEN, null()),
        (view.c.id.is_(None), Stage.NONE, null()),
        (view.c.place == _CANCELLED, Stage.CANCELLED, round_.closes_on),
        (view.c.place == _PREPARED, Stage.PREPARED, round_.opens_on),
        (view.c.place == _ANNOUNCED, Stage.ANNOUNCED, round_.opens_on),
        (view.c.place == _OPEN, Stage.OPEN, round_.closes_on),
        (and_(view.c.place == _CLOSED, round_.strict), Stage.LOCKED, round_.closes_on),
        (view.c.place == _CLOSED, Stage.CLOSED, round_.closes_on),
        (and_(counted, func.coalesce(talk.called_off, 0) == 0, talk_day >= today), Stage.TALK, talk_day),
        (and_(counted, comes_by_itself), Stage.BETWEEN, null()),
        (and_(counted, next_day <= today), Stage.DUE, next_day),
        (counted, Stage.BETWEEN, next_day),
    ]
    if for_an_owner:
        stages.insert(2, (and_(counted, round_.opened_mirror_at.is_(None)), Stage.MIRROR_READY, round_.closes_on))
    stage = case(*((when, stage.value) for when, stage, _ in stages))
    day = case(*((when, day) for when, _, day in stages))
    return (
        select(
            Company.id.label("company_id"),
            Company.name,
            stage.label("stage"),
            func.coalesce(day, null(), type_=Date).label("day"),
            talk.starts_at,
            case((seen.c.dates == 1, view.c.id), else_=null()).label("round_id"),
        )
        .join(seen, seen.c.company_id == Company.id)
        .outerjoin(view, view.c.company_id == Company.id)
        .outerjoin(round_, round_.id == view.c.id)
        .outerjoin(talk, and_(talk.round_id == view.c.id, talk.kind == "conversation"))
        .outerjoin(following, and_(following.round_id == view.c.id, following.kind == "next_round"))
    )


def _rounds_in_view(seen: Subquery, today: date, *, with_prepared: bool) -> Select[Any]:
    place = case(
        (Round.cancelled_at.is_not(None), _CANCELLED),
        (Round.counted_at.is_not(None), _COUNTED),
        (Round.sent_at.is_(None), _PREPARED),
        (or_(Round.closed_at.is_not(None), Round.closes_on < today), _CLOSED),
        (Round.opens_on <= today, _OPEN),
        else_=_ANNOUNCED,
    )
    turn = func.row_number().over(partition_by=Round.company_id, order_by=(place, Round.closes_on.desc(), Round.id))
    rounds = select(Round.id, Round.company_id, place.label("place"), turn.label("turn"))
    rounds = rounds.join(seen, seen.c.company_id == Round.company_id)
    if not with_prepared:
        rounds = rounds.where(Round.sent_at.is_not(None))
    numbered = rounds.subquery("numbered")
    return select(numbered.c.id, numbered.c.company_id, numbered.c.place).where(numbered.c.turn == 1)
