"""Pages on which is written while another device may do the same: reading what was typed, and answering.

A script sends what was typed and is told what became of it; a button sends the same fields and goes on to a page. When
another device wrote something else meanwhile, both texts are shown and the owner chooses.
It must not know what the texts are about.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import jsonify, make_response, redirect, request, session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from survey.store.kept_texts import Draft, Held, Kept
from survey.web.headers import policy_with_sending
from survey.web.protection import local_path

CONFLICT: Final = 409
SETTLED: Final = "settled"
"""Session key: the places at which the owner just chose between two texts."""


@dataclass(frozen=True)
class Apart:
    """One place with two texts. both: under one another, nothing lost; empty where only one word can stand."""

    place: str
    name: str
    version: int
    theirs: str
    mine: str
    both: str
    theirs_in_words: str
    mine_in_words: str


@dataclass(frozen=True)
class Desk:
    """Where a page's texts are kept, and how its places and coded texts are called."""

    keep: Callable[[Mapping[str, Draft]], Kept]
    name: Callable[[str], str]
    in_words: Callable[[str, str], str | None]
    """Place and text -> the text as it reads, when it is a code; nothing when it is just text."""
    show: Callable[[list[Apart], str], str]
    """The page with both texts; gets where to go afterwards."""


def answer(desk: Desk, otherwise: str) -> Response:
    """Keep what this request brings: tell the script, or go on to `next`, or show both texts."""
    drafts = drafts_in(request.form)
    kept = desk.keep(drafts)
    if wants_json():
        # A page that is told 409 in words it cannot read would take it for a failure and try again.
        return make_response(
            jsonify(saved=kept.saved, apart={place: held.version for place, held in kept.apart.items()})
        )
    following = local_path(request.form.get("next") or otherwise)
    if kept.apart:
        return both_texts(desk, kept, drafts, following)
    if "settles" in request.form:
        session[SETTLED] = " ".join(drafts)
    return redirect(following, 303)


def both_texts(desk: Desk, kept: Kept, drafts: Mapping[str, Draft], following: str) -> Response:
    """Show what stands there and what was typed, place by place."""
    found = [_apart(desk, place, held, drafts[place]) for place, held in kept.apart.items()]
    return make_response(desk.show(found, following), CONFLICT)


def drafts_in(form: MultiDict[str, str]) -> dict[str, Draft]:
    """Return the texts of a form by place: t. the text, v. the version below it, p. and s. pen and stroke."""
    return {
        name[2:]: Draft(
            text=typed.replace("\r\n", "\n"),
            based_on=_whole(form.get(f"v.{name[2:]}")),
            pen=form.get(f"p.{name[2:]}", ""),
            stroke=_whole(form.get(f"s.{name[2:]}")),
        )
        for name, typed in form.items()
        if name.startswith("t.")
    }


def wants_json() -> bool:
    """Say whether a script asks."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def page(html: str) -> Response:
    """Return a page whose script may send to us: the policy of every other page forbids even that."""
    response = make_response(html)
    response.headers["Content-Security-Policy"] = policy_with_sending()
    return response


def settled() -> str:
    """Return the places that were just settled, once."""
    return str(session.pop(SETTLED, ""))


def _apart(desk: Desk, place: str, held: Held, draft: Draft) -> Apart:
    theirs, mine = desk.in_words(place, held.text), desk.in_words(place, draft.text)
    is_text = theirs is None and mine is None
    both = "\n\n".join(text for text in (held.text, draft.text) if text) if is_text else ""
    return Apart(
        place=place,
        name=desk.name(place),
        version=held.version,
        theirs=held.text,
        mine=draft.text,
        both=both,
        theirs_in_words=held.text if theirs is None else theirs,
        mine_in_words=draft.text if mine is None else mine,
    )


def _whole(typed: str | None) -> int:
    if not typed:
        return 0
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9:
        raise BadRequest
    return int(typed)
