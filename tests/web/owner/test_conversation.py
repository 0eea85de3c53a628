"""The conversation without JavaScript: guess, see, choose, write; agree, put it in a calendar and on paper."""

import io
import re
from datetime import date, timedelta

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from survey import conversation, rounds, story
from survey.conversation.sheet import agreement_place, note_place
from survey.installation import Installation
from survey.mirror import mirror_of, open_mirror, to_talk_about
from survey.scoring import canonical, digest
from survey.store.database import db
from survey.store.kept_texts import Draft
from survey.store.people import Account, Company
from survey.store.rounds import ReleaseRecord, Round
from survey.telling_back import publish
from tests.bakery import CLOSES_ON
from tests.mirror.karins_mirror import released
from tests.test_telling_back import TELLING
from tests.web.owner.conftest import become
from tests.web.owner.test_home import now_step

PAGES = (
    "gesprek",
    "gesprek/raden",
    "gesprek/zien",
    "gesprek/1/cause",
    "gesprek/afronden",
    "afspraken",
    "afspraken.pdf",
    "terugkijken",
    "agenda",
    "agenda/conversation.ics",
    "terugvertellen",
)


@pytest.fixture
def topics(mirrored_round: Round, house: Installation) -> tuple[str, ...]:
    """Three topics, chosen after the mirror was opened."""
    open_mirror(mirrored_round, house.clock())
    offered = [one.statement.item for one in mirror_of(mirrored_round, "Bakkerij De Vries", "nl").differences]
    conversation.choose_topics(mirrored_round, offered, offered, 0)
    return tuple(offered)


def at(round_: Round, page: str) -> str:
    return f"/ronde/{round_.id}/{page}"


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_before_there_is_a_mirror_every_page_leads_back_to_the_round(owner: FlaskClient, open_round: Round) -> None:
    for page in PAGES:
        if page.startswith("agenda"):
            continue  # the conversation stands in a calendar long before
        answer = owner.get(at(open_round, page))
        assert (answer.status_code, answer.location) == (303, f"/ronde/{open_round.id}"), page
    answer = owner.post(at(open_round, "gesprek/bewaar"), data={"t.guess": "openness"})
    assert answer.status_code == 303
    assert conversation.sheet_of(open_round).guess == ""


def test_another_owner_of_the_same_company_does_not_sit_at_this_table(
    app: Flask, owner: FlaskClient, bakery: Company, mirrored_round: Round, topics: tuple[str, ...]
) -> None:
    henk = Account(email="henk@bakkerijdevries.example", name="Henk de Vries")
    bakery.owners.append(henk)
    db.session.commit()
    become(owner, henk)
    for page in PAGES:
        assert owner.get(at(mirrored_round, page)).status_code == 404, page
    assert owner.post(at(mirrored_round, "gesprek/bewaar"), data={"t.guess": "openness"}).status_code == 404


def test_nothing_is_seen_before_the_guess(owner: FlaskClient, mirrored_round: Round) -> None:
    guess = owner.get(at(mirrored_round, "gesprek/raden")).text
    assert "Karin, bij welk onderwerp verwacht je het grootste verschil met de medewerkers?" in guess
    assert not re.search(r"\d,\d", guess)
    for page in ("gesprek/zien", "gesprek/1/first_impression"):
        answer = owner.get(at(mirrored_round, page))
        assert answer.location == at(mirrored_round, "gesprek/raden")
    assert mirrored_round.opened_mirror_at is None


def test_the_guess_opens_the_mirror_and_shows_where_the_difference_is(
    owner: FlaskClient, mirrored_round: Round
) -> None:
    answer = owner.post(at(mirrored_round, "gesprek/raden"), data={"t.guess": "decisions", "v.guess": "0"})
    assert answer.location == at(mirrored_round, "gesprek/zien")
    assert mirrored_round.opened_mirror_at is not None
    seen = owner.get(answer.location).text
    assert "Je koos Besluiten. Het grootste verschil zit hier." in seen


