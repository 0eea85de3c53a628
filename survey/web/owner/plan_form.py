"""The prepare page as a form: what the owner typed, read into a plan, with every fault at its field and its line.

Nothing typed is ever dropped: a field that cannot be read keeps its text. It must not know how pages look.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, Form, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from survey.addresses import (
    LONGEST_NAME,
    AddressFaulty,
    Entry,
    Fault,
    ListTooLarge,
    PeopleList,
    Person,
    mailbox,
    read_address,
    read_people,
)
from survey.kinds import KINDS, MIRROR, WITH_WORK, RoundKind
from survey.perspectives import NAMED, PERSPECTIVES
from survey.rounds import GroupPlan, RoundPlan, first_closing_date
from survey.store.people import Account, Company
from survey.web.languages import FIRST, NAMES, ngettext
from survey.web.languages import gettext as _
from survey.web.owner.door import full_day, group_name

BEFORE_CONVERSATION: Final = timedelta(days=7)
"""So long before the conversation a round closes when the owner names no day: time to count, read and sleep on it."""
MOST_CARDS: Final = 500
MOST_MOVED: Final = 2 * MOST_CARDS
LINES_NAMED: Final = 6
"""Faults that are written out per list; a list with more of them was pasted in the wrong place."""


class DayField(Field):
    """A day in three plain fields; a picker speaks the browser's language, not ours."""

    PARTS = ("day", "month", "year")

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the three parts as they were typed."""
        self.parts = {part: (formdata or {}).get(f"{self.name}-{part}", "").strip() for part in self.PARTS}
        self.errors: list[str] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed at all."""
        return not any(self.parts.values())

    def read(self) -> date | None:
        """Return the day, or nothing when there is no such day."""
        try:
            year, month, day = (int(self.parts[part]) for part in reversed(self.PARTS))
            return date(year + 2000 if year < 100 else year, month, day)
        except (ValueError, OverflowError):
            return None


class PlanForm(Form):
    """The fields of the prepare page, in the order in which they stand on it."""

    kind = RadioField(
        lazy_gettext("Wat voor ronde wordt het?"),
        choices=[SelectChoice(kind, kind) for kind in KINDS],
        default=MIRROR,
        validate_choice=False,
    )
    partner_name = StringField(lazy_gettext("Met wie voer je het gesprek?"))
    partner_address = StringField(lazy_gettext("Mailadres van je gesprekspartner"))
    conversation = DayField(lazy_gettext("Wanneer is het gesprek?"))
    closes = DayField(lazy_gettext("Tot en met wanneer kan iedereen invullen?"))
    opens = DayField(lazy_gettext("Vanaf wanneer?"))
    contact_name = StringField(lazy_gettext("Bij wie kunnen je medewerkers met vragen terecht?"))
    contact_address = StringField(lazy_gettext("Mailadres van die persoon"))
    subject = RadioField(lazy_gettext("Om wie gaat deze spiegel?"), validate_choice=False)
    language = RadioField(
        lazy_gettext("In welke taal is de lijst?"),
        choices=[SelectChoice(code, name) for code, name in NAMES.items()],
        default=FIRST,
    )
    channel = RadioField(
        lazy_gettext("Hoe krijgen je medewerkers de lijst?"),
        choices=[
            SelectChoice("mail", lazy_gettext("Per mail")),
            SelectChoice("cards", lazy_gettext("Met een kaartje, als ze geen mail hebben")),
        ],
        default="mail",
    )
    employees = TextAreaField(lazy_gettext("Medewerkers"))
    cards = StringField(lazy_gettext("Hoeveel medewerkers zijn het?"))
    with_work = BooleanField(lazy_gettext("Vraag je medewerkers ook zes dingen over hun werk"))
    moved = StringField(lazy_gettext("Hoeveel medewerkers kwamen erbij of gingen weg sinds de vorige lijst?"))
    accountant = TextAreaField(lazy_gettext("Accountant"))
    bank = TextAreaField(lazy_gettext("Bank"))
    adviser = TextAreaField(lazy_gettext("Adviseur"))
    peer = TextAreaField(lazy_gettext("Collega-ondernemers"))
    co_owner = TextAreaField(lazy_gettext("Mede-eigenaar"))


@dataclass
class Reading:
    """What was read from the form: a plan when nothing is wrong, and the lists as far as they could be read."""

    form: PlanForm
    plan: RoundPlan | None = None
    lists: dict[str, PeopleList] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    """Groups that were filled in, and that this kind of round does not ask."""


