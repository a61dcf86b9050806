"""All that the report shows of one study, read once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple, TypeVar

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.curves.fitting import fit_measured
from segaug.analysis.law.fit import Fit
from segaug.analysis.trials.measured import measured
from segaug.analysis.trials.table import study_trials, with_unfinished
from segaug.errors import DataError
from segaug.measures import quantity
from segaug.report.look.palette import in_order
from segaug.report.study.measure import Json, Measure
from segaug.report.study.measured import Measured
from segaug.results.keys import curve_of
from segaug.results.planned import planned
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store
from segaug.results.trial_columns import Trial, read_trials
from segaug.ways import PLAIN

AnyTrial = TypeVar("AnyTrial", bound=Json)  # finished, failed or planned: each has task, model, strategy, size and seed


class Seed(NamedTuple):
    """One trial on a panel."""

    size: int
    seed: int
    trial: str
    value: float


@dataclass(frozen=True, eq=False)
class Study:
    """Trials, failures and plan of a study, with its fitted curves."""

    folder: Path
    metric: str | None  # error that the curves are fitted to; None: the cross-entropy of each task
    records: tuple[Trial, ...]  # of every finished trial and way what `trial_columns` has, converged or not
    failures: tuple[Json, ...]
    plan: Json  # without its trials
    missing: tuple[Json, ...]  # planned trials that have neither a record nor a failure
    planned: int  # trials in all
    fits: tuple[CurveFit, ...]
    converged: frozenset[str]  # ids, by the rule of `analysis.divergence`
    snapshot: Snapshot  # of the records, for what few figures need
    ranges: dict[tuple[Measure, str], tuple[float, float]] = field(default_factory=dict)  # see `scales`

    @property
    def name(self) -> str:
        """The study folder's name."""
        return self.folder.resolve().name

    @cached_property
    def measured(self) -> Measured:
        """What the trials have measured, and what the laws are fitted to."""
        return Measured(self.metric, self.tasks, self.trained, self.trained_ok)

    @cached_property
    def trained(self) -> tuple[Trial, ...]:
        """The records once each: what tells of training is the same by every way of predicting."""
        return tuple(record for record in self.records if record["way"] == PLAIN)

    @cached_property
    def trained_ok(self) -> tuple[Trial, ...]:
        """Of these the trials that converged."""
        return tuple(record for record in self.trained if record["id"] in self.converged)

    @cached_property
    def ok(self) -> tuple[Trial, ...]:
        """Trials that converged."""
        return tuple(record for record in self.records if record["id"] in self.converged)

    @cached_property
    def diverged(self) -> tuple[Trial, ...]:
        """Trials that did not."""
        return tuple(record for record in self.trained if record["id"] not in self.converged)

    def diverged_of(self, task: str, model: str, strategy: str) -> list[Trial]:
        """Those of one curve, and of its way of predicting."""
        of_curve = (trial for trial in self.records if curve_of(trial) == (task, model, strategy))
        return [trial for trial in of_curve if trial["id"] not in self.converged]

    @cached_property
    def trials(self) -> tuple[Json, ...]:
        """Every trial that was planned, done or tried; each has task, model, strategy, size and seed."""
        return (*self.trained, *self.failures, *self.missing)

    @cached_property
    def tasks(self) -> list[str]:
        """Names, sorted."""
        return sorted({trial["task"] for trial in self.trials})

    @cached_property
    def models(self) -> list[str]:
        """Names, sorted."""
        return sorted({trial["model"] for trial in self.trials})

    @cached_property
    def strategies(self) -> list[str]:
        """Names, in the order of the palette."""
        return in_order(trial["strategy"] for trial in (*self.trials, *self.records))

    @cached_property
    def sizes(self) -> list[int]:
        """All N, ascending."""
        return sorted({trial["size"] for trial in self.trials})

    @cached_property
    def counted(self) -> str:
        """What N counts: "images", or "patients" where the protocol says so."""
        return " or ".join(sorted({trial["count"] for trial in self.records}))

    @cached_property
    def groups(self) -> list[tuple[str, str]]:
        """Every (task, model) with at least one record."""
        return sorted({(record["task"], record["model"]) for record in self.records})

    @cached_property
    def fitted_groups(self) -> list[tuple[str, str]]:
        """Those with a curve: some trial has measured what the laws are fitted to."""
        return [group for group in self.groups if self.curves_of(*group)]

    @cached_property
    def by_group(self) -> Mapping[tuple[str, str], list[Trial]]:
        """Finished trials by (task, model)."""
        return collect(self.records, "task", "model")

    def curves_of(self, task: str, model: str) -> dict[str, CurveFit]:
        """Strategy -> its curve, in palette order; also one without a law or without a converged trial."""
        curves = {curve.strategy: curve for curve in self.fits if (curve.task, curve.model) == (task, model)}
        return {strategy: curves[strategy] for strategy in in_order(curves)}

    @cached_property
    def laws(self) -> list[tuple[CurveFit, Fit]]:
        """Every curve that has a law, with it: by task, model, and strategy in palette order."""
        curves = (curve for group in self.groups for curve in self.curves_of(*group).values())
        return [(curve, curve.fit) for curve in curves if curve.fit is not None]

    def laws_of(self, task: str, model: str) -> dict[str, Fit]:
        """Strategy -> its law, in palette order; without the curves that have none."""
        return {curve.strategy: fit for curve, fit in self.laws if (curve.task, curve.model) == (task, model)}

    def title(self, task: str, model: str) -> str:
        """Of a panel: the model only where there are several."""
        return task if len(self.models) == 1 else f"{task} · {model}"

    def seeds(self, measure: Measure, task: str, model: str) -> dict[str, list[Seed]]:
        """Strategy -> its converged trials with a value, by size and seed; in palette order."""
        return _seeds(self, measure, task, model)


