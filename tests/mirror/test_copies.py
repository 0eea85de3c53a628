"""A copy for somebody else holds less than the mirror: what is not shared is not in it."""

from dataclasses import replace
from datetime import date

from survey.mirror import copy_for, only_sentences
from survey.mirror.reports import SinceLastTime
from tests.mirror.karins_mirror import mirror

DAY = date(2026, 12, 7)
SINCE = SinceLastTime("voorjaar 2026", (), ("Toen en nu.",), "")


def test_without_words_nothing_is_in_it_that_anybody_wrote() -> None:
    copy = copy_for(mirror(), "Rob de Wit", DAY, with_words=False, with_earlier=True)
    assert copy.texts == ()
    assert copy.own_writings == ()
    assert copy.release.texts == ()


def test_with_words_they_are_all_there() -> None:
    report = mirror()
    copy = copy_for(report, "Petra Visser", DAY, with_words=True, with_earlier=True)
    assert copy.texts == report.texts != ()
    assert copy.own_writings == report.own_writings != ()


def test_the_earlier_mirror_needs_a_grant_of_its_own() -> None:
    report = replace(mirror(), since=SINCE)
    assert copy_for(report, "Petra Visser", DAY, with_words=True, with_earlier=True).since == SINCE
    assert copy_for(report, "Petra Visser", DAY, with_words=True, with_earlier=False).since is None


def test_with_only_the_sentences_no_other_statement_mark_or_text_is_in_it() -> None:
    report = mirror()
    copy = only_sentences(copy_for(report, "Rob de Wit", DAY, with_words=False, with_earlier=False))
    assert copy.openings == report.openings != ()
    assert copy.speakers == report.speakers
    said = " ".join(f"{one.before} {one.after}" for one in report.openings)
    for theme in report.statements:
        for statement in theme.statements:
            assert statement.text in said or statement.text not in repr(copy)
    assert copy.release.cells == ()
    assert copy.feeling is None
