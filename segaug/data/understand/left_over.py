"""Files of a folder that belong to nothing that was understood."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from segaug.data.cases import FileCase
from segaug.data.place import real
from segaug.data.understand.tables import Known
from segaug.data.understand.tree import Tree


def left_over(
    tree: Tree, options: Mapping[str, Any], cases: Sequence[FileCase], table: Known | None, of_volumes: bool
) -> dict[str, list[str]]:
    """Paths of the files that are not used, by suffix.

    Of volumes only slices are cases, so what lies where volumes and masks were found is used; so are masks of graders.
    """
    root = Path(options["root"])
    used = {real(path) for case in cases for path in _files(case)}
    patterns = list(options.get("graders", {}).values())
    patterns += [options["images"], options["masks"], "dataset.json"] if of_volumes else []
    left: dict[str, list[str]] = {}
    for name in tree.names:
        path = real(tree.root / name.path)
        below = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
        known = path in used or (table is not None and name.path == table.path)
        if not known and not (below and any(_belongs(below, pattern) for pattern in patterns)):
            left.setdefault(name.suffix or "without a suffix", []).append(name.path)
    return left


def _belongs(path: str, pattern: str) -> bool:
    if "{" in pattern:
        return fnmatchcase(path, pattern.replace("{id}", "*") + "*")
    return path == pattern or path.startswith(f"{pattern}/")


def _files(case: FileCase) -> list[Path]:
    masks = [] if case.mask_file is None else [case.mask_file]
    return [case.image_file, *case.more_files, *masks, *case.more_masks]
