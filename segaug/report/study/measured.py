"""What the trials of a study have measured: the quantities that its figures and tables show, and those they lack."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from segaug.measures import MEASURES, Quantity, cross_entropy, quantities, quantity, stem_of
from segaug.report.study.measure import Json, Measure


@dataclass(frozen=True, eq=False)
class Measured:
    """The measures of a study's tasks, each as it is drawn."""

    metric: str | None  # error that the laws are fitted to; None: the cross-entropy of each task
    tasks: Sequence[str]
    records: Sequence[Json]
    converged: Sequence[Json]

    @cached_property
    def structures(self) -> Mapping[str, tuple[str, ...]]:
        """Task -> what its networks segment; one without a name where no record says it."""
        return dict.fromkeys(self.tasks, ("",)) | {
            record["task"]: tuple(record["structure_names"]) for record in self.records
        }

    def fitted_of(self, task: str) -> Measure:
        """What the laws of a task are fitted to."""
        what = quantity(self.metric) if self.metric else cross_entropy(len(self.structures[task]))
        return self._drawn(what, error=True)

    def cross_entropy_of(self, task: str) -> Measure:
        """What the networks of a task are trained by if nothing else is said."""
        return self._drawn(cross_entropy(len(self.structures[task])))

    @cached_property
    def fitted(self) -> tuple[Measure, ...]:
        """What the laws are fitted to, of all tasks together, in the order of the list."""
        return tuple(sorted(set(map(self.fitted_of, self.tasks)), key=_place))

    @property
    def name(self) -> str:
        """Of what the laws are fitted to."""
        first, *others = [measure.name for measure in self.fitted]
        return " or ".join((first, *(name.removeprefix("test ") for name in others)))

    @property
    def unit(self) -> str:
        """Of what the laws are fitted to."""
        return " or ".join(dict.fromkeys(measure.unit for measure in self.fitted))

    @property
    def axis(self) -> str:
        """Name with unit of what the laws are fitted to, where tasks share an axis."""
        return f"{self.name} [{self.unit}]"

    @property
    def meaning(self) -> str:
        """What the laws are fitted to, in a clause."""
        if len(self.fitted) == 1:
            return self.fitted[0].meaning
        return "; ".join(f"{measure.quantity.words}: {measure.meaning}" for measure in self.fitted)

    @property
    def stem(self) -> str:
        """What the laws are fitted to, in names of files."""
        return "_".join(stem_of(measure.quantity.error) for measure in self.fitted)

    def of(self, task: str) -> tuple[Measure, ...]:
        """What the converged trials of a task have measured, its structures together."""
        return tuple(measure for measure in self._all[task] if not measure.quantity.structure)

    def of_structures(self, task: str) -> Mapping[str, tuple[Measure, ...]]:
        """Key of a measure -> the same for each structure of a task; empty where there is one structure."""
        by_measure: dict[str, list[Measure]] = defaultdict(list)
        for measure in self._all[task]:
            if measure.quantity.structure:
                by_measure[measure.quantity.measure.key].append(measure)
        return {key: tuple(measures) for key, measures in by_measure.items()}

    def alike(self, task: str, measure: Measure) -> tuple[Measure, ...]:
        """Those of a task that share the range of a measure, itself among them."""
        return (measure, *(other for other in self._all[task] if other.scale == measure.scale and other != measure))

    @cached_property
    def everywhere(self) -> tuple[Measure, ...]:
        """What the tasks have measured, each once, in the order of the list; structures together."""
        measures = {measure for task in self.tasks for measure in self.of(task)}
        return tuple(sorted(measures, key=_place))

    @cached_property
    def errors(self) -> tuple[Measure, ...]:
        """Errors that are known and above 0 in every converged trial of the tasks that have them."""
        errors = []
        for measure in self.everywhere:
            error = self._drawn(measure.quantity, error=True)
            tasks = {task for task in self.tasks if measure in self.of(task)}
            if all((error.of(record) or 0) > 0 for record in self.converged if record["task"] in tasks):
                errors.append(error)
        return tuple(errors)

    @cached_property
    def lacking(self) -> list[str]:
        """Measures that converged trials do not have, and how many trials lack each."""
        counts: dict[str, int] = defaultdict(int)
        for record in self.converged:
            for what in quantities(self.structures[record["task"]]):
                if not what.structure and self._drawn(what).of(record) is None:
                    counts[what.words] += 1
        return [f"{words} ({_trials(count, len(self.converged))})" for words, count in counts.items()]

    @cached_property
    def _all(self) -> Mapping[str, tuple[Measure, ...]]:
        return {task: tuple(self._of(task)) for task in self.tasks}

    def _of(self, task: str) -> Iterator[Measure]:
        records = [record for record in self.converged if record["task"] == task]
        for measure in map(self._drawn, quantities(self.structures[task])):
            if any(measure.of(record) is not None for record in records):
                yield measure

    def _drawn(self, what: Quantity, *, error: bool = False) -> Measure:
        unit = self._units.get(what.measure.key, what.measure.unit)
        return Measure(what, unit, error=error and what.measure.better == "higher")

    @cached_property
    def _units(self) -> Mapping[str, str]:
        """Key of a measure -> its unit, for those that have one or the other: their records say which."""
        either = (measure.key for measure in MEASURES if " or " in measure.unit)
        by_measure = {
            key: sorted({record["units"][key] for record in self.records if key in record["units"]}) for key in either
        }
        return {key: "/".join(units) for key, units in by_measure.items() if units}


def _place(measure: Measure) -> int:
    return MEASURES.index(measure.quantity.measure)


def _trials(count: int, of: int) -> str:
    return "no trial has it" if count == of else f"{count:,} of {of:,} trials lack it"
