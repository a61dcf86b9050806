"""What the best weights score on the test set by each way of predicting that was asked for, and what that costs."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from segaug import metrics
from segaug.augment.policy.test_time import TestTimePolicy, flips
from segaug.augment.policy.tuning import tuned
from segaug.augment.strategy import Prepared, Strategy
from segaug.data.task import Task
from segaug.experiment.machine.stop import SafePoint
from segaug.experiment.planned.parts import Parts
from segaug.experiment.trial.evaluation import Scores, details_of, recalibration_on, scores_of, truth_of
from segaug.known import known
from segaug.models.inference import Forward, Predict, Window, logits_of, plain, predicting
from segaug.results.store import Json
from segaug.rng import stream
from segaug.training.protocol import Protocol
from segaug.ways import FLIPS, LEARNED, PLAIN


@dataclass(frozen=True)
class Judged:
    """A trial after its training: the network and what the strategy learned have the best weights."""

    network: nn.Module
    strategy: Strategy
    prepared: Prepared
    protocol: Protocol
    task: Task
    parts: Parts
    seed: int

    @property
    def window(self) -> Window:
        """What the network is shown at once."""
        return self.protocol.window(len(self.task.form.size))


@dataclass(frozen=True)
class Way:
    """How to predict; policy: where it is one of a list of operations and weights."""

    predict: Predict
    policy: TestTimePolicy | None = None


def _plain(judged: Judged) -> Way:
    return Way(plain)


def _flips(judged: Judged) -> Way:
    policy = flips(judged.parts.test.image.ndim - 2)
    return Way(policy.predict, policy)


def _learned(judged: Judged) -> Way:
    """That of the strategy; of one that has none, what is learned on validation while the network stays as it is."""
    if judged.strategy.predict is not None:
        return Way(partial(judged.strategy.predict, prepared=judged.prepared))
    assert judged.parts.validation is not None  # checked with the config; for the type checker
    rng = stream(judged.seed, "predict", LEARNED)
    with predicting(judged.network, judged.window) as forward:
        policy = tuned(forward, judged.parts.validation, judged.window, judged.protocol.objective.probabilities, rng)
    return Way(policy.predict, policy)


WAYS: dict[str, Callable[[Judged], Way]] = {PLAIN: _plain, FLIPS: _flips, LEARNED: _learned}


@dataclass(frozen=True)
class Scored:
    """One way of a trial.  scores: None where they are not finite; passes: of the network, for each image."""

    scores: Scores | None
    validation_dice: float | None
    passes: int
    seconds_per_image: float
    policy: TestTimePolicy | None

    def block(self, judged: Judged, way: str) -> Json | None:
        """What the record says; None where it diverged.  The scores of the plain way are the record's own."""
        if self.scores is None:
            return None
        own = None if way == PLAIN else self.scores
        policy = self.policy and {"ids": list(self.policy.ids), "weights": list(self.policy.weights)}
        return {
            "passes": self.passes,
            "validation_dice": self.validation_dice,
            "tea": policy,
            "test": own and {"best": own.means(), "last": None},
            **details_of(judged.task, judged.task.split.test, own),
        }


def score_ways(judged: Judged, ways: tuple[str, ...], safe_point: SafePoint) -> dict[str, Scored]:
    """Each of these ways, with a recalibration of its own; only the base's test set, and only the best weights.

    The plain way is among them for what it costs: that is compared only where it is measured in the same way.
    """
    found = {}
    for way in ways:
        safe_point()
        found[way] = _scored(judged, WAYS[way](judged))
    return found


def _scored(judged: Judged, way: Way) -> Scored:
    test, validation = judged.parts.test, judged.parts.validation
    fitted, dice = None, None
    if validation is not None:
        logits = logits_of(judged.network, validation.image, way.predict, window=judged.window)
        fitted = recalibration_on(logits, validation)
        judged_logits = known(logits, validation.label).logits if validation.ignored else logits
        dice = metrics.dice_of_mask(metrics.masks(judged_logits), validation.label).mean().item()
    passes = _Passes()
    start = _now(test.image)
    logits = logits_of(judged.network, test.image, passes.counted(way.predict), window=judged.window)
    seconds = (_now(test.image) - start) / len(test)
    scores = scores_of(logits, fitted, truth_of(judged.task, judged.task.split.test, test))
    return Scored(
        scores if scores.finite else None,
        dice if dice is not None and math.isfinite(dice) else None,
        round(passes.rows / len(test)),
        seconds,
        way.policy,
    )


class _Passes:
    """Counts images that a network is asked to predict; those of a sliding window once."""

    def __init__(self) -> None:
        self.rows = 0

    def counted(self, predict: Predict) -> Predict:
        """The same prediction, by a network whose images are counted."""

        def counting(model: Forward, image: Tensor) -> Tensor:
            def network(images: Tensor) -> Tensor:
                self.rows += len(images)
                return model(images)

            return predict(network, image)

        return counting


def _now(image: Tensor) -> float:
    """Seconds; work that a device still has to do belongs to what came before."""
    if image.is_cuda:
        torch.cuda.synchronize(image.device)
    return time.perf_counter()
