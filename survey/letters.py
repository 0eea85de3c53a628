"""What each mail says: the letter to one invited person, or to the owner, as it is true at the moment it leaves.

Nothing is written before: the outbox holds who and why, and the text with its link is made here when the mail goes.
A letter that has become pointless (the round closed, the person asked for no more reminders) is not written at all.
It must not know what anybody answered, or whether anybody did.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

from babel.dates import format_date
from babel.support import NullTranslations, Translations
from flask import current_app
from jinja2 import BaseLoader, Environment, StrictUndefined
from markupsafe import Markup

from survey.clock import at_hour, day_of
from survey.kinds import MIRROR, WITH_WORK
from survey.outgoing.mail import LONGEST_NAME, Correspondent, Letter, one_line
from survey.perspectives import answers_by_name
from survey.store.database import db, keep_others_off
from survey.store.grants import confidant_with, standing_mirror
from survey.store.outbox import CAN_BE_SEEN, OutboxMail
from survey.store.people import Account, Company, Invitation
from survey.store.rhythms import rhythm_of
from survey.store.rounds import Ending, Round, Standing, find_round

TRANSLATIONS: Final = Path(__file__).parent / "translations"
ACCOUNT_MAIL_LASTS: Final = timedelta(days=1)
"""A code or link for signing in is of no use to anybody after that."""

WRITTEN_IN: Final = "nl"
"""The language of the templates themselves; every other one has a catalogue."""

STOPPED: Final = "stopped"
"""The news that a round is cancelled, written out when the round itself is deleted at the same moment."""

READY_HOUR: Final = 9
READY_DAYS: Final = range(4)
"""Monday to Thursday: not before a weekend that the owner would spend alone with it."""
READY_WITHIN: Final = timedelta(days=14)
"""A round counted longer ago was heard of, or its mail was erased on schedule: no second one."""

ABOUT_RHYTHM: Final = ("rhythm_prepared", "rhythm_opened", "rhythm_held")
"""To the owner: a round was prepared by itself, it was opened by itself, or that cannot be done."""

TEST: Final = "test_"
"""A test mail to oneself is `test_` and the perspective whose invitation is shown."""

_STILL_AWAITED: Final = {
    "invitation": (Standing.ANNOUNCED, Standing.OPEN),
    "reminder_1": (Standing.OPEN,),
    "reminder_2": (Standing.OPEN,),
    "extended": (Standing.ANNOUNCED, Standing.OPEN),
    "cancelled": (Standing.CANCELLED,),
    "destroyed": (Standing.CANCELLED,),
    "tell_back": (Standing.COUNTED,),
}
"""Per kind of mail to the invited: where the round must stand for it to make sense."""

_ABOUT_THE_LOCK: Final[dict[str, Callable[[Round, datetime], bool]]] = {
    "lock_asked": lambda round_, now: round_.awaits_lock and round_.standing_at(now) is Standing.PREPARED,
    "lock_waits": Round.awaits_passphrase_at,
    "lock_week_left": Round.awaits_passphrase_at,
    "lock_stayed": lambda round_, now: round_.ending is Ending.STAYED_LOCKED,
}
"""Per kind of mail about a lock, to owner or conversation partner: whether it still holds."""


class KindUnknown(Exception):
    """No letter of this kind exists."""


class LanguageMissing(Exception):
    """The mails do not speak this language."""


class LinkMaker(Protocol):
    """Makes the links in mails."""

    @property
    def base(self) -> str:
        """The canonical address without a slash at its end."""

    def invitation(self, invitation_id: str) -> str:
        """The link of an invitation."""

    def no_more_mail(self, invitation_id: str) -> str:
        """The link that stops reminders."""

    def look_along(self, confidant_id: str, address: str) -> str:
        """The link by which somebody who was let in says that it is his account."""

    def shared_mirror(self, round_id: str) -> str:
        """Where somebody who looks along reads a mirror."""


@dataclass(frozen=True)
class _Part:
    """One of the two ways in which a letter is laid out."""

    sheet: str
    escaped: bool


_TEXT: Final = _Part("mail/as_text.html", escaped=False)
_HTML: Final = _Part("mail/as_html.html", escaped=True)


def write(mail: OutboxMail, links: LinkMaker, now: datetime) -> Letter | None:
    """Return what a mail of the outbox says now, or nothing when it has become pointless.

    Raises KindUnknown, LanguageMissing.
    """
    if mail.kind in ("account", STOPPED):
        return _as_it_was_written(mail, now)
    round_ = find_round(mail.round_id or (mail.content or {}).get("round_id", ""))
    if round_ is None:
        return None
    if mail.kind == "ready":
        return _to_the_owner(mail, round_, links)
    if mail.kind == CAN_BE_SEEN:
        return _to_who_looks_along(mail, round_, links, now)
    if mail.kind in _ABOUT_THE_LOCK:
        return _about_the_lock(mail, round_, links, now)
    if mail.kind in ABOUT_RHYTHM:
        return _about_the_rhythm(mail, round_, links, now)
    if mail.kind.startswith(TEST):
        return _as_a_test(mail, round_, links)
    if mail.kind not in _STILL_AWAITED:
        raise KindUnknown(mail.kind)
    invitation = db.session.get(Invitation, mail.invitation_id)
    if invitation is None or not _is_awaited(mail, round_, invitation, now):
        return None
    return _to_the_invited(mail.kind, round_, invitation, links)


def about_account(kind: str, language: str, facts: dict[str, Any]) -> dict[str, str]:
    """Return subject, text and html of a mail about an account, for the outbox to keep until it is sent.

    Raises LanguageMissing.
    """
    name = f"account/{kind}"
    subject = _laid_out(name, language, _TEXT, facts, subject=True).strip()
    html = _laid_out(name, language, _HTML, {**facts, "subject": subject})
    return {"subject": subject, "text": _laid_out(name, language, _TEXT, facts), "html": html}


def earlier_mails(mail: OutboxMail) -> list[str]:
    """Return the message id of the invitation that this mail follows up, if it does: a reminder is found beneath it."""
    if mail.invitation_id is None or mail.kind == "invitation":
        return []
    return list(_invitations_sent(mail.invitation_id))[-1:]


def announcement(round_: Round) -> str:
    """Return the text that the owner can send to everybody from his own mailbox before the invitations leave."""
    return _laid_out("announcement", round_.language, _TEXT, _facts(round_, "employees"))


def preview(round_: Round, perspective: str, links: LinkMaker) -> Letter:
    """Return the invitation as a group will read it, without anybody's name and with no link that works."""
    nowhere = f"{links.base}/u/..."
    facts = {**_facts(round_, perspective), "name": "", "link": nowhere, "stop_link": nowhere, "is_a_test": False}
    return _written("invitation", round_, Correspondent("", ""), facts, replies_to=_owner(round_))


