"""While something takes its time the page says what is happening and asks again by itself, also without JavaScript.

It must not show how many took part: counting is one word, and of sending only how many invitations left in all.
"""

from typing import Final, TypeAlias

from survey.dispatch import Departure
from survey.store.rounds import Round, Standing

Page: TypeAlias = str | tuple[str, int] | tuple[str, dict[str, str]]

WHILE_COUNTING: Final = 30
WHILE_SENDING: Final = 5
"""Seconds after which the page is asked for again."""


def waiting(page: str, round_: Round, standing: Standing, departure: Departure | None = None) -> Page:
    """Return a page about a round, which asks again while its invitations leave or its answers are counted.

    A locked round is not counted by itself: its page stays as it is until somebody types the passphrase.
    """
    if departure is not None:
        return page, {"Refresh": str(WHILE_SENDING)}
    counts_by_itself = standing is Standing.CLOSED and not round_.strict
    return (page, {"Refresh": str(WHILE_COUNTING)}) if counts_by_itself else page
