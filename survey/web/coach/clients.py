"""The coach's home: the companies that let him in, where each stands, and at most one thing to do.

Without a grant for dates and status a company shows only what it shares. It must not know how a round is going.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import url_for
from flask_babel import format_time

from survey import conversation, sharing
from survey.clock import day_of
from survey.installation import installation
from survey.sharing import Client, Shared
from survey.store.rounds import Round, Standing, rounds_of
from survey.web.access import current_account
from survey.web.coach.door import door, show
from survey.web.languages import gettext as _
from survey.web.owner.door import day, season, short_day

FIRST: Final = (Standing.CLOSED, Standing.OPEN, Standing.ANNOUNCED, Standing.COUNTED, Standing.CANCELLED)


@dataclass(frozen=True)
class Stands:
    """Where a company stands: a word, its day, and how soon it asks for the coach (low is soon)."""

    word: str
    when: str = ""
    rank: int = 9
    day: date = date.max
    full: bool = False


@dataclass(frozen=True)
class Row:
    """One company on the page."""

    name: str
    stands: Stands
    sees: str
    action: str
    address: str
    is_first: bool = False


@door.get("/klanten")
def clients() -> str:
    """Show the companies that let the coach in."""
    found = sharing.clients_of(current_account().id, installation().clock())
    rows = sorted((_row(client) for client in found), key=lambda row: (row.stands.rank, row.stands.day, row.name))
    button = next((row for row in rows if row.address and row.stands.full), None)
    return show("clients", rows=rows, button=button)


def _row(client: Client) -> Row:
    now = installation().clock()
    latest = _in_view(client) if client.sees_dates else None
    stands = _stands(latest, day_of(now)) if client.sees_dates else Stands(_("alleen de spiegel"))
    shown = next((shared for shared in client.mirrors if shared.is_open), None)
    action, address = _action(shown, stands)
    return Row(client.company.name, stands, " ".join(_sees(client)), action, address)


def _in_view(client: Client) -> Round | None:
    now = installation().clock()
    sent = [one for one in rounds_of(client.company.id) if one.sent_at is not None]
    return min(sent, key=lambda one: FIRST.index(one.standing_at(now)), default=None)


def _stands(round_: Round | None, today: date) -> Stands:
    if round_ is None:
        return Stands(_("nieuw"), _("nog geen ronde"), 5)
    standing = round_.standing_at(installation().clock())
    if standing is Standing.ANNOUNCED:
        return Stands(_("aangekondigd"), _("opent op %(day)s", day=short_day(round_.opens_on)), 4, round_.opens_on)
    if standing is Standing.OPEN:
        return Stands(_("open"), _("sluit op %(day)s", day=short_day(round_.closes_on)), 3, round_.closes_on)
    if standing is Standing.CLOSED:
        return Stands(_("telt"), _("gesloten op %(day)s", day=short_day(round_.closes_on)), 2, round_.closes_on)
    if standing is Standing.CANCELLED:
        return Stands(_("afgebroken"), season(round_.closes_on), 6, round_.closes_on)
    return _after_counting(round_, today)


def _after_counting(round_: Round, today: date) -> Stands:
    talk = conversation.meeting_of(round_, "conversation")
    if not talk.called_off and talk.day >= today:
        hour = f", {format_time(talk.starts_at, 'H.mm')}" if talk.starts_at else ""
        return Stands(_("gesprek"), day(talk.day) + hour, 0, talk.day, full=True)
    following = conversation.meeting_of(round_, "next_round")
    if following.day <= today:
        return Stands(_("toe aan een ronde"), _("sinds %(day)s", day=short_day(following.day)), 1, following.day)
    return Stands(_("afspraken lopen"), _("volgende ronde %(day)s", day=short_day(following.day)), 4, following.day)


def _sees(client: Client) -> Iterator[str]:
    if not client.mirrors:
        yield _("Data en stand, geen spiegel.")
    for shared in client.mirrors[:1]:
        if shared.round.counted_at is None:
            yield _("Spiegel gedeeld. Hij komt na het tellen.")
        elif not shared.is_open:
            yield _("Spiegel gedeeld. %(name)s opent hem eerst zelf.", name=shared.round.subject_name)
        elif shared.is_whole:
            yield _("De hele spiegel van %(season)s.", season=season(shared.round.closes_on))
        else:
            yield _("Het voorblad van %(season)s.", season=season(shared.round.closes_on))


def _action(shown: Shared | None, stands: Stands) -> tuple[str, str]:
    if shown is None:
        return "", ""
    if stands.full and shown.is_partner and shown.is_whole:
        return _("Bereid voor"), url_for(".guide", shared_id=shown.round.id)
    return _("Bekijk"), url_for(".mirror", shared_id=shown.round.id)
