"""Every sentence exists in both languages, and none of them judges."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from survey.mirror import words as module
from survey.mirror.printing import report_html, sheet_html
from survey.mirror.words import LANGUAGES, FaultyWords, Words, words_in
from tests.mirror.karins_mirror import mirror

NEVER = {
    "nl": r"faillissement|surseance|crisis|schuld|fraude|liegen|geheim|wantrouwen|zwaar weer|ernstig|slecht scoren"
    r"|zorgwekkend|alarmerend|gevaar|risico.?score|totaalscore|eindcijfer|onvoldoende|uitstekend|helaas|let op"
    r"|fantastisch|goed gedaan|teleurstellend|zorgelijk|kritiek punt|rood|groen|oranje",
    "en": r"bankrupt|insolven|crisis|debt|fraud|lying|secret|distrust|rough weather|severe|poor score|worrying|alarming"
    r"|danger|overall score|total score|final mark|excellent|unfortunately|beware|well done|disappointing|red flag",
}
ADJECTIVES = {
    "nl": r"\b(grote|enorme?|kleine|flinke|sterke|zwakke|mooie|lage|hoge|matige|duidelijke|opvallende)\b",
    "en": r"\b(huge|big|small|strong|weak|nice|high|low|moderate|striking|remarkable)\b",
}


def sentences(table: Any) -> Iterator[str]:
    if isinstance(table, str):
        yield table
    else:
        for value in table.values() if isinstance(table, dict) else table:
            yield from sentences(value)


def all_sentences(language: str) -> list[str]:
    return list(sentences(tomllib.loads((files("survey.mirror") / f"words.{language}.toml").read_text("utf-8"))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_has_a_word_that_never_appears(language: str) -> None:
    found = [one for one in all_sentences(language) if re.search(NEVER[language], one, re.IGNORECASE)]

    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_shouts(language: str) -> None:
    assert [one for one in all_sentences(language) if "!" in one] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_a_gap_has_no_adjective(language: str) -> None:
    report = mirror(language=language)
    said = [sentence for block in report.differences for sentence in (*block.sentences, block.question)]
    said += [opening.question for opening in report.openings]

    assert [one for one in said if re.search(ADJECTIVES[language], one, re.IGNORECASE)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_asks_for_something_that_happened_and_never_why(language: str) -> None:
    report = mirror(language=language)
    questions = [block.question for block in report.differences] + [report.strength_question]

    assert all(question.endswith("?") for question in questions)
    assert not any(re.search(r"\b(waarom|why)\b", question, re.IGNORECASE) for question in questions)


def test_a_language_that_misses_a_sentence_stops_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = module._read("en")
    del whole["cover"]["title"]
    monkeypatch.setattr(module, "_read", lambda language: whole if language == "en" else _original("nl"))
    words_in.cache_clear()

    with pytest.raises(FaultyWords, match=r"words\.en\.toml .* cover\.title"):
        words_in("nl")

    words_in.cache_clear()


def test_a_sentence_that_misses_a_place_stops_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = module._read("en")
    changed["opening"]["difference"] = "You give ‘{statement}’ a {own}."
    monkeypatch.setattr(module, "_read", lambda language: changed if language == "en" else _original("nl"))
    words_in.cache_clear()

    with pytest.raises(FaultyWords, match=r"opening\.difference"):
        words_in("nl")

    words_in.cache_clear()


_original = module._read


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_report_is_in_one_language(language: str) -> None:
    report = mirror(language=language)
    page = re.sub(r"<style>.*?</style>|url\([^)]*\)|<[^>]+>", " ", report_html(report) + sheet_html(report), flags=re.S)
    other = {"nl": ("employees", "answer", "You:", "page"), "en": ("medewerkers", "Jij", "bladzijde", "geen zicht")}

    assert [word for word in other[language] if word in page] == []


@pytest.mark.parametrize(("day", "season"), [((2026, 11, 2), "najaar 2026"), ((2026, 12, 1), "winter 2026")])
def test_a_round_is_called_after_its_season(day: tuple[int, int, int], season: str) -> None:
    from datetime import date

    words: Words = words_in("nl")
    assert words.season(date(*day)) == season
