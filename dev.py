"""Two commands that need nothing but Python: `python3 dev.py run` and `python3 dev.py test`.

Each first makes sure of what it needs: system packages, `.venv`, the libraries whose hashes are in `requirements/`,
this project itself. What is in order already is left alone, so a second start takes no time.
"""

from __future__ import annotations

import argparse
import ctypes
import functools
import hashlib
import importlib.util
import json
import os
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
REQUIREMENTS = ROOT / "requirements"
STAMP = VENV / "in-order.json"
SHAPES_THE_PROJECT = ("pyproject.toml", "hatch_build.py")
OLDEST_PYTHON = (3, 11)

PANGO = {  # Debian package: the library that WeasyPrint opens from it
    "libpango-1.0-0": "libpango-1.0.so.0",
    "libpangoft2-1.0-0": "libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "libharfbuzz-subset.so.0",
}
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")

CHECKS: dict[str, Sequence[str]] = {
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "types": ("mypy",),
    "arrows": ("lint-imports", "--no-logo"),
    "dependencies": ("deptry", "--no-ansi", "."),
}

ON_POSTGRESQL: Sequence[str] = (
    "tests/test_ballots.py",
    "tests/test_counting.py",
    "tests/forensics/test_answers_cannot_be_paired.py",
    "tests/forensics/test_the_order_leaves_no_trace.py",
)
"""Also run on a real PostgreSQL each time: where its files and its transactions could break what is promised."""


