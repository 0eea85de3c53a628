"""A passphrase is long and not to be foreseen, and is recognised however it is typed."""

import pytest

from survey.passphrases import PassphraseGuessable, PassphraseTooShort, as_kept, refuse_guessable

NAMES = ("Bakkerij De Vries", "Karin de Vries", "Petra Visser", "Marijke Bos")


@pytest.mark.parametrize(
    "passphrase",
    [
        "vier broden en een krentenbol",
        "Zeven fietsen in de regen",
        "oven tulp ladder",
        "xK9#mQ2$vL7!pRt4",
        "пять хлебов и булка",
    ],
)
def test_a_few_words_that_nobody_foresees_are_enough(passphrase: str) -> None:
    refuse_guessable(passphrase, NAMES)


@pytest.mark.parametrize(
    "passphrase",
    [
        "Bakkerij De Vries 2026!",
        "Petra Visser en Karin",
        "welkomwelkomwelkom",
        "aaaaaaaaaaaaaaaaaaaa",
        "1234 5678 9012 3456",
        "abcdefghijklmnop",
        "qwerty asdfgh zxcvbn",
        "brood brood brood brood",
        "2026-11-20 2026-11-30",
    ],
)
def test_what_is_guessed_soon_is_refused(passphrase: str) -> None:
    with pytest.raises(PassphraseGuessable):
        refuse_guessable(passphrase, NAMES)


@pytest.mark.parametrize("passphrase", ["", "elf tekens!", "  a  b  c  d  e  "])
def test_eleven_characters_are_too_few(passphrase: str) -> None:
    with pytest.raises(PassphraseTooShort):
        refuse_guessable(passphrase, NAMES)


@pytest.mark.parametrize(
    "typed", ["vier broden en één bol", "Vier  Broden en Één bol ", "vier broden en e\u0301e\u0301n bol"]
)
def test_capitals_spaces_and_how_a_keyboard_makes_an_accent_do_not_matter(typed: str) -> None:
    assert as_kept(typed) == "vier broden en één bol"
