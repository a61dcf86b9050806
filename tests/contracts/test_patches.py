"""What every registered strategy promises where the network is shown patches of images."""

from dataclasses import replace
from functools import partial

import pytest
import torch

from segaug.augment.augment import Draw, apply, augment, cut, draw
from segaug.batch import with_patches
from segaug.experiment.config.schema import STRATEGIES
from segaug.rng import stream
from segaug.training.batches import SubsetBatches
from segaug.training.fit import fit
from segaug.training.segmentation import Segmentation
from segaug.training.stopwatch import Stopwatch
from tests.contracts.cheap import make
from tests.contracts.little import TWO_UPDATES, OneConvolution, beside
from tests.contracts.test_strategies import rows

SIDE = 16

rng = partial(stream, 21, "augment", 4)
each_strategy = pytest.mark.parametrize("name", STRATEGIES)
pytestmark = pytest.mark.parametrize("batch", [(1, 1, (48, 48))], indirect=True, ids=["binary-square"])


def strategy_of(name):
    """With its defaults, but for a discriminator that takes no images of so few pixels."""
    return replace(make(name), level="pixel") if name == "adversarial" else make(name)


@pytest.fixture
def prepared(name, batch, learned):
    return learned(strategy_of(name), batch, SIDE)


@pytest.fixture
def patched(batch):
    return with_patches(batch, (SIDE, SIDE), stream(0, "patch"))


@each_strategy
def test_patches_come_out_as_they_are_drawn_and_row_by_row(name, patched, prepared):
    stages = make(name).stages()
    draws = draw(stages, prepared, patched, rng)
    made = apply(draws, prepared, patched)
    assert made.patch is None
    assert made.image.shape == (3, 1, SIDE, SIDE)
    assert made.label.shape == (3, 1, SIDE, SIDE)
    low, high = make(name).intensity
    assert low <= made.image.min() <= made.image.max() <= high + 1e-5
    assert torch.equal(augment(stages, prepared, patched, rng).image, made.image)
    if any(stage.mixes_rows for stage in stages):
        return  # by declaration
    row = slice(1, 2)
    alone = [Draw(one.stage, rows(one.params, row), one.applied[row], one.soft[row]) for one in draws]
    # A generator's convolutions round by the size of the batch.
    one_row = apply(alone, prepared, patched.rows(row))
    torch.testing.assert_close(one_row.image, made.image[row], atol=1e-4, rtol=0)


@each_strategy
def test_p_zero_cuts_and_no_more(name, patched, prepared):
    stages = [replace(stage, p=0.0) for stage in make(name).stages()]
    made, plain = augment(stages, prepared, patched, rng), cut(patched)
    assert torch.equal(made.image, plain.image)
    assert torch.equal(made.label, plain.label)


@each_strategy
def test_a_network_is_trained_on_patches_alone(name, batch, prepared):
    """Whatever the strategy does in its training step."""
    seen = []

    class Watched(OneConvolution):
        def features(self, image):
            seen.append(tuple(image.shape[2:]))
            return super().features(image)

    strategy, protocol = strategy_of(name), replace(TWO_UPDATES, patch=SIDE)
    network = Watched(1, 1)
    with torch.random.fork_rng(devices=[]):
        trained = fit(
            network, strategy, prepared, strategy.training_set(batch, prepared), None, protocol, 0, Stopwatch(),
            beside(batch),
        )  # fmt: skip
    assert trained.stopped == "budget"
    assert set(seen) == {(SIDE, SIDE)}
    assert trained.patches.rows >= 2 * len(batch)


@each_strategy
def test_every_strategy_is_shown_the_same_patches_in_the_same_order(name, batch, prepared, monkeypatch):
    """Of one seed; strategies that make images of their own have other ones to show."""
    strategy, protocol, shown = strategy_of(name), replace(TWO_UPDATES, patch=SIDE), []
    if strategy.training_set(batch, prepared) is not batch:
        return
    real = Segmentation.training_step

    def looked_at(self, batch, step):
        shown.append(batch)
        return real(self, batch, step)

    monkeypatch.setattr(Segmentation, "training_step", looked_at)
    with torch.random.fork_rng(devices=[]):
        fit(OneConvolution(1, 1), strategy, prepared, batch, None, protocol, 5, Stopwatch(), beside(batch))
    expected = [*SubsetBatches(batch, protocol.batch_size, 2, 5, patch=(SIDE, SIDE))]
    for found, wanted in zip(shown, expected, strict=True):
        assert torch.equal(found.index, wanted.index)
        assert torch.equal(found.patch.centre, wanted.patch.centre)
        assert torch.equal(found.patch.foreground, wanted.patch.foreground)


@pytest.mark.gpu
@each_strategy
def test_cuda_agrees_with_cpu(name, patched, prepared, learned):
    there = patched.to("cuda")
    stages = make(name).stages()
    on_cpu = augment(stages, prepared, patched, rng)
    on_gpu = augment(stages, learned(strategy_of(name), there, SIDE), there, rng)
    assert there.patch.centre.device.type == "cpu"
    torch.testing.assert_close(on_gpu.image.cpu(), on_cpu.image, atol=1e-4, rtol=0)
    assert (on_gpu.label.cpu() != on_cpu.label).float().mean() < 1e-3  # midway between two pixels, rounding decides
