"""Scores of a trained network on the test set, and of what it has to beat there."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn

from segaug import metrics
from segaug.batch import Batch
from segaug.data.task import Task
from segaug.known import known_pixels
from segaug.measures import quantity
from segaug.metrics import Prediction, Recalibration, Truth
from segaug.metrics.cases import Array
from segaug.models.inference import Window, logits_of
from segaug.results.store import Json

Number = TypeVar("Number", int, float)


@dataclass(frozen=True)
class Scores:
    """What one set of weights scores on the test set, by the keys of `segaug.measures`."""

    prediction: Prediction
    values: dict[str, Array | None]  # one a case or patient; None: not measured
    recalibration: Recalibration | None  # None without validation labels

    @property
    def finite(self) -> bool:
        """Is every mean a number?"""
        return all(math.isfinite(value) for value in self.means().values() if value is not None)

    def means(self) -> Json:
        """Means over the test cases or patients."""
        return {key: None if values is None else float(values.mean()) for key, values in self.values.items()}

    def cases(self) -> Json:
        """The record's "cases" and "patient_cases": one value a test case, and a patient."""
        patients, of_patients = self.prediction.truth.patients, self._units("patient")
        measured = any(values is not None for values in of_patients.values())
        return {
            "cases": {"patients": list(patients), **self._units("image")},
            "patient_cases": {"patients": metrics.patients_of(patients), **of_patients} if measured else None,
        }

    def facts(self) -> Json:
        """What the numbers do not say: units, what had no outline to measure, how the logits were recalibrated."""
        fitted = self.recalibration
        told = None if fitted is None else {"scale": fitted.scale, "offset": _plain(fitted.offset)}
        counts = {
            name: _plain(value) if isinstance(value, tuple) else value
            for name, value in vars(self.prediction.mask_counts).items()
        }
        return {**self.prediction.surfaces.facts(), "masks": counts, "recalibration": told}

    def _units(self, unit: str) -> Json:
        """One value an image or a patient."""
        chosen = {key: values for key, values in self.values.items() if quantity(key).measure.per == unit}
        return {key: None if values is None else values.tolist() for key, values in chosen.items()}


WeightScores = dict[str, Scores]  # of the "best" weights, and of the "last"


def details_of(task: Task, rows: Sequence[int], best: Scores | None) -> Json:
    """What the best weights score on each test case, of these rows of the task; null where the trial diverged."""
    if best is None:
        return dict.fromkeys(("cases", "patient_cases", "hd95", "masks", "recalibration"))
    found = best.cases()
    found["cases"] = {"ids": [task.ids[row] for row in rows], **found["cases"]}
    return {**found, **best.facts()}


def truth_of(task: Task, rows: Sequence[int], batch: Batch) -> Truth:
    """What predictions on a test set are judged by; batch: these rows of the task, on the device of the trial."""
    patients = [task.patients[row] for row in rows]
    return Truth(batch.label, batch.spacing_mm, patients, task.form.structures, batch.ignored)


def recalibrated(network: nn.Module, validation: Batch | None, window: Window = None) -> Recalibration | None:
    """What makes the logits right on validation; None without validation labels."""
    if validation is None:
        return None
    return recalibration_on(logits_of(network, validation.image, window=window), validation)


def recalibration_on(logits: Tensor, validation: Batch) -> Recalibration:
    """Fitted to logits of the validation images, all their known pixels counting alike."""
    pixels = known_pixels(logits, validation.label) if validation.ignored else (logits, validation.label)
    return metrics.fit_recalibration(*pixels)


def score(
    network: nn.Module, recalibration: Recalibration | None, test: Batch, truth: Truth, window: Window = None
) -> Scores:
    """Predict the test set by the network alone."""
    return scores_of(logits_of(network, test.image, window=window), recalibration, truth)


def scores_of(logits: Tensor, recalibration: Recalibration | None, truth: Truth) -> Scores:
    """Of the logits of all images of a test set, (B, K, H, W)."""
    prediction = metrics.of_logits(logits, truth, recalibration)
    return Scores(prediction, metrics.measure(prediction), recalibration)


def reference(task: Task, subset: tuple[int, ...], validation: Batch | None) -> Json:
    """Test scores of predictions that never look at a test image, and the shares of the structures behind them.

    validation: the labels that the mean training mask is recalibrated on, as a network is; None: it is not.
    """
    test = task.batch(task.split.test)
    truth, pool, ignored = truth_of(task, task.split.test, test), task.batch(task.pool_of(0)), test.ignored
    shares = {name: metrics.structure_shares(each.label, ignored) for name, each in (("pool", pool), ("test", test))}
    of_pool = metrics.cross_entropy_of_probability(metrics.constant(shares["pool"]), test.label, ignored)
    name = "ce" if task.form.several else "bce"
    found = {
        f"constant_{name}": metrics.best_constant(shares["test"]),
        f"constant_pool_{name}": of_pool.mean().item(),
        **_of_atlas(metrics.atlas(task.batch(subset).label, ignored), truth, validation),
    }
    return {"reference": found, "foreground": {part: _plain(tuple(share)) for part, share in shares.items()}}


def _of_atlas(atlas: Tensor, truth: Truth, validation: Batch | None) -> Json:
    """Every measure that has the mean training mask for a reference, by the reference's name."""
    recalibration = None
    if validation is not None and validation.ignored:
        recalibration = recalibration_on(
            metrics.logits_of_probability(atlas).expand(len(validation), -1, -1, -1).to(validation.label.device),
            validation,
        )
    elif validation is not None:
        mean = (
            validation.label.to(atlas.device).double().mean(0, keepdim=True)
        )  # one prediction for all images: the same
        recalibration = metrics.fit_recalibration(metrics.logits_of_probability(atlas), mean)
    values = metrics.measure(
        metrics.of_probability(atlas, truth, recalibration), lambda measure: measure.atlas is not None
    )
    return {str(quantity(key).atlas): _mean(key, each) for key, each in values.items() if each is not None}


def _mean(key: str, values: Array) -> float:
    """Of overlaps in float32, which they are: as in all records so far.

    No measure is below 0, but the cross-entropy of a sure and right prediction may round to less.
    """
    tensor = torch.from_numpy(values)
    mean = (tensor.float() if quantity(key).measure.better == "higher" else tensor).mean()
    return mean.clamp(min=0).item()


def _plain(values: tuple[Number, ...]) -> Number | list[Number]:
    """The number of a single structure, or a list."""
    return values[0] if len(values) == 1 else list(values)
