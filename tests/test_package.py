"""The built wheel: installed in an empty place it finds everything that a checkout has."""

import subprocess
import sys
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


def test_an_installed_program_starts_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    package, templates = run(installed, "-c", START, folder=tmp_path).split()
    assert Path(package).is_relative_to(installed.parent.parent)
    assert Path(templates) == Path(package) / "templates"
    assert {path.name for path in tmp_path.iterdir()} == {"data", "keys"}
