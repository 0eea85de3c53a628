"""Sharing: whom an owner lets look along, at what, and until when. Nobody until the owner says so; it ends at once.

Two kinds of grant. A relation grant shows the dates and the status of a company's rounds. A mirror grant shows one
mirror: it may be given beforehand, and works once the round is counted and its owner has opened the mirror. Naming
somebody as conversation partner grants nothing. It must not know what anybody answered.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import contains_eager

from survey.addresses import mailbox
from survey.clock import day_of
from survey.codes import Hasher
from survey.perspectives import NAMED
from survey.store.database import db, writing
from survey.store.grants import (
    Confidant,
    MirrorGrant,
    MirrorView,
    RelationGrant,
    confidant_with,
    confidants_of,
    mirror_grants_of,
    standing_mirror,
    standing_relation,
    views_of,
)
from survey.store.people import Account, Company, invitations_of
from survey.store.rounds import Round, round_before

OFFER_LASTS: Final = 30 * 24 * 60 * 60
"""Seconds that the link in a mail can be answered. By itself it opens nothing: it asks for an account first."""

USUAL_TIME: Final = timedelta(days=92)
"""A grant holds for a quarter of a year, until the next round, unless the owner chooses otherwise."""

LONGEST_TIME: Final = timedelta(days=366)


class Scope(StrEnum):
    """What of one mirror may be seen, from little to much."""

    COVER = "cover"
    """The cover and the three sentences behind it."""
    MIRROR = "mirror"
    """The whole mirror, without what anybody wrote."""
    WORDS = "words"
    """The whole mirror with everybody's own words; for the named conversation partner only."""


class WordsForPartnerOnly(Exception):
    """What people wrote goes to the owner and the named conversation partner, and to nobody else."""


class EndsTooLate(Exception):
    """A grant ends today at the earliest, and within a year."""


class OfferVoid(Exception):
    """The link is damaged or too old, or nothing is shared with its reader any more."""


class OfferForSomebodyElse(Exception):
    """The link was mailed to another address than that of this account."""


class NoLongerShared(Exception):
    """It was shared once and is no longer. ended_on: the first day without it."""

    def __init__(self, round_: Round, company: Company, ended_on: date) -> None:
        super().__init__(round_.id)
        self.round = round_
        self.company = company
        self.ended_on = ended_on


@dataclass(frozen=True)
class Shared:
    """One mirror as one confidant may see it now."""

    round: Round
    confidant: Confidant
    scope: Scope
    ends_on: date

    @property
    def is_open(self) -> bool:
        """Whether there is something to see: counted, and opened by the owner whose mirror it is."""
        return self.round.counted_at is not None and self.round.opened_mirror_at is not None

    @property
    def is_whole(self) -> bool:
        """Whether it is more than the cover."""
        return self.scope is not Scope.COVER

    @property
    def with_words(self) -> bool:
        """Whether it shows what people wrote."""
        return self.scope is Scope.WORDS

    @property
    def is_partner(self) -> bool:
        """Whether it is seen by the conversation partner whom the owner named."""
        return is_partner(self.round, self.confidant.address)


@dataclass(frozen=True)
class Line:
    """One person on the owner's page about a round."""

    name: str
    address: str
    role: str
    """"partner", a perspective, or empty for somebody whom the owner added."""
    confidant: Confidant | None
    relation: RelationGrant | None
    mirror: MirrorGrant | None


@dataclass(frozen=True)
class Event:
    """Something that happened to a shared mirror: opened by a confidant, given or ended by its owner."""

    day: date
    name: str
    what: str
    """What was opened ("cover", "mirror", "words", "pdf", "guide"), or which scope was given or ended."""
    kind: str
    """"opened"; "given" or "revoked" by the owner; "expired" by itself."""
    confidant_id: str = ""


def is_partner(round_: Round, address: str) -> bool:
    """Say whether this is the address of the round's named conversation partner."""
    return mailbox(round_.partner_address) == mailbox(address)


def let_in(company: Company, name: str, address: str) -> Confidant:
    """Write somebody down as a confidant of a company, once; it grants nothing."""
    kept = address.strip().lower()
    found = confidant_with(company.id, kept)
    if found is None:
        found = Confidant(company_id=company.id, name=name, address=kept)
        db.session.add(found)
        db.session.commit()
    return found


def share_relation(confidant: Confidant, ends_on: date, now: datetime) -> RelationGrant:
    """Let a confidant see dates and status until a day; given again, it only moves that day. Raises EndsTooLate."""
    _refuse_end(ends_on, now)
    grant = standing_relation(confidant.id)
    if grant is None or grant.ends_on < day_of(now):
        _end(grant, now)
        grant = RelationGrant(confidant_id=confidant.id, granted_at=now, ends_on=ends_on)
        db.session.add(grant)
    grant.ends_on = ends_on
    db.session.commit()
    return grant


