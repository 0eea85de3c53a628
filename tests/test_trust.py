"""docs/trust.md says nothing that is not so: each guard can be switched off, and each test that it names is there."""

import ast
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.guards import OUTCOME, PROMISES, REPOSITORY, SWITCHES, Guard, guards

GUARDS = guards()


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((REPOSITORY / file).read_text(encoding="utf-8"))
    made = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return made | named


def exists(test: str) -> bool:
    file, *names = test.split("::")
    return (REPOSITORY / file).is_file() and set(names) <= names_in(file)


def source_of(module: str) -> str:
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text(encoding="utf-8")


def is_code(dotted: str) -> bool:
    """Whether there is a module of which the rest of the name is a class or function."""
    parts = dotted.split(".")
    for length in range(len(parts) - 1, 0, -1):
        file = REPOSITORY.joinpath(*parts[:length]).with_suffix(".py")
        if file.is_file():
            return set(parts[length:]) <= names_in(file.relative_to(REPOSITORY).as_posix())
    return False


def test_sixteen_promises_each_name_a_guard() -> None:
    parts = re.split(r"^### \d+\. ", PROMISES.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert len(parts) == 16
    assert [part.splitlines()[0] for part in parts if "| `" not in part] == []


def test_every_guard_can_be_switched_off_and_every_switch_is_a_guard() -> None:
    names = [guard.name for guard in GUARDS]
    assert sorted(names) == sorted(SWITCHES)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_names_code_and_tests_that_exist(guard: Guard) -> None:
    assert guard.tests
    assert [test for test in guard.tests if not exists(test)] == []
    assert is_code(guard.code)
    for line in SWITCHES[guard.name]:
        assert source_of(line.module).count(line.on) == 1, f"{line.module} no longer has: {line.on}"


def test_every_other_test_that_the_page_names_exists() -> None:
    named = re.findall(r"`(tests/[^`]+::[^`]+)`", PROMISES.read_text(encoding="utf-8"))
    assert [test for test in named if not exists(test)] == []


def test_the_kept_table_is_of_these_guards_and_each_was_noticed() -> None:
    table = OUTCOME.read_text(encoding="utf-8")
    assert re.findall(r"^\| ([^|]+) \| `", table, re.MULTILINE) == [guard.name for guard in GUARDS]
    assert "**nothing**" not in table
