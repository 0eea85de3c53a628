"""The words of the conversation sheet on a page: its steps, its questions, and how each place is called.

Open questions that begin with how, what or when; none that asks for a reason ("waarom"), which people hear as blame.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from survey.conversation import STEPS
from survey.conversation.sheet import CHOICES
from survey.questionnaires import ConversationWords
from survey.web.languages import gettext as _


@dataclass(frozen=True)
class StepWords:
    """One step on a page. labels: above each field, in the order of the step's notes. hint: for the coach, folded."""

    title: str
    question: str
    labels: tuple[str, ...]
    hint: str


def step_words(step_id: str) -> StepWords:
    """Return the words of a step. Raises KeyError."""
    return _steps()[step_id]


def standing_words() -> dict[str, str]:
    """Return where somebody can stand with a topic."""
    return {
        "not_seen": _("Zie ik nog niet"),
        "known": _("Weet ik"),
        "chosen": _("Heb ik gekozen"),
        "busy": _("Ben ik mee bezig"),
    }


def outcome_words() -> dict[str, str]:
    """Return what can have come of an agreement."""
    return {
        "done": _("Gedaan"),
        "partly": _("Voor een deel"),
        "not_done": _("Niet gelukt"),
        "let_go": _("Niet meer nodig"),
    }


def agreed_words() -> dict[str, str]:
    """Return the parts of an agreement."""
    return {
        "who": _("Wie"),
        "what": _("Wat"),
        "when": _("Wanneer"),
        "figure": _("Aan welk cijfer zie je het?"),
        "outcome": _("Wat is ervan gekomen"),
        "outcome_note": _("Wat leerde je ervan?"),
    }


def telling_words() -> dict[str, str]:
    """Return the parts of what is told back."""
    return {
        "thanks": _("Bedank"),
        "heard_first": _("Eén ding dat je hoorde"),
        "heard_second": _("Nog een ding dat je hoorde"),
        "change": _("Eén ding dat verandert"),
        "next_list": _("Wanneer komt de volgende lijst?"),
    }


def place_in_words(place: str, words: ConversationWords, language: str) -> str:
    """Return how a place on the sheet is called, with its topic."""
    first, _dot, rest = place.partition(".")
    single = {
        "guess": _("Jouw gok"),
        "topics": _("De onderwerpen"),
        "tell_whom": _("Wat vertel je terug, en aan wie?"),
    }
    if first in single:
        return single[first]
    if first == "tell_back":
        return telling_words()[rest]
    if first == "agreement":
        key, _dot, part = rest.partition(".")
        return f"{_('Afspraak')}, {topic_name(key, words, language)}: {agreed_words()[part]}"
    return f"{topic_name(first, words, language)}: {_note_names()[rest]}"


def text_in_words(place: str, text: str) -> str | None:
    """Return a code as it reads on the page; nothing when anything can stand at this place."""
    if place.rpartition(".")[2] not in CHOICES:
        return None
    return {**standing_words(), **outcome_words(), "": _("(leeg)")}[text]


def topic_name(key: str, words: ConversationWords, language: str) -> str:
    """Return how a topic is called: an item by its label, anything else as belonging to no topic."""
    if key.startswith("loose_"):
        return _("los van een onderwerp")
    return words.label(key, language)


def _note_names() -> Mapping[str, str]:
    named = {step.id: step_words(step.id) for step in STEPS}
    return {note: label for step in STEPS for note, label in zip(step.notes, named[step.id].labels, strict=True)}


def _steps() -> Mapping[str, StepWords]:
    return {
        "first_impression": StepWords(
            _("Eerste indruk"),
            _("Wat valt je op?"),
            (_("Eerste indruk"),),
            _("Laat de stilte even duren. Vaak is de eerste zin ‘wie zei dit?’. Dat is gewoon. Ga er niet op in."),
        ),
        "recognise": StepWords(
            _("Herkennen"),
            _("Wat herken je? Noem een voorbeeld."),
            (_("Een voorbeeld"),),
            _("Vraag naar één keer dat het gebeurde: waar, wie was erbij, wat zei je toen?"),
        ),
        "other_lens": StepWords(
            _("Andere bril"),
            _("Wat zou je zeggen als dit over een andere ondernemer ging?"),
            (_("Door een andere bril"),),
            _("Wie over een ander praat, ziet meer. Kom pas daarna terug op het eigen bedrijf."),
        ),
        "other_side": StepWords(
            _("Hun kant"),
            _("Wat zien zij, en wat weet jij dat zij niet weten?"),
            (_("Hun kant"),),
            _("Beide kanten tellen. Zoek niet wie gelijk heeft, maar wie wat kan zien."),
        ),
        "cause": StepWords(
            _("Symptoom of oorzaak"),
            _("Hoe komt dat? En hoe komt dat? En dat?"),
            (_("Hoe komt dat?"), _("En hoe komt dat?"), _("En dat, hoe komt dat?")),
            _("Drie keer, ook als het eerste antwoord goed klinkt. Vraag ‘hoe komt dat’ en niet ‘waarom’."),
        ),
        "room": StepWords(
            _("Ruimte"),
            _("Wat kan nu nog, en straks niet meer?"),
            (_("Ruimte"),),
            _("Vraag ook: als jij niets kiest, wie kiest er dan?"),
        ),
        "reaction": StepWords(
            _("Actie en reactie"),
            _("Wat ga je doen, en wat roept dat op?"),
            (_("Wat ga je doen?"), _("Wat roept dat op, en bij wie?")),
            _("Loop ze langs: medewerkers, klanten, bank, accountant, thuis."),
        ),
        "standing": StepWords(
            _("Waar sta je?"),
            _("Waar sta je nu met dit onderwerp?"),
            (_("Waar sta je nu?"),),
            _("Dit zegt alleen de ondernemer zelf. Elk antwoord is goed."),
        ),
        "agreement": StepWords(
            _("Afspraak"),
            _("Wie doet wat, en wanneer?"),
            (),
            _("Eén afspraak die kleiner is dan hij wil, en een dag waarop jullie terugkijken."),
        ),
    }
