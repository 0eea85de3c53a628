"""Reads an edition from its file and refuses one that is not whole.

A refusal names the place in the file and what is wrong with it, so that a missing sentence stops the build and never
reaches a reader. It must not know what is done with the edition.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from functools import cache
from importlib.resources import files
from typing import Final, cast

from survey.perspectives import ANONYMOUS, PERSPECTIVES
from survey.questionnaires.made_from import MADE_FROM, made_from
from survey.questionnaires.questionnaire import (
    OVERALL,
    REFERENT_PLACE,
    ROLES,
    SELF,
    Axis,
    Item,
    Judgement,
    Kind,
    OpenQuestion,
    Questionnaire,
    Referent,
    Theme,
    Wording,
    Words,
    WordsByRole,
)
from survey.questionnaires.section import FaultyEdition, Section

EDITIONS: Final = ("spiegel-1", "thermometer-1", "vraag-1", "spiegel-werk-1")

JUDGEMENTS: Final[tuple[Judgement, ...]] = ("usually", "sometimes", "usually_not")
STEPS: Final = 5


class UnknownEdition(LookupError):
    """There is no edition with this id."""


def editions() -> tuple[str, ...]:
    """Return the ids of all editions, oldest first."""
    return EDITIONS


@cache
def load(edition_id: str) -> Questionnaire:
    """Return an edition, read once per process.

    Raises `UnknownEdition`, and `FaultyEdition` when the file misses a key or a sentence in one of its languages.
    """
    if edition_id not in EDITIONS:
        raise UnknownEdition(f"There is no questionnaire {edition_id!r}. There is: {', '.join(EDITIONS)}.")
    name = f"{edition_id}.toml"
    return read_edition(content_of(name), name)


def content_of(file_name: str) -> bytes:
    """Return the content of a file that lies beside the editions."""
    return (files("survey.questionnaires") / file_name).read_bytes()


def read_edition(content: bytes, file_name: str) -> Questionnaire:
    """Return the edition written in a file's content; raises `FaultyEdition`."""
    edition = Section.of_file(content, file_name)
    if MADE_FROM in edition.table:
        base = edition.section(MADE_FROM).one_of("edition", EDITIONS)
        below = content_of(f"{base}.toml")
        edition, content = made_from(edition, Section.of_file(below, f"{base}.toml")), below + content
    languages = edition.texts("languages")
    themes = tuple(_theme(section) for section in edition.sections("themes"))
    _refuse_doubles(file_name, "themes", [theme.id for theme in themes])
    scales = {name: _scale(edition, name) for name in ("agreement", "mark")}
    items = tuple(_item(section, scales, themes) for section in edition.sections("items"))
    _refuse_doubles(file_name, "items", [item.id for item in items])
    _refuse_double_measures(file_name, items)
    questions = tuple(
        OpenQuestion(section.text("id"), section.number("max_length")) for section in edition.sections("open_questions")
    )
    _refuse_doubles(file_name, "open_questions", [question.id for question in questions])
    questionnaire = Questionnaire(
        id=edition.text("id"),
        fingerprint=hashlib.sha256(content).hexdigest(),
        languages=languages,
        themes=themes,
        items=items,
        open_questions=questions,
        themes_predicted_at_once=_perspectives(edition.section("predictions"), "themes_at_once"),
        themes_are_predicted=not edition.section("predictions").flag("of_no_theme"),
        wording=_wording(edition, languages, items),
    )
    edition.refuse_what_nobody_read()
    return questionnaire


def _theme(section: Section) -> Theme:
    return Theme(section.text("id"), cast(Axis, section.one_of("axis", ("insight", "relation"))))


def _scale(edition: Section, name: str) -> tuple[int, int]:
    scale = edition.section("scales").section(name)
    return scale.number("low"), scale.number("high")


def _item(section: Section, scales: Mapping[str, tuple[int, int]], themes: Collection[Theme]) -> Item:
    axes: dict[str, Axis] = {theme.id: theme.axis for theme in themes} | {OVERALL: "both"}
    theme = section.one_of("theme", axes)
    return Item(
        id=section.text("id"),
        version=section.number("version"),
        theme=theme,
        axis=axes[theme],
        kind=cast(Kind, section.one_of("kind", ("hard", "soft"))),
        referent=cast(Referent, section.one_of("referent", ("company", "owner", "respondent", "work"))),
        reverse=section.flag("reverse"),
        scale=scales[section.one_of("scale", scales)],
        judges=_judges(section),
        measures=section.text("measures"),
        thermometer=section.flag("thermometer"),
        cut_first=section.flag("cut_first"),
        asked_of=_perspectives(section, "asked_of") if "asked_of" in section.table else PERSPECTIVES,
    )


def _judges(item: Section) -> dict[str, Judgement]:
    section = item.section("judges")
    listed = [(role, judgement) for judgement in JUDGEMENTS for role in section.texts(judgement)]
    if sorted(role for role, _ in listed) != sorted(ROLES):
        item.refuse("judges", f"each of {', '.join(ROLES)} must stand here once")
    return dict(listed)


