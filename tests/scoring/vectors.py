"""The test vectors of the method: the project's own copy, and the shared file itself where it lies beside the checkout.

The own copy (`vectors.json`) holds topics A, C, D and F with the source of every number.
"""

import json
from pathlib import Path
from typing import Any

import pytest

OWN = Path(__file__).parent / "vectors.json"
SHARED = Path(__file__).parents[3] / "shared" / "vectors" / "scoring.json"
TOPICS = ("A", "C", "D", "F")


def read(path: Path) -> list[dict[str, Any]]:
    vectors = json.loads(path.read_text(encoding="utf-8"))["vectors"]
    return [vector for vector in vectors if vector["topic"].startswith(TOPICS)]


def vectors(topic: str) -> pytest.MarkDecorator:
    """Run a test once per vector whose topic starts like this, from each file there is."""
    files = {"own": OWN} | ({"shared": SHARED} if SHARED.exists() else {})
    found = [
        pytest.param(vector["input"], vector["expected"], id=f"{vector['id']}-{name}")
        for name, path in files.items()
        for vector in read(path)
        if vector["topic"].startswith(topic)
    ]
    assert found, f"no vector of topic {topic}"
    return pytest.mark.parametrize(("given", "expected"), found)


def vector(id: str) -> dict[str, Any]:
    """One vector of the own copy."""
    return next(vector for vector in read(OWN) if vector["id"] == id)
