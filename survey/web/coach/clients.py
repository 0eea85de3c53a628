"""The coach's home: the companies that let him in, where each stands, and at most one thing to do.

Without a grant for dates and status a company shows only what it shares. It must not know how a round is going.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import url_for

from survey import clock, overview, sharing
from survey.installation import installation
from survey.overview import FOR_A_COACH, Entry, Stage
from survey.sharing import Shared
from survey.store.rounds import Round, rounds_of_each
from survey.web.access import current_account
from survey.web.coach.door import door, show
from survey.web.coach.passphrases import passphrases_to_type
from survey.web.languages import gettext as _
from survey.web.owner.door import round_name
from survey.web.owner.listing import asked_for, day_words, listing_of, stage_words


@dataclass(frozen=True)
class Link:
    """A mirror that can be opened besides what the row asks to do."""

    words: str
    address: str


@dataclass(frozen=True)
class Row:
    """One company on the page. is_full: the conversation is to come, which asks most of a coach."""

    name: str
    stage: str
    when: str
    is_full: bool
    sees: str
    action: str
    address: str
    links: tuple[Link, ...]


@door.get("/klanten")
def clients() -> str:
    """Show the companies that let the coach in."""
    house, account, asked = installation(), current_account(), asked_for()
    today = clock.today(house.clock)
    page = overview.clients_of(account.id, asked, today)
    mirrors = sharing.mirrors_shared_with(account.id, [entry.company_id for entry in page.rows], house.clock())
    rounds = rounds_of_each(mirrors)
    rows = [
        _row(entry, mirrors.get(entry.company_id, ()), rounds.get(entry.company_id, []), today) for entry in page.rows
    ]
    button = next((row for row in rows if row.address and row.is_full), None)
    listing = listing_of(page, asked, FOR_A_COACH, "coach.clients")
    return show("clients", rows=rows, button=button, listing=listing, to_type=passphrases_to_type())


def _row(entry: Entry, mirrors: tuple[Shared, ...], rounds: list[Round], today: date) -> Row:
    is_full = entry.stage is Stage.TALK
    newest = mirrors[0] if mirrors else None
    # An older mirror than that of the conversation to come is nothing to prepare with.
    action, address = _action(newest, is_full=is_full and newest is not None and newest.round.id == entry.round_id)
    links = tuple(link for link in _links(mirrors, rounds) if link.address != address)
    sees = " ".join(_sees(mirrors, rounds))
    return Row(entry.name, stage_words()[entry.stage], day_words(entry, today), is_full, sees, action, address, links)


def _sees(mirrors: tuple[Shared, ...], rounds: list[Round]) -> Iterator[str]:
    if not mirrors:
        yield _("Data en stand, geen spiegel.")
    for shared in mirrors[:1]:
        if shared.round.counted_at is None:
            yield _("Spiegel gedeeld. Hij komt na het tellen.")
        elif not shared.is_open:
            yield _("Spiegel gedeeld. %(name)s opent hem eerst zelf.", name=shared.round.subject_name)
        elif shared.is_whole:
            yield _("De hele spiegel van %(season)s.", season=round_name(shared.round, rounds))
        else:
            yield _("De drie zinnen van %(season)s.", season=round_name(shared.round, rounds))


def _action(newest: Shared | None, *, is_full: bool) -> tuple[str, str]:
    if newest is None or not newest.is_open:
        return "", ""
    if is_full and newest.is_partner and newest.is_whole:
        return _("Bereid voor"), url_for(".guide", shared_id=newest.round.id)
    return _("Bekijk"), url_for(".mirror", shared_id=newest.round.id)


def _links(mirrors: tuple[Shared, ...], rounds: list[Round]) -> Iterator[Link]:
    for shared in mirrors:
        if shared.is_open:
            words = _("Bekijk %(season)s", season=round_name(shared.round, rounds))
            yield Link(words, url_for(".mirror", shared_id=shared.round.id))
