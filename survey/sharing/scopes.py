"""What may be seen of one mirror: how much, by whom, until when; and what is said when it is no longer shared.

It must not know what anybody answered.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from survey.addresses import mailbox
from survey.clock import day_of
from survey.store.grants import Confidant, MirrorGrant, RelationGrant
from survey.store.people import Company
from survey.store.rounds import Round


class Scope(StrEnum):
    """What of one mirror may be seen, from little to much."""

    SENTENCES = "sentences"
    """Who answered, and the three sentences after the cover, with the marks that stand in them."""
    MIRROR = "mirror"
    """The whole mirror, without what anybody wrote."""
    WORDS = "words"
    """The whole mirror with everybody's own words; for the named conversation partner only."""


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
        """Whether it is more than the sentences."""
        return self.scope is not Scope.SENTENCES

    @property
    def with_words(self) -> bool:
        """Whether it shows what people wrote."""
        return self.scope is Scope.WORDS

    @property
    def is_partner(self) -> bool:
        """Whether it is seen by the conversation partner whom the owner named."""
        return is_partner(self.round, self.confidant.address)


def is_partner(round_: Round, address: str) -> bool:
    """Say whether this is the address of the round's named conversation partner."""
    return mailbox(round_.partner_address) == mailbox(address)


def holds_on(grant: RelationGrant | MirrorGrant | None, day: date) -> bool:
    """Say whether a grant holds on a day."""
    return grant is not None and grant.revoked_at is None and day <= grant.ends_on


def shared_by(grant: MirrorGrant) -> Shared:
    """Return what a grant lets its confidant see."""
    scope = Scope(grant.scope)
    if scope is Scope.WORDS and not is_partner(grant.round, grant.confidant.address):
        scope = Scope.MIRROR  # the owner named another partner since
    return Shared(grant.round, grant.confidant, scope, grant.ends_on)


def ended_on(grant: RelationGrant | MirrorGrant) -> date:
    """Return the first day on which an ended grant showed nothing."""
    after_its_end = grant.ends_on + timedelta(days=1)
    return min(day_of(grant.revoked_at), after_its_end) if grant.revoked_at else after_its_end
