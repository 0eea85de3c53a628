"""The owner's own story: six headings, and nothing in it but what he writes."""

import pytest

from survey import honest_story
from survey.honest_story import HEADINGS, LONGEST_PART, HeadingUnknown, StoryTooLong
from survey.store.database import db
from survey.store.kept_texts import NOTHING, Draft
from survey.store.people import Company
from survey.store.rounds import Round


def test_there_are_six_headings_and_nothing_is_written_for_him(bakery: Company, mirrored_round: Round) -> None:
    assert honest_story.story_of(bakery) == dict.fromkeys(HEADINGS, NOTHING)
    assert len(HEADINGS) == 6


def test_own_words_are_kept_per_heading(bakery: Company) -> None:
    honest_story.keep(bakery, {"plan": Draft("Een tweede oven leasen.", 0)})
    assert honest_story.story_of(bakery)["plan"].text == "Een tweede oven leasen."


def test_two_devices_do_not_overwrite_each_other(bakery: Company) -> None:
    honest_story.keep(bakery, {"plan": Draft("Leasen.", 0)})
    assert honest_story.keep(bakery, {"plan": Draft("Kopen.", 0)}).apart["plan"].text == "Leasen."


def test_a_heading_that_is_not_there_and_a_text_without_end_are_refused(bakery: Company) -> None:
    with pytest.raises(HeadingUnknown):
        honest_story.keep(bakery, {"excuses": Draft("x", 0)})
    with pytest.raises(StoryTooLong):
        honest_story.keep(bakery, {"plan": Draft("x" * (LONGEST_PART + 1), 0)})


def test_every_company_has_its_own(bakery: Company, noise: Round) -> None:
    honest_story.keep(bakery, {"plan": Draft("Leasen.", 0)})
    assert honest_story.story_of(db.session.get_one(Company, noise.company_id))["plan"] == NOTHING
