"""The mirror: a frozen release, the owner's own view and the facts of the round become a report for one owner.

`mirror_of` takes a stored round, `hold_up_mirror` plain values; `report_pdf`, `sheet_pdf`, `mirror_csv`,
`mirror_workbook` and `to_document` write the report down. It has never seen an address or a ballot.
"""

from survey.mirror.copies import copy_for, only_sentences
from survey.mirror.document import to_document
from survey.mirror.export import OnlyForTheOwner, mirror_csv, mirror_workbook
from survey.mirror.facts import Agreed, EarlierMirror, LookBack, NamedPerson, OwnView, RoundFacts
from survey.mirror.holding_up import hold_up_mirror
from survey.mirror.of_round import NotCounted, OwnViewMissing, mirror_of, open_mirror
from survey.mirror.printing import report_html, report_pdf, sheet_pdf
from survey.mirror.reports import MirrorReport
from survey.mirror.to_talk_about import to_talk_about

__all__ = [
    "Agreed",
    "EarlierMirror",
    "LookBack",
    "MirrorReport",
    "NamedPerson",
    "NotCounted",
    "OnlyForTheOwner",
    "OwnView",
    "OwnViewMissing",
    "RoundFacts",
    "copy_for",
    "hold_up_mirror",
    "mirror_csv",
    "mirror_of",
    "mirror_workbook",
    "only_sentences",
    "open_mirror",
    "report_html",
    "report_pdf",
    "sheet_pdf",
    "to_document",
    "to_talk_about",
]
