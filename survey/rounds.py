"""Rounds: prepare one, send it, extend or cancel it, and say in two words how it goes."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from survey.addresses import Person as Person
from survey.addresses import mailbox
from survey.clock import at_hour, end_of
from survey.kinds import KINDS, MIRROR, WITH_WORK
from survey.perspectives import ANONYMOUS, NAMED, PERSPECTIVES, answers_by_name
from survey.store.ballots import Box, BoxGone, Slot, SlotPlace
from survey.store.database import db, keep_others_off
from survey.store.keys import destroy_key, is_kept, make_key
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Group, Round, Standing, Voice, of_the_same_owners, round_before
from survey.store.rounds import RoundFrozen as RoundFrozen

MINIMUM = 5
"""k: below this many answers an anonymous group is destroyed unread. Never lower, frozen at sending."""
CAUTION_BELOW = 8
"""Under this many people two colleagues who compare answers still learn something."""
LONGEST_EXTENSION = timedelta(days=14)
MORNING_HOUR = 7
"""Invitations sent ahead leave at seven on the day the round opens, so that the link in them works at once."""
SPACING = timedelta(days=80)
"""Between two closing dates of an anonymous group. Two releases can be subtracted when one person joined or left;
time, in which answers drift by themselves, is the protection."""


class PlanRefused(Exception):
    """A plan cannot become a round; the kind says why."""


class ContactIsOwner(PlanRefused):
    """Staff need a contact who is not the owner."""


class AddressTwice(PlanRefused):
    """One mailbox stands in two places of the list."""


class InsiderAmongStaff(PlanRefused):
    """An owner or the conversation partner stands in the anonymous group."""


class SubjectAmongOthers(PlanRefused):
    """The owner whose mirror this is stands in one of the groups; he answers apart, never among the others."""


class UnknownPerspective(PlanRefused):
    """There is no such group in a mirror."""


class GroupTwice(PlanRefused):
    """A group stands in the plan twice; it has one channel per round."""


class GroupEmpty(PlanRefused):
    """A group without people and without cards."""


class TwoChannels(PlanRefused):
    """A group is invited by mail or by card, never both: two channels would be two groups."""


class CardsForNamedVoice(PlanRefused):
    """Who answers by name is invited by name; a card has none."""


class ClosesBeforeItOpens(PlanRefused):
    """The round closes before it opens."""


class TooSoonAfterLastRound(PlanRefused):
    """An anonymous group closes less than eighty days after (or before) another round of the same owners."""

    def __init__(self, first_possible: date) -> None:
        super().__init__(f"possible from {first_possible.isoformat()}")
        self.first_possible = first_possible


class KindUnknown(PlanRefused):
    """There is no such kind of round."""


class EditionOfOtherKind(PlanRefused):
    """A round of this kind does not ask this edition."""


class GroupOfOtherKind(PlanRefused):
    """A round of this kind does not ask this group."""


class CircleTooLarge(PlanRefused):
    """A small circle is a few people."""


class WorkWithoutEmployees(PlanRefused):
    """The items about work are for employees only, and none are asked."""


class OwnerUnconfirmed(Exception):
    """Mail in somebody's name leaves only after that person confirmed the address."""


class NobodyInvited(Exception):
    """A round without a single group cannot be sent."""


class TooLateToSend(Exception):
    """The closing date has passed: nobody could answer any more."""


class PassphraseAwaited(Exception):
    """The round was put in strict mode, and its conversation partner did not type a passphrase yet."""


class ExtensionRefused(Exception):
    """One extension, before the end, of at most fourteen days."""


class NothingToCancel(Exception):
    """The round does not run (any more)."""


class KeyUsedForOtherRound(Exception):
    """An earlier round file with this key had other content."""


@dataclass(frozen=True)
class GroupPlan:
    """One group to invite: people by mail, or a number of cards; never both."""

    perspective: str
    people: tuple[Person, ...] = ()
    cards: int = 0
    moved: int | None = None
    """How many joined plus how many left since the round before, as the owner states it; None when he does not."""

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
    kind: str = MIRROR


@dataclass(frozen=True)
class Script:
    """What a provider's script calls a round, and a hash of all it said about it."""

    key: str
    digest: str