def share_mirror(round_: Round, confidant: Confidant, scope: Scope, ends_on: date, now: datetime) -> MirrorGrant:
    """Let a confidant see this much of one mirror until a day. Another scope ends the grant that stood.

    Raises WordsForPartnerOnly, EndsTooLate.
    """
    _refuse_end(ends_on, now)
    if scope is Scope.WORDS and not is_partner(round_, confidant.address):
        raise WordsForPartnerOnly
    grant = standing_mirror(confidant.id, round_.id)
    if grant is None or grant.ends_on < day_of(now) or grant.scope != scope:
        _end(grant, now)
        grant = MirrorGrant(
            confidant_id=confidant.id, round_id=round_.id, scope=scope.value, granted_at=now, ends_on=ends_on
        )
        db.session.add(grant)
    grant.ends_on = ends_on
    db.session.commit()
    return grant


def revoke(grant: RelationGrant | MirrorGrant, now: datetime) -> None:
    """End a grant: from the next request on nothing of it is shown. Revoked twice is once."""
    if grant.revoked_at is None:
        grant.revoked_at = now
        db.session.commit()


def shared_with(account_id: int, round_id: str, now: datetime) -> Shared | None:
    """Return what this account may see of a mirror: fetching and permission are one question.

    Nothing when it was never shared with it. Raises NoLongerShared.
    """
    query = db.select(MirrorGrant).join(Confidant).where(Confidant.account_id == account_id)
    grants = db.session.scalars(query.where(MirrorGrant.round_id == round_id).order_by(MirrorGrant.granted_at)).all()
    if not grants:
        return None
    for grant in reversed(grants):
        if _holds(grant, day_of(now)):
            return _shared(grant)
    last = max(grants, key=_ended_on)
    raise NoLongerShared(last.round, last.confidant.company, _ended_on(last))


def mirrors_shared_with(account_id: int, company_ids: Collection[str], now: datetime) -> dict[str, tuple[Shared, ...]]:
    """Return what of these companies' mirrors this account may see today, by company, each company's newest first."""
    held = (
        db.select(MirrorGrant)
        .join(MirrorGrant.confidant)
        .join(MirrorGrant.round)
        .options(contains_eager(MirrorGrant.confidant), contains_eager(MirrorGrant.round))
        .where(Confidant.account_id == account_id, Confidant.company_id.in_(company_ids))
        .where(MirrorGrant.revoked_at.is_(None), MirrorGrant.ends_on >= day_of(now))
        .order_by(Round.closes_on.desc(), Round.id, MirrorGrant.granted_at)
    )
    # Let in twice with one account: of each mirror the grant that was given last.
    by_round = {grant.round_id: _shared(grant) for grant in db.session.scalars(held)}
    found: dict[str, tuple[Shared, ...]] = {}
    for shared in by_round.values():
        company_id = shared.confidant.company_id
        found[company_id] = (*found.get(company_id, ()), shared)
    return found


def is_confidant(account_id: int) -> bool:
    """Say whether this account ever answered an offer to look along."""
    return db.session.scalar(db.select(Confidant.id).filter_by(account_id=account_id).limit(1)) is not None


def people_around(round_: Round) -> list[Line]:
    """Return who could look along at a round: the named conversation partner first, then who answers by name, then
    everybody else whom the owners wrote down. Owners are not among them, nor anybody of an anonymous group.
    """
    company = db.session.get_one(Company, round_.company_id)
    owners = {mailbox(owner.email) for owner in company.owners}
    known = {one.address: one for one in confidants_of(company.id)}
    people: dict[str, tuple[str, str]] = {}
    for name, address, role in _candidates(round_, known):
        if mailbox(address) not in owners:
            people.setdefault(address.strip().lower(), (name, role))
    return [_line(round_, name, address, role, known.get(address)) for address, (name, role) in people.items()]


def holds_on(grant: RelationGrant | MirrorGrant | None, day: date) -> bool:
    """Say whether a grant holds on a day."""
    return grant is not None and _holds(grant, day)


def write_down_view(shared: Shared, what: str, now: datetime) -> None:
    """Write down, once a day, that a confidant opened this; the owner sees it. Before it is shown, never after."""
    key = {"round_id": shared.round.id, "confidant_id": shared.confidant.id, "seen_on": day_of(now), "what": what}
    if db.session.get(MirrorView, tuple(key.values())) is not None:
        return
    db.session.rollback()  # it was opened for reading only
    with writing():
        db.session.add(MirrorView(**key))
        try:
            db.session.commit()
        except IntegrityError:  # another page of the same confidant was quicker
            db.session.rollback()
        except SQLAlchemyError:  # not written down, so not shown
            db.session.rollback()
            raise


