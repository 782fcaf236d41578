"""Build hook: the catalogues that people edit (.po) become the ones that the program reads (.mo)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, without the build tool
    BuildHookInterface = object

TRANSLATIONS_DIR = Path(__file__).parent


def compile_catalogs(folder: Path = TRANSLATIONS_DIR) -> list[Path]:
    """Write a .mo beside every .po below `folder` that is newer than its .mo; returns those written."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parent.parent.name)
        temporary = target.with_suffix(".mo.part")
        with temporary.open("wb") as file:
            write_mo(file, catalog)
        temporary.replace(target)
        written.append(target)
    return written


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc]
    """Compiles before the wheel is packed or installed for editing."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by the build tool."""
        compile_catalogs(Path(self.root) / "translations")


if __name__ == "__main__":
    compile_catalogs()
