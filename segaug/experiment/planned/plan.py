"""What is to be run: trials with their ids, checked against the data and against what the study already holds."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from segaug.data.pooled import Pooled
from segaug.data.subset import draw_added
from segaug.data.task import Dataset, Task
from segaug.data.tensors import load_task
from segaug.errors import ConfigError
from segaug.experiment.config.identity import Identities, differences
from segaug.experiment.config.trial import Trial
from segaug.experiment.machine.devices import device_of
from segaug.experiment.planned.absent import by_data
from segaug.experiment.planned.array_index import shard_of
from segaug.experiment.planned.decoding import Decoding
from segaug.experiment.planned.fitting import check_fitting
from segaug.experiment.planned.pools import Pools
from segaug.results.keys import curve_of
from segaug.results.planned import PREDICT
from segaug.results.shard import KEY, Shard, with_shard
from segaug.results.store import Json, Store

_TOLD = 3  # options


@dataclass(frozen=True)
class Planned:
    """A trial whose size and id are settled."""

    trial: Trial
    id: str

    @property
    def added(self) -> int:
        """Images of other sources that it is trained on beside them."""
        dataset = self.trial.config.dataset
        return sum(dataset.k) if isinstance(dataset, Pooled) else 0

    @property
    def size(self) -> int:
        """N: images, or patients where the protocol counts them."""
        size = self.trial.config.scale.size
        assert size is not None  # make_plan settled it
        return size

    def key(self) -> Json:
        """How plan, records and failures name this trial."""
        task, model, strategy = self.trial.curve
        names = {"task": task, "model": model, "strategy": strategy}
        return {"id": self.id, **names, "size": self.size, "seed": self.trial.config.seed}

    def asked(self) -> Json:
        """The same, with the ways of predicting where there are more than the plain one: what the plan holds."""
        ways = self.trial.config.ways
        return {**self.key(), **({PREDICT: [*ways]} if len(ways) > 1 else {})}


@dataclass(frozen=True)
class Plan:
    """Trials in the order they run, the sizes that a task cannot offer, and the tasks by name.

    shard: of which these are the trials; of: the trials of all shards.  None: there are no others.
    absent: tasks that are left out, with their data sets that are not here.  counted: tasks that are planned without
    their data, of which no trial can be run, with what was published of them: images and patients, or nothing.
    """

    trials: tuple[Planned, ...]
    skipped: tuple[Json, ...]
    tasks: dict[str, Task]
    shard: Shard | None = None
    of: tuple[Planned, ...] | None = None
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counted: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def asked(self) -> tuple[Planned, ...]:
        """What the command asks for, wherever it is run."""
        return self.trials if self.of is None else self.of

    @property
    def runnable(self) -> tuple[Planned, ...]:
        """Those of the trials whose data are here."""
        return tuple(planned for planned in self.trials if planned.trial.task in self.tasks)

    @property
    def share(self) -> str:
        """What of the trials is run here, in words; "" where that is all."""
        return "" if self.shard is None else f"shard {self.shard}: {len(self.trials):,} of {len(self.asked):,} trials"


def make_plan(trials: Iterable[Trial], *, skip_large: bool, here: bool = True, without_data: bool = False) -> Plan:
    """Check what fits together, load every task, settle sizes and ids.

    A size above the pool is left out and listed with `skip_large`, else an error.  here: the trials will run on this
    machine, so that it must have their device.  without_data: tasks that are not here are planned all the same, by
    what was published of them; else they are refused, or left out where the option `missing` says so.
    """
    trials = list(trials)
    for device in {trial.config.device for trial in trials if here}:
        device_of(device)
    shard = _shard_of(trials)
    _check_names(trials)
    check_fitting(trials)
    found = by_data(trials, without_data)
    tasks = _tasks(trial for trial in found.trials if trial.task not in found.counted)
    planned: dict[str, Planned] = {}
    skipped: dict[tuple[str, int], Json] = {}
    identities, pools = Identities(), Pools(tasks)
    for trial in found.trials:
        pool = pools.of(trial)
        size = trial.config.scale.size or pool
        if size <= pool:
            sized = trial.at(size=size, seed=trial.config.seed)
            key = identities.trial_id(sized, tasks[trial.task].content_hash if trial.task in tasks else "")
            planned[key] = Planned(sized, key)
        elif skip_large:
            skipped[trial.task, size] = {"task": trial.task, "size": size, "pool": pool}
        else:
            raise ConfigError(
                key="scale.size",
                problem=f"{size} is more than the {pool} {trial.config.protocol.count} in the pool of {trial.task}",
                fix=f"use at most {pool}, or scale=all",
            )
    in_order = tuple(sorted(planned.values(), key=lambda each: (each.trial.config.seed, -each.size)))
    plan = Plan(in_order, tuple(skipped.values()), tasks, absent=found.left_out, counted=found.counted)
    if shard is None:
        return plan
    return replace(plan, trials=tuple(each for each in in_order if shard.holds(each.id)), shard=shard, of=in_order)


def _shard_of(trials: Iterable[Trial]) -> Shard | None:
    written = {trial.config.shard for trial in trials}
    if len(written) > 1:
        shares = ", ".join(sorted(map(str, written)))
        raise ConfigError(key=KEY, problem=f"one command runs one share, not {shares}", fix="start a command for each")
    text = next(iter(written), None)
    return None if text is None else shard_of(text, os.environ)


def _check_names(trials: Iterable[Trial]) -> None:
    """Refuse two data sets of one name: where a data set lies is not part of its name."""
    datasets: dict[str, Dataset | Pooled] = {}
    for trial in trials:
        if datasets.setdefault(trial.task, trial.config.dataset) != trial.config.dataset:
            raise ConfigError(
                key="dataset",
                problem=f"two data sets in this sweep are called {trial.task}",
                fix="write conf/dataset/NAME.yaml for each, or sweep them one after the other with name=...",
            )


def _tasks(trials: Iterable[Trial]) -> dict[str, Task]:
    """The task of each name; pooled ones that differ in how many images are added share one."""
    tasks: dict[str, Task] = {}
    decoded: list[tuple[Dataset | Pooled, Task]] = []
    for trial in trials:
        if trial.task in tasks:
            continue
        dataset = trial.config.dataset
        source = dataset.decoded_as if isinstance(dataset, Pooled) else dataset
        task = next((task for other, task in decoded if other == source), None)
        tasks[trial.task] = load(trial, task)
        decoded.append((source, tasks[trial.task]))
    return tasks


def load(trial: Trial, decoded: Task | None = None) -> Task:
    """Decode the trial's task, from the cache where that holds it, and check that it has the images to be added.

    decoded: the task, where it has been decoded before.
    """
    config = trial.config
    torch.set_num_threads(config.threads)  # the last bits of generated images depend on it
    with Decoding(trial.task) as tell:
        task = decoded or load_task(config.dataset, Path(config.cache).expanduser(), tell)
    added_rows(config.dataset, task, config.seed)  # raises where there are not as many
    return task


def added_rows(dataset: Dataset | Pooled, task: Task, seed: int) -> tuple[int, ...]:
    """The images of other sources that a trial of this seed is trained on beside its subset of the base."""
    counts = dataset.k if isinstance(dataset, Pooled) else ()
    return tuple(
        row
        for place, count in enumerate(counts, start=1)
        for row in draw_added(task.pool_of(place), count, seed, task.form.sources[place])
    )


def check_consistent(plan: Plan, stored: Iterable[Json], config_of: Callable[[str], Json]) -> None:
    """Refuse to mix two contents of a data set, or two values of an option, in one curve, old trials included.

    stored: finished trials of the study, with their ids, names and hashes.  config_of: the config in a trial's record;
    it is asked once a curve.
    """
    before: dict[tuple[str, ...], Json] = {}
    for record in stored:
        before.setdefault(curve_of(record), record)
    identities = Identities()
    settings: dict[tuple[str, ...], Json] = {}
    compared: set[tuple[object, ...]] = set()
    for planned in plan.trials:
        curve, now = planned.trial.curve, identities.science(planned.trial.config)
        same = (id(now[group]) for group in ("protocol", "model", "augment"))  # few: trials share them
        parts = (curve, *same, *planned.trial.config.ways)
        if parts in compared:
            continue
        compared.add(parts)
        first = before.get(curve)
        if first and first["dataset_hash"] != plan.tasks[planned.trial.task].content_hash:
            raise _mixed(planned.trial, "dataset", "of another content of the data set", "go back to the files it had")
        if curve not in settings:
            settings[curve] = config_of(first["id"]) if first else now
        if changed := differences(settings[curve], now):
            changes = "; ".join([*map(str, changed[:_TOLD]), *["..."] * (len(changed) > _TOLD)])
            raise _mixed(planned.trial, changed[0].option, f"made with other options ({changes})", changed[0].undone)


def _mixed(trial: Trial, key: str, difference: str, fix: str) -> ConfigError:
    return ConfigError(
        key=key,
        file=trial.config.output,
        problem=f"the curve {' / '.join(trial.curve)} already holds trials {difference}",
        fix=f"give this study another folder with name=..., or {fix}",
    )


def remember(plan: Plan, store: Store, facts: Json) -> None:
    """Add what was asked for to the study's plan, with facts of the command: its text, the tracker.

    All trials, whatever share of them is run here: so that the pieces of all shards are one piece when they are merged.
    """
    if plan.shard is not None:
        facts = {**facts, "command": with_shard(facts["command"], plan.shard), KEY: str(plan.shard)}
    store.add_plan({**facts, "skipped": list(plan.skipped), "trials": [planned.asked() for planned in plan.asked]})
