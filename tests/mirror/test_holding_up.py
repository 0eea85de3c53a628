"""What a mirror says: numbers that were released, sentences made by rules, a question for each gap."""

from dataclasses import replace
from typing import Any

import pytest

from survey import story
from survey.mirror import MirrorReport, hold_up_mirror
from survey.mirror.marks import Absent, Mark
from survey.mirror.printing import report_html
from survey.scoring import REMOVED, Level
from tests.mirror.karins_mirror import PEOPLE, facts_of, mirror, own_view, released


def answered(**changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The story's answers with other answers of these people."""
    told = story.answers()
    return {name: {**told[name], **changes.get(name, {})} for name in told}


def in_dutch(report: MirrorReport) -> list[str]:
    return [sentence for block in report.differences for sentence in block.sentences]


def test_the_largest_difference_is_said_in_numbers_and_ends_in_a_question() -> None:
    first = mirror().openings[0]

    assert first.before == (
        "Jij geeft een 5 aan ‘Met slecht nieuws kun je bij Karin terecht’, de medewerkers geven 2,5."
    )
    assert first.question == "Wat hoorde je later dan je wilde?"


def test_a_gap_sentence_names_the_group_and_whoever_sees_it_clearly_otherwise() -> None:
    informs = mirror().differences[1]

    assert informs.sentences == ("Jij: 4. De medewerkers: 2,0 of lager. De bank: 2.",)


def test_help_that_was_not_expected_is_where_to_begin() -> None:
    report = mirror()

    assert report.openings[-1].before == "Begin bij de bank, op "
    assert report.openings[-1].place == "differ"
    assert report.differences[-1].sentences == ("Je verwachtte 2, de bank zegt 4.",)


def test_an_expectation_for_a_whole_theme_is_said_where_it_was_not_met() -> None:
    openness = mirror().differences[0]

    assert "Voor heel Openheid verwachtte je van de medewerkers een 5. Zij geven 3,0." in openness.sentences


def test_english_writes_a_point_where_dutch_writes_a_comma() -> None:
    assert mirror(language="en").differences[0].sentences[0] == "You: 5. The employees: 2.5."


def test_a_reversed_statement_says_which_way_the_number_runs() -> None:
    concern = next(one for one in mirror().shared_concerns if one.item == "carries_alone")

    assert concern.is_reversed
    assert concern.strip.own_text == "2"  # she ticked 4 on "I solve difficult things alone"


def test_a_cell_of_fewer_people_says_a_part() -> None:
    told = answered(**{name: {"asks_views": "cannot_judge"} for name in "ab"})  # seven of nine are left
    statement = next(
        one for theme in mirror(released(told)).statements for one in theme.statements if one.item == "asks_views"
    )

    said = statement.strip.rows[0].said
    assert isinstance(said, Mark)
    assert said.text == "3,5, een deel"
    assert said.band == "5–7"


def test_the_groups_number_stands_in_the_column_head_and_in_no_sentence() -> None:
    report = mirror()

    assert report.voices[0].head == "Medewerkers (9)"
    assert not any("9" in sentence or "negen" in sentence for sentence in in_dutch(report))


def test_a_group_below_five_is_a_row_of_words() -> None:
    report = mirror(released(employees="abcd"))
    employees = report.voices[0]

    assert not employees.answered
    assert employees.on_the_cover == "medewerkers, minder dan vijf antwoorden"
    rows = [row for half in report.halves for theme in half.themes for row in theme.strip.rows]
    assert {row.said for row in rows if row.speaker.is_group} == {
        Absent("te weinig antwoorden", is_sight=False, short="te weinig")
    }
    assert all(not seen.share for row in report.sight for seen in row.seen[:1])


def test_a_named_voice_that_kept_still_is_on_the_cover_only() -> None:
    report = mirror(released(voices={"rob": "accountant"}))

    assert [speaker.id for speaker in report.voices] == ["employees", "accountant"]
    assert [speaker.on_the_cover for speaker in report.speakers][2] == "bank, geen antwoord"


def test_a_mirror_without_staff_is_whole() -> None:
    result = released()
    without = replace(
        result,
        perspectives=tuple(one for one in result.perspectives if one.id != "employees"),
        cells=tuple(one for one in result.cells if one.perspective != "employees"),
        visibility=tuple(one for one in result.visibility if one.perspective != "employees"),
        texts=tuple(one for one in result.texts if one.perspective != "employees"),
    )
    report = hold_up_mirror(without, own_view(), facts_of(without, groups=("accountant", "bank", "peer")), "nl")

    assert [speaker.id for speaker in report.voices] == ["accountant", "bank", "peer_1", "peer_2"]
    assert report.differences


def test_a_mirror_of_an_owner_who_answered_nothing_has_no_gaps() -> None:
    result = released()
    report = hold_up_mirror(result, own_view(answers={}, predictions={}, texts={}), facts_of(result), "nl")

    assert not report.differences
    assert not report.shared_strengths
    assert not report.openings
    assert not report.own_writings


def test_texts_of_staff_appear_from_five_and_named_voices_carry_their_role() -> None:
    questions = {asked.question: asked.written for asked in mirror().texts}

    seen_by_few = questions["Wat zie jij dat misschien niet iedereen ziet?"]  # three of the staff wrote
    assert [written.label for written in seen_by_few] == ["Ondernemer 1"]
    goes_well = questions["Wat gaat goed en moet zo blijven?"]
    assert [written.label for written in goes_well] == ["jij", "Medewerkers", "Accountant", "Bank", "Ondernemer 1"]


def test_at_most_two_guidelines() -> None:
    assert len(mirror().guidelines) == 2


def test_who_was_not_asked_stands_around_the_owner_as_well() -> None:
    assert mirror().not_asked == ("Klanten", "Leveranciers", "Adviseur")


def test_the_method_note_names_version_and_release() -> None:
    report = mirror()
    note = " ".join(report.method)

    assert "methode 1" in note
    assert report.facts.digest[:4] in note
    assert "1 punt of meer en een kans van 85 procent" in note


@pytest.mark.parametrize("language", ["nl", "en"])
def test_two_rounds_with_the_same_release_give_the_same_report(language: str) -> None:
    swapped = story.answers()
    swapped["a"]["safe_to_speak"], swapped["b"]["safe_to_speak"] = 3, 2  # the same marks from other people
    one, other = released(), released(swapped)

    assert one == other
    assert mirror(one, language) == mirror(other, language)


def test_what_was_taken_out_says_so_in_the_language_of_the_report() -> None:
    result = released()
    texts = tuple(replace(one, texts=(REMOVED, *one.texts[1:])) for one in result.texts)
    people = tuple(replace(person, name=REMOVED) if person.id == "bank" else person for person in PEOPLE)
    report = mirror(replace(result, texts=texts), "en", people=people)

    assert all(written.texts[0] == "removed on request" for asked in report.texts for written in asked.written[1:])
    assert "removed on request" in {speaker.name for speaker in report.speakers}
    assert REMOVED not in report_html(report)


def test_a_theme_is_weighed_by_the_statements_that_its_shown_mark_is_made_of() -> None:
    # Whoever expects 4 of the partners, and finds 4 in all but the predicted statement, was right about the theme.
    told = {name: dict.fromkeys(answers, 4) | {"would_think_along": 1} for name, answers in story.answers().items()}
    for answers in told.values():
        answers |= {"carries_alone": 2, "recurring_problems": 2, "customer_dependence": 2}  # turned round: also a 4
    result = released(told)
    view = own_view(predictions={"accountant": {"partners": 4}})
    report = hold_up_mirror(result, view, facts_of(result), "nl")

    [found] = [verdict for verdict in report.verdicts if verdict.level is Level.PREDICTION]
    assert found.gap == 0
    shown = next(theme for half in report.halves for theme in half.themes if theme.id == "partners")
    assert [
        row.said.value for row in shown.strip.rows if row.speaker.id == "accountant" and isinstance(row.said, Mark)
    ] == [4]
