"""What follows a counted round in the story: Petra looks along, they talk and agree, Karin tells and looks back."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from survey import story, story_before
from survey.conversation import STEPS
from survey.demo.rounds_told import RoundTold
from survey.demo.stage import Stage, day_fields, fill, path_of
from survey.visitor import Visitor
from survey.web.owner.sharing import key_of

A_YEAR: Final = "365"
WITH_WORDS: Final = "words"


def open_mirror(stage: Stage, karin: Visitor, told: RoundTold) -> None:
    """Let Karin open her mirror on the day after the count."""
    stage.move_to(told.plan.closes_on + timedelta(days=1), 10)
    page = karin.open(f"{told.path}/spiegel")
    karin.send(page, page.form_to("/spiegel"), {})


def share(karin: Visitor, told: RoundTold) -> None:
    """Share a mirror with the coach for a year, with what people wrote, and the dates of the rounds."""
    key = key_of(story.PARTNER.address)
    chosen = {f"scope-{key}": WITH_WORDS, f"relation-{key}": "y", f"until-{key}": A_YEAR}
    fill(karin, karin.open(f"{told.path}/delen"), chosen)


def look_along(stage: Stage, told: RoundTold) -> None:
    """Let the coach make an account, answer her mail, read the mirror and prepare the conversation."""
    stage.send_mail()
    offer = stage.link_to(story.PARTNER, "/meekijken/")
    petra = stage.open_account(story.PARTNER)
    page = petra.open(offer)
    petra.send(page, page.form_to(path_of(page)), {})
    shared = told.path.replace("/ronde/", "/klanten/")
    petra.open(f"{shared}/spiegel")
    _write(petra, f"{shared}/gesprek", {"before": story_before.COACHS_NOTE})


def talk(stage: Stage, karin: Visitor, told: RoundTold, next_opens_on: date) -> None:
    """Let Karin and Petra sit at one table: guess, see, choose, write, agree, and pick the days."""
    path, day = told.path, told.plan.conversation_on
    stage.move_to(day, 10)
    _write(karin, f"{path}/gesprek/raden", {"guess": story_before.GUESS})
    fill(karin, karin.open(f"{path}/gesprek/zien"), {"topic": story_before.TOPICS})
    for number, topic in enumerate(story_before.TOPICS, start=1):
        _talk_about(karin, f"{path}/gesprek/{number}", topic)
    _write(karin, f"{path}/gesprek/afronden", {"tell_whom": story_before.TELL_WHOM})
    _write(karin, f"{path}/afspraken", _of_agreements(story_before.AGREED))
    _put_in_calendar(karin, path, "conversation", {"time": story_before.STARTS_AT, **day_fields("day", day)})
    _put_in_calendar(karin, path, "next_round", day_fields("day", next_opens_on))


def tell_back(stage: Stage, karin: Visitor, told: RoundTold) -> None:
    """Let everybody who was invited read what Karin heard and what changes."""
    texts = {f"t.tell_back.{part}": text for part, text in story_before.TOLD_BACK.items()}
    fill(karin, karin.open(f"{told.path}/terugvertellen"), {**texts, "press": "publish"})
    stage.send_mail()


def say_what_came_of_it(karin: Visitor, told: RoundTold) -> None:
    """Let Karin say of each agreement what came of it."""
    _write(karin, f"{told.path}/terugkijken", _of_agreements(story_before.CAME_OF_IT))


def _talk_about(karin: Visitor, address: str, topic: str) -> None:
    notes = story_before.NOTES[topic]
    for step in STEPS:
        if written := {f"{topic}.{note}": notes[note] for note in step.notes if note in notes}:
            _write(karin, f"{address}/{step.id}", written)


def _of_agreements(parts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {f"agreement.{key}.{part}": text for key, agreed in parts.items() for part, text in agreed.items()}


def _write(visitor: Visitor, address: str, texts: Mapping[str, str]) -> None:
    """Write texts at their places on a page, and press its button."""
    fill(visitor, visitor.open(address), {f"t.{place}": text for place, text in texts.items()})


def _put_in_calendar(karin: Visitor, path: str, kind: str, values: Mapping[str, str]) -> None:
    page = karin.open(f"{path}/agenda")
    form = next(form for form in page.forms if form.fields.get("kind") == [kind])
    karin.send(page, form, values)
