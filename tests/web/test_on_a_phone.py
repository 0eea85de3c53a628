"""The road from link to thanks in a real browser on a small phone, with JavaScript and without."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from survey.store.ballots import Box
from survey.store.people import Invitation
from tests.web.conftest import Phone

KEPT = "Object.keys(sessionStorage).length"


@pytest.fixture
def link(address: str, phone: Phone) -> Callable[[Invitation], str]:
    """The address of somebody's link."""
    return lambda invitation: address + phone.link_of(invitation)


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def any_phone(request: pytest.FixtureRequest, browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A phone with JavaScript, and one without."""
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": request.param})
    context.set_default_timeout(5000)
    yield context.new_page()
    context.close()


def begin(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Beginnen").click()
    expect(page.get_by_role("heading", name="Wat zie jij?")).to_be_visible()


def choose(page: Page, item: str, words: str) -> None:
    page.locator(f"fieldset:has([name={item}])").get_by_label(words, exact=True).check()


def test_somebody_answers_and_holds_a_code(
    any_phone: Page, link: Callable[[Invitation], str], staff: list[Invitation], box: Box
) -> None:
    begin(any_phone, link(staff[0]))
    assert any_phone.url.endswith("/lijst")
    choose(any_phone, "gut_feeling", "7")
    choose(any_phone, "order_book", "eens")
    choose(any_phone, "cash_outlook", "kan ik niet beoordelen")
    any_phone.get_by_label("Wat gaat goed en moet zo blijven?").fill("Het brood.")
    any_phone.get_by_role("button", name="Versturen").click()
    expect(any_phone.get_by_role("heading", level=1)).to_have_text("Bedankt. Je antwoord zit in de bus.")
    assert re.fullmatch(r"[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4}", any_phone.locator("output").inner_text())
    assert len(box.sealed_ballots()) == 1


def test_switching_language_halfway_keeps_the_answers(
    any_phone: Page, link: Callable[[Invitation], str], staff: list[Invitation], box: Box
) -> None:
    begin(any_phone, link(staff[0]))
    choose(any_phone, "order_book", "helemaal eens")
    any_phone.get_by_role("button", name="English").click()
    expect(any_phone.get_by_text("There is enough work in sight")).to_be_visible()
    assert any_phone.locator("[name=order_book][value='5']").is_checked()
    assert box.sealed_ballots() == []


def test_a_fault_comes_back_first_with_a_link_to_its_place(
    any_phone: Page, link: Callable[[Invitation], str], staff: list[Invitation]
) -> None:
    begin(any_phone, link(staff[0]))
    choose(any_phone, "order_book", "eens")
    any_phone.locator("#goes_well").fill("x" * 314)
    any_phone.get_by_role("button", name="Versturen").click()
    fault = any_phone.get_by_role("alert")
    expect(fault).to_contain_text("14 tekens te lang")
    assert fault.evaluate("e => e === document.activeElement")
    fault.get_by_role("link").click()
    assert any_phone.url.endswith("#goes_well")
    assert any_phone.locator("#goes_well").input_value() == "x" * 314
    assert any_phone.locator("[name=order_book][value='4']").is_checked()


def test_a_draft_survives_a_reload_and_is_gone_after_the_thanks(
    page: Page, link: Callable[[Invitation], str], staff: list[Invitation]
) -> None:
    begin(page, link(staff[0]))
    choose(page, "order_book", "oneens")
    page.locator("#goes_well").fill("Het brood.")
    page.locator("[name=unquoted][value=goes_well]").check()
    page.reload()
    assert page.locator("[name=order_book][value='2']").is_checked()
    assert page.locator("#goes_well").input_value() == "Het brood."
    assert page.locator("[name=unquoted][value=goes_well]").is_checked()
    page.get_by_role("button", name="Versturen").click()
    expect(page.locator("output")).to_be_visible()
    assert page.evaluate(KEPT) == 0


def test_on_a_shared_tablet_nobody_meets_what_another_began(
    page: Page, link: Callable[[Invitation], str], staff: list[Invitation]
) -> None:
    begin(page, link(staff[0]))
    choose(page, "order_book", "oneens")
    page.locator("#goes_well").fill("Het brood.")
    begin(page, link(staff[1]))
    assert page.locator("input:checked").count() == 0
    assert page.locator("#goes_well").input_value() == ""
    assert "Het brood" not in page.evaluate("JSON.stringify({...sessionStorage})")


def test_the_keys_of_a_keyboard_walk_along_the_scale(
    page: Page, link: Callable[[Invitation], str], staff: list[Invitation]
) -> None:
    begin(page, link(staff[0]))
    page.locator("[name=order_book][value='1']").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("[name=order_book][value='3']").is_checked()


def test_pages_load_nothing_from_elsewhere_and_obey_their_own_policy(
    page: Page, address: str, link: Callable[[Invitation], str], staff: list[Invitation]
) -> None:
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(link(staff[0]))
    assert [url for url in asked if not url.startswith("data:")] == [link(staff[0])]
    begin(page, link(staff[0]))
    choose(page, "order_book", "eens")
    page.get_by_role("button", name="Versturen").click()
    expect(page.locator("output")).to_be_visible()
    assert {url[: len(address)] for url in asked if not url.startswith("data:")} == {address}
    assert complaints == []