def open_form(fields: Mapping[str, str], company: Company) -> PlanForm:
    """Return the form filled with what was typed before."""
    form = PlanForm(MultiDict(fields))
    form.subject.choices = [SelectChoice(str(owner.id), owner.name or owner.email) for owner in company.owners]
    return form


def field_names() -> list[str]:
    """Return the name of every input on the page: what a draft keeps, and nothing else."""
    return [
        name
        for one in PlanForm()
        for name in ([f"{one.name}-{part}" for part in DayField.PARTS] if isinstance(one, DayField) else [one.name])
    ]


def fields_of(plan: RoundPlan, subject: Account) -> dict[str, str]:
    """Return a plan as it stands in the form."""
    return {
        "partner_name": plan.partner.name,
        "partner_address": plan.partner.address,
        **_parts("conversation", plan.conversation_on),
        **_parts("closes", plan.closes_on),
        **_parts("opens", plan.opens_on),
        "contact_name": plan.contact.name,
        "contact_address": plan.contact.address,
        "subject": str(subject.id),
        "kind": plan.kind,
        "with_work": "y" if plan.questionnaire == WITH_WORK else "",
        "language": plan.language,
        "moved": next((str(group.moved) for group in plan.groups if group.moved is not None), ""),
        **group_fields(plan.groups),
    }


def read(form: PlanForm, company: Company, subject: Account, today: date, round_id: str | None = None) -> Reading:
    """Read the form into a plan. What is wrong is written at the fields as sentences; then there is no plan."""
    kind = kind_of(form)
    reading = Reading(form, left_out=tuple(_left_out(form, kind)))
    partner = _person(form.partner_name, form.partner_address)
    conversation = _day(form.conversation)
    closes = _closing_day(form, conversation)
    opens = today if form.opens.is_empty else _day(form.opens)
    contact = _person(form.contact_name, form.contact_address)
    groups = tuple(_groups(reading, kind))
    _check_days(form, opens, closes, conversation, today)
    _check_who(reading, company, subject, partner, contact)
    if closes is not None:
        _check_spacing(form, company, [group.perspective for group in groups], closes, round_id)
    if not groups and not _faulty(form, *PERSPECTIVES, "cards"):
        form[kind.perspectives[0]].errors = [_("Vraag minstens één groep om mee te kijken.")]
    _check_size(form, kind, sum(group.head_count for group in groups))
    if partner and conversation and closes and opens and contact and not form.errors:
        language = form.language.data if form.language.data in NAMES else FIRST
        edition = _edition(form, kind, groups)
        reading.plan = RoundPlan(edition, language, opens, closes, partner, conversation, contact, groups, kind.id)
    return reading


def read_groups(form: PlanForm, company: Company, subject: Account) -> tuple[GroupPlan, ...]:
    """Read only whom the form names, of every group. What is wrong is written at the fields; an empty list is not."""
    reading = Reading(form)
    groups = tuple(_groups(reading, KINDS[MIRROR]))
    _check_who(reading, company, subject, None, None)
    return groups


def group_fields(groups: Iterable[GroupPlan]) -> dict[str, str]:
    """Return groups as they stand in the form."""
    by_cards = next((group.cards for group in groups if group.cards), 0)
    return {
        "channel": "cards" if by_cards else "mail",
        "cards": str(by_cards or ""),
        **{group.perspective: _lines(group.people) for group in groups},
    }


def kind_of(form: PlanForm) -> RoundKind:
    """Return the kind of round that was chosen; what no page of ours offers is the usual one."""
    return KINDS.get(form.kind.data or MIRROR, KINDS[MIRROR])


def _edition(form: PlanForm, kind: RoundKind, groups: tuple[GroupPlan, ...]) -> str:
    """The usual edition of the kind; with the items about work when they were ticked and there is staff to ask."""
    asks_staff = any(group.perspective == "employees" for group in groups)
    if form.with_work.data and asks_staff and WITH_WORK in kind.editions:
        return WITH_WORK
    return kind.editions[0]


def _left_out(form: PlanForm, kind: RoundKind) -> Iterator[str]:
    for perspective in PERSPECTIVES:
        by_card = perspective == "employees" and form.channel.data == "cards"
        if perspective not in kind.perspectives and (form.cards if by_card else form[perspective]).data:
            yield perspective