def test_the_largest_difference_at_the_table_is_that_of_the_report_and_can_be_chosen(
    owner: FlaskClient, mirrored_round: Round
) -> None:
    first = mirror_of(mirrored_round, "Bakkerij De Vries", "nl").differences[0].statement
    answer = owner.post(at(mirrored_round, "gesprek/raden"))
    seen = owner.get(answer.location).text
    assert f"<h1>{first.theme}</h1>" in seen
    assert f'name="topic" value="{first.item}" checked' in seen


def test_without_a_difference_larger_than_chance_no_theme_is_called_the_largest(
    owner: FlaskClient, mirrored_round: Round
) -> None:
    assert mirrored_round.self_assessment is not None
    alike = {name: dict.fromkeys(told, 3) for name, told in story.answers().items()}
    document = canonical(released(alike))
    mirrored_round.release = ReleaseRecord(document=document, digest=digest(document))
    mirrored_round.self_assessment.answers = alike["karin"]
    mirrored_round.self_assessment.predictions = {}
    db.session.commit()
    answer = owner.post(at(mirrored_round, "gesprek/raden"))
    seen = owner.get(answer.location).text
    assert "Geen verschil is groter dan toeval." in seen
    assert "Het grootste verschil zit hier." not in seen


def test_a_good_guess_is_told(owner: FlaskClient, mirrored_round: Round) -> None:
    owner.post(at(mirrored_round, "gesprek/raden"), data={"t.guess": "openness", "v.guess": "0"})
    assert "Je koos Openheid. Daar zit het grootste verschil." in owner.get(at(mirrored_round, "gesprek/zien")).text


def test_guessing_may_be_skipped(owner: FlaskClient, mirrored_round: Round) -> None:
    answer = owner.post(at(mirrored_round, "gesprek/raden"))
    assert "Het grootste verschil zit hier." in owner.get(answer.location).text


def test_the_three_numbers_are_mine_what_i_thought_and_theirs(
    owner: FlaskClient, mirrored_round: Round, topics: tuple[str, ...]
) -> None:
    page = owner.get(at(mirrored_round, "gesprek/1/first_impression")).text
    numbers = re.findall(r"<dt>([^<]*)</dt><dd[^>]*>([^<]*)</dd>", page)
    assert numbers == [
        ("jij", "5"),
        ("jij dacht: de medewerkers, over heel Openheid", "5"),
        ("de medewerkers", "2,5"),
    ]


def test_topics_are_chosen_and_the_first_opens(owner: FlaskClient, mirrored_round: Round) -> None:
    owner.post(at(mirrored_round, "gesprek/raden"))
    chosen = ["carries_alone", "safe_to_speak"]
    answer = owner.post(at(mirrored_round, "gesprek/zien"), data={"topic": chosen, "v.topics": "0"})
    assert answer.location == at(mirrored_round, "gesprek/1/first_impression")
    assert conversation.sheet_of(mirrored_round).topics == tuple(chosen)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ([], "Kies minstens één onderwerp."),
        (["safe_to_speak", "informs_in_time", "would_think_along", "carries_alone"], "Kies er hooguit drie."),
    ],
)
def test_none_and_four_are_refused_in_words(
    owner: FlaskClient, mirrored_round: Round, chosen: list[str], words: str
) -> None:
    owner.post(at(mirrored_round, "gesprek/raden"))
    answer = owner.post(at(mirrored_round, "gesprek/zien"), data={"topic": chosen, "v.topics": "0"})
    assert answer.status_code == 422
    assert words in answer.text
    assert conversation.sheet_of(mirrored_round).topics == ()


def test_a_topic_that_the_mirror_does_not_offer_cannot_be_chosen(owner: FlaskClient, mirrored_round: Round) -> None:
    owner.post(at(mirrored_round, "gesprek/raden"))
    assert owner.post(at(mirrored_round, "gesprek/zien"), data={"topic": ["order_book"]}).status_code == 400


