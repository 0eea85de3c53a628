"""What every test may ask for: a real Chromium, the shared vectors, and whether full counts were asked for."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hatch_build import compile_translations

pytest_plugins = ["tests.made_once", "tests.bakery", "tests.postgresql"]

Figure = Callable[[str], None]

REPOSITORY = Path(__file__).parent.parent
SHARED = REPOSITORY.parent / "shared"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the proofs with full counts")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # once, not in every worker of a parallel run
        compile_translations(REPOSITORY)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "long" in item.keywords and not config.getoption("--long"):
            item.add_marker(pytest.mark.skip(reason="a proof with full counts: run with --long"))
        if "browser_name" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
            # One worker drives the one browser; the other workers do the rest meanwhile (--dist loadgroup).
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def long(pytestconfig: pytest.Config) -> bool:
    """Whether full counts were asked for: a test may take its counts from this instead of being skipped."""
    return bool(pytestconfig.getoption("--long"))


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """Writes down what a test found, for whoever asks for more than whether it held (tests/reliability.py)."""
    return lambda found: request.node.user_properties.append(("figure", found))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of vectors and samples beside the checkout; the test is skipped where there is none."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the installed Chromium; playwright's own download is not used."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        pytest.fail("no Chromium is installed: apt-get install chromium, or run `python3 dev.py test`", pytrace=False)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium: str) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A small phone, in Dutch, in the Netherlands: what most respondents have in their hand."""
    return {
        **browser_context_args,
        "viewport": {"width": 360, "height": 740},
        "locale": "nl-NL",
        "timezone_id": "Europe/Amsterdam",
    }
