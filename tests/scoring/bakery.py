"""Bakkerij De Vries: nine employees, accountant Rob de Wit, Joost Meijer of the bank, two fellow entrepreneurs."""

from collections.abc import Iterable, Sequence
from itertools import repeat

from survey.scoring.answers import CANNOT_JUDGE, AnonymousGroup, Answer, NamedVoice
from survey.scoring.cells import Cell
from survey.scoring.counting import release
from survey.scoring.items import FIVE_POINT, OVERALL, REPORT_MARK, Scale, ScoredItem
from survey.scoring.releases import Release

KEY = b"the key of this round"

GUT_FEELING = ScoredItem("gut_feeling", OVERALL, REPORT_MARK)
ORDER_BOOK = ScoredItem("order_book", "customers")
CUSTOMER_DEPENDENCE = ScoredItem("customer_dependence", "customers", reverse=True)
CUSTOMERS_RETURN = ScoredItem("customers_return", "customers")
ASKS_VIEWS = ScoredItem("asks_views", "openness")
SAFE_TO_SPEAK = ScoredItem("safe_to_speak", "openness")

CHECKLIST = (GUT_FEELING, ORDER_BOOK, CUSTOMER_DEPENDENCE, CUSTOMERS_RETURN, ASKS_VIEWS, SAFE_TO_SPEAK)


def employees(
    answers: Iterable[Answer], cannot_judge: int = 0, item: str = "order_book", invited: int | None = None
) -> AnonymousGroup:
    """A group in which everybody answers one item."""
    cannot: Answer = CANNOT_JUDGE
    given = [*answers, *repeat(cannot, cannot_judge)]
    return AnonymousGroup("employees", [{item: answer} for answer in given], invited)


def named(perspective: str, answer: Answer, item: str = "order_book") -> NamedVoice:
    return NamedVoice(perspective, {item: answer})


def released(*groups: AnonymousGroup | NamedVoice, items: Sequence[ScoredItem] = (ORDER_BOOK,)) -> Release:
    return release(items, groups, KEY)


def cell_of(answers: Sequence[int], cannot_judge: int = 0, scale: Scale = FIVE_POINT) -> Cell:
    """The cell of one item as these employees answer it."""
    item = ScoredItem("order_book", "customers", scale)
    return released(employees(answers, cannot_judge), items=[item]).cell("employees", "order_book")
