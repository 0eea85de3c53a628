"""Rounds: prepare one, send it, extend or cancel it, and say in two words how it goes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from survey.perspectives import NAMED, PERSPECTIVES, answers_by_name
from survey.store.ballots import Box, Slot, SlotPlace
from survey.store.database import db
from survey.store.keys import destroy_key, make_key
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Group, Round, Standing, Voice

MINIMUM = 5
"""k: below this many answers an anonymous group is destroyed unread. Never lower, frozen at sending."""
CAUTION_BELOW = 8
"""Under this many people two colleagues who compare answers still learn something."""
LONGEST_EXTENSION = timedelta(days=14)


class RoundFrozen(Exception):
    """The round was sent: its list, groups and questions no longer change."""


class OwnerUnconfirmed(Exception):
    """Mail in somebody's name leaves only after that person confirmed the address."""


class NobodyInvited(Exception):
    """A round without a single group cannot be sent."""


class ContactIsOwner(Exception):
    """Staff need a contact who is not the owner."""


class AddressTwice(Exception):
    """One address stands in two places of the list."""


class UnknownPerspective(Exception):
    """There is no such group in a mirror."""


class ExtensionRefused(Exception):
    """One extension, before the end, of at most fourteen days."""


class NothingToCancel(Exception):
    """The round does not run (any more)."""


class KeyUsedForOtherRound(Exception):
    """An earlier round file with this key had other content."""


@dataclass(frozen=True)
class Person:
    """Somebody with a name and an address."""

    name: str
    address: str


@dataclass(frozen=True)
class GroupPlan:
    """One group to invite: people by mail, or a number of cards; never both."""

    perspective: str
    people: tuple[Person, ...] = ()
    cards: int = 0

    @property
    def head_count(self) -> int:
        """How many are invited."""
        return len(self.people) or self.cards


@dataclass(frozen=True)
class RoundPlan:
    """Everything that is decided before a round is sent."""

    questionnaire: str
    language: str
    opens_on: date
    closes_on: date
    partner: Person
    conversation_on: date
    contact: Person
    groups: tuple[GroupPlan, ...]


@dataclass(frozen=True)
class Script:
    """What a provider's script calls a round, and a hash of all it said about it."""

    key: str
    digest: str


def prepare(
    company: Company, subject: Account, plan: RoundPlan, round_: Round | None = None, script: Script | None = None
) -> Round:
    """Write a plan down as a round, or over one that was not sent yet; nothing leaves the house.

    Raises RoundFrozen, ContactIsOwner, AddressTwice, UnknownPerspective.
    """
    _refuse_bad_plan(company, plan)
    round_ = round_ or Round(company_id=company.id, minimum=MINIMUM)
    if round_.sent_at is not None or round_.cancelled_at is not None:
        raise RoundFrozen
    _write_plan(round_, subject, plan)
    if script is not None:
        round_.script_key, round_.script_digest = script.key, script.digest
    db.session.add(round_)
    db.session.flush()
    _write_list(round_, plan)
    db.session.commit()
    return round_


def plan_of(round_: Round) -> RoundPlan:
    """Return what was planned for a round, as it was written down."""
    groups = []
    for group in round_.groups:
        people = tuple(
            Person(invitation.name, invitation.address)
            for invitation in invitations_of(round_.id, group.perspective)
            if invitation.address is not None
        )
        groups.append(GroupPlan(group.perspective, people, 0 if people else group.head_count))
    return RoundPlan(
        questionnaire=round_.questionnaire,
        language=round_.language,
        opens_on=round_.opens_on,
        closes_on=round_.closes_on,
        partner=Person(round_.partner_name, round_.partner_address),
        conversation_on=round_.conversation_on,
        contact=Person(round_.contact_name, round_.contact_address),
        groups=tuple(groups),
    )


def can_ever_be_shown(group: GroupPlan) -> bool:
    """Say whether a group is large enough to be shown when everybody answers."""
    return answers_by_name(group.perspective) or group.head_count >= MINIMUM


def send(round_: Round, subject: Account, box: Box, key_folders: Sequence[Path], now: datetime) -> None:
    """Freeze the list, make the box and its key, and put every invitation in the outbox.

    Sent twice is sent once. Raises OwnerUnconfirmed (when there are addresses), NobodyInvited, RoundFrozen.
    """
    if round_.cancelled_at is not None:
        raise RoundFrozen
    if round_.sent_at is not None:
        return
    if not round_.groups:
        raise NobodyInvited
    if subject.confirmed_at is None and any(group.channel == "mail" for group in round_.groups):
        raise OwnerUnconfirmed
    invitations = invitations_of(round_.id)
    voices = _name_voices(round_, invitations)
    round_.public_key = make_key(key_folders, round_.id)
    box.make(
        SlotPlace(Slot(invitation.id), invitation.perspective, voices.get(invitation.id)) for invitation in invitations
    )
    round_.sent_at = now
    _put_in_outbox(round_, invitations, "invitation", now)
    db.session.commit()


