"""What a file beside a patient's volumes says of them (`formats.facts`), and which of its frames is which.

Which frame is end-diastole is known from there alone: it need not be the one with the smaller number.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from segaug.data.formats.facts import Facts, read_facts
from segaug.data.kinds.found_volumes import Found
from segaug.data.kinds.rows import Row
from segaug.data.kinds.told import SHOWN_VALUES
from segaug.data.place import inside
from segaug.errors import ConfigError, DataError

KEY = "dataset.facts"
_GROUP = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, kw_only=True)
class FactFiles:
    """The files of volumes by the names of these, each read once."""

    root: Path
    text: str  # where they lie, with {patient} and the like, of which the volumes have each as well
    names: tuple[str, ...]  # groups of a volume's name, in order
    follow_links: bool
    _read: dict[Path, Facts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := sorted(set(_GROUP.findall(self.text)) - set(self.names)):
            problem = f"has {{{unknown[0]}}}, which dataset.images has not"
            raise ConfigError(key=KEY, problem=problem, fix=f"use {', '.join(f'{{{name}}}' for name in self.names)}")

    def file(self, volume: str) -> Path:
        """Where the file of a volume lies."""
        said = dict(zip(self.names, volume.split("/"), strict=True))
        return inside(self.root, _GROUP.sub(lambda group: said[group[1]], self.text), KEY, self.follow_links)

    def of(self, volume: str) -> Facts:
        """What it says."""
        file = self.file(volume)
        if file not in self._read:
            self._read[file] = read_facts(file)
        return self._read[file]

    def value(self, volume: str, key: str) -> str:
        """What it says of a key.  Raises where it says nothing."""
        facts = self.of(volume)
        if not facts.get(key):
            problem = f"has no {key} (it has {', '.join(facts) or 'no line KEY: value'})"
            raise DataError(file=self.file(volume), problem=problem, fix=f"add the line `{key}: value`")
        return facts[key]


def by_frame(found: Found, files: FactFiles, frames: Sequence[str]) -> dict[str, list[Path]]:
    """The volumes of these frames, the key of each in the place of its number, which {id} is; others are left out.

    Raises where a file says no number for a frame, or one of which there is no file.
    """
    at = files.names.index("id")
    apart = {volume: volume.split("/") for volume in found}
    _refuse_twice(apart, found, at)
    numbered = {(*parts[:at], _number(parts[at]), *parts[at + 1 :]): found[volume] for volume, parts in apart.items()}
    named: dict[str, list[Path]] = {}
    for volume, parts in apart.items():
        for frame in frames:
            said = files.value(volume, frame)
            paths = numbered.get((*parts[:at], _number(said), *parts[at + 1 :]))
            if paths is None:
                problem = f"says {frame}: {said}, and {next(iter(found[volume])).parent} has no file of that number"
                raise DataError(file=files.file(volume), problem=problem, fix="add it, or correct the line")
            named["/".join([*parts[:at], frame, *parts[at + 1 :]])] = paths
    return named


def _refuse_twice(apart: Mapping[str, Sequence[str]], found: Found, at: int) -> None:
    """Raise where two files are of one number: 1 and 01."""
    seen: dict[tuple[str, ...], str] = {}
    for volume, parts in apart.items():
        key = (*parts[:at], _number(parts[at]), *parts[at + 1 :])
        if (first := seen.setdefault(key, volume)) != volume:
            problem = f"is of the same frame as {found[first][0]}"
            raise DataError(file=found[volume][0], problem=problem, fix="remove one of them")


def _number(text: str) -> str:
    return text.lstrip("0") or "0"


def with_facts(
    rows: Sequence[Row], files: FactFiles, site: str | None, where: Mapping[str, Sequence[str]]
) -> list[Row]:
    """Rows of the volumes that have one of these texts for each key, with the site that a key says."""
    for key, texts in where.items():
        values = {files.value(row.id, key) for row in rows}
        if unknown := sorted(set(texts) - values):
            problem = f"{key} of {files.text} is never {unknown[0]!r}"
            fix = f"it is: {', '.join(sorted(values)[:SHOWN_VALUES])}"
            raise ConfigError(key="dataset.where", problem=problem, fix=fix)
        rows = [row for row in rows if files.value(row.id, key) in texts]
    return [replace(row, site=files.value(row.id, site)) if site else row for row in rows]
