"""Redaction: the one way in which a release changes after it was published.

A named voice, or one text, is taken out when the person asks for it. Every number of an anonymous group stays what it
is; what was before is known by its hash only. It must not know who anybody is, beyond the name a voice was given.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from survey.scoring import REMOVED, Release, ReleasedTexts, canonical, digest, from_document
from survey.store.database import db, leave_no_old_versions
from survey.store.named_facts import NamedFacts
from survey.store.rounds import Redaction, ReleaseRecord, Round, Voice


class NothingReleased(Exception):
    """The round was not counted: there is nothing to take anything out of."""


class VoiceUnknown(Exception):
    """Nobody of this round answered by this name, or was taken out before."""


class TextUnknown(Exception):
    """The release holds no such text, or it was taken out before."""


def redact_voice(round_: Round, voice_id: str, now: datetime) -> None:
    """Take all that one named voice said, and the name, out of a round. Raises NothingReleased, VoiceUnknown."""
    voice = next((voice for voice in round_.voices if voice.id == voice_id and voice.name != REMOVED), None)
    if voice is None:
        raise VoiceUnknown(voice_id)
    _rewrite(round_, lambda release: _without_voice(release, voice_id), now, voice=voice_id)
    db.session.execute(db.delete(NamedFacts).where(NamedFacts.round_id == round_.id, NamedFacts.voice == voice_id))
    voice.name = REMOVED
    _settle()


def redact_text(round_: Round, perspective: str, question: str, text: str, now: datetime) -> None:
    """Put `REMOVED` in the place of one text. Raises NothingReleased, TextUnknown."""
    _rewrite(round_, lambda release: _without_text(release, perspective, question, text), now, question=question)
    _settle()


def _rewrite(round_: Round, change: Callable[[Release], Release], now: datetime, **what: str) -> None:
    record = round_.release
    if record is None:
        raise NothingReleased
    document = canonical(change(from_document(json.loads(record.document))))
    if document == record.document:
        return  # invited by name and never answered: only the name is there to take out
    before, record.document, record.digest = record.digest, document, digest(document)
    db.session.add(Redaction(round_id=round_.id, redacted_at=now, old_digest=before, new_digest=record.digest, **what))


def _settle() -> None:
    db.session.commit()
    leave_no_old_versions(ReleaseRecord, Voice, NamedFacts)


def _without_voice(release: Release, voice: str) -> Release:
    return replace(
        release,
        perspectives=tuple(one for one in release.perspectives if one.id != voice),
        cells=tuple(cell for cell in release.cells if cell.perspective != voice),
        visibility=tuple(seen for seen in release.visibility if seen.perspective != voice),
        texts=tuple(texts for texts in release.texts if texts.perspective != voice),
    )


def _without_text(release: Release, perspective: str, question: str, text: str) -> Release:
    def redacted(texts: ReleasedTexts) -> ReleasedTexts:
        if (texts.perspective, texts.question) != (perspective, question) or text not in texts.texts:
            return texts
        place = texts.texts.index(text)
        return replace(texts, texts=(*texts.texts[:place], REMOVED, *texts.texts[place + 1 :]))

    changed = replace(release, texts=tuple(redacted(texts) for texts in release.texts))
    if changed == release or text == REMOVED:
        raise TextUnknown(question)
    return changed
