"""The companies of one owner: what is due first, searched and in pages when there are many."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from survey import clock, overview
from survey.installation import installation
from survey.overview import FOR_AN_OWNER
from survey.web.access import current_account
from survey.web.owner.door import door, show
from survey.web.owner.listing import asked_for, day_words, listing_of, stage_words


@door.get("/bedrijven")
def companies() -> str | Response:
    """Go to the one company, or let the owner of several choose."""
    asked, today = asked_for(), clock.today(installation().clock)
    page = overview.companies_of(current_account().id, asked, today)
    if page.total == 1 and not asked.is_narrowed:
        return redirect(url_for(".home", company_id=page.rows[0].company_id), 303)
    words = stage_words()
    return show(
        "companies",
        None,
        listing=listing_of(page, asked, FOR_AN_OWNER, "owner.companies"),
        rows=[(entry, words[entry.stage], day_words(entry, today)) for entry in page.rows],
    )
