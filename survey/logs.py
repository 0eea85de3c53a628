"""What a line of the log looks like, in words or as JSON, and what is never in one: docs/trust.md lists every line.

No line has a time: it could be that of an answer. Of a library's line only its fixed words are kept, without what was
filled in and without a traceback, for those can hold the address of a page, and that can be somebody's link.
It must not know who logs what.
"""

import json
import logging
from typing import Final

OURS: Final = "survey"
IN_WORDS, AS_JSON = "words", "json"


class InWords(logging.Formatter):
    """One line of text: how bad it is, and what it says."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return f"{record.levelname} {line_of(record)}"


class AsJson(logging.Formatter):
    """One JSON object per line: `event` is the same for every line of a kind, `line` has the facts in it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry = {
            "level": record.levelname.lower(),
            "by": record.name,
            "event": getattr(record, "event", str(record.msg)) if _is_ours(record) else "a line of a library",
            "line": line_of(record),
        }
        return json.dumps(entry, ensure_ascii=False)


class _Lines(logging.StreamHandler):  # type: ignore[type-arg]
    """Our own way out; named, so that starting twice does not write every line twice."""


def start_logging(how: str = IN_WORDS) -> None:
    """Write lines to standard error, in words or as JSON; done again, the later way holds."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Lines)]:
        root.removeHandler(handler)
    lines = _Lines()
    lines.setFormatter(AsJson() if how == AS_JSON else InWords())
    root.addHandler(lines)
    root.setLevel(logging.WARNING)
    # For a program that collects lines: also start and stop, which stand in words on standard output.
    logging.getLogger(OURS).setLevel(logging.INFO if how == AS_JSON else logging.WARNING)
    logging.getLogger(f"{OURS}.duties").setLevel(logging.INFO)  # what was erased, in numbers


def line_of(record: logging.LogRecord) -> str:
    """Return what a record says: whole when it is ours, and of a library its fixed words and the kind of fault."""
    if _is_ours(record):
        return record.getMessage()
    kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
    # Words that came without anything to fill in may have been filled in before.
    words = str(record.msg) if record.args else None
    return " ".join(part for part in (f"{record.name}:", words, kind) if part)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] == OURS and not record.exc_info
