"""Looking along: what an account may see now, the companies that let it in, and what was opened, given and ended.

Fetching and permission are one question.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import contains_eager

from survey.clock import day_of
from survey.sharing.scopes import NoLongerShared, Shared, ended_on, holds_on, shared_by
from survey.store.database import db, writing
from survey.store.grants import (
    Confidant,
    MirrorGrant,
    MirrorView,
    mirror_grants_of,
    standing_mirror,
    views_of,
)
from survey.store.rounds import Round, round_before


@dataclass(frozen=True)
class Event:
    """Something that happened to a shared mirror: opened by a confidant, given or ended by its owner."""

    day: date
    name: str
    what: str
    """What was opened ("sentences", "mirror", "words", "pdf", "guide"), or which scope was given or ended."""
    kind: str
    """"opened"; "given" or "revoked" by the owner; "expired" by itself."""
    confidant_id: str = ""


def shared_with(account_id: int, round_id: str, now: datetime) -> Shared | None:
    """Return what this account may see of a mirror: fetching and permission are one question.

    Nothing when it was never shared with it. Raises NoLongerShared.
    """
    query = db.select(MirrorGrant).join(Confidant).where(Confidant.account_id == account_id)
    grants = db.session.scalars(query.where(MirrorGrant.round_id == round_id).order_by(MirrorGrant.granted_at)).all()
    if not grants:
        return None
    for grant in reversed(grants):
        if holds_on(grant, day_of(now)):
            return shared_by(grant)
    last = max(grants, key=ended_on)
    raise NoLongerShared(last.round, last.confidant.company, ended_on(last))


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
    by_round = {grant.round_id: shared_by(grant) for grant in db.session.scalars(held)}
    found: dict[str, tuple[Shared, ...]] = {}
    for shared in by_round.values():
        company_id = shared.confidant.company_id
        found[company_id] = (*found.get(company_id, ()), shared)
    return found


def is_confidant(account_id: int) -> bool:
    """Say whether this account ever answered an offer to look along."""
    return db.session.scalar(db.select(Confidant.id).filter_by(account_id=account_id).limit(1)) is not None


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
    return grant is not None and holds_on(grant, day_of(now)) and shared_by(grant).is_whole


def what_happened(round_: Round, now: datetime) -> list[Event]:
    """Return who opened what and what was given and ended, the newest first."""
    events = list(_events(round_, day_of(now)))
    return sorted(events, key=lambda event: event.day, reverse=True)


def _events(round_: Round, today: date) -> Iterator[Event]:
    for view in views_of(round_.id):
        yield Event(view.seen_on, view.confidant.name, view.what, "opened", view.confidant_id)
    for grant in mirror_grants_of(round_.id):
        whom = grant.confidant
        yield Event(day_of(grant.granted_at), whom.name, grant.scope, "given", whom.id)
        if not holds_on(grant, today):
            how = "revoked" if grant.revoked_at and day_of(grant.revoked_at) <= grant.ends_on else "expired"
            yield Event(ended_on(grant), whom.name, grant.scope, how, whom.id)
