"""While the round runs: as much about taking part as nobody can be recognised by, and the few things still possible.

Anonymous groups of eight or more have two words, as of six this morning; smaller ones have none before the close.
There are no names, no counter and no moment of anybody among them. Who answers by name was told that his name is seen.
"""

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response
from wtforms import Form

from survey import dispatch, invitations, rounds
from survey.addresses import AddressFaulty, read_address
from survey.installation import installation
from survey.invitations import REMINDERS, RemindersUsedUp
from survey.perspectives import answers_by_name
from survey.rounds import (
    CAUTION_BELOW,
    LONGEST_EXTENSION,
    AddressTwice,
    ExtensionRefused,
    InsiderAmongStaff,
    SubjectAmongOthers,
    TooSoonAfterLastRound,
)
from survey.store.database import db
from survey.store.keys import is_kept
from survey.store.people import Invitation, invitations_of
from survey.store.rounds import Group, Round, Standing
from survey.web.access import NotYours, own_company, own_round
from survey.web.languages import gettext as _
from survey.web.owner.door import day, door, full_day, group_name, people, show
from survey.web.owner.plan_form import DayField, fault_in_words
from survey.web.owner.waiting import Page, waiting

UNPROCESSABLE = 422
RUNNING = (Standing.ANNOUNCED, Standing.OPEN)
AT_ONCE = 10
"""Mails that did not arrive which stand on the page unfolded; when a mail server is away it is all of them."""


@dataclass(frozen=True)
class Stand:
    """What may be said about taking part in one group. sign: how the tag looks ("open", "full", "still")."""

    perspective: str
    name: str
    head_count: int
    word: str
    sign: str


@dataclass(frozen=True)
class VoiceStand:
    """One person who answers by name, and whether the list came in."""

    invitation_id: str
    name: str
    role: str
    came_in: bool
    revoked: bool
    word: str


@dataclass(frozen=True)
class Reminding:
    """The reminders of one group."""

    perspective: str
    name: str
    head_count: int
    sent: int
    by_card: bool
    possible: bool


class ExtensionForm(Form):
    """The new last day."""

    closes = DayField()


def stands_of(round_: Round, now_standing: Standing) -> list[Stand]:
    """Return the anonymous groups of a round that was sent, with the one word there is about each."""
    return [
        _stand(group, now_standing)
        for group in round_.groups
        if round_.sent_at is not None and not answers_by_name(group.perspective)
    ]


def voices_of(round_: Round) -> list[VoiceStand]:
    """Return who answers by name and whether the list came in; nobody when there is no box."""
    came_in = rounds.named_voices_in(round_, installation().boxes.of(round_.id))
    named = [one for one in invitations_of(round_.id) if one.id in came_in]
    order = [group.perspective for group in round_.groups]
    named.sort(key=lambda one: (order.index(one.perspective), one.name, one.id))
    return [_voice_stand(one, came_in[one.id]) for one in named]


@door.get("/ronde/<round_id>/deelname")
def participation(round_id: str) -> Page | Response:
    """Show what may be known while the round runs."""
    round_ = own_round(round_id)
    standing = _standing(round_)
    if standing not in (*RUNNING, Standing.CLOSED):
        return redirect(url_for(".round_", round_id=round_.id), 303)
    return waiting(_page(round_), round_, standing)


@door.post("/ronde/<round_id>/herinneren")
def remind(round_id: str) -> Response:
    """Remind a whole group."""
    round_ = own_round(round_id)
    group = _group(round_, request.form.get("group", ""))
    try:
        invitations.remind(round_, group.perspective, installation().clock())
    except RemindersUsedUp:
        flash(_("Deze groep krijgt geen herinnering meer: twee keer is genoeg, en alleen zolang de lijst open is."))
    else:
        name = group_name(group.perspective)
        flash(
            _(
                "%(group)s: de herinnering gaat naar iedereen op de lijst, %(people)s.",
                group=name,
                people=people(group.head_count),
            )
        )
    return redirect(url_for(".participation", round_id=round_.id), 303)


