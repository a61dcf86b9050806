from dataclasses import replace

import pytest
import torch

from segaug.augment.augment import augment
from segaug.augment.baseline import Baseline
from segaug.augment.random_elastic_intensity import RandomElasticIntensity
from segaug.errors import ConfigError
from segaug.rng import stream

STILL = Baseline(p_flip=0, p_rotation=0, p_affine=0, p_histogram_shift=0)
DEFORMED = {"share_v": 1.0, "share_i": 0.0, "share_both": 0.0}
RECOLOURED = {"share_v": 0.0, "share_i": 1.0, "share_both": 0.0}


def rng(*names):
    return stream(3, *names)


def drawn(strategy, batch):
    return strategy.sample(batch, None, rng("draw"))


def test_offsets_are_ten_pixels_of_a_side_of_224(make_batch):
    strategy = RandomElasticIntensity()
    for side in (64, 224):
        offsets = drawn(strategy, make_batch(rows=500, size=(side, 8))).control_px
        assert offsets.std().item() == pytest.approx(10 * side / 224, rel=0.03)


def test_a_field_moves_the_same_share_of_the_side_at_every_size(make_batch):
    strategy = RandomElasticIntensity(**DEFORMED)
    shares = []
    for side in (32, 128):
        batch = make_batch(rows=2, size=(side, side))
        field = strategy.displacement_px(batch, drawn(strategy, batch), None)
        shares.append(field[:, :, side // 8 :: side // 4, side // 8 :: side // 4] / side)
    torch.testing.assert_close(*shares, atol=0.01, rtol=0)  # the pixels in question are at most half a large one apart


def test_only_rows_of_the_kind_change(make_batch):
    batch = make_batch(rows=60)
    strategy = RandomElasticIntensity(baseline=STILL)
    kinds = strategy.sample(batch, None, rng("RandomElasticIntensity", "sample")).kinds
    changed = augment(strategy.stages(), None, batch, rng)
    moved = (changed.label != batch.label).flatten(1).any(1)
    assert torch.equal(moved, kinds.deformed)
    touched = (changed.image != batch.image).flatten(1).any(1)
    assert torch.equal(touched, kinds.deformed | kinds.recoloured)


def test_contrast_is_about_the_mean_and_brightness_is_added(make_batch):
    batch = make_batch(rows=50)
    strategy = RandomElasticIntensity(**RECOLOURED)
    params = drawn(strategy, batch)
    changed = strategy.recolour(batch.image, params, None)
    means = [image.mean((1, 2, 3)) for image in (batch.image, changed)]
    torch.testing.assert_close(means[1] - means[0], params.brightness, atol=1e-6, rtol=0)
    deviations = [image.std((1, 2, 3)) for image in (batch.image, changed)]
    torch.testing.assert_close(deviations[1] / deviations[0], params.contrast, atol=1e-4, rtol=0)
    assert params.contrast.min() < 0.83
    assert params.contrast.max() > 1.17
    assert params.brightness.abs().max() > 0.08


def test_labels_of_deformed_rows_are_soft_on_demand(make_batch):
    batch = make_batch(rows=30)
    strategy = RandomElasticIntensity(labels="bilinear", share_v=0.5, share_i=0, share_both=0, baseline=STILL)
    deformed = strategy.sample(batch, None, rng("RandomElasticIntensity", "sample")).kinds.deformed
    label = augment(strategy.stages(), None, batch, rng).label
    soft = ((label > 0.01) & (label < 0.99)).flatten(1).any(1)
    assert torch.equal(soft, deformed)
    hard = augment(replace(strategy, labels="nearest").stages(), None, batch, rng).label
    assert set(hard.unique().tolist()) == {0, 1}


@pytest.mark.parametrize(
    ("option", "value"),
    [("sigma_px", -1), ("min_contrast", 1.5), ("max_contrast", 3), ("brightness", 2), ("labels", "soft")],
)
def test_other_values_are_refused_by_name(option, value):
    with pytest.raises(ConfigError, match=r"augment\.(min_)?" + option.removeprefix("max_").removeprefix("min_")):
        RandomElasticIntensity(**{option: value})
