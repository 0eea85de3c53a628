"""The page for whoever leads the conversation: before, during and after, made from this mirror and from nothing else.

It is apart from everything the owner prints, and the coach's own notes are on it alone. Whoever shows it has asked
whether this coach may see this mirror: these functions take a report that was fetched with permission. What employees
wrote is not in it: that is for the owner and the partner together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.wrappers import Response

from survey import conversation
from survey.conversation import PlaceUnknown, TextTooLong
from survey.mirror import MirrorReport
from survey.mirror.marks import Mark
from survey.mirror.reports import Row, Statement, TopicBlock
from survey.outgoing.pdf import render_pdf
from survey.questionnaires import load
from survey.store.kept_texts import Draft, Held, Kept
from survey.store.people import Account
from survey.store.rounds import Round
from survey.web.languages import gettext as _
from survey.web.owner import written
from survey.web.owner.door import day, round_name
from survey.web.owner.written import Apart, Desk

STRENGTHS_FIRST = 2


@dataclass(frozen=True)
class GapGuide:
    """One difference: what stands there, the question to open with, and two to go on with."""

    statement: str
    sentences: tuple[str, ...]
    facts_first: str
    opening: str
    following: tuple[str, str]


@dataclass(frozen=True)
class Guide:
    """Everything that the coach's page says, in the language of the report."""

    strengths: tuple[str, ...]
    first_gap: str
    before: tuple[str, ...]
    during: tuple[str, ...]
    stock_answers: tuple[str, ...]
    gaps: tuple[GapGuide, ...]
    always: tuple[str, ...]
    after: tuple[str, ...]


def guide_of(round_: Round, report: MirrorReport) -> Guide:
    """Return the guide to a mirror."""
    strengths = [*report.shared_strengths, *report.hidden_strengths][:STRENGTHS_FIRST]
    return Guide(
        strengths=tuple(one.text for one in strengths),
        first_gap=report.differences[0].statement.text if report.differences else "",
        before=_before(round_, report),
        during=_during(report),
        stock_answers=_stock_answers(),
        gaps=tuple(_gap(block, report) for block in report.differences),
        always=_always(),
        after=_after(),
    )


def guide_pdf(round_: Round, report: MirrorReport, notes: Mapping[str, Held] | None = None) -> bytes:
    """Return the guide on paper, with the coach's own notes when they are given. Raises PangoMissing."""
    html = render_template("conversation/coach.html", **_values(round_, report), notes=notes or {})
    return render_pdf(html, f"{round_.id}-coach")


def guide_page(
    round_: Round, report: MirrorReport, account: Account, keep_at: str, pdf_at: str, mirror_at: str
) -> Response:
    """Return the guide as a page with the coach's own notes beside it, kept at this address while he types."""
    html = render_template(
        "conversation/coach_page.html",
        **_values(round_, report),
        notes=conversation.coach_notes(round_, account.id),
        note_names=_note_names(),
        keep_at=keep_at,
        pdf_at=pdf_at,
        mirror_at=mirror_at,
        brand=account.name,
        here="clients",
        settled=written.settled(),
    )
    return written.page(html)


def keep_guide_notes(round_: Round, account_id: int, keep_at: str, otherwise: str) -> Response:
    """Keep what the coach typed, and answer the script or the button that sent it."""

    def keep(drafts: Mapping[str, Draft]) -> Kept:
        try:
            return conversation.keep_coach_notes(round_, account_id, drafts)
        except PlaceUnknown as unknown:
            raise BadRequest from unknown
        except TextTooLong as long:
            raise RequestEntityTooLarge from long

    def both(found: list[Apart], following: str) -> str:
        return render_template("owner/two_texts.html", found=found, following=following, send=keep_at)

    desk = Desk(keep, lambda place: _note_names()[place], lambda _place, _text: None, both)
    return written.answer(desk, otherwise)


def _values(round_: Round, report: MirrorReport) -> dict[str, object]:
    return {
        "round": round_,
        "report": report,
        "guide": guide_of(round_, report),
        "season": round_name(round_),
        "day": day,
        "meeting": conversation.meeting_of(round_, "conversation"),
    }


