"""What is kept of people, how long, and erasing it: on schedule for everybody, at once for somebody who asks.

Links and cards lead somewhere until sixty days after the last day of a round; then invitations, cards, receipts and
mail go. What the owner wrote himself and what was released stay, until he deletes the round; his address book is his
own list, and stays until he throws it away or somebody in it asks to be forgotten. It must not know what anybody
answered: for who was anonymous there is nothing to search, and it does not try (GDPR, article 11).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from survey.clock import day_of
from survey.outgoing.kept_mail import forget_kept_before, forget_kept_to
from survey.outgoing.mail import forget_kept
from survey.perspectives import PERSPECTIVES, answers_by_name
from survey.store.address_books import AddressBookEntry, entries_with, strike_out
from survey.store.database import db, leave_no_old_versions
from survey.store.grants import Confidant, MirrorGrant, MirrorView, RelationGrant
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, Invitation
from survey.store.rounds import KEPT_AFTER_CLOSE, Receipt, Round, RoundDraft, find_round


@dataclass(frozen=True)
class Erased:
    """How much was erased. Only numbers: whose it was is what was erased."""

    invitations: int = 0
    receipts: int = 0
    mails: int = 0
    kept_mails: int = 0
    drafts: int = 0
    address_books: int = 0
    grants_to_look_along: int = 0

    def __bool__(self) -> bool:
        return any(vars(self).values())


def erase_due(kept_mails: Path, now: datetime) -> Erased:
    """Erase what leads to the people of every round that ended sixty days ago. Doing it twice is doing it once."""
    today = day_of(now)
    ended = db.select(Round).where(Round.closes_on <= today - KEPT_AFTER_CLOSE)
    rounds = [round_.id for round_ in db.session.scalars(ended)]
    of_rounds = OutboxMail.round_id.in_(rounds)
    # Mail about an account belongs to no round; it is of no more use by then either.
    of_accounts = db.and_(
        OutboxMail.round_id.is_(None), OutboxMail.state != "waiting", OutboxMail.due_at <= now - KEPT_AFTER_CLOSE
    )
    erased = _erase(
        kept_mails,
        mails=db.or_(of_rounds, of_accounts),
        invitations=Invitation.round_id.in_(rounds),
        receipts=Receipt.round_id.in_(rounds),
    )
    leave_no_old_versions(OutboxMail)  # of mail that belongs to no round the row went as soon as it was sent
    still_known = set(db.session.scalars(db.select(OutboxMail.message_id)))
    left = forget_kept_before(kept_mails, now - KEPT_AFTER_CLOSE, still_known)
    return replace(erased, kept_mails=erased.kept_mails + left)


def what_is_kept_of(address: str) -> list[dict[str, Any]]:
    """Return all that is stored about an address, as plain values for a file; what was answered is not searched."""
    return [
        *(_invited(invitation) for invitation in _invitations_to(address)),
        *({"kept_as": "mail", "kind": mail.kind, "state": mail.state} for mail in _mails_to(address)),
        *({"kept_as": "account", "name": account.name} for account in _accounts_of(address)),
        *({"kept_as": role, "company": company} for role, company in _roles_of(address)),
        *({"kept_as": "looks along", "company": company} for company in _let_in_by(address)),
        *({"kept_as": "line of an unfinished list"} for draft in _drafts_with(address)),
        *(_in_an_address_book(entry) for entry in entries_with(address)),
    ]


def forget(address: str, kept_mails: Path) -> Erased:
    """Erase a person's address from lists, address books, queue and kept mails, whatever the round does.

    Who was let look along is forgotten with all that was shared and opened, so it ends here too. How many were invited
    stays as it was, and so does a ballot in a box: nobody knows whose it is. An account, and whom an owner named as
    contact or conversation partner, are not erased here: those are for the owner to change.
    """
    invited = [invitation.id for invitation in _invitations_to(address)]
    drafts = _drafts_with(address)
    for draft in drafts:
        draft.fields = draft.fields | {name: _without_lines(text, address) for name, text in _lists_of(draft)}
    struck = strike_out(entries_with(address))
    looked_along = _delete(Confidant, Confidant.address == address.lower())
    erased = _erase(
        kept_mails,
        mails=db.or_(OutboxMail.invitation_id.in_(invited), db.func.lower(OutboxMail.address) == address.lower()),
        invitations=Invitation.id.in_(invited),
        receipts=db.false(),
    )
    left = forget_kept_to(kept_mails, address)
    if drafts or struck or looked_along:
        leave_no_old_versions(RoundDraft, AddressBookEntry, Confidant, RelationGrant, MirrorGrant, MirrorView)
    return replace(
        erased,
        kept_mails=erased.kept_mails + left,
        drafts=len(drafts),
        address_books=struck,
        grants_to_look_along=looked_along,
    )


def _erase(kept_mails: Path, mails: Any, invitations: Any, receipts: Any) -> Erased:
    # The files go first: once their rows are gone, nothing says which they are.
    files = forget_kept(kept_mails, db.session.scalars(db.select(OutboxMail.message_id).where(mails)))
    erased = Erased(
        mails=_delete(OutboxMail, mails),
        invitations=_delete(Invitation, invitations),
        receipts=_delete(Receipt, receipts),
        kept_mails=files,
    )
    db.session.commit()
    if erased:
        leave_no_old_versions(OutboxMail, Invitation, Receipt)
    return erased


def _delete(table: Any, which: Any) -> int:
    return int(db.session.execute(db.delete(table).where(which)).rowcount)  # type: ignore[attr-defined]


def _invitations_to(address: str) -> list[Invitation]:
    query = db.select(Invitation).where(db.func.lower(Invitation.address) == address.lower())
    return list(db.session.scalars(query.order_by(Invitation.id)))


def _mails_to(address: str) -> Iterable[OutboxMail]:
    return db.session.scalars(db.select(OutboxMail).where(db.func.lower(OutboxMail.address) == address.lower()))


def _accounts_of(address: str) -> Iterable[Account]:
    return db.session.scalars(db.select(Account).where(db.func.lower(Account.email) == address.lower()))


def _roles_of(address: str) -> Iterable[tuple[str, str]]:
    for role, column in (("conversation partner", Round.partner_address), ("contact", Round.contact_address)):
        query = db.select(Company.name).join(Round, Round.company_id == Company.id).distinct()
        for name in db.session.scalars(query.where(db.func.lower(column) == address.lower())):
            yield role, name


def _let_in_by(address: str) -> Iterable[str]:
    query = db.select(Company.name).join(Confidant, Confidant.company_id == Company.id).order_by(Company.name)
    return db.session.scalars(query.where(Confidant.address == address.lower()))


def _drafts_with(address: str) -> list[RoundDraft]:
    drafts = db.session.scalars(db.select(RoundDraft))
    return [draft for draft in drafts if any(_holds(text, address) for _, text in _lists_of(draft))]


def _lists_of(draft: RoundDraft) -> Iterator[tuple[str, str]]:
    """Return the lists in an unfinished plan; its other fields are about its owner's own choices."""
    return ((name, text) for name, text in draft.fields.items() if name in PERSPECTIVES and isinstance(text, str))


