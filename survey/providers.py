"""What a provider's script may do: start a round from a file, get its cards once, close it, and see what was released.

The same verbs as behind the owner's pages; here only what a script needs beside them.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from survey import counting, invitations, rounds
from survey.installation import Installation
from survey.perspectives import ANONYMOUS, answers_by_name
from survey.round_file import RoundFile
from survey.rounds import OwnerUnconfirmed, Person, Script
from survey.scoring import Reason, SuppressedCell, from_document
from survey.store.database import db
from survey.store.people import Account, Company
from survey.store.rounds import Round, find_round

SKIPPED = "skipped"


class UnknownRound(Exception):
    """There is no round with this id."""


class OperatorIsTheCompany(Exception):
    """A company that runs its own installation cannot close its own round early."""


@dataclass(frozen=True)
class Card:
    """One card, known only while it is printed."""

    perspective: str
    code: str
    link: str


@dataclass(frozen=True)
class GroupOutcome:
    """What was released of one perspective, in counts of cells; never a mark."""

    perspective: str
    released: int
    suppressed: dict[str, int]
    """Reason -> number of cells."""


def start_round(file: RoundFile, house: Installation, *, send: bool) -> Round:
    """Write down the round of a file, and send it when asked; a rerun with the same key gives the same round.

    Raises OwnerUnconfirmed, KeyUsedForOtherRound, and what `rounds.prepare` raises; then nothing was created.
    """
    script = Script(file.key, file.digest) if file.key else None
    owner = _account_of(file.owner)
    if send and any(group.people for group in file.plan.groups) and (owner is None or owner.confirmed_at is None):
        raise OwnerUnconfirmed
    round_ = rounds.round_for(script) if script else None
    if round_ is None:
        round_ = _prepare(file, owner, script)
    if send:
        subject = db.session.get_one(Account, round_.subject_id)
        rounds.send(round_, subject, house.boxes.of(round_.id), house.settings.keys, house.clock())
    return round_


def round_with(round_id: str) -> Round:
    """Return the round with this id. Raises UnknownRound."""
    round_ = find_round(round_id)
    if round_ is None:
        raise UnknownRound(round_id)
    return round_


def cards(round_: Round, house: Installation, *, reissue: bool = False) -> list[Card]:
    """Make the cards of every card group of a round; the only time they are known.

    Raises NotSentYet, CardsAlreadyMade, TooLateToReissue.
    """
    return [
        Card(group.perspective, code, house.links.card(code))
        for group in round_.groups
        if group.channel == "cards"
        for code in invitations.make_cards(round_, group.perspective, house.hasher, house.clock(), reissue=reissue)
    ]


def close_now(round_: Round, house: Installation) -> None:
    """Close and count a round, also before its last day: the operator's right, shown on every link and on the cover.

    Raises OperatorIsTheCompany, RoundStillOpen, KeyLost, SealBroken.
    """
    company = db.session.get_one(Company, round_.company_id)
    if house.settings.is_run_by(company.name):
        raise OperatorIsTheCompany
    box = house.boxes.of(round_.id)
    counting.close(round_, box, house.clock(), early=True)
    counting.count(round_, box, house.settings.keys, house.clock())


def outcomes(round_: Round) -> Iterator[GroupOutcome]:
    """Say per group and named voice how many cells of a counted round were released, and how many not and why."""
    assert round_.release is not None
    release = from_document(json.loads(round_.release.document))
    groups = [group.perspective for group in round_.groups if not answers_by_name(group.perspective)]
    for perspective in [*groups, *(voice.id for voice in round_.voices)]:
        cells = [cell for cell in release.cells if cell.perspective == perspective]
        reasons = Counter(_why(cell) for cell in cells if isinstance(cell, SuppressedCell))
        yield GroupOutcome(perspective, len(cells) - reasons.total(), dict(sorted(reasons.items())))


def _why(cell: SuppressedCell) -> str:
    """Return the reason as a script reads it; what one named person skipped was never a matter of too few."""
    if cell.perspective not in ANONYMOUS and cell.reason is Reason.TOO_FEW_ANSWERS:
        return SKIPPED
    return cell.reason.value


def _prepare(file: RoundFile, owner: Account | None, script: Script | None) -> Round:
    owner = owner or Account(email=file.owner.address, name=file.owner.name, language=file.plan.language)
    company = _company_of(owner, file.company)
    db.session.add(company)
    db.session.flush()
    try:
        return rounds.prepare(company, owner, file.plan, script=script)
    except Exception:
        db.session.rollback()
        raise


def _account_of(owner: Person) -> Account | None:
    return db.session.scalars(db.select(Account).filter_by(email=owner.address)).one_or_none()


def _company_of(owner: Account, name: str) -> Company:
    for company in owner.companies:
        if company.name == name:
            return company
    return Company(name=name, owners=[owner])
