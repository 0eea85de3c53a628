"""`survey score`: one document of raw answers in, one document of everything the method makes of it out.

For analysis and for checking the method by hand: it is the only place where perspectives are pooled. Plain values in
and out; files, the terminal and exit codes are the command's.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NoReturn

from survey.scoring.cells import Cell, SuppressedCell, VoiceCell
from survey.scoring.counting import release
from survey.scoring.plain_values import BadInput, quoted, refuse
from survey.scoring.pooled import pooled_verdicts
from survey.scoring.releases import Perspective
from survey.scoring.score_input import read_question
from survey.scoring.verdicts import Verdict, gap_verdicts, prediction_verdicts

ONE_VOICE = "one_voice"
NOTHING_SAID = dict.fromkeys(("reason", "mean", "edge", "n_at_least", "coverage", "spread"))
NO_TEXTS = b""  # a document holds no texts, so nothing is ordered


def score_text(text: str) -> str:
    """Score a JSON text and answer with one; raises BadInput with one sentence that names the place."""
    return json.dumps(score(_parsed(text)), indent=1)


def score(document: object) -> dict[str, Any]:
    """Score a document of raw answers; raises BadInput with one sentence that names the place.

    In: items or questionnaire, self, predictions, perspectives with raw answers. Out: method, perspectives, cells,
    visibility, verdicts (gaps and chances unrounded) and the audit. Perspectives and items keep the order given.
    """
    question = read_question(document)
    released = release(question.items, question.groups, NO_TEXTS)
    order = [group.id for group in question.groups]
    gaps = gap_verdicts(released, question.own_answers)
    found = [
        *(each for id in order for each in gaps if each.perspective == id),
        *pooled_verdicts(released, question.own_answers),
        *prediction_verdicts(released, question.predictions),
    ]
    return {
        "method": released.method,
        "perspectives": [_perspective(released.perspective(id)) for id in order],
        "cells": [_cell(cell) for id in order for cell in released.cells if cell.perspective == id],
        "visibility": [asdict(seen) for id in order for seen in released.visibility if seen.perspective == id],
        "verdicts": [_verdict(verdict) for verdict in found],
        "audit": {
            "passed": released.audit.passed,
            "findings": [asdict(finding) for finding in released.audit.findings],
        },
    }


def _perspective(perspective: Perspective) -> dict[str, Any]:
    return {"id": perspective.id, "kind": perspective.kind, "n": perspective.n}


def _cell(cell: Cell) -> dict[str, Any]:
    status = "suppressed" if isinstance(cell, SuppressedCell) else "shown"
    return {"perspective": cell.perspective, "item": cell.item, "status": status, **NOTHING_SAID, **_said_in(cell)}


def _said_in(cell: Cell) -> dict[str, Any]:
    if isinstance(cell, SuppressedCell):
        return {"reason": cell.reason}
    if isinstance(cell, VoiceCell):
        return {"mean": cell.mark, "n_at_least": 1, "coverage": ONE_VOICE}
    figure = {"mean": cell.mean, "edge": cell.edge, "n_at_least": cell.band.at_least}
    return {**figure, "coverage": cell.coverage, "spread": cell.spread}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    chances = verdict.chances
    return {
        "level": verdict.level,
        "id": verdict.id,
        "perspective": verdict.perspective,
        "verdict": verdict.word,
        "gap": verdict.gap,
        "p_over": chances and chances.over,
        "p_under": chances and chances.under,
        "p_agree": chances and chances.agree,
    }


def _parsed(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        refuse(f"Line {error.lineno}, column {error.colno}", f"this is not JSON ({error.msg})")
    except BadInput:
        raise
    except (ValueError, RecursionError):
        refuse("The document", "is nested too deep or holds a number too long to be read")


def _without_doubles(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """An object whose keys are each there once: of two answers to one item, none is the right one."""
    keys = dict(pairs)
    if len(keys) < len(pairs):
        twice = next(key for key in keys if sum(key == other for other, _ in pairs) > 1)
        refuse("The document", f"{quoted(twice)} is there twice in one object")
    return keys


def _no_constant(name: str) -> NoReturn:
    refuse("The document", f"{name} is not a number")
