"""The mirror: a frozen release, the owner's own view and the facts of the round become a report for one owner.

It takes plain values and gives back values, HTML or a PDF. It has never seen an address, a ballot or a table.
"""

from survey.mirror.facts import NamedPerson, OwnView, RoundFacts
from survey.mirror.holding_up import hold_up_mirror
from survey.mirror.reports import MirrorReport

__all__ = ["MirrorReport", "NamedPerson", "OwnView", "RoundFacts", "hold_up_mirror"]
