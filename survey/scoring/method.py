"""The constants of the method, in one versioned place.

Every number that decides what is shown or what is called a difference stands here once, and the report's method note
prints this table. Change one and `version` changes with it: a release keeps the version that it was made with.
This module knows no round, no answer and no language.
"""

from dataclasses import asdict, dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Method:
    """The numbers of scoring.md sections 2, 4 and 5, on the scale of 1 to 5 unless said otherwise."""

    version: str = "1"

    # What is shown of an anonymous group.
    k: int = 5  # fewest answers behind a shown cell, and fewest ballots of a group that is opened at all
    half_judged: Fraction = Fraction(1, 2)  # below this share of "can judge" a cell or theme is not seen
    nearly_all_judged: Fraction = Fraction(4, 5)
    divided_from: Fraction = Fraction(3, 2)  # sample variance from which a group is called divided

    # When a gap is called a difference.
    sigma: float = 1.0  # spread of answers to one item inside a group; fixed, because the group's own would leak
    sigma_theme: float = 0.75  # the same for a theme mark
    sigma_self: float = 0.5  # noise of one answer by the owner
    tau: float = 1.0  # spread of true gaps between owner and group
    delta: float = 1.0  # the smallest gap worth a conversation
    eps: float = 0.5  # the smallest gap that counts as being on one side
    p_flag: float = 0.85
    p_hint: float = 0.75
    p_agree: float = 0.80
    step: float = 0.5  # rounding of a released cell
    clear_difference: float = 2.0  # from here one named voice sees it clearly differently
    fewest_items_of_a_theme: int = 2
    fewest_perspectives_pooled: int = 2

    # Where a mark stands in the Johari window.
    high: float = 3.5
    low: float = 2.5

    # When a released cell is called changed.
    change: float = 1.0
    possible_change: float = 0.5
    change_z: float = 1.645  # 90% interval, two-sided
    reliable_z: float = 1.96  # from here a change of the owner or of one named voice is more than noise
    days_between_releases: int = 80  # of one item for one anonymous group, closing date to closing date
    fewest_joiners_and_leavers: int = 5  # below it, and above none, a trend would point at the newcomer

    def as_table(self) -> dict[str, str]:
        """Every constant by name, written out, for the method note of a report."""
        return {name: str(value) for name, value in asdict(self).items()}


METHOD = Method()
