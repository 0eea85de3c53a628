"""While something takes its time the page answers at once, says what is happening, and asks again by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from survey import dispatch, invitations, rounds, story
from survey.dispatch import Departure
from survey.installation import Installation
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, Invitation
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON
from tests.mirror.karins_mirror import COUNTED, count, hand_in
from tests.test_overview import statements
from tests.web.conftest import Phone
from tests.web.owner.test_on_a_phone import check

MAILS = 13


def hand_over(round_: Round, some: int, **values: object) -> None:
    """Let so many of the round's invitations be dealt with, as the worker writes it down."""
    mails = db.session.scalars(db.select(OutboxMail).filter_by(round_id=round_.id, kind="invitation", state="waiting"))
    for mail in list(mails)[:some]:
        for name, value in (values or {"state": "sent"}).items():
            setattr(mail, name, value)
    db.session.commit()


def test_right_after_sending_the_page_says_how_many_mails_left_and_looks_again(
    owner: FlaskClient, bakery: Company, open_round: Round
) -> None:
    hand_over(open_round, 4)
    answer = owner.get(f"/bedrijf/{bakery.id}")
    assert f"De mails gaan weg: 4 van de {MAILS} zijn verstuurd." in answer.text
    assert f'<progress aria-labelledby="leaving" max="{MAILS}" value="4">' in answer.text
    assert answer.headers["Refresh"] == "5"


def test_once_all_left_nothing_is_said_and_nothing_asked_again(
    owner: FlaskClient, bakery: Company, open_round: Round
) -> None:
    hand_over(open_round, MAILS)
    answer = owner.get(f"/bedrijf/{bakery.id}")
    assert "De mails gaan weg" not in answer.text
    assert "Refresh" not in answer.headers


@pytest.mark.parametrize("values", [{"last_error": "later"}, {"state": "failed"}])
def test_what_the_mail_server_put_off_or_refused_is_no_longer_leaving(
    open_round: Round, house: Installation, values: dict[str, object]
) -> None:
    hand_over(open_round, MAILS - 1)
    hand_over(open_round, 1, **values)
    assert dispatch.departure_of(open_round.id, house.clock()) is None


def test_mails_for_tomorrow_are_not_leaving_and_late_ones_are_named_as_late(
    bakery: Company, karin: Account, house: Installation, clock: story.MovableClock
) -> None:
    round_ = rounds.prepare(bakery, karin, story.plan(CLOSES_ON))
    clock.move_to(round_.opens_on - timedelta(days=3))
    rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, house.clock())
    assert dispatch.departure_of(round_.id, house.clock()) is None
    clock.move_to(round_.opens_on, rounds.MORNING_HOUR)
    assert dispatch.departure_of(round_.id, house.clock()) == Departure(0, MAILS)
    clock.move_to(round_.opens_on, rounds.MORNING_HOUR + 1)
    assert dispatch.departure_of(round_.id, house.clock()) is None
    assert len(dispatch.failed_mail(round_.id, house.clock())) == MAILS


def test_of_a_reminder_no_number_is_shown(
    owner: FlaskClient, bakery: Company, open_round: Round, staff: list[Invitation], house: Installation
) -> None:
    hand_over(open_round, MAILS)
    staff[0].muted = 1
    db.session.commit()
    invitations.remind(open_round, "employees", house.clock())
    answer = owner.get(f"/bedrijf/{bakery.id}")
    assert "De mails gaan weg" not in answer.text
    assert dispatch.departure_of(open_round.id, house.clock()) is None


def test_the_number_says_nothing_of_who_answered(
    owner: FlaskClient, open_round: Round, house: Installation, staff: list[Invitation], new_phone: Callable[[], Phone]
) -> None:
    hand_over(open_round, 5)
    for invitation in staff[:6]:
        new_phone().answer(invitation)
    assert dispatch.departure_of(open_round.id, house.clock()) == Departure(5, MAILS)


@pytest.mark.parametrize("page", ["", "/deelname", "/spiegel"])
def test_while_it_is_counted_every_page_of_the_round_asks_again(
    owner: FlaskClient, open_round: Round, clock: story.MovableClock, page: str
) -> None:
    clock.move_to(CLOSES_ON + timedelta(days=1), 0)
    answer = owner.get(f"/ronde/{open_round.id}{page}")
    assert answer.headers["Refresh"] == "30"
    assert "geteld" in answer.text


@pytest.fixture
def opened(open_round: Round) -> str:
    count(open_round)
    hand_in(open_round)
    open_round.opened_mirror_at = COUNTED
    db.session.commit()
    return f"/ronde/{open_round.id}"


@pytest.mark.parametrize(("page", "file"), [("/spiegel/pdf", "/spiegel.pdf"), ("/gespreksblad", "/gespreksblad.pdf")])
def test_a_pdf_is_announced_at_once_and_fetched_by_the_browser(
    owner: FlaskClient, opened: str, page: str, file: str
) -> None:
    answer = owner.get(f"{opened}{page}")
    assert "Je PDF wordt gemaakt" in answer.text
    assert answer.headers["Refresh"] == f"0; url={opened}{file}"
    assert f'href="{opened}{file}"' in answer.text
    assert f'href="{opened}{page}"' in owner.get(f"{opened}/spiegel").text


def test_before_the_mirror_was_opened_no_pdf_is_announced(owner: FlaskClient, opened: str, open_round: Round) -> None:
    open_round.opened_mirror_at = None
    db.session.commit()
    assert owner.get(f"{opened}/spiegel/pdf").location == f"{opened}/spiegel"


def test_the_download_begins_by_itself_without_a_script(phone_of_karin: Page, address: str, opened: str) -> None:
    phone_of_karin.goto(f"{address}{opened}/spiegel")
    with phone_of_karin.expect_download(timeout=60_000) as coming:
        phone_of_karin.get_by_role("link", name="Download als PDF").click()
    assert coming.value.suggested_filename == "spiegel-2026-11.pdf"
    assert phone_of_karin.get_by_role("heading", level=1).inner_text() == "Je PDF wordt gemaakt"


def test_on_a_phone_the_sending_reads_well(
    phone_of_karin: Page, address: str, bakery: Company, open_round: Round
) -> None:
    hand_over(open_round, 4)
    check(phone_of_karin, address, {"sending": f"/bedrijf/{bakery.id}"})


def test_many_earlier_rounds_are_folded(owner: FlaskClient, bakery: Company, karin: Account, open_round: Round) -> None:
    for back in range(1, 41):
        old = rounds.prepare(bakery, karin, story.plan(CLOSES_ON - timedelta(days=91 * back)))
        count(old)
    with statements() as seen:
        page = owner.get(f"/ronde/{open_round.id}").text
    assert len([one for one in seen if one.startswith("SELECT")]) < 30
    assert "Nog 36 rondes" in page
    assert page.index("Nog 36 rondes") > page.index("Andere rondes")
    assert page.count("/ronde/") > 40
