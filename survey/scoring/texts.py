"""Open answers: which appear, and in an order that tells nothing.

Texts are never tied to one another, to marks or to a moment. The order is that of a keyed hash of the content: without
the key nobody can rebuild it, and with it nobody learns who wrote what or when.
"""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from survey.scoring.method import METHOD

REMOVED: Final = "verwijderd op verzoek"
"""Stands in a release where a text or a name stood that was taken out; whoever shows it says so in his language."""


@dataclass(frozen=True, slots=True)
class ReleasedTexts:
    """The printable texts of one perspective to one open question."""

    perspective: str
    question: str
    texts: tuple[str, ...]


def released_texts(
    perspective: str, texts: Mapping[str, Sequence[str]], key: bytes, fewest: int = METHOD.k
) -> Iterator[ReleasedTexts]:
    """The questions with at least `fewest` printable texts, by question id, each in the order of its keyed hash."""
    for question, written in sorted(texts.items()):
        if len(written) >= fewest:
            yield ReleasedTexts(perspective, question, tuple(in_keyed_order(question, written, key)))


def in_keyed_order(question: str, texts: Sequence[str], key: bytes) -> list[str]:
    """The texts ordered by HMAC-SHA256 under `key`; the question goes in, so that no order is found twice."""
    return sorted(texts, key=lambda text: hmac.digest(key, f"{question}\0{text}".encode(), "sha256"))
