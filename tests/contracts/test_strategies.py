"""What every registered strategy promises.  A new one gets all of this by its line in the table."""

import random
from dataclasses import fields, is_dataclass, replace
from functools import partial

import numpy as np
import pytest
import torch
from omegaconf import OmegaConf
from torch import Tensor

from segaug.augment.augment import Draw, apply, augment, draw
from segaug.augment.baseline import Baseline
from segaug.augment.none import NoAugmentation
from segaug.augment.red import RandomElastic
from segaug.augment.strategy import Strategy
from segaug.experiment.config.schema import STRATEGIES
from segaug.rng import stream
from tests.contracts.cheap import make

STILL_BASELINE = Baseline(p_flip=0, max_angle_deg=0, min_scale=1, max_scale=1, max_shear=0, p_histogram_shift=0)
# At zero strength but p = 1: the stages run, and must change nothing.  A new strategy says so here or in its own tests.
STILL = {
    "none": NoAugmentation(),
    "baseline": STILL_BASELINE,
    "red": RandomElastic(min_magnitude_px=0, max_magnitude_px=0, baseline=STILL_BASELINE),
}

SELDOM = {"trivialaugment": 10}  # steps in which it changes any label: it leaves those of most images as they are

rng = partial(stream, 21, "augment", 4)
each_strategy = pytest.mark.parametrize("name", STRATEGIES)
grey_square = pytest.mark.parametrize("batch", [(1, 1, (48, 48))], indirect=True, ids=["binary-square"])
three_structures = pytest.mark.parametrize("batch", [(1, 3, (48, 48))], indirect=True, ids=["three-structures-square"])
changing = pytest.mark.parametrize("name", [name for name in STRATEGIES if name != "none"])


@pytest.fixture
def prepared(name, batch, learned):
    """What the strategy made before training, from the images of the batch."""
    return learned(make(name), batch)


@pytest.fixture
def run(name, prepared):
    """Augment a batch with the strategy: run(batch), run(batch, rng)."""
    return lambda batch, rng=rng: augment(make(name).stages(), prepared, batch, rng)


@pytest.fixture
def draws_of(name, batch, prepared):
    """What is drawn for the batch: draws_of(), draws_of(rng)."""
    return lambda rng=rng: draw(make(name).stages(), prepared, batch, rng)


def soft_rows(draws):
    """Rows whose labels may come out between 0 and 1, (B,) bool: warped bilinearly, or mixed with another row."""
    return torch.stack([one.applied & (one.soft | one.stage.mixes_rows) for one in draws]).any(0)


def rows(params, index):
    """The chosen rows of any params."""
    if isinstance(params, Tensor):
        return params[index]
    if is_dataclass(params):
        return replace(params, **{f.name: rows(getattr(params, f.name), index) for f in fields(params)})
    return params


def tensors(params):
    """All tensors of any params."""
    if is_dataclass(params):
        return [tensor for f in fields(params) for tensor in tensors(getattr(params, f.name))]
    return [params] if isinstance(params, Tensor) else []


def equal(one, other):
    return torch.equal(one.image, other.image) and torch.equal(one.label, other.label)


@each_strategy
def test_every_option_has_a_default_and_survives_the_config_system(name):
    made = STRATEGIES[name]()
    assert isinstance(made, Strategy)
    assert OmegaConf.to_object(OmegaConf.structured(STRATEGIES[name])) == made


@changing
def test_it_changes_image_and_label(name, batch, run):
    changed = run(batch)
    assert not torch.equal(changed.image, batch.image)
    steps = [changed, *(run(batch, partial(stream, 21, step)) for step in range(SELDOM.get(name, 1) - 1))]
    assert not all(torch.equal(one.label, batch.label) for one in steps)


@each_strategy
def test_shape_type_and_device_stay(name, batch, run):
    changed = run(batch)
    for field in ("image", "label", "index", "spacing_mm"):
        before, after = getattr(batch, field), getattr(changed, field)
        assert (after.shape, after.dtype, after.device) == (before.shape, before.dtype, before.device)


@each_strategy
def test_values_stay_finite_and_in_range(name, batch, run, draws_of):
    for step in range(10):
        changed = run(batch, partial(stream, 21, step))
        assert changed.image.isfinite().all()
        low, high = make(name).intensity
        assert changed.image.min() >= low
        assert changed.image.max() <= high + 1e-5
        assert changed.label.min() >= 0
        assert changed.label.sum(1).max() <= 1 + 1e-6
        hard = ~soft_rows(draws_of(partial(stream, 21, step)))
        assert set(changed.label[hard].unique().tolist()) <= {0, 1}


@each_strategy
def test_the_same_stream_gives_the_same_result(name, batch, run):
    assert equal(run(batch), run(batch))


@three_structures
@each_strategy
def test_each_structure_moves_as_it_does_alone(name, batch, run, draws_of):
    together = run(batch).label
    hard = ~soft_rows(draws_of())
    assert (together.amax((0, 2, 3)) > 0.5).all()
    assert set(together[hard].unique().tolist()) <= {0, 1}
    for k in range(3):
        alone = run(replace(batch, label=batch.label[:, k : k + 1])).label
        assert torch.equal(alone[:, 0], together[:, k])


