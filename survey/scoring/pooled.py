"""All perspectives taken together, for analysis by `survey score`: never shown to anybody and never exported.

Every perspective weighs the same, never by head count: one accountant is not a ninth of nine employees.
"""

from collections.abc import Mapping, Sequence

from survey.scoring.answers import Answer
from survey.scoring.gaps import Chances, Word, chances_of, word_without_a_flag
from survey.scoring.method import METHOD
from survey.scoring.releases import Release
from survey.scoring.verdicts import Evidence, Level, Verdict, item_evidence, theme_evidence, views


def pooled_verdicts(release: Release, own_answers: Mapping[str, Answer]) -> tuple[Verdict, ...]:
    """One verdict per item, then one per theme, over all perspectives that show it."""
    own = views(release.items, own_answers)
    perspectives = [perspective.id for perspective in release.perspectives]
    items = [item.id for item in release.items if not item.is_overall]
    return (
        *(pooled_verdict(id, [item_evidence(release, each, id, own) for each in perspectives]) for id in items),
        *(
            pooled_verdict(id, [theme_evidence(release, each, id, own) for each in perspectives])
            for id in release.themes
        ),
    )


def pooled_verdict(id: str, found: Sequence[Evidence | None]) -> Verdict:
    """D is the mean of the gaps, its variance sigma_self^2 + the sum of theirs over G^2 (scoring.md 4.6)."""
    evidence = [each for each in found if each is not None]
    count = len(evidence)
    if count < METHOD.fewest_perspectives_pooled:
        return Verdict(Level.POOLED, id, None, Word.NOT_ENOUGH_INFORMATION)
    gaps = [each.gap for each in evidence]
    gap = sum(gaps) / count
    chances = chances_of(gap, METHOD.sigma_self**2 + sum(each.variance for each in evidence) / count**2)
    return Verdict(Level.POOLED, id, None, _word_over(gaps, gap, chances), gap, chances)


def _word_over(gaps: Sequence[float], gap: float, chances: Chances) -> Word:
    over = sum(each >= METHOD.delta for each in gaps)
    under = sum(each <= -METHOD.delta for each in gaps)
    if over and under:
        return Word.PARTIES_DISAGREE
    if over >= METHOD.fewest_perspectives_pooled and gap >= METHOD.delta and chances.over >= METHOD.p_flag:
        return Word.BLIND_SPOT
    if under >= METHOD.fewest_perspectives_pooled and gap <= -METHOD.delta and chances.under >= METHOD.p_flag:
        return Word.HIDDEN_STRENGTH
    return word_without_a_flag(gap, chances)
