"""The round file: one JSON document from which a provider's script starts a round.

Everything in it is read and refused here, in one sentence that names the place, before anything is written.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

from email_validator import EmailNotValidError, validate_email

from survey.kinds import KINDS, kind_asking
from survey.perspectives import PERSPECTIVES, answers_by_name
from survey.questionnaires import editions, load
from survey.rounds import GroupPlan, Person, RoundPlan

LARGEST_GROUP = 500
MOST_MOVED = 2 * LARGEST_GROUP
"""Everybody left and as many others came."""
LONGEST_NAME = 120


class BadRoundFile(Exception):
    """The round file cannot be used; the text is one sentence that names the place."""


@dataclass(frozen=True)
class RoundFile:
    """A round file that was read: whose round, and the plan."""

    key: str | None
    company: str
    owner: Person
    plan: RoundPlan
    digest: str
    """Hash of the whole document: a rerun with the same key is recognised by it."""


def read_round_file(text: str) -> RoundFile:
    """Read a round file. Raises BadRoundFile."""
    document = _mapping(_parsed(text), "the round file")
    known = {"key", "company", "owner", "kind", "questionnaire", "language", "opens", "closes"}
    known |= {"contact", "conversation", "groups"}
    _refuse_unknown(document, known, "the round file")
    key = _text(document, "key") if document.get("key") is not None else None
    return RoundFile(
        key=key,
        company=_text(document, "company"),
        owner=_person(document.get("owner"), "owner"),
        plan=_plan(document),
        digest=hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest(),
    )


def _plan(document: Mapping[str, Any]) -> RoundPlan:
    conversation = _mapping(document.get("conversation"), "conversation")
    _refuse_unknown(conversation, {"partner", "date"}, "conversation")
    opens, closes = _day(document, "opens"), _day(document, "closes")
    if closes < opens:
        raise BadRoundFile("closes: the round closes before it opens.")
    questionnaire, language = _edition(document)
    return RoundPlan(
        questionnaire=questionnaire,
        language=language,
        opens_on=opens,
        closes_on=closes,
        partner=_person(conversation.get("partner"), "conversation.partner"),
        conversation_on=_day(conversation, "date", "conversation.date"),
        contact=_person(document.get("contact"), "contact"),
        groups=_groups(document.get("groups")),
        kind=_kind(document, questionnaire),
    )


def _edition(document: Mapping[str, Any]) -> tuple[str, str]:
    questionnaire = _text(document, "questionnaire")
    if questionnaire not in editions():
        raise BadRoundFile(f"questionnaire: there is no edition {questionnaire!r}; there is {', '.join(editions())}.")
    language = _text(document, "language")
    if language not in load(questionnaire).languages:
        raise BadRoundFile(f"language: {questionnaire} is not written in {language!r}.")
    return questionnaire, language


def _kind(document: Mapping[str, Any], questionnaire: str) -> str:
    """The kind of round; left out, it is the usual one for the questionnaire."""
    if "kind" not in document:
        return kind_asking(questionnaire).id
    kind = KINDS.get(_text(document, "kind"))
    if kind is None:
        raise BadRoundFile(f"kind: must be one of {', '.join(KINDS)}.")
    if questionnaire not in kind.editions:
        raise BadRoundFile(f"kind: a round of kind {kind.id} asks {' or '.join(kind.editions)}.")
    return kind.id


def _groups(given: Any) -> tuple[GroupPlan, ...]:
    if not isinstance(given, list) or not given:
        raise BadRoundFile("groups: at least one group is needed, as a list.")
    groups = tuple(_group(group, f"groups[{place}]") for place, group in enumerate(given))
    perspectives = [group.perspective for group in groups]
    for place, perspective in enumerate(perspectives):
        if perspective in perspectives[:place]:
            raise BadRoundFile(f"groups[{place}]: {perspective} stands twice; a group has one channel per round.")
    return groups


def _group(given: Any, place: str) -> GroupPlan:
    group = _mapping(given, place)
    _refuse_unknown(group, {"perspective", "cards", "addresses", "moved"}, place)
    perspective = group.get("perspective")
    if perspective not in PERSPECTIVES:
        raise BadRoundFile(f"{place}.perspective: must be one of {', '.join(PERSPECTIVES)}.")
    if ("cards" in group) == ("addresses" in group):
        raise BadRoundFile(f"{place}: needs either cards or addresses.")
    if "cards" in group and answers_by_name(perspective):
        raise BadRoundFile(f"{place}: {perspective} answers by name, so it is invited by address.")
    if "moved" in group and answers_by_name(perspective):
        raise BadRoundFile(f"{place}: {perspective} answers by name, so nobody is counted who joined or left.")
    moved = _count(group["moved"], f"{place}.moved", 0, MOST_MOVED) if "moved" in group else None
    if "cards" in group:
        cards = _count(group["cards"], f"{place}.cards", 1, LARGEST_GROUP)
        return GroupPlan(perspective, cards=cards, moved=moved)
    addresses = group["addresses"]
    if not isinstance(addresses, list) or not 1 <= len(addresses) <= LARGEST_GROUP:
        raise BadRoundFile(f"{place}.addresses: must be a list of 1 to {LARGEST_GROUP} addresses.")
    named = answers_by_name(perspective)
    people = (_person(given, f"{place}.addresses[{number}]", named) for number, given in enumerate(addresses))
    return GroupPlan(perspective, tuple(people), moved=moved)


def _count(given: Any, place: str, least: int, most: int) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise BadRoundFile(f"{place}: must be a whole number from {least} to {most}.")
    return given


def _person(given: Any, place: str, named: bool = True) -> Person:
    if not isinstance(given, str) or any(ord(character) < 32 for character in given):
        raise BadRoundFile(f"{place}: must be written as 'Name <address>'.")
    name, address = parseaddr(given)
    try:
        address = validate_email(address, check_deliverability=False).normalized.lower()
        Address(addr_spec=address)
    except (EmailNotValidError, ValueError) as refused:
        raise BadRoundFile(f"{place}: {given!r} holds no address that mail can go to.") from refused
    if (named and not name.strip()) or len(name) > LONGEST_NAME:
        raise BadRoundFile(f"{place}: a name of at most {LONGEST_NAME} characters stands before the <address>.")
    return Person(name.strip(), address)


def _day(document: Mapping[str, Any], name: str, place: str = "") -> date:
    try:
        return date.fromisoformat(document[name])
    except (KeyError, TypeError, ValueError) as refused:
        raise BadRoundFile(f"{place or name}: must be a date written as 2026-11-20.") from refused


def _text(document: Mapping[str, Any], name: str) -> str:
    given = document.get(name)
    if not isinstance(given, str) or not 1 <= len(given.strip()) <= LONGEST_NAME or not given.isprintable():
        raise BadRoundFile(f"{name}: must be a text of 1 to {LONGEST_NAME} characters.")
    return given.strip()


def _mapping(given: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise BadRoundFile(f"{place}: must be a JSON object.")
    return given


def _refuse_unknown(document: Mapping[str, Any], known: set[str], place: str) -> None:
    if unknown := sorted(set(document) - known):
        raise BadRoundFile(f"{place}: {unknown[0]!r} is not known here.")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as refused:
        raise BadRoundFile(f"the round file is not JSON: {refused}.") from refused
