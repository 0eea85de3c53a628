"""The owner's door: from home by way of preparing and sending to participation, and the self-assessment."""

from survey.web.owner import cards, home, mirror, participation, preparing, self_assessment, sending
from survey.web.owner.door import door

__all__ = ["cards", "door", "home", "mirror", "participation", "preparing", "self_assessment", "sending"]
