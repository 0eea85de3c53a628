"""What was agreed, on a page and on paper, and later what came of it; and the dates that stand in a calendar."""

from dataclasses import replace
from datetime import time
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import Form

from survey import conversation
from survey.conversation import Meeting
from survey.conversation.meetings import KINDS, Kind
from survey.conversation.sheet import LOOSE_AGREEMENTS, agreement_place
from survey.installation import installation
from survey.outgoing.calendars import CalendarEntry, calendar_file
from survey.outgoing.pdf import render_pdf
from survey.store.rounds import Round
from survey.web.access import own_company
from survey.web.languages import gettext as _
from survey.web.languages import language
from survey.web.owner import sheet_words, written
from survey.web.owner.conversation import keeping_address, subjects_round, table_of
from survey.web.owner.door import day, door, round_name, show
from survey.web.owner.plan_form import DayField
from survey.web.owner.rhythm import opens_by_itself_on

UNPROCESSABLE = 422
LENGTHS: Final = (60, 90, 120)


class DateForm(Form):
    """The day of a meeting."""

    day = DayField()


@door.get("/ronde/<round_id>/afspraken")
def agreements(round_id: str) -> Response:
    """Show the agreements, to be filled in further."""
    table = table_of(subjects_round(round_id))
    round_ = table.round_
    agreed = conversation.agreements_of(round_)
    keys = list(dict.fromkeys([*table.sheet.topics, *(one.key for one in agreed if one.has_topic)]))
    keys += _loose_to_show([one.key for one in agreed])
    html = show(
        "agreements",
        own_company(round_.company_id),
        round_,
        here="talk",
        sheet=table.sheet,
        keys=keys,
        place=agreement_place,
        parts=sheet_words.agreed_words(),
        topic_name=partial(sheet_words.topic_name, words=table.words, language=language()),
        keep_at=keeping_address(round_),
        settled=written.settled(),
        agreed=agreed,
        earlier=conversation.earlier_agreements(round_)[0],
    )
    return written.page(html)


@door.get("/ronde/<round_id>/terugkijken")
def look_back(round_id: str) -> Response:
    """Ask what came of the agreements of this round."""
    table = table_of(subjects_round(round_id))
    round_ = table.round_
    html = show(
        "look_back",
        own_company(round_.company_id),
        round_,
        here="talk",
        sheet=table.sheet,
        agreed=conversation.agreements_of(round_),
        place=agreement_place,
        parts=sheet_words.agreed_words(),
        outcomes=sheet_words.outcome_words(),
        keep_at=keeping_address(round_),
        settled=written.settled(),
    )
    return written.page(html)


@door.get("/ronde/<round_id>/afspraken.pdf")
def agreements_pdf(round_id: str) -> Response:
    """Give the agreements on paper."""
    table = table_of(subjects_round(round_id))
    round_ = table.round_
    html = render_template(
        "conversation/agreements.html",
        company=own_company(round_.company_id),
        round=round_,
        season=round_name(round_),
        agreed=conversation.agreements_of(round_),
        meeting=conversation.meeting_of(round_, "conversation"),
        next_round=_meeting(round_, "next_round"),
        tell_whom=table.sheet.at("tell_whom").text,
        standings={topic.item: _standing(table.sheet.note(topic.item, "standing")) for topic in table.chosen},
        topic_name=partial(sheet_words.topic_name, words=table.words, language=language()),
        parts=sheet_words.agreed_words(),
        day=day,
        lines=max(0, 2 - len(conversation.agreements_of(round_))),
    )
    return pdf_answer(html, f"{round_.id}-agreements", f"afspraken-{round_.closes_on:%Y-%m}")


@door.get("/ronde/<round_id>/agenda")
def dates(round_id: str) -> str:
    """Show the dates: the conversation, and when the next list opens."""
    return _dates_page(subjects_round(round_id))


@door.post("/ronde/<round_id>/agenda")
def set_date(round_id: str) -> Response | tuple[str, int]:
    """Move a date, or call it off."""
    round_ = subjects_round(round_id)
    kind = _kind(request.form.get("kind", ""))
    if request.form.get("press") == "off":
        conversation.call_off(round_, kind)
        flash(_("Dit gaat niet door. Haal het ook uit je agenda: open daarvoor het bestand."))
        return redirect(url_for(".dates", round_id=round_.id), 303)
    form = DateForm(MultiDict(request.form))
    wanted, starts = form.day.read(), _time(request.form.get("time", ""))
    if wanted is None or starts == "":
        problem = _("Vul een dag, een maand en een jaar in.") if wanted is None else _("Schrijf de tijd als 10.00.")
        return _dates_page(round_, {kind: (form.day.parts, request.form.get("time", ""), problem)}), UNPROCESSABLE
    minutes = request.form.get("minutes", "")
    conversation.move(
        round_,
        kind,
        wanted,
        starts if isinstance(starts, time) else None,
        int(minutes) if minutes in map(str, LENGTHS) else conversation.meeting_of(round_, kind).minutes,
    )
    flash(_("Bewaard: %(day)s. Zet het nu in je agenda.", day=day(wanted)))
    return redirect(url_for(".dates", round_id=round_.id), 303)


