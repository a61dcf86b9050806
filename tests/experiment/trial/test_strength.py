"""The measured strength of a strategy is that of its own field."""

from dataclasses import dataclass

import pytest
import torch

from segaug.augment.baseline import Baseline
from segaug.augment.none import NoAugmentation
from segaug.augment.red import RandomElastic
from segaug.augment.strategy import Strategy
from segaug.batch import Batch
from segaug.experiment.trial.strength import strength


@dataclass(frozen=True, kw_only=True)
class Shift(Strategy):
    """Moves every image by (3, 4) px, before the baseline."""

    stretch: float = 0.0

    def stages(self):
        return (self, Baseline())

    def displacement_px(self, batch, params, prepared):
        shift = torch.tensor([3.0, 4.0])[:, None, None].expand(len(batch), 2, 16, 16)
        return shift + self.stretch * torch.arange(16.0)[:, None] * torch.tensor([1.0, 0.0])[:, None, None]


@pytest.fixture
def subset():
    image = torch.rand(3, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    return Batch(image, (image > 0.5).float(), torch.arange(3), torch.ones(3, 2), torch.zeros(3, dtype=torch.long))


def test_a_shift_has_its_length_and_no_strain(subset):
    for p in (1.0, 0.1):
        measured = strength(Shift(p=p), None, subset, seed=0)
        assert measured["displacement_rms_px"] == pytest.approx(5)
        assert measured["displacement_p95_px"] == pytest.approx(5)
        assert measured["min_jacobian"] == pytest.approx(1)
        assert measured["folded_share"] == 0


def test_strain_and_folds_are_measured(subset):
    assert strength(Shift(stretch=-0.25), None, subset, 0)["min_jacobian"] == pytest.approx(0.75)
    assert strength(Shift(stretch=-1.25), None, subset, 0)["folded_share"] == 1


def test_no_own_field_no_strength(subset):
    assert strength(Baseline(), None, subset, 0) is None
    assert strength(NoAugmentation(), None, subset, 0) is None


class OwnBaseline(Baseline):
    own_baseline = True


def test_a_baseline_of_its_own_is_measured_with_the_rest(subset):
    assert strength(OwnBaseline(), None, subset, 0)["displacement_rms_px"] > 0


def test_what_is_not_finite_is_null(subset):
    assert strength(Shift(stretch=float("nan")), None, subset, 0)["displacement_rms_px"] is None


def test_it_grows_with_the_magnitude_and_repeats(subset):
    weak, strong = (RandomElastic(min_magnitude_px=m, max_magnitude_px=m) for m in (0.5, 1.0))
    first, other = strength(weak, None, subset, 0), strength(strong, None, subset, 0)
    assert other["displacement_rms_px"] == pytest.approx(2 * first["displacement_rms_px"], rel=1e-4)
    assert strength(weak, None, subset, 0) == first != strength(weak, None, subset, 1)
