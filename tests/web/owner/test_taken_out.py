"""What was taken out of a mirror on request: the owner reads the day and the kind, never the words or the name."""

from html import unescape

from flask.testing import FlaskClient
from playwright.sync_api import Page

from survey import story
from survey.installation import Installation
from survey.mirror import open_mirror
from survey.redaction import redact_text, redact_voice
from survey.store.database import db
from survey.store.rounds import Round
from tests.mirror.karins_mirror import released
from tests.web.owner.test_on_a_phone import check


def a_text() -> str:
    [texts] = [one for one in released().texts if (one.perspective, one.question) == ("employees", "goes_well")]
    return texts.texts[0]


def take_out(round_: Round, house: Installation) -> str:
    """Take the bank and one text of the employees out of an opened mirror; return that text."""
    open_mirror(round_, house.clock())
    redact_voice(round_, "bank", house.clock())
    redact_text(round_, "employees", "goes_well", a_text(), house.clock())
    return a_text()


def test_the_owner_reads_that_something_was_taken_out_and_never_what(
    owner: FlaskClient, mirrored_round: Round, house: Installation
) -> None:
    quiet = owner.get(f"/ronde/{mirrored_round.id}").text
    assert "Verwijderd op verzoek" not in quiet
    text = take_out(mirrored_round, house)
    for path in (f"/ronde/{mirrored_round.id}", f"/ronde/{mirrored_round.id}/spiegel"):
        page = " ".join(unescape(owner.get(path).text).split())
        assert "Verwijderd op verzoek" in page
        assert "maandag 23 november 2026: alles van één stem op naam: Bank" in page
        assert "maandag 23 november 2026: één tekst bij ‘" in page
        assert text not in page
        assert story.BANKER.name not in page


def test_a_voice_that_was_taken_out_is_called_that_and_not_silent(
    owner: FlaskClient, mirrored_round: Round, house: Installation
) -> None:
    take_out(mirrored_round, house)
    page = " ".join(unescape(owner.get(f"/ronde/{mirrored_round.id}/spiegel").text).split())
    assert "bank (verwijderd op verzoek)" in page
    assert "bank, geen antwoord" not in page


def test_with_something_taken_out_on_a_phone(
    phone_of_karin: Page, address: str, mirrored_round: Round, house: Installation
) -> None:
    take_out(mirrored_round, house)
    db.session.commit()
    check(
        phone_of_karin,
        address,
        {"round": f"/ronde/{mirrored_round.id}", "mirror": f"/ronde/{mirrored_round.id}/spiegel"},
    )
