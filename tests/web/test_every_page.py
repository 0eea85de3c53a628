"""Every page of the respondent's door in a real browser: readable for everybody, at every size."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from werkzeug.test import TestResponse

from survey import counting, invitations, locking, rounds, story
from survey.installation import Installation
from survey.rounds import GroupPlan, RoundPlan
from survey.store import keys
from survey.store.database import db
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import Round
from tests.bakery import CLOSES_ON, TODAY
from tests.web.conftest import MOOD, Phone, code_in, path_of, start_in

DAY = timedelta(days=1)
TOO_LONG = MOOD | {"goes_well": "Het brood. " * 30}


class Album:
    """Keeps pages by name."""

    def __init__(self, new_phone: Callable[[], Phone], language: str) -> None:
        self.new_phone, self.language = new_phone, language
        self.pages: dict[str, str] = {}

    def get(self, name: str, path: str, phone: Phone | None = None) -> str:
        """Open an address and keep the page."""
        client = (phone or self.new_phone()).client
        return self._keep(name, client.get(path, query_string={"taal": self.language}))

    def post(self, name: str, path: str, phone: Phone | None = None, **values: str) -> str:
        """Send a form and keep the page that answers."""
        client = (phone or self.new_phone()).client
        return self._keep(name, client.post(path, data={"taal": self.language, **values}))

    def _keep(self, name: str, answer: TestResponse) -> str:
        assert answer.headers["Content-Language"] == self.language, name
        self.pages[name] = answer.text
        return answer.text


@pytest.fixture(params=["nl", "en"])
def album(
    request: pytest.FixtureRequest,
    new_phone: Callable[[], Phone],
    open_round: Round,
    staff: list[Invitation],
    house: Installation,
    clock: story.MovableClock,
) -> dict[str, str]:
    """All pages of one language, by name."""
    album = Album(new_phone, request.param)
    hold_while_open(album, open_round, staff, house)
    hold_cards(album, bakery_of_another(house), house)
    hold_shut_doors(album, open_round, staff, house, clock)
    hold_other_ends(album, house, clock)
    if folder := os.environ.get("SURVEY_ALBUM"):  # to look at with one's own eyes
        for name, page in album.pages.items():
            Path(folder, f"{name}_{request.param}.html").write_text(page, "utf-8")
    return album.pages


def hold_while_open(album: Album, round_: Round, staff: list[Invitation], house: Installation) -> None:
    phone = album.new_phone()
    link = phone.link_of(staff[0])
    album.get("promise", link)
    album.get("how_it_works", path_of(house.links.how_it_works(round_.id)))
    phone.client.post(link, data={"taal": album.language})
    start = start_in(album.get("list", "/lijst", phone))
    album.post("list_with_faults", "/lijst", phone, start=start, **TOO_LONG, customers_return="9")
    album.post("list_with_nothing", "/lijst", phone, start=start)
    code = code_in(album.post("thanks", "/lijst", phone, start=start, **MOOD))
    album.get("visit_ended", "/lijst", phone)
    album.get("already_sent", link)
    album.post("declined", phone.link_of(staff[1]), do="decline")
    [bank] = invitations_of(round_.id, "bank")
    album.get("promise_by_name", phone.link_of(bank))
    phone.client.post(phone.link_of(bank), data={"taal": album.language})
    start = start_in(album.get("list_by_name", "/lijst", phone))
    album.post("thanks_by_name", "/lijst", phone, start=start, **MOOD, goes_well="Netjes.\nAltijd.")
    album.get("answered_by_name", phone.link_of(bank))
    album.post("withdrawn_by_name", phone.link_of(bank), do="withdraw")
    [accountant] = invitations_of(round_.id, "accountant")
    phone.client.post(phone.link_of(accountant), data={"taal": album.language})
    start = start_in(album.get("list_with_figures", "/lijst", phone))
    album.post("list_with_half_a_figure", "/lijst", phone, start=start, **MOOD, **{"figure-2-name": "Solvabiliteit"})
    mute = path_of(house.links.no_more_mail(staff[1].id))
    album.get("no_more_mail", mute)
    album.post("mail_stopped", mute)
    album.get("link_unknown", "/u/verzonnen")
    album.get("receipt", "/bon")
    album.post("receipt_unknown", "/bon", code="0000 0000 0000")
    album.post("receipt_in_the_box", "/bon", code=code)
    album.post("list_by_code", "/bon", code=code, do="replace")
    album.post("withdraw", "/bon", code=code, do="withdraw")
    album.post("withdraw_with_a_wrong_link", "/bon", code=code, do="withdraw_now", link="verzonnen")
    album.post("withdraw_with_link", "/bon", code=code, do="withdraw", link=link)
    album.post("withdrawn", "/bon", code=code, do="withdraw_now")


def hold_cards(album: Album, bakery: Company, house: Installation) -> None:
    [owner] = bakery.owners
    plan = story.plan(CLOSES_ON)
    cards = RoundPlan(**{**vars(plan), "groups": (GroupPlan("employees", cards=6),)})
    round_ = rounds.prepare(bakery, owner, cards)
    rounds.send(round_, owner, house.boxes.of(round_.id), house.settings.keys, house.clock())
    code = invitations.make_cards(round_, "employees", house.hasher, house.clock())[0]
    album.get("card", "/kaart")
    album.post("card_typed", "/kaart", code=code)
    album.post("card_declined", "/kaart", code=code, do="decline")
    album.post("card_unusable", "/kaart", code="0000000000")


def hold_shut_doors(
    album: Album,
    round_: Round,
    staff: list[Invitation],
    house: Installation,
    clock: story.MovableClock,
) -> None:
    phone, link, box = album.new_phone(), album.new_phone().link_of(staff[8]), house.boxes.of(round_.id)
    [bank] = invitations_of(round_.id, "bank")
    clock.move_to(TODAY - DAY)
    album.get("not_yet_open", link)
    clock.move_to(TODAY)
    codes = [code_in(phone.answer(one).text) for one in staff[1:6]]
    start = phone.open_list(staff[8])
    staff[7].revoked = 1
    db.session.commit()
    album.get("link_revoked", phone.link_of(staff[7]))
    clock.move_to(CLOSES_ON + DAY)
    album.get("list_closed", link)
    album.post("list_too_late", "/lijst", start=start, **MOOD)
    album.post("receipt_awaits", "/bon", code=codes[0])
    counting.close(round_, box, clock())
    counting.count(round_, box, house.settings.keys, clock())
    album.get("list_counted", link)
    album.get("list_counted_by_name", phone.link_of(bank))
    album.post("receipt_counted", "/bon", code=codes[0])
    clock.move_to(CLOSES_ON + 61 * DAY)
    album.get("link_expired", link)
    clock.move_to(TODAY)


def hold_other_ends(album: Album, house: Installation, clock: story.MovableClock) -> None:
    clock.move_to(TODAY)
    destroyed, cancelled = (prepared_elsewhere(house) for _ in range(2))
    for round_ in (destroyed, cancelled):
        send(round_, house)
    phone = album.new_phone()
    invitation = invitations_of(destroyed.id, "employees")[0]
    code = code_in(phone.answer(invitation).text)
    counting.close(destroyed, house.boxes.of(destroyed.id), clock(), early=True)
    counting.count(destroyed, house.boxes.of(destroyed.id), house.settings.keys, clock())
    album.get("list_destroyed", phone.link_of(invitation))
    album.post("receipt_destroyed", "/bon", code=code)
    rounds.cancel(cancelled, house.boxes.of(cancelled.id), house.settings.keys, clock())
    album.get("round_cancelled", phone.link_of(invitations_of(cancelled.id)[0]))
    hold_a_lock(album, house, clock)
    for _ in range(40):
        phone.client.post("/bon", data={"code": "0000 0000 0000"})
    album.get("too_many_wrong_codes", "/kaart/0000000000")


def hold_a_lock(album: Album, house: Installation, clock: story.MovableClock) -> None:
    """A round in strict mode that stays locked, and one whose key is lost."""
    locked, lost = (prepared_elsewhere(house) for _ in range(2))
    locking.lock(locked, "vier broden en een krentenbol", house.settings.keys)
    for round_ in (locked, lost):
        send(round_, house)
    phone, [bank], one = album.new_phone(), invitations_of(locked.id, "bank"), invitations_of(locked.id, "employees")[0]
    album.get("promise_on_lock", phone.link_of(one))
    album.get("promise_by_name_on_lock", phone.link_of(bank))
    code = code_in(phone.answer(one).text)
    clock.move_to(CLOSES_ON + DAY)
    album.get("list_on_lock", phone.link_of(one))
    album.post("receipt_on_lock", "/bon", code=code)
    keys.destroy_key(house.settings.keys, lost.id)
    rounds.cancel(lost, house.boxes.of(lost.id), house.settings.keys, clock())
    album.get("round_with_lost_key", phone.link_of(invitations_of(lost.id)[0]))
    clock.move_to(CLOSES_ON + 31 * DAY)
    rounds.cancel(locked, house.boxes.of(locked.id), house.settings.keys, clock())
    album.get("round_stayed_locked", phone.link_of(one))
    album.post("receipt_stayed_locked", "/bon", code=code)
    clock.move_to(TODAY)


def prepared_elsewhere(house: Installation) -> Round:
    bakery = bakery_of_another(house)
    return rounds.prepare(bakery, bakery.owners[0], story.plan(CLOSES_ON))


def send(round_: Round, house: Installation) -> None:
    owner = db.session.get_one(Account, round_.subject_id)
    rounds.send(round_, owner, house.boxes.of(round_.id), house.settings.keys, house.clock())


def bakery_of_another(house: Installation) -> Company:
    """A bakery with an owner of its own, whose rounds do not come too soon after those of others."""
    number = db.session.scalar(db.select(db.func.count()).select_from(Account))
    owner = Account(email=f"owner-{number}@bakkerijen.example", name=story.OWNER.name, confirmed_at=house.clock())
    company = Company(name="De Vries in de Dorpsstraat", owners=[owner])
    db.session.add(company)
    db.session.commit()
    return company


@pytest.fixture
def desk(page: Page) -> Iterator[Page]:
    """A browser page that reports what went wrong in it."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    assert problems == []