def prepare(
    company: Company,
    subject: Account,
    plan: RoundPlan,
    round_: Round | None = None,
    script: Script | None = None,
    turn: date | None = None,
) -> Round:
    """Write a plan down as a round, or over one that was not sent yet; nothing leaves the house.

    turn: of the rhythm that prepares it. Raises RoundFrozen and every kind of PlanRefused.
    """
    if round_ is not None:
        keep_others_off(round_)
        if round_.sent_at is not None or round_.cancelled_at is not None:
            raise RoundFrozen
    _refuse_bad_groups(plan)
    _refuse_what_the_kind_does_not_ask(plan)
    _refuse_bad_list(company, subject, plan)
    perspectives = [group.perspective for group in plan.groups]
    _refuse_too_soon(company.id, perspectives, plan.closes_on, round_.id if round_ else None)
    round_ = round_ or Round(company_id=company.id, minimum=MINIMUM)
    _write_plan(round_, subject, plan)
    if script is not None:
        round_.script_key, round_.script_digest = script.key, script.digest
    round_.turn = turn or round_.turn
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
        cards = group.head_count if group.channel == "cards" else 0  # a list that was erased is no pile of cards
        groups.append(GroupPlan(group.perspective, people, cards, group.moved))
    return RoundPlan(
        questionnaire=round_.questionnaire,
        language=round_.language,
        opens_on=round_.opens_on,
        closes_on=round_.closes_on,
        partner=Person(round_.partner_name, round_.partner_address),
        conversation_on=round_.conversation_on,
        contact=Person(round_.contact_name, round_.contact_address),
        groups=tuple(groups),
        kind=round_.kind,
    )


def first_closing_date(
    company_id: str, perspectives: Collection[str], closes_on: date, round_id: str | None = None
) -> date:
    """Return the first day, from `closes_on` on, at which a round of these groups may close.

    perspectives: of the round in question. round_id: the round itself when it is written down already. Only rounds
    that were sent count, in every company of the same owners; a cancelled one releases nothing.
    """
    if not set(perspectives) & set(ANONYMOUS):
        return closes_on
    query = (
        db.select(Round.closes_on)
        .join(Group)
        .where(of_the_same_owners(company_id), Round.sent_at.is_not(None), Round.cancelled_at.is_(None))
        .where(Group.perspective.in_(ANONYMOUS), Round.id != (round_id or ""))
    )
    for other in sorted(db.session.scalars(query)):
        if abs(closes_on - other) < SPACING:
            closes_on = other + SPACING
    return closes_on


def can_ever_be_shown(group: GroupPlan) -> bool:
    """Say whether a group is large enough to be shown when everybody answers."""
    return answers_by_name(group.perspective) or group.head_count >= MINIMUM


def send(round_: Round, subject: Account, box: Box, key_folders: Sequence[Path], now: datetime) -> None:
    """Freeze the list, make the box and its key, and put every invitation in the outbox.

    Invitations leave at once when the round is open, else on the morning it opens. Sent twice is sent once.
    Raises OwnerUnconfirmed (when there are addresses), NobodyInvited, RoundFrozen, TooLateToSend, PassphraseAwaited,
    TooSoonAfterLastRound (another round may have been sent or extended meanwhile).
    """
    keep_others_off(round_)  # two who send at once would make two keys, and open no ballot that the other's sealed
    if round_.cancelled_at is not None:
        raise RoundFrozen
    if round_.sent_at is not None:
        return
    if not round_.groups:
        raise NobodyInvited
    if subject.confirmed_at is None and any(group.channel == "mail" for group in round_.groups):
        raise OwnerUnconfirmed
    if now >= end_of(round_.closes_on):
        raise TooLateToSend
    if round_.strict and (round_.public_key is None or not is_kept(key_folders, round_.id)):
        raise PassphraseAwaited
    _refuse_too_soon(round_.company_id, [group.perspective for group in round_.groups], round_.closes_on, round_.id)
    invitations = invitations_of(round_.id)
    voices = _name_voices(round_, invitations)
    if not round_.strict:
        round_.public_key = make_key(key_folders, round_.id)
    box.make(
        SlotPlace(Slot(invitation.id), invitation.perspective, voices.get(invitation.id)) for invitation in invitations
    )
    _count_who_moved(round_)
    round_.sent_at = now
    _put_in_outbox(round_, invitations, "invitation", _invitations_leave_at(round_, now))
    db.session.commit()


def extend(round_: Round, closes_on: date, now: datetime) -> None:
    """Move the end of a running round, once, by at most fourteen days, and tell everybody.

    Raises ExtensionRefused, TooSoonAfterLastRound (the next round was sent already and would come too soon).
    """
    keep_others_off(round_)
    if (
        round_.standing_at(now) not in (Standing.ANNOUNCED, Standing.OPEN)
        or round_.extended_from is not None
        or not timedelta(0) < closes_on - round_.closes_on <= LONGEST_EXTENSION
    ):
        raise ExtensionRefused
    _refuse_too_soon(round_.company_id, [group.perspective for group in round_.groups], closes_on, round_.id)
    round_.extended_from, round_.closes_on = round_.closes_on, closes_on
    _put_in_outbox(round_, invitations_of(round_.id), "extended", now)
    db.session.commit()


