"""The rhythm: choosing how often the mirror comes back, and moving, skipping or stopping what comes next.

Switching it on is pressing send for all that follows, so the page says what follows. The link in the mail leads here
and only here: looking changes nothing, and each press is a form of somebody who is signed in, since a program that
checks mail may follow a link and press the first button it finds. It must not know what anybody answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import flash, redirect, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response
from wtforms import Form

from survey import clock, rhythm, rounds
from survey.installation import installation
from survey.kinds import KINDS, MIRROR
from survey.mirror.words import words_in
from survey.opening_days import is_opening_day
from survey.perspectives import ANONYMOUS, answers_by_name
from survey.rhythm import Coming, DayNotPossible, Held, NobodyToInvite, NothingToRepeat, RhythmOfOtherOwner
from survey.rounds import MINIMUM, MORNING_HOUR, GroupPlan, OwnerUnconfirmed, PlanRefused
from survey.store.database import db
from survey.store.people import Company
from survey.store.rhythms import Rhythm, rhythm_of, rhythms_of
from survey.store.rounds import Round
from survey.turns import Every, reminding_days
from survey.web.access import NotYours, current_account, own_company
from survey.web.languages import gettext as _
from survey.web.languages import language
from survey.web.owner.door import door, full_day, show
from survey.web.owner.plan_form import DayField

UNPROCESSABLE = 422

PACES: Final = {
    Every.MONTH: _l("Elke maand, alleen wie op naam antwoordt"),
    Every.QUARTER: _l("Elk kwartaal"),
    Every.HALF_YEAR: _l("Elk half jaar"),
    Every.YEAR: _l("Elk jaar"),
}

_HELD: Final = {
    Held.NOBODY: _l("In je adresboek staat niemand. Zet erin wie je wilt uitnodigen."),
    Held.LIST_REFUSED: _l(
        "Iemand op de lijst kan zo niet meedoen: een eigenaar of je gesprekspartner staat bij de medewerkers, een "
        "adres staat er twee keer, of de contactpersoon is eigenaar geworden. Kijk je adresboek en de ronde na."
    ),
    Held.UNCONFIRMED: _l("Je mailadres is nog niet bevestigd, en de mails gaan weg in jouw naam."),
    Held.OTHER_WAITS: _l("Er staat nog een andere ronde klaar die niet is verstuurd. Verstuur hem, of breek hem af."),
    Held.NOT_LOCKED: _l(
        "Je rondes gaan op slot, en je gesprekspartner heeft de wachtzin nog niet getypt. Daarna gaat de lijst open, "
        "en blijft hij even lang open als anders."
    ),
}


class MoveForm(Form):
    """The day on which the next round opens."""

    opens = DayField(_l("Welke dag?"))


@dataclass(frozen=True)
class Pace:
    """One way to choose how often. first: when the next list would open."""

    value: str
    words: str
    first: date


@dataclass(frozen=True)
class Running:
    """One rhythm that is on. name: of its kind of round; line: how often, and when the next list opens."""

    kind: str
    name: str
    line: str


@door.get("/bedrijf/<company_id>/ritme")
def rhythm_page(company_id: str) -> str:
    """Show the rhythm, and what comes next."""
    return _page(own_company(company_id), _kind(request.args), MoveForm())


@door.post("/bedrijf/<company_id>/ritme/aan")
def switch_rhythm_on(company_id: str) -> Response | tuple[str, int]:
    """Switch the rhythm on, or change how often."""
    company, kind = own_company(company_id), _kind(request.form)
    try:
        every = Every(request.form.get("every", ""))
    except ValueError:
        return _page(company, kind, MoveForm(), _("Kies hoe vaak.")), UNPROCESSABLE
    try:
        rhythm.switch_on(company, current_account(), kind, every, installation().clock())
    except (NothingToRepeat, NobodyToInvite, OwnerUnconfirmed, RhythmOfOtherOwner) as refusal:
        db.session.rollback()
        return _page(own_company(company_id), kind, MoveForm(), _about_refusal(refusal)), UNPROCESSABLE
    flash(_("Het ritme staat aan. Een week voor de volgende ronde krijg je een mail."))
    return _to_page(company, kind)


@door.post("/bedrijf/<company_id>/ritme/verzetten")
def move_round(company_id: str) -> Response | tuple[str, int]:
    """Let the next round open a week later, or on another day."""
    company, kind = own_company(company_id), _kind(request.form)
    found, now = _own_rhythm(company, kind), installation().clock()
    if found is None or not _still_about_this(found):
        return _changed_meanwhile(company, kind)
    form = MoveForm(MultiDict(request.form))
    try:
        if request.form.get("press") == "week":
            rhythm.move_a_week(found, now)
        elif (wanted := form.opens.read()) is None:
            form.opens.errors = [_("Vul een dag, een maand en een jaar in.")]
            return _page(company, kind, form), UNPROCESSABLE
        else:
            rhythm.move(found, wanted, now)
    except DayNotPossible as refusal:
        db.session.rollback()
        form.opens.errors = [_about_day(form.opens.read(), refusal.first_possible)]
        return _page(own_company(company_id), kind, form), UNPROCESSABLE
    except PlanRefused:
        db.session.rollback()
        return _page(own_company(company_id), kind, form, str(_HELD[Held.LIST_REFUSED])), UNPROCESSABLE
    coming = rhythm.coming_round(found, _today())
    if coming is not None:
        flash(_("Verzet. De volgende ronde opent op %(day)s.", day=full_day(coming.dates.opens_on)))
    return _to_page(company, kind)


@door.post("/bedrijf/<company_id>/ritme/overslaan")
def skip_round(company_id: str) -> Response:
    """Leave the next round out."""
    company, kind = own_company(company_id), _kind(request.form)
    found = _own_rhythm(company, kind)
    if found is None or not _still_about_this(found):
        return _changed_meanwhile(company, kind)
    rhythm.skip(found, installation(), installation().clock())
    flash(_("Overgeslagen. Er is niets verstuurd."))
    return _to_page(company, kind)


@door.post("/bedrijf/<company_id>/ritme/uit")
def switch_rhythm_off(company_id: str) -> Response:
    """Stop the rhythm."""
    company, kind = own_company(company_id), _kind(request.form)
    found = _own_rhythm(company, kind)
    if found is not None:
        rhythm.stop(found, installation(), installation().clock())
        flash(_("Het ritme staat uit. Er komt niets meer vanzelf."))
    return _to_page(company, kind)


def opens_by_itself_on(round_: Round) -> date | None:
    """Return when the list after this one opens by itself, or nothing when no rhythm says so."""
    found = rhythm_of(round_.company_id, round_.kind)
    coming = rhythm.coming_round(found, _today()) if found is not None else None
    return coming.dates.opens_on if coming is not None and coming.dates.opens_on > round_.opens_on else None


def running_rhythms(company: Company) -> list[Running]:
    """Return every rhythm of a company that has a next round: each of them sends mail, so each is named."""
    return [
        Running(one.kind, words_in(language())(f"kind.{one.kind}.name"), _line(one, coming))
        for one in rhythms_of(company.id)
        if (coming := rhythm.coming_round(one, _today())) is not None
    ]


def _line(found: Rhythm, coming: Coming) -> str:
    pace = PACES[Every(found.every)]
    if found.held:
        return _("%(pace)s. De volgende ronde kan nog niet door.", pace=pace)
    return _("%(pace)s. De volgende ronde opent op %(day)s.", pace=pace, day=full_day(coming.dates.opens_on))


def _page(company: Company, kind: str, form: MoveForm, problem: str = "") -> str:
    found = rhythm_of(company.id, kind)
    coming = rhythm.coming_round(found, _today()) if found is not None else None
    paces = _paces(company, kind)
    mine = found is None or found.account_id == current_account().id
    groups = _groups(found, coming, paces, company, kind) if mine else ()
    return show(
        "rhythm",
        company,
        coming.round_ if coming else None,
        kind=kind,
        kind_name=words_in(language())(f"kind.{kind}.name") if kind != MIRROR else "",
        rhythm=found,
        coming=coming,
        mine=mine,
        whose=next((one.name for one in company.owners if found and one.id == found.account_id), ""),
        pace=str(PACES[Every(found.every)]) if found else "",
        paces=paces,
        groups=groups,
        not_monthly=[one for one in ANONYMOUS if found is None and kind != MIRROR],
        asked_before=_asked_before(coming, company, kind),
        too_few=[one for one in groups if not answers_by_name(one.perspective) and one.head_count < MINIMUM],
        reminders=reminding_days(coming.dates) if coming else (),
        held=str(_HELD[Held(found.held)]) if found and found.held else "",
        hour=MORNING_HOUR,
        form=form,
        problem=problem,
        today=_today(),
        others=[one for one in running_rhythms(company) if one.kind != kind],
    )


def _groups(
    found: Rhythm | None, coming: Coming | None, paces: list[Pace], company: Company, kind: str
) -> tuple[GroupPlan, ...]:
    """Return who would be invited: of the round that is prepared, else from the address book."""
    if coming is not None and coming.round_ is not None:
        return tuple(rounds.plan_of(coming.round_).groups)
    if coming is not None and found is not None:
        return rhythm.groups_for(coming.repeats, Every(found.every))
    first = rhythm.first_round(company.id, current_account().id, kind, Every.QUARTER, _today()) if paces else None
    return rhythm.groups_for(first.repeats, Every.QUARTER) if first is not None else ()


def _asked_before(coming: Coming | None, company: Company, kind: str) -> list[str]:
    """Return the groups of the round that is repeated: who is new in the address book was not asked then."""
    last = coming or rhythm.first_round(company.id, current_account().id, kind, Every.QUARTER, _today())
    return [group.perspective for group in last.repeats.groups] if last is not None else []


def _paces(company: Company, kind: str) -> list[Pace]:
    """Return how often can be chosen; every month is for rounds in which everybody answers by name."""
    offered = [every for every in Every if every is not Every.MONTH or kind != MIRROR]
    found = ((every, rhythm.first_round(company.id, current_account().id, kind, every, _today())) for every in offered)
    return [Pace(every.value, str(PACES[every]), first.dates.opens_on) for every, first in found if first is not None]


def _kind(values: Mapping[str, str]) -> str:
    kind = values.get("soort", MIRROR)
    if kind not in KINDS:
        raise BadRequest
    return kind


def _own_rhythm(company: Company, kind: str) -> Rhythm | None:
    """Return the rhythm; nobody changes one whose mails leave in another owner's name. Raises NotYours."""
    found = rhythm_of(company.id, kind)
    if found is not None and found.account_id != current_account().id:
        raise NotYours
    return found


