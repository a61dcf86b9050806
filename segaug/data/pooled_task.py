"""The tasks of several sources as one: the base as it is, and behind it what of the others is trained and tested on."""

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from itertools import accumulate

import torch

from segaug.data.decode import no_colour
from segaug.data.pooled import Pooled
from segaug.data.pooled_leaks import placed, shared_across
from segaug.data.task import Task
from segaug.form import COLOUR


def pooled_task(dataset: Pooled, tasks: Mapping[str, Task]) -> Task:
    """Join the sources' own tasks; the same for every k.

    Rows of the base keep their numbers, ids and patients, and its test, validation and external parts are the joint
    ones.  Of an added source there are the rows of its pool, then those of its test set, with `NAME/` before their ids
    and patients, so that nobody is taken for somebody else of that name.  Behind those of the target there are the rows
    of its validation set, and this and its test set are the joint ones.  Raises DataError where two sources have one
    image on two sides.
    """
    base = tasks[dataset.base]
    used = [image for name, task in tasks.items() for image in placed(dataset, name, task)]
    for leak in shared_across(used):
        raise leak
    if dataset.form.channels == COLOUR and all(task.repeated_grey == len(task.ids) for task in tasks.values()):
        raise no_colour()
    parts, pool, tests, validation = [base], list(base.split.pool), [base.split.test], base.split.validation
    for name in dataset.added:
        own, start = tasks[name].split, sum(len(part.ids) for part in parts)
        validated = own.validation if name == dataset.target else ()
        parts.append(_chosen(tasks[name], name, (*own.pool, *own.test, *validated)))
        ends = list(accumulate(map(len, (own.pool, own.test, validated)), initial=start))
        pool += range(ends[0], ends[1])
        tests.append(tuple(range(ends[1], ends[2])))
        validation = tuple(range(ends[2], ends[3])) if name == dataset.target else validation
    tested = list(tasks).index(dataset.tested)
    contents = [[name, task.content_hash] for name, task in tasks.items()] + (
        [dataset.target] if dataset.target else []
    )
    return Task(
        image=torch.cat([part.image for part in parts]),
        label=torch.cat([part.label for part in parts]),
        spacing_mm=torch.cat([part.spacing_mm for part in parts]),
        source=torch.cat([torch.full((len(part.ids),), place) for place, part in enumerate(parts)]),
        form=dataset.form,
        ids=tuple(name for part in parts for name in part.ids),
        patients=tuple(patient for part in parts for patient in part.patients),
        split=replace(base.split, test=tests[tested], validation=validation, pool=tuple(pool)),
        content_hash=sha256(json.dumps(contents).encode()).hexdigest(),
        repeated_grey=sum(task.repeated_grey for task in tasks.values()),
        unlabelled=base.unlabelled,
        added_tests=tuple(rows for place, rows in enumerate(tests) if place != tested),
        tested=tested,
        base_hash="" if dataset.target else base.content_hash,
        sites=tuple(site for part in parts for site in part.sites),
    )


def _chosen(task: Task, name: str, rows: tuple[int, ...]) -> Task:
    """These rows of a source, in this order."""
    at = list(rows)
    return replace(
        task,
        image=task.image[at],
        label=task.label[at],
        spacing_mm=task.spacing_mm[at],
        ids=tuple(f"{name}/{task.ids[row]}" for row in rows),
        patients=tuple(f"{name}/{task.patients[row]}" for row in rows),
        sites=tuple(task.sites[row] for row in rows),
    )
