from dataclasses import replace

import pytest
import torch
from scipy.stats import beta as beta_law
from scipy.stats import kstest

from segaug.augment.augment import augment, draw
from segaug.augment.baseline import Baseline
from segaug.augment.draws import beta
from segaug.augment.mixup import Mixing, MixUp
from segaug.errors import ConfigError
from segaug.rng import stream

STILL = Baseline(p_flip=0, p_rotation=0, p_affine=0, p_histogram_shift=0)


def rng(*names):
    return stream(2, *names)


@pytest.mark.parametrize("alpha", [0.2, 1.0, 3.0])
def test_shares_follow_the_beta_law(alpha):
    shares = beta(alpha, (5000,), rng("beta"))
    assert kstest(shares.double().numpy(), beta_law(alpha, alpha).cdf).pvalue > 0.01


def test_a_row_is_the_mixture_of_its_partners(make_batch):
    batch = make_batch(rows=12, structures=2)
    strategy = MixUp(p=1, baseline=STILL)
    pairs = draw(strategy.stages(), None, batch, rng)[1].params
    mixed = augment(strategy.stages(), None, batch, rng)
    for row in range(12):
        i, j, share = int(pairs.first[row]), int(pairs.second[row]), pairs.share[row].item()
        for name in ("image", "label"):
            value = getattr(batch, name)
            expected = share * value[i] + (1 - share) * value[j]
            torch.testing.assert_close(getattr(mixed, name)[row], expected, atol=1e-6, rtol=0)


def test_the_total_of_labels_stays_on_the_simplex(make_batch):
    label = augment(MixUp(p=1, alpha=1).stages(), None, make_batch(rows=30, structures=3), rng).label
    assert label.min() >= 0
    assert label.sum(1).max() <= 1 + 1e-6
    assert ((label > 0.1) & (label < 0.9)).any()


def test_half_of_the_rows_have_the_baseline_alone(make_batch):
    batch = make_batch(rows=200, size=(8, 8))
    strategy = MixUp()
    mixed, alone = (augment(stages, None, batch, rng) for stages in (strategy.stages(), (strategy.baseline,)))
    applied = draw(strategy.stages(), None, batch, rng)[1].applied
    assert 0.4 < applied.float().mean() < 0.6
    assert torch.equal(mixed.image[~applied], alone.image[~applied])


def test_the_mixture_is_of_what_the_baseline_made(make_batch):
    batch = make_batch(rows=6)
    strategy = MixUp(p=1)
    after = augment((strategy.baseline,), None, batch, rng)
    pairs = draw(strategy.stages(), None, batch, rng)[1].params
    expected = strategy.mix(after, pairs, None)
    torch.testing.assert_close(augment(strategy.stages(), None, batch, rng).image, expected.image)


def test_a_batch_of_one_row_stays_as_it_is(make_batch):
    batch = make_batch(rows=1)
    assert torch.equal(augment(replace(MixUp(p=1), baseline=STILL).stages(), None, batch, rng).image, batch.image)


@pytest.mark.parametrize("alpha", [0, -1, float("nan"), float("inf")])
def test_alpha_is_above_zero(alpha):
    with pytest.raises(ConfigError, match=r"augment\.alpha.*mixup\.yaml"):
        MixUp(alpha=alpha)
    with pytest.raises(ConfigError, match=r"augment\.mixing\.alpha.*gd_gi_mixup\.yaml"):
        Mixing(alpha=alpha)
