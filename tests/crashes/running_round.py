"""A round that runs now, by the real clock, with everybody invited by mail; and phones that send lists to servers."""

import http.client
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import cycle
from threading import Barrier

from survey import rounds, story
from survey.bench.road import Browser
from survey.clock import day_of
from survey.installation import Installation
from survey.rounds import GroupPlan, Person
from survey.store.ballots import Box, Slot
from survey.store.people import Account, Company, invitations_of


@dataclass(frozen=True)
class Opened:
    """A list that stands open on a phone, filled in: which link, which server, and what the phone will send."""

    slot: str
    port: int
    filled: Mapping[str, str]

    def send(self) -> int:
        """Send it; the same list may be sent as often as one likes."""
        with Browser(self.port) as browser:
            return browser.send_list(self.filled)


def running_round(company: Company, owner: Account, house: Installation, people: int) -> tuple[Box, dict[str, str]]:
    """Send a round that closes in two weeks; return its box, and each invitation's link without the host, by slot."""
    staff = tuple(Person(f"Bakker {number}", f"bakker{number}@bakkerijdevries.example") for number in range(people))
    plan = story.plan(day_of(house.clock()) + timedelta(days=14))
    round_ = rounds.prepare(company, owner, replace(plan, groups=(GroupPlan("employees", staff),)))
    box = house.boxes.of(round_.id)
    rounds.send(round_, owner, box, house.settings.keys, house.clock())
    links = {one.id: "/" + house.links.invitation(one.id).split("/", 3)[3] for one in invitations_of(round_.id)}
    return box, links


def open_lists(slots: Sequence[str], links: Mapping[str, str], ports: Iterable[int]) -> list[Opened]:
    """Open a list for each slot, each on a phone of its own, at one server after another."""

    def opened(slot_and_port: tuple[str, int]) -> Opened:
        slot, port = slot_and_port
        with Browser(port) as browser:
            return Opened(slot, port, browser.open_list(links[slot]))

    with ThreadPoolExecutor(4) as phones:
        return list(phones.map(opened, zip(slots, cycle(ports), strict=False)))


def send_together(lists: Sequence[Opened]) -> list[tuple[int, float]]:
    """Send all lists at the same moment; return of each its status and the seconds until its answer."""
    together = Barrier(len(lists))

    def sent(one: Opened) -> tuple[int, float]:
        together.wait()
        began = time.monotonic()
        return one.send(), time.monotonic() - began

    with ThreadPoolExecutor(len(lists)) as phones:
        return list(phones.map(sent, lists))


def thanked(one: Opened) -> bool:
    """Send a list to a server that may die; say whether the thanks came back."""
    try:
        return one.send() == 200
    except (OSError, http.client.HTTPException):
        return False


def used(box: Box, slots: Iterable[str]) -> set[str]:
    """Return the slots through which a ballot went."""
    return {slot for slot in slots if box.is_used(Slot(slot))}
