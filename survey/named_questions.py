"""Questions for the owner and for who answers by name, and for nobody else: better or worse, a hundred points, three
key figures.

They are never asked of a group: points that add up and figures that are named would point at the person who gave them.
So they are no items; they stand beside the release and never in it. It must not know who answers, or any words.
"""

from collections.abc import Mapping
from typing import Any, Final

from survey.kinds import CIRCLE, MIRROR, THERMOMETER
from survey.perspectives import NAMED
from survey.scoring import NotAHundredPoints, check_allocation

OWNER: Final = "self"

DIRECTION: Final = "direction"
POINTS: Final = "points"
KEY_FIGURES: Final = "key_figures"

DIRECTIONS: Final = ("better", "same", "worse")
"""Compared with three months ago."""

SPARRING_PARTNERS: Final = (
    "accountant",
    "business_adviser",
    "financial_adviser",
    "fellow_owner",
    "experienced_owner",
    "help_body",
    "somebody_else",
)
"""Over whom the hundred points go (3SV report, chapter 3, question 2)."""

CATALOGUE: Final = (
    "sales",
    "left_of_sales",
    "orders",
    "new_customers",
    "complaints",
    "money_now",
    "money_ahead",
    "to_receive",
    "to_pay",
    "staff_costs",
    "fixed_costs",
    "paid_hours",
    "stock",
    "absence",
    "own_money",
)
"""The figures to choose from: two lists out of the same catalogue can be laid beside each other."""
NAMES: Final = 3
"""So many key figures each names (3SV report, section 5.1.1)."""


class NotAskedOfThem(ValueError):
    """An answer to a question that this role is not asked in this kind of round."""


class AnswerImpossible(ValueError):
    """An answer that no form of ours can give."""


class NotThree(ValueError):
    """Another number of key figures than three was named."""


def asked_of(kind: str, role: str) -> tuple[str, ...]:
    """Return which of these questions a role is asked in a kind of round: of an anonymous group none, ever."""
    if role != OWNER and role not in NAMED:
        return ()
    if kind == THERMOMETER:
        return (DIRECTION,)
    if kind in (MIRROR, CIRCLE):
        return (POINTS, KEY_FIGURES) if role in (OWNER, "accountant") else (POINTS,)
    return ()


def check(kind: str, role: str, answers: Mapping[str, Any]) -> None:
    """Accept what a role answered to these questions; each may be left out.

    direction: one of DIRECTIONS. points: sparring partner -> points. key_figures: ids of the catalogue.
    Raises NotAskedOfThem, AnswerImpossible, NotAHundredPoints, NotThree.
    """
    if not answers.keys() <= set(asked_of(kind, role)):
        raise NotAskedOfThem(role)
    if DIRECTION in answers and answers[DIRECTION] not in DIRECTIONS:
        raise AnswerImpossible(DIRECTION)
    if POINTS in answers:
        _check_points(answers[POINTS])
    if KEY_FIGURES in answers:
        _check_key_figures(answers[KEY_FIGURES])


def _check_points(points: Mapping[str, int]) -> None:
    if not points.keys() <= set(SPARRING_PARTNERS):
        raise AnswerImpossible(POINTS)
    if not all(isinstance(each, int) and not isinstance(each, bool) for each in points.values()):
        raise NotAHundredPoints("Points are whole numbers.")
    check_allocation([points.get(partner, 0) for partner in SPARRING_PARTNERS])


def _check_key_figures(named: list[str]) -> None:
    if not set(named) <= set(CATALOGUE):
        raise AnswerImpossible(KEY_FIGURES)
    if len(named) != NAMES or len(set(named)) != NAMES:
        raise NotThree(len(named))
