"""An edition as scoring sees it: its items without a word of their wording."""

from survey.questionnaires import Questionnaire
from survey.scoring.items import Scale, ScoredItem


def scored_items(questionnaire: Questionnaire) -> tuple[ScoredItem, ...]:
    """The items of an edition, in its order."""
    return tuple(
        ScoredItem(item.id, item.theme, Scale(*item.scale), item.reverse, item.version) for item in questionnaire.items
    )
