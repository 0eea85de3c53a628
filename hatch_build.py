"""What a build adds to the package: compiled translations, and templates and migrations from beside it.

Hatchling finds this file by its name. `python hatch_build.py` compiles the translations and nothing else.
"""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
BESIDE_THE_PACKAGE = ("templates", "migrations")


def compile_translations(root: Path) -> None:
    """Write beside every .po file under `root` the .mo file that gettext reads; an incomplete .po raises."""
    for source in sorted((root / "survey" / "translations").glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as text, source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(text, locale=source.parent.parent.name, abort_invalid=True))


class BuildHook(BuildHookInterface[Any]):
    """Runs before the wheel, and before the editable install, which reads the folders where they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_translations(Path(self.root))
        if version == "standard":
            build_data["force_include"].update({name: f"survey/{name}" for name in BESIDE_THE_PACKAGE})


if __name__ == "__main__":
    compile_translations(ROOT)
