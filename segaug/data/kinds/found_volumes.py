"""The volumes of a folder by their names: files, folders of DICOM slices, or one folder a patient."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from segaug.data.formats.cut import SUFFIXES
from segaug.data.kinds.joined import AS_STORED
from segaug.data.kinds.pattern import Pattern, is_pattern
from segaug.data.place import inside, refuse_foreign
from segaug.data.suffix import stem_of, suffix_of
from segaug.errors import ConfigError, DataError

Found = Mapping[str, list[Path]]  # name -> files or folders of that name


@dataclass(frozen=True)
class Place:
    """A folder of the data set, in which each volume has the name of its file or folder, or a pattern (`Pattern`).

    By a pattern, the name of a volume is all that it says of it, as {patient} and {id}, joined by slashes.
    """

    text: str
    key: str  # the option that names it
    value: int = AS_STORED  # of masks: what all that is not 0 there becomes; AS_STORED: they hold values of their own

    @property
    def names(self) -> tuple[str, ...]:
        """What is known of a volume."""
        return Pattern(self.text, self.key, whole=True).names if is_pattern(self.text) else ("id",)

    @property
    def given(self) -> int:
        """How many characters of a name are spelt out: of two patterns, the one with more is meant for fewer files."""
        return len(re.sub(r"\{\w+\}|\*", "", self.text))

    def find(self, root: Path, follow_links: bool, names: tuple[str, ...]) -> Found:
        """What lies there, by the texts of these names.  Raises where nothing does, or links lead out."""
        if set(names) != set(self.names):
            told, asked = (", ".join(f"{{{name}}}" for name in each) for each in (self.names, names))
            problem = f"{self.text} has {told}, and dataset.images has {asked}"
            raise ConfigError(key=self.key, problem=problem, fix="name the same in both, or write * for what is not")
        found: dict[str, list[Path]] = defaultdict(list)
        for name, path in self._matches(root, follow_links, names):
            if not follow_links:
                refuse_foreign(path, root)
            found[name].append(path)
        if not found:
            fix = f"add volumes ({', '.join(SUFFIXES)}, or folders of DICOM slices), or correct {self.key}"
            raise DataError(file=root / self.text, problem="has no volume", fix=fix)
        return dict(sorted(found.items()))

    def _matches(self, root: Path, follow_links: bool, names: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
        if not is_pattern(self.text):
            yield from _in_folder(root, self.text, self.key, follow_links)
            return
        pattern = Pattern(self.text, self.key, whole=True)
        for one in pattern.find(root, follow_links):
            if one.unclear:
                raise pattern.two_ways(root, one.path)
            yield "/".join(one.groups[name] for name in names), one.path


def without(found: Found, others: Found) -> Found:
    """The volumes that are not in `others` as well."""
    taken = {path for paths in others.values() for path in paths}
    left = {name: [path for path in paths if path not in taken] for name, paths in found.items()}
    return {name: paths for name, paths in left.items() if paths}


def only_one(found: Found, name: str, asked_by: object, place: Path) -> Path:
    """The one of this name."""
    paths = found.get(name, [])
    if len(paths) == 1:
        return paths[0]
    if paths:
        listed = ", ".join(path.name for path in paths)
        problem = f"{place} holds several of the name {name} ({listed})"
        raise DataError(file=asked_by, problem=problem, fix="keep one of them")
    near = [other for other in found if other.startswith(name) or name.startswith(other)]
    hint = f" (the nearest name there is {found[near[0]][0].name})" if near else ""
    problem = f"there is no {name} in {place}{hint}"
    raise DataError(file=asked_by, problem=problem, fix="add it or rename the file")


def _in_folder(root: Path, part: str, key: str, follow_links: bool) -> list[tuple[str, Path]]:
    folder = inside(root, part, key, follow_links)
    if not folder.is_dir():
        there = ", ".join(sorted(path.name for path in root.iterdir() if path.is_dir())) or "no folder"
        raise DataError(file=folder, problem="does not exist", fix=f"{root} holds {there}: set {key}=NAME")
    return [
        (path.name if path.is_dir() else stem_of(path), path)
        for path in sorted(folder.iterdir())
        if not path.name.startswith(".") and (path.is_dir() or suffix_of(path) in SUFFIXES)
    ]
