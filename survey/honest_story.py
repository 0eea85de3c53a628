"""The owner's own story ("het eerlijke verhaal"): six headings, and under each only what he writes himself.

The headings are what a financier wants to hear before he moves (3SV report, section 7.2.1): how things stand, the
short-term risks, the plan, what it does to the figures, the real request; and from table 4, what there is in it for the
other. Nothing is filled in for him, nothing comes out of anybody's answers, and this product sends it to nobody.
"""

from collections.abc import Mapping
from typing import Final

from survey.store import kept_texts
from survey.store.conversations import StoryPart
from survey.store.kept_texts import NOTHING, Draft, Held, Kept
from survey.store.people import Company

HEADINGS: Final = ("status", "risks", "plan", "figures", "for_the_other", "request")
"""In the order in which it is told."""

LONGEST_PART: Final = 8000
"""Characters: some three pages. What is longer belongs in an appendix."""


class HeadingUnknown(Exception):
    """The story has no such heading."""


class StoryTooLong(Exception):
    """More stands under one heading than fits: `over` characters. Nothing was kept."""

    def __init__(self, heading: str, over: int) -> None:
        super().__init__(f"{heading}: {over} too many")
        self.heading = heading
        self.over = over


def story_of(company: Company) -> dict[str, Held]:
    """Return what stands under each heading, in their order."""
    written = kept_texts.held(StoryPart, {"company_id": company.id})
    return {heading: written.get(heading, NOTHING) for heading in HEADINGS}


def keep(company: Company, drafts: Mapping[str, Draft]) -> Kept:
    """Keep what was typed; say under which headings another text stands by now. Raises HeadingUnknown, StoryTooLong."""
    for heading, draft in drafts.items():
        if heading not in HEADINGS:
            raise HeadingUnknown(heading)
        if len(draft.text) > LONGEST_PART:
            raise StoryTooLong(heading, len(draft.text) - LONGEST_PART)
    return kept_texts.keep(StoryPart, {"company_id": company.id}, drafts)
