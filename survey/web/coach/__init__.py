"""The coach's door: the companies that let somebody in, and of each no more than its owner shares."""

from survey.web.coach import clients, looking, passphrases
from survey.web.coach.door import door

__all__ = ["clients", "door", "looking", "passphrases"]
