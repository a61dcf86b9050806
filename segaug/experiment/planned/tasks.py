"""Decoded tasks of this process: a warm worker decodes each data set once."""

from collections import OrderedDict

from segaug.data.task import Task
from segaug.errors import DataError
from segaug.experiment.config.trial import Trial
from segaug.experiment.planned.plan import load

KEPT = 4  # tasks held in memory; a sweep runs through them one after the other
_tasks: OrderedDict[str, Task] = OrderedDict()


def task_of(trial: Trial, content_hash: str) -> Task:
    """The trial's task; raises DataError if its files are no longer those that the plan was made from."""
    if content_hash not in _tasks:
        task = load(trial)
        if task.content_hash != content_hash:
            raise DataError(
                file=trial.config.dataset.root if hasattr(trial.config.dataset, "root") else trial.task,
                problem="the data set has changed since the sweep was planned",
                fix="start the sweep again",
            )
        _tasks[content_hash] = task
        if len(_tasks) > KEPT:
            _tasks.popitem(last=False)
    _tasks.move_to_end(content_hash)
    return _tasks[content_hash]
