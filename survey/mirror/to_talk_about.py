"""Which topics a mirror offers to talk about: differences, then what both find low, then what only others find high.

Table and paper ask the same. It must not know which of them were chosen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from survey.mirror.reports import MirrorReport, Statement, TopicBlock
from survey.mirror.sentences import marks_named
from survey.mirror.words import words_in
from survey.questionnaires import load_conversation

Kind = Literal["difference", "concern", "hidden"]


@dataclass(frozen=True)
class Offer:
    """One topic, and the place in the report that it comes from."""

    kind: Kind
    block: TopicBlock

    @property
    def item(self) -> str:
        """The id of its statement."""
        return self.block.statement.item


def to_talk_about(report: MirrorReport) -> Iterator[Offer]:
    """Return the topics of a report; a statement comes once."""
    spoken = load_conversation(report.facts.edition)
    yield from (Offer("difference", block) for block in report.differences)
    yield from (Offer("concern", _asked(report, one, report.concern_question)) for one in report.shared_concerns)
    for one in report.hidden_strengths:
        yield Offer("hidden", _asked(report, one, spoken.question(one.item, "self_lower", report.language)))


def _asked(report: MirrorReport, statement: Statement, question: str) -> TopicBlock:
    return TopicBlock(statement, (marks_named(statement, words_in(report.language)),), "", question)
