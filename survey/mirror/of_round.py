"""The mirror of a stored round: gathers the plain values and holds it up, or says why it cannot be shown yet.

It must not know any address: who was invited to an anonymous group is out of its reach, and the company's name is told
by whoever asks.
"""

import json
from dataclasses import replace
from datetime import datetime

from survey.clock import day_of
from survey.mirror.asked_by_name import asked_by_name
from survey.mirror.beside import facts_beside
from survey.mirror.facts import EarlierMirror, LookBack, NamedPerson, OwnView, RoundFacts
from survey.mirror.holding_up import hold_up_mirror
from survey.mirror.reports import MirrorReport, Scan
from survey.mirror.words import words_in
from survey.scoring import from_document
from survey.store.database import db
from survey.store.named_facts import facts_of_voices
from survey.store.rounds import Round, round_before
from survey.store.scan_outcomes import scan_outcome_of


class NotCounted(Exception):
    """There is no release: the round runs, waits to be counted, or was cancelled."""


class OwnViewMissing(Exception):
    """The owner's own picture is not in; until it is, nothing of the results is shown."""


def mirror_of(round_: Round, company: str, language: str, look_back: LookBack | None = None) -> MirrorReport:
    """Return the mirror of a counted round whose self-assessment is in. Raises NotCounted, OwnViewMissing.

    look_back: what was agreed about the mirror before, brought by whoever may read it.
    """
    if round_.release is None or round_.counted_at is None:
        raise NotCounted
    own = round_.self_assessment
    if own is None or own.handed_in_at is None:
        raise OwnViewMissing
    view = OwnView(own.answers, own.predictions, own.texts, own.beside, own.after_close)
    release = from_document(json.loads(round_.release.document))
    report = hold_up_mirror(
        release, view, facts_of(round_, company, round_.release.digest), language, look_back, _earlier(round_)
    )
    documents, words = facts_of_voices(round_.id), words_in(language)
    return replace(
        report,
        beside=facts_beside(documents, report.speakers, words),
        asked_by_name=asked_by_name(view.beside, documents, report.speakers, words),
        scan=_scan(round_),
    )


def _scan(round_: Round) -> Scan | None:
    kept = scan_outcome_of(round_.id)
    return Scan(kept.name, kept.scanned_on, kept.score, kept.scale, kept.people, kept.note) if kept else None


def _earlier(round_: Round) -> EarlierMirror | None:
    """The mirror before this one; none while its owner may not see it himself."""
    before = round_before(round_)
    if before is None or before.release is None:
        return None
    own = before.self_assessment
    if own is None or own.handed_in_at is None:
        return None
    return EarlierMirror(
        closed_on=before.closes_on,
        release=from_document(json.loads(before.release.document)),
        own_answers=own.answers,
        people=_people(before),
        moved={group.perspective: group.moved for group in round_.groups},
    )


def _people(round_: Round) -> tuple[NamedPerson, ...]:
    return tuple(NamedPerson(voice.id, voice.perspective, voice.name) for voice in round_.voices)


def facts_of(round_: Round, company: str, digest: str) -> RoundFacts:
    """Return what everybody may know of a round."""
    early = round_.closed_at if round_.closed_early else None
    return RoundFacts(
        company=company,
        owner=round_.subject_name,
        first_name=round_.subject_name.split(" ")[0],
        edition=round_.questionnaire,
        opens_on=round_.opens_on,
        closes_on=round_.closes_on,
        partner=round_.partner_name,
        conversation_on=round_.conversation_on,
        groups=tuple(group.perspective for group in round_.groups),
        people=_people(round_),
        digest=digest,
        closed_early_on=day_of(early) if early else None,
        kind=round_.kind,
    )


def open_mirror(round_: Round, now: datetime) -> None:
    """Write down that the owner opened the mirror, the first time only. Raises NotCounted."""
    if round_.counted_at is None:
        raise NotCounted
    if round_.opened_mirror_at is None:
        round_.opened_mirror_at = now
        db.session.commit()
