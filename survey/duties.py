"""What the worker looks after, every minute and in this order: each duty is safe at any moment and after any crash.

What must be done stands in the database. A duty finds it there, does it, and does it again when it was cut short. To
add one, write a function that takes the installation and give it a row in DUTIES.
It must not know what anybody answered, nor which process does the work.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from survey import address_book, counting, letters, locking, retention, rhythm, rounds, sharing
from survey.clock import AMSTERDAM, day_of
from survey.installation import Installation
from survey.store.database import db
from survey.store.keys import kept_keys
from survey.store.last_done import was_done_on, write_down
from survey.store.rhythms import rhythms_to_look_at
from survey.store.rounds import Round, find_round

LOOK_AT_PARTICIPATION: Final = 6
"""The hour in Amsterdam when it is looked whether enough ballots are in: once a day, so that no single one shows."""
SEEN, ERASED = "looking at participation", "erasing"
"""What is done once a day, by the name under which it is written down."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Duty:
    """Something that is due at some moment; `name` is what a log line calls it when it fails."""

    name: str
    do: Callable[[Installation], object]


def close_rounds(house: Installation) -> None:
    """Close every round whose last day is over."""
    counting.close_due(house.boxes, house.clock())


def count_rounds(house: Installation) -> None:
    """Count every closed round, each on its own: one that cannot be counted does not hold up another."""
    for round_id in counting.rounds_to_count(house.settings.keys):
        round_ = find_round(round_id)
        assert round_ is not None
        try:
            counting.count(round_, house.boxes.of(round_id), house.settings.keys, house.clock())
        except Exception as fault:
            db.session.rollback()
            logger.error("round %s cannot be counted: %s", round_id, type(fault).__name__)


def destroy_what_stayed_locked(house: Installation) -> None:
    """Cancel rounds in strict mode of which nobody typed the passphrase in time."""
    for round_ in locking.locked_too_long(house.clock()):
        rounds.cancel(round_, house.boxes.of(round_.id), house.settings.keys, house.clock())


def say_what_waits_for_a_passphrase(house: Installation) -> None:
    """Put the mails about rounds that wait for their passphrase in the outbox."""
    locking.put_mails(house.clock())


def clear_cancelled_rounds_away(house: Installation) -> None:
    """Finish a cancelling that was cut short: as long as a key is left, something is left to destroy."""
    for round_id in kept_keys(house.settings.keys):
        round_ = find_round(round_id)
        if round_ is not None and round_.cancelled_at is not None:
            rounds.cancel(round_, house.boxes.of(round_id), house.settings.keys, house.clock())


def keep_rhythms(house: Installation) -> None:
    """Prepare and open what is due in every rhythm, each on its own: one that fails does not hold up another."""
    for company_id, kind in rhythms_to_look_at(day_of(house.clock())):
        try:
            rhythm.keep_rhythm(company_id, kind, house)
        except Exception as fault:
            db.session.rollback()
            logger.error("the rhythm of company %s cannot be kept: %s", company_id, type(fault).__name__)


def say_what_opened_by_itself(house: Installation) -> None:
    """Put the mail to the owner of each round that a rhythm opened in the outbox."""
    rhythm.tell_what_opened(house.clock())


def remind(house: Installation) -> None:
    """Remind the groups of rounds that a rhythm opened, on their days."""
    rhythm.remind_due(house.clock())


def look_at_participation(house: Installation) -> None:
    """Latch for each group of each open round whether enough ballots are in; once, in the hour of six."""
    now = house.clock()
    # A worker that was away at six looks tomorrow: looking later would say what came in meanwhile.
    if now.astimezone(AMSTERDAM).hour != LOOK_AT_PARTICIPATION or was_done_on(SEEN, day_of(now)):
        return
    write_down(SEEN, now)  # first, so that one that is cut short does not look a second time
    open_rounds = db.select(Round).where(Round.sent_at.is_not(None), Round.closed_at.is_(None))
    for round_ in db.session.scalars(open_rounds.where(Round.cancelled_at.is_(None)).order_by(Round.id)):
        rounds.look_at_participation(round_, house.boxes.of(round_.id))


def erase_what_is_due(house: Installation) -> None:
    """Erase, once a day, what is kept no longer."""
    now = house.clock()
    if was_done_on(ERASED, day_of(now)):
        return
    address_book.compare_all()  # while the lists are still there to compare with
    erased = retention.erase_due(house.settings.kept_mails, now)
    if erased:
        logger.info("erased: %s", ", ".join(f"{count} {name}" for name, count in vars(erased).items()))
    write_down(ERASED, now)


def say_that_mirrors_are_ready(house: Installation) -> None:
    """Put the mail to the owner of each newly counted round in the outbox."""
    letters.put_ready_mails(house.clock())


def say_that_mirrors_can_be_seen(house: Installation) -> None:
    """Put the mail to everybody who waited until an owner opened a mirror in the outbox."""
    sharing.tell_who_waited(house.clock())


DUTIES: Final[tuple[Duty, ...]] = (
    Duty("closing rounds", close_rounds),
    Duty("counting rounds", count_rounds),
    Duty("destroying what stayed locked", destroy_what_stayed_locked),
    Duty("saying what waits for a passphrase", say_what_waits_for_a_passphrase),
    Duty("clearing cancelled rounds away", clear_cancelled_rounds_away),
    Duty("keeping rhythms", keep_rhythms),
    Duty("saying what opened by itself", say_what_opened_by_itself),
    Duty("reminding", remind),
    Duty("looking at participation", look_at_participation),
    Duty("erasing what is due", erase_what_is_due),
    Duty("saying that mirrors are ready", say_that_mirrors_are_ready),
    Duty("saying that mirrors can be seen", say_that_mirrors_can_be_seen),
)
