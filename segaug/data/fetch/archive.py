"""Zip and tar archives: looked at, then unpacked into a folder that gets its name at the end."""

import gzip
import lzma
import os
import shutil
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, cast

from segaug.data.fetch.members import Looking, Member, kept, shared_folder
from segaug.errors import DataError

PIECE = 1 << 20  # bytes
MOST_HEADER = 1 << 24  # bytes that one read may ask for: names of members are read whole
_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,  # of an unknown compression, too
    ValueError,
    LookupError,
    ArithmeticError,
    struct.error,
)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack into a folder that is not there yet; what all files share of their paths is left away.

    Raises DataError where a member must not be unpacked, and then leaves no folder of that name.
    """
    staging = folder.with_name(f".{folder.name}.unpacking")
    if staging.is_dir() and not staging.is_symlink():
        shutil.rmtree(staging)  # of a process that was killed
    try:
        with _opened(archive) as opened:
            looking = Looking(archive)
            for member in opened.listed():
                looking.add(member)
            files = kept(looking.members)
            _check_room(archive, folder, files)
            staging.mkdir()
            left_away = shared_folder(files)
            for member in files:
                _write(opened, member, staging / PurePosixPath(member.name).relative_to(left_away))
        if is_there(folder):
            raise DataError(file=folder, problem="has come into being meanwhile", fix="move it away, and try again")
        if folder.is_dir():
            folder.rmdir()  # it is empty, and not every system replaces it
        os.rename(staging, folder)
    except _DAMAGED as error:
        problem = f"cannot be unpacked ({str(error) or type(error).__name__})"
        raise DataError(file=archive, problem=problem, fix="unpack it by hand") from error
    except OSError as error:
        fix = "make room, or choose another folder with --to; the archive stays, and the same command goes on"
        raise DataError(file=folder, problem=f"cannot be written ({error.strerror or error})", fix=fix) from error
    finally:
        if staging.is_dir() and not staging.is_symlink():
            shutil.rmtree(staging)


def is_there(folder: Path) -> bool:
    """Is the name taken?  Not by an empty folder, which holds nothing that could be lost or taken for the set."""
    empty = folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir())
    return os.path.lexists(folder) and not empty


def _check_room(archive: Path, folder: Path, files: list[Member]) -> None:
    needed, free = sum(member.bytes for member in files), shutil.disk_usage(folder.parent).free
    if not files:
        raise DataError(file=archive, problem="holds no file", fix="look at the page of the data set")
    if needed > free:
        problem = f"unpacks to {needed:,} bytes, and {free:,} are free"
        raise DataError(file=archive, problem=problem, fix="make room, or choose another folder with --to")


def _write(opened: "_Zip | _Tar", member: Member, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    left = member.bytes
    with opened.reading(member.name) as packed, open(place, "xb") as file:
        while piece := _piece(packed):
            left -= len(piece)
            if left < 0:
                raise zipfile.BadZipFile(f"{member.name} holds more than it says")
            file.write(piece)
    if left:
        raise zipfile.BadZipFile(f"{member.name} holds less than it says")


def _piece(packed: IO[bytes]) -> bytes:
    try:
        return packed.read(PIECE)
    except OSError as error:  # bzip2 says so of damaged bytes: the archive is wrong, and not the disk written to
        raise zipfile.BadZipFile(error.strerror or str(error)) from error


@contextmanager
def _opened(archive: Path) -> "Iterator[_Zip | _Tar]":
    if archive.name.endswith(".zip"):
        with zipfile.ZipFile(archive) as opened:
            yield _Zip(opened)
        return
    packed = archive.name.endswith("gz")
    with (
        open(archive, "rb") as raw,
        cast(IO[bytes], gzip.GzipFile(fileobj=raw) if packed else raw) as plain,
        tarfile.TarFile(fileobj=cast(IO[bytes], _Bounded(plain))) as tar,
    ):
        yield _Tar(tar, plain)


class _Zip:
    def __init__(self, opened: zipfile.ZipFile) -> None:
        self.opened = opened

    def listed(self) -> Iterator[Member]:
        for entry in self.opened.infolist():
            yield Member(entry.filename, _zip_kind(entry), entry.file_size)

    def reading(self, name: str) -> IO[bytes]:
        return self.opened.open(name)


def _zip_kind(entry: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.flag_bits & 1:
        return "encrypted"
    if kind == stat.S_IFLNK:
        return "a link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "no regular file"
    return "folder" if entry.filename.endswith("/") else "file"


class _Tar:
    def __init__(self, opened: tarfile.TarFile, plain: IO[bytes]) -> None:
        self.opened, self.plain = opened, plain
        self.entries: dict[str, tarfile.TarInfo] = {}

    def listed(self) -> Iterator[Member]:
        for entry in self.opened:
            name = entry.name.removeprefix("./")
            self.entries[name] = entry
            if name in ("", "."):
                continue
            yield Member(name, _tar_kind(entry), entry.size)
        while self.plain.read(PIECE):  # the sum of a gzip file stands at its end
            pass

    def reading(self, name: str) -> IO[bytes]:
        packed = self.opened.extractfile(self.entries[name])
        assert packed is not None  # it is a regular file
        return packed


def _tar_kind(entry: tarfile.TarInfo) -> str:
    if entry.issym() or entry.islnk():
        return "a link"
    if entry.issparse() or not (entry.isreg() or entry.isdir()):
        return "no regular file"
    return "folder" if entry.isdir() else "file"


class _Bounded:
    """A file of which no read asks for more than a header may hold, whatever an archive claims."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def read(self, size: int) -> bytes:
        if size > MOST_HEADER:
            raise tarfile.ReadError(f"a header claims {size:,} bytes")
        return self.file.read(size)

    def seek(self, place: int, whence: int = 0) -> int:
        return self.file.seek(place, whence)

    def tell(self) -> int:
        return self.file.tell()
