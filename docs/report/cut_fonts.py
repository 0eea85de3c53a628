"""Cuts the report's three fonts from their variable originals; `fonts.md` beside this file says when and how.

Not part of the product: nothing imports it. It writes the same bytes whenever it is run on the same originals.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FONTS = Path(__file__).parents[2] / "survey" / "outgoing" / "fonts"

LATIN = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),  # Latin-1, Latin Extended-A and -B
    *range(0x300, 0x370),  # combining marks
    *range(0x1E00, 0x1F00),  # Latin Extended Additional
    *range(0x2010, 0x2016),
    *range(0x2018, 0x2023),
    0x2026, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x20AC, 0x2122,
    *range(0x2190, 0x2194),
    0x2212, 0x2260, 0x2264, 0x2265,
)  # fmt: skip

CUTS = (
    ("Newsreader[opsz,wght].ttf", {"opsz": 18, "wght": 400}, "Mirror Serif", "mirror-serif.ttf"),
    ("SourceSans3[wght].ttf", {"wght": 400}, "Mirror Sans", "mirror-sans.ttf"),
    ("SourceSans3[wght].ttf", {"wght": 600}, "Mirror Bold", "mirror-bold.ttf"),
)


def cut(original: Path, axes: dict[str, float], family: str, target: Path) -> None:
    """Write one static instance of `original`, cut to Latin, under a family name of its own."""
    font = instancer.instantiateVariableFont(TTFont(original, recalcTimestamp=False), axes)
    _rename(font, family)
    options = subset.Options(
        layout_features=["kern", "liga", "mark", "mkmk", "ccmp", "locl", "calt", "lnum", "tnum"],
        hinting=False,
        name_IDs=["*"],
        recalc_timestamp=False,
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LATIN)
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def _rename(font: TTFont, family: str) -> None:
    """The licence of Source Sans reserves its name for the unchanged font; copyright and licence stay in the file."""
    names = font["name"]
    for name_id in (16, 17, 21, 22, 25):
        names.removeNames(nameID=name_id)
    for name_id, text in ((1, family), (2, "Regular"), (3, family), (4, family), (6, family.replace(" ", ""))):
        names.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = 400
    font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0x21) | 0x40
    font["head"].macStyle = 0
    if "STAT" in font:
        del font["STAT"]


if __name__ == "__main__":
    for file, axes, family, target in CUTS:
        cut(Path(sys.argv[1]) / file, axes, family, FONTS / target)
