"""The built wheel: installed in an empty place it finds everything that a checkout has."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
BESIDE_THIS_PYTHON = Path(sys.executable).parent

START = """
import os
from pathlib import Path
import survey
from survey.questionnaires import load
from survey.settings import Settings
from survey.store.schema import bring_up_to_date

app = survey.create_app(Settings.from_environment(os.environ))
bring_up_to_date(app)
assert load("spiegel-1").themes
print(Path(survey.__file__).parent, app.template_folder)
"""


def run(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, folder=REPOSITORY)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python of its own that has the wheel, and borrows the libraries of this one but not its checkout."""
    place = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", place, folder=place)
    python = place / "bin" / "python"
    [packages] = (place / "lib").glob("python*/site-packages")
    [borrowed] = (Path(sys.prefix) / "lib").glob("python*/site-packages")
    (packages / "borrowed.pth").write_text(f"{borrowed}\n", encoding="utf-8")  # the .pth files in it are not followed
    run(
        BESIDE_THIS_PYTHON / "uv",
        "pip",
        "install",
        "-q",
        "--offline",
        "--no-deps",
        "--python",
        python,
        wheel,
        folder=place,
    )
    return python


def test_everything_that_the_program_reads_is_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    for folder, becomes in (
        ("templates", "survey/templates"),
        ("migrations", "survey/migrations"),
        ("survey", "survey"),
    ):
        for path in (REPOSITORY / folder).rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                assert f"{becomes}/{path.relative_to(REPOSITORY / folder).as_posix()}" in inside


def test_every_catalogue_in_the_wheel_is_compiled(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    sources = {path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "survey").rglob("*.po")}
    assert {f"{source.removesuffix('.po')}.mo" for source in sources} <= inside


def test_nothing_that_is_not_the_program_is_in_the_wheel(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"survey"}


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def fetch(address: str, server: subprocess.Popen[str], patience: float = 60) -> str:
    """The page at an address, as soon as somebody serves it; fails at once when the server has stopped."""
    until = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as page:
                return str(page.read().decode("utf-8"))
        except (urllib.error.URLError, ConnectionError) as absent:
            if server.poll() is not None or time.monotonic() > until:
                raise AssertionError("nobody serves it: " + server.communicate()[0]) from absent
            time.sleep(0.1)


needs_the_commands = pytest.mark.skipif(
    importlib.util.find_spec("survey.cli") is None, reason="the commands are not built yet"
)


@needs_the_commands
def test_the_installed_command_says_which_version_it_is(installed: Path, wheel: Path, tmp_path: Path) -> None:
    version = wheel.name.split("-")[1]
    assert version in run(installed.parent / "survey", "--version", folder=tmp_path)


@needs_the_commands
def test_the_installed_command_serves_pages_from_an_empty_folder_and_stops_on_ctrl_c(
    installed: Path, tmp_path: Path
) -> None:
    port = free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
    server = subprocess.Popen(
        [installed.parent / "survey", "serve", "--port", str(port)],
        cwd=tmp_path,
        env=own,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert "<html" in fetch(f"http://127.0.0.1:{port}/", server)
        server.send_signal(signal.SIGINT)
        said, _ = server.communicate(timeout=30)
    finally:
        server.kill()
        server.wait()
    assert server.returncode == 0, said
    assert "Traceback" not in said
    assert {path.name for path in tmp_path.iterdir()} == {"data", "keys"}


def test_an_installed_program_starts_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    package, templates = run(installed, "-c", START, folder=tmp_path).split()
    assert Path(package).is_relative_to(installed.parent.parent)
    assert Path(templates) == Path(package) / "templates"
    assert {path.name for path in tmp_path.iterdir()} == {"data", "keys"}
