"""Sending: what everybody gets, on one page, and the button that does it. Nothing leaves before that button.

Afterwards the list is frozen; here are also the announcement from one's own mailbox, the test mail, and the cards.
"""

import hashlib
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from survey import letters, rounds
from survey.clock import at_hour, start_of
from survey.installation import installation
from survey.kinds import WITH_WORK
from survey.mirror.words import words_in
from survey.outgoing.mail import Letter
from survey.perspectives import PERSPECTIVES
from survey.rounds import (
    MORNING_HOUR,
    GroupPlan,
    NobodyInvited,
    OwnerUnconfirmed,
    PassphraseAwaited,
    RoundPlan,
    TooLateToSend,
    TooSoonAfterLastRound,
)
from survey.store.database import db
from survey.store.people import Account
from survey.store.rounds import Round, draft_of
from survey.web.access import NotYours, current_account, own_company, own_round
from survey.web.languages import gettext as _
from survey.web.languages import language, ngettext
from survey.web.owner.caution import cautions
from survey.web.owner.door import day, door, full_day, group_name, show
from survey.web.protection import count

UNPROCESSABLE = 422
TEST_MAILS = "20 per hour"
AT_ONCE = 12
"""People of a group who stand on the page unfolded: a longer list is opened by who wants to read it."""


@dataclass(frozen=True)
class Sample:
    """The text that one group gets."""

    group: str
    perspective: str
    letter: Letter
    text: str


@door.get("/ronde/<round_id>/verzenden")
def look_before_sending(round_id: str) -> str | Response:
    """Show every recipient, group, text and date."""
    round_ = own_round(round_id)
    if round_.sent_at is not None or round_.cancelled_at is not None:
        return redirect(url_for(".round_", round_id=round_.id), 303)
    return _page(round_)


@door.post("/ronde/<round_id>/verzenden")
def send(round_id: str) -> Response | tuple[str, int]:
    """Freeze the list and let the mails go."""
    round_ = own_round(round_id)
    if round_.subject_id != current_account().id:
        raise NotYours  # nobody sends mail in another owner's name
    plan = rounds.plan_of(round_)
    if round_.sent_at is None and request.form.get("seen") != _fingerprint(plan):
        return _page(round_, _("De lijst is veranderd nadat je deze bladzijde opende. Kijk hem nog een keer na.")), 409
    if round_.sent_at is None and _asks_about_lock(round_) and request.form.get("lock") != "none":
        return _page(round_, _("Kies eerst: de ronde op slot, of zonder slot.")), UNPROCESSABLE
    house = installation()
    subject = db.session.get_one(Account, round_.subject_id)
    try:
        rounds.send(round_, subject, house.boxes.of(round_.id), house.settings.keys, house.clock())
    except (NobodyInvited, OwnerUnconfirmed, PassphraseAwaited, TooLateToSend, TooSoonAfterLastRound) as refusal:
        db.session.rollback()
        return _page(own_round(round_id), _in_words(refusal, subject)), UNPROCESSABLE
    if any(group.cards for group in plan.groups):
        flash(_("De ronde staat vast. Druk nu de kaartjes af."))
        return redirect(url_for(".cards", round_id=round_.id), 303)
    flash(_departure(round_, plan))
    return redirect(url_for(".home", company_id=round_.company_id), 303)


@door.post("/ronde/<round_id>/proefmail")
def send_test_mail(round_id: str) -> Response:
    """Send the owner the text of one group."""
    round_ = own_round(round_id)
    perspective = request.form.get("group", "")
    if perspective not in PERSPECTIVES:
        raise BadRequest
    count("test mails", str(current_account().id), TEST_MAILS)
    letters.put_test_mail(round_, perspective, current_account(), installation().clock())
    flash(_("Een proefmail is onderweg naar %(address)s. Alleen jij krijgt hem.", address=current_account().email))
    return redirect(url_for(".look_before_sending", round_id=round_.id), 303)


@door.get("/ronde/<round_id>/aankondiging")
def announcement(round_id: str) -> str:
    """Show the text that the owner sends from his own mailbox."""
    round_ = own_round(round_id)
    text = letters.announcement(round_)
    return show("announcement", own_company(round_.company_id), round_, text=_flowing(text))


