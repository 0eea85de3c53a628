"""Telling back: the owner writes, is pointed at words that will be heard differently, and lets it go."""

import hashlib
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from survey import telling_back
from survey.conversation.sheet import TELLING_BACK, tell_back_place
from survey.installation import installation
from survey.store.database import db
from survey.store.people import invitations_of
from survey.store.rounds import Round
from survey.telling_back import NotCountedYet, PartMissing, Remark, Telling, TooLateToTell
from survey.web.access import own_company
from survey.web.languages import gettext as _
from survey.web.languages import ngettext
from survey.web.owner import sheet_words, written
from survey.web.owner.conversation import desk_of, keep, keeping_address, subjects_round, table_of
from survey.web.owner.door import day, door, show
from survey.web.owner.written import both_texts, drafts_in

UNPROCESSABLE = 422


@dataclass(frozen=True)
class Part:
    """One field of the page."""

    id: str
    place: str
    label: str
    hint: str
    rows: int


@door.get("/ronde/<round_id>/terugvertellen")
def telling(round_id: str) -> Response:
    """Show what is written so far, and what was published."""
    return _page(subjects_round(round_id))


@door.post("/ronde/<round_id>/terugvertellen")
def tell(round_id: str) -> Response:
    """Keep what is written, and when that was pressed, let everybody who was invited read it."""
    round_ = subjects_round(round_id)
    table_of(round_)
    drafts = drafts_in(request.form)
    kept = keep(round_, drafts)
    here = url_for(".telling", round_id=round_.id)
    if kept.apart:
        return both_texts(desk_of(round_, keeping_address(round_)), kept, drafts, here)
    if request.form.get("press") != "publish":
        flash(_("Bewaard. Nog niemand leest dit."))
        return redirect(here, 303)
    words = _written_so_far(round_)
    remarks = telling_back.remarks(words, [invited.name for invited in invitations_of(round_.id)])
    if remarks and request.form.get("seen") != _fingerprint(words):
        return _page(round_, remarks=remarks)
    return _publish(round_, words)


def _publish(round_: Round, words: Telling) -> Response:
    try:
        mails = telling_back.publish(round_, words, installation().clock())
    except (PartMissing, TooLateToTell, NotCountedYet) as refusal:
        db.session.rollback()
        return _page(subjects_round(round_.id), problem=_in_words(refusal, round_))
    sent = ngettext("%(num)d mail vertrekt meteen.", "%(num)d mails vertrekken meteen.", mails) if mails else ""
    flash(" ".join([_("Iedereen die was uitgenodigd, kan dit nu lezen."), sent]).strip())
    return redirect(url_for(".telling", round_id=round_.id), 303)


def _page(round_: Round, remarks: tuple[Remark, ...] = (), problem: str = "") -> Response:
    table = table_of(round_)
    words = _written_so_far(round_)
    published = telling_back.what_was_told(round_)
    html = show(
        "telling",
        own_company(round_.company_id),
        round_,
        here="talk",
        sheet=table.sheet,
        parts=_parts(),
        telling=words,
        published=published,
        is_newer=published is not None and published != _as_published(words),
        remarks=remarks,
        seen=_fingerprint(words),
        part_names=sheet_words.telling_words(),
        problem=problem,
        by_card=[group for group in round_.groups if group.channel == "cards"],
        card_address=f"{installation().links.base}/kaart",
        mails=sum(group.head_count for group in round_.groups if group.channel == "mail"),
        keep_at=keeping_address(round_),
        settled=written.settled(),
    )
    response = written.page(html)
    response.status_code = UNPROCESSABLE if remarks or problem else 200
    return response


def _parts() -> list[Part]:
    names = sheet_words.telling_words()
    hints = {
        "thanks": _("Bedank iedereen, ook wie niet meedeed. Jij weet niet wie dat is."),
        "heard_first": _("In gewone woorden, zonder cijfers. Vertel wat jij hoorde, niet wie het zei."),
        "heard_second": _("Mag leeg blijven. Iets dat goed gaat, mag ook."),
        "change": _("Klein en met een dag erbij. Liever één ding dat doorgaat dan drie beloftes."),
        "next_list": _("Bijvoorbeeld: in maart. Dan weet iedereen dat het terugkomt."),
    }
    rows = {"thanks": 2, "next_list": 2}
    return [Part(part, tell_back_place(part), names[part], hints[part], rows.get(part, 3)) for part in TELLING_BACK]


def _written_so_far(round_: Round) -> Telling:
    sheet = table_of(round_).sheet
    return Telling(**{part: sheet.at(tell_back_place(part)).text for part in TELLING_BACK})


def _as_published(words: Telling) -> Telling:
    return Telling(**{part: text.strip() for part, text in vars(words).items()})


def _fingerprint(words: Telling) -> str:
    """Return what tells these words from others: what was pointed at is what goes up."""
    return hashlib.sha256(repr(words).encode()).hexdigest()[:16]


def _in_words(refusal: Exception, round_: Round) -> str:
    if isinstance(refusal, PartMissing):
        return _("Hier staat nog niets: %(part)s.", part=sheet_words.telling_words()[refusal.part])
    if isinstance(refusal, TooLateToTell):
        return _("De links zijn gewist op %(day)s. Niemand kan dit nog lezen.", day=day(round_.erased_on))
    return _("De ronde is nog niet geteld.")
