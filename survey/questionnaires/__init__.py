"""What is asked: one file per edition, never edited after its first use.

`load("spiegel-1")` gives a questionnaire: its themes, items and open questions, and the sentences a person reads, per
language and per role. This room must not know who answers, what was answered, or how an answer is shown.
"""

from survey.questionnaires.edition_file import FaultyEdition, UnknownEdition, editions, load, read_edition
from survey.questionnaires.questionnaire import (
    OVERALL,
    ROLES,
    SELF,
    Axis,
    Item,
    Judgement,
    Kind,
    NotInThisEdition,
    OpenQuestion,
    Questionnaire,
    Referent,
    Theme,
)

__all__ = [
    "OVERALL",
    "ROLES",
    "SELF",
    "Axis",
    "FaultyEdition",
    "Item",
    "Judgement",
    "Kind",
    "NotInThisEdition",
    "OpenQuestion",
    "Questionnaire",
    "Referent",
    "Theme",
    "UnknownEdition",
    "editions",
    "load",
    "read_edition",
]