def _page(round_: Round, problem: str = "") -> str:
    plan = rounds.plan_of(round_)
    subject = db.session.get_one(Account, round_.subject_id)
    draft = draft_of(round_.company_id)
    return show(
        "send",
        own_company(round_.company_id),
        round_,
        plan=plan,
        seen=_fingerprint(plan),
        at_once=AT_ONCE,
        problem=problem,
        cautions=cautions(plan, subject),
        samples=[_sample(round_, group) for group in plan.groups if group.people],
        departure=_departure(round_, plan),
        press=_press(plan),
        confirmed=subject.confirmed_at is not None or not _mails(plan),
        subject=subject,
        unfinished=draft is not None and draft.round_id == round_.id,
        in_my_name=subject.id == current_account().id,
        runs_it_itself=_runs_it_itself(round_),
        asks_about_lock=_asks_about_lock(round_),
        hour=MORNING_HOUR,
        kind_name=words_in(language())(f"kind.{round_.kind}.name"),
        with_work=round_.questionnaire == WITH_WORK,
    )


def _runs_it_itself(round_: Round) -> bool:
    return installation().settings.is_run_by(own_company(round_.company_id).name)


def _asks_about_lock(round_: Round) -> bool:
    """Whether the lock must be chosen or declined: a company that runs this itself holds the key of its own round."""
    return _runs_it_itself(round_) and not round_.strict


def _sample(round_: Round, group: GroupPlan) -> Sample:
    letter = letters.preview(round_, group.perspective, installation().links)
    return Sample(group_name(group.perspective), group.perspective, letter, _flowing(letter.text))


def _flowing(text: str) -> str:
    """Return a letter with each paragraph on one line: a page and a mailbox break lines by themselves."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _fingerprint(plan: RoundPlan) -> str:
    """Return what tells one list from another: what was looked at is what is sent."""
    return hashlib.sha256(repr(plan).encode()).hexdigest()[:16]


def _mails(plan: RoundPlan) -> int:
    return sum(len(group.people) for group in plan.groups)


def _press(plan: RoundPlan) -> str:
    """Return what the button says: what it does."""
    mails, cards = _mails(plan), sum(group.cards for group in plan.groups)
    if not mails:
        return ngettext("Zet vast en maak %(num)d kaartje", "Zet vast en maak %(num)d kaartjes", cards)
    if not cards:
        return ngettext("Verstuur %(num)d mail", "Verstuur %(num)d mails", mails)
    words = ngettext("Verstuur %(num)d mail", "Verstuur %(num)d mails", mails)
    return _("%(send)s en maak %(cards)d kaartjes", send=words, cards=cards)


def _departure(round_: Round, plan: RoundPlan) -> str:
    """Return when the mails leave."""
    count = _mails(plan)
    now = installation().clock()
    if not count:
        return _("Er gaan geen mails weg.")
    if now >= start_of(round_.opens_on):
        return ngettext("%(num)d mail vertrekt meteen.", "%(num)d mails vertrekken meteen.", count)
    if now >= at_hour(round_.opens_on, MORNING_HOUR):
        return ngettext("%(num)d mail vertrekt meteen.", "%(num)d mails vertrekken meteen.", count)
    return ngettext(
        "%(num)d mail vertrekt op %(day)s om %(hour)d.00 uur.",
        "%(num)d mails vertrekken op %(day)s om %(hour)d.00 uur.",
        count,
        day=day(round_.opens_on),
        hour=MORNING_HOUR,
    )


def _in_words(refusal: Exception, subject: Account) -> str:
    if isinstance(refusal, OwnerUnconfirmed):
        return _(
            "%(name)s heeft het eigen mailadres nog niet bevestigd. De mails gaan weg in die naam, dus dat moet eerst.",
            name=subject.name,
        )
    if isinstance(refusal, TooSoonAfterLastRound):
        return _(
            "Tussen twee rondes met je medewerkers zitten minstens 80 dagen, ook als je meer bedrijven hebt. "
            "Sluiten kan vanaf %(day)s.",
            day=full_day(refusal.first_possible),
        )
    if isinstance(refusal, PassphraseAwaited):
        return _("De ronde gaat op slot, en de wachtzin is er nog niet.")
    if isinstance(refusal, TooLateToSend):
        return _("De dag van sluiten is voorbij. Kies eerst een latere dag.")
    return _("Er staat nog niemand op de lijst.")
