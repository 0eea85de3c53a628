"""The door itself: what every page of an owner has in common, and the words for groups and days.

It must not know what anybody answered.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from flask import Blueprint, render_template
from flask_babel import format_date, lazy_gettext
from flask_login import current_user

from survey.installation import installation
from survey.kinds import CIRCLE, MIRROR
from survey.mirror.words import words_in
from survey.perspectives import ANONYMOUS
from survey.store.people import Company, owns_a_company
from survey.store.rounds import Round, rounds_of
from survey.web.languages import gettext as _
from survey.web.languages import language, ngettext

door = Blueprint("owner", __name__)

GROUP_NAMES: Final = {
    "employees": lazy_gettext("Medewerkers"),
    "co_owner": lazy_gettext("Mede-eigenaar"),
    "accountant": lazy_gettext("Accountant"),
    "bank": lazy_gettext("Bank"),
    "adviser": lazy_gettext("Adviseur"),
    "peer": lazy_gettext("Collega-ondernemers"),
}
"""What a group is called on a page of the owner, at the start of a line."""


def group_name(perspective: str) -> str:
    """Return what a perspective is called."""
    return str(GROUP_NAMES[perspective])


def day(when: date) -> str:
    """Return a day as it is said: "vrijdag 4 december"."""
    return str(format_date(when, _("EEEE d MMMM")))


def short_day(when: date) -> str:
    """Return a day where there is little room: "4 december"."""
    return str(format_date(when, _("d MMMM")))


def full_day(when: date) -> str:
    """Return a day with its year: "vrijdag 4 december 2026"."""
    return str(format_date(when, _("EEEE d MMMM y")))


def season(when: date) -> str:
    """Return the season of a round, by which it is known: "najaar 2026"."""
    names = (_("winter"), _("voorjaar"), _("zomer"), _("najaar"))
    return f"{names[when.month % 12 // 3]} {when.year}"


def round_name(round_: Round, rounds: Sequence[Round] | None = None) -> str:
    """Return what tells a round from others of its kind: a mirror its season, and its number when there was another in
    that season; what can come every month its day. rounds: those of its company, when they are at hand."""
    if round_.kind not in (MIRROR, CIRCLE):
        return full_day(round_.closes_on)
    name = season(round_.closes_on)
    of_company = rounds_of(round_.company_id) if rounds is None else rounds
    of_kind = [one for one in of_company if one.kind == round_.kind]
    alike = [one for one in of_kind if season(one.closes_on) == name]
    in_order = sorted(alike, key=lambda one: (one.closes_on, one.sent_at is None, one.sent_at or 0, one.id))
    number = [one.id for one in in_order].index(round_.id) + 1
    return name if number == 1 else _("%(name)s, nummer %(number)d", name=name, number=number)


def round_title(round_: Round, rounds: Sequence[Round] | None = None) -> str:
    """Return what a round is called at the head of its page. rounds: those of its company, when they are at hand."""
    name = round_name(round_, rounds)
    if round_.kind == MIRROR:
        return _("Ronde %(season)s", season=name)
    return f"{words_in(language())(f'kind.{round_.kind}.name')} {name}"


def people(count: int) -> str:
    """Return a number of people in words: "1 persoon", "9 mensen"."""
    return ngettext("%(num)d persoon", "%(num)d mensen", count)


def staff_sheet(round_: Round) -> str:
    """Return where staff read how this round works; nothing when no staff is invited."""
    invites_staff = any(group.perspective in ANONYMOUS for group in round_.groups)
    return installation().links.how_it_works(round_.id) if invites_staff else ""


@door.app_context_processor
def _who_owns() -> dict[str, Any]:
    return {"owns_companies": owns_companies}


def owns_companies() -> bool:
    """Say whether the account that is signed in owns a company; asked by the top bar only."""
    return bool(current_user.is_authenticated) and owns_a_company(current_user.id)


@door.context_processor
def words() -> dict[str, Any]:
    """Give the pages of this door their words."""
    return {
        "group_name": group_name,
        "day": day,
        "short_day": short_day,
        "full_day": full_day,
        "season": season,
        "round_name": round_name,
        "round_title": round_title,
        "people": people,
        "staff_sheet": staff_sheet,
        "is_anonymous": ANONYMOUS.__contains__,
        "here": "round",
    }


def show(template: str, company: Company | None, round_: Round | None = None, **values: Any) -> str:
    """Return a page of this door."""
    return render_template(f"owner/{template}.html", company=company, round=round_, **values)