def test_axe_finds_nothing_on_any_page(album: dict[str, str], desk: Page) -> None:
    found = {}
    for name, html in album.items():
        desk.set_content(html)
        result = Axe().run(desk)
        if result.violations_count:
            found[name] = result.generate_report()
    assert found == {}


def test_nothing_scrolls_sideways_on_a_small_phone_with_large_letters(album: dict[str, str], desk: Page) -> None:
    desk.set_viewport_size({"width": 320, "height": 640})
    too_wide = {}
    for name, html in album.items():
        desk.set_content(html)
        for size in ("100%", "125%", "200%"):
            width = desk.evaluate(
                "size => { document.documentElement.style.fontSize = size;"
                " return document.documentElement.scrollWidth }",
                size,
            )
            if width > 320:
                too_wide[name, size] = width
    assert too_wide == {}


def test_the_start_button_is_reached_without_scrolling_on_a_small_phone(album: dict[str, str], desk: Page) -> None:
    for name in ("promise", "promise_by_name", "card_typed"):
        desk.set_content(album[name])
        box = desk.locator("button[value=start]").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 640, name


def test_what_is_pressed_is_large_enough_for_a_thumb(album: dict[str, str], desk: Page) -> None:
    small = "e => [...e].filter(b => b.getBoundingClientRect().height < 44).map(b => b.outerHTML)"
    for name, html in album.items():
        desk.set_content(html)
        assert desk.locator("button, summary, label:has(input), nav > *").evaluate_all(small) == [], name


def test_five_answers_are_equally_wide_in_a_row_and_become_a_ladder_when_they_do_not_fit(
    album: dict[str, str], desk: Page
) -> None:
    desk.set_content(album["list"])
    cells = "e => [...e].map(c => c.getBoundingClientRect()).map(c => [Math.round(c.width * 10) / 10, Math.round(c.y)])"
    row = desk.locator("fieldset:has([name=order_book]) .r label")
    widths, heights = zip(*row.evaluate_all(cells), strict=True)
    assert max(widths) - min(widths) <= 0.1
    assert min(widths) >= 60
    assert len(set(heights)) == 1
    desk.evaluate("document.documentElement.style.fontSize = '200%'")
    widths, heights = zip(*row.evaluate_all(cells), strict=True)
    assert min(widths) > 250
    assert sorted(set(heights)) == list(heights)