def sees_earlier(confidant: Confidant | None, round_: Round, now: datetime) -> bool:
    """Say whether the mirror before this one is shared whole with the same person as well."""
    before = round_before(round_)
    if confidant is None or before is None:
        return False
    grant = standing_mirror(confidant.id, before.id)
    return grant is not None and _holds(grant, day_of(now)) and _shared(grant).is_whole


def what_happened(round_: Round, now: datetime) -> list[Event]:
    """Return who opened what and what was given and ended, the newest first."""
    events = list(_events(round_, day_of(now)))
    return sorted(events, key=lambda event: event.day, reverse=True)


def offer(hasher: Hasher, confidant: Confidant) -> str:
    """Return the token with which the reader of the confidant's mail says that it is his account."""
    return str(_serializer(hasher).dumps([confidant.id, confidant.address]))


def read_offer(hasher: Hasher, token: str, now: datetime) -> Confidant:
    """Return the confidant to whom this token was mailed. Raises OfferVoid."""
    try:
        confidant_id, address = _serializer(hasher).loads(token, max_age=OFFER_LASTS)
    except BadSignature as damaged:
        raise OfferVoid from damaged
    found = db.session.get(Confidant, confidant_id)
    if found is None or found.address != address or not _has_something(found, day_of(now)):
        raise OfferVoid
    return found


def take_up(confidant: Confidant, account: Account) -> None:
    """Let an account look along as this confidant; doing it twice is doing it once. Raises OfferForSomebodyElse."""
    if account.email.lower() != confidant.address:
        raise OfferForSomebodyElse
    confidant.account_id = account.id
    db.session.commit()


def _shared(grant: MirrorGrant) -> Shared:
    scope = Scope(grant.scope)
    if scope is Scope.WORDS and not is_partner(grant.round, grant.confidant.address):
        scope = Scope.MIRROR  # the owner named another partner since
    return Shared(grant.round, grant.confidant, scope, grant.ends_on)


def _candidates(round_: Round, known: dict[str, Confidant]) -> Iterator[tuple[str, str, str]]:
    yield round_.partner_name, round_.partner_address, "partner"
    for perspective in NAMED:
        for invitation in sorted(invitations_of(round_.id, perspective), key=lambda one: (one.name, one.address or "")):
            if invitation.address:
                yield invitation.name or invitation.address, invitation.address, perspective
    for confidant in known.values():
        yield confidant.name, confidant.address, ""


def _line(round_: Round, name: str, address: str, role: str, confidant: Confidant | None) -> Line:
    if confidant is None:
        return Line(name, address, role, None, None, None)
    relation, mirror = standing_relation(confidant.id), standing_mirror(confidant.id, round_.id)
    return Line(name, address, role, confidant, relation, mirror)


def _events(round_: Round, today: date) -> Iterator[Event]:
    for view in views_of(round_.id):
        yield Event(view.seen_on, view.confidant.name, view.what, "opened", view.confidant_id)
    for grant in mirror_grants_of(round_.id):
        whom = grant.confidant
        yield Event(day_of(grant.granted_at), whom.name, grant.scope, "given", whom.id)
        if not _holds(grant, today):
            how = "revoked" if grant.revoked_at and day_of(grant.revoked_at) <= grant.ends_on else "expired"
            yield Event(_ended_on(grant), whom.name, grant.scope, how, whom.id)


def _has_something(confidant: Confidant, today: date) -> bool:
    mirrors = db.session.scalars(db.select(MirrorGrant).filter_by(confidant_id=confidant.id, revoked_at=None))
    return holds_on(standing_relation(confidant.id), today) or any(_holds(grant, today) for grant in mirrors)


def _holds(grant: RelationGrant | MirrorGrant, today: date) -> bool:
    return grant.revoked_at is None and today <= grant.ends_on


def _ended_on(grant: RelationGrant | MirrorGrant) -> date:
    after_its_end = grant.ends_on + timedelta(days=1)
    return min(day_of(grant.revoked_at), after_its_end) if grant.revoked_at else after_its_end


def _end(grant: RelationGrant | MirrorGrant | None, now: datetime) -> None:
    if grant is not None:
        grant.revoked_at = now
        db.session.flush()  # before the next one: one grant at a time


def _refuse_end(ends_on: date, now: datetime) -> None:
    if not day_of(now) <= ends_on <= day_of(now) + LONGEST_TIME:
        raise EndsTooLate


def _serializer(hasher: Hasher) -> URLSafeTimedSerializer:
    # itsdangerous signs with the last key of its list and accepts all of them.
    return URLSafeTimedSerializer(list(reversed(hasher.keys)), salt="spiegelronde look along")
