"""What was taken out of a mirror on request, in words: the day, and whose or at which question; what it was is gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from survey.clock import day_of
from survey.questionnaires import load
from survey.store.rounds import Redaction, Round, redactions_of
from survey.web.languages import gettext as _
from survey.web.languages import language
from survey.web.owner.door import group_name


@dataclass(frozen=True)
class TakenOut:
    """One line for the owner."""

    day: date
    what: str


def taken_out_of(round_: Round) -> Iterator[TakenOut]:
    """Return what was taken out of a round's release, first to last; only days and kinds, never words or names."""
    for redaction in redactions_of(round_.id):
        yield TakenOut(day_of(redaction.redacted_at), _in_words(round_, redaction))


def _in_words(round_: Round, redaction: Redaction) -> str:
    if redaction.question is not None:
        question = load(round_.questionnaire).open_question(
            redaction.question, language(), "self", round_.subject_name.split(" ")[0]
        )
        return _("één tekst bij ‘%(question)s’", question=question)
    voice = next(one for one in round_.voices if one.id == redaction.voice)
    number = voice.id.removeprefix(voice.perspective).strip("_")
    return _("alles van één stem op naam: %(group)s", group=f"{group_name(voice.perspective)} {number}".strip())
