"""What a reader needs to repeat the study and its fits, filled in from records and from the code that fitted them.

The questions are those of the checklist of Li et al., arXiv 2502.18969: form, training, data collection, fitting.
"""

from collections.abc import Iterable
from statistics import median

from segaug.analysis.comparison.compare import BASELINE
from segaug.analysis.curves.reporting import METHOD, reproducibility
from segaug.report.blocks.tables import Table
from segaug.report.data.provenance import flatten
from segaug.report.study.measure import Measure
from segaug.report.study.study import Study, collect

_METHOD_WORDS = {  # key of METHOD -> what the checklist calls it, in its order
    "loss": "loss",
    "weights": "weights",
    "solver": "solver",
    "initial_values": "initial values",
    "bounds_b": "bounds of b",
    "intervals": "intervals",
    "level": "level",
    "stated": "level of what is stated",
    "lack_of_fit": "goodness of fit",
    "extrapolation": "extrapolation",
    "published_fit": "published fit beside it",
}
_HASH = 16  # letters of a content hash that are shown
Rows = Iterable[tuple[str, str]]


def checklist_table(study: Study) -> Table:
    """Every item with its answer."""
    parts = {"form": _form(study), "training": _training(study), "data": _data(study), "fit": _fit(study)}
    rows = tuple((part, item, answer) for part, answers in parts.items() for item, answer in answers)
    return Table(
        "Everything that a paper about these curves has to report, after the checklist of Li et al. (arXiv "
        "2502.18969).\nFilled in from the records and from the constants of the code that fitted them.",
        ("part", "item", "this study"),
        tuple(
            (part if index == 0 or rows[index - 1][0] != part else "", *rest)
            for index, (part, *rest) in enumerate(rows)
        ),
    )


def _form(study: Study) -> Rows:
    yield "law", str(METHOD["form"])
    yield "variables", f"N: labelled training {study.counted}; E: {study.measured.name}, {study.measured.meaning}"
    yield "curves", f"one for each task, model and strategy: {len(study.fits)}, {len(study.laws)} of them with a law"


def _training(study: Study) -> Rows:
    yield "models", "; ".join(_parameters(study, model) for model in study.models)
    yield "strategies", ", ".join(study.strategies)
    yield "optimiser, schedule, budget", f"the resolved protocol, hash {_distinct(study, 'protocol_hash')}"
    yield "updates of a trial", _span(record["updates"] for record in study.trained)
    yield "data sets", "; ".join(_hashes(study, task) for task in study.tasks)
    yield "sizes N", ", ".join(map(str, study.sizes))
    yield "seeds per cell", _seeds(study)
    yield (
        "subsets",
        _distinct(study, "subset_policy"),
    )
    yield "validation labels", f"{_span(record['validation_labels'] for record in study.trained)}, beside N"


def _data(study: Study) -> Rows:
    yield (
        "metric",
        f"{_errors(study.measured.fitted)}, of the weights that were best on validation; one value a trial",
    )
    yield "test set", "; ".join(_test_set(study, task) for task in study.tasks)
    yield (
        "metrics beside it",
        _errors(measure for measure in study.measured.everywhere if measure not in study.measured.fitted),
    )
    yield "trials", f"{len(study.trained):,} finished of {len(study.trials):,}"
    yield "left out", _left_out(study)


def _fit(study: Study) -> Rows:
    yield from ((words, _words(METHOD[name])) for name, words in _METHOD_WORDS.items())
    yield (
        "comparison",
        f"against {BASELINE}, ratios of expected errors, paired t test over seeds, Holm's correction, sign flips",
    )
    yield from (
        (key.replace("_", " ").replace(".", " of "), text) for key, text in flatten(reproducibility(study.fits))
    )
    yield from _versions(study)


def _errors(measures: Iterable[Measure]) -> str:
    return ", ".join(measure.quantity.error for measure in measures) or "none"


def _parameters(study: Study, model: str) -> str:
    counts = {record["parameters"] for record in study.trained if record["model"] == model}
    return f"{model} ({_span(counts)} parameters)"


def _hashes(study: Study, task: str) -> str:
    hashes = sorted({record["dataset_hash"][:_HASH] for record in study.trained if record["task"] == task})
    return f"{task} (content {', '.join(hashes)})"


def _seeds(study: Study) -> str:
    counts = [len(cell) for cell in collect(study.ok, "task", "model", "strategy", "size").values()]
    return f"{_span(counts)} converged, median {median(counts):g}" if counts else "none converged"


def _test_set(study: Study, task: str) -> str:
    cases = {record["test_cases"] for record in study.ok if record["task"] == task and record["test_cases"]}
    patients = {
        components.patients
        for curve in study.fits
        if curve.task == task
        for components in curve.components
        if components.patients is not None
    }
    return (
        f"{task} {_span(cases)} cases of {_span(patients)} patients" if cases and patients else f"{task}: not recorded"
    )


def _left_out(study: Study) -> str:
    skipped = len(study.plan["skipped"])
    return (
        f"{len(study.diverged):,} diverged (one rule for all strategies, see Divergence), {len(study.failures):,} "
        f"failed, {len(study.missing):,} missing; nothing is imputed; {skipped} size{'' if skipped == 1 else 's'} "
        "above a pool skipped"
    )


def _versions(study: Study) -> Rows:
    versions = (record["versions"] for record in study.trained)
    by_name: dict[str, set[str]] = {}
    for of_trial in versions:
        for name, version in of_trial.items():
            by_name.setdefault(name, set()).add(version)
    for name in sorted(by_name):
        yield f"trials ran with {name}", ", ".join(sorted(by_name[name]))


def _distinct(study: Study, key: str) -> str:
    return ", ".join(sorted({record[key] for record in study.trained}))


def _words(value: object) -> str:
    return " to ".join(f"{end:g}" for end in value) if isinstance(value, list) else str(value)


def _span(values: Iterable[int]) -> str:
    distinct = set(values)
    return f"{min(distinct):,}" if len(distinct) == 1 else f"{min(distinct):,} to {max(distinct):,}"
