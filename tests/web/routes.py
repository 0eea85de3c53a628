"""Every address of the product and every way to ask for it: what a table of roles, a fuzzer and a forger go through."""

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from survey.store.database import db
from survey.store.rounds import Round

ASKED_BY_ADDRESS = ("GET", "POST")
OF_SOMEBODY = {"round_id", "company_id", "shared_id", "entrusted_id"}
FILLED_IN = {
    "filename": "house.css",
    "token": "verzonnen",
    "code": "0000000000",
    "part": "people",
    "number": "1",
    "step": "cause",
    "kind": "conversation",
    "name": "0001",
}


@dataclass(frozen=True)
class Route:
    """One way to ask for one page."""

    endpoint: str
    method: str
    path: str
    names_a_thing: bool
    """Whether the address names a company, a round, or a round that is shared or entrusted."""

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"


def every_route(app: Flask, round_: Round) -> list[Route]:
    """Return all routes, their addresses filled in with this round and its company."""
    of_round = dict.fromkeys(("round_id", "shared_id", "entrusted_id"), round_.id)
    values = FILLED_IN | of_round | {"company_id": round_.company_id}
    builder = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        path = builder.build(rule.endpoint, {name: values.get(name, "1") for name in rule.arguments})
        for method in sorted((rule.methods or set()) & set(ASKED_BY_ADDRESS)):
            found.append(Route(rule.endpoint, method, path, bool(OF_SOMEBODY & rule.arguments)))
    return found


def all_that_is_stored() -> dict[str, list[str]]:
    """Return every row of every table of the main database, as text."""
    db.session.rollback()
    kept = {table.name: sorted(map(repr, db.session.execute(select(table)))) for table in db.metadata.sorted_tables}
    db.session.rollback()
    return kept
