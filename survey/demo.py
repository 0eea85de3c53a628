"""Telling the bakery's story through the product's own doors, on a database that holds nothing yet.

Karin opens an account, prepares her round, answers and sends; thirteen people open the link in their mail and answer;
the round closes and is counted. Everything goes in by a page and a mail; only the clock is moved.
"""

import email
import email.policy
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

from flask import Flask

from survey import create_app, story
from survey.addresses import Person
from survey.clock import Clock, day_of, end_of
from survey.installation import installation
from survey.mirror import mirror_of, report_pdf, to_document
from survey.settings import Settings
from survey.store.database import db
from survey.store.people import Account
from survey.store.rounds import find_round
from survey.store.schema import bring_up_to_date
from survey.story import MovableClock
from survey.visitor import FormValues, Page, Visitor
from survey.worker import Worker

BASE = "http://127.0.0.1:8000"
OPERATOR = "Stichting Spiegelronde"
REPORT = "spiegelrapport.pdf"
MIRROR = "mirror.json"
_LINK = re.compile(r"https?://\S+")

Say = Callable[[str], None]


class StoryTold(Exception):
    """The story was told here before; it is told on an empty database only."""


class LetterMissing(Exception):
    """A mail that the story needs was not kept."""


def is_told(app: Flask) -> bool:
    """Say whether Karin has an account here."""
    with app.app_context():
        return db.session.scalar(db.select(Account.id).filter_by(email=story.OWNER.address)) is not None


def tell(settings: Settings, real_clock: Clock, base: str, reports: Path, say: Say) -> None:
    """Tell the story into an installation, and write its report and its mirror as files.

    The round closed at the end of yesterday. Raises StoryTold.
    """
    clock = MovableClock(real_clock())
    app = create_app(settings, clock, base=base)
    bring_up_to_date(app)
    if is_told(app):
        raise StoryTold
    _Telling(app, clock, base, say).tell(day_of(real_clock()) - timedelta(days=1), reports)
    with app.app_context():
        db.engine.dispose()


class _Telling:
    """The story, step by step, with Karin at one browser and everybody else at their own."""

    def __init__(self, app: Flask, clock: MovableClock, base: str, say: Say) -> None:
        self._app = app
        self._clock = clock
        self._base = base
        self._say = say
        self._worker = Worker(app)
        self._mails = installation(app).settings.kept_mails
        self._karin = Visitor(app, base)

    def tell(self, closes_on: date, reports: Path) -> None:
        """Tell the whole story of a round that closes on this day."""
        plan = story.plan(closes_on)
        self._clock.move_to(plan.opens_on - timedelta(days=1), 10)
        self._say("Karin opens an account and adds her bakery.")
        company = self._open_an_account()
        self._say("She prepares a round: nine employees, her accountant, her bank, two other owners.")
        round_path = self._prepare(company, closes_on)
        self._say("She answers first, and says what she expects of each group.")
        self._answer_herself(round_path)
        self._send(round_path)
        self._clock.move_to(plan.opens_on, 12)
        self._worker.send_mail()
        self._say("Thirteen people open the link in their mail and answer.")
        for address, name in story.respondents().items():
            self._answer(address, name)
        self._clock.moment = end_of(closes_on) + timedelta(minutes=1)
        self._say("The round closes; the ballots are counted once and destroyed.")
        self._worker.keep_rounds()
        self._worker.send_mail()
        self._write_files(round_path, reports)

    def _open_an_account(self) -> str:
        page = self._karin.open("/account/nieuw")
        page = self._fill(self._karin, page, {"name": story.OWNER.name, "email": story.OWNER.address})
        self._worker.send_mail()
        page = self._karin.open(self._link_to(story.OWNER, "/bevestigen/"))
        self._karin.send(page, page.form_to(_path(page)), {})
        page = self._karin.open("/bedrijven/nieuw")
        company = self._fill(self._karin, page, {"name": story.COMPANY})
        page = self._karin.open("/wachtwoord")
        self._fill(self._karin, page, {"new_password": story.PASSWORD, "new_password_confirm": story.PASSWORD})
        return _path(company)

    def _prepare(self, company: str, closes_on: date) -> str:
        page = self._karin.open(f"{company}/voorbereiden")
        page = self._karin.send(page, page.form_with("partner_name"), {**_plan_fields(closes_on), "press": "next"})
        return _path(page).removesuffix("/verzenden")

    def _answer_herself(self, round_path: str) -> None:
        page = self._karin.open(f"{round_path}/zelfbeeld")
        told = {item: str(mark) for item, mark in story.answers()["karin"].items()}
        told |= vars(story.WRITINGS["karin"])
        told |= {
            f"verwacht.{who}.{what}": str(mark) for who, all_ in story.PREDICTED.items() for what, mark in all_.items()
        }
        while True:
            form = next((form for form in page.forms if "press" in form.names), None)
            if form is None:
                break
            page = self._karin.send(
                page, form, {**{name: told[name] for name in form.names & told.keys()}, "press": "next"}
            )
        self._karin.send(page, page.form_to(_path(page)), {})

    def _send(self, round_path: str) -> None:
        page = self._karin.open(f"{round_path}/verzenden")
        self._karin.send(page, page.form_with("seen"), {})

    def _answer(self, address: str, name: str) -> None:
        visitor = Visitor(self._app, self._base)
        page = visitor.open(self._link_to(Person("", address), "/u/"))
        page = visitor.send(page, page.form_to(_path(page)), {})
        marks = {item: str(mark) for item, mark in story.answers()[name].items()}
        texts = {question: text for question, text in vars(story.WRITINGS[name]).items() if text}
        visitor.send(page, page.form_with("gut_feeling"), {**marks, **texts})

    def _write_files(self, round_path: str, reports: Path) -> None:
        reports.mkdir(parents=True, exist_ok=True)
        with self._app.app_context():
            round_ = find_round(round_path.rpartition("/")[2])
            assert round_ is not None
            mirror = mirror_of(round_, story.COMPANY, round_.language)
            (reports / REPORT).write_bytes(report_pdf(mirror))
            text = json.dumps(to_document(mirror), ensure_ascii=False, indent=1)
            (reports / MIRROR).write_text(text + "\n", encoding="utf-8")

    def _fill(self, visitor: Visitor, page: Page, values: FormValues) -> Page:
        return visitor.send(page, page.form_with(*values), values)

    def _link_to(self, person: Person, path: str) -> str:
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


def _plan_fields(closes_on: date) -> dict[str, str]:
    plan = story.plan(closes_on)
    days = {"conversation": plan.conversation_on, "opens": plan.opens_on, "closes": plan.closes_on}
    return {
        "partner_name": plan.partner.name,
        "partner_address": plan.partner.address,
        "contact_name": plan.contact.name,
        "contact_address": plan.contact.address,
        **{
            f"{name}-{part}": str(getattr(day, part)) for name, day in days.items() for part in ("day", "month", "year")
        },
        **{group.perspective: _lines(group.people) for group in plan.groups},
    }


def _lines(people: tuple[Person, ...]) -> str:
    return "\n".join(f"{person.name} <{person.address}>" for person in people)


def _path(page: Page) -> str:
    return re.sub(r"^https?://[^/]+", "", page.url).partition("?")[0]
