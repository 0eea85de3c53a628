"""How often a verdict is right: false alarms and hits at fixed gaps, beside three common rules.

    python -m benchmarks.operating_characteristics [--companies 4000] [--pictures docs/scoring]

Each company is a small group with one theme of four items. The truth is fixed, not drawn from the verdict's own prior:
the employees' answers follow a skewed distribution on 1..5 with a mean of 2.0 to 3.5, and what the owner truly thinks
lies a fixed gap above it, or the mirror image of that; his answers scatter around it and are ticked as whole marks, so
that a truth beyond 5 is ticked as 5. Everything goes through `release` and `verdicts`. Prints tables in Markdown.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from pathlib import Path
from random import Random
from statistics import fmean, stdev

from benchmarks.pictures import Line, Panel, write_panels
from survey.scoring import AnonymousGroup, Level, Response, ScoredItem, Word, release, verdicts

GROUPS = (5, 8, 12, 20)
GAPS = (0.0, 1.0, 1.5, 2.0)
ITEMS = tuple(ScoredItem(id, "partners") for id in ("keeps_agreements", "informs_in_time", "considers", "carries"))
MEANS = (2.0, 2.5, 3.0, 3.5)
SKEWED = (0.05, 0.15, 0.20, 0.35, 0.25)  # LeBreton & Senter 2008, slight skew; tilted to each mean
SCATTER_OF_OWNER = 0.6
T_AT_FIVE_PERCENT = {5: 2.776, 8: 2.365, 12: 2.201, 20: 2.093}  # two-sided, n - 1 degrees of freedom
THIRD_OF_SCALE = 5 / 3

Rule = Callable[["Company"], bool]


@dataclass(frozen=True)
class Company:
    """One owner and one group: their answers to four items of one theme, and what is said of them."""

    own: Response
    responses: Sequence[Response]
    said: dict[tuple[Level, str], Word]

    def own_marks(self, items: Sequence[ScoredItem]) -> list[int]:
        return [mark for item in items if isinstance(mark := self.own[item.id], int)]

    def persons(self, items: Sequence[ScoredItem]) -> list[float]:
        """The mean of each person over these items."""
        return [fmean(mark for item in items if isinstance(mark := each[item.id], int)) for each in self.responses]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=4000)
    parser.add_argument("--pictures", type=Path, help="folder to write the picture into")
    arguments = parser.parse_args()
    rates = {(n, gap): flagged_at(n, gap, arguments.companies, Random(f"{n} {gap}")) for n in GROUPS for gap in GAPS}
    for level in LEVELS:
        print(table(level, rates))
    if arguments.pictures:
        write_panels(arguments.pictures / "false-alarms-and-hits.svg", TITLE, [panel(each, rates) for each in LEVELS])


# The rules


def is_flagged(level: Level, id: str) -> Rule:
    return lambda company: company.said[level, id] in (Word.BLIND_SPOT, Word.HIDDEN_STRENGTH)


def half_standard_deviation(items: Sequence[ScoredItem]) -> Rule:
    def flags(company: Company) -> bool:
        persons = company.persons(items)
        return abs(fmean(company.own_marks(items)) - fmean(persons)) > stdev(persons) / 2

    return flags


def t_test(items: Sequence[ScoredItem]) -> Rule:
    def flags(company: Company) -> bool:
        persons = company.persons(items)
        error = stdev(persons) / sqrt(len(persons))
        return abs(fmean(company.own_marks(items)) - fmean(persons)) > T_AT_FIVE_PERCENT[len(persons)] * error

    return flags


def third_of_the_scale(items: Sequence[ScoredItem]) -> Rule:
    return lambda company: abs(fmean(company.own_marks(items)) - fmean(company.persons(items))) > THIRD_OF_SCALE


LEVELS: dict[str, dict[str, Rule]] = {
    "Theme of four items": {
        "verdict": is_flagged(Level.THEME, "partners"),
        "half SD": half_standard_deviation(ITEMS),
        "t-test": t_test(ITEMS),
        "third of scale": third_of_the_scale(ITEMS),
    },
    "One item": {
        "verdict": is_flagged(Level.ITEM, ITEMS[0].id),
        "half SD": half_standard_deviation(ITEMS[:1]),
        "t-test": t_test(ITEMS[:1]),
        "third of scale": third_of_the_scale(ITEMS[:1]),
    },
}


# The companies


def flagged_at(n: int, gap: float, companies: int, chance: Random) -> dict[tuple[str, str], float]:
    """The share of companies in which each rule speaks, by level and rule."""
    drawn = [a_company(n, gap, chance) for _ in range(companies)]
    return {
        (level, name): sum(map(rule, drawn)) / companies
        for level, rules in LEVELS.items()
        for name, rule in rules.items()
    }


def a_company(n: int, gap: float, chance: Random) -> Company:
    mean, mirrored = chance.choice(MEANS), chance.random() < 0.5
    shares = WITH_MEAN[mean]
    responses: list[Response] = [
        {item.id: turned(chance.choices(range(1, 6), shares)[0], mirrored) for item in ITEMS} for _ in range(n)
    ]
    views = (mean + gap + chance.gauss(0, SCATTER_OF_OWNER) for _ in ITEMS)
    own: Response = {item.id: turned(ticked(view), mirrored) for item, view in zip(ITEMS, views, strict=True)}
    found = verdicts(release(ITEMS, [AnonymousGroup("employees", responses)], b""), own, {})
    return Company(own, responses, {(each.level, each.id): each.word for each in found})


def turned(mark: int, mirrored: bool) -> int:
    return 6 - mark if mirrored else mark


def ticked(view: float) -> int:
    return min(max(round(view), 1), 5)


def tilted_to(mean: float) -> list[float]:
    """The skewed shares, tilted exponentially until their mean is this; by bisection."""
    low, high = -10.0, 10.0
    for _ in range(80):
        middle = (low + high) / 2
        weights = [share * exp(middle * mark) for mark, share in enumerate(SKEWED, start=1)]
        found = sum(mark * weight for mark, weight in enumerate(weights, start=1)) / sum(weights)
        low, high = (middle, high) if found < mean else (low, middle)
    return [weight / sum(weights) for weight in weights]


WITH_MEAN = {mean: tilted_to(mean) for mean in MEANS}


# Saying it

TITLE = "How often a rule speaks, by true gap"


def table(level: str, rates: dict[tuple[int, float], dict[tuple[str, str], float]]) -> str:
    rules = list(LEVELS[level])
    lines = [f"| {level}: n | true gap | {' | '.join(rules)} |", f"|{'---|' * (len(rules) + 2)}"]
    for (n, gap), found in rates.items():
        shares = " | ".join(f"{100 * found[level, rule]:.0f}%" for rule in rules)
        lines.append(f"| {n} | {gap:g} | {shares} |")
    return "\n".join(lines) + "\n"


def panel(level: str, rates: dict[tuple[int, float], dict[tuple[str, str], float]]) -> list[Panel]:
    return [
        Panel(
            f"{level}, n = {n}",
            [Line(rule, [(gap, rates[n, gap][level, rule]) for gap in GAPS]) for rule in LEVELS[level]],
        )
        for n in GROUPS
    ]


if __name__ == "__main__":
    main()
