"""The spine of a round: its steps on a line of time, what is done, what is now, what is still to come.

Derived from the round at a moment, never stored. It must not know what anybody answered.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal

from flask import url_for
from flask_babel import format_date

from survey import conversation, rhythm, self_assessment, telling_back
from survey.clock import day_of
from survey.kinds import MIRROR
from survey.questionnaires import load
from survey.rounds import MORNING_HOUR, SPACING
from survey.store.rhythms import rhythm_of
from survey.store.rounds import Round, Standing
from survey.web.languages import gettext as _
from survey.web.languages import ngettext
from survey.web.owner.door import day, people, short_day

State = Literal["done", "now", "later"]

RUNNING: Final = (Standing.ANNOUNCED, Standing.OPEN)
TELL_BACK_AFTER: Final = timedelta(days=7)
"""After the conversation: soon enough that people still remember what they wrote."""


@dataclass(frozen=True)
class Action:
    """Where a step can be taken further, and what the button or link says."""

    words: str
    address: str


@dataclass(frozen=True)
class Step:
    """One step. when: beside the line. The step that is now has a box, with at most one button."""

    key: str
    title: str
    when: str
    text: str
    state: State = "later"
    button: Action | None = None
    links: tuple[Action, ...] = ()


def steps_of(round_: Round, now: datetime, reader_id: int) -> list[Step]:
    """Return the steps of a round in their order, as one of the owners reads them; exactly one is now."""
    standing = round_.standing_at(now)
    about_reader = round_.subject_id == reader_id
    steps = [
        _prepared(round_, standing),
        _own_picture(round_, standing) if about_reader else _picture_of_other(round_),
        _others(round_, standing),
        _closing(round_, standing),
        _mirror(round_, standing, about_reader=about_reader),
        *_after_the_mirror(round_, standing, day_of(now), about_reader=about_reader),
    ]
    current = _current(round_, standing, day_of(now))
    return list(_with_states(steps, current))


def first_steps(company_id: str, begun: bool) -> list[Step]:
    """Return the same line for a company without a round: the first step is open."""
    words = _("Ga verder") if begun else _("Beginnen")
    text = (
        _("Je bent begonnen. Alles staat er nog zoals je het achterliet.")
        if begun
        else _(
            "Kies met wie je het gesprek voert en wie je om hun blik vraagt. Er gaat niets de deur uit voor jij het "
            "zegt."
        )
    )
    return [
        Step(
            "prepare",
            _("Bereid je eerste ronde voor"),
            _("nu, 10 minuten"),
            text,
            "now",
            Action(words, url_for("owner.prepare", company_id=company_id)),
        ),
        Step("self", _("Jouw eigen beeld"), _("daarna"), _("Jij vult als eerste in, ongeveer 12 minuten.")),
        Step("others", _("Anderen vullen in"), _("2 weken"), _("Medewerkers vertrouwelijk, de rest op naam.")),
        Step(
            "mirror",
            _("Jouw spiegel en het gesprek"),
            _("dan"),
            _("Alleen jij opent hem. Daarna kies jij wie meekijkt."),
        ),
        Step("next", _("Opnieuw"), _("elk kwartaal"), _("Begint met wat je afsprak.")),
    ]


def _with_states(steps: list[Step], current: str) -> Iterator[Step]:
    passed = True
    for step in steps:
        if step.key == current:
            passed = False
            yield replace(step, state="now")
        elif step.state == "done" or (passed and step.key != "self"):
            yield replace(step, state="done", button=None)
        else:
            yield replace(step, state="later", button=None)


def _current(round_: Round, standing: Standing, today: date) -> str:
    handed_in = self_assessment.is_handed_in(round_)
    if standing is Standing.CLOSED:
        return "close"
    if not handed_in:
        return "self"
    if standing is Standing.COUNTED:
        if round_.opened_mirror_at is None:
            # On the day itself it is opened together, at the table.
            return "mirror" if today < round_.conversation_on else "conversation"
        if today < round_.conversation_on and not conversation.meeting_of(round_, "conversation").called_off:
            return "conversation"  # also when it was told back before the day
        if telling_back.what_was_told(round_) is not None:
            return "next"
        return "conversation" if today <= round_.conversation_on else "tell_back"
    return "others"


def _can_be_talked_about(round_: Round, standing: Standing) -> bool:
    return standing is Standing.COUNTED and self_assessment.is_handed_in(round_)


def _prepared(round_: Round, standing: Standing) -> Step:
    heads = sum(group.head_count for group in round_.groups)
    count = ngettext(
        "%(people)s in %(num)d groep.", "%(people)s in %(num)d groepen.", len(round_.groups), people=people(heads)
    )
    talk = _("Gesprek met %(name)s op %(day)s.", name=round_.partner_name, day=short_day(round_.conversation_on))
    change = Action(_("Veranderen"), url_for("owner.change", round_id=round_.id))
    lock = Action(_("Slot") if round_.strict else _("Op slot doen"), url_for("owner.lock", round_id=round_.id))
    return Step(
        "prepare",
        _("Voorbereid"),
        short_day(day_of(round_.sent_at)) if round_.sent_at else _("klaar"),
        f"{count} {talk}",
        links=(change, lock) if standing is Standing.PREPARED else (),
    )


def _own_picture(round_: Round, standing: Standing) -> Step:
    own = round_.self_assessment
    address = url_for("owner.own_picture", round_id=round_.id)
    look = Action(_("Bekijk wat je invulde"), address)
    if own is not None and own.handed_in_at is not None:
        text = _("Ingevuld na sluiting, en op slot.") if own.after_close else _("Ingevuld en op slot.")
        when = short_day(day_of(own.handed_in_at))
        return Step("self", _("Jouw eigen beeld"), when, text, "done", links=(look,))
    begun, short = own is not None, load(round_.questionnaire).is_short
    button = Action(_("Ga verder") if begun else _("Begin met jouw beeld"), address)
    links: tuple[Action, ...] = ()
    if standing is Standing.PREPARED:
        text = (
            _("Jij eerst, in een minuut of twee.")
            if short
            else _("Jij eerst: dezelfde stellingen, en wat je denkt dat anderen zeggen. Ongeveer 12 minuten.")
        )
        links = (
            Action(_("Bekijk eerst wat anderen krijgen"), url_for("owner.look_before_sending", round_id=round_.id)),
        )
    elif standing in RUNNING and short:
        until = day(round_.closes_on)
        text = _("Jouw beeld ontbreekt nog. Je kunt het geven tot en met %(day)s, in een minuut of twee.", day=until)
    elif standing in RUNNING:
        text = _(
            "Jouw beeld ontbreekt nog. Je kunt het geven tot en met %(day)s, in ongeveer 12 minuten.",
            day=day(round_.closes_on),
        )
    else:
        text = _("De spiegel gaat open zodra jouw beeld er is. Er komt bij te staan dat je het na sluiting invulde.")
        links = (button,)  # a locked round can wait for days; its owner need not
    when = _("nu, 2 minuten") if short else _("nu, 12 minuten")
    return Step("self", _("Jouw eigen beeld"), when, text, button=button, links=links)


def _picture_of_other(round_: Round) -> Step:
    """Return the same step as the second owner reads it: whether it is there, and nothing in it."""
    own = round_.self_assessment
    title = _("Het eigen beeld van %(name)s", name=round_.subject_name)
    if own is not None and own.handed_in_at is not None:
        return Step("self", title, short_day(day_of(own.handed_in_at)), _("Ingevuld en op slot."), "done")
    text = _("Alleen %(name)s vult dit in. De spiegel gaat open zodra het er is.", name=round_.subject_name)
    return Step("self", title, _("nu"), text)


def _others(round_: Round, standing: Standing) -> Step:
    if standing is Standing.PREPARED and round_.turn is not None:
        return _opens_by_itself(round_)
    if standing is Standing.PREPARED:
        button = Action(_("Bekijk wat iedereen krijgt"), url_for("owner.look_before_sending", round_id=round_.id))
        return Step(
            "others",
            _("Anderen vullen in"),
            _("tot %(day)s", day=short_day(round_.closes_on)),
            _("Er is nog niets verstuurd. %(partner)s kiest eerst een wachtzin.", partner=round_.partner_name)
            if round_.awaits_lock
            else _("Er is nog niets verstuurd."),
            button=button,
            links=(button,),
        )
    look = Action(_("Bekijk de deelname"), url_for("owner.participation", round_id=round_.id))
    if standing is Standing.ANNOUNCED:
        text = _("De lijst gaat open op %(day)s. Je hoeft niets te doen.", day=day(round_.opens_on))
    elif standing is Standing.OPEN:
        text = _("Je hoeft niets te doen. Alles zit dicht tot en met %(day)s.", day=day(round_.closes_on))
    else:
        text = _("De lijst is dicht.")
    when = (
        _("nu, tot %(day)s", day=short_day(round_.closes_on)) if standing in RUNNING else short_day(closed_on(round_))
    )
    links = (look, *_changes(round_)) if standing in RUNNING else ()
    return Step("others", _("Anderen vullen in"), when, text, button=look, links=links)


def _changes(round_: Round) -> Iterator[Action]:
    """What the owner can still do about a round that runs."""
    if round_.extended_from is None:
        yield Action(_("Verlengen"), url_for("owner.look_before_extending", round_id=round_.id))
    yield Action(_("Afbreken"), url_for("owner.look_before_cancelling", round_id=round_.id))


def closed_on(round_: Round) -> date:
    """Return the day on which a round took its last list: its last day, unless it was closed before that."""
    return day_of(round_.closed_at) if round_.closed_early and round_.closed_at is not None else round_.closes_on


def _opens_by_itself(round_: Round) -> Step:
    """A round that the rhythm prepared needs nobody to send it."""
    found = rhythm_of(round_.company_id, round_.kind)
    look = Action(_("Bekijk wat iedereen krijgt"), url_for("owner.look_before_sending", round_id=round_.id))
    change = Action(_("Verzetten, overslaan of stoppen"), _to_rhythm(round_))
    if found is not None and found.held:
        text = _("De volgende ronde kan nog niet door. Er is nog niets verstuurd.")
    else:
        opens = day(round_.opens_on)
        text = _("Gaat vanzelf open op %(day)s, om %(hour)d.00 uur.", day=opens, hour=MORNING_HOUR)
    when = _("tot %(day)s", day=short_day(round_.closes_on))
    return Step("others", _("Anderen vullen in"), when, text, button=look, links=(look, change))


def _to_rhythm(round_: Round) -> str:
    kind = None if round_.kind == MIRROR else round_.kind
    return url_for("owner.rhythm_page", company_id=round_.company_id, soort=kind)


def _closing(round_: Round, standing: Standing) -> Step:
    if standing is Standing.CLOSED and round_.strict:
        text = _(
            "De lijst is dicht. De antwoorden worden geteld zodra %(partner)s de wachtzin typt, tot en met %(day)s.",
            partner=round_.partner_name,
            day=day(round_.unlocked_by),
        )
        button = Action(_("Naar de wachtzin"), url_for("owner.look_before_opening", round_id=round_.id))
        return Step("close", _("De ronde zit op slot"), _("nu"), text, button=button)
    if standing is Standing.CLOSED:
        text = _(
            "De lijst is dicht en wordt in één keer geteld. Dat duurt meestal minder dan een minuut. Je kunt dit "
            "venster sluiten: het gaat gewoon door."
        )
        return Step("close", _("We sluiten de ronde"), _("nu"), text)
    if standing is Standing.COUNTED:
        text = _("Eén keer geteld. De losse antwoorden zijn gewist.")
        when = round_.counted_at and day_of(round_.counted_at)
        return Step("close", _("Gesloten"), short_day(when or round_.closes_on), text)
    return Step(
        "close", _("Sluiten"), short_day(round_.closes_on), _("We tellen in één keer en wissen de losse antwoorden.")
    )


def _mirror(round_: Round, standing: Standing, *, about_reader: bool) -> Step:
    """Whom to share it with can be chosen long before there is a mirror, by the owner in whose mirror it looks."""
    counted = standing is Standing.COUNTED and self_assessment.is_handed_in(round_)
    look = Action(_("Open jouw spiegel"), f"/ronde/{round_.id}/spiegel")
    text = _("Alleen jij opent hem. Daarna kies jij wie meekijkt.")
    when = short_day(closed_on(round_) + timedelta(days=0 if round_.closed_early else 1))
    share = Action(_("Wie kijkt er mee?"), url_for("owner.sharing", round_id=round_.id))
    links = (*((look,) if counted else ()), *((share,) if about_reader else ()))
    return Step("mirror", _("Jouw spiegel"), when, text, button=look if counted else None, links=links)


def _after_the_mirror(round_: Round, standing: Standing, today: date, *, about_reader: bool) -> Iterator[Step]:
    """Only the owner in whose mirror the round looks sits at the table; the dates can be in a calendar long before."""
    can_be_opened = about_reader and _can_be_talked_about(round_, standing)
    yield _conversation(round_, can_be_opened, can_be_planned=about_reader and standing is not Standing.PREPARED)
    yield _telling_back(round_, can_be_opened)
    yield _next_round(round_, can_be_opened, today)


def _conversation(round_: Round, can_be_opened: bool, *, can_be_planned: bool) -> Step:
    talk = Action(_("Naar het gesprek"), f"/ronde/{round_.id}/gesprek")
    look = Action(_("Bekijk jouw spiegel"), f"/ronde/{round_.id}/spiegel")
    dates = Action(_("In je agenda"), f"/ronde/{round_.id}/agenda")
    text = _("Met %(name)s. Neem er 60 tot 90 minuten voor.", name=round_.partner_name)
    when = short_day(round_.conversation_on)
    if conversation.meeting_of(round_, "conversation").called_off:
        when = _("gaat niet door")
    opened = round_.opened_mirror_at is not None
    links = (talk, *((look,) if opened else ())) if can_be_opened else ()
    links = (*links, *((dates,) if can_be_planned else ()))
    return Step("conversation", _("Het goede gesprek"), when, text, button=talk if can_be_opened else None, links=links)


def _telling_back(round_: Round, can_be_opened: bool) -> Step:
    when = short_day(round_.conversation_on + TELL_BACK_AFTER)
    tell = Action(_("Vertel terug"), f"/ronde/{round_.id}/terugvertellen")
    if can_be_opened and telling_back.what_was_told(round_) is not None:
        text = _("Iedereen die was uitgenodigd, kan het lezen.")
        return Step("tell_back", _("Teruggeverteld"), _("gedaan"), text, "done", links=(tell,))
    text = _("Twee dingen die je hoorde, één ding dat verandert.")
    links = (tell,) if can_be_opened else ()
    return Step("tell_back", _("Terugvertellen"), when, text, button=tell if can_be_opened else None, links=links)


def _next_round(round_: Round, can_be_opened: bool, today: date) -> Step:
    agreed = Action(_("Bekijk de afspraken"), f"/ronde/{round_.id}/afspraken")
    links = (agreed,) if can_be_opened else ()
    when, text, more = _when_next(round_, today)
    return Step(
        "next", _("Volgende ronde"), when, text, button=agreed if can_be_opened else None, links=(*links, *more)
    )


def _when_next(round_: Round, today: date) -> tuple[str, str, tuple[Action, ...]]:
    """Return when the next list opens, what there is to say about it, and where that can be changed."""
    found = rhythm_of(round_.company_id, round_.kind)
    coming = rhythm.coming_round(found, today) if found is not None else None
    if coming is not None and coming.dates.opens_on > round_.opens_on:
        text = _("Komt vanzelf, volgens je ritme. Begint weer bovenaan, met de afspraken van nu.")
        return short_day(coming.dates.opens_on), text, (Action(_("Je ritme"), _to_rhythm(round_)),)
    planned = conversation.meeting_of(round_, "next_round")
    when = short_day(planned.day)
    if not planned.is_planned or planned.called_off:
        when = str(format_date(round_.closes_on + SPACING, _("MMMM y")))
    return when, _("Begint weer bovenaan, met de afspraken van nu."), ()
