"""Passphrases: how a typed one is read, and which are guessed too soon to lock anything.

Who steals a locked key can try passphrases for as long as he likes; only their number stops him.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

SHORTEST: Final = 12
"""Characters of a passphrase, and letters of the words that count in it."""
FEWEST_WORDS: Final = 3
SHORTEST_WORD: Final = 3
DIFFERENT_CHARACTERS: Final = 12
"""Enough for somebody whose passphrase was drawn by a program and has no words."""
ROWS: Final = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890")
"""What fingers follow without thinking."""


class PassphraseTooShort(Exception):
    """It has fewer characters than any passphrase must have."""


class PassphraseGuessable(Exception):
    """Without names, repetitions and rows of the keyboard too little of it is left."""


def as_kept(typed: str) -> str:
    """Return a passphrase as it locks: however a keyboard made its letters, whatever its capitals and spaces."""
    return " ".join(unicodedata.normalize("NFKC", typed).casefold().split())


def refuse_guessable(passphrase: str, names: Iterable[str]) -> None:
    """Refuse what is guessed too soon by somebody who knows these names.

    Raises PassphraseTooShort, PassphraseGuessable.
    """
    kept = as_kept(passphrase)
    if len(kept) < SHORTEST:
        raise PassphraseTooShort
    known = {word for name in names for word in _words(as_kept(name))}
    words = {word for word in _words(kept) if word not in known and len(_unforeseen(word)) >= SHORTEST_WORD}
    if len(words) >= FEWEST_WORDS and sum(map(len, words)) >= SHORTEST:
        return
    for name in known:
        kept = kept.replace(name, " ")
    if len(set(_unforeseen(kept))) < DIFFERENT_CHARACTERS:
        raise PassphraseGuessable


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text)


def _unforeseen(text: str) -> str:
    """Return the characters that neither repeat nor follow the one before them in a row."""
    return "".join(_not_following(text))


def _not_following(text: str) -> Iterator[str]:
    before = ""
    for character in text:
        if (
            not character.isspace()
            and character != before
            and not any(before + character in row for row in ROWS if before)
        ):
            yield character
        before = character
