"""The whole mirror as its owner reads it: what was released, and before it what was agreed about the mirror before.

The mirror itself knows no agreements and the conversation no marks; here they are put together, for the owner alone.
Whoever asks has asked whether this is that owner.
"""

from survey import conversation
from survey.mirror import Agreed, LookBack, MirrorReport, mirror_of
from survey.store.rounds import Round


def whole_mirror(round_: Round, company: str, language: str) -> MirrorReport:
    """Return the mirror of a round with what came of the agreements before it. Raises NotCounted, OwnViewMissing."""
    return mirror_of(round_, company, language, _look_back(round_))


def _look_back(round_: Round) -> LookBack | None:
    """Return what was agreed about an earlier mirror of the same owner, and what came of it."""
    earlier, agreements = conversation.earlier_agreements(round_)
    if earlier is None:
        return None
    agreed = (
        Agreed(each.who, each.what, each.when, each.figure, each.outcome, each.outcome_note) for each in agreements
    )
    return LookBack(earlier.closes_on, tuple(agreed))
