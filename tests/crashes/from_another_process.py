"""Does one thing in a process of its own, on the same files, so that it can be killed or race with others.

`cast ROUND MOMENT SLOT...` sends a list for each slot, one after another, and says which are in; `cast_at_once` sends
them all at the same moment and says how long each took.
"""

import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

from survey import ballots, create_app
from survey.ballots import Place, Response
from survey.clock import stopped_at
from survey.installation import Installation, installation
from survey.settings import Settings
from survey.store.ballots import Slot
from survey.store.database import only_reading
from survey.store.rounds import Round, find_round


def cast(house: Installation, round_: Round, *slots: str) -> None:
    for slot in slots:
        send_list(house, round_, slot)
        print(slot, flush=True)


def cast_at_once(house: Installation, round_: Round, *slots: str) -> None:
    round_.standing_at(house.clock())
    together = Barrier(len(slots))

    def send(slot: str) -> float:
        together.wait()
        began = time.monotonic()
        send_list(house, round_, slot)
        return time.monotonic() - began

    with ThreadPoolExecutor(len(slots)) as senders:
        print(*senders.map(send, slots))


def send_list(house: Installation, round_: Round, slot: str) -> str:
    """Send one list with an answer and some words; return its receipt."""
    receipt = ballots.new_receipt_for(round_)
    place, response = Place(Slot(slot), "employees"), Response({"order_book": 4}, {"goes_well": "Alles."})
    ballots.cast(round_, house.boxes.of(round_.id), house.hasher, place, response, receipt, house.clock())
    return receipt


def main(words: Sequence[str]) -> None:
    what, round_id, moment, *rest = words
    app = create_app(Settings.from_environment(os.environ), stopped_at(datetime.fromisoformat(moment)))
    # As at the respondents' door: looking up a round takes no lock.
    with app.app_context(), only_reading():
        round_ = find_round(round_id)
        assert round_ is not None
        {"cast": cast, "cast_at_once": cast_at_once}[what](installation(app), round_, *rest)


if __name__ == "__main__":
    main(sys.argv[1:])
