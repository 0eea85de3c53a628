"""Since last time: Karin's second round, of which only moves larger than noise are said."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from survey import story
from survey.mirror import EarlierMirror, MirrorReport, NamedPerson, hold_up_mirror, to_document
from survey.mirror.drawing import PRINT, Axis, Ink, _as_path, draw_moves
from survey.mirror.marks import Mark
from survey.mirror.printing import report_html, report_pdf
from survey.mirror.reports import Moved, SinceLastTime
from survey.scoring import Edge, Release
from tests.mirror.karins_mirror import EMPLOYEES, PEOPLE, facts_of, own_view, released

LAST_SPRING = date(2026, 5, 22)
SPOKEN = "Met slecht nieuws kun je bij Karin terecht."


def told_then(**changes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What was answered half a year earlier: as in the story, but for this."""
    told = story.answers()
    for name in EMPLOYEES:
        told[name]["safe_to_speak"] = 5  # was "4,0 of hoger", became 2,5
        told[name]["keeps_agreements"] = 3  # was 3,0, became "4,0 of hoger"
    told["joost"]["cash_outlook"] = 4  # became 2
    told["rob"]["direction_clear"] = 3  # became 4: one point of one person is noise
    told["karin"]["good_people_stay"] = 4  # became 2
    for name, answers in changes.items():
        told[name] |= answers
    return told


def earlier(moved: int | None = 0, release: Release | None = None, **changes: Any) -> EarlierMirror:
    told = told_then()
    mirror = EarlierMirror(LAST_SPRING, release or released(told), told["karin"], PEOPLE, {"employees": moved})
    return replace(mirror, **changes)


def report(before: EarlierMirror | None, language: str = "nl", now: Release | None = None) -> MirrorReport:
    result = now or released()
    return hold_up_mirror(result, own_view(), facts_of(result), language, earlier=before)


def since(before: EarlierMirror, language: str = "nl", now: Release | None = None) -> SinceLastTime:
    found = report(before, language, now).since
    assert found is not None
    return found


def test_a_move_of_the_group_is_said_in_its_two_numbers_and_how_sure_it_is() -> None:
    moved = {each.text: each.sentence for each in since(earlier()).statements}

    assert moved[SPOKEN] == "De medewerkers: eerst 4,0 of hoger, nu 2,5. Waarschijnlijk veranderd."


def test_the_owner_and_a_person_by_name_moved_when_it_is_two_points() -> None:
    sentences = [each.sentence for each in since(earlier()).statements]

    assert "Jij: eerst 4, nu 2." in sentences
    assert "De bank: eerst 4, nu 2." in sentences
    assert not any("accountant" in sentence for sentence in sentences)  # one point of one person


def test_what_moved_less_than_noise_is_not_named() -> None:
    assert len(since(earlier()).statements) == 4
    assert since(earlier()).notes[0] == "Verder is geen verandering te zien die groter is dan toeval."


def test_what_the_group_probably_changed_stands_first() -> None:
    sentences = [each.sentence for each in since(earlier()).statements]

    assert ["Waarschijnlijk" in sentence for sentence in sentences] == [True, True, False, False]


def test_without_any_change_the_part_says_so_in_one_sentence() -> None:
    same = earlier(release=released(), own_answers=story.answers()["karin"])

    found = since(same)
    assert found.statements == ()
    assert found.notes[0] == "Er is geen verandering te zien die groter is dan toeval."


def test_the_same_open_end_twice_is_no_visible_change() -> None:
    [note] = [note for note in since(earlier()).notes if "open einde" in note]

    assert "uitspraken kwamen de medewerkers twee keer aan hetzelfde open einde van de schaal uit" in note


@pytest.mark.parametrize("moved", [1, 4])
def test_of_a_group_in_which_few_people_joined_or_left_nothing_is_compared(moved: int) -> None:
    found = since(earlier(moved))

    assert not any(row.before.is_group for each in found.statements for row in each.rows)
    assert any(note.startswith("Van de medewerkers tonen we geen verandering. Er kwamen") for note in found.notes)
    assert not any("open einde" in note for note in found.notes)
    assert "4,0 of hoger, nu" not in report_html(report(earlier(moved)))


def test_of_a_group_nobody_counted_nothing_is_compared() -> None:
    found = since(earlier(None))

    assert not any(row.before.is_group for each in found.statements for row in each.rows)
    assert any("is niet opgegeven" in note for note in found.notes)


