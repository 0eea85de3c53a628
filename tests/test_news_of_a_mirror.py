"""Who looks along hears that a mirror can be seen, once, and nothing of what is in it."""

import re
from datetime import timedelta

import pytest

from survey import letters, sharing, story
from survey.clock import day_of
from survey.installation import Installation
from survey.mirror import open_mirror
from survey.outgoing.mail import Letter
from survey.sharing import Scope
from survey.store.database import db
from survey.store.grants import Confidant, MirrorGrant
from survey.store.outbox import CAN_BE_SEEN, OutboxMail
from survey.store.people import Company
from survey.store.rounds import Round
from tests.test_sharing import coach, petra, rob

__all__ = ["coach", "petra", "rob"]

MINUTE = timedelta(minutes=1)


def give(round_: Round, confidant: Confidant, house: Installation) -> MirrorGrant:
    ends_on = day_of(house.clock()) + sharing.USUAL_TIME
    return sharing.share_mirror(round_, confidant, Scope.MIRROR, ends_on, house.clock())


def news(house: Installation) -> list[OutboxMail]:
    """What lies in the outbox after the worker looked twice."""
    sharing.tell_who_waited(house.clock())
    sharing.tell_who_waited(house.clock() + MINUTE)
    return list(db.session.scalars(db.select(OutboxMail).filter_by(kind=CAN_BE_SEEN)))


def letter(mail: OutboxMail, house: Installation) -> Letter | None:
    return letters.write(mail, house.links, house.clock())


def test_what_was_shared_beforehand_is_told_once_when_the_owner_has_opened_it(
    mirrored_round: Round, coach: Confidant, rob: Confidant, house: Installation
) -> None:
    give(mirrored_round, coach, house)
    assert news(house) == []
    open_mirror(mirrored_round, house.clock())
    assert [mail.address for mail in news(house)] == [story.PARTNER.address]
    assert news(house)[0].content is None  # nothing is written before it leaves


def test_the_mail_says_that_there_is_something_and_nothing_of_it(
    mirrored_round: Round, coach: Confidant, house: Installation
) -> None:
    give(mirrored_round, coach, house)
    open_mirror(mirrored_round, house.clock())
    written = letter(news(house)[0], house)
    assert written is not None
    assert written.to.address == story.PARTNER.address
    assert written.subject == "Karin de Vries deelt een spiegel met je"
    assert f"/klanten/{mirrored_round.id}/spiegel" in written.text
    text = re.sub(r"\S*://\S*", "", written.text)
    assert not re.search(r"\d", text)
    for word in ("verschil", "medewerker", "blinde", "kracht"):
        assert word not in text.casefold()


def test_somebody_without_an_account_gets_a_link_that_lets_him_make_one(
    mirrored_round: Round, rob: Confidant, house: Installation
) -> None:
    give(mirrored_round, rob, house)
    open_mirror(mirrored_round, house.clock())
    written = letter(news(house)[0], house)
    assert written is not None
    found = re.search(r"/meekijken/(\S+)", written.text)
    assert found is not None
    assert sharing.read_offer(house.hasher, found.group(1), house.clock()) == rob


def test_withdrawn_before_it_leaves_it_is_not_written(
    mirrored_round: Round, coach: Confidant, house: Installation
) -> None:
    grant = give(mirrored_round, coach, house)
    open_mirror(mirrored_round, house.clock())
    [mail] = news(house)
    sharing.revoke(grant, house.clock())
    assert letter(mail, house) is None
    db.session.delete(mail)
    db.session.commit()
    assert news(house) == []


@pytest.mark.parametrize("days", [15, 61])
def test_what_was_opened_long_ago_is_no_news(
    mirrored_round: Round, coach: Confidant, house: Installation, clock: story.MovableClock, days: int
) -> None:
    give(mirrored_round, coach, house)
    open_mirror(mirrored_round, house.clock())
    clock.moment += timedelta(days=days)
    assert news(house) == []


def test_shared_afterwards_it_is_told_by_who_shares_it(
    mirrored_round: Round, coach: Confidant, bakery: Company, house: Installation, clock: story.MovableClock
) -> None:
    open_mirror(mirrored_round, house.clock())
    clock.moment += MINUTE
    grant = give(mirrored_round, coach, house)
    assert news(house) == []
    sharing.tell(grant, house.clock())
    sharing.tell(grant, house.clock())
    assert len(news(house)) == 1
