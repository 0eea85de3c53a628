"""Every sentence of this door is there in English: no page falls back to another language."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

REPOSITORY = Path(__file__).parents[3]
CATALOGUE = REPOSITORY / "survey/translations/en/LC_MESSAGES/messages.po"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}


def sentences() -> set[str]:
    """Return the Dutch sentences in the code and the templates of this door."""
    found = set()
    for folder in ("survey/web/owner", "templates/owner"):
        methods = [("**.py", "python"), ("**.html", "jinja2")]
        for file, _line, message, _comments, _context in extract_from_dir(
            REPOSITORY / folder, methods, {"**.html": {"silent": "false"}}, keywords=KEYWORDS
        ):
            if not file.startswith("mirror"):  # the mirror's pages come with the mirror's own words
                found.add(message if isinstance(message, str) else message[0])
    return found


def test_every_sentence_has_its_english() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    english = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and (message.string if isinstance(message.string, str) else all(message.string))
    }
    assert sentences() - english == set()
    assert len(sentences()) > 300
