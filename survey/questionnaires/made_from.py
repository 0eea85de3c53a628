"""An edition that is made from another: the same sentences with fewer of them, or with a module in their place.

An item that is asked in two kinds of round is one item: the same id, version and words, written in one file. What the
later file says for itself (its id, its name, its open questions) stands in the place of the earlier. It must not know
what is done with an edition.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from survey.questionnaires.section import Section

MADE_FROM: Final = "made_from"


def made_from(edition: Section, base: Section) -> Section:
    """Return a whole edition: the base without what the later file leaves out, and with what it adds.

    `made_from.items` names the items that are taken, `made_from.leaves_out` those that are not. A theme without items
    goes; a theme that is added comes after the one named by its `after`. Raises FaultyEdition.
    """
    origin = edition.section(MADE_FROM)
    own = {key: value for key, value in edition.table.items() if key != MADE_FROM}
    items = [*_taken(origin, _tables(base, "items")), *_tables(edition, "items")]
    themes = _with_added(_tables(base, "themes"), _tables(edition, "themes"), edition)
    origin.refuse_what_nobody_read()
    used = {item.get("theme") for item in items}
    made = {
        **base.table,
        **own,
        "predictions": {**_table(base, "predictions"), **_table(edition, "predictions")},
        "themes": [theme for theme in themes if theme["id"] in used],
        "items": _by_theme(items, themes),
    }
    return Section(made, edition.place)


def _taken(origin: Section, items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    known = {item["id"] for item in items}
    named = {key: origin.texts(key) if key in origin.table else None for key in ("items", "leaves_out")}
    for key, ids in named.items():
        for id_ in ids or ():
            if id_ not in known:
                origin.refuse(key, f"{id_!r} is not an item of {origin.text('edition')}")
    taken = known if named["items"] is None else set(named["items"])
    return [item for item in items if item["id"] in taken - set(named["leaves_out"] or ())]


def _with_added(
    themes: Sequence[Mapping[str, Any]], added: Sequence[Mapping[str, Any]], edition: Section
) -> list[Mapping[str, Any]]:
    made = list(themes)
    for theme in added:
        places = [place for place, one in enumerate(made, start=1) if one["id"] == theme.get("after")]
        if not places:
            edition.refuse("themes", f"{theme.get('after')!r} is not a theme to come after")
        made.insert(places[0], {key: value for key, value in theme.items() if key != "after"})
    return made


def _by_theme(items: Sequence[Mapping[str, Any]], themes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The items in the order of the phone: those before all themes first, then theme by theme."""
    order = [theme["id"] for theme in themes]
    return sorted(items, key=lambda item: order.index(item["theme"]) if item.get("theme") in order else -1)


def _tables(section: Section, key: str) -> Sequence[Mapping[str, Any]]:
    found: Collection[Any] = section.table.get(key, ())  # type: ignore[assignment]  # read once more, and checked, as a whole
    return [table for table in found if isinstance(table, dict)]


def _table(section: Section, key: str) -> Mapping[str, Any]:
    found = section.table.get(key, {})
    return found if isinstance(found, dict) else {}
