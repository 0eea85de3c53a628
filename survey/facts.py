"""Facts that two named roles can add to their list: the accountant figures with their date, the bank ten signals.

They are for the owner only, stand beside the release and never in it, and are never mixed with marks. The signals are
those of the research (3SV report, section 6.1.1) and of the list for payment data (PSD2).
"""

import json
from collections.abc import Mapping
from typing import Any, Final

FIGURES: Final = "figures"
SIGNALS: Final = "signals"
ASKED_OF: Final = {"accountant": FIGURES, "bank": SIGNALS}
"""Perspective -> which facts are asked. Nobody else is asked for any, employees never."""

MOST_FIGURES: Final = 6
FIGURE_PARTS: Final = {"name": 40, "figure": 20, "date": 20, "note": 60}
"""Part -> characters. A figure without a name or a date says nothing."""
NEEDED_PARTS: Final = ("name", "figure", "date")

SIGNAL_IDS: Final = (
    "revenue_falling",
    "revenue_fluctuating",
    "high_limit_use",
    "worse_rating",
    "sector",
    "reversed_debits",
    "late_payments",
    "slower_receipts",
    "limits_reached",
    "more_asked",
)
SEEN: Final = ("not_seen", "light", "clear", "cannot_say")
LONGEST_POSITIVE: Final = 200

LARGEST: Final = 1130
"""Bytes of all facts in one ballot: with thirty answers, three texts, a hundred points and three key figures they stay
within the size that all share."""


def is_too_large(facts: Mapping[str, Any]) -> bool:
    """Say whether facts would not fit in a ballot of the common size."""
    return len(json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()) > LARGEST
