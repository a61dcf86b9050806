"""A record tells how many images a trial was given, how many its strategy made, and how many it saw of these."""

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

import pytest
import torch

from segaug.augment.bank import Bank
from segaug.augment.none import NoAugmentation
from segaug.augment.policy_heuristic import PolicyHeuristic
from segaug.augment.strategy import Strategy
from segaug.batch import NOT_OF_POOL, Batch, joined
from segaug.experiment.config.schema import STRATEGIES
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial.run import run_trial

PER_IMAGE, KEPT = 3, 2


@dataclass(frozen=True, kw_only=True)
class Making(Strategy):
    """Trains on two copies of each image beside it, of three that it makes; each has a number in its first pixel."""

    sees: ClassVar = ("labelled subset", "unlabelled pool")
    seen: ClassVar[set[float]] = set()

    def prepare(self, context):
        subset, count = context.subset, len(context.subset)
        image = subset.image[:, None].repeat(1, PER_IMAGE, 1, 1, 1)
        image[..., 0, 0] = torch.arange(1, 1 + count * PER_IMAGE).view(count, PER_IMAGE, 1) / 255
        chosen = torch.arange(PER_IMAGE).repeat(count, 1) < KEPT
        return Bank(
            artefact="none",
            place=torch.arange(count),
            image=(255 * image).round().byte(),
            label=subset.label[:, None].repeat(1, PER_IMAGE, 1, 1, 1),
            kept_px=torch.zeros(count, 1, *image.shape[3:], dtype=torch.bool),
            reconstruction=(255 * subset.image).byte(),
            score=torch.zeros(count, PER_IMAGE, dtype=torch.float64),
            chosen=chosen,
            nearest=torch.zeros(count, PER_IMAGE, dtype=torch.long),
            distance=torch.zeros(count, PER_IMAGE, dtype=torch.float64),
            measures={},
            subset=count,
        )

    def training_set(self, subset, prepared):
        of = prepared.place.repeat_interleave(KEPT)
        made = subset.rows(of)
        image, label = prepared.image[prepared.chosen] / 255, prepared.label[prepared.chosen]
        added = Batch(image, label, torch.full_like(of, NOT_OF_POOL), made.spacing_mm, made.source)
        return joined(subset, added)

    def bank(self, prepared):
        return prepared

    def sample(self, batch, prepared, rng):
        Making.seen |= set(batch.image[batch.index == NOT_OF_POOL][:, 0, 0, 0].tolist())


@pytest.fixture
def record_of(tiny, monkeypatch):
    """The record of a trial of a strategy: record_of(strategy, "protocol.length=6")."""

    def run(strategy, *overrides):
        monkeypatch.setitem(STRATEGIES, "tried", type(strategy))
        trial = tiny(*overrides)
        config = dataclasses.replace(trial.config, augment=strategy)
        plan = make_plan([dataclasses.replace(trial, config=config, strategy="tried")], skip_large=False)
        return run_trial(plan.trials[0], next(iter(plan.tasks.values())))[0]

    return run


@pytest.mark.parametrize("updates", [1, 2, 8])
def test_what_was_made_kept_and_shown_is_counted(record_of, updates):
    Making.seen.clear()
    protocol = ("protocol.unit=update", f"protocol.length={updates}", "protocol.warmup=0", "protocol.batch_size=3")
    record = record_of(Making(), *protocol)
    count = record["labels"]["training"]
    assert record["images"]["labelled"] == count == len(record["subset"]["ids"])
    assert record["images"]["unlabelled"] == record["saw"]["unlabelled pool"]["images"] > 0
    assert record["images"]["external"] == 0
    synthetic = record["images"]["synthetic"]
    assert (synthetic["made"], synthetic["kept"]) == (PER_IMAGE * count, KEPT * count)
    assert synthetic["used"] == len(Making.seen)
    assert (synthetic["used"] == synthetic["kept"]) == (updates == 8)
    assert record["training"]["images"] == count + KEPT * count
    assert record["training"]["batch_size"] == 3


def test_a_strategy_that_makes_nothing_says_so(record_of):
    images = record_of(NoAugmentation())["images"]
    assert images["synthetic"] == {"made": 0, "kept": 0, "used": 0}
    assert (images["unlabelled"], images["external"]) == (0, 0)


def test_validation_images_that_are_trained_on_are_not_made_and_bring_no_updates(record_of):
    plain, control = (record_of(PolicyHeuristic(train_on_validation=on)) for on in (False, True))
    assert control["images"] == plain["images"]
    assert control["training"]["images"] == plain["training"]["images"] + plain["labels"]["validation"]
    assert control["training"]["updates"] == plain["training"]["updates"]
    assert control["labels"] == plain["labels"]
    assert control["sees"] == ["labelled subset", "validation labels"]
    assert plain["sees"] == ["labelled subset"]


@pytest.mark.parametrize(
    "protocol",
    [
        ("protocol.unit=epoch", "protocol.length=3"),
        ("protocol.unit=epoch", "protocol.length=3", "protocol.batch_size=2"),
        ("protocol.unit=epoch", "protocol.length=2", "protocol.count=patients"),
        ("protocol.unit=update", "protocol.length=5"),
    ],
)
def test_epochs_count_the_labelled_images_that_were_given(record_of, protocol):
    """So that strategies that make images are trained, validated and warmed up like all others."""
    plain, making = (record_of(strategy, *protocol, "protocol.warmup=1") for strategy in (NoAugmentation(), Making()))
    for key in ("updates", "epochs"):
        assert making["training"][key] == plain["training"][key]
    assert making["history"]["update"] == plain["history"]["update"]
    most = plain["config"]["protocol"]["batch_size"]
    for record in (plain, making):
        assert record["training"]["batch_size"] == min(most, record["training"]["images"])