def put_test_mail(round_: Round, perspective: str, to: Account, now: datetime) -> None:
    """Put the invitation of one group in the outbox, addressed to the owner himself, without a working link."""
    mail = OutboxMail(kind=f"{TEST}{perspective}", round_id=round_.id, address=to.email, due_at=now)
    db.session.add(mail)
    db.session.commit()


def put_ready_mails(now: datetime) -> None:
    """Put in the outbox, once for every counted round, the mail to its owner that the mirror is ready."""
    told = db.select(OutboxMail.round_id).where(OutboxMail.kind == "ready", OutboxMail.round_id.is_not(None))
    counted = db.select(Round).where(
        Round.counted_at > now - READY_WITHIN, Round.opened_mirror_at.is_(None), Round.id.not_in(told)
    )
    for round_ in db.session.scalars(counted.order_by(Round.id)).all():
        keep_others_off(round_)
        # Another worker may have been here a moment ago.
        if db.session.scalar(told.where(OutboxMail.round_id == round_.id)) is None:
            due_at = ready_at(round_.counted_at or now)
            db.session.add(OutboxMail(kind="ready", round_id=round_.id, address=_owner(round_).address, due_at=due_at))
        db.session.commit()


def ready_at(counted_at: datetime) -> datetime:
    """Return the first nine o'clock of a Monday to Thursday in Amsterdam after a round was counted."""
    day = day_of(counted_at)
    while day.weekday() not in READY_DAYS or at_hour(day, READY_HOUR) < counted_at:
        day += timedelta(days=1)
    return at_hour(day, READY_HOUR)


