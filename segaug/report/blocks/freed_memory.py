"""Memory of this process: what is freed goes back to the system."""

import gc

from segaug.glibc import MMAP_THRESHOLD, TRIM_THRESHOLD, of_glibc

_LARGE = 256 * 2**10  # bytes


def keep_no_freed_memory() -> None:
    """Give each large array pages of its own, for the rest of this process; nothing where libc is not glibc.

    By default glibc takes them from one heap once an array of that size was freed, up to 32 MiB; then whatever lies
    above the gaps keeps them: 90 MiB of a page of 20,000 trials.
    """
    if (mallopt := of_glibc("mallopt")) is not None:
        mallopt(MMAP_THRESHOLD, _LARGE)
        mallopt(TRIM_THRESHOLD, _LARGE)


def give_back_freed_memory() -> None:
    """Also what only rings of references hold, as of figures, and the pages between what small objects still use.

    Takes milliseconds where `gc.freeze` has put aside what stays.
    """
    gc.collect()
    if (malloc_trim := of_glibc("malloc_trim")) is not None:
        malloc_trim(0)
