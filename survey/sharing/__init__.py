"""Sharing: whom an owner lets look along, at what, and until when. Nobody until the owner says so; it ends at once.

Two kinds of grant. A relation grant shows the dates and the status of a company's rounds. A mirror grant shows one
mirror: it may be given beforehand, and works once the round is counted and its owner has opened the mirror. Naming
somebody as conversation partner grants nothing. It must not know what anybody answered.
"""

from survey.sharing.granting import (
    LONGEST_TIME,
    USUAL_TIME,
    EndsTooLate,
    Line,
    WordsForPartnerOnly,
    let_in,
    people_around,
    revoke,
    share_mirror,
    share_relation,
)
from survey.sharing.news import tell, tell_who_waited
from survey.sharing.offers import OFFER_LASTS, OfferForSomebodyElse, OfferVoid, offer, read_offer, take_up
from survey.sharing.scopes import NoLongerShared, Scope, Shared, holds_on, is_partner
from survey.sharing.seeing import (
    Event,
    is_confidant,
    mirrors_shared_with,
    sees_earlier,
    shared_with,
    what_happened,
    write_down_view,
)

__all__ = [
    "LONGEST_TIME",
    "OFFER_LASTS",
    "USUAL_TIME",
    "EndsTooLate",
    "Event",
    "Line",
    "NoLongerShared",
    "OfferForSomebodyElse",
    "OfferVoid",
    "Scope",
    "Shared",
    "WordsForPartnerOnly",
    "holds_on",
    "is_confidant",
    "is_partner",
    "let_in",
    "mirrors_shared_with",
    "offer",
    "people_around",
    "read_offer",
    "revoke",
    "sees_earlier",
    "share_mirror",
    "share_relation",
    "shared_with",
    "take_up",
    "tell",
    "tell_who_waited",
    "what_happened",
    "write_down_view",
]
