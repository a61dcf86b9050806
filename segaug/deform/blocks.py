"""Rows of a batch that are worked on together, so that what is made of them is still in the cache when it is used."""

from collections.abc import Iterator

_CACHE_BYTES = 2**20  # of a core's own, as far as one may count on it


def blocks(start: int, stop: int, row_bytes: int) -> Iterator[slice]:
    """The rows from start to stop, as many at a time as the cache keeps of `row_bytes` each; at least one."""
    most = max(1, _CACHE_BYTES // row_bytes)
    for first in range(start, stop, most):
        yield slice(first, min(first + most, stop))
