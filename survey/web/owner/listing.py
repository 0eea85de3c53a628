"""A list of companies on a page: what its address asks for, and what each stage is called.

Everything stands in the address and nothing is kept: a page can be bookmarked, and works without JavaScript.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import request, url_for
from flask_babel import format_date, format_time

from survey.overview import LONGEST_SEARCH, Asked, Entry, Page, Stage
from survey.web.languages import gettext as _
from survey.web.owner.door import day, season, short_day

WORDS: Final = "zoek"
STAGE: Final = "stand"
PAGE: Final = "blad"


@dataclass(frozen=True)
class Listing:
    """One page of a list with the way to its other pages. stages: what it can be narrowed down to, in words."""

    page: Page
    asked: Asked
    stages: Mapping[str, str]
    endpoint: str

    @property
    def has_form(self) -> bool:
        """Whether there is anything to search: a list that fits on one page needs no form above it."""
        return self.page.pages > 1 or self.asked.is_narrowed

    def address_of(self, number: int) -> str:
        """Return the address of another page of what is asked for."""
        values: dict[str, Any] = {WORDS: self.asked.words or None, STAGE: self.asked.stage, PAGE: number}
        return url_for(self.endpoint, **values)


def asked_for() -> Asked:
    """Return what the address of this request asks for; what makes no sense there is left out."""
    stage, number = request.args.get(STAGE, ""), request.args.get(PAGE, "")
    return Asked(
        words=" ".join(request.args.get(WORDS, "").replace("\0", " ").split())[:LONGEST_SEARCH],
        stage=Stage(stage) if stage in list(Stage) else None,
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
    )


def listing_of(page: Page, asked: Asked, stages: Sequence[Stage], endpoint: str) -> Listing:
    """Return a page of a list, ready to be shown."""
    words = stage_words()
    return Listing(page, asked, {stage.value: words[stage] for stage in stages}, endpoint)


def stage_words() -> dict[Stage, str]:
    """Return what each stage is called."""
    return {
        Stage.MIRROR_READY: _("spiegel klaar"),
        Stage.TALK: _("gesprek"),
        Stage.DUE: _("toe aan een ronde"),
        Stage.PREPARED: _("nog niet verstuurd"),
        Stage.LOCKED: _("wacht op wachtzin"),
        Stage.CLOSED: _("telt"),
        Stage.OPEN: _("open"),
        Stage.ANNOUNCED: _("aangekondigd"),
        Stage.BETWEEN: _("afspraken lopen"),
        Stage.NONE: _("nog geen ronde"),
        Stage.CANCELLED: _("afgebroken"),
        Stage.DATES_HIDDEN: _("alleen de spiegel"),
    }


def day_words(entry: Entry, today: date) -> str:
    """Return what the day of a company's stage means; empty where there is none."""
    if entry.day is None:
        return ""
    when = short_day(entry.day) if entry.day.year == today.year else str(format_date(entry.day, _("d MMMM y")))
    match entry.stage:
        case Stage.TALK:
            hour = f", {format_time(entry.starts_at, 'H.mm')}" if entry.starts_at else ""
            return day(entry.day) + hour
        case Stage.DUE:
            return _("sinds %(day)s", day=when)
        case Stage.OPEN:
            return _("sluit op %(day)s", day=when)
        case Stage.ANNOUNCED | Stage.PREPARED:
            return _("opent op %(day)s", day=when)
        case Stage.BETWEEN:
            return _("volgende ronde %(day)s", day=when)
        case Stage.CANCELLED:
            return season(entry.day)
        case _:
            return _("gesloten op %(day)s", day=when)
