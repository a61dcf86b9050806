"""The trials themselves: where their time went, and why some failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from segaug.report.blocks.tables import Table
from segaug.report.study.study import Json, Study, collect
from segaug.results.detail_row import PHASES


def time_table(study: Study) -> Table:
    """Where the time of a trial goes."""
    order = {name: index for index, name in enumerate(study.strategies)}
    groups = collect(study.trained, "task", "model", "strategy")
    curves = sorted(groups, key=lambda curve: (*curve[:2], order[curve[2]]))
    return Table(
        "Mean seconds of one trial, and share of its total. Hours: all finished trials together.",
        ("task", "model", "strategy", *(f"{phase} [s]" for phase in (*PHASES, "total")), "all trials [h]"),
        tuple((*curve, *_times(groups[curve])) for curve in curves),
        strategy_column=2,
        number_columns=frozenset(range(3, 10)),
    )


@dataclass(frozen=True)
class Failure:
    """One error and the trials that it stopped."""

    error: str
    traceback: str  # of the first trial
    trials: tuple[str, ...]


def failures(study: Study) -> list[Failure]:
    """Failures by error, the most frequent first."""
    groups = collect(study.failures, "error")
    return [
        Failure(error, group[0]["traceback"], tuple(map(_trial, group)))
        for error, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def _trial(trial: Json) -> str:
    return f"{trial['task']} · {trial['model']} · {trial['strategy']} · N = {trial['size']} · seed {trial['seed']}"


def hours(study: Study) -> str:
    """Time of all finished trials; a trial on the CPU runs on one core."""
    devices = {record["device"] for record in study.trained}
    spent = sum(record["seconds"] for record in study.trained) / 3600
    return f"{spent:,.1f} {'core' if devices == {'cpu'} else 'device'}-hours"


def _times(trials: Sequence[Json]) -> tuple[str, ...]:
    total = sum(trial["seconds"] for trial in trials)
    means = {phase: fmean(trial[f"seconds_{phase}"] or 0.0 for trial in trials) for phase in PHASES}
    shares = (f"{mean:.1f} ({100 * mean * len(trials) / total:.0f} %)" for mean in means.values())
    return (*shares, f"{total / len(trials):.1f}", f"{total / 3600:.2f}")
