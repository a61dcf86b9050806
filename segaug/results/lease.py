"""Leases: who works on a trial, on a folder that machines share, without clocks that agree, file times or locks.

<trial>/lease.<generation>.json = {"generation", "owner", "beat", "released"}, the highest generation counts.

The holder counts `beat` up every BEAT_S.  A lease is over when it was released, when its process is known to have
ended, or when an observer has seen no beat for PATIENCE_S of its own monotonic clock.  Taking one over creates the next
generation exclusively, so that of all who try one gets it; the former holder, should it live, sees the new file at its
next beat and stops.  Should two work on one trial all the same, the first record wins: a lease saves work, it is not
what keeps results apart.
"""

import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct

from segaug.files import create_exclusive, partial_files, write_atomic
from segaug.json_data import parse_json
from segaug.results.json_file import read_bounded
from segaug.results.owner import Owner, is_gone
from segaug.results.record import Count, convert_or_say

BEAT_S = 20.0
PATIENCE_S = 180.0  # a beat, plus the minute that a client of a file server may show an old file, plus slack


_NUMBERED = re.compile(r"lease\.(0|[1-9][0-9]{0,14})\.json")  # nobody takes a trial over more often


class _Content(Struct, frozen=True):
    """What a file must hold to be a lease."""

    owner: Owner
    beat: Count
    released: bool


@dataclass(frozen=True)
class Seen:
    """A lease at one look."""

    generation: int
    owner: Owner | None  # None: the file is damaged
    beat: int
    released: bool

    @property
    def is_over(self) -> bool:
        """Is it known, without waiting, that nobody works under it?"""
        return self.released or (self.owner is not None and is_gone(self.owner))


def look(folder: Path) -> Seen | None:
    """The lease of a trial's folder, None if nobody has taken one (or its record is there)."""
    generation = max(_generations(folder), default=None)
    return None if generation is None else _read(_path(folder, generation), generation)


class Observer:
    """Watches leases, and knows which of them have not moved for too long."""

    def __init__(self, patience_s: float = PATIENCE_S, clock: Callable[[], float] = time.monotonic) -> None:
        self.patience_s, self.clock = patience_s, clock
        self._since: dict[Path, tuple[Seen, float]] = {}

    def free(self, folder: Path, seen: Seen | None) -> bool:
        """May somebody else work on the trial, as far as this observer knows by now?"""
        if seen is None or seen.is_over:
            return True
        last, since = self._since.get(folder, (None, 0.0))
        if last != seen:
            self._since[folder] = seen, self.clock()
            return False
        return self.clock() - since >= self.patience_s


def take(folder: Path, owner: Owner, over: Seen | None) -> "Lease | None":
    """Take the lease that follows `over`, which is known to be free; None if somebody else was faster."""
    lease = Lease(folder, 1 + (over.generation if over else 0), owner)
    return lease if create_exclusive(lease.path, lease.content()) else None


class Lease:
    """A lease that this process holds.  `renew` is called by a thread, the rest by the one that works."""

    def __init__(self, folder: Path, generation: int, owner: Owner) -> None:
        self.folder, self.generation, self.owner = folder, generation, owner
        self.path = _path(folder, generation)
        self.lost = False  # somebody took over, or a record is there
        self._beat, self._ended, self._busy = 0, False, threading.Lock()

    def content(self, *, released: bool = False) -> bytes:
        """The bytes of the file."""
        fields = {
            "generation": self.generation,
            "owner": self.owner.as_json(),
            "beat": self._beat,
            "released": released,
        }
        return json.dumps(fields).encode()

    def renew(self) -> None:
        """One beat; notices when the lease is lost."""
        with self._busy:
            if self._ended:
                return
            self.lost = self.lost or max(_generations(self.folder), default=0) != self.generation
            if not self.lost:
                self._beat += 1
                write_atomic(self.path, self.content())

    def release(self) -> None:
        """Let others take it at once; the file stays, so that generations go on counting."""
        with self._busy:
            if not self._ended and not self.lost:
                write_atomic(self.path, self.content(released=True))
            self._ended = True

    def clear(self) -> None:
        """The record is there: remove this lease and those before it, with what killed writers have left of them."""
        with self._busy:
            self._ended = True
        for generation in _generations(self.folder):
            if generation <= self.generation:
                path = _path(self.folder, generation)
                for file in (path, *partial_files(path)):
                    file.unlink(missing_ok=True)


class Heart:
    """One thread a process that keeps its leases alive."""

    def __init__(self, beat_s: float = BEAT_S) -> None:
        self.beat_s = beat_s
        self._leases: set[Lease] = set()
        self._thread: threading.Thread | None = None

    def keep(self, lease: Lease) -> None:
        """Beat for a lease from now on."""
        self._leases.add(lease)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True, name="leases")
            self._thread.start()

    def drop(self, lease: Lease) -> None:
        """No longer."""
        self._leases.discard(lease)

    def _run(self) -> None:
        while True:
            time.sleep(self.beat_s)
            for lease in tuple(self._leases):
                with suppress(OSError):  # a full disk: others take over after a while, and the first record wins
                    lease.renew()


def _path(folder: Path, generation: int) -> Path:
    return folder / f"lease.{generation}.json"


def _generations(folder: Path) -> list[int]:
    matches = (_NUMBERED.fullmatch(path.name) for path in folder.glob("lease.*.json"))
    return [int(match[1]) for match in matches if match]


def _read(path: Path, generation: int) -> Seen | None:
    try:
        content = convert_or_say(parse_json(read_bounded(path)), _Content)
        return Seen(generation, content.owner, content.beat, content.released)
    except FileNotFoundError:
        return None  # removed since: the record is there
    except (ValueError, OSError):
        return Seen(generation, None, -1, False)
