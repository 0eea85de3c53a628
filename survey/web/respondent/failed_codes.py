"""How often a wrong code was typed from one address; right codes are never counted, so nine phones behind one pass.

In the memory of this process only: the address goes through a keyed hash whose key is drawn anew every day, so not
even this process can tell afterwards who typed what.
"""

import hmac
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Lock

from survey import chance
from survey.clock import day_of

MOST_FAILURES = 30
"""A card has 45 random bits: at thirty an hour a guess comes true once in a hundred million years."""
WITHIN = timedelta(hours=1)


class TooManyFailures(Exception):
    """So many wrong codes came from here that for an hour no code is looked at."""


class FailedCodes:
    """Counts failures per address. draw: gives n random bytes."""

    def __init__(self, draw: Callable[[int], bytes] = lambda count: chance.draw_bytes(count)) -> None:
        self._draw = draw
        self._lock = Lock()
        self._day: date | None = None
        self._secret = b""
        self._failures: dict[bytes, list[datetime]] = defaultdict(list)

    def refuse_if_too_many(self, address: str, now: datetime) -> None:
        """Raise TooManyFailures when no code from this address is looked at now."""
        with self._lock:
            key = self._key(address, now)
            recent = [moment for moment in self._failures.pop(key, []) if now - moment < WITHIN]
            if recent:
                self._failures[key] = recent
        if len(recent) >= MOST_FAILURES:
            raise TooManyFailures

    def count(self, address: str, now: datetime) -> None:
        """Count one failure."""
        with self._lock:
            self._failures[self._key(address, now)].append(now)

    def _key(self, address: str, now: datetime) -> bytes:
        if day_of(now) != self._day:
            self._day, self._secret = day_of(now), self._draw(32)
            self._failures.clear()
        return hmac.digest(self._secret, address.encode(), "sha256")