def load_study(folder: Path, metric: str | None = None) -> Study:
    """Read a study folder and fit its curves; metric: a measure or its error, None for each task's cross-entropy.

    Raises DataError where no trial has finished yet, ConfigError where none has measured the metric.
    """
    error = quantity(metric, "--metric").error if metric else None
    store = Store(folder)
    snapshot, failures = Snapshot(folder), store.failures()
    records = read_trials(snapshot)
    if not records:
        raise DataError(
            file=folder,
            problem=f"holds no finished trial ({len(failures)} failed)",
            fix="run the study first; `segaug status` shows what went wrong",
        )
    plan, table = store.plan(), study_trials(snapshot)
    asked = plan.pop("trials")
    known = {trial["id"] for trial in (*records, *failures)}
    missing = tuple(trial for trial in asked if trial["id"] not in known)
    whole = with_unfinished(table, planned(asked, failures))
    count = len(asked)
    del asked  # 600 bytes each
    fits = fit_measured(snapshot, measured(whole, error))
    converged = frozenset(table.loc[table["status"] == "ok", "id"])
    return Study(folder, error, records, tuple(failures), plan, missing, count, tuple(fits), converged, snapshot)


@lru_cache(maxsize=16)  # each panel of a single curve asks for those of its group, and for the baseline's
def _seeds(study: Study, measure: Measure, task: str, model: str) -> dict[str, list[Seed]]:
    by_strategy: dict[str, list[Seed]] = defaultdict(list)
    for record in study.by_group.get((task, model), ()):
        value = measure.of(record)
        if record["id"] in study.converged and value is not None:
            by_strategy[record["strategy"]].append(Seed(record["size"], record["seed"], record["id"], value))
    return {strategy: sorted(by_strategy[strategy]) for strategy in in_order(by_strategy)}


def collect(trials: Iterable[AnyTrial], *keys: str) -> dict[Any, list[AnyTrial]]:
    """Group trials by the values of some of their keys; one key gives plain values, more give tuples."""
    groups: dict[Any, list[AnyTrial]] = defaultdict(list)
    for trial in trials:
        groups[tuple(trial[key] for key in keys) if len(keys) > 1 else trial[keys[0]]].append(trial)
    return dict(groups)


def values_by_size(values: Iterable[tuple[int, float | None]]) -> dict[int, list[float]]:
    """Size -> its values, ascending in size; None is left out."""
    by_size: dict[int, list[float]] = defaultdict(list)
    for size, value in values:
        if value is not None:
            by_size[size].append(value)
    return {size: by_size[size] for size in sorted(by_size)}


def mean_by_size(values: Iterable[tuple[int, float | None]]) -> dict[int, float]:
    """Size -> mean of its values, ascending in size; None is left out."""
    return {size: fmean(own) for size, own in values_by_size(values).items()}