def _check_size(form: PlanForm, kind: RoundKind, people: int) -> None:
    if kind.most_people is not None and people > kind.most_people:
        form.kind.errors = [
            _(
                "Een kleine kring is hooguit %(most)d mensen. Op je lijst staan er %(people)d.",
                most=kind.most_people,
                people=people,
            )
        ]


def fault_in_words(fault: Fault, detail: str = "") -> str:
    """Return what is wrong with an address and what was probably meant, as the end of a sentence."""
    return {
        Fault.NO_AT: _("hier staat geen adres met een @"),
        Fault.SEVERAL_AT: _("er staat meer dan één @"),
        Fault.NOTHING_BEFORE_AT: _("vóór de @ mist de naam van de postbus"),
        Fault.NOTHING_AFTER_AT: _("na de @ mist bijvoorbeeld bakkerij.nl"),
        Fault.NO_ENDING: _("na ‘%(domain)s’ mist bijvoorbeeld .nl", domain=detail),
        Fault.SPACE_INSIDE: _("er staat een spatie in; je bedoelt misschien %(address)s", address=detail),
        Fault.DOT_MISPLACED: _("er staat een punt te veel"),
        Fault.STRAY_CHARACTER: _("het teken ‘%(character)s’ kan niet in een mailadres", character=detail),
        Fault.NEVER_DELIVERED: _("op adressen met .%(ending)s komt geen mail aan", ending=detail),
        Fault.NAME_TOO_LONG: _("de naam is langer dan %(most)d tekens", most=LONGEST_NAME),
        Fault.ADDRESS_TOO_LONG: _("het adres is te lang"),
        Fault.UNREADABLE: _("dit lezen we niet als mailadres"),
        Fault.DOUBLE: _("staat ook op regel %(line)s", line=detail),
    }[fault]


def _closing_day(form: PlanForm, conversation: date | None) -> date | None:
    if not form.closes.is_empty:
        return _day(form.closes)
    if conversation is None:
        return None
    form.closes.parts = {part: f"{getattr(conversation - BEFORE_CONVERSATION, part)}" for part in DayField.PARTS}
    return conversation - BEFORE_CONVERSATION


def _day(one: DayField) -> date | None:
    if one.is_empty:
        one.errors = [_("Vul een dag, een maand en een jaar in.")]
        return None
    found = one.read()
    if found is None:
        one.errors = [_("Deze dag bestaat niet. Schrijf hem zoals 11 12 2026.")]
    return found


def _person(name: Field, address: Field) -> Person | None:
    written = " ".join((name.data or "").split())
    if not written:
        name.errors = [_("Vul een naam in.")]
    elif len(written) > LONGEST_NAME:
        name.errors = [_("Maak de naam korter dan %(most)d tekens.", most=LONGEST_NAME)]
    try:
        person = Person(written, read_address(address.data or ""))
    except AddressFaulty as faulty:
        words = fault_in_words(faulty.fault, faulty.detail)
        address.errors = [_("Kijk het adres na: %(fault)s.", fault=words)]
        return None
    return None if name.errors else person


def _groups(reading: Reading, kind: RoundKind) -> Iterator[GroupPlan]:
    by_card = reading.form.channel.data == "cards"
    for perspective in kind.perspectives:
        if perspective == "employees" and by_card:
            yield from _card_group(reading.form)
            continue
        found = _read_list(reading, perspective)
        if found.people:
            moved = _moved(reading.form) if perspective == "employees" else None
            yield GroupPlan(perspective, found.people, moved=moved)


def _card_group(form: PlanForm) -> Iterator[GroupPlan]:
    written = (form.cards.data or "").strip()
    if not written.isascii() or not written.isdigit() or not 1 <= int(written[:9]) <= MOST_CARDS:
        form.cards.errors = [
            _("Vul het aantal medewerkers in, als een heel getal van 1 tot %(most)d.", most=MOST_CARDS)
        ]
    else:
        yield GroupPlan("employees", cards=int(written), moved=_moved(form))


def _moved(form: PlanForm) -> int | None:
    """How many joined or left, as the owner states it; nothing when he does not."""
    written = (form.moved.data or "").strip()
    if not written:
        return None
    if not written.isascii() or not written.isdigit() or int(written[:9]) > MOST_MOVED:
        form.moved.errors = [_("Schrijf hier een heel getal, of laat het leeg.")]
        return None
    return int(written)


