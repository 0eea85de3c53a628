"""Sets a mirror report as HTML for paper, and that as a PDF: the same report gives the same bytes, always.

It must not decide anything: what stands in the report is printed, where `figures.py` places it.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from textwrap import shorten
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from survey.mirror import figures
from survey.mirror.reports import MirrorReport, dates_of
from survey.mirror.to_talk_about import to_talk_about
from survey.mirror.words import Words, words_in
from survey.outgoing.pdf import render_pdf
from survey.questionnaires import load

COVER_TOP: Final = 136.0
COVER_PITCH: Final = 17.0
COVER_LAST: Final = 215.0
"""The voices on the cover end above this line; more of them stand closer together."""

SIGHT_ROW: Final = 5.0

LONGEST_IN_FOOTER: Final = 36

READINGS: Final = ("you", "group", "open", "voice", "distance", "expected", "no_sight")
STEP_LINES: Final = (1, 1, 2, 1, 2, 3, 1, 1, 1)
"""Lines to write on under each step of the conversation sheet."""


def report_pdf(report: MirrorReport) -> bytes:
    """Return the report as a PDF/UA file. Raises PangoMissing."""
    copy = f"-{report.copy.recipient}-{report.copy.made_on}" if report.copy else ""
    return render_pdf(report_html(report), report.facts.digest + copy)


def sheet_pdf(report: MirrorReport, chosen: Sequence[str] = ()) -> bytes:
    """Return the conversation sheets as a PDF/UA file, one for each topic. Raises PangoMissing.

    chosen: the statements that were chosen at the table, in their order; without any the differences of the report.
    """
    return render_pdf(sheet_html(report, chosen), "-".join((report.facts.digest, *chosen)))


def report_html(report: MirrorReport) -> str:
    """Return the report as one HTML document for paper, its style sheet and drawings inside."""
    name = "short" if report.is_short else "report"
    return _environment().get_template(f"report/{name}.html").render(_context(report))


def sheet_html(report: MirrorReport, chosen: Sequence[str] = ()) -> str:
    """Return the conversation sheets as one HTML document for paper; chosen as in `sheet_pdf`."""
    offered = {offer.item: offer.block for offer in to_talk_about(report)}
    topics = [offered[item] for item in chosen if item in offered] or report.differences or (None,)
    return _environment().get_template("report/sheet.html").render(_context(report), sheet_topics=topics)


def _context(report: MirrorReport) -> dict[str, object]:
    words = words_in(report.language)
    first, last = dates_of(report.facts)
    opened, closed = words.days_from(first, last)
    count = max(len(report.speakers), 1)
    pitch = min(COVER_PITCH, (COVER_LAST - COVER_TOP) / count)
    return {
        "report": report,
        "facts": report.facts,
        "w": words,
        "opened": opened,
        "closed": closed,
        "cover": figures.cover_figure(report, COVER_TOP, pitch),
        "cover_top": COVER_TOP,
        "cover_pitch": pitch,
        "halves": (*figures.picture(report), *_feeling(report, words)),
        "figures": figures,
        "footer": _footer(report, words),
        "is_tight": figures.lines_of_openings(report) > figures.OPENING_LINES,
        "own_writings_here": figures.own_writings_fit(report),
        "columns": figures.columns(report),
        "sight": figures.sight_figure(report, SIGHT_ROW),
        "sight_row": SIGHT_ROW,
        "field": figures.force_field(report),
        "signs": figures.sign_figures(),
        "readings": _readings(report),
        "named": _named(report, words),
        "period": load(report.facts.edition).period(report.language),
        "picture_intro": _picture_intro(report, words),
        "all_columns": figures.appendix_columns(report),
        "step_lines": STEP_LINES,
    }


def _readings(report: MirrorReport) -> list[str]:
    """The signs that this report uses, in the order in which they are explained."""
    has_group = any(speaker.is_group for speaker in report.voices)
    has_voice = any(not speaker.is_group for speaker in report.voices)
    used = {"group": has_group, "open": has_group, "voice": has_voice}
    return [sign for sign in READINGS if used.get(sign, True)]


def _named(report: MirrorReport, words: Words) -> str:
    """Who answered by name, once: the cover may lie on a table and says of each only the role."""
    named = [speaker for speaker in report.voices if speaker.name and not speaker.removed]
    return " ".join(words("reading.named", voice=speaker.label, name=speaker.name) for speaker in named)


def _picture_intro(report: MirrorReport, words: Words) -> str:
    themes = words.counted(sum(len(half.themes) for half in report.halves))
    voices = len(report.voices)
    key = "picture.intro_one" if voices == 1 else "picture.intro"
    return words(key, themes=themes[:1].upper() + themes[1:], voices=words.counted(voices))


def _footer(report: MirrorReport, words: Words) -> str:
    """What stands under every page; a long name is cut there, the cover has it whole."""
    facts, called = report.facts, words(f"kind.{report.facts.kind}.called")
    company, owner = (shorten(name, LONGEST_IN_FOOTER, placeholder="…") for name in (facts.company, facts.owner))
    if report.copy is not None:
        name = shorten(report.copy.recipient, LONGEST_IN_FOOTER, placeholder="…")
        day = words.day(report.copy.made_on)
        return words("report.copy_footer", called=called, company=company, season=report.season, name=name, day=day)
    return words("report.footer", called=called, company=company, season=report.season, owner=owner)


def _feeling(report: MirrorReport, words: Words) -> list[figures.PlacedHalf]:
    if report.feeling is None:
        return []
    return [figures.feeling(report.feeling, words("picture.feeling", name=report.feeling.name))]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css"] = _in_a_style_sheet
    environment.filters["mm"] = lambda length: f"{length:.2f}mm"
    return environment


def _in_a_style_sheet(text: str) -> Markup:
    """A text between quotes in a style sheet: whatever could mean something there is written by its number."""
    plain = " ·.,-"
    return Markup("".join(each if each.isalnum() or each in plain else f"\\{ord(each):06x}" for each in text))


def templates_folder() -> Path:
    """The templates: in the package when it was installed, beside it in the repository."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"
