"""Twins: two sets of raw answers that the promise does not allow anybody to tell apart.

Built on the promise as it is written, not on the code that keeps it: this module rounds, clips and suppresses by
itself, in other arithmetic, so that a guard switched off in the code makes the twins come out different.
Whoever renders a release can ask for twins of any edition and hold the two pages side by side.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random
from statistics import variance

from hypothesis import strategies as st

from survey.scoring.answers import CANNOT_JUDGE, AnonymousGroup, Answer, Group, NamedVoice
from survey.scoring.items import REPORT_MARK, ScoredItem

K = 5
BANDS = (5, 8, 12, 20, 40)
Column = list[Answer]
"""What everybody in a group answered to one item."""


@dataclass(frozen=True)
class Twins:
    """One owner and one set of named voices, beside two groups of employees nobody may tell apart."""

    items: tuple[ScoredItem, ...]
    own_answers: dict[str, Answer]
    predictions: dict[str, dict[str, int]]
    voices: tuple[NamedVoice, ...]
    first: AnonymousGroup
    second: AnonymousGroup

    @property
    def rounds(self) -> tuple[list[Group], list[Group]]:
        """All groups of the two rounds; in the second they are handed in backwards."""
        return [self.first, *self.voices], [*reversed(self.voices), self.second]

    def share_that_differs(self) -> float:
        """The share of raw answers that differ, even when per item the people are matched as well as can be."""
        same = everything = 0
        for item in self.items:
            first, second = (Counter(each.get(item.id) for each in group.responses) for group in self.groups)
            same += (first & second).total()
            everything += max(first.total(), second.total())
        return 1 - same / everything

    @property
    def groups(self) -> tuple[AnonymousGroup, AnonymousGroup]:
        return self.first, self.second


def twins(items: Sequence[ScoredItem], questions: Sequence[str] = ("attention",)) -> st.SearchStrategy[Twins]:
    """Twins over these items and open questions, with three to fourteen employees."""
    return st.randoms(use_true_random=True).map(lambda chance: draw_twins(tuple(items), questions, chance))


# The promise, in other arithmetic


def promised_figure(marks: Sequence[int], item: ScoredItem) -> tuple[Decimal, bool | None]:
    """The mean as the world sees it, and whether the group is divided where that is said."""
    n = len(marks)
    low, high, per_point = (4, 7 if n < 8 else 8, 1) if item.scale == REPORT_MARK else (2, 4, 2)
    steps = (Decimal(sum(marks)) * per_point / n).quantize(Decimal(1), ROUND_HALF_UP)
    mean = min(max(steps / per_point, Decimal(low)), Decimal(high))
    if item.scale == REPORT_MARK or n < (20 if mean in (low, high) else 12):
        return mean, None
    return mean, variance(map(Fraction, marks)) >= Fraction(3, 2)


def promised_counts(valid: int, cannot_judge: int, invited: int) -> tuple[object, ...]:
    """Everything about a cell that follows from counts; a reason alone when it is suppressed."""
    spoke = valid + cannot_judge
    if invited < K:
        return ("too few invited",)
    if spoke >= K and 2 * valid < spoke:
        return ("most cannot judge",)
    if valid < K:
        return ("too few answers",)
    return max(band for band in BANDS if valid >= band), 5 * valid >= 4 * spoke


def is_shown(valid: int, cannot_judge: int, invited: int) -> bool:
    return len(promised_counts(valid, cannot_judge, invited)) > 1


# Drawing


def draw_twins(items: tuple[ScoredItem, ...], questions: Sequence[str], chance: Random) -> Twins:
    n = chance.randint(3, 14)
    invited = chance.randint(n, 16)
    columns = {item.id: twin_columns(item, n, invited, chance) for item in items}
    texts = twin_texts(questions, n, invited, chance)
    first, second = (
        AnonymousGroup("employees", dealt_out(columns, which, n, chance), invited, texts[which]) for which in (0, 1)
    )
    themes = sorted({item.theme for item in items if not item.is_overall})
    predicted = {chance.choice(themes): chance.randint(1, 5), chance.choice(items).id: chance.randint(1, 5)}
    return Twins(
        items,
        own_answers={item.id: answer_to(item, chance) for item in items},
        predictions={"employees": dict(predicted), "bank": dict(predicted)},
        voices=tuple(
            NamedVoice(id, {item.id: answer_to(item, chance) for item in items}, dict.fromkeys(questions, id))
            for id in ("accountant", "bank")
        ),
        first=first,
        second=second,
    )


def answer_to(item: ScoredItem, chance: Random) -> Answer:
    return chance.choice([*item.scale.marks(), CANNOT_JUDGE, None])


def twin_columns(item: ScoredItem, n: int, invited: int, chance: Random) -> tuple[Column, Column]:
    """Two columns of n answers to one item that are published alike; "cannot judge" is published, as visibility."""
    valid = n if chance.random() < 0.7 else chance.randint(0, n)
    cannot_judge = chance.choice([0, n - valid, chance.randint(0, n - valid)])
    marks = some_marks(item, valid, chance)
    others = [some_marks(item, valid, chance) for _ in range(4)]
    if is_shown(valid, cannot_judge, invited):
        others = [walked_to(promised_figure(marks, item), other, item) or marks for other in others]
    other = min(others, key=lambda other: shared(other, marks))
    silent: Column = [CANNOT_JUDGE for _ in range(cannot_judge)]
    silent += [None] * (n - valid - cannot_judge)
    return [*as_given(marks, item), *silent], [*as_given(other, item), *silent]


def shared(one: list[int], other: list[int]) -> int:
    """How many marks two groups have in common, matched as well as can be."""
    return (Counter(one) & Counter(other)).total()


def as_given(marks: list[int], item: ScoredItem) -> list[int]:
    """Healthy marks as they were ticked: halves are rounded up after turning, so twins are drawn turned."""
    return [sum(item.scale) - mark for mark in marks] if item.reverse else marks


def some_marks(item: ScoredItem, valid: int, chance: Random) -> list[int]:
    """Marks around a mood: a group of people leans to one side more often than not."""
    floor = chance.choice(item.scale.marks())
    ceiling = chance.randint(floor, item.scale.high)
    return [chance.randint(floor, ceiling) for _ in range(valid)]


def walked_to(figure: tuple[Decimal, bool | None], marks: list[int], item: ScoredItem) -> list[int] | None:
    """Move one mark after another until the figure is met; None where the means meet and the spreads do not."""
    turn = 0
    while (now := promised_figure(marks, item))[0] != figure[0]:
        step = 1 if now[0] < figure[0] else -1
        index = turn % len(marks)
        marks[index] = min(max(marks[index] + step, item.scale.low), item.scale.high)
        turn += 1
    return marks if now == figure else None


def dealt_out(columns: dict[str, tuple[Column, Column]], which: int, n: int, chance: Random) -> list[dict[str, Answer]]:
    """One of the two columns of every item, dealt out to n people, each column in an order of its own."""
    dealt = {id: chance.sample(pair[which], n) for id, pair in columns.items()}
    return [{id: column[who] for id, column in dealt.items()} for who in range(n)]


def twin_texts(
    questions: Sequence[str], n: int, invited: int, chance: Random
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The same texts handed in in another order; other texts altogether where they are too few to appear."""
    first, second = {}, {}
    for question in questions:
        written = [f"{question}: {chance.choice(['de oven', 'het rooster', 'de prijzen'])} {who}" for who in range(n)]
        first[question] = written[: chance.randint(0, n)]
        appear = len(first[question]) >= K and invited >= K
        second[question] = chance.sample(first[question], len(first[question])) if appear else ["iets anders"]
    return first, second