def cancel(round_: Round, box: Box, key_folders: Sequence[Path], now: datetime) -> None:
    """Stop a round for good: its ballots are destroyed and everybody invited is told. Raises NothingToCancel.

    A closed round can be stopped only when it can never be counted: its key is lost, or stayed locked for too long.
    The moment is written down before anything is destroyed, so that a rerun after a crash finishes the work.
    """
    keep_others_off(round_)
    standing = round_.standing_at(now)
    if standing is Standing.COUNTED:
        raise NothingToCancel
    can_be_counted = is_kept(key_folders, round_.id) and not round_.is_locked_too_long_at(now)
    if standing is Standing.CLOSED and can_be_counted:
        raise NothingToCancel
    if standing is not Standing.CANCELLED:
        round_.cancelled_at = now
        if round_.sent_at is not None:
            kind = "destroyed" if standing is Standing.CLOSED else "cancelled"
            _put_in_outbox(round_, invitations_of(round_.id), kind, now)
        db.session.commit()
    destroy_key(key_folders, round_.id)
    box.destroy()


def mend_address(invitation: Invitation, round_: Round, address: str, now: datetime) -> None:
    """Correct an address whose mail came back, and send the invitation again; nothing else on the list can change.

    Raises RoundFrozen when the mail did not come back, AddressTwice, SubjectAmongOthers, InsiderAmongStaff.
    """
    if not invitation.bounced or round_.standing_at(now) not in (Standing.ANNOUNCED, Standing.OPEN):
        raise RoundFrozen
    others = (other.address for other in invitations_of(round_.id) if other.id != invitation.id)
    if mailbox(address) in {mailbox(other) for other in others if other is not None}:
        raise AddressTwice(address)
    company = db.session.get_one(Company, round_.company_id)
    if mailbox(address) == mailbox(db.session.get_one(Account, round_.subject_id).email):
        raise SubjectAmongOthers(address)
    # A bounced colleague must not become a second list for the owner.
    if not answers_by_name(invitation.perspective) and mailbox(address) in _insiders(company, round_.partner_address):
        raise InsiderAmongStaff(address)
    invitation.address, invitation.bounced = address, 0
    _put_in_outbox(round_, [invitation], "invitation", _invitations_leave_at(round_, now))
    db.session.commit()


def revoke(invitation: Invitation, round_: Round, box: Box, now: datetime) -> None:
    """Take back one invitation of a running round: from here its link or card opens nothing, and no more mail follows.

    The list stays frozen: how many were invited does not change, and a ballot that was cast stays in the box, since
    nobody may learn whether there is one. For who answers by name an owner may do this; for an anonymous group only
    who was invited, or the operator at that person's word: else an owner could choose whose answers count.
    Raises RoundFrozen.
    """
    if round_.standing_at(now) not in (Standing.ANNOUNCED, Standing.OPEN):
        raise RoundFrozen
    # Written down first: after a crash in between, the link is refused already.
    invitation.revoked = 1
    db.session.commit()
    box.stop_up(Slot(invitation.id))


def named_voices_in(round_: Round, box: Box) -> dict[str, bool]:
    """Return invitation id -> whether the list came in, for those who were told that they answer by name; no others.

    Empty when there is no box: before sending, and after counting or cancelling.
    """
    named = [one for one in invitations_of(round_.id) if answers_by_name(one.perspective)]
    try:
        return {invitation.id: box.is_used(Slot(invitation.id)) for invitation in named}
    except BoxGone:
        return {}


def look_at_participation(round_: Round, box: Box) -> None:
    """Latch, for anonymous groups of eight or more, whether enough ballots are in. The worker looks at 06:00 only."""
    for group in round_.groups:
        watched = not answers_by_name(group.perspective) and group.head_count >= CAUTION_BELOW
        if watched and not group.enough and box.ballot_count(group.perspective) >= round_.minimum:
            group.enough = 1
    db.session.commit()


def round_for(script: Script) -> Round | None:
    """Return the round that an earlier run made with this key. Raises KeyUsedForOtherRound."""
    round_ = db.session.scalars(db.select(Round).filter_by(script_key=script.key)).one_or_none()
    if round_ is not None and round_.script_digest != script.digest:
        raise KeyUsedForOtherRound(script.key)
    return round_


def _refuse_bad_groups(plan: RoundPlan) -> None:
    if plan.closes_on < plan.opens_on:
        raise ClosesBeforeItOpens
    for group in plan.groups:
        if group.perspective not in PERSPECTIVES:
            raise UnknownPerspective(group.perspective)
        if group.head_count < 1:
            raise GroupEmpty(group.perspective)
        if group.cards and group.people:
            raise TwoChannels(group.perspective)
        if group.cards and answers_by_name(group.perspective):
            raise CardsForNamedVoice(group.perspective)
    if len({group.perspective for group in plan.groups}) < len(plan.groups):
        raise GroupTwice