def test_five_who_joined_or_left_hide_nobody_and_the_group_is_compared() -> None:
    assert since(earlier(5)).statements == since(earlier(0)).statements


def test_a_group_that_was_not_shown_is_not_compared_and_not_explained() -> None:
    hidden = earlier(release=released(told_then(), employees="abcd"))

    assert not any("medewerkers" in note for note in since(hidden).notes)


def test_another_person_in_the_same_role_is_another_voice() -> None:
    other = tuple(NamedPerson(one.id, one.perspective, "Iemand anders") for one in PEOPLE)

    assert not any("bank" in each.sentence for each in since(earlier(people=other)).statements)


def test_a_person_who_was_taken_out_is_compared_with_nobody() -> None:
    without = earlier(release=released(told_then(), voices={"rob": "accountant"}))

    assert not any("bank" in each.sentence for each in since(without).statements)


def test_a_statement_with_new_words_is_another_statement() -> None:
    before = released(told_then())
    items = tuple(replace(item, version=0) if item.id == "safe_to_speak" else item for item in before.items)
    found = since(earlier(release=replace(before, items=items)))

    assert SPOKEN not in {each.text for each in found.statements}
    assert "Eén uitspraak heeft nieuwe woorden en wordt niet vergeleken." in found.notes


def test_only_the_signs_that_are_drawn_are_explained() -> None:
    own, others = "Jouw dunne streep was toen.", "Het dichte teken is nu, het open teken was toen."
    still = story.answers()["karin"]

    assert since(earlier()).signs == (others, own)
    assert since(earlier(own_answers=still)).signs == (others,)
    assert since(earlier(release=released())).signs == (own,)
    assert since(earlier(release=released(), own_answers=still)).signs == ()
    assert own in report_html(report(earlier()))
    assert own not in report_html(report(earlier(own_answers=still)))


def test_a_first_round_has_no_such_part() -> None:
    first = report(None)

    assert first.since is None
    assert 'id="since"' not in report_html(first)
    assert to_document(first)["texts"]["since_last_time"] is None


def test_a_second_round_with_the_same_releases_gives_the_same_bytes() -> None:
    swapped = told_then()
    swapped["a"]["asks_views"], swapped["b"]["asks_views"] = swapped["b"]["asks_views"], swapped["a"]["asks_views"]

    assert report_pdf(report(earlier())) == report_pdf(report(earlier(release=released(swapped))))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_printed_part_shows_then_and_now(language: str) -> None:
    page = report_html(report(earlier(), language))
    part = page[page.index('id="since"') : page.index('id="all"')]

    assert ("≥ 4,0 → 2,5" if language == "nl" else "≥ 4.0 → 2.5") in part
    assert part.count('class="topic moved"') == 4


def test_the_document_holds_what_moved() -> None:
    written = to_document(report(earlier()))["texts"]["since_last_time"]

    assert written["compared_with"] == "voorjaar 2026"
    assert {"voice": "Jij", "then": "4", "now": "2"} in [voice for each in written["moved"] for voice in each["voices"]]


# The drawing


def drawn(then: Mark, now: Mark, *, is_own: bool = False, is_plain: bool = True) -> dict[str, str]:
    ink = Ink()
    draw_moves(ink, [Moved("", is_own, then, now, is_plain)], Axis(left=0, point=10), 5, PRINT)
    return {kind: "".join(map(_as_path, shapes)) for kind, shapes in ink.shapes.items()}


def group(value: float, edge: Edge | None = None) -> Mark:
    return Mark(value, edge, 0.5, "", "")


def one(value: float) -> Mark:
    return Mark(value, None, 0, "", "")


def test_then_is_open_now_is_filled_and_the_way_runs_between() -> None:
    shapes = drawn(group(2.5), group(3.5))

    assert shapes["frame"] == "M12.5 1.25H17.5V3.75H12.5z"
    assert shapes["bar"] == "M22.5 1.25H27.5V3.75H22.5z"
    assert shapes["far"] == "M17.5 2.5H22.5"


def test_a_possible_change_has_a_thin_line() -> None:
    assert "near" in drawn(group(3), group(4, Edge.HIGH), is_plain=False)


def test_your_own_then_is_thin_and_your_now_is_thick() -> None:
    shapes = drawn(one(4), one(2), is_own=True)

    assert shapes["plumb"] == "M30 0.2V4.8"
    assert shapes["you"] == "M10 0.2V4.8"


def test_a_person_is_a_ring_then_and_a_disc_now() -> None:
    assert {"ring", "disc"} <= drawn(one(4), one(2)).keys()
