"""One running installation: its settings, its clock, its boxes and what signs its links, made once at the start."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from survey.clock import Clock
from survey.codes import Hasher
from survey.invitations import Links
from survey.settings import Settings
from survey.store.ballots import Boxes

EXTENSION = "spiegelronde"


@dataclass(frozen=True)
class Installation:
    """What pages, worker and commands hand to the verbs."""

    settings: Settings
    clock: Clock
    boxes: Boxes
    links: Links
    hasher: Hasher


def installation(app: Flask | None = None) -> Installation:
    """Return the installation that this app runs in."""
    return cast(Installation, (app or current_app).extensions[EXTENSION])