def test_the_paper_to_write_on_has_the_topics_that_were_chosen_at_the_table(
    owner: FlaskClient, mirrored_round: Round, house: Installation
) -> None:
    report = mirror_of(mirrored_round, "Bakkerij De Vries", "nl")
    open_mirror(mirrored_round, house.clock())
    offered = [offer.block for offer in to_talk_about(report)]
    chosen = [offered[-1], offered[1]]
    items = [block.statement.item for block in offered]
    conversation.choose_topics(mirrored_round, [block.statement.item for block in chosen], items, 0)
    pages = PdfReader(io.BytesIO(owner.get(at(mirrored_round, "gespreksblad.pdf")).data)).pages
    texts = [" ".join(page.extract_text().split()) for page in pages]
    assert len(texts) == len(chosen) + 1
    for text, block in zip(texts, chosen, strict=False):
        for words in (block.statement.text, *block.sentences, block.question):
            assert words in text
    assert not any(offered[0].statement.text in text for text in texts)


def test_one_question_follows_another_and_the_last_leads_to_the_next_topic(
    owner: FlaskClient, mirrored_round: Round, topics: tuple[str, ...]
) -> None:
    following = at(mirrored_round, "gesprek/1/first_impression")
    seen = []
    while "/gesprek/afronden" not in following:
        page = owner.get(following)
        assert page.status_code == 200
        seen.append(following.partition("/gesprek/")[2])
        following = re.search(r'name="next" value="([^"]+)"', page.text)[1]  # type: ignore[index]
    steps = [step.id for step in conversation.STEPS]
    assert seen == [f"{number}/{step}" for number in (1, 2, 3) for step in steps]


def test_stopping_is_offered_from_the_cause_on(
    owner: FlaskClient, mirrored_round: Round, topics: tuple[str, ...]
) -> None:
    steps = [step.id for step in conversation.STEPS[:-1]]
    offered = [
        step for step in steps if "Stop hier voor vandaag" in owner.get(at(mirrored_round, f"gesprek/1/{step}")).text
    ]
    assert offered == steps[steps.index("cause") :]


def test_the_gaps_own_question_asks_for_the_example(
    owner: FlaskClient, mirrored_round: Round, topics: tuple[str, ...]
) -> None:
    question = mirror_of(mirrored_round, "Bakkerij De Vries", "nl").differences[0].question
    assert question in owner.get(at(mirrored_round, "gesprek/1/recognise")).text


def test_a_button_keeps_what_was_typed_and_goes_on(
    owner: FlaskClient, mirrored_round: Round, topics: tuple[str, ...]
) -> None:
    place, following = note_place(topics[0], "room"), at(mirrored_round, "gesprek/1/reaction")
    answer = owner.post(
        at(mirrored_round, "gesprek/bewaar"),
        data={f"t.{place}": "Nu\r\nof nooit", f"v.{place}": "0", "next": following},
    )
    assert (answer.status_code, answer.location) == (303, following)
    assert conversation.sheet_of(mirrored_round).at(place).text == "Nu\nof nooit"


def test_without_a_script_the_second_device_sees_both_texts_too(
    owner: FlaskClient, mirrored_round: Round, topics: tuple[str, ...]
) -> None:
    place = note_place(topics[0], "room")
    conversation.keep(mirrored_round, {place: Draft("Van de laptop.", 0)})
    address = at(mirrored_round, "gesprek/bewaar")
    answer = owner.post(address, data={f"t.{place}": "Van de tablet.", f"v.{place}": "0", "next": "/x"})
    assert answer.status_code == 409
    for words in ("Van de laptop.", "Van de tablet.", "Allebei, onder elkaar", "Ruimte"):
        assert words in answer.text
    assert conversation.sheet_of(mirrored_round).at(place).text == "Van de laptop."
    both = {f"t.{place}": "Van de laptop.\n\nVan de tablet.", f"v.{place}": "1", "settles": "y", "next": "/x"}
    assert owner.post(address, data=both).location == "/x"
    assert "Van de tablet." in conversation.sheet_of(mirrored_round).at(place).text


def test_two_choices_are_shown_in_words(owner: FlaskClient, mirrored_round: Round, topics: tuple[str, ...]) -> None:
    place = note_place(topics[0], "standing")
    conversation.keep(mirrored_round, {place: Draft("known", 0)})
    page = owner.post(at(mirrored_round, "gesprek/bewaar"), data={f"t.{place}": "busy", f"v.{place}": "0"}).text
    assert "Weet ik" in page
    assert "Ben ik mee bezig" in page
    assert "Allebei" not in page


