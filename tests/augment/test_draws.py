import numpy as np
import pytest
import torch

from segaug.augment.draws import uniform, unit_uniforms
from segaug.rng import stream

SHAPES = ((3, 2), (5,), (0,), (7, 1))


def test_numbers_drawn_at_once_are_those_that_are_drawn_one_by_one():
    rng = stream(0, "units")
    one_by_one = [torch.rand(shape, generator=rng) for shape in SHAPES]
    at_once = [*unit_uniforms(stream(0, "units"), *SHAPES)]
    assert [each.shape for each in at_once] == [*SHAPES]
    assert all(np.array_equal(each, other) for each, other in zip(at_once, one_by_one, strict=True))


@pytest.mark.parametrize(("low", "high"), [(-15.0, 15.0), (0.9, 1.1), (2.0, 2.0)])
def test_uniform_numbers_are_torchs_to_the_bit(low, high):
    expected = torch.rand(1000, generator=stream(0, "uniform")) * (high - low) + low
    found = uniform(low, high, (1000,), stream(0, "uniform"))
    assert found.dtype == torch.float32
    assert torch.equal(found, expected)
