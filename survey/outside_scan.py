"""The outcome of a scan from elsewhere (an engagement scan, a quick scan): the owner types it, and only he reads it.

It stands beside the mirror with its date and its scale, is mixed with no mark, and goes into no shared copy. It must
not know what anybody answered.
"""

from collections.abc import Mapping
from typing import Final

from survey.store.database import db
from survey.store.rounds import Round
from survey.store.scan_outcomes import ScanOutcome, scan_outcome_of

LONGEST: Final = {"name": 80, "scanned_on": 40, "score": 20, "scale": 40, "people": 20, "note": 200}
"""Part -> characters."""
NEEDED: Final = ("name", "scanned_on", "score", "scale")
"""A score without its date and its scale says nothing."""


class PartMissing(ValueError):
    """A score needs a name, a date and a scale. parts: those that are empty."""

    def __init__(self, parts: tuple[str, ...]) -> None:
        super().__init__(", ".join(parts))
        self.parts = parts


class PartTooLong(ValueError):
    """A part is longer than there is room for. parts: those that are."""

    def __init__(self, parts: tuple[str, ...]) -> None:
        super().__init__(", ".join(parts))
        self.parts = parts


def keep(round_: Round, parts: Mapping[str, str]) -> None:
    """Keep an outcome beside a round in the place of the one that was there; all of it empty takes it away.

    Raises PartMissing, PartTooLong.
    """
    written = {part: " ".join(parts.get(part, "").split()) for part in LONGEST}
    kept = scan_outcome_of(round_.id)
    if not any(written.values()):
        if kept is not None:
            db.session.delete(kept)
        db.session.commit()
        return
    if missing := tuple(part for part in NEEDED if not written[part]):
        raise PartMissing(missing)
    if long := tuple(part for part, most in LONGEST.items() if len(written[part]) > most):
        raise PartTooLong(long)
    kept = kept or ScanOutcome(round_id=round_.id)
    for part, text in written.items():
        setattr(kept, part, text)
    db.session.add(kept)
    db.session.commit()


def outcome_of(round_: Round) -> dict[str, str]:
    """Return what was kept beside a round, every part; all empty when nothing was."""
    kept = scan_outcome_of(round_.id)
    return {part: getattr(kept, part) if kept else "" for part in LONGEST}
