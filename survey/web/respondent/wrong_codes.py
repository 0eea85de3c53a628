"""How often a wrong code was typed from one address; right codes never count, so nine phones behind one pass.

Cards and receipts count together. Only in the memory of this process, under a key that changes every day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from werkzeug.exceptions import TooManyRequests

from survey.web.protection import count, refuse_when_used_up, visitor
from survey.web.respondent.guests import TooManyWrongCodes

MOST: Final = 30
"""A card has 45 random bits: at thirty an hour a guess comes true once in a hundred million years."""
_ALLOWED: Final = ("wrong code", f"{MOST} per hour")


@contextmanager
def looked_at(*wrong: type[Exception]) -> Iterator[None]:
    """Look at a code inside: one of the exceptions in `wrong` is counted. Raises TooManyWrongCodes."""
    what, allowed = _ALLOWED
    who = visitor()
    try:
        refuse_when_used_up(what, who, allowed)
    except TooManyRequests as many:
        raise TooManyWrongCodes from many
    try:
        yield
    except wrong:
        count(what, who, allowed)
        raise
