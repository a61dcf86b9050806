"""The files of a data set: each fetched where that is allowed, looked at, and put where its config expects it."""

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from segaug.data.download import KEY, UNPACKED, Download
from segaug.data.fetch.archive import is_there, unpack
from segaug.data.fetch.transfer import Tell, check_digest, transfer
from segaug.data.fetch.web import Web
from segaug.data.place import inside
from segaug.errors import ConfigError, DataError

_NAME = re.compile(r"\w[\w. ()=+-]*")
_SEVEN = ".7z"


@dataclass(frozen=True)
class Offered:
    """One file of a set.  folder: of the set.  free: may be fetched by a program."""

    name: str
    download: Download
    folder: Path
    free: bool

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            problem = f"{self.name!r} is no plain name of a file"
            raise ConfigError(key=KEY, problem=problem, fix="use letters, digits, _ . and -")
        if self.name.casefold().endswith(".part"):
            problem = f"{self.name!r} is the name of a file that is not whole yet"
            raise ConfigError(key=KEY, problem=problem, fix="use a name that does not end in .part")

    @property
    def kept(self) -> Path:
        """Where it is fetched to: beside the folder of the set, which holds what is unpacked and nothing else."""
        return self.folder.with_name(f"{self.folder.name}.downloads") / self.name

    @property
    def archive(self) -> bool:
        """Is it unpacked, by whomever?"""
        return self.name.endswith((*UNPACKED, _SEVEN))

    @property
    def place(self) -> Path:
        """What it becomes: the folder that it is unpacked into, or the file itself."""
        into = self.download.into
        folder = inside(self.folder, into, f"{KEY}.into") if into else self.folder
        return folder if self.archive else folder / self.name

    @property
    def there(self) -> bool:
        """Is its place taken?"""
        return is_there(self.place) if self.archive else os.path.lexists(self.place)

    @property
    def by_us(self) -> bool:
        """Is it fetched, and not left to the user?"""
        return self.free and bool(self.download.address)

    @property
    def command(self) -> str:
        """What unpacks it, where the user does."""
        return shlex.join(["7z", "x", f"-o{self.place}", str(self.kept)]) if self.name.endswith(_SEVEN) else ""


@dataclass(frozen=True)
class Outcome:
    """What has become of it, in words; done: nothing is left for the user to do."""

    offered: Offered
    done: bool
    words: str


def fetch(downloads: Mapping[str, Download], folder: Path, *, free: bool, web: Web, tell: Tell) -> Iterator[Outcome]:
    """Each of these files, one after the other; raises DataError for the first that is wrong, and leaves it nowhere.

    folder: of the set.  free: may a program fetch it?  If not, files that the user has put beside the folder are looked
    at and unpacked all the same.
    """
    for offered in offers(downloads, folder, free=free):
        yield _fetched(offered, web, tell)


def offers(downloads: Mapping[str, Download], folder: Path, *, free: bool) -> list[Offered]:
    """The files; raises ConfigError where two of them would take one place."""
    found = [Offered(name, download, folder, free) for name, download in downloads.items()]
    names = [name.casefold() for name in downloads]  # on many disks a and A are one file
    for name in downloads:
        if names.count(name.casefold()) > 1:
            problem = f"two files would be fetched to {name}, in one spelling or another"
            raise ConfigError(key=KEY, problem=problem, fix="use names that differ in more than capitals")
    places = [Path(str(offered.place).casefold()) for offered in found]
    for offered, place in zip(found, places, strict=True):
        if sum(other == place or place in other.parents for other in places) > 1:
            fix = "give each archive a folder of its own by `into`"
            raise ConfigError(key=KEY, problem=f"two files would become {offered.place}", fix=fix)
    return found


def _fetched(offered: Offered, web: Web, tell: Tell) -> Outcome:
    if offered.there:
        return Outcome(offered, True, f"{offered.place} is there")
    if not offered.by_us and not offered.kept.exists():
        return Outcome(offered, False, f"put {offered.name} into {offered.kept.parent}, and run this command again")
    try:
        offered.kept.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(offered.kept.with_name(f".{offered.name}.lock"), timeout=0):
            return _alone(offered, web, tell)
    except Timeout as error:
        problem = "is being fetched by another process"
        raise DataError(file=offered.kept, problem=problem, fix="wait until that has ended") from error
    except OSError as error:
        fix = "choose a folder that you may write to with --to"
        raise DataError(file=offered.place, problem=f"cannot be written ({error.strerror})", fix=fix) from error


def _alone(offered: Offered, web: Web, tell: Tell) -> Outcome:
    """No other process has a hand in its part file, in what is kept of it, or in its place."""
    if offered.there:  # another process was faster
        return Outcome(offered, True, f"{offered.place} is there")
    if offered.by_us:
        transfer(offered.download, offered.kept, web, tell)
    else:
        check_digest(offered.download, offered.kept)
    if offered.command:
        return Outcome(offered, False, f"unpack it: {offered.command}")
    _place(offered)
    return Outcome(offered, True, f"{offered.name} is in {offered.place}")


def _place(offered: Offered) -> None:
    offered.place.parent.mkdir(parents=True, exist_ok=True)
    if offered.archive:
        unpack(offered.kept, offered.place)
    else:
        os.rename(offered.kept, offered.place)
