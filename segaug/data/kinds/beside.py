"""Files that lie beside images or instead of them: arrays, outlines, tables of runs."""

from collections import Counter, defaultdict
from collections.abc import Collection
from pathlib import Path

from segaug.data.listing import FilesByStem
from segaug.data.place import inside, refuse_foreign
from segaug.errors import DataError


def only_named(root: Path, part: str, key: str, follow_links: bool) -> Path:
    """The file `part` of `root`; `key` is the config key that named it."""
    path = inside(root, part, key, follow_links)
    if not path.is_file():
        found = ", ".join(sorted(one.name for one in path.parent.glob("*"))[:10]) if path.parent.is_dir() else "nothing"
        fix = f"{path.parent} holds {found or 'nothing'}: set {key}=NAME"
        raise DataError(file=path, problem="is not there, or is no file", fix=fix)
    return path


def files_with(root: Path, part: str, key: str, suffixes: Collection[str], follow_links: bool) -> FilesByStem:
    """Files of the folder `part` of `root` that have one of these suffixes, or that file alone, by their stem."""
    place = inside(root, part, key, follow_links)
    if place.is_file():
        return {stem_of(place): [place]}
    if not place.is_dir():
        found = ", ".join(sorted(one.name for one in root.iterdir())[:10]) or "nothing"
        raise DataError(file=place, problem="does not exist", fix=f"{root} holds {found}: set {key}=NAME")
    stems: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(place.iterdir()):
        if path.suffix.lower() in suffixes and not path.name.startswith("."):
            if not follow_links and path.is_symlink():
                refuse_foreign(path, root)
            stems[stem_of(path)].append(path)
    if not stems:
        others = Counter(path.suffix or path.name for path in place.iterdir())
        found = ", ".join(f"{count} {suffix}" for suffix, count in others.most_common(5)) or "nothing"
        problem = f"holds no file of the suffix {', '.join(suffixes)} (found: {found})"
        raise DataError(file=place, problem=problem, fix=f"set {key} to the folder or file that does")
    return dict(stems)


def stem_of(path: Path) -> str:
    """Name of a file without its suffix, and without the first of two, as in case0001.npy.h5."""
    return path.stem.removesuffix(".npy")