def extend(round_: Round, closes_on: date, now: datetime) -> None:
    """Move the end of a running round, once, by at most fourteen days, and tell everybody. Raises ExtensionRefused."""
    if (
        round_.standing_at(now) not in (Standing.ANNOUNCED, Standing.OPEN)
        or round_.extended_from is not None
        or not timedelta(0) < closes_on - round_.closes_on <= LONGEST_EXTENSION
    ):
        raise ExtensionRefused
    round_.extended_from, round_.closes_on = round_.closes_on, closes_on
    _put_in_outbox(round_, invitations_of(round_.id), "extended", now)
    db.session.commit()


def cancel(round_: Round, box: Box, key_folders: Sequence[Path], now: datetime) -> None:
    """Stop a round for good: its ballots are destroyed and everybody invited is told. Raises NothingToCancel.

    The moment is written down before anything is destroyed, so that a rerun after a crash finishes the work.
    """
    standing = round_.standing_at(now)
    if standing in (Standing.CLOSED, Standing.COUNTED):
        raise NothingToCancel
    if standing is not Standing.CANCELLED:
        round_.cancelled_at = now
        if round_.sent_at is not None:
            _put_in_outbox(round_, invitations_of(round_.id), "cancelled", now)
        db.session.commit()
    destroy_key(key_folders, round_.id)
    box.destroy()


def mend_address(invitation: Invitation, round_: Round, address: str, now: datetime) -> None:
    """Correct an address whose mail came back, and send the invitation again; nothing else on the list can change.

    Raises RoundFrozen when the mail did not come back, AddressTwice.
    """
    if not invitation.bounced or round_.standing_at(now) not in (Standing.ANNOUNCED, Standing.OPEN):
        raise RoundFrozen
    taken = {other.address for other in invitations_of(round_.id) if other.id != invitation.id}
    if address in taken:
        raise AddressTwice(address)
    invitation.address, invitation.bounced = address, 0
    _put_in_outbox(round_, [invitation], "invitation", now)
    db.session.commit()


def look_at_participation(round_: Round, box: Box) -> None:
    """Latch, for anonymous groups of eight or more, whether enough ballots are in. The worker looks at 06:00 only."""
    for group in round_.groups:
        watched = not answers_by_name(group.perspective) and group.head_count >= CAUTION_BELOW
        if watched and not group.enough and box.used_count(group.perspective) >= round_.minimum:
            group.enough = 1
    db.session.commit()


def round_for(script: Script) -> Round | None:
    """Return the round that an earlier run made with this key. Raises KeyUsedForOtherRound."""
    round_ = db.session.scalars(db.select(Round).filter_by(script_key=script.key)).one_or_none()
    if round_ is not None and round_.script_digest != script.digest:
        raise KeyUsedForOtherRound(script.key)
    return round_


def _refuse_bad_plan(company: Company, plan: RoundPlan) -> None:
    owners = {owner.email for owner in company.owners}
    if plan.contact.address in owners:
        raise ContactIsOwner
    insiders = owners | {plan.partner.address}
    for group in plan.groups:
        if group.perspective not in PERSPECTIVES:
            raise UnknownPerspective(group.perspective)
    counts = Counter(person.address for group in plan.groups for person in group.people)
    for group in plan.groups:
        for person in group.people:
            insider = not answers_by_name(group.perspective) and person.address in insiders
            if counts[person.address] > 1 or insider:
                raise AddressTwice(person.address)


def _write_plan(round_: Round, subject: Account, plan: RoundPlan) -> None:
    round_.subject_id, round_.subject_name = subject.id, subject.name
    round_.questionnaire, round_.language = plan.questionnaire, plan.language
    round_.opens_on, round_.closes_on = plan.opens_on, plan.closes_on
    round_.partner_name, round_.partner_address = plan.partner.name, plan.partner.address
    round_.contact_name, round_.contact_address = plan.contact.name, plan.contact.address
    round_.conversation_on = plan.conversation_on


def _write_list(round_: Round, plan: RoundPlan) -> None:
    db.session.execute(db.delete(Invitation).where(Invitation.round_id == round_.id))
    round_.groups.clear()
    db.session.flush()
    for position, group in enumerate(sorted(plan.groups, key=lambda one: PERSPECTIVES.index(one.perspective))):
        channel = "mail" if group.people else "cards"
        round_.groups.append(
            Group(perspective=group.perspective, position=position, channel=channel, head_count=group.head_count)
        )
        for person in group.people or (Person("", ""),) * group.cards:
            db.session.add(
                Invitation(
                    round_id=round_.id,
                    perspective=group.perspective,
                    name=person.name,
                    address=person.address or None,
                )
            )


def _name_voices(round_: Round, invitations: Sequence[Invitation]) -> dict[str, str]:
    """Write down the named voices and return invitation id -> voice id."""
    voices: dict[str, str] = {}
    for perspective in NAMED:
        found = sorted((one for one in invitations if one.perspective == perspective), key=lambda one: one.name)
        for number, invitation in enumerate(found, start=1):
            voice = perspective if len(found) == 1 else f"{perspective}_{number}"
            voices[invitation.id] = voice
            round_.voices.append(
                Voice(id=voice, perspective=perspective, position=len(round_.voices), name=invitation.name)
            )
    return voices


def _put_in_outbox(round_: Round, invitations: Sequence[Invitation], kind: str, now: datetime) -> None:
    for invitation in invitations:
        if invitation.address is not None:
            db.session.add(OutboxMail(kind=kind, round_id=round_.id, invitation_id=invitation.id, due_at=now))
