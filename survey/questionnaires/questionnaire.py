"""A questionnaire as it is asked: themes, items, open questions and every sentence a person reads in them.

It must not know who answers, what was answered, or how answers are scored and shown. Every look-up of words names its
language and its reader and gives exactly that sentence: there is no default language and no second best.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar

from survey.perspectives import NAMED, PERSPECTIVES

Axis = Literal["insight", "relation", "both"]
Kind = Literal["hard", "soft"]
Referent = Literal["company", "owner", "respondent", "work"]
"""Whom a statement is about. `respondent`: everyone speaks for himself, so the owner can only predict. `work`: everyone
speaks for himself about his own work; the owner predicts the average of the theme."""

Judgement = Literal["usually", "sometimes", "usually_not"]
"""Whether a role is expected to be able to judge an item. Expectation only: "cannot judge" is open to everyone."""

SELF: Final = "self"
ROLES: Final = (SELF, *PERSPECTIVES)
"""Who reads a sentence: the owner about himself, or one of the perspectives."""

OVERALL: Final = "overall"
"""The place of the gut feeling: asked before all themes, counted in none."""

REFERENT_PLACE: Final = "{referent}"

SHORT: Final = 10
"""Up to so many items stand on one page without headings."""

SECONDS: Final = {"least": 8, "most": 12, "by_name": 6}
"""Per item, in a group and for who knows the company's figures; a list without items is one question to think about."""


Value = TypeVar("Value")


class NotInThisEdition(LookupError):
    """An item, theme, question, language or role was asked for that the edition does not have."""


@dataclass(frozen=True)
class Theme:
    """A group of items that is shown together and has a mark of its own in the mirror."""

    id: str
    axis: Axis


@dataclass(frozen=True)
class Item:
    """One statement, without its words. Its id is a word that never changes; its version follows its wording."""

    id: str
    version: int
    theme: str
    axis: Axis
    kind: Kind
    referent: Referent
    reverse: bool
    """A high raw answer is unhealthy; scoring turns it round."""
    scale: tuple[int, int]
    """Lowest and highest raw answer."""
    judges: Mapping[str, Judgement] = field(hash=False)
    measures: str
    """What the item measures. No two items that measure the same are asked of an anonymous group in one round."""
    thermometer: bool
    cut_first: bool
    """Left out first when a shorter list is wanted."""
    asked_of: tuple[str, ...] = PERSPECTIVES
    """The perspectives that are asked; all of them for most items."""

    @property
    def asked_of_self(self) -> bool:
        """Whether the owner answers the item as well."""
        return self.referent not in ("respondent", "work")

    @property
    def predicted(self) -> bool:
        """Whether the owner predicts, for each perspective, what it will answer."""
        return self.referent == "respondent"


@dataclass(frozen=True)
class OpenQuestion:
    """A question answered in the respondent's own words; always optional."""

    id: str
    max_length: int
    """Most characters that are accepted."""


Words = Mapping[str, str]
"""Language to sentence."""

WordsByRole = Mapping[str, Mapping[str, str]]
"""Language to role to sentence; complete for every role the sentence is shown to."""


@dataclass(frozen=True)
class Wording:
    """All sentences of an edition, complete for each of its languages."""

    name: Words
    period: Words
    management: Words
    axis_names: Mapping[str, Words]
    axis_lines: Mapping[str, Words]
    theme_names: Mapping[str, Words]
    theme_introductions: Mapping[str, Words]
    scale_words: Mapping[str, tuple[str, ...]]
    mark_ends: Mapping[str, tuple[str, str]]
    cannot_judge: WordsByRole
    item_prediction: Words
    theme_prediction: Words
    prediction_ends: Mapping[str, tuple[str, str]]
    statements: Mapping[str, WordsByRole]
    open_questions: Mapping[str, WordsByRole]
    open_question_hints: Mapping[str, WordsByRole]


