"""The bakery half a year before: what was answered otherwise then, and the good conversation that followed.

Everything here is invented, as in the story itself. The demo tells it first, so that a newcomer finds notes, agreements
and a word back to everybody, and a second mirror that begins with what came of it.
"""

from datetime import date, timedelta
from typing import Final

WEEKS_BEFORE: Final = 26
"""The same day of the week, and far more than the eighty days between two lists of the same people."""

ANSWERED_OTHERWISE: Final = """
item                 | karin | a b c d e f g h i | rob | joost
direction_clear      | 5     | 4 4 3 4 3 4 4 3 4 | 4   | 3
keeps_agreements     | 4     | 3 3 3 3 3 3 3 3 3 | 4   | 4
cash_outlook         | 3     | ? ? ? ? ? ? ? ? ? | 2   | 4
"""
"""As ticked on the form half a year before; everything that does not stand here was answered as in the story."""

JOINED_OR_LEFT: Final = 0
"""How many employees came or went in between."""

COACHS_NOTE: Final = "Begin bij de sfeer in de vroege ploeg. Daar is ze trots op."
"""What Petra wrote for herself before the conversation."""

GUESS: Final = "openness"
TOPICS: Final = ("informs_in_time", "safe_to_speak")
STARTS_AT: Final = "10.00"

NOTES: Final = {
    "informs_in_time": {
        "first_impression": "Ik dacht dat ik alles vertelde.",
        "recognise": "De zaterdag van het nieuwe rooster. Het hing er op donderdag.",
        "other_lens": "Bij een ander zou ik zeggen: hang het eerder op, ook als het nog niet af is.",
        "other_side": "Zij moeten oppas regelen. Ik wacht op de bestelling van de hotels.",
        "cause_1": "Ik wacht tot het rooster klopt.",
        "cause_2": "De hotels bellen pas op woensdag.",
        "cause_3": "Ik heb ze nooit gevraagd om eerder te bellen.",
        "room": "Nu kan ik de hotels nog vragen. In december niet meer.",
        "action": "De hotels bellen, en het rooster twee weken vooruit ophangen.",
        "reaction": "De winkel zal willen ruilen. Dat mag, tot de week ervoor.",
        "standing": "chosen",
    },
    "safe_to_speak": {
        "first_impression": "Dit had ik niet verwacht.",
        "recognise": "De koelcel viel uit en ik hoorde het pas na het weekend.",
        "standing": "known",
    },
}
"""Topic -> note -> what was written at the table. The second topic stopped at an example: that is enough for once."""

AGREED: Final = {
    "informs_in_time": {
        "who": "Karin en Chantal",
        "what": "Het rooster hangt twee weken vooruit in de kantine.",
        "when": "vanaf de eerste maandag",
        "figure": "ruilverzoeken per week",
    },
    "loose_1": {
        "who": "Karin",
        "what": "Elke maand een uur met Rob over het geld.",
        "when": "de eerste dinsdag",
        "figure": "",
    },
}

CAME_OF_IT: Final = {
    "informs_in_time": {
        "outcome": "partly",
        "outcome_note": "De vroege ploeg heeft het rooster op tijd. Voor de winkel bleef het een week.",
    },
    "loose_1": {"outcome": "done", "outcome_note": ""},
}

TELL_WHOM: Final = "Aan iedereen, en aan de vroege ploeg eerst, maandag bij de koffie."

TOLD_BACK: Final = {
    "thanks": "Dank je wel, ook als je geen tijd had.",
    "heard_first": "Dat je belangrijke dingen eerder wilt horen.",
    "heard_second": "Dat jullie goede spullen hebben om mee te werken. Dat houden we zo.",
    "change": "Het rooster hangt voortaan eerder in de kantine, te beginnen op maandag.",
    "next_list": "Over een half jaar vraag ik jullie weer.",
}


def closes_on(last: date) -> date:
    """Return when the round before the one that closes on `last` closed."""
    return last - timedelta(weeks=WEEKS_BEFORE)
