"""Closing a round and counting it: the one place where ballots are opened, and where they cease to exist.

Closed and counted are two moments. Counting is three steps, each safe to repeat: the release is written in one
transaction; then the box is destroyed; then, last of all, the key. Killed anywhere and started again, it ends the same:
as long as a round has no release its box and key are whole, and while a key is left, something is left to destroy.
It must not know who anybody is: slots and voices are all it sees.
"""

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from survey.clock import end_of
from survey.perspectives import answers_by_name
from survey.questionnaires import load
from survey.scoring import (
    AnonymousGroup,
    EarlierRelease,
    Group,
    NamedVoice,
    Release,
    ShownCell,
    canonical,
    digest,
    from_document,
    release,
    scored_items,
)
from survey.store.ballots import Box, Boxes, BoxGone, SealedBallot
from survey.store.database import db, leave_no_old_versions
from survey.store.keys import destroy_key, kept_keys, private_key, unlock_key
from survey.store.named_facts import NamedFacts
from survey.store.opening import OpenedBallot, open_ballot
from survey.store.opening import SealBroken as SealBroken
from survey.store.rounds import Group as GroupRow
from survey.store.rounds import Receipt, ReleaseRecord, Round, find_round, forget_participation, of_the_same_owners


class RoundStillOpen(Exception):
    """The round's last day is not over, or it was never sent."""


class RoundNotClosed(Exception):
    """Only a closed round is counted."""


class OtherEdition(Exception):
    """A ballot was sealed for another edition than the round asks."""


def close(round_: Round, box: Box, now: datetime, *, early: bool = False) -> None:
    """Shut the box; from here no ballot goes in or out. Closing twice is closing once.

    early: the operator closes before the last day is over, which is shown on every link and on the cover.
    Raises RoundStillOpen.
    """
    if round_.sent_at is None or round_.cancelled_at is not None:
        raise RoundStillOpen
    if round_.closed_at is not None:
        return
    over = now >= end_of(round_.closes_on)
    if not over and not early:
        raise RoundStillOpen
    box.shut()
    round_.closed_at, round_.closed_early = now, not over
    db.session.commit()


def count(round_: Round, box: Box, key_folders: Sequence[Path], now: datetime, passphrase: str | None = None) -> None:
    """Turn the ballots of a closed round into its release, once, and destroy them; resumable at any point.

    passphrase: as typed, or the recovery code; only for a round in strict mode. Raises RoundNotClosed, KeyLost,
    KeyLocked, PassphraseWrong, SealBroken, OtherEdition; then nothing was written and nothing destroyed.
    """
    if round_.closed_at is None or round_.cancelled_at is not None:
        raise RoundNotClosed
    if round_.counted_at is None:
        _write_release(round_, box, _key_of(round_, key_folders, passphrase), now)
    db.session.commit()
    leave_no_old_versions(GroupRow)
    box.destroy()
    destroy_key(key_folders, round_.id)


def close_due(boxes: Boxes, now: datetime) -> list[Round]:
    """Close every round whose last day is over; return them."""
    running = db.select(Round).where(
        Round.sent_at.is_not(None), Round.closed_at.is_(None), Round.cancelled_at.is_(None)
    )
    due = [round_ for round_ in db.session.scalars(running.order_by(Round.id)) if now >= end_of(round_.closes_on)]
    for round_ in due:
        close(round_, boxes.of(round_.id), now)
    return due


def rounds_to_count(key_folders: Sequence[Path]) -> list[str]:
    """Return the ids of rounds that are closed and not counted, or not completely cleared away.

    A round in strict mode is not among them before its release is written: it waits for its passphrase.
    """
    waiting = db.select(Round.id).where(Round.closed_at.is_not(None), Round.counted_at.is_(None))
    waiting = waiting.where(Round.cancelled_at.is_(None), Round.strict.is_(False))
    left = [id_ for id_ in kept_keys(key_folders) if (found := find_round(id_)) and found.counted_at is not None]
    return sorted({*db.session.scalars(waiting), *left})


def _key_of(round_: Round, key_folders: Sequence[Path], passphrase: str | None) -> X25519PrivateKey:
    if round_.strict and passphrase is not None:
        return unlock_key(key_folders, round_.id, passphrase)
    return private_key(key_folders, round_.id)