@dataclass(frozen=True, eq=False)
class Questionnaire:
    """One edition. A round pins its `id`; `fingerprint` shows whether the file is still the one that was pinned."""

    id: str
    fingerprint: str
    """SHA-256 of the edition's file, in hexadecimal."""
    languages: tuple[str, ...]
    themes: tuple[Theme, ...]
    """The themes in the order on the phone. The gut feeling is in none of them."""
    items: tuple[Item, ...]
    """All items in the order on the phone."""
    open_questions: tuple[OpenQuestion, ...]
    themes_predicted_at_once: tuple[str, ...]
    """Perspectives for which the owner is asked for all theme marks; for others it is an offer."""
    themes_are_predicted: bool
    """Whether the owner says beforehand what others will answer per theme. A few items have no themes to predict."""
    wording: Wording = field(repr=False)

    def item(self, item_id: str) -> Item:
        """Return the item with this id; raises `NotInThisEdition`."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise NotInThisEdition(f"Edition {self.id} has no item {item_id!r}.")

    def theme(self, theme_id: str) -> Theme:
        """Return the theme with this id; raises `NotInThisEdition`."""
        for theme in self.themes:
            if theme.id == theme_id:
                return theme
        raise NotInThisEdition(f"Edition {self.id} has no theme {theme_id!r}.")

    def items_for(self, perspective: str) -> tuple[Item, ...]:
        """Return the items that somebody of a perspective is asked, in the order on the phone."""
        return tuple(item for item in self.items if perspective in item.asked_of)

    @property
    def is_short(self) -> bool:
        """Whether all items stand on one page, without themes."""
        return len(self.items) <= SHORT

    def minutes(self, perspective: str) -> tuple[int, int]:
        """Return how many minutes the list takes somebody of a perspective: at least, at most."""
        if self.is_short:
            return 1, 2
        asked = len(self.items_for(perspective))
        if perspective in NAMED:
            usual = max(1, round(asked * SECONDS["by_name"] / 60))
            return usual, usual
        return max(1, round(asked * SECONDS["least"] / 60)), max(1, round(asked * SECONDS["most"] / 60))

    def items_of(self, theme_id: str) -> tuple[Item, ...]:
        """Return the items of a theme (or of `overall`) in the order on the phone."""
        return tuple(item for item in self.items if item.theme == theme_id)

    def themes_of(self, axis: Axis) -> tuple[Theme, ...]:
        """Return the themes of one half of the mirror."""
        return tuple(theme for theme in self.themes if theme.axis == axis)

    def name(self, language: str) -> str:
        """Return the name of the edition."""
        return self._of(self.wording.name, language)

    def period(self, language: str) -> str:
        """Return the words for the period the answers are about."""
        return self._of(self.wording.period, language)

    def management_words(self, language: str) -> str:
        """Return what may stand in the place of the owner's first name: "de directie"."""
        return self._of(self.wording.management, language)

    def axis_name(self, axis: Axis, language: str) -> str:
        """Return the name of one half of the mirror."""
        return self._of(self._of(self.wording.axis_names, axis), language)

    def axis_line(self, axis: Axis, language: str) -> str:
        """Return what one half of the mirror is about, in a few words."""
        return self._of(self._of(self.wording.axis_lines, axis), language)

    def theme_name(self, theme_id: str, language: str) -> str:
        """Return the name of a theme, or of `overall`."""
        return self._of(self._of(self.wording.theme_names, theme_id), language)

    def theme_introduction(self, theme_id: str, language: str, role: str) -> str | None:
        """Return the line above a theme; None for a theme without one and for the owner's own form.

        The line says that not everyone knows this. It names the answer "cannot judge" in the words of the role.
        """
        self._of(self.wording.theme_names, theme_id)
        if role == SELF or theme_id not in self.wording.theme_introductions:
            return None
        line = self._of(self.wording.theme_introductions[theme_id], language)
        return line.replace("{cannot_judge}", self.cannot_judge_words(language, role))

    def scale_words(self, language: str) -> tuple[str, ...]:
        """Return the five worded steps, from 1 to 5."""
        return self._of(self.wording.scale_words, language)

    def mark_ends(self, language: str) -> tuple[str, str]:
        """Return the words at 1 and at 10 of the gut feeling."""
        return self._of(self.wording.mark_ends, language)

    def cannot_judge_words(self, language: str, role: str) -> str:
        """Return the words of the answer that stands apart from the scale."""
        return self._of(self._of(self.wording.cannot_judge, language), role)

    def item_prediction(self, language: str) -> str:
        """Return the question above a predicted item."""
        return self._of(self.wording.item_prediction, language)

    def theme_prediction(self, theme_id: str, language: str) -> str:
        """Return the question for a predicted theme mark."""
        return self._of(self.wording.theme_prediction, language).replace("{theme}", self.theme_name(theme_id, language))

    def prediction_ends(self, language: str) -> tuple[str, str]:
        """Return the words at 1 and at 5 of a predicted theme mark."""
        return self._of(self.wording.prediction_ends, language)

    def statement(self, item_id: str, language: str, role: str, referent: str) -> str:
        """Return the sentence as this role reads it, with the referent in its place.

        `referent` is the owner's first name or `management_words(language)`. It is put in as it is: the caller escapes.
        For role `self` of a predicted item it is the sentence above the owner's predictions.
        """
        return self._spoken(self.wording.statements, item_id, language, role, referent)

    def open_question(self, question_id: str, language: str, role: str, referent: str) -> str:
        """Return the open question as this role reads it."""
        return self._spoken(self.wording.open_questions, question_id, language, role, referent)

    def open_question_hint(self, question_id: str, language: str, role: str) -> str:
        """Return the line under an open question."""
        return self._spoken(self.wording.open_question_hints, question_id, language, role, "")

    def _spoken(self, sentences: Mapping[str, WordsByRole], key: str, language: str, role: str, referent: str) -> str:
        sentence = self._of(self._of(self._of(sentences, key), language), role)
        return name_referent(sentence, referent)

    def _of(self, texts: Mapping[str, Value], key: str) -> Value:
        try:
            return texts[key]
        except KeyError:
            raise NotInThisEdition(f"Edition {self.id} has no words for {key!r}.") from None


def name_referent(sentence: str, referent: str) -> str:
    """Put the referent in its place, with a capital at the start of the sentence ("De directie neemt ...")."""
    if sentence.startswith(REFERENT_PLACE):
        referent = referent[:1].upper() + referent[1:]
    return sentence.replace(REFERENT_PLACE, referent)
