"""What a list makes doubtful without being wrong: said before sending, with the way out. Nothing here refuses."""

from dataclasses import dataclass

from survey.addresses import Person, is_free_mail, meant_domain, resembles
from survey.rounds import CAUTION_BELOW, MINIMUM, GroupPlan, RoundPlan
from survey.store.people import Account
from survey.web.languages import gettext as _
from survey.web.languages import ngettext

SHOWN = 3
"""Addresses that are written out in one warning."""


@dataclass(frozen=True)
class Caution:
    """One doubt. title: what is the case. text: why that matters. leave_out: offer to go on without the staff."""

    title: str
    text: str
    leave_out: bool = False


def cautions(plan: RoundPlan, subject: Account) -> list[Caution]:
    """Return what the owner should look at before he sends."""
    staff = next((group for group in plan.groups if group.perspective == "employees"), None)
    found = [] if staff is None else [*_about_size(staff), *_about_own_addresses(staff, subject)]
    return [*found, *_about_slips(plan)]


def _about_size(staff: GroupPlan) -> list[Caution]:
    count = staff.head_count
    if count < MINIMUM:
        title = ngettext(
            "Met %(num)d medewerker kan deze groep nooit getoond worden.",
            "Met %(num)d medewerkers kan deze groep nooit getoond worden.",
            count,
        )
        text = _(
            "Daar zijn er minstens %(minimum)d voor nodig, anders weet je wie wat zei. Hun antwoorden worden dan "
            "vernietigd zonder dat iemand ze leest. Vraag er mensen bij, zoals vaste invallers, of ga verder zonder "
            "deze groep.",
            minimum=MINIMUM,
        )
        return [Caution(title, text, leave_out=True)]
    if count < CAUTION_BELOW:
        title = _("%(count)d medewerkers is een kleine groep.", count=count)
        text = _(
            "Je ziet hun beeld als er minstens %(minimum)d antwoorden zijn, en tot het sluiten niets over de deelname. "
            "Collega's die hun antwoorden naast elkaar leggen, kunnen iets over een ander afleiden; dat lezen ze "
            "vooraf. Vanaf %(caution)d mensen is dat veel moeilijker. Kun je er mensen bij vragen, zoals vaste "
            "invallers, doe dat dan nu.",
            minimum=MINIMUM,
            caution=CAUTION_BELOW,
        )
        return [Caution(title, text)]
    return []


def _about_own_addresses(staff: GroupPlan, subject: Account) -> list[Caution]:
    like_mine = [person for person in staff.people if resembles(person.address, [subject.email])]
    private = [person for person in staff.people if is_free_mail(person.address) and person not in like_mine]
    found = []
    if like_mine:
        text = _("Is het van een medewerker, dan klopt het. Is het van jou, haal het dan weg: jij vult apart in.")
        found.append(Caution(_("Dit lijkt op je eigen adres: %(addresses)s", addresses=_some(like_mine)), text))
    if private:
        text = _(
            "Dat mag. Kijk wel na of elk adres van één medewerker is: wie twee keer op de lijst staat, telt twee keer."
        )
        title = ngettext(
            "%(num)d adres is een privéadres: %(addresses)s",
            "%(num)d adressen zijn privéadressen: %(addresses)s",
            len(private),
            addresses=_some(private),
        )
        found.append(Caution(title, text))
    return found


def _about_slips(plan: RoundPlan) -> list[Caution]:
    everybody = [person for group in plan.groups for person in group.people]
    meant = [(person, domain) for person in everybody if (domain := meant_domain(person.address)) is not None]
    return [
        Caution(
            _("Bedoel je bij %(address)s misschien %(domain)s?", address=person.address, domain=domain),
            _("Klopt het adres zoals het er staat, dan hoef je niets te doen."),
        )
        for person, domain in meant[:SHOWN]
    ]


def _some(people: list[Person]) -> str:
    shown = ", ".join(person.address for person in people[:SHOWN])
    more = len(people) - SHOWN
    return shown if more <= 0 else _("%(some)s en nog %(more)d", some=shown, more=more)
