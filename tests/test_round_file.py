"""A provider's script starts a round from one JSON document; what is wrong with it is said in one sentence."""

import json
from datetime import date
from typing import Any

import pytest

from survey import story
from survey.perspectives import NAMED
from survey.round_file import BadRoundFile, read_round_file
from survey.rounds import GroupPlan, Person

GOOD: dict[str, Any] = {
    "key": "vries-2026-q4",
    "company": story.COMPANY,
    "owner": "Karin de Vries <karin@bakkerijdevries.example>",
    "questionnaire": "spiegel-1",
    "language": "nl",
    "opens": "2026-11-02",
    "closes": "2026-11-20",
    "contact": "Marijke Bos <marijke@vertrouwenspersoon.example>",
    "conversation": {"partner": "Petra Visser <petra@visser-mentoring.example>", "date": "2026-11-30"},
    "groups": [
        {"perspective": "employees", "cards": 12},
        {"perspective": "bank", "addresses": ["Joost Meijer <joost.meijer@regiobank.example>"]},
    ],
}


def read(**changes: Any) -> Any:
    return read_round_file(json.dumps({**GOOD, **changes}))


def test_a_good_file_becomes_a_plan() -> None:
    file = read()
    assert (file.key, file.company, file.owner) == ("vries-2026-q4", story.COMPANY, story.OWNER)
    assert (file.plan.opens_on, file.plan.closes_on) == (date(2026, 11, 2), date(2026, 11, 20))
    assert file.plan.groups == (
        GroupPlan("employees", cards=12),
        GroupPlan("bank", (Person("Joost Meijer", "joost.meijer@regiobank.example"),)),
    )


def test_a_file_can_say_how_many_joined_or_left_since_the_round_before() -> None:
    [cards, mail] = read(
        groups=[
            {"perspective": "employees", "cards": 12, "moved": 0},
            {"perspective": "co_owner", "addresses": ["Henk de Vries <henk@bakkerijdevries.example>"]},
        ]
    ).plan.groups
    assert (cards.moved, mail.moved) == (0, None)
    [by_mail] = read(groups=[{"perspective": "employees", "addresses": ["a@b.example"], "moved": 6}]).plan.groups
    assert by_mail.moved == 6


def test_other_content_has_another_digest() -> None:
    assert read().digest == read().digest != read(closes="2026-11-21").digest


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"closes": "2026-11-01"}, "closes: the round closes before it opens."),
        ({"opens": "2 november"}, "opens: must be a date"),
        ({"questionnaire": "spiegel-99"}, "questionnaire: there is no edition 'spiegel-99'"),
        ({"language": "pl"}, "language: spiegel-1 is not written in 'pl'."),
        ({"owner": "Karin"}, "owner: 'Karin' holds no address"),
        ({"owner": "karin@bakkerijdevries.example"}, "owner: a name"),
        ({"owner": "Karin <k@x.example>\nBcc: a@x.example"}, "owner: must be written as"),
        ({"conversation": {"partner": "Petra Visser <petra>", "date": "2026-11-30"}}, "conversation.partner: "),
        ({"conversation": "later"}, "conversation: must be a JSON object."),
        ({"groups": []}, "groups: at least one group"),
        ({"groups": [{"perspective": "customers", "cards": 5}]}, "groups[0].perspective: must be one of"),
        ({"groups": [{"perspective": "employees", "cards": 0}]}, "groups[0].cards: must be a whole number"),
        ({"groups": [{"perspective": "employees", "cards": True}]}, "groups[0].cards: must be a whole number"),
        ({"groups": [{"perspective": "bank", "cards": 1}]}, "groups[0]: bank answers by name"),
        ({"groups": [{"perspective": "employees", "cards": 9, "moved": -1}]}, "groups[0].moved: must be a whole"),
        ({"groups": [{"perspective": "employees", "cards": 9, "moved": None}]}, "groups[0].moved: must be a whole"),
        (
            {"groups": [{"perspective": "bank", "addresses": ["Joost <j@bank.example>"], "moved": 0}]},
            "groups[0]: bank answers by name, so nobody is counted",
        ),
        ({"groups": [{"perspective": "employees"}]}, "groups[0]: needs either cards or addresses."),
        ({"groups": [{"perspective": "employees", "cards": 6}] * 2}, "groups[1]: employees stands twice"),
        ({"k": 1}, "the round file: 'k' is not known here."),
    ],
)
def test_what_is_wrong_is_named_by_its_place(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadRoundFile) as refused:
        read(**changes)
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, "null"])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(BadRoundFile):
        read_round_file(text)


def test_only_staff_may_be_invited_without_a_name() -> None:
    bare = ["joost.meijer@regiobank.example"]
    assert read(groups=[{"perspective": "employees", "addresses": bare}]).plan.groups[0].people[0].name == ""
    for perspective in NAMED:
        with pytest.raises(BadRoundFile):
            read(groups=[{"perspective": perspective, "addresses": bare}])
