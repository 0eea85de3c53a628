"""The machine form: the release, the verdicts and the sentences of one mirror."""

import json

from survey.mirror import to_document
from survey.scoring import from_document
from tests.mirror.karins_mirror import mirror, released


def test_the_document_holds_the_release_the_verdicts_and_the_sentences() -> None:
    document = json.loads(json.dumps(to_document(mirror())))

    assert from_document(document["release"]) == released()
    assert {"level": "item", "id": "safe_to_speak", "perspective": "employees", "word": "blind_spot"}.items() <= next(
        one
        for one in document["verdicts"]
        if (one["level"], one["id"], one["perspective"]) == ("item", "safe_to_speak", "employees")
    ).items()
    assert document["texts"]["differences"][0]["sentences"][0] == "Jij: 5. De medewerkers: 2,5."


def test_no_number_stands_with_a_cell_that_is_not_shown() -> None:
    statements = to_document(mirror())["texts"]["statements"]
    hidden = next(one for one in statements if one["item"] == "figures_current")["voices"]["employees"]

    assert hidden["text"] == "geen zicht"
    assert hidden["value"] is None


def test_a_mirror_never_has_a_verdict_over_all_perspectives() -> None:
    verdicts = to_document(mirror())["verdicts"]

    assert {one["level"] for one in verdicts} <= {"item", "theme", "prediction"}
    assert all(one["perspective"] for one in verdicts)
