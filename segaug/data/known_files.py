"""sha256 of files, without reading those again that the file system says are unchanged."""

import contextlib
import json
import os
import time
from hashlib import file_digest
from pathlib import Path

from segaug.data.place import MAX_FILE_BYTES, refuse_special
from segaug.files import write_atomic

RACY_S = 3.0  # more than a tick of the clock of any file system: FAT counts in steps of 2 s
WORTH_BYTES = 2**26  # less is read faster than it is worth to remember
OPENING_BYTES = 2**18  # what opening a file costs, in bytes that could be read meanwhile
KEPT = 200_000  # files remembered, or as many as one data set has

Stamp = list[int]  # a list, as JSON gives it back
Known = tuple[Stamp, str]


class KnownFiles:
    """Hashes of files by path, as long as size, inode and the times of the last change stay what they were.

    Of content and of inode: the second cannot be set, so that a copy under an old time counts as changed.  A file that
    had just been changed when it was read is not remembered, since it may change again within one tick of the clock.
    index: where they are kept between starts; None: nowhere.  A damaged one counts as empty.
    """

    def __init__(self, index: Path | None = None) -> None:
        self._index = index
        self._known = {} if index is None else _read(index)
        self._kept: dict[str, Known] = {}  # those of this start that may be remembered
        self._asked: dict[str, str] = {}  # one file may hold many cases
        self._cost = 0

    def hash_of(self, path: Path, at_most: int = MAX_FILE_BYTES) -> str:
        """sha256 of its bytes; raises DataError where it cannot be read, or has more than so many."""
        key = os.path.abspath(path)
        if key not in self._asked:
            known = self._known.get(key)
            if known is not None and known[0] == _stamp(path):
                self._kept[key] = known
                self._asked[key] = known[1]
            else:
                self._asked[key] = self._hashed(path, key, at_most)
        return self._asked[key]

    def holds(self, path: Path, text: str) -> bool:
        """Was this said of the file by `remember`, and is the file what it was then?"""
        key = os.path.abspath(path)
        return (self._kept.get(key) or self._known.get(key)) == (_stamp(path), text)

    def remember(self, path: Path, text: str) -> None:
        """Of a file that is only ever replaced as a whole, so that no change of it can hide in a tick of the clock."""
        if (stamp := _stamp(path)) is not None:
            self._kept[os.path.abspath(path)] = stamp, text
            self._cost += WORTH_BYTES

    def keep(self) -> None:
        """Write the index where that spares the next start some time; what others have added meanwhile stays."""
        if self._index is None or self._cost < WORTH_BYTES:
            return
        known = _read(self._index)
        for key, found in self._kept.items():
            known.pop(key, None)
            known[key] = found  # last: the first are those that nobody has asked for in a long time
        self._known = dict(list(known.items())[-max(KEPT, len(self._kept)) :])
        self._cost = 0
        with contextlib.suppress(OSError):  # a cache that is for reading only: its files are hashed at each start
            write_atomic(self._index, json.dumps(self._known).encode())

    def _hashed(self, path: Path, key: str, at_most: int) -> str:
        refuse_special(path, at_most)
        now = time.time_ns()
        with path.open("rb") as file:
            before = _stamp_of(os.fstat(file.fileno()))
            digest = file_digest(file, "sha256").hexdigest()
            after = _stamp_of(os.fstat(file.fileno()))
        changed = max(before[1:3])
        if before == after and changed < now - RACY_S * 1e9:
            self._kept[key] = before, digest
            self._cost += before[0] + OPENING_BYTES
        return digest


def _stamp(path: Path) -> Stamp | None:
    try:
        return _stamp_of(path.stat())
    except OSError:
        return None  # whoever opens it says why


def _stamp_of(found: os.stat_result) -> Stamp:
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def _read(index: Path) -> dict[str, Known]:
    """What an index holds; nothing where it is damaged or missing, and no entry that is not of our making."""
    try:
        held = json.loads(index.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(held, dict):
        return {}
    return {key: (value[0], value[1]) for key, value in held.items() if _is_entry(value)}


def _is_entry(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], list) and isinstance(value[1], str)
