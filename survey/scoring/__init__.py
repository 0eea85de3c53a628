"""The method: raw answers in, a frozen release out, and everything that may be computed from a release.

Pure: no web, no storage, no clock, no randomness. Whoever counts a round calls `release`; whoever shows one reads the
`Release`, and never an answer.
"""

from survey.scoring.answers import CANNOT_JUDGE, AnonymousGroup, Answer, Group, NamedVoice, Response
from survey.scoring.audit import Audit, EarlierRelease, Fact, Finding, is_too_soon
from survey.scoring.cells import Band, Cell, Coverage, Edge, Reason, ShownCell, Spread, SuppressedCell, VoiceCell
from survey.scoring.change import Change, Movement, TrendWithheld, changes, is_reliably_changed, is_trend_withheld
from survey.scoring.counting import release
from survey.scoring.documents import canonical, digest, from_document, to_document
from survey.scoring.editions import scored_items
from survey.scoring.gaps import Chances, Word
from survey.scoring.hundred_points import POINTS, STEP, NotAHundredPoints, check_allocation
from survey.scoring.items import FIVE_POINT, OVERALL, REPORT_MARK, Scale, ScoredItem
from survey.scoring.johari import Position, nobody_can_see, position
from survey.scoring.key_figures import Overlap, chance_of_at_least, overlap
from survey.scoring.method import METHOD
from survey.scoring.releases import Kind, Perspective, Release
from survey.scoring.texts import REMOVED, ReleasedTexts
from survey.scoring.themes import ThemeMark, own_theme_mark, theme_mark
from survey.scoring.verdicts import Level, Verdict, verdicts
from survey.scoring.visibility import Sight, Visibility

__all__ = [
    "CANNOT_JUDGE",
    "FIVE_POINT",
    "METHOD",
    "OVERALL",
    "POINTS",
    "REMOVED",
    "REPORT_MARK",
    "STEP",
    "AnonymousGroup",
    "Answer",
    "Audit",
    "Band",
    "Cell",
    "Chances",
    "Change",
    "Coverage",
    "EarlierRelease",
    "Edge",
    "Fact",
    "Finding",
    "Group",
    "Kind",
    "Level",
    "Movement",
    "NamedVoice",
    "NotAHundredPoints",
    "Overlap",
    "Perspective",
    "Position",
    "Reason",
    "Release",
    "ReleasedTexts",
    "Response",
    "Scale",
    "ScoredItem",
    "ShownCell",
    "Sight",
    "Spread",
    "SuppressedCell",
    "ThemeMark",
    "TrendWithheld",
    "Verdict",
    "Visibility",
    "VoiceCell",
    "Word",
    "canonical",
    "chance_of_at_least",
    "changes",
    "check_allocation",
    "digest",
    "from_document",
    "is_reliably_changed",
    "is_too_soon",
    "is_trend_withheld",
    "nobody_can_see",
    "overlap",
    "own_theme_mark",
    "position",
    "release",
    "scored_items",
    "theme_mark",
    "to_document",
    "verdicts",
]
