"""One round of the story: prepared by Karin, answered by herself and by everybody else, closed, counted and printed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from survey import story, story_before
from survey.addresses import Person
from survey.clock import end_of
from survey.demo.stage import Stage, day_fields, path_of
from survey.mirror import report_pdf, to_document
from survey.rounds import RoundPlan
from survey.store.rounds import find_round
from survey.visitor import Visitor
from survey.whole_mirror import whole_mirror

Marks = dict[str, int | str]


@dataclass(frozen=True)
class Answered:
    """What is answered in one round. of: person -> item -> answer, as ticked."""

    of: Callable[[], dict[str, Marks]]
    joined_or_left: int | None = None
    with_facts: bool = False


def _answers_before() -> dict[str, Marks]:
    otherwise = story.read_answers(story_before.ANSWERED_OTHERWISE)
    return {name: {**marks, **otherwise.get(name, {})} for name, marks in story.answers().items()}


BEFORE: Final = Answered(_answers_before)
NOW: Final = Answered(story.answers, story_before.JOINED_OR_LEFT, with_facts=True)


class RoundTold:
    """One round, step by step, with Karin at one browser and everybody else at their own."""

    def __init__(self, stage: Stage, answered: Answered, closes_on: date) -> None:
        self.plan: RoundPlan = story.plan(closes_on)
        self.path = ""
        """Where the round is, from when it is prepared."""
        self._stage = stage
        self._answered = answered

    def tell(self, karin: Visitor, company: str) -> None:
        """Tell the whole round."""
        self.prepare(karin, company)
        self.answer_herself(karin)
        self.send(karin)
        self.open()
        self.collect()
        self.close()

    def prepare(self, karin: Visitor, company: str) -> None:
        """Fill in the page for a new round."""
        page = karin.open(f"{company}/voorbereiden")
        fields = {**_plan_fields(self.plan), "press": "next"}
        if self._answered.joined_or_left is not None:
            fields["moved"] = str(self._answered.joined_or_left)
        page = karin.send(page, page.form_with("partner_name"), fields)
        self.path = path_of(page).removesuffix("/verzenden")

    def answer_herself(self, karin: Visitor) -> None:
        """Fill in the own picture with its predictions, part by part, and hand it in."""
        page = karin.open(f"{self.path}/zelfbeeld")
        told = {item: str(mark) for item, mark in self._answered.of()["karin"].items()}
        told |= vars(story.WRITINGS["karin"])
        told |= {
            f"verwacht.{who}.{what}": str(mark) for who, all_ in story.PREDICTED.items() for what, mark in all_.items()
        }
        while True:
            form = next((form for form in page.forms if "press" in form.names), None)
            if form is None:
                break
            known = {name: told[name] for name in form.names & told.keys()}
            page = karin.send(page, form, {**known, "press": "next"})
        karin.send(page, page.form_to(path_of(page)), {})

    def send(self, karin: Visitor) -> None:
        """Let the invitations leave on the morning the round opens."""
        page = karin.open(f"{self.path}/verzenden")
        form = page.form_with("seen")
        karin.send(page, form, {"lock": "none"} if "lock" in form.names else {})

    def open(self) -> None:
        """Let the first day come; the invitations arrive."""
        self._stage.move_to(self.plan.opens_on, 12)

    def collect(self) -> None:
        """Let everybody open the link in the mail and answer."""
        for address, name in story.respondents().items():
            self._answer(address, name)

    def close(self) -> None:
        """Let the last day end; the ballots are counted and the owner hears of it on a morning."""
        self._stage.work_at(end_of(self.plan.closes_on) + timedelta(minutes=1))

    def _answer(self, address: str, name: str) -> None:
        visitor = self._stage.visitor()
        page = visitor.open(self._stage.link_to(Person("", address), "/u/"))
        page = visitor.send(page, page.form_to(path_of(page)), {})
        marks = {item: str(mark) for item, mark in self._answered.of()[name].items()}
        texts = {question: text for question, text in vars(story.WRITINGS[name]).items() if text}
        facts = self._facts(address) if self._answered.with_facts else {}
        visitor.send(page, page.form_with("gut_feeling"), {**marks, **texts, **facts})

    def _facts(self, address: str) -> dict[str, str]:
        if address == story.ACCOUNTANT.address:
            return _figures(self.plan.opens_on)
        if address == story.BANKER.address:
            return {**{f"signal-{id}": seen for id, seen in story.SIGNALS.items()}, "positive": story.POSITIVE}
        return {}


def write_mirror(stage: Stage, round_path: str, report: Path, document: Path | None = None) -> None:
    """Write the mirror of a counted round as a PDF, and as a document when asked."""
    with stage.app.app_context():
        round_ = find_round(round_path.rpartition("/")[2])
        assert round_ is not None
        mirror = whole_mirror(round_, story.COMPANY, round_.language)
        report.write_bytes(report_pdf(mirror))
        if document is not None:
            text = json.dumps(to_document(mirror), ensure_ascii=False, indent=1)
            document.write_text(text + "\n", encoding="utf-8")


def _figures(opens_on: date) -> dict[str, str]:
    ended = opens_on.replace(day=1) - timedelta(days=1)
    fields: dict[str, str] = {}
    for number, parts in enumerate(story.FIGURES, start=1):
        named = dict(zip(("name", "figure", "note"), parts, strict=True)) | {"date": f"{ended:%d-%m-%Y}"}
        fields |= {f"figure-{number}-{part}": text for part, text in named.items()}
    return fields


def _plan_fields(plan: RoundPlan) -> dict[str, str]:
    return {
        "partner_name": plan.partner.name,
        "partner_address": plan.partner.address,
        "contact_name": plan.contact.name,
        "contact_address": plan.contact.address,
        **day_fields("conversation", plan.conversation_on),
        **day_fields("opens", plan.opens_on),
        **day_fields("closes", plan.closes_on),
        **{group.perspective: _lines(group.people) for group in plan.groups},
    }


def _lines(people: tuple[Person, ...]) -> str:
    return "\n".join(f"{person.name} <{person.address}>" for person in people)
