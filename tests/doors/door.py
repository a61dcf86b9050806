"""What a newcomer writes to add something: new files, and lines in files that are there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.checkout import insert, write


@dataclass(frozen=True, kw_only=True)
class Door:
    """An addition in its smallest form; NAME in the paths and texts of CONTRIBUTING.md is `name`."""

    name: str
    files: Mapping[str, str] = field(default_factory=dict)  # path -> text
    lines: Sequence[tuple[str, str, str]] = ()  # (file, beginning of the line before, line)

    def open(self, checkout: Path) -> None:
        """Add it to a copy of the checkout."""
        write(checkout, self.files)
        for file, after, line in self.lines:
            insert(checkout, file, after, line)
