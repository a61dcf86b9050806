"""Finding the files of a dataset by their stem (name without suffix)."""

import os
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from segaug.data.place import inside, refuse_foreign
from segaug.data.readers import READERS
from segaug.data.suffix import suffix_of
from segaug.errors import ConfigError, DataError

FilesByStem = Mapping[str, list[Path]]


def own_folder(text: str, key: str) -> Path:
    """A folder anywhere on disk, with ~ and $VARIABLES replaced; `key` is the config key that named it."""
    folder = named_folder(text, key)
    if not folder.is_dir():
        problem = f"the folder {folder} does not exist"
        raise ConfigError(key=key, problem=problem, fix=f"set {key}=/path/to/the/data")
    return folder


def named_folder(text: str, key: str) -> Path:
    """As `own_folder`, whether or not it exists."""
    fix = f"set {key}=/path/to/the/data"
    if not text:
        raise ConfigError(key=key, problem="is not set", fix=fix)
    folder = os.path.expanduser(os.path.expandvars(text))
    if "$" in folder:
        fix = f"set that environment variable, or {fix.removeprefix('set ')}"
        raise ConfigError(key=key, problem=f"{text} names an environment variable that is not set", fix=fix)
    return Path(folder)


def files_by_stem(root: Path, part: str, key: str, follow_links: bool = False) -> FilesByStem:
    """Readable files of the folder `part` of `root`; `key` is the config key that named it.  Others are left alone.

    Raises where the folder, or a link in it, leads out of root, unless links are followed.
    """
    folder = inside(root, part, key, follow_links)
    if not folder.is_dir():
        found = ", ".join(sorted(p.name for p in folder.parent.iterdir() if p.is_dir())) or "no folder"
        raise DataError(file=folder, problem="does not exist", fix=f"{folder.parent} holds {found}: set {key}=NAME")
    stems: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.iterdir()):
        if suffix_of(path) in READERS and not path.name.startswith("."):
            if not follow_links and path.is_symlink():
                refuse_foreign(path, root)
            stems[path.stem].append(path)
    if not stems:
        others = Counter(suffix_of(path) or path.name for path in folder.iterdir())
        found = ", ".join(f"{count} {suffix}" for suffix, count in others.most_common(5)) or "nothing"
        fix = f"add files of a known suffix ({', '.join(READERS)}); volumes are read by dataset=volumes"
        raise DataError(file=folder, problem=f"has no readable file (found: {found})", fix=fix)
    return dict(stems)


def only_file(stems: FilesByStem, stem: str, folder: Path, asked_by: object) -> Path:
    """The one file with this stem; `asked_by` names who needs it."""
    files = stems.get(stem, [])
    if len(files) == 1:
        return files[0]
    if files:
        apart = len({path.parent for path in files}) > 1
        names = ", ".join(str(path) if apart else path.name for path in files)
        raise DataError(
            file=asked_by, problem=f"{folder} holds several files {stem}.* ({names})", fix="keep one of them"
        )
    near = [other for other in stems if other.startswith(stem) or stem.startswith(other)]  # e.g. NAME_mask.png
    hint = f" (the nearest name there is {stems[near[0]][0].name})" if near else ""
    raise DataError(file=asked_by, problem=f"there is no {stem}.* in {folder}{hint}", fix="add it or rename the file")