def _perspectives(section: Section, key: str) -> tuple[str, ...]:
    for perspective in section.texts(key):
        if perspective not in PERSPECTIVES:
            section.refuse(key, f"{perspective!r} is not one of {', '.join(PERSPECTIVES)}")
    return section.texts(key)


def _refuse_doubles(file_name: str, place: str, ids: list[str]) -> None:
    for id_ in ids:
        if ids.count(id_) > 1:
            raise FaultyEdition(f"{file_name}, {place}: the id {id_!r} stands here more than once.")


def _refuse_double_measures(file_name: str, items: Collection[Item]) -> None:
    """Two items that measure the same would let a reader combine two cells made from the same people's answer."""
    first: dict[str, Item] = {}
    for item in items:
        if item.measures in first:
            raise FaultyEdition(
                f"{file_name}, items {item.id}: it measures {item.measures!r}, and so does {first[item.measures].id}; "
                f"{' and '.join(ANONYMOUS)} would be asked the same thing twice."
            )
        first[item.measures] = item


def _wording(edition: Section, languages: tuple[str, ...], items: Collection[Item]) -> Wording:
    agreement = edition.section("scales").section("agreement")
    mark = edition.section("scales").section("mark")
    predictions = edition.section("predictions")
    themes = edition.sections("themes")
    questions = edition.sections("open_questions")
    axes = edition.section("axes")

    def words(section: Section, key: str) -> Words:
        return section.per_language(key, languages, Section.text)

    return Wording(
        name=words(edition, "name"),
        period=words(edition, "period"),
        management=words(edition, "management"),
        axis_names={axis: words(axes.section(axis), "name") for axis in ("insight", "relation")},
        axis_lines={axis: words(axes.section(axis), "line") for axis in ("insight", "relation")},
        theme_names={theme.text("id"): words(theme, "name") for theme in themes}
        | {OVERALL: words(edition.section(OVERALL), "name")},
        theme_introductions={
            theme.text("id"): words(theme, "introduction") for theme in themes if "introduction" in theme.table
        },
        scale_words=agreement.per_language("words", languages, _exactly(STEPS)),
        mark_ends=cast(Mapping[str, tuple[str, str]], mark.per_language("ends", languages, _exactly(2))),
        cannot_judge=edition.per_language("cannot_judge", languages, _for_each_role),
        item_prediction=words(predictions, "item_question"),
        theme_prediction=words(predictions, "theme_question"),
        prediction_ends=cast(Mapping[str, tuple[str, str]], predictions.per_language("ends", languages, _exactly(2))),
        statements={
            item.id: _statement(section, item, languages)
            for section, item in zip(edition.sections("items"), items, strict=True)
        },
        open_questions={
            question.text("id"): question.per_language("question", languages, _sentence_for_each_role)
            for question in questions
        },
        open_question_hints={
            question.text("id"): question.per_language("hint", languages, _sentence_for_each_role)
            for question in questions
        },
    )


def _exactly(count: int) -> Callable[[Section, str], tuple[str, ...]]:
    def read(section: Section, key: str) -> tuple[str, ...]:
        texts = section.texts(key)
        if len(texts) != count:
            section.refuse(key, f"{count} texts must stand here, not {len(texts)}")
        return texts

    return read


def _for_each_role(section: Section, key: str) -> dict[str, str]:
    words = section.section(key)
    return {role: words.text(role) for role in ROLES}


def _sentence_for_each_role(section: Section, key: str) -> dict[str, str]:
    """Expand `everyone`, or `self` and `others`, with a sentence of its own for a perspective that has one."""
    words = section.section(key)
    if "everyone" in words.table:
        if "self" in words.table or "others" in words.table:
            section.refuse(key, "`everyone` cannot stand beside `self` or `others`")
        own, others = words.text("everyone"), words.text("everyone")
    else:
        own, others = words.text("self"), words.text("others")
    sentences: dict[str, str] = dict.fromkeys(PERSPECTIVES, others)
    sentences |= {perspective: words.text(perspective) for perspective in PERSPECTIVES if perspective in words.table}
    return sentences | {SELF: own}


def _statement(section: Section, item: Item, languages: Collection[str]) -> WordsByRole:
    statement = section.per_language("statement", languages, _sentence_for_each_role)
    for language, sentences in statement.items():
        for role, sentence in sentences.items():
            _refuse_misplaced_referent(section, f"statement, {language}, {role}", item, role, sentence)
    return statement


def _refuse_misplaced_referent(section: Section, place: str, item: Item, role: str, sentence: str) -> None:
    """The owner stands in a statement exactly when it is about him and read by another."""
    expected = 0 if role == "self" or item.referent in ("company", "work") else 1
    if sentence.count(REFERENT_PLACE) != expected or sentence.replace(REFERENT_PLACE, "").count("{"):
        section.refuse(place, f"{REFERENT_PLACE} must stand here {expected} times and nothing else in braces")
