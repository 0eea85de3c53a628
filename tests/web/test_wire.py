"""A page that was compressed once and completed per person is the same page in every encoding."""

import gzip

import brotli
import pytest
from werkzeug.datastructures import Accept

from survey.store.people import Invitation
from survey.web.respondent.wire import LONGEST_END, Pressed, pressed
from tests.web.conftest import Phone

COMMON = "<p>Er is genoeg werk in zicht voor de komende maanden.</p>\n" * 200
OPENED = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


@pytest.mark.parametrize("encoding", OPENED)
@pytest.mark.parametrize("end", ["", "é", "start.van.Karin\n</form>", "x" * LONGEST_END])
def test_common_part_and_own_end_come_out_as_one_page(end: str, encoding: str) -> None:
    body = Pressed.of(COMMON).ending(end, Accept([(encoding, 1)] if encoding else []))
    assert body.encoding == encoding
    assert OPENED[encoding](body.content).decode() == COMMON + end


def test_brotli_is_taken_before_gzip_and_what_is_refused_is_not_taken() -> None:
    page = Pressed.of(COMMON)
    assert page.ending("", Accept([("gzip", 1), ("br", 1)])).encoding == "br"
    assert page.ending("", Accept([("gzip", 1), ("br", 0)])).encoding == "gzip"
    assert page.ending("", Accept([("gzip", 0)])).encoding == ""
    assert pressed(COMMON, Accept([("gzip", 0)])).encoding == ""


def test_a_page_for_one_person_is_compressed_too() -> None:
    body = pressed(COMMON, Accept([("gzip", 1)]))
    assert gzip.decompress(body.content).decode() == COMMON


def test_a_phone_reads_the_same_list_in_every_encoding(phone: Phone, staff: list[Invitation]) -> None:
    promises = set()
    for encoding, opened in OPENED.items():
        answer = phone.client.get(phone.link_of(staff[0]), headers={"Accept-Encoding": encoding})
        assert answer.headers.get("Content-Encoding", "") == encoding
        assert "Accept-Encoding" in answer.headers["Vary"]
        promises.add(opened(answer.data))
    assert len(promises) == 1


def test_promise_and_list_together_stay_under_eight_thousand_bytes(phone: Phone, staff: list[Invitation]) -> None:
    small = {"Accept-Encoding": "gzip"}
    promise = phone.client.get(phone.link_of(staff[0]), headers=small)
    phone.client.post(phone.link_of(staff[0]))
    form = phone.client.get("/lijst", headers=small)
    assert len(promise.data) + len(form.data) <= 8000
