"""The respondent's door: from an invitation to a ballot in the box, and the receipt. No account, no trace.

What must never happen here: a log line, a write to the main database because somebody answers, or a page that tells
one person what another one did. Owners and coaches come in by other doors; nothing here knows them.
"""

from survey.web.respondent import answering, arriving, how_it_works, receipts, stopping, turning_away
from survey.web.respondent.door import door

__all__ = ["answering", "arriving", "door", "how_it_works", "receipts", "stopping", "turning_away"]
