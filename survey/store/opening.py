"""Opening ballots: the only code that can read an answer. Counting imports it, and nothing else may."""

import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from survey.store.ballots import SUITE, SealedBallot, binding


class SealBroken(Exception):
    """A ballot does not open with this round's key: it was damaged, moved, or belongs to another box."""


@dataclass(frozen=True)
class OpenedBallot:
    """What one respondent answered; lives in memory, during counting only."""

    perspective: str
    voice: str | None
    edition: str
    content: dict[str, Any]


def open_ballot(ballot: SealedBallot, key: X25519PrivateKey) -> OpenedBallot:
    """Break the seal of one ballot. Raises SealBroken."""
    try:
        plain = SUITE.decrypt(ballot.sealed, key, info=binding(ballot.edition, ballot.perspective))
    except (InvalidTag, ValueError) as fault:
        raise SealBroken(ballot.key) from fault
    return OpenedBallot(ballot.perspective, ballot.voice, ballot.edition, json.loads(plain))