def _too_large(large: ListTooLarge) -> str:
    if large.lines > large.most:
        return _("Deze lijst heeft %(lines)d regels. We lezen er hooguit %(most)d.", lines=large.lines, most=large.most)
    return _("Er staat veel te veel tekst in deze lijst. Zet er alleen namen en adressen in.")


def _read_list(reading: Reading, perspective: str) -> PeopleList:
    one = reading.form[perspective]
    try:
        found = read_people(one.data or "")
    except ListTooLarge as large:
        one.errors = [_too_large(large)]
        return PeopleList((), ())
    reading.lists[perspective] = found
    faults = [(fault.line, fault_in_words(fault.fault, fault.detail)) for fault in found.faults]
    if perspective in NAMED:
        faults += [(entry.line, _nameless(entry)) for entry in found.entries if not entry.person.name]
    _write_faults(one, faults)
    return found


def _nameless(entry: Entry) -> str:
    return _("zet de naam erbij, zoals: Rob de Wit <%(address)s>", address=entry.person.address)


def _write_faults(one: Field, faults: list[tuple[int, str]]) -> None:
    """Add faults to a list's field, by line, as many as anybody reads."""
    shown = [_("Regel %(line)d: %(fault)s.", line=line, fault=fault) for line, fault in sorted(faults)[:LINES_NAMED]]
    if len(faults) > LINES_NAMED:
        more = len(faults) - LINES_NAMED
        shown.append(ngettext("En nog %(num)d regel.", "En nog %(num)d regels.", more))
    one.errors = [*one.errors, *shown]


def _check_days(
    form: PlanForm, opens: date | None, closes: date | None, conversation: date | None, today: date
) -> None:
    if conversation and conversation <= today:
        form.conversation.errors = [_("Kies een dag die nog komt.")]
    elif closes and closes < today:
        form.closes.errors = [_("Deze dag is voorbij. Kies een latere dag, of een later gesprek.")]
    elif conversation and closes and closes >= conversation:
        form.closes.errors = [_("Sluit vóór de dag van het gesprek: dan is je spiegel op tijd klaar.")]
    elif opens and closes and opens > closes:
        form.opens.errors = [_("De ronde gaat dan later open dan dicht. Kies een eerdere dag.")]


def _check_who(
    reading: Reading, company: Company, subject: Account, partner: Person | None, contact: Person | None
) -> None:
    owners = {mailbox(owner.email) for owner in company.owners}
    if contact and mailbox(contact.address) in owners:
        reading.form.contact_address.errors = [
            _("Kies iemand die geen eigenaar is. Wie jou niets durft te vragen, kan dan bij een ander terecht.")
        ]
    insiders = dict.fromkeys(owners, _("dit is een eigenaar; die vraag je op naam, niet als medewerker"))
    if partner:
        insiders[mailbox(partner.address)] = _("dit is je gesprekspartner; die kan niet als medewerker meedoen")
    first: dict[str, tuple[str, int]] = {}
    for perspective, found in reading.lists.items():
        faults = []
        for entry in found.entries:
            box = mailbox(entry.person.address)
            if box == mailbox(subject.email):
                faults.append((entry.line, _("hier gaat de spiegel over; die vult apart in")))
            elif perspective not in NAMED and box in insiders:
                faults.append((entry.line, insiders[box]))
            elif box in first:
                group, line = first[box]
                faults.append((entry.line, _("staat ook bij %(group)s, regel %(line)d", group=group, line=line)))
            first.setdefault(box, (group_name(perspective), entry.line))
        _write_faults(reading.form[perspective], faults)


def _check_spacing(
    form: PlanForm, company: Company, perspectives: list[str], closes: date, round_id: str | None
) -> None:
    possible = first_closing_date(company.id, perspectives, closes, round_id)
    if possible > closes and not form.closes.errors:
        form.closes.errors = [
            _(
                "Tussen twee rondes met je medewerkers zitten minstens 80 dagen, van sluiting tot sluiting, ook als je "
                "meer bedrijven hebt. Anders kun je uit het verschil aflezen wat één iemand antwoordde. Sluiten kan "
                "vanaf %(day)s. Zonder medewerkers kan het eerder.",
                day=full_day(possible),
            )
        ]


def _faulty(form: PlanForm, *names: str) -> bool:
    return any(form[name].errors for name in names)


def _parts(name: str, when: date) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(when, part)) for part in DayField.PARTS}


def _lines(people: tuple[Person, ...]) -> str:
    return "\n".join(f"{person.name} <{person.address}>" if person.name else person.address for person in people)
