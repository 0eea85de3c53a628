"""Codes on paper: cards and receipts. How they are made, read back, and hashed under a key for keeping.

A plain hash of 45 bits is searched in hours; a keyed one needs the signing key, which is not in the database.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import URLSafeTimedSerializer

from survey.chance import CROCKFORD, crockford

CARD_LENGTH = 10
"""Nine random characters (45 bits) and a check character."""
RECEIPT_RANDOM = 7
"""Random characters of a receipt (35 bits); before them the round's tag, after them a check character."""
RECOVERY_LENGTH = 26
"""Twenty-five random characters and a check character."""
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


class CodeMistyped(Exception):
    """The code has another length or a check character that does not fit: it was typed wrong."""


@dataclass(frozen=True)
class Hasher:
    """Hashes codes under the signing keys, newest first; older keys are only recognised."""

    keys: Sequence[str]

    def hash(self, purpose: str, text: str) -> str:
        """Return the keyed hash (HMAC-SHA256, hexadecimal) that is stored for a text."""
        return self.hashes(purpose, text)[0]

    def hashes(self, purpose: str, text: str) -> list[str]:
        """Return the hash under every key, to look a stored one up after a key was replaced."""
        message = f"{purpose}|{text}".encode()
        return [hmac.digest(key.encode(), message, "sha256").hex() for key in self.keys]


def look_along_serializer(keys: Sequence[str]) -> URLSafeTimedSerializer:
    """Return what signs and reads the link of somebody who is let in to look along. keys: newest first."""
    # itsdangerous signs with the last key of its list and accepts all of them.
    return URLSafeTimedSerializer(list(reversed(keys)), salt="spiegelronde look along")


def new_card() -> str:
    """Return a fresh card code."""
    return _with_check(crockford(CARD_LENGTH - 1))


def new_receipt(round_tag: str) -> str:
    """Return a fresh receipt code for a ballot of the round with this tag."""
    return _with_check(round_tag + crockford(RECEIPT_RANDOM))


def read_card(typed: str) -> str:
    """Return a typed card code as it was made. Raises CodeMistyped."""
    return _read(typed, CARD_LENGTH)


def read_receipt(typed: str, tag_length: int = 4) -> tuple[str, str]:
    """Return the round's tag and the whole receipt code as it was made. Raises CodeMistyped."""
    code = _read(typed, tag_length + RECEIPT_RANDOM + 1)
    return code[:tag_length], code


def new_recovery_code() -> str:
    """Return a fresh code that opens a locked key when the passphrase is forgotten: 125 random bits, on paper only."""
    return _with_check(crockford(RECOVERY_LENGTH - 1))


def read_recovery_code(typed: str) -> str:
    """Return a typed recovery code as it was made. Raises CodeMistyped."""
    return _read(typed, RECOVERY_LENGTH)


def in_groups(code: str) -> str:
    """Return a code as it is printed: groups of four, the last may be shorter."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _read(typed: str, length: int) -> str:
    code = "".join(character for character in typed.upper() if character.isalnum()).translate(_MISREAD)
    if len(code) != length or _with_check(code[:-1]) != code:
        raise CodeMistyped
    return code


def _with_check(code: str) -> str:
    # Odd weights have an inverse modulo 32, so every single wrong character is found; neighbours swapped mostly.
    total = sum((2 * place + 1) * CROCKFORD.index(character) for place, character in enumerate(code))
    return code + CROCKFORD[total % 32]
