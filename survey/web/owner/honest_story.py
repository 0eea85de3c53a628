"""The owner's own story: six headings to write under, and the same on paper. Nothing is filled in, nothing is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from flask import flash, redirect, render_template, url_for
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.wrappers import Response

from survey import honest_story
from survey.clock import day_of
from survey.honest_story import LONGEST_PART, HeadingUnknown, StoryTooLong
from survey.installation import installation
from survey.store.kept_texts import Draft, Kept
from survey.store.people import Company
from survey.web.access import current_account, own_company
from survey.web.languages import gettext as _
from survey.web.owner import written
from survey.web.owner.agreements import pdf_answer
from survey.web.owner.door import door, full_day, show
from survey.web.owner.written import Apart, Desk


@dataclass(frozen=True)
class Heading:
    """One heading, and what belongs under it."""

    title: str
    hint: str


@door.get("/bedrijf/<company_id>/verhaal")
def story(company_id: str) -> Response:
    """Show the story as far as it is written."""
    company = own_company(company_id)
    parts = honest_story.story_of(company)
    html = show(
        "story",
        company,
        here="talk",
        parts=parts,
        is_written=any(held.text.strip() for held in parts.values()),
        headings=headings(),
        longest=LONGEST_PART,
        keep_at=url_for(".keep_story", company_id=company.id),
        settled=written.settled(),
    )
    return written.page(html)


@door.post("/bedrijf/<company_id>/verhaal")
def keep_story(company_id: str) -> Response:
    """Keep what was typed."""
    company = own_company(company_id)
    return written.answer(_desk(company), url_for(".story", company_id=company.id))


@door.get("/bedrijf/<company_id>/verhaal.pdf")
def story_pdf(company_id: str) -> Response:
    """Give the story on paper: only headings under which something stands, and no paper of nothing."""
    company = own_company(company_id)
    parts = honest_story.story_of(company)
    if not any(held.text.strip() for held in parts.values()):
        flash(_("Er is nog niets geschreven."))
        return redirect(url_for(".story", company_id=company.id), 303)
    html = render_template(
        "conversation/story.html",
        company=company,
        teller=current_account().name,
        today=full_day(day_of(installation().clock())),
        parts=[(headings()[id].title, held.text) for id, held in parts.items() if held.text.strip()],
    )
    return pdf_answer(html, f"{company.id}-story", _("eerlijk-verhaal"))


def headings() -> dict[str, Heading]:
    """Return the headings in the order in which the story is told."""
    return {
        "status": Heading(
            _("Hoe staat het bedrijf ervoor?"),
            _("Wat gaat goed, wat gaat niet goed, en sinds wanneer. Schrijf zoals je het aan tafel zou zeggen."),
        ),
        "risks": Heading(
            _("Wat kan er de komende maanden misgaan?"),
            _("Noem het zelf, met een datum. Wat jij noemt, hoeft een ander niet te ontdekken."),
        ),
        "plan": Heading(
            _("Wat is je plan?"),
            _("De oorzaak, wat je eraan gaat doen, wie het doet en wanneer je ziet of het werkt."),
        ),
        "figures": Heading(
            _("Wat doet het plan met de cijfers?"),
            _("Per stap: wat het kost, wat het oplevert en vanaf welke maand. Vraag je accountant om mee te rekenen."),
        ),
        "for_the_other": Heading(
            _("Wat betekent het voor de ander?"),
            _("Wat krijgt de ander, welk risico loopt hij, en hoe let jij op zijn belang?"),
        ),
        "request": Heading(
            _("Wat vraag je echt?"),
            _("Eén vraag: hoeveel, of hoe lang, en voor wanneer je het antwoord nodig hebt."),
        ),
    }


def _desk(company: Company) -> Desk:
    address = url_for(".keep_story", company_id=company.id)

    def both(found: list[Apart], following: str) -> str:
        return show("two_texts", company, found=found, following=following, send=address)

    return Desk(partial(_keep, company), lambda place: headings()[place].title, lambda _place, _text: None, both)


def _keep(company: Company, drafts: Mapping[str, Draft]) -> Kept:
    try:
        return honest_story.keep(company, drafts)
    except HeadingUnknown as unknown:
        raise BadRequest from unknown
    except StoryTooLong as long:
        raise RequestEntityTooLarge from long
