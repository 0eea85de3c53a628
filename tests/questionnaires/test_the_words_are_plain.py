"""The wording rules, kept by a list of words for each language: what a machine can see of plain and fair wording.

Each rule is also shown a sentence that breaks it. No sentence of this edition needs an exception.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from survey.perspectives import PERSPECTIVES
from survey.questionnaires import OVERALL, ROLES, SELF, editions, load, load_conversation

SPIEGEL = load("spiegel-1")
EDITIONS = [load(id_) for id_ in editions()]
WORDS = [load_conversation(id_) for id_ in editions()]
OWNER = "Karin"

MOST_WORDS = 15
LONGEST_WORD = 16
"""Letters that fit beside one another at 320 px with text twice as large."""

DOUBLING = {
    "nl": r"\b(en|of|én|óf|zowel|maar|evenals)\b|/",
    "en": r"\b(and|or|but|both|either)\b|/",
}
NEGATION = {
    "nl": r"\b(niet|geen|nooit|niets|niemand|nergens|zonder|noch|nauwelijks)\b|\bon(?!s\b|ze\b|der|t)\w+",
    "en": r"\b(not|no|never|nothing|nobody|none|without|neither|nor|hardly)\b|n['’]t\b|\bun(?!der|til|i)\w+",
}
ABSOLUTE = {
    "nl": r"\b(altijd|nooit|iedereen|ieder|iedere|elk|elke|alle|alles|steeds|volledig|helemaal|totaal)\b",
    "en": r"\b(always|never|everyone|everybody|everything|every|all|completely|entirely|totally)\b",
}
HEAVY = {
    "nl": r"faillis|failliet|surseance|crisis|schuld|fraude|\blieg|leugen|geheim|wantrouw|zwaar weer|ondergang|mislukk",
    "en": r"bankrup|insolven|moratorium|crisis|\bdebts?\b|guilt|fraud|\bl(ie|ies|ying)\b|secret|trouble|\bfail",
}
JARGON = {
    "nl": r"liquid|solvab|rentab|\bkpi|cash|ebitda|stakeholder|\bratio|werkkapitaal|omzet|debiteur|crediteur|balans",
    "en": r"liquidity|solven|profitab|\bkpi|cash|ebitda|stakeholder|\bratio|working capital|turnover|debtor|creditor",
}
PRIVATE = {
    "nl": r"\b(thuis|gezin|huwelijk|kinderen|ziek\w*|gezond\w*|ontslag|opzeggen|weggaan|vertrek\w*|krediet|lening)\b",
    "en": r"\b(home|family|marriage|children|ill|illness|sick\w*|health\w*|resign\w*|quit|leaving|loan|credit)\b",
}
INTENTION = {
    "nl": r"\b(wil|wilt|willen|hoopt|bedoelt|probeert|vindt|voelt|denkt|gelooft)\b",
    "en": r"\b(wants?|hopes?|intends?|tries|try|feels?|believes?|thinks)\b",
}
GUESSED_GENDER = {
    "nl": r"\b(hij|zij|haar|hem|zijn)\b",
    "en": r"\b(he|she|his|her|hers|him)\b",
}
REASON = {"nl": r"\b(waarom|hoezo)\b", "en": r"\bwhy\b"}


class Sentence(NamedTuple):
    """A sentence with the place it has, so that a broken rule names it."""

    item: str
    language: str
    role: str
    text: str


def statements() -> Iterator[Sentence]:
    for edition in EDITIONS:
        for item in edition.items:
            for language in edition.languages:
                for role in ROLES:
                    yield Sentence(item.id, language, role, edition.statement(item.id, language, role, OWNER))


def statements_about_the_owner() -> Iterator[Sentence]:
    of_owner = {item.id for edition in EDITIONS for item in edition.items if item.referent == "owner"}
    return (sentence for sentence in statements() if sentence.item in of_owner)


def everything_a_respondent_reads() -> Iterator[Sentence]:
    yield from statements()
    for edition in EDITIONS:
        for language in edition.languages:
            for theme in (OVERALL, *(theme.id for theme in edition.themes)):
                yield Sentence(theme, language, "", edition.theme_name(theme, language))
            for step in (*edition.scale_words(language), *edition.mark_ends(language)):
                yield Sentence("scale", language, "", step)
            for role in ROLES:
                yield Sentence("cannot_judge", language, role, edition.cannot_judge_words(language, role))
                for question in edition.open_questions:
                    asked = edition.open_question(question.id, language, role, OWNER)
                    hint = edition.open_question_hint(question.id, language, role)
                    yield Sentence(question.id, language, role, f"{asked} {hint}")
                for theme in (theme.id for theme in edition.themes):
                    introduction = edition.theme_introduction(theme, language, role)
                    yield Sentence(theme, language, role, introduction or "")


def questions_for_the_conversation() -> Iterator[Sentence]:
    for words in WORDS:
        for language in words.edition.languages:
            for item in words.edition.items:
                yield Sentence(item.id, language, SELF, words.question(item.id, "self_higher", language))
                yield Sentence(item.id, language, SELF, words.question(item.id, "self_lower", language))
            for occasion in words.general:
                yield Sentence(occasion, language, SELF, words.general_question(occasion, language))


def everything_the_owner_reads_in_the_report() -> Iterator[Sentence]:
    yield from questions_for_the_conversation()
    for words in WORDS:
        for language in words.edition.languages:
            for item in words.edition.items:
                yield Sentence(item.id, language, SELF, words.label(item.id, language))
                yield Sentence(item.id, language, SELF, words.not_seen_line(item, language))
            for guideline in words.guidelines:
                yield Sentence(f"guideline {guideline.number}", language, SELF, guideline.text[language])
            yield Sentence("facts first", language, SELF, words.facts_first_line(language))


EVERYTHING = [*everything_a_respondent_reads(), *everything_the_owner_reads_in_the_report()]
FOR_ALL_BUT_THE_ACCOUNTANT = [sentence for sentence in EVERYTHING if sentence.role != "accountant"]


def words_of(text: str) -> list[str]:
    return re.findall(r"[\w’'-]+", text)


def breaks(pattern: dict[str, str]) -> Callable[[Sentence], bool]:
    return lambda sentence: re.search(pattern[sentence.language], sentence.text, re.IGNORECASE) is not None


def is_long(sentence: Sentence) -> bool:
    return len(words_of(sentence.text)) > MOST_WORDS


def has_a_long_word(sentence: Sentence) -> bool:
    return any(len(word) > LONGEST_WORD for word in words_of(sentence.text))


def shouts_or_trails(sentence: Sentence) -> bool:
    return re.search(r"[!;()…]|\.\.\.|[A-Z]{3,}", sentence.text) is not None


def is_more_than_one_sentence(sentence: Sentence) -> bool:
    return re.fullmatch(r"[A-ZÉ][^.?!]*[.?]", sentence.text) is None


def is_no_question(sentence: Sentence) -> bool:
    return is_more_than_one_sentence(sentence) or not sentence.text.endswith("?")


RULES: dict[str, tuple[Callable[[Sentence], bool], list[Sentence], str]] = {
    "one thing at a time": (breaks(DOUBLING), list(statements()), "Karin luistert en beslist."),
    "no negation": (breaks(NEGATION), list(statements()), "Karin is onduidelijk."),
    "no always, never, everyone": (breaks(ABSOLUTE), list(statements()), "Karin komt altijd op tijd."),
    "no intentions of the owner": (breaks(INTENTION), list(statements_about_the_owner()), "Karin wil luisteren."),
    "no guess at the owner's gender": (breaks(GUESSED_GENDER), list(statements()), "Karin kent haar cijfers."),
    "nothing private": (breaks(PRIVATE), list(statements()), "Karin is vaak ziek."),
    "at most fifteen words": (is_long, [*statements(), *questions_for_the_conversation()], "Karin " * 16),
    "one sentence": (is_more_than_one_sentence, list(statements()), "Karin luistert. Dat is fijn."),
    "no heavy words": (breaks(HEAVY), EVERYTHING, "Het bedrijf heeft schulden."),
    "no jargon": (breaks(JARGON), FOR_ALL_BUT_THE_ACCOUNTANT, "De cashflow is goed."),
    "words that fit a phone": (has_a_long_word, EVERYTHING, "De liquiditeitsprognose klopt."),
    "nothing shouts or trails off": (shouts_or_trails, EVERYTHING, "Goed zo!"),
    "an event, not a reason": (breaks(REASON), list(questions_for_the_conversation()), "Waarom wachtte je?"),
    "one question": (is_no_question, list(questions_for_the_conversation()), "Noem een besluit."),
}


@pytest.mark.parametrize("rule", RULES)
def test_no_sentence_breaks_the_rule(rule: str) -> None:
    broken_by, sentences, _ = RULES[rule]
    assert [sentence for sentence in sentences if broken_by(sentence)] == []


@pytest.mark.parametrize("rule", RULES)
def test_a_sentence_that_breaks_the_rule_is_found(rule: str) -> None:
    broken_by, sentences, broken = RULES[rule]
    assert sentences
    assert broken_by(Sentence("planted", "nl", "employees", broken))


@pytest.mark.parametrize(
    ("pattern", "broken"),
    [
        (DOUBLING, "Karin listens and decides."),
        (NEGATION, "Karin doesn’t listen."),
        (NEGATION, "Karin is unclear."),
        (ABSOLUTE, "Karin is always in time."),
        (INTENTION, "Karin wants to listen."),
        (GUESSED_GENDER, "Karin knows her figures."),
        (PRIVATE, "Karin is often ill."),
        (HEAVY, "The company has debts."),
        (JARGON, "The cash flow is good."),
        (REASON, "Why did you wait?"),
    ],
)
def test_a_sentence_that_breaks_the_rule_is_found_in_english_too(pattern: dict[str, str], broken: str) -> None:
    assert breaks(pattern)(Sentence("planted", "en", "employees", broken))


def test_a_rule_looks_at_words_and_not_at_letters() -> None:
    for pattern, harmless in (
        (DOUBLING, "Mensen kopen goede broden."),
        (NEGATION, "Ons werk is onderweg."),
        (GUESSED_GENDER, "Het bedrijf is jarig."),
    ):
        assert not breaks(pattern)(Sentence("harmless", "nl", "employees", harmless))


@pytest.mark.parametrize("language", SPIEGEL.languages)
def test_the_owner_reads_the_same_thing_as_the_others_with_only_the_referent_changed(language: str) -> None:
    """At most three words differ: who it is about, the verb that follows, and who is meant by "me"."""
    for edition in EDITIONS:
        for item in edition.items:
            own = set(words_of(edition.statement(item.id, language, SELF, OWNER).lower()))
            for role in PERSPECTIVES:
                theirs = set(words_of(edition.statement(item.id, language, role, OWNER).lower()))
                assert len(own - theirs) <= 3, (item.id, role)
                assert len(theirs - own) <= 3 + (role == "bank"), (item.id, role)


def test_an_id_is_a_word_that_says_what_it_names() -> None:
    ids = [
        id_
        for edition in EDITIONS
        for id_ in (
            *(item.id for item in edition.items),
            *(theme.id for theme in edition.themes),
            *(question.id for question in edition.open_questions),
            *(item.measures for item in edition.items),
        )
    ]
    assert [id_ for id_ in ids if not re.fullmatch(r"[a-z]+(_[a-z]+)*", id_)] == []
