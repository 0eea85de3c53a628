"""Removing a file for good: what is only unlinked can be read back from the disk's free blocks."""

import contextlib
import os
from pathlib import Path


def overwrite(file: Path) -> None:
    """Write zeros over a file, down to the disk. A file that is gone already is fine."""
    with contextlib.suppress(FileNotFoundError), file.open("r+b") as handle:
        handle.write(b"\0" * file.stat().st_size)
        handle.flush()
        os.fsync(handle.fileno())


def shred(file: Path) -> None:
    """Overwrite a file and remove it. A file that is gone already is fine."""
    overwrite(file)
    file.unlink(missing_ok=True)
