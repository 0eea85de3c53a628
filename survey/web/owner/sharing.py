"""Who looks along: per person nothing, three sentences or the whole mirror, until a day; how he sees it; the log.

Only the owner in whose mirror the round looks decides. It must not compute anything of the results.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from flask import flash, redirect, request, url_for
from flask_babel import format_date
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from survey import sharing as verbs
from survey.addresses import LONGEST_NAME, AddressFaulty, read_address
from survey.clock import day_of
from survey.installation import installation
from survey.mirror import MirrorReport, NotCounted, OwnViewMissing, mirror_of
from survey.sharing import USUAL_TIME, Event, Line, Scope, holds_on
from survey.store.database import db
from survey.store.grants import Confidant, MirrorGrant, RelationGrant
from survey.store.people import Company
from survey.store.rounds import Round, Standing
from survey.web.access import current_account, own_company, own_round
from survey.web.account import post
from survey.web.languages import gettext as _
from survey.web.languages import language
from survey.web.owner.door import door, group_name, short_day, show
from survey.web.protection import count

NOTHING: Final = "nothing"
KEEP: Final = "keep"
TIMES: Final = {"31": timedelta(days=31), "92": USUAL_TIME, "365": timedelta(days=365)}
OFFERS: Final = ("20 per hour", "60 per day")
"""Mails that one owner can have sent to people he lets in."""


@dataclass(frozen=True)
class Person:
    """One person as the page shows him. key: names his fields."""

    key: str
    line: Line
    role: str
    scope: str
    """What holds now: "nothing" or a scope."""
    sees_dates: bool
    is_partner: bool
    ends_on: date | None
    state: str
    """Since when, and whether he opened it; empty when nothing is shared."""
    awaits_account: bool


@dataclass(frozen=True)
class Happened:
    """One row of the log."""

    day: date
    who: str
    what: str


@door.get("/ronde/<round_id>/delen")
def sharing(round_id: str) -> str | tuple[str, int]:
    """Show who looks along, how that looks, and who opened what."""
    round_ = own_round(round_id)
    if round_.subject_id != current_account().id:
        return show("mirror_of_another", own_company(round_.company_id), round_), 403
    return _page(round_)


@door.post("/ronde/<round_id>/delen")
def share(round_id: str) -> str | tuple[str, int] | Response:
    """Give, change or end what is shared; or write down somebody else to share with."""
    round_ = own_round(round_id)
    if round_.subject_id != current_account().id or round_.standing_at(_now()) is Standing.CANCELLED:
        raise NotFound
    company = own_company(round_.company_id)
    if "add" in request.form:
        fault = _add(company)
        return (_page(round_, fault), 422) if fault else _back(round_)
    people = {key_of(line.address): line for line in verbs.people_around(round_)}
    for button, act in (("revoke", _revoke), ("again", _mail_again)):
        if button in request.form:
            act(round_, _known(people, request.form[button]))
            return _back(round_)
    for key, line in people.items():
        _save(round_, company, key, line)
    flash(_("Bewaard."))
    return _back(round_)


def key_of(address: str) -> str:
    """Return the short name of a person in the fields of the page."""
    return hashlib.sha256(address.encode()).hexdigest()[:12]


def person_with(round_: Round, key: str) -> Person:
    """Return the person of this key. Raises NotFound."""
    for person in _people(round_):
        if person.key == key:
            return person
    raise NotFound


def opened_report(round_: Round, company: Company) -> MirrorReport | None:
    """Return the report when its owner has opened it, else nothing: before that not even a sentence goes out."""
    if round_.opened_mirror_at is None:
        return None
    try:
        return mirror_of(round_, company.name, language())
    except (NotCounted, OwnViewMissing):
        return None


def _page(round_: Round, fault: str = "") -> str:
    company, people = own_company(round_.company_id), list(_people(round_))
    chosen = next((person for person in people if person.key == request.args.get("zo")), None)
    sharing_now = (person for person in people if person.scope != NOTHING)
    seen_by = chosen or next(sharing_now, people[0] if people else None)
    return show(
        "sharing",
        company,
        round_,
        people=people,
        seen_by=seen_by,
        report=opened_report(round_, company),
        happened=list(_happened(round_)),
        cancelled=round_.standing_at(_now()) is Standing.CANCELLED,
        fault=fault,
        times={"31": _("een maand"), "92": _("drie maanden"), "365": _("een jaar")},
        scope_words=scope_words(),
        dated=lambda when: format_date(when, _("d MMMM y")),
        here="sharing",
    )


def scope_words() -> dict[str, str]:
    """Return what a choice is called."""
    return {
        NOTHING: _("Niets"),
        Scope.SENTENCES: _("Alleen de drie zinnen vooraan, met de cijfers erin"),
        Scope.MIRROR: _("De hele spiegel, zonder eigen woorden"),
        Scope.WORDS: _("De hele spiegel, met eigen woorden"),
    }


def _people(round_: Round) -> Iterator[Person]:
    happened = verbs.what_happened(round_, _now())
    for line in verbs.people_around(round_):
        yield _person(round_, line, happened)


def _person(round_: Round, line: Line, happened: list[Event]) -> Person:
    today = day_of(_now())
    mirror = line.mirror if holds_on(line.mirror, today) else None
    relation = line.relation if holds_on(line.relation, today) else None
    own = line.confidant.id if line.confidant else None
    opened = [event.day for event in happened if event.kind == "opened" and event.confidant_id == own]
    ends = [grant.ends_on for grant in (mirror, relation) if grant]
    return Person(
        key=key_of(line.address),
        line=line,
        role=_role(line),
        scope=mirror.scope if mirror else NOTHING,
        sees_dates=relation is not None,
        is_partner=verbs.is_partner(round_, line.address),
        ends_on=max(ends) if ends else None,
        state=_state(day_of(mirror.granted_at), opened) if mirror else "",
        awaits_account=bool(ends) and (line.confidant is None or line.confidant.account_id is None),
    )


def _role(line: Line) -> str:
    if line.role == "partner":
        return _("gesprekspartner")
    return group_name(line.role).lower() if line.role else ""


def _state(since: date, opened: list[date]) -> str:
    given = _("Gedeeld sinds %(day)s.", day=short_day(since))
    if not opened:
        return given + " " + _("Nog niet geopend.")
    return given + " " + _("Voor het laatst geopend op %(day)s.", day=short_day(max(opened)))


def _save(round_: Round, company: Company, key: str, line: Line) -> None:
    if f"scope-{key}" not in request.form:
        return  # written down after the page was opened
    today, now = day_of(_now()), _now()
    scope, sees_dates = request.form[f"scope-{key}"], f"relation-{key}" in request.form
    until = _until(request.form.get(f"until-{key}", ""), today)
    mirror = line.mirror if holds_on(line.mirror, today) else None
    relation = line.relation if holds_on(line.relation, today) else None
    if scope == NOTHING and mirror:
        verbs.revoke(mirror, now)
    if not sees_dates and relation:
        verbs.revoke(relation, now)
    if scope == NOTHING and not sees_dates:
        return
    confidant = line.confidant or verbs.let_in(company, line.name, line.address)
    if scope != NOTHING:
        grant = verbs.share_mirror(round_, confidant, _scope(scope), until or _end_of(mirror, today), now)
        if mirror is None and confidant.account_id is not None:
            verbs.tell(grant, now)
    if sees_dates:
        verbs.share_relation(confidant, until or _end_of(relation, today), now)
    is_new = (scope != NOTHING and mirror is None) or (sees_dates and relation is None)
    if is_new and confidant.account_id is None:
        _mail(company, confidant)


def _scope(typed: str) -> Scope:
    try:
        return Scope(typed)
    except ValueError as unknown:
        raise BadRequest from unknown


def _until(typed: str, today: date) -> date | None:
    if typed in ("", KEEP):
        return None
    if typed not in TIMES:
        raise BadRequest
    return today + TIMES[typed]


def _end_of(grant: RelationGrant | MirrorGrant | None, today: date) -> date:
    return grant.ends_on if grant else today + USUAL_TIME


def _add(company: Company) -> str:
    """Write somebody down; return what is wrong with what was typed, or nothing."""
    name = " ".join(request.form.get("name", "").split())[:LONGEST_NAME]
    if not name or "://" in name or "@" in name:
        return _("Typ een naam, zonder link of adres.")
    try:
        address = read_address(request.form.get("address", ""))
    except AddressFaulty:
        return _("Dit is geen e-mailadres. Het ziet eruit als naam@bedrijf.nl.")
    verbs.let_in(company, name, address)
    flash(_("%(name)s staat erbij. Kies nu wat je deelt.", name=name))
    return ""


def _revoke(round_: Round, line: Line) -> None:
    if line.mirror is not None:
        verbs.revoke(line.mirror, _now())
    flash(_("%(name)s ziet deze spiegel niet meer.", name=line.name))


def _mail_again(round_: Round, line: Line) -> None:
    if line.confidant is not None and line.confidant.account_id is None:
        _mail(own_company(round_.company_id), line.confidant)


def _mail(company: Company, confidant: Confidant) -> None:
    account, house = current_account(), installation()
    count("offers", str(account.id), *OFFERS)
    link = post.link_to("coach.offer", token=verbs.offer(house.hasher, confidant))
    post.put("look_along", confidant.address, account.language, owner=account.name, company=company.name, link=link)
    db.session.commit()
    flash(_("De mail met een link is onderweg naar %(address)s.", address=confidant.address))


def _happened(round_: Round) -> Iterator[Happened]:
    scopes = scope_words()
    opened = {
        "sentences": _("de drie zinnen"),
        "mirror": _("de spiegel"),
        "words": _("de spiegel, met eigen woorden"),
        "pdf": _("de PDF"),
        "guide": _("de bladzijde voor het gesprek"),
    }
    for event in verbs.what_happened(round_, _now()):
        if event.kind == "opened":
            yield Happened(event.day, event.name, opened[event.what])
        elif event.kind == "given":
            what = scopes[event.what].lower()
            yield Happened(event.day, _("jij"), _("gedeeld met %(name)s: %(what)s", name=event.name, what=what))
        elif event.kind == "revoked":
            yield Happened(event.day, _("jij"), _("gestopt met delen met %(name)s", name=event.name))
        else:
            yield Happened(event.day, event.name, _("ziet het vanzelf niet meer"))


def _known(people: dict[str, Line], key: str) -> Line:
    if key not in people:
        raise NotFound
    return people[key]


def _back(round_: Round) -> Response:
    return redirect(url_for(".sharing", round_id=round_.id), 303)


def _now() -> datetime:
    return installation().clock()
