import pytest
import torch

from segaug.augment.genda.health import Health, measure
from segaug.rng import stream
from tests.augment.genda.examples import fields

SIZE = (32, 24)
GOOD = dict.fromkeys(Health.__dataclass_fields__, 1.0)


class Sampler:
    """Draws the image's own real fields, with equal shares; or a mixture of a field with the mean over all of them."""

    def __init__(self, real, spread=1.0, factor=1.0):
        self.real, self.spread, self.factor = real, spread, factor

    def __call__(self, image, z, size=SIZE):
        chosen = [(self.real.image == one).flatten(1).all(1).nonzero().item() for one in image]
        own = self.real.field_px[chosen]  # (B, t, 2, h, w)
        mean, one = own.mean(1), own[torch.arange(len(z)), torch.arange(len(z)) % own.shape[1]]
        return self.factor * (mean + self.spread * (one - mean))


def health(sampler, real, size=SIZE):
    return measure(sampler, real, size, stream(0, "health"))


def test_who_draws_the_real_fields_is_in_perfect_health():
    real = fields(targets=16)
    found = health(Sampler(real), real)
    assert found.magnitude == pytest.approx(1, abs=0.01)
    assert found.spread == pytest.approx(1, abs=0.03)
    assert found.folded < 0.001
    assert found.failed is None


@pytest.mark.parametrize("spread", [0.0, 0.2, 0.3, 0.7])
def test_spread_is_the_share_of_the_real_deviation_and_below_a_quarter_it_fails(spread):
    real = fields(targets=16)
    found = health(Sampler(real, spread=spread), real)
    assert found.spread == pytest.approx(spread, abs=0.03)
    assert (found.failed is not None) == (spread < 0.25)


def test_a_generator_that_ignores_its_code_is_told_apart_by_name():
    real = fields()
    assert "the generator collapsed: for one image its fields differ 0 % as much" in (
        health(Sampler(real, spread=0), real).failed or ""
    ).replace("0%", "0 %")


def test_magnitude_is_a_ratio_of_lengths():
    real = fields()
    assert health(Sampler(real, factor=0.4), real).magnitude == pytest.approx(0.4, abs=0.02)


def test_folds_are_counted_as_shares_of_cells():
    real = fields(strength_px=0.0)
    real.field_px[:, :, 0, 5, 7] = (
        3.0  # passes the pixel below and leaves the one above behind: folds the 2 cells below
    )
    assert health(Sampler(real), real).folded == pytest.approx(2 / (31 * 23))


@pytest.mark.parametrize("name", GOOD)
def test_what_is_not_a_number_has_diverged(name):
    assert Health(**GOOD).failed is None
    assert "diverged" in Health(**{**GOOD, name: float("nan")}).failed
