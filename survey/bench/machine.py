"""On what was measured: the machine and the versions that a figure depends on."""

import os
import platform
import re
import sqlite3
from pathlib import Path
from typing import Final

CPUINFO: Final = Path("/proc/cpuinfo")


def machine() -> str:
    """Return the machine in one line: processor, cores, system, Python, SQLite."""
    python = f"Python {platform.python_version()}"
    system = f"{platform.system()} {platform.release().partition('-')[0]}"
    return f"{_processor()}, {os.cpu_count()} cores, {system}, {python}, SQLite {sqlite3.sqlite_version}"


def _processor() -> str:
    told = CPUINFO.read_text(encoding="utf-8") if CPUINFO.exists() else ""
    named = re.search(r"^model name\s*:\s*(.+)$", told, re.MULTILINE)
    return named[1].strip() if named else platform.machine()
