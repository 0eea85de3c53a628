"""Offers: the link in the mail to somebody who is let in, and the account that answers it."""

from datetime import date, datetime
from typing import Final

from itsdangerous import BadSignature

from survey.clock import day_of
from survey.codes import Hasher, look_along_serializer
from survey.sharing.scopes import holds_on
from survey.store.database import db
from survey.store.grants import Confidant, MirrorGrant, standing_relation
from survey.store.people import Account

OFFER_LASTS: Final = 30 * 24 * 60 * 60
"""Seconds that the link in a mail can be answered. By itself it opens nothing: it asks for an account first."""


class OfferVoid(Exception):
    """The link is damaged or too old, or nothing is shared with its reader any more."""


class OfferForSomebodyElse(Exception):
    """The link was mailed to another address than that of this account."""


def offer(hasher: Hasher, confidant: Confidant) -> str:
    """Return the token with which the reader of the confidant's mail says that it is his account."""
    return str(look_along_serializer(hasher.keys).dumps([confidant.id, confidant.address]))


def read_offer(hasher: Hasher, token: str, now: datetime) -> Confidant:
    """Return the confidant to whom this token was mailed. Raises OfferVoid."""
    try:
        confidant_id, address = look_along_serializer(hasher.keys).loads(token, max_age=OFFER_LASTS)
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


def _has_something(confidant: Confidant, today: date) -> bool:
    mirrors = db.session.scalars(db.select(MirrorGrant).filter_by(confidant_id=confidant.id, revoked_at=None))
    return holds_on(standing_relation(confidant.id), today) or any(holds_on(grant, today) for grant in mirrors)
