"""A dataset config to a `Task` in memory: list, split, decode (or take the cached copy)."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from segaug.data.cache import contents, load_cached, name_of, store_cached
from segaug.data.cases import FileCase
from segaug.data.decode import Decoded, decode, no_colour, options
from segaug.data.foreground import NEEDED, without_foreground
from segaug.data.known_files import KnownFiles
from segaug.data.many import MANY, Tell, decode_many
from segaug.data.pooled import Pooled
from segaug.data.pooled_task import pooled_task
from segaug.data.split import split
from segaug.data.task import Case, Dataset, Split, Task

INDEX = "known_files.json"  # in the cache


def load_task(dataset: Dataset | Pooled, cache: Path | None, tell: Tell | None = None) -> Task:
    """Read, check and split a dataset.  Masks of external images are never opened; their labels are NaN.

    Raises ConfigError where no mask of the test set, or of the pool, holds foreground at the size asked for.

    cache: folder of decoded copies, one of each source; None reads the files, or generates the images, each time.
    tell: is told how far the decoding of a large set has come; a small one takes no time worth telling.
    """
    if isinstance(dataset, Pooled):
        task = pooled_task(dataset, load_sources(dataset, cache, tell))
    else:
        task = _task(dataset, cache, tell)
        if task.repeated_grey == len(task.ids):
            raise no_colour()
    for error in without_foreground({part: _filled(task, part) for part in NEEDED}, task.form):
        raise error
    return task


def _filled(task: Task, part: str) -> Iterator[bool]:
    """Does a mask of the part hold foreground?  Each is looked at when it is asked for."""
    return (bool((task.label[row] > 0).any()) for row in getattr(task.split, part))


def load_sources(dataset: Pooled, cache: Path | None, tell: Tell | None = None) -> dict[str, Task]:
    """The own task of each source, by its name; all images of one of them may be grey where a task is in colour."""
    tasks = {}
    for name, source in dataset.sources.items():
        with dataset.of_source(name):
            tasks[name] = _task(source, cache, tell)
    return tasks


def _task(dataset: Dataset, cache: Path | None, tell: Tell | None) -> Task:
    cases = dataset.cases()
    parts = split(cases, dataset.split)
    decoded = _decoded(dataset, cases, parts, cache, tell)
    ids, patients = tuple(case.id for case in cases), tuple(case.patient for case in cases)
    return Task(
        image=decoded.image,
        label=decoded.label,
        spacing_mm=decoded.spacing_mm,
        source=torch.zeros(len(cases), dtype=torch.long),
        form=dataset.form,
        ids=ids,
        patients=patients,
        split=parts,
        content_hash=decoded.content_hash,
        repeated_grey=decoded.repeated_grey,
        unlabelled=sum(not case.labelled for case in cases),
        sites=tuple(case.site for case in cases),
    )


def _decoded(dataset: Dataset, cases: Sequence[Case], parts: Split, cache: Path | None, tell: Tell | None) -> Decoded:
    if cache is None or not all(isinstance(case, FileCase) or case.recipe for case in cases):
        return decode(dataset, cases, parts)
    known = KnownFiles(cache / INDEX)
    content = contents(cases, parts.external, known.hash_of)
    way = options(dataset, cases, parts)
    path = cache / name_of(content, way, dataset.values())
    decoded = load_cached(path, known)
    if decoded is None and len(cases) >= MANY and all(isinstance(case, FileCase) for case in cases):
        decoded = decode_many(dataset, cases, parts, content, way, path, known, tell)
    elif decoded is None:  # generated images stay in this process, whose number of threads decides their last bits
        decoded = decode(dataset, cases, parts)
        store_cached(path, decoded)
    known.keep()
    return decoded