@grey_square
@each_strategy
def test_a_grey_image_in_three_channels_is_augmented_as_the_grey_one(name, batch, run, learned):
    """So nothing is drawn, moved or shifted for a channel of its own."""
    if make(name).learns_channels:
        pytest.skip("learns from channels by declaration")
    repeated = replace(batch, image=batch.image.expand(-1, 3, -1, -1).clone())
    in_colour = augment(make(name).stages(), learned(make(name), repeated), repeated, rng)
    in_grey = run(batch)
    assert torch.equal(in_colour.label, in_grey.label)
    for channel in in_colour.image.unbind(1):
        torch.testing.assert_close(channel, in_grey.image[:, 0], atol=1e-6, rtol=0)


@changing
def test_another_step_gives_another_result(name, batch, run):
    assert not equal(run(batch), run(batch, partial(stream, 21, "augment", 5)))


@changing
def test_rows_are_drawn_apart(name, batch, run):
    """Equal rows come out different: one number for the whole batch would pass every other test."""
    same = batch.rows(torch.zeros(12, dtype=torch.long))
    changed = run(same)
    assert len({image.numpy().tobytes() for image in changed.image}) > 6


@each_strategy
def test_rows_do_not_mix(name, batch, prepared):
    stages = make(name).stages()
    if any(stage.mixes_rows for stage in stages):
        pytest.skip("mixes rows by declaration")
    draws = draw(stages, prepared, batch, rng)
    whole = apply(draws, prepared, batch)
    for i in range(len(batch)):
        row = slice(i, i + 1)
        alone = [Draw(one.stage, rows(one.params, row), one.applied[row], one.soft[row]) for one in draws]
        one_row = apply(alone, prepared, batch.rows(row))
        # A generator's convolutions round by the size of the batch.
        torch.testing.assert_close(one_row.image, whole.rows(row).image, atol=1e-4, rtol=0)
        assert ((one_row.label - whole.label[row]).abs() > 1e-4).float().mean() < 1e-3


@each_strategy
def test_params_have_one_row_an_image_and_lie_on_the_cpu(name, batch, prepared):
    for stage in make(name).stages():
        for value in tensors(stage.sample(batch, prepared, rng("any"))):
            assert len(value) == len(batch)
            assert value.device.type == "cpu"


@each_strategy
def test_the_input_is_not_written_to(name, batch, run):
    before = {field: getattr(batch, field).clone() for field in ("image", "label", "index", "spacing_mm")}
    run(batch)
    for field, value in before.items():
        assert torch.equal(getattr(batch, field), value), field


@each_strategy
def test_global_random_state_is_neither_used_nor_moved(name, batch, run):
    states = (torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate())  # noqa: NPY002
    first = run(batch)
    assert torch.equal(torch.get_rng_state(), states[0])
    assert (np.random.get_state()[1] == states[1]).all()  # noqa: NPY002
    assert random.getstate() == states[2]
    torch.manual_seed(1)
    assert equal(run(batch), first)


@each_strategy
def test_nothing_is_remembered_between_calls(name, batch, prepared):
    stages = make(name).stages()
    first = augment(stages, prepared, batch, rng)
    augment(stages, prepared, batch.rows(slice(0, 2)), partial(stream, 9))
    assert equal(augment(stages, prepared, batch, rng), first)


@each_strategy
def test_p_zero_is_the_identity_bit_for_bit(name, batch, prepared):
    stages = [replace(stage, p=0.0) for stage in make(name).stages()]
    assert equal(augment(stages, prepared, batch, rng), batch)


@pytest.mark.parametrize("name", STILL)
def test_zero_strength_is_the_identity_bit_for_bit(name, batch, prepared):
    assert equal(augment(STILL[name].stages(), prepared, batch, rng), batch)


@each_strategy
def test_the_baseline_draws_the_same_in_every_strategy(name, batch, prepared):
    """Comparisons are paired: strategies differ by their own stage, not by other flips and rotations."""
    strategy = make(name)
    shared = [one for one in draw(strategy.stages(), prepared, batch, rng) if isinstance(one.stage, Baseline)]
    assert len(shared) == (not strategy.own_baseline), f"{name}: own_baseline does not say what its stages are"
    alone = draw(Baseline().stages(), None, batch, rng)[0]
    for one in shared:
        for field in fields(alone.params):
            assert torch.equal(getattr(one.params, field.name), getattr(alone.params, field.name)), field.name
        assert torch.equal(one.applied, alone.applied)


@pytest.mark.gpu
@each_strategy
def test_cuda_agrees_with_cpu(name, batch, run, learned):
    there = batch.to("cuda")  # what was learned is stored by now, and moved there
    on_cpu, on_gpu = run(batch), augment(make(name).stages(), learned(make(name), there), there, rng)
    assert on_gpu.image.is_cuda
    assert on_gpu.label.is_cuda
    torch.testing.assert_close(on_gpu.image.cpu(), on_cpu.image, atol=1e-4, rtol=0)
    assert (on_gpu.label.cpu() != on_cpu.label).float().mean() < 1e-3  # midway between two pixels, rounding decides
