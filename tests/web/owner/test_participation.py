"""While the round runs the owner sees as little as nobody can be recognised by."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from survey import rounds, story
from survey.installation import Installation
from survey.rounds import GroupPlan
from survey.store.ballots import Box
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Round, Standing
from tests.bakery import CLOSES_ON
from tests.web.conftest import Phone


def participation(owner: FlaskClient, round_: Round) -> str:
    answer = owner.get(f"/ronde/{round_.id}/deelname")
    assert answer.status_code == 200
    # The form token is another one in every second.
    return unescape(re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text))


def sent_round(bakery: Company, karin: Account, house: Installation, *groups: GroupPlan) -> Round:
    round_ = rounds.prepare(bakery, karin, replace(story.plan(CLOSES_ON), groups=groups))
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    return round_


def kinds() -> list[str]:
    return sorted(db.session.scalars(db.select(OutboxMail.kind)))


def test_whoever_answers_the_page_stays_the_same_until_six_in_the_morning(
    owner: FlaskClient, open_round: Round, box: Box, staff: list[Invitation], new_phone: Callable[[], Phone]
) -> None:
    before = participation(owner, open_round)
    for invitation in staff:
        assert new_phone().answer(invitation).status_code == 200
        assert participation(owner, open_round) == before
    assert "nog te weinig" in before
    rounds.look_at_participation(open_round, box)
    after = participation(owner, open_round)
    assert after == before.replace('tag open">nog te weinig', 'tag full">genoeg')


def test_no_employee_is_named_and_no_number_but_the_invited(owner: FlaskClient, open_round: Round) -> None:
    page = participation(owner, open_round)
    for person in story.EMPLOYEES:
        assert person.name not in page
        assert person.address not in page


@pytest.mark.parametrize("count", [5, 7])
def test_of_fewer_than_eight_nothing_is_seen_before_the_close(
    owner: FlaskClient,
    bakery: Company,
    karin: Account,
    house: Installation,
    new_phone: Callable[[], Phone],
    count: int,
) -> None:
    round_ = sent_round(bakery, karin, house, GroupPlan("employees", story.EMPLOYEES[:count]))
    before = participation(owner, round_)
    assert "te zien na het sluiten" in before
    assert "genoeg" not in before
    for invitation in invitations_of(round_.id):
        new_phone().answer(invitation)
    rounds.look_at_participation(round_, house.boxes.of(round_.id))
    assert participation(owner, round_) == before


def test_who_answers_by_name_is_in_or_not_yet(owner: FlaskClient, open_round: Round, phone: Phone) -> None:
    assert participation(owner, open_round).count("nog niet<") == 4
    (banker,) = invitations_of(open_round.id, "bank")
    phone.answer(banker)
    page = participation(owner, open_round)
    assert page.count("nog niet<") == 3
    assert "binnen<" in page.split("Joost Meijer")[1]


def test_a_reminder_goes_to_the_whole_group_and_at_most_twice(owner: FlaskClient, open_round: Round) -> None:
    address = f"/ronde/{open_round.id}/herinneren"
    assert "Stuur een herinnering aan alle 9" in participation(owner, open_round)
    for number in (1, 2):
        owner.post(address, data={"group": "employees"})
        assert kinds().count(f"reminder_{number}") == 9
    page = participation(owner, open_round)
    assert "Twee keer herinnerd. Dat is genoeg." in page
    owner.post(address, data={"group": "employees"})
    assert "twee keer is genoeg" in participation(owner, open_round)
    assert len([kind for kind in kinds() if kind.startswith("reminder")]) == 18
    assert owner.post(address, data={"group": "customers"}).status_code == 400


def test_with_cards_there_is_a_text_to_hang_up(
    owner: FlaskClient, bakery: Company, karin: Account, house: Installation
) -> None:
    page = participation(owner, sent_round(bakery, karin, house, GroupPlan("employees", cards=9)))
    assert "Heb je al meegedaan, dan hoef je niets te doen." in page
    assert f"{house.links.base}/kaart" in page
    assert "Stuur een herinnering" not in page


class TestMailThatCameBack:
    """Failures are seen the same day, and only a bounced address is mended."""

    @pytest.fixture
    def bounced(self, open_round: Round, staff: list[Invitation]) -> Invitation:
        mail = db.session.scalars(db.select(OutboxMail).filter_by(invitation_id=staff[0].id)).one()
        mail.state, mail.last_error, staff[0].bounced = "failed", "550 no such user", 1
        return staff[0]

    def test_it_is_shown_with_a_field_for_the_right_address(
        self, owner: FlaskClient, open_round: Round, bounced: Invitation
    ) -> None:
        assert "1 mail is nog niet aangekomen." in owner.get(f"/ronde/{open_round.id}").text
        page = participation(owner, open_round)
        assert f"De mail aan {bounced.address} kwam terug." in page
        assert "Dit zegt niets over meedoen" in page

    def test_a_mended_address_is_invited_again(
        self, owner: FlaskClient, open_round: Round, bounced: Invitation
    ) -> None:
        data = {"invitation": bounced.id, "address": " nieuw@bakkerijdevries.example "}
        assert owner.post(f"/ronde/{open_round.id}/adres", data=data).status_code == 303
        assert bounced.address == "nieuw@bakkerijdevries.example"
        assert "kwam terug" not in participation(owner, open_round)

    @pytest.mark.parametrize(
        ("address", "sentence"),
        [
            ("nieuw@bakkerij", "na ‘bakkerij’ mist bijvoorbeeld .nl"),
            (story.ACCOUNTANT.address.upper(), "Dit adres staat al op de lijst."),
            ("karin+9@bakkerijdevries.example", "die vult apart in"),
            (story.PARTNER.address, "kunnen niet als medewerker meedoen"),
        ],
    )
    def test_a_wrong_one_is_named_and_kept_in_the_field(
        self, owner: FlaskClient, open_round: Round, bounced: Invitation, address: str, sentence: str
    ) -> None:
        data = {"invitation": bounced.id, "address": address}
        answer = owner.post(f"/ronde/{open_round.id}/adres", data=data)
        assert answer.status_code == 422
        assert sentence in unescape(answer.text)
        assert f'value="{address}"' in answer.text

    def test_an_address_that_works_is_frozen(
        self, owner: FlaskClient, open_round: Round, staff: list[Invitation], noise: Round
    ) -> None:
        data = {"invitation": staff[1].id, "address": "nieuw@bakkerijdevries.example"}
        assert owner.post(f"/ronde/{open_round.id}/adres", data=data).status_code == 422
        assert staff[1].address != "nieuw@bakkerijdevries.example"

    def test_an_invitation_of_another_company_does_not_exist(
        self, owner: FlaskClient, open_round: Round, noise: Round
    ) -> None:
        data = {"invitation": invitations_of(noise.id)[0].id, "address": "x@bakkerij.nl"}
        assert owner.post(f"/ronde/{open_round.id}/adres", data=data).status_code == 404


class TestExtending:
    """Once, at most fourteen days, and everybody hears it."""

    def test_the_new_day_is_told_to_everybody(self, owner: FlaskClient, open_round: Round) -> None:
        address = f"/ronde/{open_round.id}/verlengen"
        assert "uiterlijk vrijdag 4 december 2026" in owner.get(address).text
        data = {"closes-day": "27", "closes-month": "11", "closes-year": "2026"}
        answer = owner.post(address, data=data)
        assert "tot en met vrijdag 27 november" in participation(owner, open_round)
        assert answer.status_code == 303
        assert kinds().count("extended") == 13

    def test_a_second_time_is_not_offered(self, owner: FlaskClient, open_round: Round, house: Installation) -> None:
        rounds.extend(open_round, CLOSES_ON + timedelta(days=1), house.clock())
        assert owner.get(f"/ronde/{open_round.id}/verlengen").status_code == 303
        assert "De ronde verlengen" not in participation(owner, open_round)

    @pytest.mark.parametrize("day", ["20", "5", "x"])
    def test_another_day_is_refused_in_words_and_kept(self, owner: FlaskClient, open_round: Round, day: str) -> None:
        month = "11" if day == "20" else "12"
        data = {"closes-day": day, "closes-month": month, "closes-year": "2026"}
        answer = owner.post(f"/ronde/{open_round.id}/verlengen", data=data)
        assert answer.status_code == 422
        assert f'value="{day}"' in answer.text
        assert open_round.closes_on == CLOSES_ON


def test_cancelling_says_what_it_does_and_asks_once(
    owner: FlaskClient, bakery: Company, open_round: Round, house: Installation
) -> None:
    address = f"/ronde/{open_round.id}/afbreken"
    page = owner.get(address).text
    assert "worden vernietigd" in page
    assert "13 mensen krijgen een mail" in page
    assert open_round.standing_at(house.clock()) is Standing.OPEN
    assert owner.post(address).location == f"/bedrijf/{bakery.id}"
    assert open_round.standing_at(house.clock()) is Standing.CANCELLED
    assert owner.get(f"/ronde/{open_round.id}/deelname").location == f"/ronde/{open_round.id}"


def test_what_is_closed_is_not_cancelled(owner: FlaskClient, open_round: Round, clock: story.MovableClock) -> None:
    clock.move_to(CLOSES_ON + timedelta(days=1))
    owner.post(f"/ronde/{open_round.id}/afbreken")
    assert open_round.cancelled_at is None
