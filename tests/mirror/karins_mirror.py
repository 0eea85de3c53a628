"""The bakery's mirror, made from the story's answers without a database."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from survey import story
from survey.counting import scored_items
from survey.mirror import Agreed, LookBack, MirrorReport, NamedPerson, OwnView, RoundFacts, hold_up_mirror
from survey.questionnaires import load
from survey.scoring import AnonymousGroup, NamedVoice, Release, canonical, digest, release
from survey.store.database import db
from survey.store.rounds import ReleaseRecord, Round, SelfAssessment

KEY = b"the key of this round"
EMPLOYEES = "abcdefghi"
VOICES = {"rob": "accountant", "joost": "bank", "anneke": "peer_1", "willem": "peer_2"}
PEOPLE = (
    NamedPerson("accountant", "accountant", "Rob de Wit"),
    NamedPerson("bank", "bank", "Joost Meijer"),
    NamedPerson("peer_1", "peer", "Anneke Postma"),
    NamedPerson("peer_2", "peer", "Willem van Dam"),
)
QUESTIONS = ("goes_well", "needs_attention", "seen_by_few")


def texts_of(name: str) -> dict[str, str]:
    """What this person wrote, by question."""
    writing = story.WRITINGS.get(name, story.Writing())
    return {question: text for question in QUESTIONS if (text := getattr(writing, question))}


def released(
    answers: dict[str, dict[str, Any]] | None = None,
    employees: str = EMPLOYEES,
    voices: dict[str, str] | None = None,
) -> Release:
    """The release of the story, or of other answers, for these employees and voices."""
    told = story.answers() if answers is None else answers
    texts: dict[str, list[str]] = {}
    for name in employees:
        for question, text in texts_of(name).items():
            texts.setdefault(question, []).append(text)
    staff = AnonymousGroup("employees", [told[name] for name in employees], 9, texts)
    named = [NamedVoice(voice, told[name], texts_of(name)) for name, voice in (voices or VOICES).items()]
    return release(scored_items(load("spiegel-1")), [staff, *named], KEY)


def own_view(**changes: Any) -> OwnView:
    """What Karin handed in."""
    return replace(OwnView(story.answers()["karin"], story.PREDICTED, texts_of("karin")), **changes)


def facts_of(result: Release, **changes: Any) -> RoundFacts:
    """The facts of Karin's round."""
    plan = story.plan(date(2026, 11, 20))
    facts = RoundFacts(
        company=story.COMPANY,
        owner=story.OWNER.name,
        first_name="Karin",
        edition="spiegel-1",
        opens_on=plan.opens_on,
        closes_on=plan.closes_on,
        partner=story.PARTNER.name,
        conversation_on=plan.conversation_on,
        groups=("employees", "accountant", "bank", "peer"),
        people=PEOPLE,
        digest=digest(canonical(result)),
    )
    return replace(facts, **changes)


def mirror(result: Release | None = None, language: str = "nl", **changes: Any) -> MirrorReport:
    """The bakery's mirror; changes are to its facts."""
    result = result or released()
    return hold_up_mirror(result, own_view(), facts_of(result, **changes), language)


LOOK_BACK = LookBack(
    date(2026, 5, 22),
    (
        Agreed(
            who="Karin en Chantal",
            what="Het rooster hangt twee weken vooruit in de kantine.",
            when="vanaf 15 juni",
            figure="ruilverzoeken per week",
            outcome="partly",
            note="De vroege ploeg heeft het rooster op tijd. Voor de winkel bleef het een week.",
        ),
        Agreed("Karin", "Elke maand een uur met Rob over het geld.", "de eerste dinsdag", "", "done", ""),
        Agreed("Karin", "Joost bellen voor de tweede oven.", "", "", "", ""),
    ),
)

COUNTED = datetime(2026, 11, 21, 1, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 9, tzinfo=UTC)


def hand_in(round_: Round, *, after_close: bool = False) -> None:
    """Keep Karin's own picture with a stored round, handed in."""
    view = own_view()
    round_.self_assessment = SelfAssessment(
        answers=dict(view.answers),
        predictions=json.loads(json.dumps(view.predictions)),
        texts=dict(view.texts),
        handed_in_at=COUNTED,
        after_close=after_close,
    )
    db.session.commit()


def count(round_: Round) -> None:
    """Keep the story's release with a stored round, as counting would."""
    document = canonical(released())
    round_.release = ReleaseRecord(document=document, digest=digest(document))
    round_.closed_at = round_.counted_at = COUNTED
    db.session.commit()
