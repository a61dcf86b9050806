"""A large set decoded by all cores, chunk by chunk; whoever is killed finds the chunks of before when started again.

The chunks are put together in the cache without ever being in memory all at once, and the entry is mapped.
"""

import multiprocessing as mp
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import torch

from segaug.data.cache import Content, Way, cannot_write, is_large, load_cached, store_parts, tensors_of
from segaug.data.chunks import FOLDER, Chunk, chunks, decoded_chunk, load_chunk, remove_chunks, store_chunk
from segaug.data.decode import Decoded, Rows, content_of, opened, refuse_windowless, repeated_grey
from segaug.data.known_files import KnownFiles
from segaug.data.task import Case, Dataset, Split
from segaug.errors import UserError

MANY = 200  # cases; fewer are decoded at once
WORTH_S = 5.0  # of a processor that is left to do, from which on other processes are started, which takes seconds
Tell = Callable[[int, int], None]
"""Called with the number of cases that are decoded, and of all; first with those that an earlier start has left."""


def decode_many(
    dataset: Dataset,
    cases: Sequence[Case],
    parts: Split,
    content: Sequence[Content],
    way: Way,
    path: Path,
    known: KnownFiles,
    tell: Tell | None = None,
) -> Decoded:
    """As `decode`, into the entry at `path`.  content, way: as for its name."""
    refuse_windowless(dataset, cases)
    folder = path.parent / FOLDER
    all_chunks = chunks(folder, cases, opened(cases, parts), content, way, dataset.values())
    made = _all_made(dataset, all_chunks, tell or (lambda *_: None))
    facts = [fact for rows in made for fact in rows.facts]
    digest, repeated = content_of(dataset, cases, parts, facts), repeated_grey(facts)
    pieces = [tensors_of(rows) for rows in made]
    try:
        checksum = store_parts(path, digest, pieces, repeated)
        if is_large(path):
            known.remember(path, checksum)
        decoded = load_cached(path, known)
    except OSError as error:
        warnings.warn(cannot_write(path, error), stacklevel=2)
        decoded = None
    if decoded is None:
        image, label, spacing_mm = (torch.cat(whole) for whole in zip(*pieces, strict=True))
        return Decoded(image, label, spacing_mm, digest, repeated)
    remove_chunks(folder, all_chunks)
    return decoded


def _all_made(dataset: Dataset, all_chunks: Sequence[Chunk], tell: Tell) -> list[Rows]:
    """Every chunk: those of an earlier start, and all others by this process until it is known to take long."""
    made = {chunk.path: rows for chunk in all_chunks if (rows := load_chunk(chunk.path, checked=True))}
    todo = [chunk for chunk in all_chunks if chunk.path not in made]
    total, left = _count(all_chunks), _count(todo)
    found, start, here = total - left, time.process_time(), 0
    while todo and (not here or (time.process_time() - start) * (left - here) <= WORTH_S * here):
        chunk = todo.pop(0)
        made[chunk.path] = _made(dataset, chunk)
        here += len(chunk.cases)
    if todo:
        tell(found, total)
        done = found + here
        with _others(dataset, todo) as others:
            for chunk in todo:
                rows = load_chunk(chunk.path, checked=False) if others.made(chunk) else None
                made[chunk.path] = rows or _made(dataset, chunk)
                done += len(chunk.cases)
                tell(done, total)
    return [made[chunk.path] for chunk in all_chunks]


def _count(of: Sequence[Chunk]) -> int:
    return sum(len(chunk.cases) for chunk in of)


def _made(dataset: Dataset, chunk: Chunk) -> Rows:
    """By this process; in memory where it cannot be written."""
    rows = decoded_chunk(dataset, chunk)
    try:
        store_chunk(chunk.path, rows)
    except OSError as error:
        warnings.warn(cannot_write(chunk.path, error), stacklevel=2)
        return rows
    return load_chunk(chunk.path, checked=False) or rows


@contextmanager
def _others(dataset: Dataset, todo: Sequence[Chunk]) -> Iterator["_Others"]:
    """Processes that make the chunks, one a core, as long as the context lasts; none where they would not help.

    They are spawned: a fork server started here would be that of the trials as well, and have another environment.
    """
    processes = min(_cores(), len(todo))
    if processes < 2 or mp.current_process().daemon:  # a daemon may have no children
        yield _Others({})
        return
    pool = ProcessPoolExecutor(processes, mp.get_context("spawn"), _begin, (dataset,))
    try:
        yield _Others({chunk.path: pool.submit(_make, chunk) for chunk in todo})
    finally:
        pool.shutdown(cancel_futures=True)


class _Others:
    """What other processes make."""

    def __init__(self, futures: dict[Path, Future[None]]) -> None:
        self._futures = futures

    def made(self, chunk: Chunk) -> bool:
        """Wait until they have made a chunk; False where nobody does.  Raises what is wrong with its images."""
        if (future := self._futures.get(chunk.path)) is None:
            return False
        try:
            future.result()
        except UserError:
            raise
        except Exception as error:
            # Killed, perhaps for want of memory; no room on the disk; cases that cannot be sent to another process.
            # What is wrong with the cases themselves comes up when this process decodes them.
            what = str(error) or type(error).__name__
            warnings.warn(f"images are decoded by one process instead of {_cores()} ({what})", stacklevel=2)
            for waiting in self._futures.values():
                waiting.cancel()
            self._futures = {}
            return False
        return True


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_dataset: Dataset  # of a process that makes chunks


def _begin(dataset: Dataset) -> None:
    global _dataset
    _dataset = dataset
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what it means
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)


def _end_with_parent() -> None:
    parent = mp.parent_process()
    assert parent is not None  # this runs in a child
    parent.join()
    os._exit(1)  # a killed parent will be started again, and go on beside an orphan


def _make(chunk: Chunk) -> None:
    if not chunk.path.is_file():  # or another command is decoding the same set
        store_chunk(chunk.path, decoded_chunk(_dataset, chunk))