@door.post("/ronde/<round_id>/adres")
def mend_address(round_id: str) -> Response | tuple[str, int]:
    """Correct an address whose mail came back."""
    round_ = own_round(round_id)
    invitation = _invitation(round_, request.form.get("invitation", ""))
    typed = request.form.get("address", "")
    try:
        rounds.mend_address(invitation, round_, read_address(typed), installation().clock())
    except (AddressFaulty, AddressTwice, SubjectAmongOthers, InsiderAmongStaff, rounds.RoundFrozen) as refusal:
        db.session.rollback()
        return _page(own_round(round_id), mending={invitation.id: (typed, _about_address(refusal))}), UNPROCESSABLE
    flash(_("Verbeterd. De uitnodiging gaat opnieuw weg, naar %(address)s.", address=invitation.address))
    return redirect(url_for(".participation", round_id=round_.id), 303)


@door.get("/ronde/<round_id>/verlengen")
def look_before_extending(round_id: str) -> str | Response:
    """Show what extending does."""
    round_ = own_round(round_id)
    if not _may_be_extended(round_):
        return redirect(url_for(".participation", round_id=round_.id), 303)
    return _extension_page(round_, ExtensionForm(), "")


@door.post("/ronde/<round_id>/verlengen")
def extend(round_id: str) -> Response | tuple[str, int]:
    """Move the last day, once."""
    round_ = own_round(round_id)
    form = ExtensionForm(MultiDict(request.form))
    wanted = form.closes.read()
    if wanted is None:
        return _extension_page(round_, form, _("Vul een dag, een maand en een jaar in.")), UNPROCESSABLE
    try:
        rounds.extend(round_, wanted, installation().clock())
    except (ExtensionRefused, TooSoonAfterLastRound) as refusal:
        db.session.rollback()
        return _extension_page(own_round(round_id), form, _about_extension(refusal, round_)), UNPROCESSABLE
    flash(
        _(
            "De lijst blijft open tot en met %(day)s. Wie per mail is uitgenodigd, krijgt daar bericht van. "
            "Werk je met kaartjes, zeg het dan zelf.",
            day=day(wanted),
        )
    )
    return redirect(url_for(".participation", round_id=round_.id), 303)


@door.get("/ronde/<round_id>/afbreken")
def look_before_cancelling(round_id: str) -> str | Response:
    """Show what cancelling does."""
    round_ = own_round(round_id)
    lost = key_is_lost(round_)
    if _standing(round_) not in (Standing.PREPARED, *RUNNING) and not lost:
        return redirect(url_for(".round_", round_id=round_.id), 303)
    told = sum(group.head_count for group in round_.groups if group.channel == "mail")
    sent = round_.sent_at is not None
    return show("cancel", own_company(round_.company_id), round_, told=told, sent=sent, lost=lost)


def key_is_lost(round_: Round) -> bool:
    """Say whether a closed round can never be counted, because its key is nowhere any more."""
    house = installation()
    if _standing(round_) is not Standing.CLOSED or is_kept(house.settings.keys, round_.id):
        return False
    db.session.refresh(round_)  # it may have been counted in between, and the key goes last
    return _standing(round_) is Standing.CLOSED


@door.post("/ronde/<round_id>/afbreken")
def cancel(round_id: str) -> Response:
    """Stop the round for good."""
    round_ = own_round(round_id)
    house = installation()
    try:
        rounds.cancel(round_, house.boxes.of(round_.id), house.settings.keys, house.clock())
    except rounds.NothingToCancel:
        flash(_("De ronde is al gesloten en kan niet meer worden afgebroken."))
    else:
        flash(_("De ronde is afgebroken."))
    return redirect(url_for(".home", company_id=round_.company_id), 303)


