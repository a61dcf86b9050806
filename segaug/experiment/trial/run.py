"""Run one trial, from its plan to its record."""

import math

import torch
from torch import nn

from segaug.augment.strategy import Prepared
from segaug.data.pooled import Pooled
from segaug.data.pooled_overlaps import shared_patients
from segaug.data.task import Dataset, Task
from segaug.experiment.artefacts.store import store_of
from segaug.experiment.config.identity import protocol_hash, science
from segaug.experiment.machine.devices import device_of
from segaug.experiment.machine.run_facts import run_facts
from segaug.experiment.machine.stop import SafePoint, nothing_to_stop
from segaug.experiment.planned.allowed import seen_rows, trial_context
from segaug.experiment.planned.network import starting_network
from segaug.experiment.planned.parts import Parts, parts_of
from segaug.experiment.planned.plan import Planned
from segaug.experiment.planned.pools import pool_size
from segaug.experiment.trial.diagnostics import Show, diagnostics_of, nobody_looks, predictions_of
from segaug.experiment.trial.evaluation import (
    Scores,
    WeightScores,
    details_of,
    recalibrated,
    reference,
    score,
    truth_of,
)
from segaug.experiment.trial.image_counts import image_counts
from segaug.experiment.trial.learned import Learned
from segaug.experiment.trial.sources import seen_of, sources_of
from segaug.experiment.trial.strength import strength
from segaug.experiment.trial.ways import Judged, Scored, score_ways
from segaug.results.pooled import told_shared
from segaug.results.record import SCHEMA
from segaug.results.store import Json
from segaug.rng import stream_seed
from segaug.training.fit import Trained, fit
from segaug.training.stopwatch import Stopwatch
from segaug.training.weights import Weights


def run_trial(
    planned: Planned, task: Task, safe_point: SafePoint = nothing_to_stop, show: Show = nobody_looks
) -> tuple[Json, Weights]:
    """Train and test; returns the record (without its checksum) and the best weights.

    safe_point is called between updates, and wherever else the trial may be ended from outside: it raises to do so.
    show: is given the predictions, where the protocol asks for diagnostics.
    """
    config = planned.trial.config
    torch.set_num_threads(config.threads)
    device = device_of(config.device)
    watch = Stopwatch(device)
    with watch("other"):
        with watch("data"):
            parts = parts_of(planned, task, device)
        seed = stream_seed(config.seed, "weights", planned.size)
        network = starting_network(config, task.form, parts.subset, seed).to(device)
        with watch("prepare"):
            learned = Learned(store_of(config).obtain, safe_point)
            safe_point = learned.safe_point
            context = trial_context(config, parts, task, watch, learned.obtain, safe_point)
            prepared = config.augment.prepare(context)
            subset = config.augment.training_set(parts.subset, prepared)
        trained = fit(
            network, config.augment, prepared, subset, parts.validation, config.protocol, config.seed, watch,
            context.allowed, safe_point, labelled=len(parts.subset), validation_patients=parts.validation_patients,
            sources=len(task.form.sources),
        )  # fmt: skip
        trained.best.load(network, config.augment, prepared)
        with watch("prepare"):
            window = config.protocol.window(len(task.form.size))
            measured = strength(config.augment, prepared, parts.subset, config.seed, window)
        with watch("network"):
            layers = diagnostics_of(network, parts.test, window) if config.protocol.diagnostics else None
            scores, added = _scores(planned, task, network, prepared, trained, parts, safe_point)
            judged = Judged(network, config.augment, prepared, config.protocol, task, parts, config.seed)
            ways = _ways(config.ways, judged, trained, scores, safe_point)
        record = _record(planned, task, parts, trained, scores, sum(p.numel() for p in network.parameters()))
        if len(config.ways) > 1:
            record |= {"ways": {way: ways[way].block(judged, way) if ways else None for way in config.ways}}
        record |= sources_of(task, parts, trained.presentations, scores, added)
        if config.protocol.diagnostics:
            record |= {"diagnostics": layers if scores else None}
            if scores:
                show(predictions_of(parts.test, scores["best"]))
        seen = seen_rows(config.augment, task, parts.rows, parts.validation is not None)
        record |= {"images": image_counts(seen, len(parts.rows), trained, config.augment.bank(prepared))}
        record |= {"augmentation": measured, "learned": learned.facts()}
        record |= {"patches": trained.patches.facts()} if trained.patches else {}
        trained.last.load(network, config.augment, prepared)
        record |= config.augment.facts(prepared, trained.best.strategy)
    record["run"] = {
        **run_facts(watch.seconds, device),
        "learning_cpu_seconds": learned.cpu_seconds,
        "learning_cpu_seconds_each": learned.cpu_seconds_each,
        **({"seconds_per_image": {way: scored.seconds_per_image for way, scored in ways.items()}} if ways else {}),
    }
    return record, trained.best