def _still_about_this(found: Rhythm) -> bool:
    """Whether the next round is still the one that stood on the page: a second tap is no second week."""
    coming = rhythm.coming_round(found, _today())
    return coming is not None and request.form.get("about", "") == coming.dates.opens_on.isoformat()


def _changed_meanwhile(company: Company, kind: str) -> Response:
    flash(_("Er was al iets veranderd. Zo staat het nu."))
    return _to_page(company, kind)


def _to_page(company: Company, kind: str) -> Response:
    return redirect(url_for(".rhythm_page", company_id=company.id, soort=None if kind == MIRROR else kind), 303)


def _about_refusal(refusal: Exception) -> str:
    if isinstance(refusal, NothingToRepeat):
        return _("Er is nog geen ronde om te herhalen. Een ritme begint na je eerste ronde.")
    if isinstance(refusal, NobodyToInvite):
        return str(_HELD[Held.NOBODY])
    if isinstance(refusal, OwnerUnconfirmed):
        return _("Bevestig eerst je mailadres: de mails gaan weg in jouw naam.")
    return _("Het ritme staat al aan, in de naam van de andere eigenaar.")


def _about_day(wanted: date | None, first: date) -> str:
    if wanted is not None and wanted <= _today():
        return _("Deze dag is voorbij. Kies een latere dag.")
    if wanted is not None and not is_opening_day(wanted):
        return _(
            "Op die dag opent er niets: het is weekend, een feestdag of rond Kerst. Wel kan %(day)s.",
            day=full_day(first),
        )
    return _("Dan is het te snel. Het kan vanaf %(day)s.", day=full_day(first))


def _today() -> date:
    return clock.today(installation().clock)
