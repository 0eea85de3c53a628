"""The house itself: which arrows exist, who may touch what, and what lies where."""

import ast
import fnmatch
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
PACKAGE = REPOSITORY / "survey"
MODULES = sorted(PACKAGE.rglob("*.py"))

AT_THE_ROOT = {
    ".ci": "what runs before a change lands",
    ".git": "the history",
    ".gitignore": "what is made here and never kept",
    "CHANGELOG.md": "what changed, in words of people who use it",
    "CONTRIBUTING.md": "how to work here, one page",
    "LICENSE": "what others may do with it",
    "README.md": "the front page",
    "benchmarks": "what the method is weighed with; not part of the product",
    "dev.py": "the two commands that need nothing but Python",
    "docs": "settings, decisions, proofs",
    "hatch_build.py": "what a build adds; hatchling looks for it here",
    "migrations": "the steps from each schema to the next",
    "pyproject.toml": "what the project is and needs",
    "requirements": "every library with its hash",
    "survey": "the product",
    "templates": "pages, mails and the report, by door",
    "tests": "what is promised",
}

VAGUE = {"base", "common", "core", "data", "helper", "helpers", "info", "lib", "libs", "main", "manager", "managers"}
VAGUE |= {"misc", "service", "services", "shared", "stuff", "tool", "tools", "util", "utilities", "utils"}

ONLY_THERE = {
    "weasyprint": {"survey/outgoing/pdf.py"},
    "smtplib": {"survey/outgoing/mail.py"},
    "huey": {"survey/queue.py"},
    "gunicorn": {"survey/under_gunicorn.py"},
    "redis": {"survey/queue.py"},
    "waitress": {"survey/commands/serving.py", "survey/bench/floor.py"},
    # chance.py draws from the system, which cannot be predicted; this module can, as invented answers may be
    "random": {f"survey/bench/{name}.py" for name in ("counted", "scoring_rounds", "town")},
    "secrets": {"survey/chance.py"},
    "survey.store.opening": {"survey/counting.py"},
}
"""Who may import it: anybody else who needs it asks these."""

READS_THE_CLOCK = re.compile(
    r"\.(now|utcnow|today|fromtimestamp)$|^time\.(time|time_ns|localtime|gmtime|ctime|strftime)$"
)


def name_of(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def imported(tree: ast.AST, path: Path) -> Iterator[str]:
    """Every module that the tree imports, also inside a function, with the names taken from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports say from where, in full"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def clock_readings(source: str) -> list[str]:
    """Where a source reads the clock of the machine, under whatever name it was imported."""
    tree = ast.parse(source)
    called = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    named = [dotted(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name)]
    full = [called.get(name.split(".")[0], name.split(".")[0]) + name[len(name.split(".")[0]) :] for name in named]
    return [name for name in full if READS_THE_CLOCK.search(name) and not name.startswith("survey.")]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_every_arrow_points_the_way_the_contracts_say() -> None:
    done = lint_imports(REPOSITORY)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("store/rounds.py", "from survey import web"),
        ("rounds.py", "from survey import invitations"),
        ("scoring/__init__.py", "import datetime"),
        ("questionnaires/__init__.py", "import sqlalchemy"),
        ("store/ballots.py", "from survey.store import people"),
        ("ballots.py", "from survey.store.schema import TABLES"),
        ("counting.py", "from survey.store import schema"),
        ("rounds.py", "from survey.store import opening"),
        ("web/__init__.py", "from survey.store import ballots"),
        ("store/people.py", "from survey.store import schema"),
        ("web/__init__.py", "from survey.store import opening"),
        ("something_new.py", ""),
    ],
)
def test_an_arrow_the_wrong_way_breaks_the_build(tmp_path: Path, module: str, line: str) -> None:
    shutil.copytree(PACKAGE, tmp_path / "survey", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    with (tmp_path / "survey" / module).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    done = lint_imports(tmp_path)
    assert done.returncode != 0
    assert "BROKEN" in done.stdout


@pytest.mark.parametrize("guarded", ONLY_THERE)
def test_only_its_own_room_imports_it(guarded: str) -> None:
    importers = {
        name_of(path) for path in MODULES if guarded in imported(ast.parse(path.read_text(encoding="utf-8")), path)
    }
    assert importers <= ONLY_THERE[guarded]


def test_one_module_reads_the_clock() -> None:
    readers = {name_of(path): clock_readings(path.read_text(encoding="utf-8")) for path in MODULES}
    assert {name for name, readings in readers.items() if readings} == {"survey/clock.py"}, readers


@pytest.mark.parametrize(
    "source",
    [
        "import datetime\nx = datetime.datetime.now()",
        "from datetime import datetime as d\nx = d.utcnow()",
        "from datetime import date\nx = date.today",
        "from time import time\nx = time()",
        "import time\nx = time.time()",
    ],
)
def test_a_reading_of_the_clock_is_seen_under_any_name(source: str) -> None:
    assert clock_readings(source)


def test_our_own_clock_is_not_a_reading() -> None:
    assert not clock_readings("from survey import clock\nx = clock.now()\ny = clock.today()")
    assert not clock_readings("def f(clock):\n    return clock()")


def test_every_module_says_what_it_is_about() -> None:
    silent = [name_of(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert not silent


def test_no_module_has_a_name_that_could_hold_anything() -> None:
    named = [*MODULES, *(REPOSITORY / "tests").rglob("*.py")]
    parts = {part for path in named for part in path.relative_to(REPOSITORY).with_suffix("").parts}
    assert not parts & VAGUE
    assert not [part for part in parts if set(part.split("_")) & {"util", "utils", "helper", "helpers", "misc"}]


def kept_at_the_root() -> set[str]:
    """What lies at the root and is not left out of the history."""
    left_out = [line.strip("/") for line in (REPOSITORY / ".gitignore").read_text(encoding="utf-8").split()]
    names = (path.name for path in REPOSITORY.iterdir())
    return {name for name in names if not any(fnmatch.fnmatch(name, pattern) for pattern in left_out)}


def test_few_things_lie_at_the_root_and_each_has_its_reason() -> None:
    assert kept_at_the_root() <= AT_THE_ROOT.keys()


def test_no_file_names_a_machine_or_a_place_to_download_from() -> None:
    machine = re.compile(
        "|".join(("/" + "home/[a-z]", "/" + "root/", "/" + "work/", "/" + "Users/", "pypi" + r"\.org"))
    )
    found = []
    for name in kept_at_the_root() - {".git"}:
        top = REPOSITORY / name
        for path in [top, *top.rglob("*")]:
            if path.suffix in {".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".csv", ".json", ".po", ".ini"}:
                found += [name_of(path) for _ in machine.finditer(path.read_text(encoding="utf-8"))]
    assert not found
