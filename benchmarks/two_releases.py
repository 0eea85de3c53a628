"""What two releases around one joiner tell an attacker about the newcomer's answer, when answers drift in between.

    python -m benchmarks.two_releases [--pictures docs/scoring]

The attacker knows everything but the answers: who joined, both released cells, how people in such companies answer and
how often an answer moves. He guesses what is most likely; nobody can do better. Nothing is drawn at random: the chances
are summed over all data sets. A group of n is released, then one person joins, every other answer has moved a step up
or down with the given chance, and n + 1 are released. Prints a table in Markdown.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from fractions import Fraction
from pathlib import Path

from benchmarks.operating_characteristics import tilted_to
from benchmarks.pictures import Line, Panel, write_panels
from survey.scoring.items import FIVE_POINT
from survey.scoring.schemes import ITEM_SCHEME, RoundedMean, ShownRange

GROUPS = (5, 6, 8, 10)
DRIFTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
MOODS = tuple(tilted_to(mean) for mean in (1.75, 2.25, 2.75, 3.25, 3.75, 4.25))
CERTAIN = 0.95
IN_TENTHS = RoundedMean(FIVE_POINT, Fraction(1, 10), (ShownRange(1, 1, 5),))
MARKS = FIVE_POINT.marks()

Sums = dict[tuple[int, int], float]
Sees = Callable[[Hashable, Hashable], Hashable]
Joint = dict[tuple[Hashable, Hashable, int], float]
"""The chance of a first figure, a second figure and the newcomer's answer together."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, help="folder to write the picture into")
    pictures = parser.parse_args().pictures
    found = {(n, drift): attack(n, drift) for n in GROUPS for drift in DRIFTS}
    print(f"| n | answers that move | {' | '.join(found[5, 0.0])} |\n|{'---|' * (2 + len(found[5, 0.0]))}")
    for (n, drift), chances in found.items():
        print(f"| {n} to {n + 1} | {drift:.0%} | {' | '.join(f'{chance:.0%}' for chance in chances.values())} |")
    if pictures:
        write_panels(pictures / "two-releases.svg", "How often the newcomer's answer is guessed", [list(panels(found))])


def panels(found: dict[tuple[int, float], dict[str, float]]) -> Iterator[Panel]:
    for n in GROUPS:
        names = list(found[n, 0.0])[:4]
        lines = [Line(name, [(drift, found[n, drift][name]) for drift in DRIFTS]) for name in names]
        yield Panel(f"{n} people, then {n + 1}", lines, "share of answers that move")


def attack(n: int, drift: float) -> dict[str, float]:
    """How often the best guess is right, by what the attacker sees; and how often he may be nearly certain."""
    ours, tenths = joint(n, drift, ITEM_SCHEME), joint(n, drift, IN_TENTHS)
    return {
        "two releases": guessed(ours, lambda first, second: (first, second)),
        "the second alone": guessed(ours, lambda first, second: second),
        "no release": guessed(ours, lambda first, second: None),
        "two means in tenths": guessed(tenths, lambda first, second: (first, second)),
        "nearly certain": nearly_certain(ours),
        "nearly certain, in tenths": nearly_certain(tenths),
    }


def joint(n: int, drift: float, scheme: RoundedMean) -> Joint:
    found: Joint = defaultdict(float)
    for shares in MOODS:
        for (before, after), chance in sums_of(n, shares, drift).items():
            first = scheme.published(n, (before,))
            for newcomer, share in zip(MARKS, shares, strict=True):
                second = scheme.published(n + 1, (after + newcomer,))
                found[first, second, newcomer] += chance * share / len(MOODS)
    return found


def sums_of(n: int, shares: list[float], drift: float) -> Sums:
    """The chance of every sum before and after, over n people who answer alike and drift alike."""
    one = {
        (before, after): share * chance
        for before, share in zip(MARKS, shares, strict=True)
        for after, chance in moved(before, drift).items()
    }
    sums: Sums = {(0, 0): 1.0}
    for _ in range(n):
        wider: Sums = defaultdict(float)
        for (before, after), chance in sums.items():
            for (was, became), share in one.items():
                wider[before + was, after + became] += chance * share
        sums = wider
    return sums


def moved(mark: int, drift: float) -> dict[int, float]:
    """Where an answer stands later: one step up or down with chance `drift`, inward at an end."""
    steps = [near for near in (mark - 1, mark + 1) if near in MARKS]
    return {mark: 1 - drift} | {near: drift / len(steps) for near in steps}


def guessed(found: Joint, sees: Sees) -> float:
    return sum(max(chances.values()) for chances in seen_by(found, sees).values())


def nearly_certain(found: Joint) -> float:
    """The share of companies in which one answer is at least 95% likely."""
    seen = seen_by(found, lambda first, second: (first, second)).values()
    return sum(sum(chances.values()) for chances in seen if max(chances.values()) >= CERTAIN * sum(chances.values()))


def seen_by(found: Joint, sees: Sees) -> dict[Hashable, dict[int, float]]:
    seen: dict[Hashable, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (first, second, newcomer), chance in found.items():
        seen[sees(first, second)][newcomer] += chance
    return seen


if __name__ == "__main__":
    main()
