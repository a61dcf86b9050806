"""What a strategy learns or makes, in whole trials: scored and measured with the best state, given no more updates."""

import dataclasses
from dataclasses import dataclass

import pytest
import torch
from torch import nn

from segaug.augment.strategy import Strategy
from segaug.experiment.config.schema import STRATEGIES
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial.run import run_trial
from segaug.metrics import cross_entropy


class Pull(nn.Module):
    """One number, learned while the network is."""

    def __init__(self) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.zeros(()))


@dataclass(frozen=True, kw_only=True)
class Drifting(Strategy):
    """Adds 1/2 at each update to what moves its images and shifts its logits; the first update is the best.

    For it makes the network worse.
    """

    def prepare(self, context):
        return Pull()

    def displacement_px(self, batch, params, prepared):
        return prepared.value.detach().expand(len(batch), 2, *batch.image.shape[2:])

    def training_step(self, context):
        with torch.no_grad():
            context.prepared.value += 0.5
        return -context.loss(context.model(context.batch.image), context.batch.label)

    def predict(self, model, image, prepared):
        return model(image) * 0 + 10 * prepared.value  # foreground everywhere, ever more surely


@dataclass(frozen=True, kw_only=True)
class Tripling(Strategy):
    """Trains on three copies of each image, as methods do that make new ones."""

    def training_set(self, subset, prepared):
        return subset.rows(torch.arange(3 * len(subset)) % len(subset))


@pytest.fixture
def run_with(tiny, monkeypatch):
    """Record, weights and task of a trial of a strategy: run_with(strategy, "protocol.length=6")."""

    def run(strategy, *overrides):
        monkeypatch.setitem(STRATEGIES, "tried", type(strategy))
        one = tiny(*overrides)
        config = dataclasses.replace(one.config, augment=strategy)
        plan = make_plan([dataclasses.replace(one, config=config, strategy="tried")], skip_large=False)
        task = next(iter(plan.tasks.values()))
        return (*run_trial(plan.trials[0], task), task)

    return run


@pytest.fixture
def ran(run_with):
    words = ["protocol.length=6", "protocol.validate_every=1", "protocol.learning_rate=1e-4", "predict=[none,learned]"]
    return run_with(Drifting(), *words)


def test_it_is_scored_with_the_state_of_the_best_update(ran):
    record, weights, task = ran
    test = task.batch(task.split.test)
    assert (record["training"]["best_update"], record["training"]["updates"]) == (1, 6)
    want = cross_entropy(torch.full_like(test.label, 10 * 0.5), test.label).mean().item()
    assert record["ways"]["learned"]["test"]["best"]["bce"] == pytest.approx(want)
    assert weights.named()["strategy/value"] == 0.5


def test_its_strength_is_that_of_the_scored_state(ran):
    record, _, _ = ran
    assert record["augmentation"]["displacement_rms_px"] == pytest.approx(0.5 * 2**0.5)


def test_a_larger_training_set_brings_no_more_updates(run_with):
    record, _, _ = run_with(Tripling(), "protocol.unit=epoch", "protocol.length=3", "protocol.warmup=1")
    assert record["labels"]["training"] == 4
    training = record["training"]
    assert {name: training[name] for name in ("images", "updates", "epochs", "batch_size")} == {
        "images": 12, "updates": 3, "epochs": 3, "batch_size": 8,
    }  # fmt: skip
