"""Sets out an edition on one page, so that people can read and discuss its sentences without reading its file.

`python -m survey.questionnaires.table > docs/questionnaire.md` writes the page again after a change.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from survey.perspectives import PERSPECTIVES
from survey.questionnaires.conversation import ConversationWords, load_conversation
from survey.questionnaires.questionnaire import SELF, Item, Questionnaire

OWNER: Final = "Karin"
COMMON_READER: Final = PERSPECTIVES[0]

INTRODUCTION: Final = """\
# The questionnaire {id}

This page is made from `survey/questionnaires/{id}.toml` and `{id}.conversation.toml`; a test keeps it equal:

    python -m survey.questionnaires.table > docs/questionnaire.md

The owner is called {owner} here. Every statement is answered on five worded steps ({steps}),
the gut feeling on 1 to 10, and everything can be answered with "{cannot_judge}".
All statements are about {period}.

"same" in the owner's column: the owner reads the sentence of the others. The signs: *reversed*: agreeing is unhealthy;
*thermometer*: also in the round of six; *cut first*: left out of a shorter list; *predicted*: the owner gives no answer
of his own and predicts what each perspective will answer.
"""


def page_of(words: ConversationWords) -> str:
    """Return the page as Markdown."""
    edition = words.edition
    parts = [
        _introduction(edition),
        *(_section("Statements", language, _statements(edition, language)) for language in edition.languages),
        *(_section("Open questions", language, _open_questions(edition, language)) for language in edition.languages),
        *(_section("One question per gap", language, _gaps(words, language)) for language in edition.languages),
        *(_section("Guidelines", language, _guidelines(words, language)) for language in edition.languages),
    ]
    return "\n".join(parts)


def _introduction(edition: Questionnaire) -> str:
    return INTRODUCTION.format(
        id=edition.id,
        owner=OWNER,
        steps=", ".join(edition.scale_words("en")),
        cannot_judge=edition.cannot_judge_words("en", COMMON_READER),
        period=edition.period("en"),
    )


def _section(title: str, language: str, rows: Iterator[Sequence[str]]) -> str:
    return f"## {title} ({language})\n\n{_table(rows)}\n"


def _table(rows: Iterator[Sequence[str]]) -> str:
    head, *body = rows
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *body))


def _statements(edition: Questionnaire, language: str) -> Iterator[Sequence[str]]:
    yield ("theme", "id", "others read", "the owner reads", "kind", "signs")
    for item in edition.items:
        others = edition.statement(item.id, language, COMMON_READER, OWNER)
        own = edition.statement(item.id, language, SELF, OWNER)
        yield (
            edition.theme_name(item.theme, language),
            f"`{item.id}`",
            others + _own_sentences(edition, item, language, others),
            "same" if own == others else own,
            f"{item.kind}, {item.referent}",
            _signs(item),
        )


def _own_sentences(edition: Questionnaire, item: Item, language: str, others: str) -> str:
    sentences = {role: edition.statement(item.id, language, role, OWNER) for role in PERSPECTIVES}
    return "".join(f"<br>{role}: {sentence}" for role, sentence in sentences.items() if sentence != others)


def _signs(item: Item) -> str:
    signs = {
        "reversed": item.reverse,
        "thermometer": item.thermometer,
        "cut first": item.cut_first,
        "predicted": item.predicted,
    }
    return ", ".join(sign for sign, holds in signs.items() if holds)


def _open_questions(edition: Questionnaire, language: str) -> Iterator[Sequence[str]]:
    yield ("id", "others read", "the owner reads")
    for question in edition.open_questions:
        yield (
            f"`{question.id}`",
            *(
                f"{edition.open_question(question.id, language, role, OWNER)}"
                f"<br>{edition.open_question_hint(question.id, language, role)}"
                for role in (COMMON_READER, SELF)
            ),
        )


def _gaps(words: ConversationWords, language: str) -> Iterator[Sequence[str]]:
    yield ("id", "label", "the owner's answer is higher", "the others' answer is higher")
    for item in words.edition.items:
        yield (
            f"`{item.id}`",
            words.label(item.id, language),
            words.question(item.id, "self_higher", language),
            words.question(item.id, "self_lower", language),
        )


def _guidelines(words: ConversationWords, language: str) -> Iterator[Sequence[str]]:
    yield ("number", "may stand at", "text")
    for guideline in words.guidelines:
        items = ", ".join(f"`{item_id}`" for item_id in guideline.items)
        yield (str(guideline.number), items, words.guideline(guideline.number, language))


if __name__ == "__main__":
    print(page_of(load_conversation("spiegel-1")), end="")
