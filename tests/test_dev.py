"""The two commands for a newcomer: what they install, what they leave alone, what they say when they cannot."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import dev

WRITES_DOWN = '#!/bin/sh\necho "$(basename "$0") $*" >> "$DIARY"\n'


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that is all this machine has; what they were asked is written in `diary`."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "sh").symlink_to("/bin/sh")
    (programs / "basename").symlink_to("/usr/bin/basename")
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("DIARY", str(tmp_path / "diary"))
    return programs


def program(machine: Path, name: str, body: str) -> None:
    (machine / name).write_text(WRITES_DOWN + body, encoding="utf-8")
    (machine / name).chmod(0o755)


def diary(machine: Path) -> list[str]:
    asked = (machine.parent / "diary").read_text(encoding="utf-8").splitlines()
    return [line for line in asked if not line.startswith("sudo")]


def test_a_machine_that_has_everything_is_left_alone(machine: Path) -> None:
    dev.install_system_packages([])
    assert not (machine.parent / "diary").exists()


def test_a_machine_that_never_looked_where_packages_are_looks_and_tries_again(machine: Path) -> None:
    program(machine, "sudo", 'shift; [ "$1" = true ] || exec "$@"\n')
    program(machine, "apt-get", '[ -e "$DIARY.known" ] && exit 0\n[ "$2" = update ] && : > "$DIARY.known"; exit 100\n')
    dev.install_system_packages(["chromium"])
    install = "apt-get -qq install -y --no-install-recommends chromium"
    assert diary(machine) == [install, "apt-get -qq update", install]


def test_packages_that_cannot_be_installed_are_named_with_the_line_to_type(machine: Path) -> None:
    program(machine, "sudo", 'shift; [ "$1" = true ] || exec "$@"\n')
    program(machine, "apt-get", "echo no network; exit 100\n")
    with pytest.raises(dev.CannotStart, match="apt-get install -y --no-install-recommends chromium poppler-utils"):
        dev.install_system_packages(["chromium", "poppler-utils"])


def test_a_machine_without_apt_is_told_what_is_missing(machine: Path) -> None:
    with pytest.raises(dev.CannotStart, match=r"type this.*\n\n.*apt-get install .* libpango-1.0-0"):
        dev.install_system_packages(["libpango-1.0-0"])
    assert not (machine.parent / "diary").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root needs no password")
def test_somebody_whose_sudo_asks_a_password_types_the_line_himself(machine: Path) -> None:
    program(machine, "apt-get", "exit 0\n")
    program(machine, "sudo", "exit 1\n")
    with pytest.raises(dev.CannotStart, match=r"sudo apt-get install .* chromium"):
        dev.install_system_packages(["chromium"])


def test_run_after_test_keeps_the_tools_for_testing() -> None:
    assert dev.level_of({}, for_tests=False) == "run"
    assert dev.level_of({}, for_tests=True) == "dev"
    assert dev.level_of(dev.stamp_for("run"), for_tests=True) == "dev"
    assert dev.level_of(dev.stamp_for("dev"), for_tests=False) == "dev"


def test_a_stamp_is_only_good_for_its_own_place_python_and_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dev.stamp_for("dev")
    assert dev.stamp_for("dev") == before
    assert dev.stamp_for("run") != before
    monkeypatch.setattr(dev, "ROOT", tmp_path)  # the folder was copied elsewhere
    for name in dev.SHAPES_THE_PROJECT:
        (tmp_path / name).write_text("", encoding="utf-8")
    moved = dev.stamp_for("dev")
    assert {key for key in before if moved[key] != before[key]} == {"root", "project"}


def test_an_environment_that_is_half_made_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(dev, "BIN", python.parent)
    dev.environment_version.cache_clear()
    assert dev.read_stamp() is None
    python.unlink()
    dev.environment_version.cache_clear()
    assert dev.read_stamp() is None
    dev.environment_version.cache_clear()


def test_every_library_has_a_hash_and_none_an_address() -> None:
    for file in sorted(dev.REQUIREMENTS.glob("*.txt")):
        text = file.read_text(encoding="utf-8")
        assert "://" not in text
        blocks = [block for block in text.replace("\\\n", " ").splitlines() if block.strip()]
        assert blocks
        assert all("==" in block and "--hash=sha256:" in block for block in blocks), file


def pinned(file: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (dev.REQUIREMENTS / file).read_text("utf-8"), re.MULTILINE))


def names(requirements: list[str | dict[str, str]]) -> set[str]:
    return {re.split(r"[^\w.-]", line)[0].lower() for line in requirements if isinstance(line, str)}


def test_every_library_that_the_project_names_is_pinned() -> None:
    project = tomllib.loads((dev.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    runs = names(project["project"]["dependencies"]) | names(groups["build"])
    assert runs <= pinned("run.txt").keys()
    assert runs | names(groups["dev"]) <= pinned("dev.txt").keys()
    assert pinned("uv.txt").keys() == names(groups["installer"])


def test_what_is_tested_is_what_runs() -> None:
    tested = pinned("dev.txt")
    assert {name: tested.get(name) for name in pinned("run.txt")} == pinned("run.txt")


def test_an_older_python_is_refused_in_one_sentence() -> None:
    code = "import sys; sys.version_info = (3, 9, 2); import dev; sys.exit(dev.main(['test']))"
    done = subprocess.run([sys.executable, "-c", code], cwd=dev.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("dev.py: Python 3.11 or newer is needed")