@door.get("/ronde/<round_id>/agenda/<kind>.ics")
def calendar(round_id: str, kind: str) -> Response:
    """Give a date as a file that a calendar adds, moves or takes out."""
    round_ = subjects_round(round_id)
    entry = _entry(round_, _meeting(round_, _kind(kind)))
    response = Response(calendar_file(entry, installation().clock()), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_names()[_kind(kind)]}.ics"'
    return response


def pdf_answer(html: str, identifier: str, name: str) -> Response:
    """Return a page on paper as something to download."""
    response = Response(render_pdf(html, identifier), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def _dates_page(round_: Round, typed: dict[Kind, tuple[dict[str, str], str, str]] | None = None) -> str:
    meetings = [_meeting(round_, kind) for kind in KINDS]
    return show(
        "dates",
        own_company(round_.company_id),
        round_,
        here="talk",
        meetings=[(meeting, *_as_typed(meeting, (typed or {}).get(meeting.kind))) for meeting in meetings],
        lengths=LENGTHS,
        titles=_titles(round_),
        by_itself=opens_by_itself_on(round_),
    )


def _meeting(round_: Round, kind: Kind) -> Meeting:
    """Return a meeting; the next list opens when the rhythm says, unless another day was set here."""
    meeting = conversation.meeting_of(round_, kind)
    opens_on = opens_by_itself_on(round_) if kind == "next_round" and not meeting.is_planned else None
    return replace(meeting, day=opens_on) if opens_on is not None else meeting


def _as_typed(meeting: Meeting, typed: tuple[dict[str, str], str, str] | None) -> tuple[dict[str, str], str, str]:
    if typed is not None:
        return typed
    parts = {"day": str(meeting.day.day), "month": str(meeting.day.month), "year": str(meeting.day.year)}
    return parts, f"{meeting.starts_at:%H.%M}" if meeting.starts_at else "", ""


def _time(typed: str) -> time | str | None:
    """Return a time on the clock, nothing when nothing was typed, and "" when it cannot be read."""
    text = typed.strip().casefold().removesuffix("uur").strip().replace(":", ".")
    if not text:
        return None
    hours, _dot, minutes = text.partition(".")
    try:
        return time(int(hours), int(minutes or "0"))
    except ValueError:
        return ""


def _kind(typed: str) -> Kind:
    for kind in KINDS:
        if kind == typed:
            return kind
    raise NotFound


def _entry(round_: Round, meeting: Meeting) -> CalendarEntry:
    house = installation()
    texts = {
        "conversation": _(
            "Neem je spiegel mee. Reken op 60 tot 90 minuten. Op de spiegel staat geen cijfer en geen oordeel."
        ),
        "next_round": _("Dan gaat de lijst weer open. De volgende spiegel begint met jullie afspraken."),
    }
    host = urlsplit(house.links.base).hostname or "spiegelronde"
    return CalendarEntry(
        uid=f"{round_.id}-{meeting.kind}@{host}",
        title=_titles(round_)[meeting.kind],
        text=texts[meeting.kind],
        day=meeting.day,
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        sequence=meeting.sequence,
        called_off=meeting.called_off,
    )


def _titles(round_: Round) -> dict[str, str]:
    return {
        "conversation": _("Het goede gesprek, met %(name)s", name=round_.partner_name),
        "next_round": _("Volgende ronde van de spiegel"),
    }


def _file_names() -> dict[str, str]:
    return {"conversation": _("gesprek"), "next_round": _("volgende-ronde")}


def _loose_to_show(used: list[str]) -> list[str]:
    """Those in use, and one more that is still empty."""
    taken = [key for key in LOOSE_AGREEMENTS if key in used]
    return [*taken, *[key for key in LOOSE_AGREEMENTS if key not in used][:1]]


def _standing(code: str) -> str:
    return sheet_words.standing_words().get(code, "")
