"""What a round costs to score: release, audit and verdicts of 40 people and 30 items, once and ten thousand times.

Counts CPU time, not the clock on the wall. The floor is the means of the same answers in plain Python.
"""

from collections.abc import Iterator
from random import Random
from statistics import median
from time import process_time

from survey.bench.sheet import Line
from survey.scoring import CANNOT_JUDGE, AnonymousGroup, Answer, Group, NamedVoice, ScoredItem, release, verdicts
from survey.scoring.audit import weakness_of
from survey.scoring.items import OVERALL, REPORT_MARK

THEMES = ("customers", "people", "course", "decisions", "openness", "partners", "figures", "cash")
ITEMS = (
    ScoredItem("gut_feeling", OVERALL, REPORT_MARK),
    *(ScoredItem(f"item_{index}", THEMES[index % 8], reverse=index % 10 == 0) for index in range(29)),
)
EMPLOYEES = 36
VOICES = ("accountant", "bank", "peer_1", "peer_2")
PREDICTIONS: dict[str, dict[str, float]] = {"employees": dict.fromkeys(THEMES, 4.0), "bank": {"item_3": 2}}
STAGES = 10


def of_many_rounds(rounds: int = 10_000) -> Iterator[Line]:
    """Measure what a round costs to score in ten stages of many: flat means that nothing piles up."""
    chance = Random(2026)
    cold, least = first_round(chance), floor(chance)
    costs = [stage(chance, rounds // STAGES) for _ in range(STAGES)]
    yield Line(
        f"scoring {rounds:,} rounds: a round", median(costs), "ms", 20, 2,
        beside=f"the means alone {least:.2f} ms; first of a process {cold:.0f} ms, with the auditor's proofs",
    )  # fmt: skip
    yield Line("scoring: last tenth over the first", costs[-1] / costs[0], "×", 1.1, 1.05, beside="flat is 1")


def first_round(chance: Random) -> float:
    weakness_of.cache_clear()
    groups, own = a_round(chance)
    return cost_of_scoring(groups, own)


def stage(chance: Random, rounds: int) -> float:
    """Milliseconds of CPU a round; answers are drawn outside the measured time."""
    spent = 0.0
    for _ in range(rounds):
        groups, own = a_round(chance)
        spent += cost_of_scoring(groups, own)
    return spent / rounds


def cost_of_scoring(groups: list[Group], own: dict[str, Answer]) -> float:
    before = process_time()
    verdicts(release(ITEMS, groups, b"key"), own, PREDICTIONS)
    return 1000 * (process_time() - before)


def floor(chance: Random, rounds: int = 50) -> float:
    """The means of the same answers, without any rule."""
    given = [[marks_of(item, groups) for item in ITEMS] for groups, _ in (a_round(chance) for _ in range(rounds))]
    before = process_time()
    for columns in given:
        for column in columns:
            sum(column) / len(column)
    return 1000 * (process_time() - before) / rounds


def marks_of(item: ScoredItem, groups: list[Group]) -> list[int]:
    staff = groups[0]
    assert isinstance(staff, AnonymousGroup)
    return [mark for response in staff.responses if isinstance(mark := response[item.id], int)]


def a_round(chance: Random) -> tuple[list[Group], dict[str, Answer]]:
    staff = AnonymousGroup("employees", [answers(chance) for _ in range(EMPLOYEES)], invited=EMPLOYEES + 2)
    return [staff, *(NamedVoice(id, answers(chance)) for id in VOICES)], answers(chance)


def answers(chance: Random) -> dict[str, Answer]:
    return {
        item.id: CANNOT_JUDGE if chance.random() < 0.1 else chance.randint(item.scale.low, item.scale.high)
        for item in ITEMS
    }
