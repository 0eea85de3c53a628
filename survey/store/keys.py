"""Private keys of rounds: one small file each, outside the data and its backups. Destroyed last of all."""

import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from survey import chance


class KeyLost(Exception):
    """No folder holds this round's private key: its ballots can never be opened."""


def make_key(folders: Sequence[Path], round_id: str) -> str:
    """Make a round's key pair, keep the private half in every folder (mode 0600), return the public half in hex.

    A key that is there already is used again, so that sending can be repeated after a crash.
    """
    try:
        private = private_key(folders, round_id)
    except KeyLost:
        private = X25519PrivateKey.from_private_bytes(chance.draw_bytes(32))
    for folder in folders:
        _keep(folder / f"{round_id}.key", private.private_bytes_raw())
    return private.public_key().public_bytes_raw().hex()


def private_key(folders: Sequence[Path], round_id: str) -> X25519PrivateKey:
    """Return the round's private key from the first folder that has it whole. Raises KeyLost."""
    for folder in folders:
        file = folder / f"{round_id}.key"
        if file.exists() and len(raw := file.read_bytes()) == 32:
            return X25519PrivateKey.from_private_bytes(raw)
    raise KeyLost(round_id)


def kept_keys(folders: Sequence[Path]) -> list[str]:
    """Return the ids of the rounds of which some folder still holds a private key, sorted."""
    return sorted({file.stem for folder in folders for file in folder.glob("*.key")})


def destroy_key(folders: Sequence[Path], round_id: str) -> None:
    """Overwrite and remove the round's private key wherever it is. A key that is gone already is fine."""
    for folder in folders:
        file = folder / f"{round_id}.key"
        if file.exists():
            with file.open("r+b") as handle:
                handle.write(bytes(32))
                handle.flush()
                os.fsync(handle.fileno())
            file.unlink()


def _keep(file: Path, raw: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(raw)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(file)
