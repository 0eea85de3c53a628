"""Reads the document of `survey score`: raw answers as plain JSON values, written by anybody with any program.

Nothing in it is trusted. Whatever cannot be scored is refused with one sentence that names the place, before anything
is counted. This module must not know files, terminals or exit codes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from survey.questionnaires import UnknownEdition, load
from survey.scoring.answers import CANNOT_JUDGE, AnonymousGroup, Answer, Group, NamedVoice
from survey.scoring.editions import scored_items
from survey.scoring.items import FIVE_POINT, OVERALL, REPORT_MARK, Scale, ScoredItem
from survey.scoring.plain_values import (
    fields_of,
    inside,
    mapping_of,
    members_of,
    name_of,
    quoted,
    refuse,
    refuse_doubles,
    whole_number,
)

Asked: TypeAlias = Mapping[str, ScoredItem]
"""The items by id."""


@dataclass(frozen=True, slots=True)
class Question:
    """What `survey score` is asked to score, checked."""

    items: tuple[ScoredItem, ...]
    own_answers: Mapping[str, Answer]
    predictions: Mapping[str, Mapping[str, float]]
    groups: tuple[Group, ...]


def read_question(document: object) -> Question:
    """The question in a document, as docs/scoring.md describes it; raises BadInput."""
    fields = fields_of(document, "The document", {"perspectives"}, {"items", "questionnaire", "self", "predictions"})
    items = _items(fields)
    asked = {item.id: item for item in items}
    groups = tuple(_groups(fields["perspectives"], asked))
    own_answers = _answers(fields.get("self", {}), "self", asked)
    return Question(items, own_answers, _predictions(fields.get("predictions", {}), items, groups), groups)


def _items(fields: Mapping[str, object]) -> tuple[ScoredItem, ...]:
    if ("items" in fields) == ("questionnaire" in fields):
        refuse("The document", "has either items or a questionnaire")
    if "questionnaire" in fields:
        return _edition(name_of(fields["questionnaire"], "questionnaire"))
    items = tuple(_item(each, place) for each, place in members_of(fields["items"], "items"))
    if not items:
        refuse("items", "holds no item")
    refuse_doubles([item.id for item in items], "items", "id")
    return items


def _edition(id: str) -> tuple[ScoredItem, ...]:
    try:
        return scored_items(load(id))
    except UnknownEdition:
        refuse("questionnaire", f"{quoted(id)} is not an edition that there is")


def _item(value: object, place: str) -> ScoredItem:
    fields = fields_of(value, place, {"id", "theme"}, {"reverse", "scale"})
    theme = name_of(fields["theme"], f"{place}.theme")
    reverse = fields.get("reverse", False)
    if not isinstance(reverse, bool):
        refuse(f"{place}.reverse", f"{quoted(reverse)} is neither true nor false")
    scale = _scale(fields.get("scale", list(FIVE_POINT)), theme, f"{place}.scale")
    return ScoredItem(name_of(fields["id"], f"{place}.id"), theme, scale, reverse)


def _scale(value: object, theme: str, place: str) -> Scale:
    allowed = (FIVE_POINT, REPORT_MARK) if theme == OVERALL else (FIVE_POINT,)
    ends = [whole_number(end) for end, _ in members_of(value, place)]
    found = next((scale for scale in allowed if ends == list(scale)), None)
    if found is None:
        refuse(place, f"{quoted(value)} cannot be scored, only [1, 5] or, in theme {OVERALL}, [1, 10]")
    return found


def _groups(value: object, asked: Asked) -> Iterator[Group]:
    groups = [_group(each, place, asked) for each, place in members_of(value, "perspectives")]
    refuse_doubles([group.id for group in groups], "perspectives", "id")
    yield from groups


def _group(value: object, place: str, asked: Asked) -> Group:
    fields = fields_of(value, place, {"id", "kind", "answers"}, {"invited"})
    id = name_of(fields["id"], f"{place}.id")
    if id == "self":
        refuse(f"{place}.id", "self is never one of the others")
    responses = [_answers(each, where, asked) for each, where in members_of(fields["answers"], f"{place}.answers")]
    invited = _invited(fields.get("invited"), len(responses), f"{place}.invited")
    if fields["kind"] == "anonymous":
        return AnonymousGroup(id, responses, invited)
    if fields["kind"] != "named":
        refuse(f"{place}.kind", f'{quoted(fields["kind"])} is neither "anonymous" nor "named"')
    if len(responses) != 1:
        refuse(f"{place}.answers", f"a named perspective holds one answer set, not {len(responses)}")
    return NamedVoice(id, responses[0])


def _invited(value: object, answered: int, place: str) -> int | None:
    if value is None:
        return None
    invited = whole_number(value)
    if invited is None or invited < 0:
        refuse(place, f"{quoted(value)} is not a number of people")
    if invited < answered:
        refuse(place, f"{invited} were invited, but {answered} answered")
    return invited


def _answers(value: object, place: str, asked: Asked) -> dict[str, Answer]:
    return {id: _answer(given, asked, id, inside(place, id)) for id, given in mapping_of(value, place).items()}


def _answer(value: object, asked: Asked, id: str, place: str) -> Answer:
    if id not in asked:
        refuse(place, "there is no such item")
    if value is None:
        return None
    if value == CANNOT_JUDGE:
        return CANNOT_JUDGE
    mark, (low, high) = whole_number(value), asked[id].scale
    if mark is None or not low <= mark <= high:
        refuse(place, f'{quoted(value)} is not a mark of {low} to {high}, "{CANNOT_JUDGE}" or null')
    return mark


def _predictions(value: object, items: Sequence[ScoredItem], groups: Sequence[Group]) -> dict[str, dict[str, float]]:
    scales = _predictable(items)
    known = {group.id for group in groups}
    predictions = {}
    for perspective, predicted in mapping_of(value, "predictions").items():
        place = inside("predictions", perspective)
        if perspective not in known:
            refuse(place, "there is no such perspective")
        marks = {
            id: _prediction(mark, scales, id, inside(place, id)) for id, mark in mapping_of(predicted, place).items()
        }
        predictions[perspective] = {id: mark for id, mark in marks.items() if mark is not None}
    return predictions


def _predictable(items: Sequence[ScoredItem]) -> dict[str, Scale]:
    """The scale of everything that can be predicted, by id; an id of both an item and a theme is neither."""
    of_items = {item.id: item.scale for item in items}
    of_themes = {item.theme: FIVE_POINT for item in items if not item.is_overall}
    return {id: scale for id, scale in (of_items | of_themes).items() if not (id in of_items and id in of_themes)}


def _prediction(value: object, scales: Mapping[str, Scale], id: str, place: str) -> float | None:
    if id not in scales:
        refuse(place, "there is no one item or theme of this name")
    if value is None:
        return None
    low, high = scales[id]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        refuse(place, f"{quoted(value)} is not a mark of {low} to {high} or null")
    return value