@pytest.mark.parametrize(
    "data",
    [
        {"t.elsewhere": "x"},
        {"t.guess": "openness", "v.guess": "-1"},
        {"t.guess": "openness", "v.guess": "²"},
        {"t.guess": "no theme"},
        {"t.topics": "no statement"},
    ],
)
def test_what_no_form_of_ours_sends_is_refused(owner: FlaskClient, mirrored_round: Round, data: dict[str, str]) -> None:
    assert owner.post(at(mirrored_round, "gesprek/bewaar"), data=data).status_code == 400


def test_what_is_typed_never_leaves_this_host(owner: FlaskClient, mirrored_round: Round) -> None:
    answer = owner.post(
        at(mirrored_round, "gesprek/bewaar"), data={"t.guess": "openness", "next": "https://evil.example"}
    )
    assert answer.location == "/"
    policy = owner.get(at(mirrored_round, "gesprek/raden")).headers["Content-Security-Policy"]
    assert "connect-src 'self'" in policy
    assert "connect-src" not in owner.get(at(mirrored_round, "gesprek")).headers["Content-Security-Policy"]


def test_what_was_typed_is_shown_literally(owner: FlaskClient, mirrored_round: Round, topics: tuple[str, ...]) -> None:
    place = agreement_place(topics[0], "what")
    conversation.keep(mirrored_round, {place: Draft("</textarea><script>x</script>", 0)})
    for page in ("gesprek/1/room", "afspraken", "terugkijken", "gesprek/afronden"):
        assert "<script>x" not in owner.get(at(mirrored_round, page)).text


def test_the_agreements_are_on_paper(owner: FlaskClient, mirrored_round: Round, topics: tuple[str, ...]) -> None:
    parts = {
        "who": "Karin",
        "what": "Elke dinsdag mee in de nachtploeg",
        "when": "vanaf 5 januari",
        "figure": "rooster",
    }
    conversation.keep(
        mirrored_round, {agreement_place(topics[0], part): Draft(text, 0) for part, text in parts.items()}
    )
    conversation.keep_coach_notes(mirrored_round, mirrored_round.subject_id, {"before": Draft("Begin bij de oven.", 0)})
    answer = owner.get(at(mirrored_round, "afspraken.pdf"))
    assert answer.mimetype == "application/pdf"
    words = text_of(answer.data)
    for text in (*parts.values(), "Petra Visser", "maandag 30 november", "Wat is ervan gekomen"):
        assert text in words
    assert "oven" not in words


def test_the_same_agreements_give_the_same_paper(owner: FlaskClient, mirrored_round: Round) -> None:
    first, second = (owner.get(at(mirrored_round, "afspraken.pdf")).data for _ in range(2))
    assert first == second


def test_the_conversation_goes_into_a_calendar_moves_and_is_taken_out(
    owner: FlaskClient, mirrored_round: Round
) -> None:
    file = at(mirrored_round, "agenda/conversation.ics")
    added = event_in(owner.get(file).data)
    moved_to = {"kind": "conversation", "day-day": "2", "day-month": "12", "day-year": "2026", "time": "10.30"}
    assert owner.post(at(mirrored_round, "agenda"), data={**moved_to, "minutes": "60"}).status_code == 303
    moved = event_in(owner.get(file).data)
    assert (moved["UID"], moved["SEQUENCE"]) == (added["UID"], added["SEQUENCE"] + 1)
    assert moved.decoded("DTSTART").isoformat() == "2026-12-02T10:30:00+01:00"
    assert moved.decoded("DTEND") - moved.decoded("DTSTART") == timedelta(hours=1)
    assert mirrored_round.conversation_on == date(2026, 12, 2)
    owner.post(at(mirrored_round, "agenda"), data={"kind": "conversation", "press": "off"})
    gone = owner.get(file)
    assert gone.content_type == "text/calendar; charset=utf-8"
    assert event_in(gone.data)["STATUS"] == "CANCELLED"
    assert event_in(gone.data)["SEQUENCE"] == 2