def _is_awaited(mail: OutboxMail, round_: Round, invitation: Invitation, now: datetime) -> bool:
    if invitation.revoked or invitation.address is None:
        return False
    if invitation.muted and mail.kind.startswith(("reminder", "tell_back")):
        return False
    # Who never got the invitation is not told what became of it; an invitation still to come says the newest date.
    if mail.kind != "invitation" and not _invitations_sent(invitation.id):
        return False
    return round_.standing_at(now) in _STILL_AWAITED[mail.kind]


def _invitations_sent(invitation_id: str) -> list[str]:
    query = db.select(OutboxMail.message_id).filter_by(invitation_id=invitation_id, kind="invitation", state="sent")
    return list(db.session.scalars(query.order_by(OutboxMail.due_at)))


def _as_it_was_written(mail: OutboxMail, now: datetime) -> Letter | None:
    if mail.content is None or mail.address is None:
        return None
    if mail.kind == "account" and now - mail.due_at > ACCOUNT_MAIL_LASTS:
        return None
    content = mail.content
    return Letter(Correspondent("", mail.address), content["subject"], content["text"], content.get("html"))


def _to_the_invited(kind: str, round_: Round, invitation: Invitation, links: LinkMaker) -> Letter:
    facts = {
        **_facts(round_, invitation.perspective),
        "name": one_line(invitation.name, LONGEST_NAME),
        "link": links.invitation(invitation.id),
        "stop_link": links.no_more_mail(invitation.id),
        "is_a_test": False,
    }
    stop_link = None if kind in ("cancelled", "destroyed", "tell_back") else facts["stop_link"]
    to = Correspondent(invitation.name, invitation.address or "")
    return _written(kind, round_, to, facts, replies_to=_owner(round_), stop_link=stop_link)


def _as_a_test(mail: OutboxMail, round_: Round, links: LinkMaker) -> Letter:
    owner = _owner(round_)
    facts = {
        **_facts(round_, mail.kind.removeprefix(TEST)),
        "name": owner.name,
        "link": links.base,
        "stop_link": links.base,
        "is_a_test": True,
    }
    return _written("invitation", round_, Correspondent(owner.name, mail.address or ""), facts, replies_to=owner)


def _to_the_owner(mail: OutboxMail, round_: Round, links: LinkMaker) -> Letter | None:
    if round_.opened_mirror_at is not None or round_.release is None:
        return None
    handed_in = round_.self_assessment is not None and round_.self_assessment.handed_in_at is not None
    facts = {**_facts(round_, "employees"), "link": links.base, "own_list_is_in": handed_in}
    owner = _owner(round_)
    return _written("ready", round_, Correspondent(owner.name, mail.address or owner.address), facts, sender=None)


def _to_who_looks_along(mail: OutboxMail, round_: Round, links: LinkMaker, now: datetime) -> Letter | None:
    """Say that there is something to see, and nothing of it; not written when the owner withdrew it meanwhile."""
    confidant = confidant_with(round_.company_id, mail.address or "")
    grant = standing_mirror(confidant.id, round_.id) if confidant else None
    if confidant is None or grant is None or grant.ends_on < day_of(now) or round_.opened_mirror_at is None:
        return None
    has_account = confidant.account_id is not None
    link = links.shared_mirror(round_.id) if has_account else links.look_along(confidant.id, confidant.address)
    facts = {**_facts(round_, "employees"), "link": link, "has_account": has_account}
    to = Correspondent(confidant.name, confidant.address)
    return _written(CAN_BE_SEEN, round_, to, facts, replies_to=_owner(round_))


def _about_the_lock(mail: OutboxMail, round_: Round, links: LinkMaker, now: datetime) -> Letter | None:
    if not _ABOUT_THE_LOCK[mail.kind](round_, now):
        return None
    owner, partner = _owner(round_), Correspondent(round_.partner_name, round_.partner_address)
    to = owner if mail.address == owner.address else partner
    facts = {**_facts(round_, "employees"), "link": links.base, "to_partner": to is partner}
    sender = "owner" if mail.kind == "lock_asked" else None
    return _written(mail.kind, round_, to, facts, sender=sender, replies_to=owner if to is partner else None)


