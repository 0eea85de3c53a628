"""The signs of the figures: where a mark lies, what is open, what is thick, and what is not drawn at all."""

from dataclasses import replace

import pytest

from survey.mirror.drawing import (
    SCREEN,
    SMALL,
    Axis,
    Disc,
    Ink,
    Line,
    _as_path,
    draw_field,
    draw_small,
    draw_strip,
    svg_on_paper,
    svg_on_screen,
)
from survey.mirror.figures import PRINT, WIDE, lines_of, small_tables, topic_figure
from survey.mirror.marks import Absent, Mark, Said
from survey.mirror.reports import Row, Strip
from survey.mirror.speakers import Speaker
from survey.scoring import Edge
from tests.mirror.karins_mirror import mirror, released

STAFF = Speaker("employees", "employees", True, True, "Medewerkers", "Medewerkers (9)", "de medewerkers", "", "", "")
BANK = Speaker("bank", "bank", False, True, "Bank", "Bank", "de bank", "Bank", "bank", "Joost Meijer")
AXIS = Axis(left=0, point=10)


def group(value: float, edge: Edge | None = None) -> Mark:
    return Mark(value, edge, 0.5, "", "")


def voice(value: float) -> Mark:
    return Mark(value, None, 0, "", "")


def drawn(said: Said, own: float | None, *, speaks: bool = False, expected: int | None = None) -> dict[str, str]:
    speaker = STAFF if isinstance(said, Mark) and said.is_group else BANK
    ink = Ink()
    draw_strip(ink, Strip((Row(speaker, said, speaks, expected),), own, ""), AXIS, 0, 5, PRINT)
    return {kind: "".join(map(_as_path, shapes)) for kind, shapes in ink.shapes.items()}


def test_the_owner_is_an_upright_stroke_over_all_rows() -> None:
    assert drawn(voice(4), own=4)["you"] == "M30 0V5"


def test_a_groups_bar_is_as_wide_as_its_rounding() -> None:
    assert drawn(group(2.5), own=None)["bar"] == "M12.5 1.25H17.5V3.75H12.5z"


def test_a_clipped_bar_runs_on_past_the_end_of_the_scale() -> None:
    assert drawn(group(4, Edge.HIGH), own=None)["tube"] == "M32.5 1.35H42M32.5 3.65H42"
    assert drawn(group(2, Edge.LOW), own=None)["tube"] == "M7.5 1.35H-2M7.5 3.65H-2"


def test_no_distance_is_drawn_inside_an_open_bar() -> None:
    inside = drawn(group(4, Edge.HIGH), own=5)

    assert "near" not in inside
    assert "far" not in inside


def test_the_distance_runs_to_the_near_edge_of_the_bar() -> None:
    assert drawn(group(2.5), own=4)["near"] == "M17.5 2.5H30"
    assert drawn(group(4, Edge.HIGH), own=2)["near"] == "M10 2.5H27.5"


def test_the_distance_is_thick_only_when_the_rule_speaks() -> None:
    assert "far" not in drawn(voice(3), own=4)
    assert drawn(voice(2), own=4, speaks=True)["far"] == "M30 2.5H10"


def test_an_expectation_is_a_stroke_of_its_own_and_the_distance_starts_there() -> None:
    paths = drawn(voice(4), own=None, expected=2)

    assert paths["expected"] == "M10 0.2V4.8"
    assert paths["near"] == "M10 2.5H30"


def test_no_sight_is_an_empty_row_and_no_axis_on_a_small_one() -> None:
    nothing = Absent("geen zicht", is_sight=True)
    ink = Ink()
    draw_small(ink, Row(BANK, nothing), 4, AXIS, 3, SMALL)

    assert ink.shapes == {}
    assert drawn(nothing, own=None).keys() == {"grid"}


def test_a_drawing_has_few_nodes() -> None:
    report = mirror()
    drawings = [topic_figure(block.statement.strip).address for block in report.differences]
    drawings += [table.figure.address for table in small_tables(report.shared_strengths, report.voices)]
    ink = Ink()
    draw_strip(ink, report.feeling.strip, WIDE, 0, 5, PRINT)

    assert svg_on_paper(ink, 170, 25).count("<path") <= 6
    assert all(len(address) < 6000 for address in drawings)


def test_a_statement_too_long_for_one_line_gets_a_second_one() -> None:
    report = mirror(first_name="Karin-Alexandra-Wilhelmina van der Meulen-Boonstra")
    long, short = report.shared_strengths[0], report.shared_strengths[1]

    assert (lines_of(long), lines_of(short)) == (2, 1)
    (table,) = small_tables((long, short), report.voices)
    assert table.rows[0].height > table.rows[1].height


@pytest.mark.parametrize("count", [1, 5, 6, 11])
def test_every_voice_stands_in_one_column_however_many_there_are(count: int) -> None:
    statement = mirror().shared_strengths[0]
    rows = tuple(Row(BANK, voice(4)) for _ in range(count))
    strip = Strip(rows, 4, "4")
    tables = small_tables((type(statement)("x", "Klanten", "Klopt.", False, strip),), (BANK,) * count)

    assert sum(len(row.rows) for table in tables for row in table.rows) == count
    assert all(len(table.speakers) <= 5 for table in tables)


def test_on_a_screen_the_same_signs_grow_with_width_and_text() -> None:
    ink = Ink()
    draw_strip(ink, Strip((Row(BANK, voice(2), True),), 4, ""), Axis(left=4, point=23), 0, 1.5, SCREEN)
    page = svg_on_screen(ink, 1.5)

    assert '<circle cx="27%" cy="0.75em" r="0.36em" class="f-disc"/>' in page
    assert '<line x1="73%" y1="0em" x2="73%" y2="1.5em" class="f-you"/>' in page
    assert 'class="f-far"' in page
    assert "style=" not in page


def test_the_force_field_lies_down_on_a_screen_and_nearer_is_higher() -> None:
    report = mirror()
    ink = Ink()
    draw_field(ink, report.parties, len(report.not_asked), Axis(0, 25), 2, SCREEN)
    marks = {party.speaker.id: party.said for party in report.parties}
    discs = {round(shape.x, 1) for shape in ink.shapes["disc"] if isinstance(shape, Disc)}
    assert discs == {
        round((5 - said.value) * 25, 1) for said in marks.values() if isinstance(said, Mark) and not said.is_group
    }
    assert len(ink.shapes["bar"]) == 1
    assert len(ink.shapes["dots"]) == len(ink.shapes["ring"]) == len(report.not_asked) > 0


def test_a_hidden_group_has_no_place_in_the_force_field() -> None:
    report = mirror(released(employees="abcd"))
    ink = Ink()
    draw_field(ink, report.parties, 0, Axis(0, 25), 2, SCREEN)
    assert "bar" not in ink.shapes


@pytest.mark.parametrize(("edge", "opens_at"), [(Edge.HIGH, 0.0), (Edge.LOW, 104.0)])
def test_a_clipped_end_stays_open_in_the_force_field(edge: Edge, opens_at: float) -> None:
    party = next(party for party in mirror().parties if party.speaker.is_group)
    ink = Ink()
    value = 4.0 if edge is Edge.HIGH else 2.0
    draw_field(ink, [replace(party, said=Mark(value, edge, 0.5, "", ""))], 0, Axis(0, 25), 2, SCREEN)
    assert {shape.x2 for shape in ink.shapes["tube"] if isinstance(shape, Line)} == {opens_at}
