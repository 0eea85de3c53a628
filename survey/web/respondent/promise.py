"""The promise page: what is true of this round and this group right now, read from the live settings.

Nothing here says anything about the one person who reads it but the name of somebody who answers by name.
"""

from dataclasses import dataclass
from datetime import date

from survey.clock import day_of
from survey.installation import Installation
from survey.questionnaires import load
from survey.store.database import db
from survey.store.rounds import Round
from survey.web.respondent.guests import Guest, company_name


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
    sample: str
    """A statement, to show what is kept after counting."""
    closes_on: date
    erased_on: date
    contact_name: str
    contact_address: str
    partner: str
    operator: str | None
    runs_it_itself: bool
    cancelled_before: date | None
    by_card: bool


def promise_to(house: Installation, guest: Guest, language: str) -> Promise:
    """Return the promise as it holds for this guest's group now."""
    round_, perspective = guest.round_, guest.invitation.perspective
    questionnaire, company = load(round_.questionnaire), company_name(round_)
    first_name = called(round_)
    sample = questionnaire.items[1].id
    return Promise(
        company=company,
        owner=round_.subject_name,
        first_name=first_name,
        perspective=perspective,
        name=guest.invitation.name if guest.by_name else "",
        invited=round_.group(perspective).head_count,
        shown_from=round_.minimum,
        statements=len(questionnaire.items),
        sample=questionnaire.statement(sample, language, perspective, first_name),
        closes_on=round_.closes_on,
        erased_on=round_.erased_on,
        contact_name=round_.contact_name,
        contact_address=round_.contact_address,
        partner=round_.partner_name,
        operator=house.settings.operator,
        runs_it_itself=is_run_by(house.settings.operator, company),
        cancelled_before=_cancelled_before(round_),
        by_card=guest.came_by_card,
    )


def called(round_: Round) -> str:
    """Return how the statements call the owner: by first name."""
    return round_.subject_name.split(" ")[0]


def is_run_by(operator: str | None, company: str) -> bool:
    """Say whether the company itself runs this installation, and so holds the key while the round is open."""
    return operator is not None and operator.casefold().split() == company.casefold().split()


def _cancelled_before(round_: Round) -> date | None:
    """The day on which an earlier round of this company was cancelled after it was sent; the last one."""
    query = db.select(db.func.max(Round.cancelled_at)).where(
        Round.company_id == round_.company_id, Round.sent_at.is_not(None), Round.id != round_.id
    )
    cancelled_at = db.session.scalar(query)
    return day_of(cancelled_at) if cancelled_at else None
