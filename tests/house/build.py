"""Small houses for tests of the rules."""

from collections.abc import Mapping
from pathlib import Path

from tests.house.rooms import House


def build(folder: Path, files: Mapping[str, str]) -> House:
    """The house of these files, path inside the package -> text."""
    for file, text in files.items():
        path = folder / "segaug" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return House(folder / "segaug")