def _refuse_what_the_kind_does_not_ask(plan: RoundPlan) -> None:
    kind = KINDS.get(plan.kind)
    if kind is None:
        raise KindUnknown(plan.kind)
    if plan.questionnaire not in kind.editions:
        raise EditionOfOtherKind(plan.questionnaire)
    for group in plan.groups:
        if group.perspective not in kind.perspectives:
            raise GroupOfOtherKind(group.perspective)
    if kind.most_people is not None and sum(group.head_count for group in plan.groups) > kind.most_people:
        raise CircleTooLarge(f"at most {kind.most_people}")
    if plan.questionnaire == WITH_WORK and "employees" not in {group.perspective for group in plan.groups}:
        raise WorkWithoutEmployees


def _refuse_bad_list(company: Company, subject: Account, plan: RoundPlan) -> None:
    if mailbox(plan.contact.address) in {mailbox(owner.email) for owner in company.owners}:
        raise ContactIsOwner
    insiders = _insiders(company, plan.partner.address)
    counts = Counter(mailbox(person.address) for group in plan.groups for person in group.people)
    for group in plan.groups:
        for person in group.people:
            if counts[mailbox(person.address)] > 1:
                raise AddressTwice(person.address)
            if mailbox(person.address) == mailbox(subject.email):
                raise SubjectAmongOthers(person.address)
            if not answers_by_name(group.perspective) and mailbox(person.address) in insiders:
                raise InsiderAmongStaff(person.address)


def _insiders(company: Company, partner_address: str) -> set[str]:
    """Return the mailboxes that may never answer as staff."""
    return {mailbox(owner.email) for owner in company.owners} | {mailbox(partner_address)}


def _refuse_too_soon(company_id: str, perspectives: Collection[str], closes_on: date, round_id: str | None) -> None:
    first = first_closing_date(company_id, perspectives, closes_on, round_id)
    if first > closes_on:
        raise TooSoonAfterLastRound(first)


def _write_plan(round_: Round, subject: Account, plan: RoundPlan) -> None:
    round_.subject_id, round_.subject_name = subject.id, subject.name
    round_.kind, round_.questionnaire, round_.language = plan.kind, plan.questionnaire, plan.language
    round_.opens_on, round_.closes_on = plan.opens_on, plan.closes_on
    if round_.partner_address and mailbox(round_.partner_address) != mailbox(plan.partner.address):
        round_.public_key, round_.locked_by_partner = None, False  # who locked it is the partner no more
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
            Group(
                perspective=group.perspective,
                position=position,
                channel=channel,
                head_count=group.head_count,
                moved=group.moved,
            )
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


def _count_who_moved(round_: Round) -> None:
    """Write down how many joined or left each anonymous group since the round before.

    Two releases around one newcomer can be subtracted, so a trend is withheld when one to four people moved. While both
    lists exist they are compared; once the earlier one is erased, or with cards, the owner's own count stands, but
    never less than the head counts differ. A count that nobody knows withholds the trend as well.
    """
    before = round_before(round_)
    earlier = {group.perspective: group for group in before.groups} if before else {}
    for group in round_.groups:
        if answers_by_name(group.perspective):
            continue
        if before is None or group.perspective not in earlier:
            group.moved = None
            continue
        then, now = _mailboxes(before, group.perspective), _mailboxes(round_, group.perspective)
        # A list from which somebody asked to be erased says too little.
        if now and len(then) == earlier[group.perspective].head_count:
            group.moved = len(then ^ now)
        elif group.moved is not None:
            group.moved = max(group.moved, abs(group.head_count - earlier[group.perspective].head_count))


def _mailboxes(round_: Round, perspective: str) -> set[str]:
    return {mailbox(one.address) for one in invitations_of(round_.id, perspective) if one.address}


def _name_voices(round_: Round, invitations: Sequence[Invitation]) -> dict[str, str]:
    """Write down the named voices and return invitation id -> voice id."""
    voices: dict[str, str] = {}
    for perspective in NAMED:
        found = sorted((one for one in invitations if one.perspective == perspective), key=lambda one: one.name)
        for number, invitation in enumerate(found, start=1):
            voice = perspective if len(found) == 1 else f"{perspective}_{number}"
            voices[invitation.id] = voice
            name = invitation.name or invitation.address or ""
            round_.voices.append(Voice(id=voice, perspective=perspective, position=len(round_.voices), name=name))
    return voices


def _invitations_leave_at(round_: Round, now: datetime) -> datetime:
    if round_.standing_at(now) is Standing.OPEN:
        return now
    return max(now, at_hour(round_.opens_on, MORNING_HOUR))


def _put_in_outbox(round_: Round, invitations: Sequence[Invitation], kind: str, due_at: datetime) -> None:
    for invitation in invitations:
        if invitation.address is not None:
            db.session.add(OutboxMail(kind=kind, round_id=round_.id, invitation_id=invitation.id, due_at=due_at))
