"""Invitations: the link or card by which somebody is recognised, reminders, and asking for no more mail.

It must not know what anybody answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer, base64_decode, base64_encode

from survey.codes import CodeMistyped, Hasher, look_along_serializer, new_card, read_card
from survey.store.database import db, keep_others_off
from survey.store.outbox import OutboxMail
from survey.store.people import Invitation, invitations_of
from survey.store.rounds import Round, Standing

REMINDERS = 2
"""A group is reminded at most so often, always as a whole."""


class UnknownLink(Exception):
    """Nobody was ever invited with this link, or it is damaged."""


class UnknownCard(Exception):
    """No card has this code, or it was made void."""


class CardsAlreadyMade(Exception):
    """The cards of this group were made and shown once; they cannot be shown again."""


class TooLateToReissue(Exception):
    """The round is open: how many cards come back would now show who took part."""


class NotSentYet(Exception):
    """The list is not frozen yet."""


class RemindersUsedUp(Exception):
    """This group was reminded twice, or the round does not run."""


@dataclass(frozen=True)
class Links:
    """Makes and reads the links in mails: signed identifiers, nothing readable in them.

    keys: signing keys, newest first. base: canonical address without a slash at its end.
    """

    keys: Sequence[str]
    base: str

    def invitation(self, invitation_id: str) -> str:
        """Return the link of an invitation; always the same, so a reminder repeats it."""
        return f"{self.base}/u/{self._serializer('invitation').dumps(invitation_id)}"

    def no_more_mail(self, invitation_id: str) -> str:
        """Return the link by which the invited person stops reminders."""
        return f"{self.base}/geen-mail/{self._serializer('no more mail').dumps(invitation_id)}"

    def how_it_works(self, round_id: str) -> str:
        """Return the link of the page that tells staff how a round works; it says nothing about who holds it."""
        return f"{self.base}/zo-werkt-de-spiegel/{self._serializer('how it works').dumps(round_id)}"

    def card(self, code: str) -> str:
        """Return the link in a card's QR code."""
        return f"{self.base}/kaart/{code}"

    def look_along(self, confidant_id: str, address: str) -> str:
        """Return the link by which somebody who was let in says that it is his account."""
        return f"{self.base}/meekijken/{look_along_serializer(self.keys).dumps([confidant_id, address])}"

    def shared_mirror(self, round_id: str) -> str:
        """Return where somebody who looks along reads a mirror; it asks him to sign in."""
        return f"{self.base}/klanten/{round_id}/spiegel"

    def read_invitation(self, token: str) -> str:
        """Return the invitation's id. Raises UnknownLink."""
        return self._read("invitation", token)

    def read_no_more_mail(self, token: str) -> str:
        """Return the invitation's id. Raises UnknownLink."""
        return self._read("no more mail", token)

    def read_how_it_works(self, token: str) -> str:
        """Return the round's id. Raises UnknownLink."""
        return self._read("how it works", token)

    def _read(self, purpose: str, token: str) -> str:
        try:
            signed_id = str(self._serializer(purpose).loads(token))
        except BadSignature as damaged:
            raise UnknownLink from damaged
        # The last character of a signature has bits that nobody reads: a link that was changed there is no link either.
        signature = token.rpartition(".")[2]
        if base64_encode(base64_decode(signature)).decode() != signature:
            raise UnknownLink
        return signed_id

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        # itsdangerous signs with the last key of its list and accepts all of them.
        return URLSafeSerializer(list(reversed(self.keys)), salt=f"spiegelronde {purpose}")


def recognise(links: Links, token: str) -> Invitation:
    """Return the invitation behind the link in a mail. Raises UnknownLink."""
    invitation: Invitation | None = db.session.get(Invitation, links.read_invitation(token))
    if invitation is None:
        raise UnknownLink
    return invitation


def recognise_card(hasher: Hasher, typed: str) -> Invitation:
    """Return the invitation behind a typed or scanned card code. Raises UnknownCard."""
    try:
        hashes = hasher.hashes("card", read_card(typed))
    except CodeMistyped as mistyped:
        raise UnknownCard from mistyped
    query = db.select(Invitation).where(Invitation.card_hash.in_(hashes))
    invitation: Invitation | None = db.session.scalars(query).one_or_none()
    if invitation is None:
        raise UnknownCard
    return invitation


def make_cards(round_: Round, perspective: str, hasher: Hasher, now: datetime, *, reissue: bool = False) -> list[str]:
    """Make the cards of a group, exactly one per head, and return their codes: the only time they are known.

    Sorted by code, which is random: the pile says nothing about the list. With `reissue` the earlier cards are void.
    Raises NotSentYet, CardsAlreadyMade, TooLateToReissue.
    """
    if round_.sent_at is None:
        raise NotSentYet
    group = round_.group(perspective)
    if group.cards_made_at is not None:
        if not reissue:
            raise CardsAlreadyMade
        if round_.standing_at(now) is not Standing.ANNOUNCED:
            raise TooLateToReissue
    invitations = invitations_of(round_.id, perspective)
    codes = sorted({new_card() for _ in invitations})
    while len(codes) < len(invitations):
        codes = sorted({*codes, new_card()})
    for invitation, code in zip(invitations, codes, strict=True):
        invitation.card_hash = hasher.hash("card", code)
    group.cards_made_at = now
    db.session.commit()
    return codes


def may_be_reminded(round_: Round, perspective: str, now: datetime) -> bool:
    """Say whether the group can be reminded now: by mail, in an open round, fewer than two times so far."""
    group = round_.group(perspective)
    return group.channel == "mail" and group.reminders < REMINDERS and round_.standing_at(now) is Standing.OPEN


def remind(round_: Round, perspective: str, now: datetime) -> int:
    """Remind the whole group, answered or not; return how many mails leave at most. Raises RemindersUsedUp.

    Who asked for no more mail is passed over when the mail is sent, so the number says nothing about that.
    """
    group = round_.group(perspective)
    keep_others_off(group)
    if not may_be_reminded(round_, perspective, now):
        raise RemindersUsedUp
    group.reminders += 1
    invitations = invitations_of(round_.id, perspective)
    for invitation in invitations:
        db.session.add(
            OutboxMail(kind=f"reminder_{group.reminders}", round_id=round_.id, invitation_id=invitation.id, due_at=now)
        )
    db.session.commit()
    return len(invitations)


def stop_mail(links: Links, token: str) -> Invitation:
    """Stop reminders to the person behind the link; the owner does not see it. Raises UnknownLink."""
    return stop_mail_to(links.read_no_more_mail(token))


def stop_mail_to(invitation_id: str) -> Invitation:
    """Stop reminders to this invited person; the owner does not see it. Raises UnknownLink."""
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None:
        raise UnknownLink
    invitation.muted = 1
    db.session.commit()
    return invitation
