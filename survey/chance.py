"""The one place that draws at random: identifiers, codes, keys. Tests put a known source in its place."""

import secrets
from collections.abc import Callable

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base32 without I, L, O and U: nothing in it is misread from paper (Crockford, base 32 encoding)."""

draw_bytes: Callable[[int], bytes] = secrets.token_bytes


def new_id() -> str:
    """Return a 128-bit identifier as 32 lower-case hexadecimal digits: no order, no time, nothing to count."""
    return draw_bytes(16).hex()


def crockford(length: int) -> str:
    """Return `length` random Crockford characters, five bits each."""
    return "".join(CROCKFORD[byte % 32] for byte in draw_bytes(length))