def _page(round_: Round, mending: dict[str, tuple[str, str]] | None = None) -> str:
    house = installation()
    standing = _standing(round_)
    return show(
        "participation",
        own_company(round_.company_id),
        round_,
        standing=standing.value,
        stands=stands_of(round_, standing),
        voices=voices_of(round_),
        reminding=[_reminding(round_, group) for group in round_.groups],
        undelivered=dispatch.failed_mail(round_.id, house.clock()) if standing in RUNNING else [],
        mending=mending or {},
        at_once=AT_ONCE,
        may_extend=_may_be_extended(round_),
        caution_below=CAUTION_BELOW,
        most_reminders=REMINDERS,
        card_address=f"{house.links.base}/kaart",
    )


def _extension_page(round_: Round, form: ExtensionForm, problem: str) -> str:
    if problem:
        form.closes.errors = [problem]
    latest = round_.closes_on + LONGEST_EXTENSION
    return show("extend", own_company(round_.company_id), round_, form=form, latest=latest)


def _stand(group: Group, standing: Standing) -> Stand:
    if standing is Standing.ANNOUNCED:
        word, sign = _("nog niet open"), "still"
    elif group.head_count < CAUTION_BELOW:
        word, sign = _("te zien na het sluiten"), "still"
    elif group.enough:
        word, sign = _("genoeg"), "full"
    else:
        word, sign = _("nog te weinig"), "open"
    return Stand(group.perspective, group_name(group.perspective), group.head_count, word, sign)


def _voice_stand(invitation: Invitation, came_in: bool) -> VoiceStand:
    revoked = bool(invitation.revoked)
    # A slot that was stopped up looks used: from then on nobody can say whether a list came in.
    word = _("link ingetrokken") if revoked else _("binnen") if came_in else _("nog niet")
    name, role = invitation.name or invitation.address or "", group_name(invitation.perspective)
    return VoiceStand(invitation.id, name, role, came_in and not revoked, revoked, word)


def _reminding(round_: Round, group: Group) -> Reminding:
    now = installation().clock()
    return Reminding(
        group.perspective,
        group_name(group.perspective),
        group.head_count,
        group.reminders,
        group.channel == "cards",
        invitations.may_be_reminded(round_, group.perspective, now),
    )


def _may_be_extended(round_: Round) -> bool:
    return _standing(round_) in RUNNING and round_.extended_from is None


def _standing(round_: Round) -> Standing:
    return round_.standing_at(installation().clock())


def _group(round_: Round, perspective: str) -> Group:
    try:
        return round_.group(perspective)
    except KeyError:
        raise BadRequest from None


def _invitation(round_: Round, invitation_id: str) -> Invitation:
    """Return an invitation of this round; one of another round does not exist here. Raises NotYours."""
    for invitation in invitations_of(round_.id):
        if invitation.id == invitation_id:
            return invitation
    raise NotYours


def _about_address(refusal: Exception) -> str:
    if isinstance(refusal, AddressFaulty):
        return _("Kijk het adres na: %(fault)s.", fault=fault_in_words(refusal.fault, refusal.detail))
    if isinstance(refusal, AddressTwice):
        return _("Dit adres staat al op de lijst.")
    if isinstance(refusal, SubjectAmongOthers):
        return _("Dit is het adres van de eigenaar om wie de spiegel gaat; die vult apart in.")
    if isinstance(refusal, InsiderAmongStaff):
        return _("Eigenaren en je gesprekspartner kunnen niet als medewerker meedoen.")
    return _("Dit adres kan niet meer veranderen.")


def _about_extension(refusal: Exception, round_: Round) -> str:
    if isinstance(refusal, TooSoonAfterLastRound):
        return _("Dan komt je volgende ronde te snel: daar zitten minstens 80 dagen tussen.")
    latest = full_day(round_.closes_on + LONGEST_EXTENSION)
    return _("Kies een dag na %(day)s, en uiterlijk %(latest)s.", day=full_day(round_.closes_on), latest=latest)
