"""Mail about an account: written by us, put in the outbox in the transaction of what it tells.

The library says which mail and to whom; its own texts are not used. Links begin with the canonical address, never
with the host of a request.
"""

from typing import Any, Final

from flask import Flask, Response, after_this_request, g, url_for
from flask_security import MailUtil
from flask_security.utils import send_mail

from survey.chance import new_id
from survey.installation import installation
from survey.letters import about_account
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account
from survey.web.languages import FIRST, NAMES, language

CODE_MINUTES: Final = 10

TOKEN_PAGES: Final = {
    "confirmation_token": "account.confirm",
    "reset_token": "security.reset_password",
    "token": "account.confirm_address",
}
"""What a mail of the library may carry -> the page of ours that it opens."""


class Post(MailUtil):
    """The library's way to send mail: ours, to the outbox."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)

    def normalize(self, email: str) -> str:
        """Return the address as it is kept: in lower case, so that one mailbox is one account."""
        return str(super().normalize(email)).lower()

    def validate(self, email: str) -> str:
        """Return the address as it is kept; nobody is asked whether it exists."""
        return self.normalize(email)

    def send_mail(
        self, template: str, subject: str, recipient: Any, sender: Any, body: Any, html: Any, **context: Any
    ) -> None:
        """Put our mail of this name in the outbox, in the language of the account."""
        account: Account = context["user"]
        facts = {name: context.get(name) for name in ("login_token", "old_address")}
        for token, page in TOKEN_PAGES.items():
            if context.get(token) and not (token == "token" and "login_token" in context):
                facts["link"] = link_to(page, token=context[token])
        put(template, str(recipient), account.language, **facts)


def put(kind: str, address: str, spoken: str, **facts: Any) -> None:
    """Put a mail about an account in the outbox; it leaves when this request is stored."""
    spoken = spoken if spoken in NAMES else FIRST
    content = about_account(kind, spoken, {"minutes": CODE_MINUTES, "front": link_to("account.front"), **facts})
    mail = OutboxMail(kind="account", address=address, content=content, due_at=installation().clock())
    db.session.add(mail)
    db.session.flush()
    if g.get("writes_to_nobody"):
        db.session.delete(mail)
    after_this_request(commit_after_request)


def write_to_nobody(kind: str, **context: Any) -> None:
    """Do all that a mail to an account costs, and send nothing: time tells nobody who has an account."""
    nobody = Account(email="niemand@spiegelronde.invalid", name="", language=language(), fs_uniquifier=new_id())
    g.writes_to_nobody = True
    send_mail("", nobody.email, kind, user=nobody, **context)
    g.writes_to_nobody = False


def link_to(page: str, **values: Any) -> str:
    """Return the address of a page as mail says it."""
    return installation().links.base + url_for(page, **values)


def commit_after_request(response: Response) -> Response:
    """Store what this request did."""
    db.session.commit()
    return response
