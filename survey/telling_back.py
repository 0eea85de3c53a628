"""Telling back: what the owner says to everybody who was invited, in his own words. It closes the circle of a round.

Words that frighten, numbers and names are pointed out before it goes up, never changed: the words are his. It can be
read by link and card until sixty days after the close. It must not know what anybody answered, or whether anybody did.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from survey.clock import end_of
from survey.store.conversations import TellBack
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import invitations_of
from survey.store.rounds import Round, Standing

LONGEST_PART: Final = 1000

DOOM: Final = (
    "faillissement",
    "failliet",
    "surseance",
    "crisis",
    "schuld",
    "schulden",
    "fraude",
    "liegen",
    "gelogen",
    "leugen",
    "geheim",
    "wantrouwen",
    "zwaar weer",
    "paniek",
    "bankruptcy",
    "bankrupt",
    "debt",
    "debts",
    "fraud",
    "lying",
    "lie",
    "secret",
    "distrust",
    "panic",
)
"""Words that make people hear something else than was meant (the list of the wording rules, and their relatives)."""

NUMBER_WORDS: Final = (
    "cijfer",
    "gemiddeld",
    "gemiddelde",
    "procent",
    "percentage",
    "score",
    "helft",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
    "average",
    "percent",
    "half",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)
"""With these people start to calculate who said what; what was heard can be told without."""

_MONTHS = (
    "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|"
    "january|february|march|may|june|july|august|october"
)
_DAY = re.compile(rf"\b\d{{1,2}}\s+(?:{_MONTHS})(?:\s+\d{{4}})?\b|\b(?:{_MONTHS})\s+\d{{4}}\b", re.IGNORECASE)
_HOW_MANY = "twee|drie|vier|vijf|zes|zeven|acht|negen|tien|two|three|four|five|six|seven|eight|nine|ten"
_SPANS = (
    r"\d{1,2}[.:]\d{2}\s*uur",
    rf"(?:\d{{1,2}}|{_HOW_MANY})\s+(?:uur|dagen|weken|maanden|days|weeks|months)",
    r"half\s+(?:jaar|uur|a\s+year|an\s+hour)",
)
_TIME = re.compile("|".join(rf"\b{span}\b" for span in _SPANS), re.IGNORECASE)
"""When something happens is no number that anybody can calculate with."""
_DIGITS = re.compile(r"\d+(?:[.,]\d+)?\s?%?")


HEARD: Final = ("heard_first", "heard_second")
"""What was heard: a name here reads as who said it."""

PROMISED: Final = "change"
"""What the owner will do: a number there is his own, and a name that of who does it."""


class NotCountedYet(Exception):
    """There is nothing to tell back before the lists are counted."""


class TooLateToTell(Exception):
    """The links were erased: nobody could read it any more."""


class PartMissing(Exception):
    """A part was left empty without which it says nothing. part: which."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True)
class Telling:
    """The owner's own words, part by part. The second thing heard and the next list may be left empty."""

    thanks: str
    heard_first: str
    heard_second: str
    change: str
    next_list: str


@dataclass(frozen=True)
class Remark:
    """A word that is pointed at, as it stands there. kind: "doom", "number" or "name"."""

    part: str
    kind: str
    word: str


def remarks(telling: Telling, names: Collection[str] = ()) -> tuple[Remark, ...]:
    """Return which words will be heard differently from how they are meant: to weigh, nothing more.

    names: of who was invited, as the owner wrote them down. In what was heard they read as who said it.
    """
    found = [remark for part, text in vars(telling).items() for remark in _remarks_in(part, text)]
    found += [
        Remark(part, "name", name) for part in HEARD for name in _names_in(getattr(telling, part), sorted(set(names)))
    ]
    return tuple(dict.fromkeys(found))


def publish(round_: Round, telling: Telling, now: datetime) -> int:
    """Let everybody who was invited read this, and mail those who have an address once; return how many mails wait.

    Published again it replaces what stood there, and nobody gets a second mail.
    Raises NotCountedYet, TooLateToTell, PartMissing.
    """
    if round_.standing_at(now) is not Standing.COUNTED:
        raise NotCountedYet
    if now >= end_of(round_.erased_on):
        raise TooLateToTell
    for part in ("thanks", "heard_first", "change"):
        if not getattr(telling, part).strip():
            raise PartMissing(part)
    told = db.session.get(TellBack, round_.id)
    is_first = told is None
    if told is None:
        told = TellBack(round_id=round_.id, published_at=now)
        db.session.add(told)
    for name, text in vars(telling).items():
        setattr(told, name, text.strip()[:LONGEST_PART])
    mails = _put_in_outbox(round_, now) if is_first else 0
    db.session.commit()
    return mails


def what_was_told(round_: Round) -> Telling | None:
    """Return what was published about a round, or nothing yet."""
    told = db.session.get(TellBack, round_.id)
    if told is None:
        return None
    return Telling(told.thanks, told.heard_first, told.heard_second, told.change, told.next_list)


def _remarks_in(part: str, text: str) -> Iterator[Remark]:
    words = text.casefold()
    for word in DOOM:
        if re.search(rf"\b{re.escape(word)}\b", words):
            yield Remark(part, "doom", word)
    if part == PROMISED:
        return
    without_days = _TIME.sub(" ", _DAY.sub(" ", text))
    for digits in _DIGITS.findall(without_days):
        yield Remark(part, "number", digits.strip())
    for word in NUMBER_WORDS:
        if re.search(rf"\b{word}\b", without_days.casefold()):
            yield Remark(part, "number", word)


def _names_in(text: str, names: Collection[str]) -> Iterator[str]:
    """First names however they are written; a family name with its capital only, for it is often a plain word too."""
    for name in names:
        first, *others = name.split() or [""]
        if len(first.strip(".")) > 1 and re.search(rf"\b{re.escape(first)}\b", text, re.IGNORECASE):
            yield first
        elif others and re.search(rf"\b{re.escape(others[-1].capitalize())}\b", text):
            yield others[-1].capitalize()


def _put_in_outbox(round_: Round, now: datetime) -> int:
    """Who asked for no more mail gets none: the link still leads to it."""
    count = 0
    for invitation in invitations_of(round_.id):
        if invitation.address is not None and not invitation.muted and not invitation.revoked:
            db.session.add(OutboxMail(kind="tell_back", round_id=round_.id, invitation_id=invitation.id, due_at=now))
            count += 1
    return count
