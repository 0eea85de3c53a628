"""What only named roles were asked, as the owner reads it: each voice apart, and the overlap beside its chance."""

from math import comb

import pytest

from survey.mirror.asked_by_name import asked_by_name
from survey.mirror.speakers import Speaker
from survey.mirror.words import words_in
from survey.named_questions import CATALOGUE

WORDS = words_in("nl")


def voice(id_: str, *, is_group: bool = False) -> Speaker:
    return Speaker(id_, id_, is_group, True, id_.title(), id_, id_, id_, id_, "")


ROB, JOOST, STAFF = voice("accountant"), voice("bank"), voice("employees", is_group=True)
THREE = ["sales", "money_ahead", "stock"]


def test_nobody_answered_is_nothing_to_show() -> None:
    assert asked_by_name({}, {}, (ROB, STAFF), WORDS) is None


def test_each_voice_divides_its_own_hundred_points_and_they_are_never_averaged() -> None:
    found = asked_by_name(
        {"points": {"accountant": 100}},
        {"accountant": {"points": {"help_body": 100}}, "bank": {"points": {"accountant": 50, "help_body": 50}}},
        (ROB, JOOST),
        WORDS,
    )
    assert found is not None
    assert found.points is not None
    assert found.points.heads == ("Jij", "Accountant", "Bank")
    assert [(row.partner, row.points) for row in found.points.rows] == [
        ("De accountant", (100, 0, 50)),
        ("Een organisatie die ondernemers helpt", (0, 100, 50)),
    ]


def test_a_group_is_never_among_them_whatever_lies_beside_the_release() -> None:
    """Nothing of a group is kept there; if it were, it would not be shown."""
    planted = {"employees": {"points": {"accountant": 100}, "direction": "worse", "key_figures": THREE}}
    assert asked_by_name({}, planted, (STAFF,), WORDS) is None


@pytest.mark.parametrize(
    ("theirs", "shared"),
    [(["orders", "complaints", "absence"], 0), (["sales", "complaints", "absence"], 1), (THREE, 3)],
)
def test_the_overlap_stands_beside_what_chance_would_give(theirs: list[str], shared: int) -> None:
    found = asked_by_name({"key_figures": THREE}, {"accountant": {"key_figures": theirs}}, (ROB,), WORDS)
    assert found is not None
    assert found.key_figures is not None
    [sentence] = found.key_figures.sentences
    # At least `shared` of 3 out of 15 (at least one where none is shared), by counting the lists.
    count, everything = max(shared, 1), len(CATALOGUE)
    chance = sum(comb(3, k) * comb(everything - 3, 3 - k) for k in range(count, 4)) / comb(everything, 3)
    percent = str(round(100 * chance)) if 100 * chance >= 1 else "<1"
    assert f"in {percent} van de honderd keer minstens" in sentence
    assert sentence.startswith({0: "Jullie kozen geen enkel", 1: "Eén cijfer", 3: "Drie cijfers"}[shared])


def test_without_the_owners_list_there_is_no_overlap() -> None:
    found = asked_by_name({}, {"accountant": {"key_figures": THREE}}, (ROB,), WORDS)
    assert found is not None
    assert found.key_figures is not None
    assert found.key_figures.sentences == ()
