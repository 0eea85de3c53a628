"""A thousand companies, written straight into the database: each stage, dates that differ, a few names to look for."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from survey.clock import start_of
from survey.store.database import db
from survey.store.grants import Confidant, MirrorGrant, RelationGrant
from survey.store.people import Account, Company, Ownership
from survey.store.rounds import Round

DAY = timedelta(days=1)
KINDS = ("none", "prepared", "announced", "open", "closed", "ready", "talk", "between", "due", "cancelled")
"""What stands of company 0, 1, 2, ...: every tenth stands the same."""
NAMES = {3: "Café Het Anker", 13: "100% Zuivel_Noord", 23: "<b>Vet</b> & Zn.", 33: "ÉCLAIR de Paris"}


def name_of(number: int) -> str:
    return NAMES.get(number, f"Bedrijf {number:04d}")


def many_companies(owner: Account, count: int, today: date, rounds_each: int = 2) -> list[str]:
    """Write this many companies of one owner with rounds; returns their ids in order."""
    ids = [f"{number:032x}" for number in range(1, count + 1)]
    db.session.execute(db.insert(Company), [{"id": id_, "name": name_of(place)} for place, id_ in enumerate(ids)])
    db.session.execute(db.insert(Ownership), [{"account_id": owner.id, "company_id": id_} for id_ in ids])
    rows = [
        row
        for place, id_ in enumerate(ids)
        for back in range(rounds_each)
        if (row := _round(place, id_, owner, today, back)) is not None
    ]
    if rows:
        db.session.execute(db.insert(Round), rows)
    db.session.commit()
    return ids


def let_in(coach: Account, company_ids: Sequence[str], now: datetime, ends_on: date, mirrors: int) -> None:
    """Give one account the dates of these companies, and of the first so many their newest mirror as well."""
    ids = {company_id: f"c{company_id[1:]}" for company_id in company_ids}
    db.session.execute(
        db.insert(Confidant),
        [
            {"id": id_, "company_id": company_id, "name": coach.name, "address": coach.email, "account_id": coach.id}
            for company_id, id_ in ids.items()
        ],
    )
    given = {"granted_at": now, "ends_on": ends_on}
    db.session.execute(
        db.insert(RelationGrant), [{"id": f"r{id_[1:]}", "confidant_id": id_, **given} for id_ in ids.values()]
    )
    shared = [
        {"id": f"m{id_[1:]}", "confidant_id": id_, "round_id": f"0{company_id[1:]}", "scope": "mirror", **given}
        for company_id, id_ in list(ids.items())[:mirrors]
        if KINDS[(int(company_id, 16) - 1) % 10] not in ("none", "prepared")
    ]
    if shared:
        db.session.execute(db.insert(MirrorGrant), shared)
    db.session.commit()


def _round(place: int, company_id: str, owner: Account, today: date, back: int) -> dict[str, Any] | None:
    kind = KINDS[place % 10]
    if kind == "none":
        return None
    if back:
        if kind in ("prepared", "cancelled"):  # with an older round that was counted, that one would be in view
            return None
        kind = "between"
    near = place // 10 % 20
    opens, closes = {
        "prepared": (today + (3 + near) * DAY, today + (20 + near) * DAY),
        "announced": (today + (1 + near) * DAY, today + (15 + near) * DAY),
        "open": (today - 5 * DAY, today + near * DAY),
        "closed": (today - 20 * DAY, today - DAY),
        "due": (today - (95 + near) * DAY, today - (80 + near) * DAY),
    }.get(kind, (today - 30 * DAY, today - (10 + near // 4) * DAY))
    opens, closes = opens - back * 200 * DAY, closes - back * 200 * DAY
    counted = kind in ("ready", "talk", "between", "due")
    moment = start_of(closes) + DAY
    return {
        "id": f"{back}{company_id[1:]}",
        "tag": f"{back}{place:x}"[:4] if place < 4096 else None,
        "company_id": company_id,
        "subject_id": owner.id,
        "subject_name": owner.name,
        "questionnaire": "spiegel-1",
        "language": "nl",
        "opens_on": opens,
        "closes_on": closes,
        "partner_name": "Petra Visser",
        "partner_address": "petra@visser.example",
        "conversation_on": today + near * DAY if kind == "talk" else closes + 5 * DAY if back else closes + DAY,
        "contact_name": "Rob",
        "contact_address": "rob@example.nl",
        "strict": kind == "closed" and near % 2 == 1,
        "sent_at": None if kind == "prepared" else start_of(opens) - DAY,
        "closed_at": moment if counted else None,
        "counted_at": moment if counted else None,
        "opened_mirror_at": moment if counted and kind != "ready" else None,
        "cancelled_at": start_of(opens) + DAY if kind == "cancelled" else None,
    }
