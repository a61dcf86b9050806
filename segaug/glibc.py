"""Functions of the C library of Linux that Python has no name for."""

import ctypes
import sys
from collections.abc import Callable
from functools import cache

TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD, MMAP_MAX = -1, -2, -3, -4  # what `mallopt` sets


@cache
def of_glibc(name: str) -> Callable[..., int] | None:
    """The function; None where libc is another one."""
    function: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
    return function
