"""The words beside the edition: complete, and one question for each gap."""

from importlib.resources import files

import pytest

from survey.questionnaires import FaultyEdition, NotInThisEdition, load, load_conversation, read_conversation

SPIEGEL = load("spiegel-1")
WORDS = load_conversation("spiegel-1")
CONTENT = (files("survey.questionnaires") / "spiegel-1.conversation.toml").read_text("utf-8")


def refusal_of(before: str, after: str) -> str:
    """What the reader says when the file holds `after` where it held `before`."""
    assert before in CONTENT
    with pytest.raises(FaultyEdition) as refusal:
        read_conversation(CONTENT.replace(before, after, 1).encode(), "words.toml", SPIEGEL)
    return str(refusal.value)


def test_each_item_has_a_question_for_a_gap_in_each_direction() -> None:
    for item in SPIEGEL.items:
        for language in SPIEGEL.languages:
            higher = WORDS.question(item.id, "self_higher", language)
            lower = WORDS.question(item.id, "self_lower", language)
            assert higher != lower


def test_no_two_items_share_a_label() -> None:
    for language in SPIEGEL.languages:
        labels = [WORDS.label(item.id, language) for item in SPIEGEL.items]
        assert len(set(labels)) == len(SPIEGEL.items)


def test_what_most_cannot_judge_asks_where_the_owner_shows_it() -> None:
    assert WORDS.not_seen_line(SPIEGEL.item("decisions_in_time"), "nl") == "Waar laat je dit zien?"
    assert WORDS.not_seen_line(SPIEGEL.item("would_think_along"), "nl") == "Waar laat je dit zien?"
    assert WORDS.not_seen_line(SPIEGEL.item("room_to_act"), "nl") == "Waar kunnen anderen dit zien?"


def test_that_most_cannot_judge_a_fact_is_normal_and_no_question() -> None:
    assert WORDS.not_seen_line(SPIEGEL.item("cash_outlook"), "nl") == "Dit zien de meeste mensen niet. Dat is gewoon."


def test_a_gap_on_a_fact_begins_with_the_fact() -> None:
    assert WORDS.facts_first_line("nl") == "Zoek eerst samen op wat de cijfers zeggen."


def test_a_page_has_a_question_of_its_own() -> None:
    assert WORDS.general_question("shared_strength", "en") == "What do you do here that you want to keep?"


def test_a_guideline_stands_at_its_topics_only() -> None:
    def numbers(item_id: str) -> list[int]:
        return [guideline.number for guideline in WORDS.guidelines_for(item_id)]

    assert numbers("carries_alone") == [1, 2]
    assert numbers("acts_on_criticism") == [3]
    assert numbers("profit_drivers_known") == numbers("steers_on_figures") == [4]
    assert numbers("figures_current") == numbers("cash_outlook") == [5]
    assert numbers("honest_about_state") == numbers("asks_views") == [6]
    assert numbers("considers_interests") == [7]
    assert numbers("informs_in_time") == numbers("keeps_agreements") == [8]
    assert numbers("recurring_problems") == numbers("decisions_in_time") == [9]
    assert numbers("room_to_act") == numbers("buffer_for_setbacks") == [11]
    assert numbers("order_book") == []


def test_the_whole_story_is_never_brought_up_by_an_answer() -> None:
    assert WORDS.guidelines[9].number == 10
    assert WORDS.guidelines[9].items == ()
    assert WORDS.guideline(10, "nl").startswith("Vraag je om geld of tijd?")


def test_words_that_are_not_there_are_refused() -> None:
    with pytest.raises(NotInThisEdition, match="no item 'holidays'"):
        WORDS.label("holidays", "nl")
    with pytest.raises(NotInThisEdition, match="no words for 'fr'"):
        WORDS.label("order_book", "fr")
    with pytest.raises(NotInThisEdition, match="no guideline 12"):
        WORDS.guideline(12, "nl")


@pytest.mark.parametrize(
    ("before", "after", "refusal"),
    [
        ('edition = "spiegel-1"', 'edition = "spiegel-2"', "words.toml, edition: 'spiegel-2' is not one of spiegel-1."),
        ("[items.order_book]", "[items.orders]", "words.toml, items, order_book: this is missing."),
        ('label.en = "Work in sight"', "", "words.toml, items, order_book, label, en: this is missing."),
        ("self_lower.en", "self_lower.de", "items, gut_feeling, self_lower, en: this is missing."),
        ("shared_concern.nl", "shared_worry.nl", "words.toml, general, shared_concern, nl: this is missing."),
        ('label.en = "Work in sight"', 'label.en = "Work"\nlabel.fr = "A"', "label, fr: this key means nothing here."),
        ("number = 4", "number = 5", "words.toml, guidelines: they must be numbered 1 to 11."),
        ('["acts_on_criticism"]', '["holidays"]', "guidelines 3, items: 'holidays' is not an item of spiegel-1."),
    ],
)
def test_words_that_are_missing_or_mean_nothing_stop_the_build(before: str, after: str, refusal: str) -> None:
    assert refusal in refusal_of(before, after)
