"""Home: the round on its line of time, or the empty line when there is none."""

from survey import clock, conversation, dispatch
from survey.conversation import Agreement
from survey.installation import installation
from survey.mirror.words import words_in
from survey.store.people import Company
from survey.store.rounds import Round, Standing, draft_of, rounds_of
from survey.web.access import current_account, own_company, own_round
from survey.web.languages import language
from survey.web.owner.door import door, round_title, show
from survey.web.owner.participation import RUNNING, key_is_lost, stands_of, voices_of
from survey.web.owner.rhythm import running_rhythms
from survey.web.owner.spine import first_steps, steps_of
from survey.web.owner.taken_out import taken_out_of
from survey.web.owner.waiting import Page, waiting

AT_ONCE = 4
"""Earlier rounds that stand on the page unfolded: a year of quarters."""


@door.get("/bedrijf/<company_id>")
def home(company_id: str) -> Page:
    """Show the round that matters now, and the others by name."""
    company = own_company(company_id)
    round_ = _in_view(company)
    if round_ is None:
        draft = draft_of(company.id)
        steps = first_steps(company.id, begun=draft is not None)
        return show("home_empty", company, steps=steps, name=current_account().name.partition(" ")[0])
    return _page(company, round_)


@door.get("/ronde/<round_id>")
def round_(round_id: str) -> Page:
    """Show one round, of now or of before."""
    found = own_round(round_id)
    return _page(own_company(found.company_id), found)


def _page(company: Company, round_: Round) -> Page:
    now = installation().clock()
    standing = round_.standing_at(now)
    departure = dispatch.departure_of(round_.id, now) if standing in RUNNING else None
    rounds = rounds_of(company.id)
    html = show(
        "home",
        company,
        round_,
        standing=standing.value,
        steps=steps_of(round_, now, current_account().id),
        stands=stands_of(round_, standing),
        voices=voices_of(round_),
        departure=departure,
        undelivered=len(dispatch.failed_mail(round_.id, now)) if standing in RUNNING else 0,
        others=[(one, round_title(one, rounds)) for one in rounds if one.id != round_.id and not _was_skipped(one)],
        at_once=AT_ONCE,
        may_prepare=standing in (Standing.COUNTED, Standing.CANCELLED),
        today=clock.day_of(now),
        agreed=_agreed(round_),
        lost=key_is_lost(round_),
        taken_out=list(taken_out_of(round_)) if round_.subject_id == current_account().id else [],
        rhythms=running_rhythms(company),
        kind_name=words_in(language())(f"kind.{round_.kind}.name"),
        in_my_mirror=round_.subject_id == current_account().id,
    )
    return waiting(html, round_, standing, departure)


def _agreed(round_: Round) -> tuple[Round, tuple[Agreement, ...]] | None:
    """Return what was agreed about this round, else about the one before, for the owner it mirrors."""
    if round_.subject_id != current_account().id:
        return None
    if here := conversation.agreements_of(round_):
        return round_, here
    earlier, before = conversation.earlier_agreements(round_)
    return (earlier, before) if earlier is not None else None


def _in_view(company: Company) -> Round | None:
    """Return the round that asks for attention: one that runs, else one that waits to be sent, else the last."""
    now = installation().clock()
    first = (
        Standing.CLOSED,
        Standing.OPEN,
        Standing.ANNOUNCED,
        Standing.PREPARED,
        Standing.COUNTED,
        Standing.CANCELLED,
    )
    took_place = (one for one in rounds_of(company.id) if not _was_skipped(one))
    return min(took_place, key=lambda one: first.index(one.standing_at(now)), default=None)


def _was_skipped(round_: Round) -> bool:
    """Whether it was prepared by the rhythm only and put away before anything was sent: nobody ever met it."""
    return round_.turn is not None and round_.sent_at is None and round_.cancelled_at is not None
