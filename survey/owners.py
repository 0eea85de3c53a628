"""Owners: a company of one's own, and a second owner beside the first. It must not know how somebody signs in."""

from dataclasses import dataclass
from typing import Final

from itsdangerous import BadSignature, URLSafeTimedSerializer

from survey.codes import Hasher
from survey.store.database import db
from survey.store.people import Account, Company, company_owned_by

MOST_OWNERS: Final = 2
QUESTION_LASTS: Final = 7 * 24 * 60 * 60
"""Seconds that a question to become an owner can be answered."""


class EnoughOwners(Exception):
    """The company has two owners; there is no room for a third."""


class QuestionVoid(Exception):
    """Nobody asked this, it was too long ago, or who asked owns the company no longer."""


class AskedSomebodyElse(Exception):
    """The question went to another address than that of this account."""


@dataclass(frozen=True)
class Question:
    """One owner asks one address to become the second owner of one company."""

    company: Company
    asker: Account
    address: str


def add_company(account: Account, name: str) -> Company:
    """Give an account a company of its own."""
    company = Company(name=name, owners=[account])
    db.session.add(company)
    db.session.commit()
    return company


def rename_company(company: Company, name: str) -> None:
    """Change what a company is called, in everything that is still to be sent."""
    company.name = name
    db.session.commit()


def ask(hasher: Hasher, company: Company, asker: Account, address: str) -> str:
    """Return the token by which the reader of `address` may become the second owner. Raises EnoughOwners."""
    if len(company.owners) >= MOST_OWNERS:
        raise EnoughOwners
    return str(_serializer(hasher).dumps([company.id, asker.id, address]))


def read_question(hasher: Hasher, token: str) -> Question:
    """Return what was asked. Raises QuestionVoid."""
    try:
        company_id, asker_id, address = _serializer(hasher).loads(token, max_age=QUESTION_LASTS)
    except BadSignature as damaged:
        raise QuestionVoid from damaged
    company, asker = company_owned_by(asker_id, company_id), db.session.get(Account, asker_id)
    if company is None or asker is None:
        raise QuestionVoid
    return Question(company, asker, address)


def accept(question: Question, account: Account) -> None:
    """Make the account the second owner; saying yes twice is saying it once. Raises AskedSomebodyElse, EnoughOwners."""
    if account.email != question.address:
        raise AskedSomebodyElse
    if account in question.company.owners:
        return
    if len(question.company.owners) >= MOST_OWNERS:
        raise EnoughOwners
    question.company.owners.append(account)
    db.session.commit()


def _serializer(hasher: Hasher) -> URLSafeTimedSerializer:
    # itsdangerous signs with the last key of its list and accepts all of them.
    return URLSafeTimedSerializer(list(reversed(hasher.keys)), salt="spiegelronde second owner")
