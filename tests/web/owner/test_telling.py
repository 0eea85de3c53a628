"""The page on which the owner tells back: his words, pointed at and never changed, and then read by everybody."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from survey import telling_back
from survey.conversation.sheet import tell_back_place
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.rounds import Round
from survey.telling_back import Telling
from tests.test_telling_back import TELLING


def form_of(telling: Telling, version: int = 0, **others: str) -> dict[str, str]:
    fields = {f"t.{tell_back_place(part)}": text for part, text in vars(telling).items()}
    fields |= {f"v.{tell_back_place(part)}": str(version) for part in vars(telling)}
    return fields | others


def mails() -> int:
    return len(list(db.session.scalars(db.select(OutboxMail).filter_by(kind="tell_back"))))


@pytest.fixture
def address(mirrored_round: Round) -> str:
    return f"/ronde/{mirrored_round.id}/terugvertellen"


def test_keeping_tells_nobody(owner: FlaskClient, mirrored_round: Round, address: str) -> None:
    assert owner.post(address, data=form_of(TELLING)).status_code == 303
    page = owner.get(address).text
    assert TELLING.change in page
    assert "Nog niets. Niemand leest mee" in page
    assert telling_back.what_was_told(mirrored_round) is None
    assert mails() == 0


def test_publishing_lets_everybody_read_it(owner: FlaskClient, mirrored_round: Round, address: str) -> None:
    answer = owner.post(address, data=form_of(TELLING, press="publish"))
    assert answer.status_code == 303
    page = owner.get(address).text
    assert "13 mails vertrekken meteen." in page
    assert telling_back.what_was_told(mirrored_round) == TELLING
    assert mails() == 13


def test_words_are_pointed_at_first_and_go_up_as_they_are_when_he_says_so(
    owner: FlaskClient, mirrored_round: Round, address: str
) -> None:
    words = replace(TELLING, heard_first="Jullie gaven een 2,5 en dat is geen crisis.")
    looked = owner.post(address, data=form_of(words, press="publish"))
    assert looked.status_code == 422
    for pointed in ("‘2,5’", "‘crisis’", "jij beslist"):
        assert pointed in looked.text
    assert telling_back.what_was_told(mirrored_round) is None
    seen = looked.text.split('name="seen" value="')[1].split('"')[0]
    assert owner.post(address, data=form_of(words, 1, press="publish", seen=seen)).status_code == 303
    assert telling_back.what_was_told(mirrored_round) == words


def test_a_name_of_who_was_invited_is_a_question_and_no_refusal(
    owner: FlaskClient, mirrored_round: Round, address: str
) -> None:
    words = replace(TELLING, heard_first="Eén van jullie, Rob, zei dat het te laat komt.")
    looked = owner.post(address, data=form_of(words, press="publish"))
    assert looked.status_code == 422
    assert "‘Rob’" in looked.text
    assert "Kan het zonder naam?" in looked.text
    assert telling_back.what_was_told(mirrored_round) is None
    seen = looked.text.split('name="seen" value="')[1].split('"')[0]
    assert owner.post(address, data=form_of(words, 1, press="publish", seen=seen)).status_code == 303
    assert telling_back.what_was_told(mirrored_round) == words


def test_other_words_than_were_pointed_at_are_looked_at_again(
    owner: FlaskClient, mirrored_round: Round, address: str
) -> None:
    looked = owner.post(address, data=form_of(replace(TELLING, change="Geen crisis."), press="publish"))
    seen = looked.text.split('name="seen" value="')[1].split('"')[0]
    changed = form_of(replace(TELLING, change="Geen schuld."), 1, press="publish", seen=seen)
    assert owner.post(address, data=changed).status_code == 422
    assert telling_back.what_was_told(mirrored_round) is None


def test_what_is_missing_is_named(owner: FlaskClient, mirrored_round: Round, address: str) -> None:
    answer = owner.post(address, data=form_of(replace(TELLING, change=""), press="publish"))
    assert answer.status_code == 422
    assert "Hier staat nog niets: Eén ding dat verandert." in answer.text


def test_two_devices_are_shown_both_texts_before_anything_goes_up(
    owner: FlaskClient, mirrored_round: Round, address: str
) -> None:
    owner.post(address, data=form_of(TELLING))
    answer = owner.post(address, data=form_of(replace(TELLING, change="Iets anders."), press="publish"))
    assert answer.status_code == 409
    assert telling_back.what_was_told(mirrored_round) is None


def test_a_newer_text_is_not_what_they_read_until_it_is_put_there(
    owner: FlaskClient, mirrored_round: Round, address: str
) -> None:
    owner.post(address, data=form_of(TELLING, press="publish"))
    owner.post(address, data=form_of(replace(TELLING, change="Iets nieuws."), 1))
    page = owner.get(address).text
    assert "Die leest nog niemand." in page
    told = telling_back.what_was_told(mirrored_round)
    assert told is not None
    assert told.change == TELLING.change


def test_for_card_groups_there_is_a_text_to_hang_up(owner: FlaskClient, mirrored_round: Round, address: str) -> None:
    mirrored_round.group("employees").channel = "cards"
    db.session.commit()
    assert "Hang dit op" not in owner.get(address).text
    owner.post(address, data=form_of(TELLING, press="publish"))
    page = owner.get(address).text
    for words in ("Hang dit op", "/kaart", "dinsdag 19 januari", "Niemand mag om je code vragen"):
        assert words in page
