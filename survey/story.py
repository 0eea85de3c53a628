"""One bakery, its people and what they answer: the story that the demo tells and the tests speak.

Everything here is invented. The demo and the tests feed it to the product through its own doors.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from survey.clock import at_hour
from survey.rounds import GroupPlan, Person, RoundPlan

COMPANY = "Bakkerij De Vries"
OWNER = Person("Karin de Vries", "karin@bakkerijdevries.example")
PASSWORD = "boterkoek-om-vier-uur"
CONTACT = Person("Marijke Bos", "marijke@vertrouwenspersoon.example")
PARTNER = Person("Petra Visser", "petra@visser-mentoring.example")
EMPLOYEES = (
    Person("Aisha Bouali", "aisha@bakkerijdevries.example"),
    Person("Bram Kok", "bram@bakkerijdevries.example"),
    Person("Chantal Smit", "chantal@bakkerijdevries.example"),
    Person("Daan Mulder", "daan@bakkerijdevries.example"),
    Person("Emine Yildiz", "emine@bakkerijdevries.example"),
    Person("Femke Jansen", "femke@bakkerijdevries.example"),
    Person("Gijs Peters", "gijs@bakkerijdevries.example"),
    Person("Hanna Nowak", "hanna@bakkerijdevries.example"),
    Person("Ibrahim Haddad", "ibrahim@bakkerijdevries.example"),
)
ACCOUNTANT = Person("Rob de Wit", "rob@dewit-accountants.example")
BANKER = Person("Joost Meijer", "joost.meijer@regiobank.example")
PEERS = (
    Person("Anneke Postma", "anneke@postma-installatie.example"),
    Person("Willem van Dam", "willem@vandam-hoveniers.example"),
)

ANSWERS = """
item                 | karin | a b c d e f g h i | rob | joost | anneke | willem
gut_feeling          | 8     | 6 7 5 6 7 6 5 7 6 | 6   | 6     | 7      | 8
order_book           | 4     | 4 4 3 5 4 4 3 4 4 | 4   | 3     | ?      | 4
customer_dependence  | 2     | 3 2 3 3 ? 2 3 3 2 | 4   | 4     | 3      | ?
customers_return     | 4     | 5 4 4 5 4 5 4 4 5 | 4   | ?     | 4      | 4
market_change_seen   | 4     | 3 3 2 3 4 3 ? 3 3 | 3   | 3     | 3      | 4
figures_current      | 4     | ? ? ? ? 3 ? ? ? ? | 3   | 3     | ?      | ?
profit_drivers_known | 4     | ? 3 ? 4 3 3 ? ? 4 | 3   | 3     | ?      | 3
steers_on_figures    | 4     | 3 3 ? 2 3 3 4 3 3 | 2   | 3     | ?      | ?
cash_outlook         | 3     | ? ? ? ? ? ? ? ? ? | 2   | 2     | ?      | ?
bills_paid_on_time   | 4     | ? 4 4 ? 5 4 ? 4 4 | 4   | 5     | ?      | ?
overdue_followed_up  | 3     | ? 3 3 ? 4 3 ? 3 ? | 2   | ?     | ?      | ?
buffer_for_setbacks  | 2     | ? ? ? ? 3 ? ? ? ? | 2   | 2     | ?      | ?
direction_clear      | 5     | 2 3 2 3 2 3 3 2 2 | 4   | 3     | 3      | 4
realistic_view       | 4     | 4 3 4 4 3 4 4 3 4 | 3   | 3     | 4      | 4
business_model_holds | 4     | 4 ? 4 3 4 ? 4 4 3 | 3   | 3     | 3      | 4
decisions_in_time    | 4     | 2 3 2 2 3 2 3 2 3 | 3   | 2     | 4      | 3
recurring_problems   | 3     | 4 4 5 4 3 4 4 5 4 | 4   | ?     | 3      | 3
room_to_act          | 3     | 3 3 4 3 ? 3 ? 3 3 | 3   | 3     | 4      | 3
honest_about_state   | 4     | 3 4 3 4 4 3 4 3 4 | 4   | 4     | 5      | 4
asks_views           | 4     | 3 4 3 3 4 3 4 3 3 | 4   | 3     | 4      | 5
acts_on_criticism    | 3     | 3 3 2 3 4 3 3 3 2 | 3   | ?     | 4      | 3
safe_to_speak        | 5     | 2 3 2 3 2 2 3 2 3 | 4   | 4     | 5      | 4
keeps_agreements     | 4     | 4 5 4 4 4 5 4 4 4 | 4   | 4     | 4      | 5
informs_in_time      | 4     | 2 2 1 3 2 2 3 2 1 | 3   | 2     | ?      | 3
considers_interests  | 4     | 4 4 3 4 5 4 4 3 4 | 4   | 4     | 4      | 4
carries_alone        | 4     | 4 4 5 4 3 4 4 4 5 | 4   | 4     | 4      | 3
would_think_along    |       | 5 4 5 4 5 4 4 5 4 | 5   | 4     | 5      | 5
good_people_stay     | 2     | 4 4 5 4 4 5 4 3 4 | ?   | ?     | 4      | ?
energy_at_work       | 3     | 4 5 4 4 5 4 3 4 4 | ?   | ?     | 4      | ?
owner_attention      | 3     | 3 2 3 2 3 3 2 3 3 | 3   | ?     | 3      | 2
"""
"""As ticked on the form, before reversing. "?" is "I cannot judge this"; an empty place is not asked."""

PREDICTED = {
    "employees": {
        "would_think_along": 3,
        "customers": 4,
        "people": 3,
        "course": 4,
        "decisions": 4,
        "openness": 5,
        "partners": 4,
        "figures": 4,
        "cash": 4,
    },
    "accountant": {"would_think_along": 4},
    "bank": {"would_think_along": 2},
    "peer": {"would_think_along": 4},
}
"""What Karin expects: per perspective, per item or theme."""


@dataclass(frozen=True)
class Writing:
    """What one person writes under the three open questions, in their order; empty is skipped."""

    goes_well: str = ""
    needs_attention: str = ""
    seen_by_few: str = ""


WRITINGS = {
    "karin": Writing("De sfeer in de vroege ploeg.", "Of de tweede oven het nog een jaar houdt.", "Wat hoor ik niet?"),
    "a": Writing("We helpen elkaar als het druk is.", "Zeg eerder wat er gaat veranderen.", ""),
    "b": Writing("Het brood. Klanten komen ervoor terug.", "Het rooster komt te laat.", "De koelcel valt vaker uit."),
    "c": Writing("Karin kent iedereen bij naam.", "Kies wat we niet meer doen.", ""),
    "d": Writing("Goede spullen om mee te werken.", "", "Er gaat op zaterdag veel weg dat we kunnen verkopen."),
    "e": Writing("Dat we zelf recepten mogen proberen.", "Plan de bestellingen een dag eerder.", ""),
    "f": Writing("De vaste klanten.", "Vraag ons voordat je iets koopt.", ""),
    "g": Writing("", "", ""),
    "h": Writing("Op tijd ons loon, altijd.", "Meer overleg met de winkel.", "Nieuwe mensen leren te weinig."),
    "i": Writing("", "", ""),
    "rob": Writing("De administratie is netjes.", "Een overzicht van het geld per maand.", ""),
    "joost": Writing("Afspraken komen na.", "Bel eerder bij een grote aankoop.", ""),
    "anneke": Writing("Je vakmanschap.", "Neem een vaste middag voor jezelf.", "Je zegt zelden dat iets tegenzit."),
    "willem": Writing("", "Praat er vaker over met ons.", ""),
}

FIGURES = (
    ("Eigen vermogen van het totaal", "31 procent", "Een jaar eerder 34 procent."),
    ("Geld op de rekening", "€ 18.400", ""),
    ("Wat klanten te laat betalen", "€ 6.200", "Vooral twee hotels."),
)
"""What Rob adds to his list: name, figure and note. The date is that of the last month that ended."""

SIGNALS = {
    "revenue_falling": "not_seen",
    "revenue_fluctuating": "light",
    "high_limit_use": "light",
    "worse_rating": "cannot_say",
    "sector": "cannot_say",
    "reversed_debits": "not_seen",
    "late_payments": "not_seen",
    "slower_receipts": "clear",
    "limits_reached": "not_seen",
    "more_asked": "not_seen",
}
POSITIVE = "Wat we afspreken, gebeurt ook."
"""What Joost adds to his."""

FIRST_DAY_BEFORE_CLOSE = 18
CONVERSATION_AFTER_CLOSE = 10


def plan(closes_on: date) -> RoundPlan:
    """Return Karin's plan for a round of the mirror that closes on this day."""
    return RoundPlan(
        questionnaire="spiegel-1",
        language="nl",
        opens_on=closes_on - timedelta(days=FIRST_DAY_BEFORE_CLOSE),
        closes_on=closes_on,
        partner=PARTNER,
        conversation_on=closes_on + timedelta(days=CONVERSATION_AFTER_CLOSE),
        contact=CONTACT,
        groups=(
            GroupPlan("employees", EMPLOYEES),
            GroupPlan("accountant", (ACCOUNTANT,)),
            GroupPlan("bank", (BANKER,)),
            GroupPlan("peer", PEERS),
        ),
    )


