"""The perspectives of a mirror, and which of them answer by name. Shared by every room that tells them apart."""

ANONYMOUS = ("employees",)
NAMED = ("co_owner", "accountant", "bank", "adviser", "peer")
PERSPECTIVES = (*ANONYMOUS, *NAMED)
"""In the order in which they are shown everywhere."""


def answers_by_name(perspective: str) -> bool:
    """Say whether somebody of this perspective is told, before the first question, that he answers by name."""
    return perspective not in ANONYMOUS
