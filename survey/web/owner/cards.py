"""Cards for people without mail: made and shown once, as a sheet to print. One per head, and none to spare."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from survey.installation import installation
from survey.store.rounds import Round, Standing
from survey.web.access import own_company, own_round
from survey.web.owner.door import door, show


@door.get("/ronde/<round_id>/kaartjes")
def cards(round_id: str) -> str | Response:
    """Show whether the cards were made, and the button that makes them."""
    round_ = own_round(round_id)
    if not _card_groups(round_):
        return redirect(url_for(".round_", round_id=round_.id), 303)
    return _page(round_)


def _page(round_: Round) -> str:
    standing = round_.standing_at(installation().clock())
    return show(
        "cards",
        own_company(round_.company_id),
        round_,
        groups=_card_groups(round_),
        running=standing in (Standing.ANNOUNCED, Standing.OPEN),
        may_remake=standing is Standing.ANNOUNCED,
    )


def _card_groups(round_: Round) -> list[str]:
    return [group.perspective for group in round_.groups if group.channel == "cards"]