def _write_release(round_: Round, box: Box, key: X25519PrivateKey, now: datetime) -> None:
    try:
        ballots, invited = box.sealed_ballots(), box.head_counts()
    except BoxGone as gone:
        raise RoundNotClosed from gone
    groups = list(_groups(round_, ballots, invited, key))
    items = scored_items(load(round_.questionnaire))
    result = release(items, groups, _key_for_texts(key), round_.minimum, _earlier(round_))
    document = canonical(result)
    round_.release = ReleaseRecord(document=document, digest=digest(document))
    _keep_facts(round_, ballots, key)
    _settle_receipts(round_, ballots)
    forget_participation(round_)
    round_.counted_at = now
    db.session.commit()


def _groups(
    round_: Round, ballots: Sequence[SealedBallot], invited: Mapping[str, int], key: X25519PrivateKey
) -> Iterator[Group]:
    for group in round_.groups:
        cast = [ballot for ballot in ballots if ballot.perspective == group.perspective]
        if answers_by_name(group.perspective):
            yield from (_voice(_open(round_, ballot, key)) for ballot in cast)
        else:
            # Below the minimum nothing is opened: what nobody may read, nobody reads.
            readable = cast if len(cast) >= round_.minimum else []
            opened = [_open(round_, ballot, key) for ballot in readable]
            yield _group(group.perspective, opened, invited[group.perspective])


def _keep_facts(round_: Round, ballots: Sequence[SealedBallot], key: X25519PrivateKey) -> None:
    """Keep what was asked of named roles only, for the owner only: beside the release, never in it."""
    asked = [ballot for ballot in ballots if answers_by_name(ballot.perspective)]
    found = {ballot.voice or ballot.perspective: _open(round_, ballot, key).content.get("facts") for ballot in asked}
    for voice, facts in sorted(found.items()):
        if facts:
            db.session.add(NamedFacts(round_id=round_.id, voice=voice, document=facts))


def _open(round_: Round, ballot: SealedBallot, key: X25519PrivateKey) -> OpenedBallot:
    if ballot.edition != round_.questionnaire:
        raise OtherEdition(ballot.edition)
    return open_ballot(ballot, key)


def _group(perspective: str, opened: Sequence[OpenedBallot], invited: int) -> AnonymousGroup:
    # Sorted by content: nothing after this line can depend on the order of arrival.
    contents = sorted((ballot.content for ballot in opened), key=lambda content: json.dumps(content, sort_keys=True))
    texts: dict[str, list[str]] = {}
    for content in contents:
        for question, text in _printable(content).items():
            texts.setdefault(question, []).append(text)
    return AnonymousGroup(perspective, [content["answers"] for content in contents], invited, texts)


def _voice(opened: OpenedBallot) -> NamedVoice:
    return NamedVoice(opened.voice or opened.perspective, opened.content["answers"], _printable(opened.content))


def _printable(content: Mapping[str, dict[str, str]]) -> dict[str, str]:
    return {question: text for question, text in content["texts"].items() if question not in content["unquoted"]}


def _key_for_texts(key: X25519PrivateKey) -> bytes:
    # Goes with the round's key: afterwards nobody can rebuild the order, or test a guess about a text against it.
    return hmac.digest(key.private_bytes_raw(), b"spiegelronde order of texts", "sha256")


def _earlier(round_: Round) -> list[EarlierRelease]:
    counted = db.select(Round).where(
        of_the_same_owners(round_.company_id), Round.counted_at.is_not(None), Round.id != round_.id
    )
    return [
        _shown_before(group.perspective, _release_of(other), abs((round_.closes_on - other.closes_on).days))
        for other in db.session.scalars(counted.order_by(Round.id))
        for group in other.groups
        if not answers_by_name(group.perspective)
    ]


def _shown_before(perspective: str, earlier: Release, days: int) -> EarlierRelease:
    shown = (cell.item for cell in earlier.cells if isinstance(cell, ShownCell) and cell.perspective == perspective)
    return EarlierRelease(perspective, frozenset(shown), days)


def _release_of(round_: Round) -> Release:
    assert round_.release is not None
    return from_document(json.loads(round_.release.document))


def _settle_receipts(round_: Round, ballots: Sequence[SealedBallot]) -> None:
    sizes = {group.perspective: 0 for group in round_.groups}
    for ballot in ballots:
        sizes[ballot.perspective] += 1
    for ballot in sorted(ballots, key=lambda ballot: ballot.key):
        if not answers_by_name(ballot.perspective):
            standing = "counted" if sizes[ballot.perspective] >= round_.minimum else "destroyed"
            db.session.add(Receipt(ballot_key=ballot.key, round_id=round_.id, standing=standing))
