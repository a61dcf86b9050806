"""What an archive says that it holds, looked at before a byte of it is unpacked."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from posixpath import commonpath

from segaug.errors import DataError

MOST_MEMBERS = 1_000_000
MOST_BYTES = 1 << 41  # unpacked, of all together
MOST_RATIO = 200  # unpacked bytes for each of the archive; masks shrink a hundredfold
FREE_BYTES = 1 << 26  # that may come of any archive, however small
LONGEST = 1000  # letters of a path
_JUNK = re.compile(r"(^|/)(__MACOSX(/|$)|\._|\.DS_Store$)")  # what macOS adds
_STRANGE = re.compile(r"[\x00-\x1f\x7f\\]|^[A-Za-z]:|^/|(^|/)\.\.(/|$)")
_FIX = "it is not unpacked; unpack it by hand where it can do no harm, if you trust it"


@dataclass(frozen=True)
class Member:
    """One entry of an archive.  name: its path, with / between folders."""

    name: str
    kind: str  # "file" | "folder" | what it is, in words
    bytes: int


class Looking:
    """Looks at each member as it is listed, since the list of a compressed archive may itself never end."""

    def __init__(self, archive: Path) -> None:
        self.archive, self.members, self.bytes = archive, list[Member](), 0
        self.most = min(MOST_BYTES, FREE_BYTES + MOST_RATIO * archive.stat().st_size)
        self._seen: dict[str, str] = {}  # name as the strictest file system takes it -> kind

    def add(self, member: Member) -> None:
        """Raise DataError where it must not be unpacked."""
        self.members.append(member)
        self.bytes += member.bytes
        if _STRANGE.search(member.name) or not member.name.strip("/") or len(member.name) > LONGEST:
            self._refuse(f"holds {member.name[:LONGEST]!r}, a path that leads elsewhere or is none")
        if member.kind not in ("file", "folder"):
            self._refuse(f"holds {member.name!r}, which is {member.kind}")
        if len(self.members) > MOST_MEMBERS:
            self._refuse(f"holds more than {MOST_MEMBERS:,} files")
        if member.bytes < 0 or self.bytes > self.most:
            size = self.archive.stat().st_size
            self._refuse(f"has {size:,} bytes and would unpack to more than {self.most:,}")
        self._check_twice(member)

    def _check_twice(self, member: Member) -> None:
        name = unicodedata.normalize("NFC", str(PurePosixPath(member.name))).casefold()
        if (member.kind == "file" and name in self._seen) or self._seen.get(name) == "file":
            self._refuse(f"holds {member.name!r} twice, in one spelling or another")
        self._seen[name] = member.kind

    def _refuse(self, problem: str) -> None:
        raise DataError(file=self.archive, problem=problem, fix=_FIX)


def kept(members: Iterable[Member]) -> list[Member]:
    """Its files, without what macOS adds."""
    return [member for member in members if member.kind == "file" and not _JUNK.search(member.name)]


def shared_folder(files: Sequence[Member]) -> PurePosixPath:
    """The folder inside of the archive that all these files are in, which is left away."""
    return PurePosixPath(commonpath([str(PurePosixPath(member.name).parent) for member in files]))
