"""Rounds that are not like the bakery's: many voices, few voices, long names, long texts."""

from dataclasses import replace

import pytest

from survey import story
from survey.counting import scored_items
from survey.mirror import MirrorReport, NamedPerson, hold_up_mirror, report_html, report_pdf
from survey.mirror.figures import columns, force_field, own_writings_fit
from survey.questionnaires import load
from survey.scoring import AnonymousGroup, NamedVoice, release
from tests.mirror.karins_mirror import EMPLOYEES, KEY, facts_of, mirror, own_view, released

LONG = "Wilhelmina-Alexandra van der Meulen-Boonstra"
EIGHT = {
    "co_owner": "rob",
    "accountant": "rob",
    "bank": "joost",
    "adviser": "anneke",
    "peer_1": "anneke",
    "peer_2": "willem",
    "peer_3": "willem",
}


@pytest.fixture(scope="module")
def many() -> MirrorReport:
    """A mirror of eight voices with names that fill a line."""
    told = story.answers()
    staff = AnonymousGroup("employees", [told[name] for name in EMPLOYEES], 9)
    items = scored_items(load("spiegel-1"))
    result = release(items, [staff, *(NamedVoice(voice, told[name]) for voice, name in EIGHT.items())], KEY)
    people = tuple(NamedPerson(voice, voice.partition("_")[0], LONG) for voice in EIGHT if voice != "co_owner")
    facts = facts_of(
        result,
        people=(NamedPerson("co_owner", "co_owner", LONG), *people),
        groups=("employees", "co_owner", "accountant", "bank", "adviser", "peer"),
        company="Scheepsbouw- en Reparatiebedrijf Gebroeders van Schaffelaar en Zonen BV",
        owner=LONG,
    )
    return hold_up_mirror(result, own_view(), facts, "nl")


def test_no_voice_is_left_out_however_many_there_are(many: MirrorReport) -> None:
    field = force_field(many)

    assert len(many.voices) == 8
    assert len(columns(many)) == 8
    assert field is not None
    assert len(field.parties) == 8
    assert all(len(row.seen) == 8 for row in many.sight)


def test_with_many_voices_letters_stand_above_the_columns_and_are_explained(many: MirrorReport) -> None:
    assert [column.head for column in columns(many)] == [
        "Medewerkers (9)", "M", "A", "B", "V", "O 1", "O 2", "O 3",
    ]  # fmt: skip
    assert any("M, A, B, V, O 1, O 2 en O 3: de mede-eigenaar, de accountant" in note for note in many.notes)


def test_every_column_stays_on_the_page(many: MirrorReport) -> None:
    for report in (many, mirror()):
        last = columns(report)[-1]
        assert last.left + last.width <= 174.01


def test_a_long_name_is_cut_at_the_foot_of_a_page_only(many: MirrorReport) -> None:
    page = report_html(many)
    style, body = page[page.index("<style>") : page.index("</style>")], page[page.index("</style>") :]

    assert "Gebroeders van Schaffelaar en Zonen BV" in body
    assert "Zonen" not in style


def test_long_writings_of_the_owner_stand_with_the_other_words() -> None:
    result = released()
    long = own_view(texts={"seen_by_few": "Wat hoor ik niet? " * 16, "needs_attention": "De tweede oven. " * 18})
    report = hold_up_mirror(result, long, facts_of(result), "nl")
    page = report_html(report)

    assert own_writings_fit(mirror())
    assert not own_writings_fit(report)
    assert page.index('class="own"') > page.index('id="words"')


def test_eight_voices_and_long_names_are_still_a_whole_report(many: MirrorReport) -> None:
    assert report_pdf(many).startswith(b"%PDF")


def test_the_shortest_mirror_has_one_voice() -> None:
    result = released(employees="", voices={"rob": "accountant"})
    only = replace(
        result,
        perspectives=tuple(one for one in result.perspectives if one.id == "accountant"),
        cells=tuple(one for one in result.cells if one.perspective == "accountant"),
        visibility=tuple(one for one in result.visibility if one.perspective == "accountant"),
    )
    people = (NamedPerson("accountant", "accountant", "Rob de Wit"),)
    report = hold_up_mirror(only, own_view(), facts_of(only, people=people, groups=("accountant",)), "nl")

    assert "één stem" in report_html(report)
    assert report_pdf(report).startswith(b"%PDF")
