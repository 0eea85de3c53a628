"""Guests: who stands at the door with a link or a card, and whether the door is open to them now.

It decides; it shows nothing. Why somebody is turned away is an exception, and `turning_away` has a page for each.
"""

from dataclasses import dataclass
from datetime import datetime

from survey.ballots import Place, place_of
from survey.clock import end_of
from survey.installation import Installation
from survey.invitations import UnknownCard, UnknownLink, recognise_card
from survey.perspectives import answers_by_name
from survey.store.database import db
from survey.store.people import Company, Invitation
from survey.store.rounds import Round, Standing


@dataclass(frozen=True)
class Guest:
    """Somebody with an invitation that was really given out, and the round it belongs to."""

    invitation: Invitation
    round_: Round

    @property
    def by_name(self) -> bool:
        """Whether this person answers by name."""
        return answers_by_name(self.invitation.perspective)

    @property
    def came_by_card(self) -> bool:
        """Whether this person holds a card and no mail."""
        return self.invitation.address is None


class TurnedAway(Exception):
    """The door does not open now; `guest` is None when nobody was recognised."""

    def __init__(self, guest: Guest | None = None) -> None:
        super().__init__(type(self).__name__)
        self.guest = guest


class LinkUnknown(TurnedAway):
    """No such link was ever made."""


class CardUnusable(TurnedAway):
    """The card was used, or there is no such card; which of the two, nobody is told."""


class LinkRevoked(TurnedAway):
    """This link was taken back."""


class LinkExpired(TurnedAway):
    """Sixty days after the close links are erased."""


class NotYetOpen(TurnedAway):
    """The first day has not come."""


class ListClosed(TurnedAway):
    """The last day is over, or the round was counted."""


class RoundCancelled(TurnedAway):
    """The round was stopped and its ballots destroyed."""


class TooManyWrongCodes(TurnedAway):
    """From this address wrong codes came too often; an hour later it goes again."""


class AlreadySent(TurnedAway):
    """A list was sent with this link before."""


_INVITED = (
    db.select(Invitation, Round)
    .join(Round, Round.id == Invitation.round_id)
    .where(Invitation.id == db.bindparam("invitation_id"))
)
"""Made once: making it costs as much as asking it."""


def invitation_behind(house: Installation, token: str) -> str:
    """Return the invitation's id that the link in a mail carries. Raises LinkUnknown."""
    try:
        return house.links.read_invitation(token)
    except UnknownLink as damaged:
        raise LinkUnknown from damaged


def guest_with_link(house: Installation, token: str) -> Guest:
    """Return who holds the link in a mail. Raises LinkUnknown, LinkExpired."""
    return guest_with_id(invitation_behind(house, token))


def guest_with_card(house: Installation, typed: str) -> Guest:
    """Return who holds the card with this code. Raises CardUnusable."""
    try:
        invitation = recognise_card(house.hasher, typed)
    except UnknownCard as unknown:
        raise CardUnusable from unknown
    return guest_with_id(invitation.id)


def guest_with_id(invitation_id: str) -> Guest:
    """Return who has this invitation, which came out of something signed. Raises LinkExpired."""
    found = db.session.execute(_INVITED, {"invitation_id": invitation_id}).one_or_none()
    if found is None:
        raise LinkExpired
    return Guest(*found)


def admit(house: Installation, guest: Guest, now: datetime) -> Place:
    """Return where the guest stands in the open round; raises the TurnedAway that fits.

    Whether the guest answered before is part of the place: for who answers by name that closes no door.
    """
    refuse_outside_opening(guest, now)
    return place_of(house.boxes.of(guest.round_.id), guest.invitation.id)


def refuse_outside_opening(guest: Guest, now: datetime) -> None:
    """Raise the TurnedAway that fits when this guest cannot answer at this moment, whatever was answered before."""
    if guest.invitation.revoked:
        raise CardUnusable(guest) if guest.came_by_card else LinkRevoked(guest)
    if now >= end_of(guest.round_.erased_on):
        raise LinkExpired
    standing = guest.round_.standing_at(now)
    if standing is Standing.PREPARED:
        raise LinkUnknown
    if standing is not Standing.OPEN:
        raise _CLOSED_DOORS[standing](guest)


_CLOSED_DOORS: dict[Standing, type[TurnedAway]] = {
    Standing.ANNOUNCED: NotYetOpen,
    Standing.CLOSED: ListClosed,
    Standing.COUNTED: ListClosed,
    Standing.CANCELLED: RoundCancelled,
}


def company_name(round_: Round) -> str:
    """Return the name of the company that the round mirrors."""
    company = db.session.get(Company, round_.company_id)
    return company.name if company else ""
