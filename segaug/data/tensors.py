"""A dataset config to a `Task` in memory: list, split, decode (or take the cached copy)."""

from collections.abc import Sequence
from pathlib import Path

import torch

from segaug.data.cache import cache_name, load_cached, store_cached
from segaug.data.cases import FileCase
from segaug.data.decode import Decoded, decode, no_colour, options
from segaug.data.pooled import Pooled
from segaug.data.pooled_task import pooled_task
from segaug.data.split import split
from segaug.data.task import Case, Dataset, Split, Task


def load_task(dataset: Dataset | Pooled, cache: Path | None) -> Task:
    """Read, check and split a dataset.  Masks of external images are never opened; their labels are NaN.

    cache: folder of decoded copies, one of each source; None reads the files, or generates the images, each time.
    """
    if isinstance(dataset, Pooled):
        return pooled_task(dataset, load_sources(dataset, cache))
    task = _task(dataset, cache)
    if task.repeated_grey == len(task.ids):
        raise no_colour()
    return task


def load_sources(dataset: Pooled, cache: Path | None) -> dict[str, Task]:
    """The own task of each source, by its name; all images of one of them may be grey where a task is in colour."""
    tasks = {}
    for name, source in dataset.sources.items():
        with dataset.of_source(name):
            tasks[name] = _task(source, cache)
    return tasks


def _task(dataset: Dataset, cache: Path | None) -> Task:
    cases = dataset.cases()
    parts = split(cases, dataset.split)
    decoded = _decoded(dataset, cases, parts, cache)
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


def _decoded(dataset: Dataset, cases: Sequence[Case], parts: Split, cache: Path | None) -> Decoded:
    if cache is None or not all(isinstance(case, FileCase) or case.recipe for case in cases):
        return decode(dataset, cases, parts)
    path = cache / cache_name(cases, parts.external, options(dataset, cases, parts), dataset.values())
    decoded = load_cached(path)
    if decoded is None:
        decoded = decode(dataset, cases, parts)
        store_cached(path, decoded)
    return decoded