def _about_the_rhythm(mail: OutboxMail, round_: Round, links: LinkMaker, now: datetime) -> Letter | None:
    rhythm = rhythm_of(round_.company_id, round_.kind)
    makes_sense = {
        "rhythm_prepared": rhythm is not None and round_.standing_at(now) is Standing.PREPARED,
        "rhythm_opened": round_.standing_at(now) is Standing.OPEN,
        "rhythm_held": rhythm is not None and rhythm.held is not None,
    }
    if not makes_sense[mail.kind]:
        return None
    own = round_.self_assessment
    other_kind = "" if round_.kind == MIRROR else f"?soort={round_.kind}"
    facts = {
        **_facts(round_, "employees"),
        "link": f"{links.base}/bedrijf/{round_.company_id}/ritme{other_kind}",
        "home": f"{links.base}/bedrijf/{round_.company_id}",
        "own_list_is_in": own is not None and own.handed_in_at is not None,
        "by_card": any(group.channel == "cards" for group in round_.groups),
        "reason": rhythm.held if rhythm is not None else None,
    }
    owner = _owner(round_)
    return _written(mail.kind, round_, Correspondent(owner.name, mail.address or owner.address), facts, sender=None)


def _owner(round_: Round) -> Correspondent:
    account = db.session.get_one(Account, round_.subject_id)
    return Correspondent(round_.subject_name, account.email)


def _facts(round_: Round, perspective: str) -> dict[str, Any]:
    """Return what every letter of a round may mention; each name is one visible line."""
    company = db.session.get_one(Company, round_.company_id)

    def day(moment: date) -> str:
        return format_date(moment, "EEEE d MMMM", locale=round_.language)

    return {
        "owner": one_line(round_.subject_name, LONGEST_NAME),
        "company": one_line(company.name, LONGEST_NAME),
        "perspective": perspective,
        "by_name": answers_by_name(perspective),
        "kind": round_.kind,
        "with_work": round_.questionnaire == WITH_WORK,
        "minimum": round_.minimum,
        "opens_on": day(round_.opens_on),
        "closes_on": day(round_.closes_on),
        "erased_on": day(round_.erased_on),
        "extended_from": day(round_.extended_from or round_.closes_on),
        "unlocked_by": day(round_.unlocked_by),
        "ending": round_.ending.value if round_.ending else "",
        "contact": one_line(round_.contact_name, LONGEST_NAME),
        "contact_address": round_.contact_address,
        "partner": one_line(round_.partner_name, LONGEST_NAME),
        "conversation_on": day(round_.conversation_on),
    }


def _written(
    kind: str,
    round_: Round,
    to: Correspondent,
    facts: dict[str, Any],
    *,
    sender: str | None = "owner",
    replies_to: Correspondent | None = None,
    stop_link: str | None = None,
) -> Letter:
    subject = _laid_out(kind, round_.language, _TEXT, facts, subject=True).strip()
    return Letter(
        to=to,
        subject=subject,
        text=_laid_out(kind, round_.language, _TEXT, facts),
        html=_laid_out(kind, round_.language, _HTML, {**facts, "subject": subject}),
        sender=f"{facts['owner']} via Spiegelronde" if sender else "Spiegelronde",
        replies_to=replies_to,
        stop_link=stop_link,
    )


def _laid_out(kind: str, language: str, part: _Part, facts: dict[str, Any], *, subject: bool = False) -> str:
    environment = _environment(current_app.jinja_loader, language, part)
    sheet = environment.get_template(part.sheet).module
    template = environment.get_template(f"mail/{kind}.html")
    context = template.new_context({**facts, "paper": sheet})
    block = "subject" if subject else "letter"
    written = "".join(template.blocks[block](context))
    if subject:
        return " ".join(written.split())
    if part is _TEXT:
        return re.sub(r"\s*\n\s*\n\s*", "\n\n", written).strip() + "\n"
    whole: Any = sheet
    return str(whole.sheet(Markup(written), facts["subject"], language))


@lru_cache(maxsize=16)
def _environment(loader: BaseLoader | None, language: str, part: _Part) -> Environment:
    environment = Environment(
        loader=loader,
        autoescape=part.escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(_translations(language), newstyle=True)  # type: ignore[attr-defined]  # by the extension
    return environment


def _translations(language: str) -> NullTranslations:
    if language == WRITTEN_IN:
        return NullTranslations()
    found = Translations.load(TRANSLATIONS, [language])
    if not isinstance(found, Translations):
        raise LanguageMissing(language)
    return found
