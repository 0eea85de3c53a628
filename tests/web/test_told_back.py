"""Behind every link and card, after the close: what the owner tells back, until the links are erased."""

from dataclasses import replace
from datetime import timedelta

from survey import invitations, rounds, story
from survey.installation import Installation
from survey.rounds import GroupPlan
from survey.store.database import db
from survey.store.people import Account, Company, invitations_of
from survey.store.rounds import Round
from survey.telling_back import publish
from tests.bakery import CLOSES_ON
from tests.test_telling_back import TELLING
from tests.web.conftest import Phone


def test_the_link_of_everybody_tells_what_was_heard(phone: Phone, mirrored_round: Round, house: Installation) -> None:
    before = phone.client.get(phone.link_of(invitations_of(mirrored_round.id)[0])).text
    assert "vertelt daarna wat er is gehoord" in before
    publish(mirrored_round, TELLING, house.clock())
    for invitation in invitations_of(mirrored_round.id):
        page = phone.client.get(phone.link_of(invitation))
        assert page.status_code == 200
        for words in vars(TELLING).values():
            assert words in page.text
        assert "19 januari" in page.text


def test_what_is_told_is_shown_literally(phone: Phone, mirrored_round: Round, house: Installation) -> None:
    publish(mirrored_round, replace(TELLING, thanks="<b>Dank</b>\nvoor alles"), house.clock())
    page = phone.client.get(phone.link_of(invitations_of(mirrored_round.id)[0])).text
    assert "&lt;b&gt;Dank&lt;/b&gt;\nvoor alles" in page


def test_sixty_days_after_the_close_it_is_gone(
    phone: Phone, mirrored_round: Round, house: Installation, clock: story.MovableClock
) -> None:
    publish(mirrored_round, TELLING, house.clock())
    link = phone.link_of(invitations_of(mirrored_round.id)[0])
    clock.move_to(CLOSES_ON + timedelta(days=60), hour=23)
    assert TELLING.change in phone.client.get(link).text
    clock.move_to(CLOSES_ON + timedelta(days=61), hour=0)
    gone = phone.client.get(link)
    assert gone.status_code == 410
    assert TELLING.change not in gone.text


def test_a_card_leads_to_it_too(
    phone: Phone, bakery: Company, karin: Account, house: Installation, clock: story.MovableClock
) -> None:
    plan = replace(story.plan(CLOSES_ON), groups=(GroupPlan("employees", cards=9),))
    round_ = rounds.prepare(bakery, karin, plan)
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    cards = invitations.make_cards(round_, "employees", house.hasher, house.clock())
    clock.move_to(CLOSES_ON + timedelta(days=3))
    round_.closed_at = round_.counted_at = clock()
    db.session.commit()
    publish(round_, TELLING, house.clock())
    assert TELLING.change in phone.client.post("/kaart", data={"code": cards[0]}).text
    assert TELLING.change in phone.client.get(f"/kaart/{cards[1]}").text


def test_a_link_of_another_company_tells_nothing_of_it(
    phone: Phone, mirrored_round: Round, noise: Round, house: Installation
) -> None:
    publish(mirrored_round, TELLING, house.clock())
    for invitation in invitations_of(noise.id):
        assert TELLING.change not in phone.client.get(phone.link_of(invitation)).text
