"""Contrast of pixels: closed forms, which pixels are drawn, and what training makes of it."""

import math

import pytest
import torch

from segaug.augment.pixel_contrast import PixelContrast, contrast, drawn_pixels
from segaug.errors import ConfigError
from segaug.rng import stream
from tests.augment.layer_losses import half_hearts, is_the_baseline, trained, vector


@pytest.mark.parametrize(("between", "count"), [(0.0, 3), (0.0, 64), (-1.0, 5), (1.0, 4)])
def test_of_two_tight_classes_the_value_is_a_closed_form(between, count):
    """All pixels of a class alike, `between`: the cosine of one class with the other; 1 is no contrast at all."""
    first = torch.tensor([1.0, 0.0])
    other = torch.tensor([between, math.sqrt(1 - between**2)])
    vectors = torch.cat([3 * first.expand(count, 2), 7 * other.expand(count, 2)])  # lengths do not count
    same = torch.arange(2 * count) < count
    own, across = (math.exp(cosine / 0.1) for cosine in (1, between))
    expected = math.log((count - 1) * own + count * across) - 1 / 0.1
    assert contrast(vectors, same, 0.1).item() == pytest.approx(expected, abs=1e-5)


def test_it_does_not_depend_on_order_and_has_a_gradient_towards_contrast():
    vectors = torch.randn(12, 4, generator=stream(0, "vectors")).requires_grad_()
    same = torch.arange(12) % 3 == 0
    order = torch.randperm(12, generator=stream(0, "order"))
    loss = contrast(vectors, same, 0.1)
    torch.testing.assert_close(loss, contrast(vectors[order], same[order], 0.1))
    (gradient,) = torch.autograd.grad(loss, vectors)
    assert contrast(vectors - 1e-3 * gradient, same, 0.1) < loss


def test_drawn_pixels_are_of_their_class_and_each_is_drawn_once():
    mask = (torch.rand(3, 1, 8, 8, generator=stream(0, "mask")) < 0.3).float()
    inside, outside = drawn_pixels(mask, 20, stream(0, "pixels"))
    assert mask.flatten()[inside].all()
    assert not mask.flatten()[outside].any()
    assert len(inside.unique()) == len(outside.unique()) == 20
    few, _ = drawn_pixels(mask * 0, 20, stream(0, "pixels"))
    assert len(few) == 0


def test_without_a_weight_it_is_the_baseline_to_the_bit():
    assert is_the_baseline(PixelContrast(weight=0))


def test_options_change_what_is_learned():
    options = [{}, {"weight": 0.2}, {"pixels": 8}, {"temperature": 0.5}, {"layers": "decoder"}, {"warmup_share": 0.0}]
    results = [vector(trained(PixelContrast(**each))[0]) for each in options]
    assert [(i, j) for j in range(len(results)) for i in range(j) if results[i].equal(results[j])] == []


def test_structures_count_together_and_bfloat16_stays_finite():
    assert vector(trained(PixelContrast(), half_hearts, precision="bfloat16")[0]).isfinite().all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"weight": -1}, r"augment\.weight.*0\.1 is the default"),
        ({"pixels": 1}, r"augment\.pixels.*at least 2"),
        ({"temperature": 0}, r"augment\.temperature.*above 0"),
        ({"p": 0.5}, r"augment\.p.*whole batch"),
        ({"layers": "middle"}, r"augment\.layers.*all, encoder, decoder"),
    ],
)
def test_bad_options_are_refused(options, said):
    with pytest.raises(ConfigError, match=said):
        PixelContrast(**options)


def test_no_pixel_is_drawn_that_is_ignored():
    mask = torch.tensor([[[[1, 0, torch.nan], [torch.nan, 1, 0]]]])
    inside, outside = drawn_pixels(mask, 9, stream(0, "pixels"))
    assert (sorted(inside.tolist()), sorted(outside.tolist())) == ([0, 4], [1, 5])
