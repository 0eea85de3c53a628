"""A release as a JSON document and back, in one canonical form, so that a hash of it names it.

What is stored of a round is this document. Keys are sorted and nothing in it depends on the order of writing.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from survey.scoring.audit import Audit, Fact, Finding
from survey.scoring.cells import Band, Cell, Coverage, Edge, Reason, ShownCell, Spread, SuppressedCell, VoiceCell
from survey.scoring.items import Scale, ScoredItem
from survey.scoring.releases import Kind, Perspective, Release
from survey.scoring.texts import ReleasedTexts
from survey.scoring.visibility import Sight, Visibility


def to_document(release: Release) -> dict[str, Any]:
    """The release as plain values that JSON can hold; `from_document` gives the same release back."""
    return {
        "method": release.method,
        "k": release.k,
        "items": [asdict(item) for item in release.items],
        "perspectives": [asdict(perspective) for perspective in release.perspectives],
        "cells": [_cell_document(cell) for cell in release.cells],
        "visibility": [asdict(seen) for seen in release.visibility],
        "texts": [asdict(texts) for texts in release.texts],
        "audit": [asdict(finding) for finding in release.audit.findings],
    }


def from_document(document: Mapping[str, Any]) -> Release:
    """The release that a document of `to_document` holds."""
    return Release(
        method=document["method"],
        k=document["k"],
        items=tuple(ScoredItem(**{**item, "scale": Scale(*item["scale"])}) for item in document["items"]),
        perspectives=tuple(Perspective(**{**one, "kind": Kind(one["kind"])}) for one in document["perspectives"]),
        cells=tuple(_cell(one) for one in document["cells"]),
        visibility=tuple(Visibility(**{**one, "level": Sight(one["level"])}) for one in document["visibility"]),
        texts=tuple(ReleasedTexts(**{**one, "texts": tuple(one["texts"])}) for one in document["texts"]),
        audit=Audit(tuple(Finding(**{**one, "fact": Fact(one["fact"])}) for one in document["audit"])),
    )


def canonical(release: Release) -> str:
    """The one text of a release: sorted keys, no spaces, letters as they are."""
    return json.dumps(to_document(release), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """SHA-256, in hexadecimal, of a release's canonical text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _cell_document(cell: Cell) -> dict[str, Any]:
    status = {ShownCell: "shown", VoiceCell: "voice", SuppressedCell: "suppressed"}[type(cell)]
    return {"status": status, **asdict(cell)}


def _cell(document: Mapping[str, Any]) -> Cell:
    place = {"perspective": document["perspective"], "item": document["item"]}
    match document["status"]:
        case "voice":
            return VoiceCell(**place, mark=document["mark"])
        case "suppressed":
            return SuppressedCell(**place, reason=Reason(document["reason"]))
        case _:
            return ShownCell(
                **place,
                mean=document["mean"],
                edge=document["edge"] and Edge(document["edge"]),
                band=Band(*document["band"]),
                coverage=Coverage(document["coverage"]),
                spread=document["spread"] and Spread(document["spread"]),
            )
