"""The volumes of a folder by their names: files, folders of DICOM slices, or one folder a patient.

A place is a folder of the data set, in which each volume has the name of its file or folder, or a pattern with {id}, as
{id}/flair.nii.gz, in which {id} stands for the name.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from segaug.data.formats.cut import SUFFIXES
from segaug.data.place import inside, refuse_foreign
from segaug.data.suffix import stem_of, suffix_of
from segaug.errors import ConfigError, DataError

ID = "{id}"
Found = Mapping[str, list[Path]]  # name -> files or folders of that name


def volumes_by_name(root: Path, place: str, key: str, follow_links: bool) -> Found:
    """What lies at a place; `key` is the option that named it.  Raises where nothing does, or links lead out."""
    found: dict[str, list[Path]] = defaultdict(list)
    for name, path in _by_pattern(root, place, key) if ID in place else _in_folder(root, place, key, follow_links):
        if not follow_links:
            refuse_foreign(path, root)
        found[name].append(path)
    if not found:
        fix = f"add volumes ({', '.join(SUFFIXES)}, or folders of DICOM slices), or correct {key}"
        raise DataError(file=root / place, problem="has no volume", fix=fix)
    return dict(sorted(found.items()))


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


def _by_pattern(root: Path, pattern: str, key: str) -> list[tuple[str, Path]]:
    inside(root, pattern, key, follow_links=True)  # links are looked at one by one
    before, *after = (re.escape(text) for text in pattern.split(ID))
    name = re.compile(before + "(?P<id>[^/]+?)" + "(?P=id)".join(after))
    try:
        paths = sorted(root.glob(re.sub(r"([*?[])", r"[\1]", pattern).replace(ID, "*")))
    except (ValueError, NotImplementedError) as error:
        raise ConfigError(
            key=key, problem=f"{pattern!r} is no pattern ({error})", fix="write e.g. {id}/image.nii.gz"
        ) from error
    matches = ((name.fullmatch(path.relative_to(root).as_posix()), path) for path in paths)
    return [(match["id"], path) for match, path in matches if match and not match["id"].startswith(".")]
