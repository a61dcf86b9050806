"""Tasks whose data are not on this machine: refused, left out by missing=skip, or planned by what was published."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from segaug.data.pooled import Pooled
from segaug.data.published import is_absent, published_counts
from segaug.data.task import Dataset
from segaug.errors import ConfigError
from segaug.experiment.config.trial import Trial

SKIP = "skip"  # a value of the option `missing`


@dataclass(frozen=True)
class ByData:
    """Trials of a command, less those that are left out; counted: of the tasks that are not here what was published."""

    trials: list[Trial]
    left_out: dict[str, tuple[str, ...]]  # task -> the data sets of it that are not here
    counted: dict[str, dict[str, int]]


def by_data(trials: Sequence[Trial], without_data: bool) -> ByData:
    """Look whose data are here.

    Raises ConfigError naming all tasks that are not, unless `missing` says that they are left out, or without_data that
    they are planned all the same.  Where no other task is asked for, loading it says what it lacks.
    """
    of_task: dict[str, Trial] = {}
    for trial in trials:
        of_task.setdefault(trial.task, trial)
    absent = {task: trial for task, trial in of_task.items() if is_absent(trial.config.dataset)}
    if any(trial.config.missing == SKIP for trial in trials):
        return ByData([trial for trial in trials if trial.task not in absent], _lacking(absent), {})
    if without_data:
        counted = {task: published_counts(trial.config.dataset) for task, trial in absent.items()}
        return ByData([*trials], {}, counted)
    if absent and len(of_task) > 1:
        fix = f"{_way(_lacking(absent))}; missing=skip leaves them out"
        raise ConfigError(key="dataset", problem=f"the data of {', '.join(absent)} are not here", fix=fix)
    return ByData([*trials], {}, {})


def why_nothing(absent: Mapping[str, tuple[str, ...]]) -> str:
    """Of a plan without a trial; absent: `Plan.absent`."""
    if absent:
        return f"the data of {', '.join(absent)} are not here; {_way(absent)}"
    return "every size is above the pool of its task"


def left_out(absent: Mapping[str, tuple[str, ...]]) -> str:
    """One line for the tasks that missing=skip has left out."""
    return f"left out, their data are not here: {', '.join(absent)}; {_way(absent)}"


def held(absent: Mapping[str, object], finished: Iterable[str]) -> str:
    """One line for those of which the study holds finished trials all the same; "" where there is none.

    finished: the task of each finished trial of the study.
    """
    counts = Counter(finished)
    listed = ", ".join(f"{counts[task]} of {task}" for task in absent if counts[task])
    return f"finished trials that the study holds of them: {listed}" if listed else ""


def _lacking(absent: Mapping[str, Trial]) -> dict[str, tuple[str, ...]]:
    return {task: _names(task, trial.config.dataset) for task, trial in absent.items()}


def _names(task: str, dataset: Dataset | Pooled) -> tuple[str, ...]:
    if isinstance(dataset, Pooled):
        return tuple(name for name, source in dataset.sources.items() if is_absent(source))
    return (task.partition("(")[0],)  # without the options that its name tells


def _way(absent: Mapping[str, tuple[str, ...]]) -> str:
    """Of the first task, each of its sets that is not here."""
    first = next(iter(absent.values()))
    some = "tells how to get it" if len(first) == 1 else "tell how to get them"
    return f"{' and '.join(f'`segaug data fetch {name}`' for name in first)} {some}"
