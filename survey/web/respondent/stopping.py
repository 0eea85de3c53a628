"""No more mail: one tap, by whoever holds the link at the foot of a mail, or by the mail program itself (RFC 8058)."""

from flask import Response

from survey import invitations
from survey.installation import installation
from survey.invitations import UnknownLink
from survey.store.database import db, start_writing
from survey.web.respondent.door import door
from survey.web.respondent.guests import Guest, LinkUnknown, guest_with_id
from survey.web.respondent.pages import language_for, letter
from survey.web.respondent.promise import called


@door.get("/geen-mail/<token>")
def ask_for_no_mail(token: str) -> Response:
    """Show the button. Looking changes nothing: mail filters look too."""
    round_ = _guest_without_mail(token).round_
    return letter("no_more_mail", language_for(round_), round=round_, first_name=called(round_))


@door.post("/geen-mail/<token>")
def no_more_mail(token: str) -> Response:
    """Stop the reminders, whether a person pressed the button or a mail program did it for him in one click."""
    guest = _guest_without_mail(token)
    again = installation().links.invitation(guest.invitation.id)
    stop_mail_from_here(guest.invitation.id)
    round_ = guest.round_
    return letter("mail_stopped", language_for(round_), round=round_, first_name=called(round_), again=again)


def stop_mail_from_here(invitation_id: str) -> None:
    """Stop reminders to somebody; the one thing at this door that is written in the main database."""
    # What was read so far was read without the write lock: let go of it before asking for the lock.
    db.session.rollback()
    start_writing()
    invitations.stop_mail_to(invitation_id)


def _guest_without_mail(token: str) -> Guest:
    try:
        return guest_with_id(installation().links.read_no_more_mail(token))
    except UnknownLink as damaged:
        raise LinkUnknown from damaged