def _before(round_: Round, report: MirrorReport) -> tuple[str, ...]:
    name = report.facts.first_name
    seen = (
        _("%(name)s heeft de spiegel al geopend. Vraag eerst wat er bleef hangen.", name=name)
        if round_.opened_mirror_at is not None
        else _("%(name)s heeft de spiegel nog niet geopend. Jullie openen hem samen, na het raden.", name=name)
    )
    return (
        seen,
        _("Spreek af wat er in de kamer blijft: alles, tenzij %(name)s zelf iets vertelt.", name=name),
        _("Kies twee dingen die goed gaan en één verschil. Meer hoeft niet."),
        _("Leg telefoons weg. Neem 60 tot 90 minuten, en een tweede datum."),
    )


def _during(report: MirrorReport) -> tuple[str, ...]:
    name = report.facts.first_name
    return (
        _("Begin met wat goed gaat. Mensen slaan dat over; jij niet."),
        _("%(name)s praat minstens de helft van de tijd.", name=name),
        _("Niemand raadt wie wat zei. Gebeurt het toch, kies dan een van de zinnen hieronder."),
        _("Bij iets dat je kunt opzoeken: eerst het cijfer, dan de mening."),
        _("Vraag ‘hoe komt dat’, drie keer. Stop gerust bij de oorzaak."),
    )


def _stock_answers() -> tuple[str, ...]:
    return (
        _("‘Dat weten we niet, en dat blijft zo. Stel dat het er drie zijn: wat betekent het dan?’"),
        _("‘Als je het wist, wat zou je dan anders doen? Kun je dat ook nu al?’"),
        _("‘Wie het zei is weg. Wat er staat, ligt hier. Waar herken je het aan?’"),
    )


def _always() -> tuple[str, ...]:
    return (
        _("Welke drie cijfers wil je elke maand zien?"),
        _("Hoe ziet je bedrijf er over vijf jaar uit?"),
        _("Bij wie ga je langs als het bedrijf ziek is, en heb je die gesproken?"),
        _("Als jij niets kiest, wie kiest dan?"),
    )


def _after() -> tuple[str, ...]:
    return (
        _("Eén afspraak per onderwerp: wie, wat, wanneer en aan welk cijfer je het ziet."),
        _("Prik een dag over vier tot zes weken om terug te kijken."),
        _("Help met terugvertellen, maar schrijf het niet. Het zijn de woorden van de ondernemer."),
        _("Verwijs alleen door als erom gevraagd wordt."),
    )


def _note_names() -> dict[str, str]:
    return {"before": _("Jouw notities vooraf"), "during": _("Tijdens"), "after": _("Daarna")}


def _gap(block: TopicBlock, report: MirrorReport) -> GapGuide:
    return GapGuide(
        statement=block.statement.text,
        sentences=block.sentences_of_owner,
        facts_first=block.facts_first,
        opening=block.question,
        following=_following(block.statement, report),
    )


def _following(statement: Statement, report: MirrorReport) -> tuple[str, str]:
    """Return two questions to go on with: by kind of statement, and by who gives the higher mark."""
    self_higher = _owner_is_higher(statement)
    if statement.strip.of_expectations and self_higher:
        return _("Waaraan dacht je toen je dat verwachtte?"), _("Wat heeft de ander nodig om mee te kunnen denken?")
    if statement.strip.of_expectations:
        return _("Wat hield je tot nu toe tegen om het te vragen?"), _("Wie vraag je als eerste, en wat?")
    if load(report.facts.edition).item(statement.item).kind == "hard":
        return (
            _("Wie kan dit cijfer opzoeken, en wanneer weten jullie het?"),
            _("Wat verandert er als het cijfer hun kant op wijst?"),
        )
    if self_higher:
        return _("Wanneer merkte je dat zelf voor het laatst?"), _("Wat zouden zij zeggen als ze hier aan tafel zaten?")
    return _("Wat doe jij, dat zij dit zien?"), _("Wat weet jij hiervan dat zij niet weten?")


def _owner_is_higher(statement: Statement) -> bool:
    strip = statement.strip
    speaking: list[Row] = sorted(
        (row for row in strip.rows if isinstance(row.said, Mark)),
        key=lambda row: (not row.speaks, not row.speaker.is_group),
    )
    if not speaking:
        return True
    row = speaking[0]
    own = row.expected if strip.of_expectations else strip.own
    assert isinstance(row.said, Mark)
    return (own or 0) > row.said.value
