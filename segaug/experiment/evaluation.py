"""Scores of a trained network on the test set, and of what it has to beat there."""

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

from torch import nn

from segaug import metrics
from segaug.augment.strategy import Prepared, Strategy
from segaug.batch import Batch
from segaug.data.task import Task
from segaug.metrics import CaseMetrics, Recalibration
from segaug.results.store import Json
from segaug.training.inference import logits_of

METRICS = ("bce", "dice", "hd95", "bce_recalibrated")


@dataclass(frozen=True)
class Scores:
    """Test metrics of one set of weights; without validation labels there is no recalibration, and no value for it."""

    metrics: CaseMetrics
    recalibration: Recalibration | None

    @property
    def finite(self) -> bool:
        """Is every mean a number?"""
        return all(math.isfinite(value) for value in self.means().values() if value is not None)

    def means(self) -> Json:
        """Means over the test cases, by metric."""
        return self._known(self.metrics.means())

    def cases(self) -> Json:
        """One value per test case, by metric."""
        return self._known({name: getattr(self.metrics, name).tolist() for name in METRICS})

    def hd95(self) -> Json:
        """Unit of the surface distance, and the cases that had no surface to measure."""
        one = self.metrics
        return {"unit": one.hd95_unit, "both_empty": one.both_empty, "one_empty": one.one_empty}

    def _known(self, values: dict[str, Any]) -> Json:
        return values if self.recalibration else {**values, "bce_recalibrated": None}


def score(network: nn.Module, strategy: Strategy, prepared: Prepared, validation: Batch | None, test: Batch) -> Scores:
    """Predict as the strategy does at test time; recalibrate on validation."""
    predict = partial(strategy.predict, prepared=prepared)
    recalibration = None
    if validation is not None:
        recalibration = metrics.fit_recalibration(logits_of(network, validation.image, predict), validation.label)
    logits = logits_of(network, test.image, predict)
    measured = metrics.evaluate(logits, test.label, test.spacing_mm, recalibration or Recalibration())
    return Scores(measured, recalibration)


def reference(task: Task, subset: tuple[int, ...]) -> Json:
    """Test scores of predictions that never look at a test image, and the foreground shares behind them."""
    test, pool = task.batch(task.split.test).label, task.batch(task.split.pool).label
    share = {"pool": metrics.foreground_share(pool), "test": metrics.foreground_share(test)}
    atlas = metrics.atlas(task.batch(subset).label)
    found = {
        "constant_bce": metrics.best_constant_bce(share["test"]),
        "constant_pool_bce": metrics.constant_bce(share["pool"], test).mean().item(),
        "atlas_bce": metrics.bce_of_probability(atlas, test).mean().item(),
        "atlas_dice": metrics.dice_of_mask(atlas.expand_as(test), test).mean().item(),
    }
    return {"reference": found, "foreground": share}
