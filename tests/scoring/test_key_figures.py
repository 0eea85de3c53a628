"""Three key figures beside three others."""

from typing import Any

import pytest

from survey.scoring.key_figures import overlap
from tests.scoring.vectors import vectors


@vectors("F.kpi_overlap")
def test_two_lists_overlap_as_the_vectors_say(given: dict[str, Any], expected: dict[str, Any]) -> None:
    found = overlap(given["A"], given["B"], given["catalogue"])
    assert found.common == tuple(expected["common"])
    assert found.jaccard == pytest.approx(expected["jaccard"])
    assert found.of_the_shorter == pytest.approx(expected["overlap_of_min"])
    assert found.at_least_by_chance == pytest.approx(expected["p_at_least_by_chance"])


def test_lists_of_other_lengths_and_a_small_catalogue_have_a_chance_as_well() -> None:
    found = overlap(["marge"], ["marge", "verzuim"], catalogue=4)
    assert (found.jaccard, found.of_the_shorter, found.at_least_by_chance) == (0.5, 1.0, 0.5)
    everything = overlap(["marge", "verzuim", "omzet"], ["marge", "verzuim"], catalogue=3)
    assert everything.at_least_by_chance == 1.0
    assert overlap(["marge"], ["omzet"], catalogue=12).at_least_by_chance == 1.0


@pytest.mark.parametrize(("one", "other"), [([], ["marge"]), (["marge"], [])])
def test_an_empty_list_overlaps_with_nothing(one: list[str], other: list[str]) -> None:
    with pytest.raises(ValueError, match=r"^Both lists name at least one key figure\.$"):
        overlap(one, other, 12)
