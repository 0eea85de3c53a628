"""What holds when things go wrong: every situation done for real, and the figures that came of it.

    python -m tests.reliability     # ten minutes; writes docs/reliability.md

It runs the tests that are named here with full counts and prints what each of them found, beside what must hold. There
is no other code behind the figures: what is measured is what is asserted.
"""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import pytest

from survey.bench.machine import machine
from survey.clock import today
from tests import guards

OUTCOME: Final = guards.REPOSITORY / "docs" / "reliability.md"


@dataclass(frozen=True)
class Situation:
    """Something that goes wrong, what must hold then, and the tests that do it."""

    name: str
    must_hold: str
    tests: tuple[str, ...]


SITUATIONS: Final = (
    Situation(
        "fifty lists at once, three servers",
        "all are in, 95 of 100 within 3 s, no lock in the way",
        (
            "tests/crashes/test_everybody_sends_at_once.py::test_fifty_lists_at_once_from_three_processes_are_all_in",
            "tests/crashes/test_served_by_three.py::test_fifty_lists_at_once_through_three_servers_are_all_in",
        ),
    ),
    Situation(
        "one link sent twenty times at once, ten links",
        "exactly ten ballots",
        (
            "tests/crashes/test_everybody_sends_at_once.py::test_twenty_forms_of_one_link_at_once_are_one_ballot",
            "tests/crashes/test_served_by_three.py::test_twenty_posts_of_one_link_through_three_servers_are_one_ballot",
        ),
    ),
    Situation(
        "kill -9 while lists come in",
        "nothing half in; what was acknowledged is there",
        (
            "tests/crashes/test_everybody_sends_at_once.py"
            "::test_a_server_that_is_killed_keeps_what_it_acknowledged_and_leaves_nothing_half",
            "tests/crashes/test_served_by_three.py"
            "::test_servers_that_are_killed_and_started_again_keep_every_list_that_was_thanked_for",
        ),
    ),
    Situation(
        "kill -9 while a round is counted",
        "a rerun ends the same; each ballot once, the key last",
        ("tests/crashes/test_a_count_is_cut_short.py",),
    ),
    Situation(
        "kill -9 while a database is upgraded",
        "the old schema or the new one, every row; a rerun succeeds",
        ("tests/crashes/test_an_upgrade_is_cut_short.py",),
    ),
    Situation(
        "kill -9 while mail leaves",
        "nobody is missed; a repeat has the same Message-ID",
        ("tests/test_dispatch.py::test_a_worker_killed_again_and_again_misses_nobody",),
    ),
    Situation(
        "mail server down, slow, 4xx, 5xx",
        "kept and tried later; the owner sees it the same day; no page waits",
        (
            "tests/crashes/test_the_mail_server_fails.py",
            "tests/test_dispatch.py::test_a_mail_server_that_is_down_loses_nothing_and_blames_nobody",
            "tests/test_dispatch.py::test_a_full_mailbox_is_tried_again_after_ever_longer_pauses",
            "tests/test_dispatch.py::test_what_is_late_is_shown_the_same_day_and_given_up_after_three",
            "tests/test_dispatch.py::test_an_unknown_address_comes_back_and_the_owner_sees_which_one",
        ),
    ),
    Situation(
        "disk full, folder that cannot be written",
        "a refusal in words; the link unused; the database whole",
        ("tests/crashes/test_the_disk_is_full.py", "tests/web/test_a_full_disk.py"),
    ),
    Situation(
        "odd nights, 29 February, a clock that jumps",
        "the last day ends in Amsterdam; nothing twice; one module reads the clock",
        (
            "tests/test_a_clock_that_jumps.py",
            "tests/test_clock.py",
            "tests/test_house.py::test_one_module_reads_the_clock",
        ),
    ),
    Situation(
        "backup while lists come in, restored elsewhere",
        "all that was acknowledged before it is there; what is lost is named",
        ("tests/crashes/test_a_backup_under_load.py", "tests/test_restoring.py"),
    ),
    Situation(
        "upgrade from every earlier schema, with data",
        "every value is kept; the models equal the last schema",
        ("tests/store/test_every_earlier_schema.py", "tests/store/test_migrating.py"),
    ),
)


@dataclass
class Found:
    """What became of one test, over all its variants."""

    outcomes: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)

    @property
    def held(self) -> str:
        """Whether it held, everywhere it was tried."""
        if "failed" in self.outcomes:
            return "**no**"
        return "yes" if "passed" in self.outcomes else "not tried here"


class Collector:
    """Hears from pytest what became of each test and which figures it wrote down."""

    def __init__(self) -> None:
        self.found: dict[str, Found] = defaultdict(Found)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return
        test = self.found[report.nodeid.partition("[")[0]]
        test.outcomes.append(report.outcome)
        test.figures += [str(value) for name, value in report.user_properties if name == "figure"]


def rows_of(situation: Situation, found: dict[str, Found]) -> Iterator[str]:
    """One line of the table for each test of a situation; name and promise stand on the first."""
    name, must_hold = situation.name, situation.must_hold
    for test in situation.tests:
        for each in [each for each in found if each == test or each.startswith(f"{test}::")]:
            tried = found[each]
            figures = "; ".join(tried.figures) or _times(len(tried.outcomes))
            yield f"| {name} | {_in_words(each)} | {figures} | {must_hold} | {tried.held} |"
            name = must_hold = ""


def row_of_guards() -> str:
    """The line of the table about the guards: what switching them off one by one brought, as `tests.guards` kept it."""
    kept = guards.OUTCOME.read_text(encoding="utf-8")
    tried = [guard for guard in guards.guards() if f"| {guard.name} | `{guard.code}` | `tests/" in kept]
    held = "yes" if len(tried) == len(guards.guards()) else "**no**"
    return (
        "| a guard is switched off | one at a time, by `python -m tests.guards`, see [guards.md](guards.md) "
        f"| {len(tried)} of {len(guards.guards())} noticed | at least one test fails | {held} |"
    )


def table(lines: Sequence[str]) -> str:
    """The page of the docs."""
    return "\n".join(
        (
            "# What holds when things go wrong",
            "",
            "Made by `python -m tests.reliability`: every line is a test that does the real thing, with full counts,",
            f"and what it found. Measured on {today():%-d %B %Y}: {machine()}.",
            "",
            "| situation | what was done | figure | must hold | held |",
            "|---|---|---|---|---|",
            *lines,
            "",
        )
    )


def _times(tries: int) -> str:
    return f"in {tries} ways" if tries > 1 else ""


def _in_words(test: str) -> str:
    return re.sub(r"_+", " ", test.rpartition("::test_")[2])


def main(words: Sequence[str]) -> int:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args(words)
    collector = Collector()
    tests = [test for situation in SITUATIONS for test in situation.tests]
    status = int(pytest.main(["-q", "--long", "-p", "no:cacheprovider", *tests], plugins=[collector]))
    lines = [line for situation in SITUATIONS for line in rows_of(situation, collector.found)]
    page = table([*lines, row_of_guards()])
    print(page)
    OUTCOME.write_text(page, encoding="utf-8")
    return int(bool(status) or "**no**" in page)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
