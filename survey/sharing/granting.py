"""Giving and ending: whom an owner writes down, what he lets that person see, and until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from survey.addresses import mailbox
from survey.clock import day_of
from survey.perspectives import NAMED
from survey.sharing.scopes import Scope, is_partner
from survey.store.database import db
from survey.store.grants import (
    Confidant,
    MirrorGrant,
    RelationGrant,
    confidant_with,
    confidants_of,
    standing_mirror,
    standing_relation,
)
from survey.store.people import Company, invitations_of
from survey.store.rounds import Round

USUAL_TIME: Final = timedelta(days=92)
"""A grant holds for a quarter of a year, until the next round, unless the owner chooses otherwise."""

LONGEST_TIME: Final = timedelta(days=366)


class WordsForPartnerOnly(Exception):
    """What people wrote goes to the owner and the named conversation partner, and to nobody else."""


class EndsTooLate(Exception):
    """A grant ends today at the earliest, and within a year."""


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


def _end(grant: RelationGrant | MirrorGrant | None, now: datetime) -> None:
    if grant is not None:
        grant.revoked_at = now
        db.session.flush()  # before the next one: one grant at a time


def _refuse_end(ends_on: date, now: datetime) -> None:
    if not day_of(now) <= ends_on <= day_of(now) + LONGEST_TIME:
        raise EndsTooLate
