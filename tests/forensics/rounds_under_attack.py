"""Rounds that are answered in random order while somebody copies everything, and how often the linker is right."""

import random
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from survey import story
from survey.installation import Installation
from survey.store.database import db
from tests.bakery import TODAY
from tests.forensics.company import (
    STAFF,
    Photograph,
    answer,
    by_name,
    close_and_count,
    send_round,
    twelve_responses,
)
from tests.forensics.copies import Copier
from tests.forensics.linker import Case, Pairing, pairings


@dataclass(frozen=True)
class Attacker:
    """Somebody who copies everything after every answer."""

    photograph: Photograph
    folders: list[Path]
    shelf: Path

    @property
    def house(self) -> Installation:
        """The installation that is attacked."""
        return self.photograph.house

    def attack(self, clock: story.MovableClock, seed: int) -> tuple[Case, Pairing]:
        """Let a fresh round be answered, copied and counted; return what the linker gets, and the truth."""
        self._start_again(clock)
        chance = random.Random(seed)
        round_ = send_round(self.house)
        people = by_name(round_)
        listed = [person.id for person in people]
        responses = chance.sample(twelve_responses(), len(STAFF))
        mine = dict(zip(listed, chance.sample(range(len(STAFF)), len(STAFF)), strict=True))
        chance.shuffle(people)
        copier = Copier(self.folders, self.shelf)
        copier.copy()
        for person in people:
            answer(self.house, round_, person, responses[mine[person.id]])
            copier.copy()
        public_key = round_.public_key or ""
        arrival = [person.id for person in people]
        close_and_count(self.house, round_, clock)
        copier.copy()
        contents = [response.content() for response in responses]
        return Case(arrival, listed, contents, public_key, "spiegel-1", copier.copies), mine

    def _start_again(self, clock: story.MovableClock) -> None:
        self.photograph.restore()
        clock.move_to(TODAY)
        shutil.rmtree(self.shelf, ignore_errors=True)
        db.session.rollback()


def hits_per_trail(attacker: Attacker, clock: story.MovableClock, rounds: int) -> Mapping[str, int]:
    """How many people the linker named rightly over all rounds, per trail."""
    hits: Counter[str] = Counter()
    for seed in range(rounds):
        case, truth = attacker.attack(clock, seed)
        said = [(without_names(trail, case), pairing) for trail, pairing in pairings(case, random.Random(seed))]
        assert len(dict(said)) == len(said), "two trails of one name would add up to more than chance"
        hits.update({trail: right(pairing, truth) for trail, pairing in said})
    return hits


def right(said: Pairing, truth: Pairing) -> int:
    """For how many people the pairing is true."""
    return sum(said[person] == number for person, number in truth.items())


def chance_at_most(rounds: int, widths: float = 4) -> float:
    """The most hits that chance explains: one per round, and so many times its spread."""
    return rounds + widths * sqrt(rounds)


def without_names(trail: str, case: Case) -> str:
    """The name of a trail without the identifiers of this one round, so that rounds add up."""
    for name in sorted(case.copies[1].files, key=len, reverse=True):
        if name.endswith(".box"):
            identifier = Path(name).stem
            trail = trail.replace(identifier, "round")
    return trail.replace("box_round", "box")
