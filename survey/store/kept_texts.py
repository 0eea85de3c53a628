"""Texts that are typed while two devices may hold the same page: each has a version, and none is overwritten unseen.

A text is written only over the version it was based on. Whoever comes second is told what stands there now, and keeps
his own. It must not know what the texts are about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import String, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from survey.store.database import Base, db

LONGEST_PLACE = 80
LONGEST_PEN = 36


class KeptText(Base):
    """A text at a place on a page. What the page belongs to is a column of each table of its own."""

    __abstract__ = True

    place: Mapped[str] = mapped_column(String(LONGEST_PLACE), primary_key=True)
    text: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    pen: Mapped[str] = mapped_column(String(LONGEST_PEN), default="")
    """Which opened page wrote this version; empty when the page cannot say."""
    stroke: Mapped[int] = mapped_column(default=0)
    """Which text of that pen this is, counted from 1."""


@dataclass(frozen=True)
class Draft:
    """A text as it was typed, and the version that was on the page when typing began (0: there was none).

    pen and stroke: an open page that writes by itself gives its own name and counts. When the answer to its last
    writing got lost, its next one is recognised as its own; an older one that arrives late changes nothing.
    """

    text: str
    based_on: int
    pen: str = ""
    stroke: int = 0


@dataclass(frozen=True)
class Held:
    """A text as it is kept."""

    text: str
    version: int


NOTHING = Held("", 0)


@dataclass(frozen=True)
class Kept:
    """What became of the drafts. Both by place."""

    saved: Mapping[str, int] = field(default_factory=dict)
    """The version that now stands."""
    apart: Mapping[str, Held] = field(default_factory=dict)
    """Another text was kept meanwhile, this one; nothing of it was changed."""


Owner = Mapping[str, str | int]
"""Column -> value: what a page of texts belongs to."""


def held(table: type[KeptText], belongs_to: Owner) -> dict[str, Held]:
    """Return the texts of one page, by place; one that was emptied still has its version."""
    rows = db.session.scalars(db.select(table).filter_by(**belongs_to).order_by(table.place))
    return {row.place: Held(row.text, row.version) for row in rows}


def keep(table: type[KeptText], belongs_to: Owner, drafts: Mapping[str, Draft]) -> Kept:
    """Keep each draft that was based on what stands there; say of the others what stands there. Commits."""
    saved: dict[str, int] = {}
    apart: dict[str, Held] = {}
    for place in sorted(drafts):
        outcome = _keep_one(table, belongs_to, place, _with_plain_line_ends(drafts[place]))
        if isinstance(outcome, Held):
            apart[place] = outcome
        else:
            saved[place] = outcome
    db.session.commit()
    return Kept(saved, apart)


def _keep_one(table: type[KeptText], belongs_to: Owner, place: str, draft: Draft) -> int | Held:
    row = _row(table, belongs_to, place)
    if row is None:
        if not draft.text or _add(table, belongs_to, place, draft):
            return 1 if draft.text else 0
        row = _row(table, belongs_to, place)
        assert row is not None  # it stood in the way a moment ago
    if row.text == draft.text:
        return row.version
    is_own = bool(draft.pen) and row.pen == draft.pen
    if is_own and draft.stroke <= row.stroke:
        return row.version
    if (is_own or row.version == draft.based_on) and _replace(table, belongs_to, row, draft):
        return row.version + 1
    now = _row(table, belongs_to, place)
    return Held(now.text, now.version) if now else NOTHING


def _row(table: type[KeptText], belongs_to: Owner, place: str) -> KeptText | None:
    query = db.select(table).filter_by(**belongs_to, place=place).execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def _add(table: type[KeptText], belongs_to: Owner, place: str, draft: Draft) -> bool:
    try:
        with db.session.begin_nested():
            row = table(place=place, text=draft.text, version=1, pen=draft.pen, stroke=draft.stroke)
            for column, value in belongs_to.items():
                setattr(row, column, value)
            db.session.add(row)
    except IntegrityError:
        return False
    return True


def _replace(table: type[KeptText], belongs_to: Owner, row: KeptText, draft: Draft) -> bool:
    """Write over exactly the version that was looked at: on PostgreSQL another writer can come in between."""
    statement = (
        update(table)
        .filter_by(**belongs_to, place=row.place, version=row.version)
        .values(text=draft.text, version=row.version + 1, pen=draft.pen, stroke=draft.stroke)
        .execution_options(synchronize_session=False)
    )
    result = db.session.execute(statement)
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a cursor, which counts


def _with_plain_line_ends(draft: Draft) -> Draft:
    """A form sends other line ends than a script does, and they are the same text."""
    text = draft.text.replace("\r\n", "\n").replace("\r", "\n").strip("\n ")
    return replace(draft, text=text, pen=draft.pen[:LONGEST_PEN])
