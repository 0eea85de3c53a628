"""Sets out the editions on one page, so that people can read and discuss their sentences without reading a file.

`python -m survey.questionnaires.table > docs/questionnaire.md` writes the page again after a change.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from survey.perspectives import PERSPECTIVES
from survey.questionnaires.conversation import ConversationWords, load_conversation
from survey.questionnaires.edition_file import editions
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


MADE_FROM_IT: Final = """\
# The other kinds of round

Made from the same file: an item that is asked in two kinds of round is one item, with the same words and version.
Questions that only the owner and named roles are asked (better or worse, a hundred points, three key figures) are no
items; their words stand in `survey/mirror/words.nl.toml` and `words.en.toml`.
"""


def whole_page(first: ConversationWords, others: Sequence[ConversationWords]) -> str:
    """Return the page with one edition in full, and of the others what they take from it and what is their own."""
    made = [_made_from(words, first.edition) for words in others]
    return "\n".join([page_of(first), MADE_FROM_IT, *made]).rstrip("\n") + "\n"


def _made_from(words: ConversationWords, first: Questionnaire) -> str:
    edition = words.edition
    known = {item.id for item in first.items}
    taken = [f"`{item.id}`" for item in edition.items if item.id in known]
    left = [f"`{item.id}`" for item in first.items if item.id not in {one.id for one in edition.items}]
    lines = [f"## {edition.id}: {edition.name('en')}", ""]
    if len(taken) <= len(left):
        lines.append(f"Takes {', '.join(taken) if taken else 'no statement'} of {first.id}.")
    else:
        lines.append(f"All of {first.id} but {', '.join(left)}.")
    parts = ["\n".join(lines) + "\n"]
    own = [item for item in edition.items if item.id not in known]
    questions = [one for one in edition.open_questions if one not in first.open_questions]
    for language in edition.languages:
        parts += [f"### Statements ({language})\n\n{_table(_own_statements(edition, own, language))}\n"] if own else []
        parts += (
            [f"### Open questions ({language})\n\n{_table(_open_questions(edition, language))}\n"] if questions else []
        )
    return "\n".join(parts)


def _own_statements(edition: Questionnaire, items: Sequence[Item], language: str) -> Iterator[Sequence[str]]:
    yield ("theme", "id", "asked of", "they read", "measures")
    for item in items:
        yield (
            edition.theme_name(item.theme, language),
            f"`{item.id}`",
            ", ".join(item.asked_of),
            edition.statement(item.id, language, item.asked_of[0], OWNER),
            item.measures,
        )


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
    first, *others = (load_conversation(id_) for id_ in editions())
    print(whole_page(first, others), end="")
