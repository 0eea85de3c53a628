"""The mirror: a frozen release, the owner's own view and the facts of the round become a report for one owner.

`mirror_of` takes a stored round, `hold_up_mirror` plain values; `report_pdf`, `sheet_pdf` and `to_document` write the
report down. It has never seen an address or a ballot.
"""

from survey.mirror.copies import copy_for
from survey.mirror.document import to_document
from survey.mirror.facts import Agreed, EarlierMirror, LookBack, NamedPerson, OwnView, RoundFacts
from survey.mirror.holding_up import hold_up_mirror
from survey.mirror.of_round import NotCounted, OwnViewMissing, mirror_of, open_mirror
from survey.mirror.printing import report_html, report_pdf, sheet_pdf
from survey.mirror.reports import MirrorReport

__all__ = [
    "Agreed",
    "EarlierMirror",
    "LookBack",
    "MirrorReport",
    "NamedPerson",
    "NotCounted",
    "OwnView",
    "OwnViewMissing",
    "RoundFacts",
    "copy_for",
    "hold_up_mirror",
    "mirror_of",
    "open_mirror",
    "report_html",
    "report_pdf",
    "sheet_pdf",
    "to_document",
]