class CannotStart(Exception):
    """Something this machine lacks and this program cannot give it; the text says what to do."""


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="tell the bakery's story (once) and serve it", add_help=False)
    run.set_defaults(go=serve_the_story)
    test = commands.add_parser("test", help="lint, types, arrows and all tests; --long for full counts", add_help=False)
    test.set_defaults(go=test_everything)
    chosen, rest = parser.parse_known_args(words)
    try:
        return int(chosen.go(rest))
    except CannotStart as refusal:
        print(f"dev.py: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def serve_the_story(arguments: Sequence[str]) -> int:
    """Become `survey serve`, so that Ctrl-C and other signals reach it and nothing else."""
    put_in_order(for_tests=False)
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(BIN / "survey", ["survey", "serve", "--story", *arguments])


def test_everything(arguments: Sequence[str]) -> int:
    """Run every check, a part on PostgreSQL, then every test; pytest speaks last, unless something failed."""
    put_in_order(for_tests=True)
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    parallel = ("-n", str(max(2, min(4, os.cpu_count() or 2))), "--dist", "loadgroup")
    if not arguments:  # who asks for some tests, or for all of them on a server, gets these
        print("\n-- tests on PostgreSQL", flush=True)
        on_a_server = (str(BIN / "pytest"), "-q", "--postgresql", *parallel, *ON_POSTGRESQL)
        if subprocess.run(on_a_server, cwd=ROOT, check=False).returncode:
            failed.append("tests on PostgreSQL")
    print("\n-- tests", flush=True)
    if subprocess.run([BIN / "pytest", "-q", *parallel, *arguments], cwd=ROOT, check=False).returncode:
        failed.append("tests")
    if failed:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def passes(name: str, command: Sequence[str]) -> bool:
    """Run one check; its output is shown only when it fails."""
    print(f"-- {name:13}", end="", flush=True)
    began = time.monotonic()
    done = subprocess.run(
        [BIN / command[0], *command[1:]],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    verdict = "passed" if done.returncode == 0 else "FAILED"
    print(f"{verdict} in {time.monotonic() - began:.1f} s", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


def put_in_order(*, for_tests: bool) -> None:
    """Make sure of system packages, the environment, the libraries and the project, doing only what is missing."""
    if sys.version_info < OLDEST_PYTHON:
        raise CannotStart(
            f"Python {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed; this is {sys.version.split()[0]}."
        )
    install_system_packages(missing_system_packages(for_tests=for_tests))
    had = read_stamp()
    if had is None:
        make_environment()
        had = {}
    level = level_of(had, for_tests=for_tests)
    wanted = stamp_for(level)
    if had != wanted:
        install_libraries(level)
        STAMP.write_text(json.dumps(wanted), encoding="utf-8")
    elif translations_are_older_than_their_source():
        run_quietly("Compiling the translations", [str(BIN / "python"), str(ROOT / "hatch_build.py")])


def missing_system_packages(*, for_tests: bool) -> list[str]:
    """The Debian packages whose contents are not on this machine. Elsewhere none: `survey check` names what lacks."""
    if not sys.platform.startswith("linux"):
        return []
    missing = []
    if not environment_works() and not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        missing.append("python{}.{}-venv".format(*sys.version_info))
    missing += [package for package, library in PANGO.items() if not can_be_opened(library)]
    if for_tests:
        if not any(map(shutil.which, CHROMIUMS)):
            missing.append("chromium")
        if not shutil.which("pdftotext"):
            missing.append("poppler-utils")
    return missing


def can_be_opened(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_system_packages(packages: Sequence[str]) -> None:
    """Install Debian packages as root or by a sudo that asks nothing; otherwise refuse with the line to type."""
    if not packages:
        return
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    apt = shutil.which("apt-get")
    become_root = root_prefix()
    if apt is None or become_root is None:
        who = "as root" if os.geteuid() and not shutil.which("sudo") else "in a terminal"
        sudo = "sudo " if os.geteuid() and shutil.which("sudo") else ""
        raise CannotStart(f"system packages are missing; type this {who}, then start again:\n\n    {sudo}{line}\n")
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    install = [*become_root, apt, "-qq", *line.split()[1:]]
    # A machine that has never looked, or not for long, does not know where the packages are: look, and try again.
    if not succeeds_as_root(install):
        succeeds_as_root([*become_root, apt, "-qq", "update"])
        if not succeeds_as_root(install, show=True):
            raise CannotStart(
                f"the system packages could not be installed (see above). Try it by hand:\n\n    {line}\n"
            )


def root_prefix() -> list[str] | None:
    """What makes a command run as root without asking anybody anything; None when nothing does."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def succeeds_as_root(command: Sequence[str], *, show: bool = False) -> bool:
    # dpkg refuses to work when the sbin folders are not in PATH, as is usual for somebody who is not root.
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "PATH": path}
    done = subprocess.run(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode and show:
        print(done.stdout, file=sys.stderr)
    return done.returncode == 0


def identity() -> dict[str, str]:
    """What ties `.venv` to its place: its scripts name the folder, its libraries were chosen for the Python."""
    return {"root": str(ROOT), "python": environment_version() or ""}


@functools.cache
def environment_version() -> str | None:
    """The version of the Python in `.venv`; None when there is none that works, or a half-made one."""
    question = "import pip, sys; print(sys.version.split()[0])"
    try:
        done = subprocess.run([BIN / "python", "-c", question], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def environment_works() -> bool:
    version = environment_version()
    return version is not None and tuple(map(int, version.split(".")[:2])) >= OLDEST_PYTHON


def read_stamp() -> dict[str, str] | None:
    """What was last put in order here; None when `.venv` must be made anew."""
    if not environment_works():
        return None
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if {key: stamp.get(key) for key in identity()} == identity() else None


def level_of(had: dict[str, str], *, for_tests: bool) -> str:
    """Which requirement file holds: once the tools for testing are there, `run` does not take them away."""
    return "dev" if for_tests or "dev" in had else "run"


def stamp_for(level: str) -> dict[str, str]:
    """What `.venv` was made from, when all is in order: as soon as one part differs, it is not."""
    return {
        **identity(),
        level: fingerprint(REQUIREMENTS / f"{level}.txt"),
        "uv": fingerprint(REQUIREMENTS / "uv.txt"),
        "project": fingerprint(*(ROOT / name for name in SHAPES_THE_PROJECT)),
    }


def fingerprint(*files: Path) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def make_environment() -> None:
    run_quietly("Making .venv", [sys.executable, "-m", "venv", "--clear", str(VENV)])
    environment_version.cache_clear()


def install_libraries(level: str) -> None:
    """Make `.venv` hold exactly what requirements/`level`.txt names, by hash, and this project itself."""
    STAMP.unlink(missing_ok=True)
    uv = (str(BIN / "uv"), "pip")
    pip = (str(BIN / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes")
    listed = str(REQUIREMENTS / f"{level}.txt")
    run_quietly("Installing uv", [*pip, "--no-deps", "-r", str(REQUIREMENTS / "uv.txt")])
    # What comes as source is built with the setuptools of uv.txt, whose hash is known, and no other.
    # What Python would compile at the first start is compiled here: a machine may be told not to keep it (containers
    # often are), and then every process would do it again, which takes longer than all else that it does at its start.
    # pip takes longer, but knows the package index that this machine may have been told to use, and uv does not.
    sync = (*uv, "sync", "--compile-bytecode", "--require-hashes")
    ways = (
        [*sync, "--build-constraints", str(REQUIREMENTS / "uv.txt"), listed],
        [*pip, "-r", listed],
    )
    run_quietly("Installing the libraries", *ways)
    run_quietly("Installing the project", [*uv, "install", "--no-deps", "--no-build-isolation", "-e", str(ROOT)])
    run_quietly("Compiling the project", [str(BIN / "python"), "-m", "compileall", "-q", str(ROOT / "survey")])


def run_quietly(what: str, *ways: Sequence[str]) -> None:
    """Say what is done and do it the first way that works; the commands' own words are shown only when none does."""
    print(what, flush=True)
    environment = {**trust_of_this_machine(), **os.environ, "VIRTUAL_ENV": str(VENV)}
    said = []
    for way in ways:
        done = subprocess.run(
            way, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        if done.returncode == 0:
            return
        said.append(done.stdout)
    print(*said, sep="\n", file=sys.stderr)
    raise CannotStart(f"this went wrong: {what.lower()} (see above).")


def trust_of_this_machine() -> dict[str, str]:
    """uv brings its own certificates; behind a company's proxy only those of the machine work, if it has any."""
    return {"UV_SYSTEM_CERTS": "1"} if ssl.get_default_verify_paths().cafile else {}


def translations_are_older_than_their_source() -> bool:
    def is_old(source: Path) -> bool:
        compiled = source.with_suffix(".mo")
        return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime

    return any(map(is_old, (ROOT / "survey" / "translations").glob("*/LC_MESSAGES/*.po")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
