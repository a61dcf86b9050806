"""All files below a folder, by their paths: what a proposal is made from."""

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from segaug.data.place import real
from segaug.data.suffix import stem_of, suffix_of
from segaug.errors import DataError

MOST = 2_000_000  # files: more are no data set that is read image by image
_LEFT_ALONE = ("__MACOSX", "@eaDir")  # what a Mac, or a disk in the network, keeps beside files


@dataclass(frozen=True)
class Name:
    """A file by its path below the root, with its parts."""

    path: str

    @property
    def folders(self) -> tuple[str, ...]:
        """From the root down."""
        return PurePosixPath(self.path).parts[:-1]

    @property
    def folder(self) -> str:
        """The folder it lies in; "" is the root."""
        return "/".join(self.folders)

    @property
    def stem(self) -> str:
        """The name without its suffix."""
        return stem_of(Path(self.path))

    @property
    def suffix(self) -> str:
        """In lower case, with its dot."""
        return suffix_of(Path(self.path))


@dataclass(frozen=True)
class Tree:
    """The files of a folder, sorted by path; hidden ones and links that lead out of it are left alone."""

    root: Path
    names: tuple[Name, ...]
    foreign: int = 0  # links that lead out of root

    def of(self, suffixes: Iterable[str]) -> list[Name]:
        """Those with one of these suffixes."""
        wanted = set(suffixes)
        return [name for name in self.names if name.suffix in wanted]

    def file(self, name: Name) -> Path:
        """Where it lies."""
        return self.root / name.path

    def suffixes(self) -> Counter[str]:
        """How many files have each."""
        return Counter(name.suffix or name.path.rpartition("/")[2] for name in self.names)


def walk(root: Path) -> Tree:
    """List a folder.  Raises where there is none, and where it holds too many files to be a data set."""
    if not root.is_dir():
        fix = "name the folder that holds images and masks"
        raise DataError(file=root, problem="is no folder" if root.exists() else "does not exist", fix=fix)
    top, found, foreign = real(root), [], 0
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not _hidden(name))
        for file in files:
            path = Path(folder, file)
            if _hidden(file):
                continue
            if path.is_symlink() and not real(path).is_relative_to(top):
                foreign += 1
                continue
            found.append(Name(path.relative_to(root).as_posix()))
        if len(found) > MOST:
            raise DataError(file=root, problem=f"holds more than {MOST:,} files", fix="name the folder of one data set")
    return Tree(root, tuple(sorted(found, key=lambda name: name.path)), foreign)


def _hidden(name: str) -> bool:
    return name.startswith(".") or name in _LEFT_ALONE or name.lower() in ("thumbs.db", "desktop.ini")
