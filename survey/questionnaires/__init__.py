"""What is asked: one file per edition, never edited after its first use.

`load("spiegel-1")` gives a questionnaire: its themes, items and open questions, and the sentences a person reads, per
language and per role. `load_conversation("spiegel-1")` gives the words that a report uses about them.
This room must not know who answers, what was answered, or how an answer is shown.
"""

from survey.questionnaires.conversation import (
    ConversationWords,
    Direction,
    Guideline,
    Occasion,
    load_conversation,
    read_conversation,
)
from survey.questionnaires.edition_file import UnknownEdition, editions, load, read_edition
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
from survey.questionnaires.section import FaultyEdition

__all__ = [
    "OVERALL",
    "ROLES",
    "SELF",
    "Axis",
    "ConversationWords",
    "Direction",
    "FaultyEdition",
    "Guideline",
    "Item",
    "Judgement",
    "Kind",
    "NotInThisEdition",
    "Occasion",
    "OpenQuestion",
    "Questionnaire",
    "Referent",
    "Theme",
    "UnknownEdition",
    "editions",
    "load",
    "load_conversation",
    "read_conversation",
    "read_edition",
]
