"""Where the story is told: the installation, a clock that can be moved, the kept mails, and people at browsers."""

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import date, datetime
from email.message import EmailMessage
from typing import Final

from flask import Flask

from survey import story
from survey.addresses import Person
from survey.clock import at_hour
from survey.installation import installation
from survey.story import MovableClock
from survey.visitor import FormValues, Page, Visitor
from survey.worker import Worker

_LINK: Final = re.compile(r"https?://\S+")


class LetterMissing(Exception):
    """A mail that the story needs was not kept."""


class Stage:
    """One installation on which the story is told."""

    def __init__(self, app: Flask, clock: MovableClock, base: str) -> None:
        self.app = app
        self._clock = clock
        self._base = base
        self._worker = Worker(app)
        self._mails = installation(app).settings.kept_mails

    def move_to(self, day: date, hour: int) -> None:
        """Put the clock at an hour of a day, and let the worker do what it does every minute."""
        self.work_at(at_hour(day, hour))

    def work_at(self, moment: datetime) -> None:
        """Let the worker do at this moment what it does every minute: close, count, erase, send what is due."""
        self._clock.moment = moment
        self._worker.keep_rounds()
        self._worker.send_mail()

    def visitor(self) -> Visitor:
        """Return somebody at a browser, whom nobody knows yet."""
        return Visitor(self.app, self._base)

    def open_account(self, person: Person) -> Visitor:
        """Let a person make an account, confirm the address by mail and choose a password."""
        visitor = self.visitor()
        fill(visitor, visitor.open("/account/nieuw"), {"name": person.name, "email": person.address})
        self._worker.send_mail()
        page = visitor.open(self.link_to(person, "/bevestigen/"))
        visitor.send(page, page.form_to(path_of(page)), {})
        both = {"new_password": story.PASSWORD, "new_password_confirm": story.PASSWORD}
        fill(visitor, visitor.open("/wachtwoord"), both)
        return visitor

    def sign_in(self, person: Person) -> Visitor:
        """Let a person who has an account sign in."""
        visitor = self.visitor()
        fill(visitor, visitor.open("/inloggen?way=password"), {"identity": person.address, "passcode": story.PASSWORD})
        return visitor

    def add_company(self, owner: Visitor) -> str:
        """Let an owner add the bakery; return the path of its home."""
        return path_of(fill(owner, owner.open("/bedrijven/nieuw"), {"name": story.COMPANY}))

    def send_mail(self) -> None:
        """Let the mail that is due leave."""
        self._worker.send_mail()

    def link_to(self, person: Person, path: str) -> str:
        """Return the newest link with this in its path that was mailed to a person. Raises LetterMissing."""
        for letter in self._letters_to(person):
            body = letter.get_body(("plain",))
            for link in _LINK.findall(body.get_content() if body else ""):
                if path in link:
                    return str(link)
        raise LetterMissing(f"{person.address} got no mail with {path}")

    def _letters_to(self, person: Person) -> Iterator[EmailMessage]:
        for file in sorted(self._mails.glob("*.eml"), reverse=True):
            letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            assert isinstance(letter, EmailMessage)
            if person.address in str(letter["To"]):
                yield letter


def fill(visitor: Visitor, page: Page, values: FormValues) -> Page:
    """Fill in the first form of a page that has all these fields, and send it."""
    return visitor.send(page, page.form_with(*values), values)


def path_of(page: Page) -> str:
    """Return where a page is, without its host."""
    return re.sub(r"^https?://[^/]+", "", page.url).partition("?")[0]


def day_fields(name: str, day: date) -> dict[str, str]:
    """Return a day as the three fields of a form."""
    return {f"{name}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