def event_in(file: bytes) -> icalendar.Event:
    [event] = icalendar.Calendar.from_ical(file).events
    return event


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"day-month": "13"}, "Vul een dag, een maand en een jaar in."),
        ({"time": "morgen"}, "Schrijf de tijd als 10.00."),
    ],
)
def test_a_date_that_does_not_exist_comes_back_as_it_was_typed(
    owner: FlaskClient, mirrored_round: Round, changed: dict[str, str], words: str
) -> None:
    typed = {"kind": "conversation", "day-day": "2", "day-month": "12", "day-year": "2026", "time": "10", **changed}
    answer = owner.post(at(mirrored_round, "agenda"), data=typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{next(iter(changed.values()))}"' in answer.text


def test_a_date_of_another_kind_is_not_there(owner: FlaskClient, mirrored_round: Round) -> None:
    assert owner.get(at(mirrored_round, "agenda/party.ics")).status_code == 404
    assert owner.post(at(mirrored_round, "agenda"), data={"kind": "party", "press": "off"}).status_code == 404


def test_the_owner_says_what_came_of_it_and_the_next_round_leads_there(
    owner: FlaskClient, mirrored_round: Round, topics: tuple[str, ...], bakery: Company, karin: Account
) -> None:
    conversation.keep(mirrored_round, {agreement_place(topics[0], "what"): Draft("Meelopen", 0)})
    page = owner.get(at(mirrored_round, "terugkijken")).text
    for words in ("Meelopen", "Gedaan", "Voor een deel", "Niet gelukt", "Niet meer nodig"):
        assert words in page
    place = agreement_place(topics[0], "outcome")
    owner.post(at(mirrored_round, "gesprek/bewaar"), data={f"t.{place}": "partly", f"v.{place}": "0"})
    following = rounds.prepare(bakery, karin, story.plan(CLOSES_ON + timedelta(days=100)))
    _, [agreed] = conversation.earlier_agreements(following)
    assert agreed.outcome == "partly"


def test_on_the_day_itself_home_leads_to_the_table_and_after_telling_back_to_the_next_round(
    owner: FlaskClient, mirrored_round: Round, clock: story.MovableClock, topics: tuple[str, ...]
) -> None:
    home = f"/bedrijf/{mirrored_round.company_id}"
    clock.move_to(mirrored_round.conversation_on)
    assert f'class="button" href="{at(mirrored_round, "gesprek")}"' in owner.get(home).text
    clock.move_to(mirrored_round.conversation_on + timedelta(days=1))
    assert f'class="button" href="{at(mirrored_round, "terugvertellen")}"' in owner.get(home).text
    publish(mirrored_round, TELLING, clock())
    assert f'class="button" href="{at(mirrored_round, "afspraken")}"' in owner.get(home).text


def test_told_back_before_the_day_the_conversation_is_still_to_come(
    owner: FlaskClient, mirrored_round: Round, clock: story.MovableClock, topics: tuple[str, ...]
) -> None:
    home = f"/bedrijf/{mirrored_round.company_id}"
    publish(mirrored_round, TELLING, clock())
    assert now_step(owner.get(home).text) == "Het goede gesprek"
    clock.move_to(mirrored_round.conversation_on)
    assert now_step(owner.get(home).text) == "Volgende ronde"


def test_told_back_and_called_off_the_next_round_is_what_comes(
    owner: FlaskClient, mirrored_round: Round, clock: story.MovableClock, topics: tuple[str, ...]
) -> None:
    conversation.call_off(mirrored_round, "conversation")
    publish(mirrored_round, TELLING, clock())
    assert now_step(owner.get(f"/bedrijf/{mirrored_round.company_id}").text) == "Volgende ronde"


def test_home_shows_what_was_agreed(owner: FlaskClient, mirrored_round: Round, topics: tuple[str, ...]) -> None:
    conversation.keep(mirrored_round, {agreement_place(topics[0], "what"): Draft("Elke dinsdag mee", 0)})
    page = owner.get(f"/bedrijf/{mirrored_round.company_id}").text
    assert "Afgesproken" in page
    assert "Elke dinsdag mee" in page