def _scores(
    planned: Planned,
    task: Task,
    network: nn.Module,
    prepared: Prepared,
    trained: Trained,
    parts: Parts,
    safe_point: SafePoint,
) -> tuple[WeightScores | None, list[WeightScores]]:
    """Scores of the best and the last weights on the test set, and on that of each other source.

    None if the trial diverged, at whatever point; of the others there are none then.
    """
    if trained.stopped == "diverged":
        return None, []
    strategy, window = planned.trial.config.augment, planned.trial.config.protocol.window(len(task.form.size))
    rows = (task.split.test, *task.added_tests)
    tests = [parts.test, *(task.batch(added).to(parts.test.image.device) for added in task.added_tests)]
    truths = [truth_of(task, *each) for each in zip(rows, tests, strict=True)]
    found: dict[str, list[Scores]] = {}
    for name in ("best", "last"):
        safe_point()
        if name == "last" and trained.best_update == trained.updates:
            found[name] = found["best"]
            continue
        getattr(trained, name).load(network, strategy, prepared)
        fitted = recalibrated(network, parts.validation, window)
        found[name] = [score(network, fitted, *each, window) for each in zip(tests, truths, strict=True)]
    base, *added = [dict(zip(found, each, strict=True)) for each in zip(*found.values(), strict=True)]
    return (base, added) if all(each.finite for each in base.values()) else (None, [])


def _ways(
    ways: tuple[str, ...],
    judged: Judged,
    trained: Trained,
    scores: WeightScores | None,
    safe_point: SafePoint,
) -> dict[str, Scored]:
    """The best weights by each way of predicting; nothing where only the plain one is asked for, or it diverged."""
    if len(ways) == 1 or scores is None:
        return {}
    trained.best.load(judged.network, judged.strategy, judged.prepared)
    return score_ways(judged, ways, safe_point)


def _record(
    planned: Planned, task: Task, parts: Parts, trained: Trained, scores: dict[str, Scores] | None, parameters: int
) -> Json:
    config = planned.trial.config
    pool = pool_size(task, config.protocol.count)
    best = scores["best"] if scores else None
    return {
        "schema": SCHEMA,
        **planned.key(),
        "status": "ok" if scores else "diverged",
        "config": science(config),
        "dataset_hash": task.content_hash,
        "protocol_hash": protocol_hash(config),
        "labels": {"training": len(parts.rows), "validation": len(parts.validation) if parts.validation else 0},
        "subset": {
            "ids": [task.ids[row] for row in parts.rows],
            "patients": len({task.patients[row] for row in parts.rows}),
            "pool": pool,
            "overlap": 2 * planned.size > pool,
        },
        "form": task.form.facts(),
        "sees": list(config.augment.sees),
        "saw": {
            part: seen_of(task, rows)
            for part, rows in seen_rows(config.augment, task, parts.rows, parts.validation is not None).items()
        },
        "test": {part: score.means() for part, score in scores.items()} if scores else None,
        **details_of(task, task.split.test, best),
        **reference(task, parts.rows, parts.validation),
        "history": {name: [_or_null(value) for value in values] for name, values in trained.history.columns().items()},
        "training": {
            "updates": trained.updates,
            "epochs": trained.epochs,
            "images": trained.images,
            "batch_size": min(config.protocol.batch_size, trained.images),
            "parameters": parameters,
            "best_update": trained.best_update,
            "stopped": trained.stopped,
        },
        "warnings": _warnings(planned, task, pool, parts),
    }


def _or_null(value: float) -> float | None:
    return value if math.isfinite(value) else None  # JSON has no NaN


def _shared(dataset: Dataset | Pooled) -> list[tuple[str, str]]:
    return shared_patients(dataset.sources) if isinstance(dataset, Pooled) else []


def _warnings(planned: Planned, task: Task, pool: int, parts: Parts) -> list[str]:
    found = [told_shared(*pair) for pair in _shared(planned.trial.config.dataset)]
    shown = parts.subset.shown.flatten(2).any(2).any(0).tolist()
    if missing := [name for name, is_there in zip(task.form.structures, shown, strict=True) if not is_there]:
        found.append(f"no training image shows {' or '.join(missing)}")
    if 2 * planned.size > pool:
        found.append(f"N = {planned.size} is more than half of the pool of {pool}: the subsets of two seeds overlap")
    if parts.validation is None:
        found.append("no validation labels: the last weights are reported, without recalibration")
    return found
