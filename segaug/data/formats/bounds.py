"""What a file may hold at most, looked at before a library decodes it, and what is said where one cannot."""

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from segaug.data.place import refuse_special
from segaug.errors import DataError, UserError

MAX_VOXELS = 2**30  # of a volume, all its channels together
MAX_BYTES = 2**33  # of a file that is not compressed: so many voxels of 8 bytes
DEFLATE_AT_MOST = 1032  # bytes that come out of one byte of gzip or zlib


@contextmanager
def library(name: str, extra: str, file: Path) -> Iterator[None]:
    """Import a library in here: where it is not installed, the error names the file and the command."""
    try:
        yield
    except ModuleNotFoundError as error:
        fix = f"pip install 'segaug[{extra}]'"
        raise DataError(file=file, problem=f"cannot be read without {name}", fix=fix) from error


@contextmanager
def decoding(file: Path) -> Iterator[None]:
    """Let a library read in here.  Whatever it raises means that the file is damaged, and is said in one sentence.

    Libraries promise no kinds of errors for files that anybody may have made, so all kinds are taken.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a library mends in a header: what counts is checked by us
            yield
    except UserError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        fix = "copy the file again from its source"
        raise DataError(file=file, problem=f"cannot be decoded ({reason})", fix=fix) from error


def refuse_large(file: Path) -> None:
    """Raise unless it is a regular file of a size that a volume can have."""
    refuse_special(file, at_most=MAX_BYTES)


def refuse_many(file: Path, shape: Sequence[int]) -> None:
    """Raise unless the sides that a header claims are those of a volume that fits into memory."""
    if not shape or min(shape) < 1:
        raise DataError(file=file, problem=f"claims a size of {times(shape)} voxels", fix="write it again")
    if math.prod(map(int, shape)) > MAX_VOXELS:
        problem = f"is too large to decode safely ({times(shape)} voxels)"
        raise DataError(file=file, problem=problem, fix=f"cut it to at most {MAX_VOXELS:,} voxels")


def refuse_short(file: Path, expected: int, *, compressed: bool) -> None:
    """Raise where a file is too small to hold the bytes that its header claims, before memory is made for them."""
    found = file.stat().st_size
    if found * (DEFLATE_AT_MOST if compressed else 1) < expected:
        problem = f"is cut short: {found:,} bytes cannot hold the {expected:,} that its header claims"
        raise DataError(file=file, problem=problem, fix="copy the file again from its source")


def times(shape: Sequence[int]) -> str:
    """Sides as a text."""
    return " x ".join(map(str, shape))
