"""The receipt: what became of a ballot, and until the close replacing it or taking it back. Never what was in it.

Whoever types the code is whoever has the paper; who that is, nobody asks.
"""

from dataclasses import dataclass

from flask import Response, request
from flask_babel import force_locale

from survey import ballots
from survey.ballots import NothingAnswered, ReceiptStanding, ReceiptUnknown, ReceiptVoid, RoundNotOpen
from survey.codes import CodeMistyped, in_groups
from survey.installation import installation
from survey.invitations import UnknownCard, UnknownLink, recognise_card
from survey.store.people import Invitation
from survey.store.rounds import Round
from survey.web.respondent.answer_form import AnswerForm
from survey.web.respondent.answering import UNPROCESSABLE, WHOLE_LIST, filled, nothing_answered
from survey.web.respondent.door import door
from survey.web.respondent.guests import LinkExpired, guest_with_id
from survey.web.respondent.pages import answer, language_for, letter
from survey.web.respondent.promise import called
from survey.web.respondent.sheet import Sheet, blank_page, filled_page, sheet_for, thanks_page
from survey.web.respondent.visits import end
from survey.web.respondent.wrong_codes import looked_at

CONFLICT = 409
NOT_FOUND = 404


@dataclass(frozen=True)
class Held:
    """A receipt that somebody holds: its round, its code as it was made, and what became of its ballot."""

    round_: Round
    code: str
    standing: ReceiptStanding


class NoSuchReceipt(Exception):
    """No ballot belongs to the code that was typed."""


@door.get("/bon")
def type_a_receipt() -> Response:
    """Show where a receipt code is typed."""
    return letter("receipt", language_for(None))


@door.post("/bon")
def receipt() -> Response:
    """Say what became of a ballot, or begin to replace it or to take it back."""
    held = _held()
    wanted = request.form.get("do", "")
    if held.standing is not ReceiptStanding.IN_THE_BOX or wanted not in _DEEDS:
        return _told(held)
    return _DEEDS[wanted](held)


@door.post("/bon/lijst")
def send_replacement() -> Response:
    """Put a list in the place of the ballot behind a receipt, or give it back with everything that was filled in."""
    held = _held()
    if held.standing is not ReceiptStanding.IN_THE_BOX:
        return _told(held, CONFLICT)
    if "switch" in request.form:
        return _back(_sheet(held, request.form["switch"]), held)
    house, round_, sheet = installation(), held.round_, _sheet(held, language_for(held.round_))
    with force_locale(sheet.language):
        form = AnswerForm(sheet.edition, sheet.perspective, request.form)
    if not form.is_valid:
        return _back(sheet, held)
    try:
        ballots.replace(round_, house.boxes.of(round_.id), house.hasher, held.code, form.response(), house.clock())
    except NothingAnswered:
        return _back(sheet, held, {WHOLE_LIST: nothing_answered(sheet)})
    except (RoundNotOpen, ReceiptUnknown):
        return _told(_held(), CONFLICT)
    return answer(thanks_page(sheet, in_groups(held.code)), "letter", sheet.language)


@door.errorhandler(NoSuchReceipt)
def no_such_receipt(_refusal: NoSuchReceipt) -> Response:
    """Say that no ballot has this code, with the reasons why that can be."""
    return letter("receipt", language_for(None), NOT_FOUND, unknown=True, typed=request.form.get("code", ""))


@door.errorhandler(ReceiptVoid)
def receipt_of_a_cancelled_round(void: ReceiptVoid) -> Response:
    """Say what became of the round, and so of every ballot in it."""
    status = CONFLICT if request.path.endswith("/lijst") else 200
    round_ = void.round_
    return letter("round_cancelled", language_for(round_), status, round=round_, first_name=called(round_))


def _held() -> Held:
    """Return the receipt that was typed. Raises NoSuchReceipt, ReceiptVoid, TooManyWrongCodes."""
    house = installation()
    try:
        with looked_at(CodeMistyped, ReceiptUnknown):
            return Held(*ballots.look_up(house.boxes, house.hasher, request.form.get("code", ""), house.clock()))
    except ReceiptVoid:
        raise
    except (CodeMistyped, ReceiptUnknown) as unknown:
        raise NoSuchReceipt from unknown


def _told(held: Held, status: int = 200) -> Response:
    return letter(
        "receipt_standing",
        language_for(held.round_),
        status,
        round=held.round_,
        first_name=called(held.round_),
        standing=held.standing.value,
        code=in_groups(held.code),
        link=_link_shown(held),
    )


def _replace(held: Held) -> Response:
    sheet = _sheet(held, language_for(held.round_))
    return answer(blank_page(sheet, held.code, request.accept_encodings), sheet.kind, sheet.language)


def _confirm_withdrawal(held: Held) -> Response:
    return letter(
        "withdraw",
        language_for(held.round_),
        round=held.round_,
        code=in_groups(held.code),
        link=_link_shown(held),
        unreadable=bool(request.form.get("link", "").strip()) and not _link_shown(held),
    )


def _withdraw(held: Held) -> Response:
    """Take the ballot back. A link that cannot be read is asked for again: without it this would be final."""
    house, round_ = installation(), held.round_
    shown = _link_shown(held)
    if request.form.get("link", "").strip() and not shown:
        return _confirm_withdrawal(held)
    box, invitation = house.boxes.of(round_.id), _invitation_shown(held)
    try:
        slot = ballots.place_of(box, invitation.id).slot if invitation else None
        ballots.withdraw(round_, box, house.hasher, held.code, house.clock(), slot)
    except (RoundNotOpen, ReceiptUnknown):
        return _told(_held(), CONFLICT)
    return end(letter("withdrawn", language_for(round_), round=round_, again=invitation is not None))


_DEEDS = {"replace": _replace, "withdraw": _confirm_withdrawal, "withdraw_now": _withdraw}


def _link_shown(held: Held) -> str:
    """Return the link or card code that came with the receipt, when it belongs to the same round."""
    return request.form.get("link", "").strip() if _invitation_shown(held) else ""


def _invitation_shown(held: Held) -> Invitation | None:
    house = installation()
    shown = request.form.get("link", "").strip().rstrip("/").rpartition("/")[2].partition("?")[0]
    if not shown:
        return None
    try:
        invitation = guest_with_id(house.links.read_invitation(shown)).invitation
    except LinkExpired:
        return None
    except UnknownLink:
        try:
            invitation = recognise_card(house.hasher, shown)
        except UnknownCard:
            return None
    return invitation if _may_belong(invitation, held) else None


def _may_belong(invitation: Invitation, held: Held) -> bool:
    """Say whether a ballot of this receipt can have come from this invitation: nobody can say more than that."""
    house = installation()
    if invitation.round_id != held.round_.id or held.standing is not ReceiptStanding.IN_THE_BOX:
        return False
    box = house.boxes.of(held.round_.id)
    same_group = invitation.perspective == ballots.perspective_behind(box, house.hasher, held.code)
    return same_group and ballots.place_of(box, invitation.id).responded


def _sheet(held: Held, language: str) -> Sheet:
    box = installation().boxes.of(held.round_.id)
    perspective = ballots.perspective_behind(box, installation().hasher, held.code)
    return sheet_for(held.round_, perspective, language, by_code=True)


def _back(sheet: Sheet, held: Held, faults: dict[str, str] | None = None) -> Response:
    page = filled_page(sheet, held.code, filled(sheet, request.form, faults))
    return answer(page, "list_more", sheet.language, 200 if "switch" in request.form else UNPROCESSABLE)
