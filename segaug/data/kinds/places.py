"""Files in one folder or pattern, or in several, and the image that each file of marks is of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from segaug.data.kinds.pairs import Files, Groups, files_of
from segaug.data.listing import FilesByStem
from segaug.data.readers import READERS
from segaug.errors import ConfigError, DataError


def texts_of(option: Any, key: str) -> list[str]:  # whatever a config file holds
    """Folders or patterns that an option names: a text, or a list of them."""
    texts = list(option) if isinstance(option, list | tuple) else [option]
    if not texts or not all(isinstance(text, str) and text for text in texts):
        fix = "use a folder, a pattern, or a list of these"
        raise ConfigError(key=key, problem=f"got {option!r}", fix=fix)
    return texts


@dataclass(frozen=True)
class Places:
    """All files that an option names, by what is known of them."""

    root: Path
    files: tuple[Files, ...]

    @property
    def place(self) -> Path:
        """What errors call it."""
        return self.root / " and ".join(one.text for one in self.files)

    @cached_property
    def by_id(self) -> FilesByStem:
        """Files by all that is known of them, joined by a slash."""
        ids: dict[str, list[Path]] = defaultdict(list)
        for one in self.files:
            for name, paths in one.by_id.items():
                ids[name] += paths
        return dict(ids)

    @cached_property
    def groups(self) -> Mapping[str, Groups]:
        """What is known of the files with each id."""
        return {name: groups for one in self.files for name, groups in one.groups.items()}


def places(
    root: Path, texts: Sequence[str], key: str, follow_links: bool, suffixes: tuple[str, ...] = tuple(READERS)
) -> Places:
    """Find the files.  Raises where one of the texts finds none, and where a name can be read in two ways."""
    found = Places(root, tuple(files_of(root, text, key, follow_links, suffixes) for text in texts))
    for one in found.files:
        if one.pattern and (unclear := next((file for file in one.found if file.unclear), None)):
            raise one.pattern.two_ways(root, unclear.path)
    return found


def by_image(marks: Places, images: Places, key: str) -> tuple[dict[str, Path], list[Path]]:
    """The one file of marks of each image that has one, and files of a pattern that no image belongs to.

    Raises where a file belongs to two images, or two files to one.  key: of the option that names the marks.
    """
    found: dict[str, Path] = {}
    strays = []
    for files in marks.files:
        owners = _owners(files, images, key)
        for one in files.found:
            ids = owners.get(tuple(one.groups[name] for name in files.names), [])
            if not ids and files.pattern:
                strays.append(one.path)
            if len(ids) > 1:
                problem = f"belongs to {len(ids)} images, {ids[0]} and {ids[1]}"
                raise DataError(file=one.path, problem=problem, fix=f"write in {key} what tells their files apart")
            for name in ids:
                if name in found:
                    problem = f"is of the image {name}, as {found[name]} is"
                    raise DataError(file=one.path, problem=problem, fix="keep one of them")
                found[name] = one.path
    return found, strays


def _owners(marks: Files, images: Places, key: str) -> dict[tuple[str, ...], list[str]]:
    """Images by what the marks' names say of theirs."""
    owners: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, groups in images.groups.items():
        if set(marks.names) <= set(groups):
            owners[tuple(groups[one] for one in marks.names)].append(name)
    if not owners:
        known = {one for files in images.files for one in files.names}
        more = next((one for one in marks.names if one not in known), marks.names[0])
        problem = f"{marks.text} has {{{more}}}, which dataset.images has not"
        raise ConfigError(key=key, problem=problem, fix="write * for it, or name it in both")
    return owners
