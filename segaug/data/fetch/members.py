"""What an archive says that it holds, looked at before a byte of it is unpacked."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from posixpath import commonpath

from segaug.errors import DataError
from segaug.name import is_name

MOST_MEMBERS = 1_000_000
MOST_BYTES = 1 << 41  # unpacked, of all together
MOST_RATIO = 200  # unpacked bytes for each of the archive; masks shrink a hundredfold
FREE_BYTES = 1 << 26  # that may come of any archive, however small
LONGEST = 1000  # letters of a path
LONGEST_NAME = 255  # bytes of a file or folder, which most file systems take
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
        self._check_path(member)
        if member.kind not in ("file", "folder"):
            self._refuse(f"holds {member.name!r}, which is {member.kind}")
        if len(self.members) > MOST_MEMBERS:
            self._refuse(f"holds more than {MOST_MEMBERS:,} files")
        if member.bytes < 0 or self.bytes > self.most:
            size = self.archive.stat().st_size
            self._refuse(f"has {size:,} bytes and would unpack to more than {self.most:,}")
        self._check_twice(member)

    def _check_path(self, member: Member) -> None:
        parts = PurePosixPath(member.name).parts
        none = not member.name or (member.kind == "file" and not parts)  # the folder "." is harmless
        if _STRANGE.search(member.name) or none or len(member.name) > LONGEST:
            self._refuse(f"holds {member.name[:LONGEST]!r}, a path that leads elsewhere or is none")
        if not all(map(is_name, parts)) or any(unicodedata.category(one) == "Cf" for one in member.name):
            self._refuse(f"holds {member.name!r}, of letters that cannot be shown as they are")
        if any(len(part.encode()) > LONGEST_NAME for part in parts):
            self._refuse(f"holds {member.name!r}, a name of more than {LONGEST_NAME} bytes")

    def _check_twice(self, member: Member) -> None:
        path = PurePosixPath(unicodedata.normalize("NFC", member.name).casefold())
        name = str(path)
        if (member.kind == "file" and name in self._seen) or self._seen.get(name) == "file":
            self._refuse(f"holds {member.name!r} twice, in one spelling or another")
        self._seen[name] = member.kind
        for parent in path.parents[:-1]:
            if self._seen.setdefault(str(parent), "folder") == "file":
                self._refuse(f"holds {member.name!r}, in a folder that is a file, too")
        if len(self._seen) > MOST_MEMBERS:  # deep paths name many folders each
            self._refuse(f"holds more than {MOST_MEMBERS:,} files and folders")

    def _refuse(self, problem: str) -> None:
        raise DataError(file=self.archive, problem=problem, fix=_FIX)


def kept(members: Iterable[Member]) -> list[Member]:
    """Its files, without what macOS adds."""
    return [member for member in members if member.kind == "file" and not _JUNK.search(member.name)]


def shared_folder(files: Sequence[Member]) -> PurePosixPath:
    """The folder inside of the archive that all these files are in, which is left away."""
    return PurePosixPath(commonpath([str(PurePosixPath(member.name).parent) for member in files]))
