"""A release changes in one way: a voice or a text goes when its person asks, and nothing else moves."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from survey import story
from survey.installation import Installation
from survey.redaction import REMOVED, NothingReleased, TextUnknown, VoiceUnknown, redact_text, redact_voice
from survey.scoring import Kind, Release, digest, from_document
from survey.store.database import db
from survey.store.people import invitations_of
from survey.store.rounds import Round, redactions_of
from tests.test_counting import close_and_count, everybody_answers

SAID = story.WRITINGS["b"].goes_well


@pytest.fixture
def counted_round(house: Installation, open_round: Round, clock: story.MovableClock) -> Round:
    """Everybody answered, and the round is counted."""
    everybody_answers(house, open_round, invitations_of(open_round.id))
    close_and_count(house, open_round, clock)
    return open_round


def release_of(round_: Round) -> Release:
    assert round_.release is not None
    return from_document(json.loads(round_.release.document))


def words_on_disk(house: Installation, words: str) -> list[Path]:
    files = filter(Path.is_file, house.settings.data.rglob("*"))
    return [file for file in files if words.encode() in file.read_bytes()]


def test_a_text_is_replaced_and_every_number_stays(house: Installation, counted_round: Round) -> None:
    before = release_of(counted_round)
    redact_text(counted_round, "employees", "goes_well", SAID, house.clock())
    after = release_of(counted_round)
    assert replace(after, texts=before.texts) == before
    [said] = [texts for texts in after.texts if (texts.perspective, texts.question) == ("employees", "goes_well")]
    assert REMOVED in said.texts
    assert SAID not in said.texts
    assert len(said.texts) == 7
    assert words_on_disk(house, SAID) == []


def test_a_voice_goes_with_its_name_and_the_group_keeps_its_numbers(house: Installation, counted_round: Round) -> None:
    before = release_of(counted_round)
    redact_voice(counted_round, "bank", house.clock())
    after = release_of(counted_round)
    assert {one.id for one in before.perspectives} - {one.id for one in after.perspectives} == {"bank"}
    assert "bank" not in str(after.cells + after.texts + after.visibility)
    anonymous = {one.id for one in after.perspectives if one.kind is Kind.ANONYMOUS}
    assert [cell for cell in after.cells if cell.perspective in anonymous] == [
        cell for cell in before.cells if cell.perspective in anonymous
    ]
    [voice] = [voice for voice in counted_round.voices if voice.id == "bank"]
    assert voice.name == REMOVED


def test_each_redaction_is_written_down_with_the_hash_of_before(house: Installation, counted_round: Round) -> None:
    assert counted_round.release is not None
    first = counted_round.release.digest
    redact_voice(counted_round, "bank", house.clock())
    redact_text(counted_round, "employees", "goes_well", SAID, house.clock())
    log = sorted(redactions_of(counted_round.id), key=lambda one: one.old_digest != first)
    assert [(one.voice, one.question) for one in log] == [("bank", None), (None, "goes_well")]
    assert log[0].new_digest == log[1].old_digest
    assert log[1].new_digest == counted_round.release.digest == digest(counted_round.release.document)


def test_what_is_not_there_cannot_be_taken_out(house: Installation, counted_round: Round, noise: Round) -> None:
    redact_voice(counted_round, "bank", house.clock())
    for voice in ("bank", "employees", "nobody"):
        with pytest.raises(VoiceUnknown):
            redact_voice(counted_round, voice, house.clock())
    for text in ("Dit schreef niemand.", REMOVED):
        with pytest.raises(TextUnknown):
            redact_text(counted_round, "employees", "goes_well", text, house.clock())
    with pytest.raises(NothingReleased):
        redact_text(noise, "employees", "goes_well", SAID, house.clock())
    db.session.rollback()
    assert len(redactions_of(counted_round.id)) == 1


def test_the_name_of_a_voice_that_never_answered_goes_too_and_the_release_stays(
    house: Installation, open_round: Round, clock: story.MovableClock
) -> None:
    answering = [one for one in invitations_of(open_round.id) if one.perspective != "bank"]
    everybody_answers(house, open_round, answering)
    close_and_count(house, open_round, clock)
    before = release_of(open_round)
    redact_voice(open_round, "bank", house.clock())
    assert [voice.name for voice in open_round.voices if voice.id == "bank"] == [REMOVED]
    assert release_of(open_round) == before
    assert redactions_of(open_round.id) == []
    with pytest.raises(VoiceUnknown):
        redact_voice(open_round, "bank", house.clock())
