"""What `survey bench` says is what was measured: small counts, the real servers."""

import pytest
from click.testing import CliRunner

from survey import cli
from survey.bench import machine
from survey.bench.counted import exponent, of_a_count, of_the_mirror_page, of_the_overview
from survey.bench.post import of_mail
from survey.bench.responses import of_a_response, of_a_start
from survey.bench.scoring_rounds import of_many_rounds
from survey.bench.sheet import Line, table
from survey.commands import measuring


def test_a_figure_is_held_against_its_goal_and_its_moonshot() -> None:
    assert [Line("", figure, "ms", 10, 3.2).reached for figure in (3.2, 3.3, 10, 10.1)] == [
        "moonshot",
        "goal",
        "goal",
        "**short**",
    ]
    assert [Line("", figure, "%", 25, 50, more_is_better=True).reached for figure in (24.9, 25, 50)] == [
        "**short**",
        "goal",
        "moonshot",
    ]
    assert Line("", 3, "").reached == ""


def test_the_table_has_the_figure_beside_its_marks() -> None:
    assert "| page | 8,000 bytes | 4,500 bytes | **7,984 bytes** | goal | brotli |" in table(
        [Line("page", 7984, "bytes", 8000, 4500, beside="brotli")]
    )


def test_growth_is_the_power_of_the_size() -> None:
    assert exponent({10: 5.0, 100: 50.0, 1000: 500.0}) == pytest.approx(1)
    assert exponent({2: 4.0, 4: 16.0, 8: 64.0}) == pytest.approx(2)
    assert exponent({1: 7.0, 9: 7.0}) == pytest.approx(0)


def test_a_response_is_measured_on_real_servers_in_turn() -> None:
    lines = {line.what: line.figure for line in of_a_response(batches=1, per_batch=4)}
    assert lines["promise page: requests"] == 1
    assert lines["promise and list on the wire, gzip"] <= 8_000
    assert all(figure > 0 for figure in lines.values())
    assert len(lines) == 5


def test_counts_mirrors_and_overviews_are_measured_on_rounds_that_were_held() -> None:
    lines = [
        *of_a_count(sizes=(5, 10), rounds=1),
        *of_the_mirror_page(earlier=(1, 2), looks=3),
        *of_the_overview(sizes=(2, 4), looks=3),
    ]
    assert len(lines) == 6
    assert all(line.figure > 0 for line in lines if not line.what.startswith("growth"))


def test_mails_leave_and_a_start_and_many_scores_are_timed() -> None:
    assert [line.figure > 0 for line in (*of_mail(mails=5), of_a_start(1), *of_many_rounds(rounds=10))] == [True] * 4


def test_the_command_measures_what_it_is_asked_and_names_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = {"scoring": lambda: of_many_rounds(rounds=10), "start": lambda: pytest.fail("not asked for")}
    monkeypatch.setattr(measuring, "PARTS", measured)
    said = CliRunner().invoke(cli.main, ["bench", "--only", "scoring"])
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith(machine.machine())
    assert "| scoring 10 rounds: a round | 20 ms | 2 ms |" in said.stdout