def answers() -> dict[str, dict[str, int | str]]:
    """Return per person (karin, a..i, rob, joost, anneke, willem) the raw answers by item id."""
    return read_answers(ANSWERS)


def read_answers(table: str) -> dict[str, dict[str, int | str]]:
    """Return per person in the head of a table the answers in its rows, by item id."""
    head, *rows = (line.split("|") for line in table.strip().splitlines())
    people = [name for column in head[1:] for name in column.split()]
    told: dict[str, dict[str, int | str]] = {name: {} for name in people}
    for item, own, *others in rows:
        marks = [own.strip(), *(mark for column in others for mark in column.split())]
        for name, mark in zip(people, marks, strict=True):
            if mark:
                told[name][item.strip()] = "cannot_judge" if mark == "?" else int(mark)
    return told


def respondents() -> dict[str, str]:
    """Return per respondent's address the name under which `answers` and `WRITINGS` hold what is sent."""
    named = {ACCOUNTANT: "rob", BANKER: "joost", PEERS[0]: "anneke", PEERS[1]: "willem"}
    staff = dict(zip(EMPLOYEES, "abcdefghi", strict=True))
    return {person.address: name for person, name in {**staff, **named}.items()}


@dataclass
class MovableClock:
    """A clock that stands still until it is moved: the only thing in the story that is not real."""

    moment: datetime

    def __call__(self) -> datetime:
        """Return the moment at which it stands."""
        return self.moment

    def move_to(self, day: date, hour: int = 9) -> None:
        """Put the clock at an hour of a day in Amsterdam."""
        self.moment = at_hour(day, hour)
