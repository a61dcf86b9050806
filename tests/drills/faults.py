"""Faults at every file operation of segaug: images of the folder as a crash would leave it, and errors of the system.

`crash_images` runs something once and copies the folder before and after each operation, and in the middle of each
write: what is copied is what a SIGKILL or a power cut at that point leaves behind, without the tidying that Python does
when an exception passes.  `failing_at` lets an operation, and all after it, fail as a full or read-only disk does.
"""

import builtins
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OPERATIONS = ("link", "replace", "fsync", "rename", "unlink")  # of os; pathlib calls these too


def crash_images(run: Callable[[], Any], folder: Path, images: Path) -> list[Path]:
    """Run, and return copies of `folder` as it was around each operation."""
    found: list[Path] = []

    def image() -> None:
        if folder.exists():
            found.append(images / str(len(found)))
            shutil.copytree(folder, found[-1])

    def around(call: Callable[..., Any], *args: Any, **named: Any) -> Any:
        image()
        result = call(*args, **named)
        image()
        return result

    with _hooked(around, halfway=image):
        run()
    return found


@contextmanager
def failing_at(number: int, error: int) -> Iterator[list[int]]:
    """Every operation from the n-th on raises OSError; yields a list that holds how many there were."""
    count = [0]

    def checked(call: Callable[..., Any], *args: Any, **named: Any) -> Any:
        count[0] += 1
        if count[0] > number and call is not _REAL["unlink"]:  # a full disk can still be tidied
            raise OSError(error, os.strerror(error))
        return call(*args, **named)

    def halfway() -> None:
        count[0] += 1
        if count[0] > number:
            raise OSError(error, os.strerror(error))

    with _hooked(checked, halfway):
        yield count


FULL, READ_ONLY = errno.ENOSPC, errno.EROFS
_REAL = {name: getattr(os, name) for name in OPERATIONS}


@contextmanager
def _hooked(around: Callable[..., Any], halfway: Callable[[], None]) -> Iterator[None]:
    import segaug.files

    def opened(path: Any, mode: str = "r", *args: Any, **named: Any) -> Any:
        if "w" not in mode:
            return builtins.open(path, mode, *args, **named)
        return _Halting(around(builtins.open, path, mode, *args, **named), halfway)

    vars(segaug.files)["open"] = opened
    for name, real in _REAL.items():
        setattr(os, name, lambda *args, real=real, **named: around(real, *args, **named))
    try:
        yield
    finally:
        del vars(segaug.files)["open"]
        for name, real in _REAL.items():
            setattr(os, name, real)


class _Halting:
    """A file whose writes stop halfway for a moment."""

    def __init__(self, file: Any, halfway: Callable[[], None]) -> None:
        self._file, self._halfway = file, halfway

    def __enter__(self) -> "_Halting":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> None:
        """Half of it, a halt, the other half."""
        self._file.write(data[: len(data) // 2])
        self._file.flush()
        self._halfway()
        self._file.write(data[len(data) // 2 :])
