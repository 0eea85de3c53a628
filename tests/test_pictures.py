"""The pictures in the docs are all there, small, and hold nothing but the picture."""

import pytest
from PIL import Image

from tests.pictures import FOLDER, LIMITS


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_a_picture_is_small_and_tells_nothing_of_the_machine(name: str) -> None:
    path = FOLDER / name

    assert path.stat().st_size <= LIMITS[name]
    with Image.open(path) as picture:
        assert set(picture.info) <= {"dpi"}


def test_no_picture_lies_there_that_nobody_can_make_again() -> None:
    assert {path.name for path in FOLDER.iterdir()} == LIMITS.keys()
