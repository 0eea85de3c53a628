"""The whole mirror as one document that a machine can read: the release, the verdicts and every sentence.

It holds what the report holds and nothing more; a drawing can be made again from it.
"""

from dataclasses import asdict
from typing import Any

from survey.mirror.marks import Mark
from survey.mirror.reports import MirrorReport, SinceLastTime, Statement, Strip, TopicBlock
from survey.scoring import Verdict
from survey.scoring import to_document as release_document


def to_document(report: MirrorReport) -> dict[str, Any]:
    """Return the mirror as plain values that JSON can hold: `release`, `digest`, `verdicts` and `texts`."""
    return {
        "language": report.language,
        "company": report.facts.company,
        "round": report.season,
        "digest": report.facts.digest,
        "release": release_document(report.release),
        "verdicts": [_verdict(verdict) for verdict in report.verdicts],
        "texts": _texts(report),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    found: dict[str, Any] = {
        "level": verdict.level.value,
        "id": verdict.id,
        "perspective": verdict.perspective,
        "word": verdict.word.value,
        "gap": verdict.gap,
    }
    if verdict.chances is not None:
        found["chances"] = {
            "over": verdict.chances.over,
            "under": verdict.chances.under,
            "agree": verdict.chances.agree,
        }
    return found


def _texts(report: MirrorReport) -> dict[str, Any]:
    return {
        "agreed_before": [asdict(each) for each in report.look_back.agreed] if report.look_back else [],
        "opening": [
            {
                "label": opening.label,
                "sentence": opening.before,
                "points_at": opening.place,
                "goes_on": opening.after,
                "question": opening.question,
            }
            for opening in report.openings
        ],
        "shared_strengths": [_statement(each) for each in report.shared_strengths],
        "hidden_strengths": [_statement(each) for each in report.hidden_strengths],
        "strength_question": report.strength_question,
        "differences": [_block(block) for block in report.differences],
        "shared_concerns": [_statement(each) for each in report.shared_concerns],
        "themes": [{"theme": theme.name, **_strip(theme.strip)} for half in report.halves for theme in half.themes],
        "gut_feeling": _strip(report.feeling.strip) if report.feeling else None,
        "visibility": [
            {"theme": row.theme, "voices": _by_voice(report, [seen.text for seen in row.seen])} for row in report.sight
        ],
        "force_field": {party.speaker.id: party.said.text for party in report.parties},
        "figures_beside": [asdict(each) for each in report.beside],
        "in_their_own_words": [
            {
                "question": asked.question,
                "answers": [{"voice": each.label, "texts": list(each.texts)} for each in asked.written],
            }
            for asked in report.texts
        ],
        "guidelines": list(report.guidelines),
        "since_last_time": _since(report.since) if report.since else None,
        "statements": [_statement(each) for theme in report.statements for each in theme.statements],
        "notes": [*report.notes, *report.method],
    }


def _block(block: TopicBlock) -> dict[str, Any]:
    return {
        **_statement(block.statement),
        "sentences": list(block.sentences),
        "facts_first": block.facts_first,
        "question": block.question,
    }


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "item": statement.item,
        "theme": statement.theme,
        "statement": statement.text,
        "reversed": statement.is_reversed,
        **_strip(statement.strip),
    }


def _strip(strip: Strip) -> dict[str, Any]:
    return {
        "own": strip.own,
        "voices": {
            row.speaker.id: {
                "text": row.said.text,
                "value": row.said.value if isinstance(row.said, Mark) else None,
                "edge": row.said.edge.value if isinstance(row.said, Mark) and row.said.edge else None,
                "expected": row.expected,
                "speaks": row.speaks,
            }
            for row in strip.rows
        },
    }


def _by_voice(report: MirrorReport, texts: list[str]) -> dict[str, str]:
    return dict(zip((speaker.id for speaker in report.voices), texts, strict=True))


def _since(since: SinceLastTime) -> dict[str, Any]:
    return {
        "compared_with": since.season,
        "moved": [
            {
                "theme": each.theme,
                "statement": each.text,
                "sentence": each.sentence,
                "voices": [{"voice": row.label, "then": row.before.plain, "now": row.after.plain} for row in each.rows],
            }
            for each in since.statements
        ],
        "notes": list(since.notes),
    }
