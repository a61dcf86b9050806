"""The guard: shrinks what is too strained, step by step, and nothing else."""

import pytest
import torch

from segaug.deform.jacobian import min_jacobian
from segaug.registration.maps import displacement_px
from segaug.registration.strain import limit_strain
from tests.registration.examples import WEAK, momenta

SIZE = (128, 128)


def strained() -> torch.Tensor:
    """A calm row, two that fold, a calm one, and one so wild that 20 shrinkings do not do."""
    w = momenta(WEAK, 5).float()
    return w * torch.tensor([0.25, 1.5, 2.0, 0.3, 100.0]).view(-1, 1, 1, 1)


def smallest(momentum: torch.Tensor) -> torch.Tensor:
    return min_jacobian(displacement_px(momentum, WEAK, SIZE))


def test_the_example_folds():
    assert (smallest(strained()) >= 0.3).tolist() == [True, False, False, True, False]
    assert (smallest(strained())[1:3] < 0).all()


@pytest.mark.parametrize("asked", [0.05, 0.3])
def test_strained_rows_are_shrunk_as_little_as_it_takes(asked):
    w = strained()[:4]
    limited, factor = limit_strain(w, WEAK, SIZE, asked)
    assert (smallest(limited) >= asked).all()
    times = factor.log() / torch.tensor(0.93).log()
    torch.testing.assert_close(times, times.round(), rtol=0, atol=1e-4)
    assert (times <= 20).all()
    torch.testing.assert_close(limited, factor.view(-1, 1, 1, 1) * w)
    shrunk = factor < 1
    assert shrunk.any()
    assert (smallest(limited[shrunk] / 0.93) < asked).all()


def test_rows_that_need_nothing_keep_their_bits():
    w = strained()
    limited, factor = limit_strain(w, WEAK, SIZE)
    assert factor[[0, 3]].tolist() == [1, 1]
    assert torch.equal(limited[[0, 3]], w[[0, 3]])


def test_it_stops_after_20_shrinkings():
    _, factor = limit_strain(strained()[4:], WEAK, SIZE)
    assert factor.item() == pytest.approx(0.93**20, rel=1e-5)


def test_rows_are_apart():
    w = strained()
    limited, factor = limit_strain(w, WEAK, SIZE)
    alone, its_factor = limit_strain(w[1:2], WEAK, SIZE)
    assert torch.equal(limited[1:2], alone)
    assert torch.equal(factor[1:2], its_factor)
