"""When nothing fits on the disk any more: words, an unused link, a whole database, and afterwards it works again."""

from collections.abc import Callable, Iterator
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event

from survey.installation import Installation
from survey.store.ballots import Box
from survey.store.people import Account, Company, Invitation
from survey.store.rounds import Round
from tests.web.conftest import Phone
from tests.web.owner.conftest import become

Fill = Callable[[], object]
MORE_THAN_ANY_FILE: Final = 2**30


@pytest.fixture
def disk(app: Flask, database_url: str | None) -> Iterator[tuple[Fill, Fill]]:
    """Fills the disk and frees it: SQLite itself is told that its files cannot grow, and refuses as on a full disk."""
    if database_url is not None:
        pytest.skip("a full disk of a database server is the server's own")

    most = [MORE_THAN_ANY_FILE]

    def no_page_more(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most[0]}").close()

    event.listen(Engine, "begin", no_page_more)
    yield lambda: most.__setitem__(0, 1), lambda: most.__setitem__(0, MORE_THAN_ANY_FILE)
    event.remove(Engine, "begin", no_page_more)


def test_a_list_that_does_not_fit_is_refused_in_words_and_can_be_sent_later(
    app: Flask, phone: Phone, open_round: Round, staff: list[Invitation], box: Box, disk: tuple[Fill, Fill]
) -> None:
    app.config["TESTING"] = False
    fill, free = disk
    start = phone.open_list(staff[0])
    many = {f"padding_{number}": "x" for number in range(3)}
    fill()
    answers = [phone.send(start, {"order_book": "4", "goes_well": "Het brood.", **many}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert "Er is niets opgeslagen" in answers[0].text
    free()
    assert phone.send(start).status_code == 200
    assert phone.client.get(phone.link_of(staff[0])).status_code == 200
    assert len(box.sealed_ballots()) == 1


def test_what_an_owner_types_is_refused_in_words_too(
    app: Flask, client: FlaskClient, karin: Account, bakery: Company, house: Installation, disk: tuple[Fill, Fill]
) -> None:
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
    fill, free = disk
    become(client, karin)
    typed = {"press": "stop", "employees": "Bram Kok <bram@bakkerijdevries.example>\n" * 4_000}
    fill()
    answer = client.post(f"/bedrijf/{bakery.id}/voorbereiden", data=typed)
    assert answer.status_code == 503
    assert "Het lukt nu even niet" in answer.text
    free()
    assert client.post(f"/bedrijf/{bakery.id}/voorbereiden", data=typed).status_code == 303
