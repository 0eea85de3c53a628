"""Starts: what says that somebody may answer now. Signed, so nothing has to be kept on the server.

Two kinds, each with a salt of its own. A *visit* sits in a cookie from the start button to the thanks, half an hour at
most, because a tablet may be shared. A *form* carries its own start, which does not run out: a list that was opened
can still be sent until the round closes, and sent twice it is the same list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, Signer

VISIT_LASTS = timedelta(minutes=30)
"""After this the phone is somebody else's, as far as we know."""


class VisitOver(Exception):
    """There is no visit, or it ended."""


class StartDamaged(Exception):
    """The start that came with a form was not made here."""


@dataclass(frozen=True)
class Visit:
    """Somebody pressed the start button; language is the one the promise was read in ("" for the round's own)."""

    invitation_id: str
    language: str


@dataclass(frozen=True)
class FormStart:
    """One form as it was shown: whose invitation, and the receipt code made with it ("" for a named voice)."""

    invitation_id: str
    receipt: str


@dataclass(frozen=True)
class Starts:
    """Makes and reads starts. keys: signing keys, newest first."""

    keys: Sequence[str]

    def visit(self, visit: Visit, now: datetime) -> str:
        """Return what the cookie of a visit holds."""
        return self._sign("visit", f"{visit.invitation_id}.{visit.language}.{int(now.timestamp())}")

    def read_visit(self, text: str, now: datetime) -> Visit:
        """Return the visit that a cookie holds. Raises VisitOver."""
        try:
            invitation_id, language, began = self._read("visit", text).split(".")
        except (BadSignature, ValueError) as unreadable:
            raise VisitOver from unreadable
        if not 0 <= int(now.timestamp()) - int(began) < VISIT_LASTS.total_seconds():
            raise VisitOver
        return Visit(invitation_id, language)

    def form(self, start: FormStart) -> str:
        """Return what an open form carries."""
        return self._sign("open form", f"{start.invitation_id}.{start.receipt}")

    def read_form(self, text: str) -> FormStart:
        """Return the start that came with a form. Raises StartDamaged."""
        try:
            invitation_id, receipt = self._read("open form", text).split(".")
        except (BadSignature, ValueError) as unreadable:
            raise StartDamaged from unreadable
        return FormStart(invitation_id, receipt)

    def _sign(self, purpose: str, text: str) -> str:
        return self._signer(purpose).sign(text).decode()

    def _read(self, purpose: str, text: str) -> str:
        return self._signer(purpose).unsign(text).decode()

    def _signer(self, purpose: str) -> Signer:
        # itsdangerous signs with the last key of its list and accepts all of them.
        return Signer(list(reversed(self.keys)), salt=f"spiegelronde {purpose}")