def _in_an_address_book(entry: AddressBookEntry) -> dict[str, Any]:
    company = db.session.get_one(Company, entry.company_id)
    return {
        "kept_as": "line of an address book",
        "company": company.name,
        "name": entry.name,
        "address": entry.address,
        "group": entry.perspective,
    }


def _invited(invitation: Invitation) -> dict[str, Any]:
    round_ = find_round(invitation.round_id)
    assert round_ is not None
    mails = db.session.scalars(db.select(OutboxMail).filter_by(invitation_id=invitation.id).order_by(OutboxMail.due_at))
    return {
        "kept_as": "invitation",
        "company": db.session.get_one(Company, round_.company_id).name,
        "closes_on": round_.closes_on.isoformat(),
        "erased_on": round_.erased_on.isoformat(),
        "name": invitation.name,
        "address": invitation.address,
        "group": invitation.perspective,
        "answers_by_name": answers_by_name(invitation.perspective),
        "came_back": bool(invitation.bounced),
        "revoked": bool(invitation.revoked),
        "asked_for_no_more_mail": bool(invitation.muted),
        **_named_in(round_, invitation),
        "mails": [{"kind": mail.kind, "state": mail.state, "due": mail.due_at.isoformat()} for mail in mails],
    }


def _named_in(round_: Round, invitation: Invitation) -> dict[str, str]:
    """Return as which voice somebody answers by name, and how that is taken out; afterwards no address leads there."""
    called = invitation.name or invitation.address
    for voice in round_.voices:
        if voice.perspective == invitation.perspective and voice.name == called:
            return {"voice": voice.id, "taken_out_with": f"survey round redact {round_.id} --voice {voice.id}"}
    return {}


def _holds(text: str, address: str) -> bool:
    return any(_names(line, address) for line in text.splitlines())


def _names(line: str, address: str) -> bool:
    """Say whether this very address stands on a line, and not one that merely ends or begins like it."""
    around = r"[\w.!#$%&'*+/=?^`{|}~@-]"
    return re.search(f"(?<!{around}){re.escape(address)}(?!{around}*[\\w-])", line, re.IGNORECASE) is not None


def _without_lines(text: str, address: str) -> str:
    if not _holds(text, address):
        return text
    return "\n".join(line for line in text.splitlines() if not _names(line, address))
