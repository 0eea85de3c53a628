"""The owner's door: from home by way of preparing and sending to the self-assessment and the conversation."""

from survey.web.owner import (
    agreements,
    cards,
    companies,
    conversation,
    home,
    honest_story,
    mirror,
    mirror_files,
    participation,
    preparing,
    revoking,
    self_assessment,
    sending,
    sharing,
    strict_mode,
    telling_back,
)
from survey.web.owner.door import door

__all__ = [
    "agreements",
    "cards",
    "companies",
    "conversation",
    "door",
    "home",
    "honest_story",
    "mirror",
    "mirror_files",
    "participation",
    "preparing",
    "revoking",
    "self_assessment",
    "sending",
    "sharing",
    "strict_mode",
    "telling_back",
]
