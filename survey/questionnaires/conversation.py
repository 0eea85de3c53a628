"""The words that a mirror report and a conversation use about an edition: labels, questions and guidelines.

Nobody answers to these words, so they live in a file of their own that may be improved while the edition stays as it
is. It must not know anybody's answers: which question fits is decided where the gap is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal, get_args

from survey.questionnaires.edition_file import content_of, editions, load
from survey.questionnaires.made_from import MADE_FROM
from survey.questionnaires.questionnaire import Item, NotInThisEdition, Questionnaire, Words
from survey.questionnaires.section import Section

Direction = Literal["self_higher", "self_lower"]
"""Whose answer is the healthier one, after turning round a reversed item. For a prediction: what the owner expected."""

Occasion = Literal[
    "shared_strength",
    "hidden_strength",
    "shared_concern",
    "parties_disagree",
    "predicted_too_high",
    "predicted_too_low",
]
"""A question that belongs to a page of the report and not to one item. The predicted ones are for theme marks."""

GUIDELINES: Final = 11


@dataclass(frozen=True)
class Guideline:
    """One of the eleven practical guidelines of the 3SV report (section 8.3), in our own words."""

    number: int
    items: tuple[str, ...]
    """Ids of the items at which it may stand."""
    text: Words = field(repr=False)


@dataclass(frozen=True)
class ItemWords:
    """What the report says about one item."""

    label: Words
    questions: Mapping[Direction, Words]


@dataclass(frozen=True, eq=False)
class ConversationWords:
    """All words of the report and the conversation for one edition. Look-ups never fall back to another language."""

    edition: Questionnaire
    items: Mapping[str, ItemWords] = field(repr=False)
    general: Mapping[Occasion, Words] = field(repr=False)
    not_seen: Mapping[str, Words] = field(repr=False)
    facts_first: Words = field(repr=False)
    guidelines: tuple[Guideline, ...] = field(repr=False)

    def label(self, item_id: str, language: str) -> str:
        """Return a few neutral words for an item: neither praise nor blame, whichever way it was answered."""
        return self._in(self._words_of(item_id).label, language)

    def question(self, item_id: str, direction: Direction, language: str) -> str:
        """Return the one question for a gap: it asks for something that happened."""
        return self._in(self._words_of(item_id).questions[direction], language)

    def general_question(self, occasion: Occasion, language: str) -> str:
        """Return a question that belongs to a page and not to one item."""
        return self._in(self.general[occasion], language)

    def not_seen_line(self, item: Item, language: str) -> str:
        """Return what stands with an item that most cannot judge: a question, or for a hard item that it is normal.

        An item that everyone answers about the owner for himself (`respondent`) is read like one about the owner.
        """
        key = (
            "hard" if item.kind == "hard" else f"soft_{'company' if item.referent in ('company', 'work') else 'owner'}"
        )
        return self._in(self.not_seen[key], language)

    def facts_first_line(self, language: str) -> str:
        """Return what comes before the question when a gap is on a hard item."""
        return self._in(self.facts_first, language)

    def guidelines_for(self, item_id: str) -> tuple[Guideline, ...]:
        """Return the guidelines that may stand at an item, by number; often none."""
        return tuple(guideline for guideline in self.guidelines if item_id in guideline.items)

    def guideline(self, number: int, language: str) -> str:
        """Return the text of a guideline, numbered 1 to 11 as in the 3SV report; raises `NotInThisEdition`."""
        for guideline in self.guidelines:
            if guideline.number == number:
                return self._in(guideline.text, language)
        raise NotInThisEdition(f"Edition {self.edition.id} has no guideline {number}.")

    def _words_of(self, item_id: str) -> ItemWords:
        return self.items[self.edition.item(item_id).id]

    def _in(self, words: Words, language: str) -> str:
        if language not in words:
            raise NotInThisEdition(f"Edition {self.edition.id} has no words for {language!r}.")
        return words[language]


@cache
def load_conversation(edition_id: str) -> ConversationWords:
    """Return the words beside an edition, read once per process.

    Raises `UnknownEdition`, and `FaultyEdition` when an item or a language misses its words.
    """
    edition = load(edition_id)
    name = f"{edition_id}.conversation.toml"
    return read_conversation(content_of(name), name, edition)


def read_conversation(content: bytes, file_name: str, edition: Questionnaire) -> ConversationWords:
    """Return the words written in a file's content, complete for every item and language of the edition."""
    part = Section.of_file(content, file_name)
    if MADE_FROM in part.table:
        base = f"{part.one_of(MADE_FROM, editions())}.conversation.toml"
        part = _words_made_from(part, Section.of_file(content_of(base), base), edition)
    part.one_of("edition", (edition.id,))
    items, general, not_seen = (part.section(key) for key in ("items", "general", "not_seen"))

    def words(section: Section, key: str) -> Words:
        return section.per_language(key, edition.languages, Section.text)

    conversation = ConversationWords(
        edition=edition,
        items={
            item.id: ItemWords(
                label=words(items.section(item.id), "label"),
                questions={direction: words(items.section(item.id), direction) for direction in get_args(Direction)},
            )
            for item in edition.items
        },
        general={occasion: words(general, occasion) for occasion in get_args(Occasion)},
        not_seen={key: words(not_seen, key) for key in ("soft_owner", "soft_company", "hard")},
        facts_first=words(part, "facts_first"),
        guidelines=tuple(
            Guideline(section.number("number"), _known_items(section, edition), words(section, "text"))
            for section in part.sections("guidelines")
        ),
    )
    if [guideline.number for guideline in conversation.guidelines] != list(range(1, GUIDELINES + 1)):
        part.refuse("guidelines", f"they must be numbered 1 to {GUIDELINES}")
    part.refuse_what_nobody_read()
    return conversation


def _words_made_from(part: Section, base: Section, edition: Questionnaire) -> Section:
    """The words of another edition for the items that this one still asks, and its own beside them."""
    asked = {item.id for item in edition.items}
    items = {key: words for key, words in base.section("items").table.items() if key in asked}
    guidelines = [
        {**guideline.table, "items": [id_ for id_ in guideline.texts("items") if id_ in asked]}
        for guideline in base.sections("guidelines")
    ]
    own = {key: value for key, value in part.table.items() if key not in (MADE_FROM, "items")}
    added = part.section("items").table if "items" in part.table else {}
    return Section({**base.table, **own, "items": {**items, **added}, "guidelines": guidelines}, part.place)


def _known_items(section: Section, edition: Questionnaire) -> tuple[str, ...]:
    known = {item.id for item in edition.items}
    for item_id in section.texts("items"):
        if item_id not in known:
            section.refuse("items", f"{item_id!r} is not an item of {edition.id}")
    return section.texts("items")
