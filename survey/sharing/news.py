"""News for who looks along: a mirror can be seen now. One mail per mirror and person, with nothing of it inside.

What was shared beforehand opens when its owner opens it, alone or at the table; the worker notices. What is shared
afterwards with somebody who has an account is told at once; somebody without one gets the offer instead.
"""

from datetime import datetime, timedelta
from typing import Final

from survey.clock import day_of, end_of
from survey.sharing.scopes import holds_on
from survey.store.database import db, keep_others_off
from survey.store.grants import MirrorGrant
from survey.store.outbox import CAN_BE_SEEN, OutboxMail
from survey.store.rounds import Round

NEWS_FOR: Final = timedelta(days=14)
"""What was opened longer ago is no news: an owner who wants somebody to look tells him."""


def tell_who_waited(now: datetime) -> None:
    """Put in the outbox, once, the mail to everybody with whom a mirror was shared before its owner opened it."""
    waited = (
        db.select(MirrorGrant)
        .join(Round)
        .where(Round.opened_mirror_at > now - NEWS_FOR, MirrorGrant.granted_at <= Round.opened_mirror_at)
        .where(MirrorGrant.revoked_at.is_(None))
    )
    for grant in db.session.scalars(waited.order_by(MirrorGrant.id)).all():
        _put_news(grant, now)


def tell(grant: MirrorGrant, now: datetime) -> None:
    """Put the mail in the outbox for a grant on a mirror that is open already."""
    if grant.round.opened_mirror_at is not None:
        _put_news(grant, now)


def _put_news(grant: MirrorGrant, now: datetime) -> None:
    # Once the round's mail is erased nobody knows any more who was told.
    if not holds_on(grant, day_of(now)) or now >= end_of(grant.round.erased_on):
        return
    if _was_told(grant):
        return
    keep_others_off(grant.round)
    if not _was_told(grant):
        db.session.add(
            OutboxMail(kind=CAN_BE_SEEN, round_id=grant.round_id, address=grant.confidant.address, due_at=now)
        )
    db.session.commit()


def _was_told(grant: MirrorGrant) -> bool:
    told = db.select(OutboxMail.id).filter_by(
        kind=CAN_BE_SEEN, round_id=grant.round_id, address=grant.confidant.address
    )
    return db.session.scalar(told.limit(1)) is not None
