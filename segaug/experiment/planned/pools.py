"""How many images or patients the training subsets of a task are drawn from."""

from collections.abc import Mapping

from segaug.data.published import published_pool
from segaug.data.task import Task
from segaug.errors import ConfigError
from segaug.experiment.config.trial import Trial


def pool_size(task: Task, count: str) -> int:
    """How many images or patients a subset can be drawn from: those of the base."""
    rows = task.pool_of(0)
    return len(rows) if count == "images" else len({task.patients[row] for row in rows})


class Pools:
    """Of many trials, each task once; of tasks that are not among the decoded ones by what was published of them."""

    def __init__(self, tasks: Mapping[str, Task]) -> None:
        self.tasks = tasks
        self._known: dict[tuple[str, str], int | None] = {}

    def of(self, trial: Trial) -> int:
        """Where nobody knows, as large as the size that is asked for; raises ConfigError where that is all of it."""
        key = trial.task, trial.config.protocol.count
        if key not in self._known:
            task = self.tasks.get(trial.task)
            known = published_pool(trial.config.dataset, key[1]) if task is None else pool_size(task, key[1])
            self._known[key] = known
        pool, size = self._known[key], trial.config.scale.size
        if pool is None and size is None:
            fix = "name sizes, e.g. scale=n4,n8, or plan it where the data are"
            raise ConfigError(key="scale", problem=f"is all of {trial.task}, which is not here", fix=fix)
        return pool or size or 0
