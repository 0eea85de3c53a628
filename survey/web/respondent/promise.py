"""The promise page: what is true of this round and this group right now, read from the live settings.

Nothing here says anything about the one person who reads it but the name of somebody who answers by name.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from werkzeug.datastructures import Accept

from survey.clock import day_of
from survey.installation import Installation
from survey.perspectives import answers_by_name
from survey.questionnaires import load
from survey.store.address_books import AddressBookEntry
from survey.store.database import db
from survey.store.people import Company
from survey.store.rounds import Group, Round
from survey.web.languages import NAMES as LANGUAGES
from survey.web.respondent.guests import Guest
from survey.web.respondent.pages import KEPT_PAGES, render, without_indents
from survey.web.respondent.wire import Body, Pressed


@dataclass(frozen=True)
class Promise:
    """Everything on the promise page that differs between rounds, groups, and people who answer by name."""

    company: str
    owner: str
    first_name: str
    perspective: str
    name: str
    """Of who answers by name; empty for everybody in an anonymous group."""
    invited: int
    shown_from: int
    statements: int
    minutes: tuple[int, int]
    """How long the list takes: at least, at most."""
    sample: str
    """A statement, to show what is kept after counting; empty when there are none."""
    question: str
    """The one question of a list without statements; else empty."""
    closes_on: date
    erased_on: date
    contact_name: str
    contact_address: str
    partner: str
    operator: str | None
    runs_it_itself: bool
    locked_by: str
    """Whose passphrase lets it be counted; empty unless the round is in strict mode."""
    unlocked_by: date
    """The last day on which that passphrase can be typed."""
    typed_by_partner: bool
    """Whether that passphrase was typed behind the partner's own sign-in, and not at the owner's screen."""
    cancelled_before: date | None
    by_card: bool
    in_address_book: bool
    """Whether an owner of the company keeps people of this group in an address book, which no round erases."""


_AROUND = db.select(
    db.select(Company.name).where(Company.id == db.bindparam("company_id")).scalar_subquery(),
    db.select(Group.head_count)
    .where(Group.round_id == db.bindparam("round_id"), Group.perspective == db.bindparam("perspective"))
    .scalar_subquery(),
    db.select(db.func.max(Round.cancelled_at))
    .where(
        Round.company_id == db.bindparam("company_id"),
        Round.sent_at.is_not(None),
        Round.id != db.bindparam("round_id"),
    )
    .scalar_subquery(),
    db.select(AddressBookEntry.id)
    .where(
        AddressBookEntry.company_id == db.bindparam("company_id"),
        AddressBookEntry.perspective == db.bindparam("perspective"),
    )
    .exists(),
)
"""What the promise says that stands outside the round: the company, the size of the group, when an earlier round was
cancelled after it was sent, and whether an address book holds people of the group. Made once: making it costs as much
as asking it."""


def promise_to(house: Installation, guest: Guest, language: str) -> Promise:
    """Return the promise as it holds for this guest's group now."""
    promise = promise_in(house, guest.round_, guest.invitation.perspective, language, by_card=guest.came_by_card)
    return replace(promise, name=guest.invitation.name if guest.by_name else "")


def promise_in(house: Installation, round_: Round, perspective: str, language: str, *, by_card: bool) -> Promise:
    """Return the promise as it holds for everybody in one group of a round now."""
    questionnaire, first_name = load(round_.questionnaire), called(round_)
    around = {"company_id": round_.company_id, "round_id": round_.id, "perspective": perspective}
    company, invited, cancelled_at, in_address_book = db.session.execute(_AROUND, around).one()
    asked = questionnaire.items_for(perspective)
    spoken = language, perspective, first_name
    return Promise(
        company=company,
        owner=round_.subject_name,
        first_name=first_name,
        perspective=perspective,
        name="",
        invited=invited,
        shown_from=round_.minimum,
        statements=len(asked),
        minutes=questionnaire.minutes(perspective),
        sample=questionnaire.statement(asked[1].id, *spoken) if asked else "",
        question="" if asked else questionnaire.open_question(questionnaire.open_questions[0].id, *spoken),
        closes_on=round_.closes_on,
        erased_on=round_.erased_on,
        contact_name=round_.contact_name,
        contact_address=round_.contact_address,
        partner=round_.partner_name,
        operator=house.settings.operator,
        runs_it_itself=house.settings.is_run_by(company),
        locked_by=round_.partner_name if round_.strict else "",
        unlocked_by=round_.unlocked_by,
        typed_by_partner=round_.locked_by_partner,
        cancelled_before=day_of(cancelled_at) if cancelled_at else None,
        by_card=by_card,
        in_address_book=in_address_book,
    )


def promise_page(promise: Promise, language: str, typed: str, accepted: Accept) -> str | Body:
    """Return the promise as a page; a group's is compressed once and kept as long as nothing on it changes.

    typed: the code that was typed from a card, which the page carries along; empty for a link or a scanned card.
    """
    if promise.name or typed:
        return _page(promise, language, typed)
    return _kept_page(promise, language).ending("", accepted)


@lru_cache(maxsize=KEPT_PAGES)
def _kept_page(promise: Promise, language: str) -> Pressed:
    return Pressed.of(without_indents(_page(promise, language, "")))


def _page(promise: Promise, language: str, typed: str) -> str:
    template = "promise_by_name" if answers_by_name(promise.perspective) else "promise"
    return render(template, "promise", language, languages=LANGUAGES, promise=promise, typed=typed)


def called(round_: Round) -> str:
    """Return how the statements call the owner: by first name."""
    return round_.subject_name.split(" ")[0]
