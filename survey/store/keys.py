"""Private keys of rounds: one small file each, outside the data and its backups. Destroyed last of all.

In strict mode the file holds the key locked twice, with a passphrase and with a printed recovery code; the key itself
is then on no disk at all, and neither are they.
"""

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from survey import chance
from survey.codes import CodeMistyped, new_recovery_code, read_recovery_code
from survey.passphrases import as_kept
from survey.shredding import shred

PLAIN, LOCKED = "key", "locked"
PASSES, LANES, KIBIBYTES = 3, 4, 64 * 1024
"""Cost of one try with Argon2id: the second choice of RFC 9106, section 4."""


class KeyLost(Exception):
    """No folder holds this round's private key: its ballots can never be opened."""


class KeyLocked(Exception):
    """The key opens with the passphrase or the recovery code only."""


class PassphraseWrong(Exception):
    """Neither the passphrase nor the recovery code of this key."""


def make_key(folders: Sequence[Path], round_id: str) -> str:
    """Make a round's key pair, keep the private half in every folder (mode 0600), return the public half in hex.

    A key that is there already is used again, so that sending can be repeated after a crash.
    """
    try:
        private = private_key(folders, round_id)
    except KeyLost:
        private = X25519PrivateKey.from_private_bytes(chance.draw_bytes(32))
    for folder in folders:
        _keep(folder / f"{round_id}.{PLAIN}", private.private_bytes_raw())
    return _public_half(private)


def make_locked_key(folders: Sequence[Path], round_id: str, passphrase: str) -> tuple[str, str]:
    """Make a round's key pair, keep the private half locked; return the public half in hex, and the recovery code.

    The code is known here and nowhere else. Done again, both change.
    """
    private, code = X25519PrivateKey.from_private_bytes(chance.draw_bytes(32)), new_recovery_code()
    locks = [_lock(private, round_id, word) for word in (as_kept(passphrase), code)]
    for folder in folders:
        _keep(folder / f"{round_id}.{LOCKED}", json.dumps(locks).encode())
    return _public_half(private), code


def private_key(folders: Sequence[Path], round_id: str) -> X25519PrivateKey:
    """Return the round's private key from the first folder that has it whole. Raises KeyLost, KeyLocked."""
    for raw in _found(folders, round_id, PLAIN):
        if len(raw) == 32:
            return X25519PrivateKey.from_private_bytes(raw)
    raise KeyLocked(round_id) if any(_found(folders, round_id, LOCKED)) else KeyLost(round_id)


def unlock_key(folders: Sequence[Path], round_id: str, typed: str) -> X25519PrivateKey:
    """Return a locked key, opened with the passphrase or the recovery code. Raises KeyLost, PassphraseWrong."""
    words = [as_kept(typed)]
    with contextlib.suppress(CodeMistyped):
        words.append(read_recovery_code(typed))
    files = list(_found(folders, round_id, LOCKED))
    for lock, word in ((lock, word) for raw in files for lock in json.loads(raw) for word in words):
        with contextlib.suppress(InvalidTag):
            return _unlock(lock, round_id, word)
    raise PassphraseWrong if files else KeyLost(round_id)


def is_kept(folders: Sequence[Path], round_id: str) -> bool:
    """Say whether some folder holds the round's private key, locked or not."""
    return round_id in kept_keys(folders)


def kept_keys(folders: Sequence[Path]) -> list[str]:
    """Return the ids of the rounds of which some folder still holds a private key, locked or not, sorted."""
    return sorted({file.stem for folder in folders for kind in (PLAIN, LOCKED) for file in folder.glob(f"*.{kind}")})


def destroy_key(folders: Sequence[Path], round_id: str) -> None:
    """Overwrite and remove the round's private key wherever it is. A key that is gone already is fine."""
    for folder in folders:
        for kind in (PLAIN, LOCKED):
            shred(folder / f"{round_id}.{kind}")


def _public_half(private: X25519PrivateKey) -> str:
    return private.public_key().public_bytes_raw().hex()


def _found(folders: Sequence[Path], round_id: str, kind: str) -> Iterator[bytes]:
    files = (folder / f"{round_id}.{kind}" for folder in folders)
    return (file.read_bytes() for file in files if file.exists())


def _lock(private: X25519PrivateKey, round_id: str, word: str) -> dict[str, str]:
    salt, nonce = chance.draw_bytes(16), chance.draw_bytes(12)
    locked = ChaCha20Poly1305(_stretched(word, salt)).encrypt(nonce, private.private_bytes_raw(), round_id.encode())
    return {"salt": salt.hex(), "nonce": nonce.hex(), "locked": locked.hex()}


def _unlock(lock: dict[str, str], round_id: str, word: str) -> X25519PrivateKey:
    salt, nonce, locked = (bytes.fromhex(lock[part]) for part in ("salt", "nonce", "locked"))
    return X25519PrivateKey.from_private_bytes(
        ChaCha20Poly1305(_stretched(word, salt)).decrypt(nonce, locked, round_id.encode())
    )


def _stretched(word: str, salt: bytes) -> bytes:
    return Argon2id(salt=salt, length=32, iterations=PASSES, lanes=LANES, memory_cost=KIBIBYTES).derive(word.encode())


def _keep(file: Path, raw: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(raw)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(file)
