"""Files that are whole or absent, whatever happens while they are written, and however many write them."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from segaug.errors import DataError

# What a file system says that has no hard links: some FUSE, SMB and FAT mounts.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL}


def write_atomic(path: Path, data: bytes | memoryview) -> None:
    """Write a file so that whoever reads it, at any moment, sees the old or the new content, never a part."""
    write_pieces(path, [data])


def write_pieces(path: Path, pieces: Iterable[bytes | memoryview]) -> None:
    """The same of data that are made while they are written, so that they need not be in memory together."""
    with _partial(path, pieces) as partial:
        os.replace(partial, path)


def create_exclusive(path: Path, data: bytes) -> bool:
    """Write a file that is not there yet, whole or not at all; False, and nothing changed, if it is there.

    Of all processes that try, on all machines that share the folder, one gets True: a hard link to a taken name is
    refused by the file server itself, so that no cache of a client can hide the first one.
    """
    with _partial(path, [data]) as partial:
        try:
            os.link(partial, path)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            return _take_name_and_replace(partial, path)
    return True


def create_folder(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write a folder that is not there yet, with files of these relative names: whole or not at all.

    They are written into a folder beside it, which takes its name at the end.  Raises OSError where that is taken.
    """
    partial = _beside(path)
    try:
        for name, data in files:
            file = partial / name
            file.parent.mkdir(parents=True, exist_ok=True)
            with open(file, "wb") as opened:
                opened.write(data)
                opened.flush()
                os.fsync(opened.fileno())
        if os.path.lexists(path):  # an empty folder would be replaced without a word
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        os.rename(partial, path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def writing_into(folder: Path) -> Iterator[None]:
    """Say in one sentence that the disk is full or the folder read-only, where files are written into a study."""
    try:
        yield
    except OSError as error:
        fix = "make room, or copy the study to a folder that you may write to"
        raise DataError(file=folder, problem=f"cannot be written ({error.strerror})", fix=fix) from error


def partial_files(path: Path) -> list[Path]:
    """What killed writers of this file have left behind."""
    return [partial for partial in path.parent.glob(f".{path.name}.*.part") if partial.is_file()]


@contextmanager
def _partial(path: Path, pieces: Iterable[bytes | memoryview]) -> Iterator[Path]:
    """A file beside `path` that holds the pieces, on disk; gone at the end, if its name is not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _beside(path)
    try:
        with open(partial, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    """Hidden, and of no other writer: machines share process numbers."""
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")


def _take_name_and_replace(partial: Path, path: Path) -> bool:
    """Without links: an empty file takes the name, the whole one replaces it.

    A kill in between leaves the empty file, which every reader here takes for damaged, and thus for none.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    try:
        os.replace(partial, path)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return True
