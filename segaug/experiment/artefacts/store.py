"""Where artefacts are kept: one file each, made once whoever asks, by whichever process comes first.

<cache>/artefacts/<kind>-<digest of the key>.safetensors    appears whole, or not at all
                  .locks/<the same>.lock                    empty; held while somebody makes the artefact

The kernel releases the lock of a process that ends, however it ends, so one of those who wait takes over. Lock files
stay: one that is deleted while others wait for it is a lock that two of them can get. They are empty, hidden, and
at most one for each artefact.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from segaug.augment.artefact import Artefact, ArtefactFailed, Content, Tell, quiet
from segaug.errors import DataError
from segaug.experiment.artefacts.file import DamagedArtefact, encode, read
from segaug.experiment.config.schema import Config
from segaug.files import partial_files, write_atomic

POLL_S = 0.2  # how often a waiting process looks whether the lock is free


def store_of(config: Config, *, strict: bool = False) -> "ArtefactStore":
    """The store in the cache of a trial."""
    return ArtefactStore(Path(config.cache).expanduser() / "artefacts", strict)


@dataclass(frozen=True)
class ArtefactStore:
    """The artefacts in one folder.

    strict: an artefact that cannot be stored is an error (`segaug prepare`: storing is the purpose); otherwise a
    warning, and what was learned is used all the same (a trial, which only loses time).
    """

    folder: Path
    strict: bool = False

    def path(self, artefact: Artefact) -> Path:
        """Where the artefact lies, or would lie."""
        return self.folder / f"{artefact.name}.safetensors"

    def held(self, artefact: Artefact) -> Content | None:
        """The stored content if it is complete, else None; reads without waiting for whoever makes it."""
        content = self._stored(artefact)
        return content if content is not None and artefact.complete(content) else None

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
            if previous is not None and artefact.complete(previous):
                return previous
            before = partial_files(self.path(artefact))
            content = artefact.make(previous, tell)
            assert artefact.complete(content), f"{artefact.name}: what was made is not complete"
            if writable:
                self._write(artefact, content, before)
            return content

    @contextmanager
    def _lock(self, artefact: Artefact, tell: Tell) -> Iterator[bool]:
        """Hold the artefact's lock; gives False, and holds none, where the folder cannot be written to."""
        lock = FileLock(self.folder / ".locks" / f"{artefact.name}.lock", poll_interval=POLL_S)
        try:
            Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(blocking=False)
            except Timeout:
                tell(0, 0, "waiting for another process")
                lock.acquire()
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

    def _write(self, artefact: Artefact, content: Content, before: Sequence[Path]) -> None:
        path = self.path(artefact)
        try:
            for partial in before:  # it outlasted our making: of a maker that was killed, not of one that writes now
                partial.unlink(missing_ok=True)
            try:
                write_atomic(path, encode(artefact, content))
            except FileNotFoundError:  # tidied away by a maker on a machine that does not see our lock
                write_atomic(path, encode(artefact, content))
        except OSError as error:
            self._cannot_write(artefact, error)

    def _cannot_write(self, artefact: Artefact, error: OSError) -> None:
        trouble = DataError(
            file=self.path(artefact),
            problem=f"cannot be written ({error.strerror or error})",
            fix="make room or choose another folder with cache=...",
        )
        if self.strict:
            raise trouble from error
        warnings.warn(f"{trouble}; what was learned is used once, and not kept", stacklevel=2)
