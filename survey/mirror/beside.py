"""The figures beside it: what an accountant or a bank added by name becomes a page of the owner's report.

It shows what was typed and computes nothing: no norm, no ratio, no judgement.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from survey.facts import FIGURES, SIGNAL_IDS, SIGNALS
from survey.mirror.reports import FactsBeside, Figure, Signal
from survey.mirror.speakers import Speaker
from survey.mirror.words import Words


def facts_beside(
    documents: Mapping[str, Mapping[str, Any]], speakers: Sequence[Speaker], words: Words
) -> tuple[FactsBeside, ...]:
    """Return the facts of each voice that gave any, in the order of the speakers. documents: by voice."""
    found = (_of_voice(speaker, documents[speaker.id], words) for speaker in speakers if speaker.id in documents)
    return tuple(one for one in found if one.figures or one.signals or one.positive)


def _of_voice(speaker: Speaker, document: Mapping[str, Any], words: Words) -> FactsBeside:
    signals = document.get(SIGNALS, {})
    return FactsBeside(
        label=speaker.label,
        name=speaker.name,
        figures=tuple(Figure(**figure) for figure in document.get(FIGURES, ())),
        signals=tuple(
            Signal(words(f"beside.signals.{one}"), words(f"beside.seen.{signals[one]}"))
            for one in SIGNAL_IDS
            if one in signals
        ),
        positive=document.get("positive", ""),
    )
