"""Where artefacts are kept: one file each, made once whoever asks, by whichever process comes first.

<cache>/artefacts/<kind>-<digest of the key>.safetensors    appears whole, or not at all; what its maker has kept on
                                                            the way is as whole a file, and says that it is unfinished
                  .locks/<the same>.lock                    empty; held while somebody makes the artefact

The kernel releases the lock of a process that ends, however it ends, so one of those who wait takes over. Lock files
stay: one that is deleted while others wait for it is a lock that two of them can get. They are empty, hidden, and
at most one for each artefact.
"""

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from segaug.augment.artefact import Artefact, ArtefactFailed, Content, Tell, quiet, unkept
from segaug.errors import DataError
from segaug.experiment.artefacts.file import DamagedArtefact, encode, read
from segaug.experiment.config.schema import Config
from segaug.experiment.machine.stop import Stopped
from segaug.files import partial_files, write_atomic

POLL_S = 0.2  # how often a waiting process looks whether the lock is free
TELL_EVERY_S = 1.0  # and how often it tells that it waits
WAITING = "waiting for another process"
KEEP_EVERY_S = 60.0  # what a maker that is killed may lose


def store_of(config: Config, *, strict: bool = False) -> "ArtefactStore":
    """The store in the cache of a trial."""
    return ArtefactStore(Path(config.cache).expanduser() / "artefacts", strict)


@dataclass(frozen=True)
class ArtefactStore:
    """The artefacts in one folder.

    strict: an artefact that cannot be stored is an error (`segaug prepare`: storing is the purpose); otherwise a
    warning, and what was learned is used all the same (a trial, which only loses time).  What is kept on the way is no
    purpose: it never costs more than a warning.
    """

    folder: Path
    strict: bool = False
    keep_every_s: float = KEEP_EVERY_S

    def path(self, artefact: Artefact) -> Path:
        """Where the artefact lies, or would lie."""
        return self.folder / f"{artefact.name}.safetensors"

    def held(self, artefact: Artefact) -> Content | None:
        """The stored content if it is complete, else None; reads without waiting for whoever makes it."""
        content = self._stored(artefact)
        return content if content is not None and artefact.is_whole(content) else None

    def obtain(self, artefact: Artefact, tell: Tell = quiet) -> Content:
        """The stored content, or made now and stored; if another process is making it, wait for it or take over.

        Raises ArtefactFailed where the content says that it must not be used.
        """
        content = self.held(artefact) or self._made(artefact, tell)
        if content.failed is not None:
            raise ArtefactFailed(artefact=artefact.name, file=self.path(artefact), reason=content.failed)
        return content

    def _made(self, artefact: Artefact, tell: Tell) -> Content:
        with self._lock(artefact, tell) as writable:
            previous = self._stored(artefact)  # read again: it may have been made while we waited
            if previous is not None and artefact.is_whole(previous):
                return previous
            file = _File(self.path(artefact), artefact)
            keep = _Keeping(file, self.keep_every_s)
            try:
                content = artefact.make(previous, tell, keep if writable else unkept)
            except Stopped as stopped:
                stopped.kept |= keep.write()
                raise
            assert artefact.is_whole(content), f"{artefact.name}: what was made is not complete"
            if writable:
                try:
                    file.write(content)
                except OSError as error:
                    self._cannot_write(artefact, error)
            return content

    @contextmanager
    def _lock(self, artefact: Artefact, tell: Tell) -> Iterator[bool]:
        """Hold the artefact's lock; gives False, and holds none, where the folder cannot be written to."""
        lock = FileLock(self.folder / ".locks" / f"{artefact.name}.lock", poll_interval=POLL_S)
        try:
            Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
            wait_s = 0.0
            while not lock.is_locked:
                try:
                    lock.acquire(timeout=wait_s)
                except Timeout:
                    tell(0, 0, WAITING)  # who waits for minutes may be asked to stop
                    wait_s = TELL_EVERY_S
        except OSError as error:
            self._cannot_write(artefact, error)
        try:
            yield lock.is_locked
        finally:
            lock.release()

    def _stored(self, artefact: Artefact) -> Content | None:
        path = self.path(artefact)
        if not path.is_file():
            return None
        try:
            return read(path, artefact)
        except DamagedArtefact as damage:
            warnings.warn(str(damage), stacklevel=2)
            return None

    def _cannot_write(self, artefact: Artefact, error: OSError) -> None:
        trouble = _trouble(self.path(artefact), error)
        if self.strict:
            raise trouble from error
        warnings.warn(f"{trouble}; what was learned is used once, and not kept", stacklevel=2)


class _Keeping:
    """Writes what a maker has, if it has not done so for a while; and at once where the making is asked to end."""

    def __init__(self, file: "_File", every_s: float) -> None:
        self._file, self._every_s, self._last = file, every_s, time.monotonic()
        self._offered: Callable[[], Content] | None = None  # since it was last written

    def __call__(self, snapshot: Callable[[], Content]) -> None:
        self._offered = snapshot
        if time.monotonic() - self._last >= self._every_s:
            self.write()

    def write(self) -> bool:
        """Write what was offered last, unless that is written; tells whether it did."""
        if self._offered is None:
            return False
        content = self._offered()
        name = self._file.artefact.name
        assert not self._file.artefact.is_whole(content), f"{name}: what is kept on the way is unfinished"
        self._offered, self._last = None, time.monotonic()
        try:
            self._file.write(content)
        except OSError as error:
            trouble = _trouble(self._file.path, error)
            warnings.warn(f"{trouble}; what was learned since it was last kept is lost if it ends now", stacklevel=2)
            return False
        return True


class _File:
    """Where one maker writes."""

    def __init__(self, path: Path, artefact: Artefact) -> None:
        self.path, self.artefact = path, artefact
        self._left = partial_files(path)

    def write(self, content: Content) -> None:
        """Replace what is there."""
        for partial in self._left:  # it outlasted our making: of a maker that was killed, not of one that writes now
            partial.unlink(missing_ok=True)
        self._left = []
        data = encode(self.artefact, content)
        try:
            write_atomic(self.path, data)
        except FileNotFoundError:  # tidied away by a maker on a machine that does not see our lock
            write_atomic(self.path, data)


def _trouble(path: Path, error: OSError) -> DataError:
    problem = f"cannot be written ({error.strerror or error})"
    return DataError(file=path, problem=problem, fix="make room or choose another folder with cache=...")
