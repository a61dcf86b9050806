"""Feature discrepancy against closed forms, and what must not change it."""

from itertools import permutations
from math import exp, log, sqrt

import pytest
import torch
from torch.nn import functional as F

from segaug.augment.discrepancy import (
    EPS,
    MOST_APART,
    class_means,
    discrepancy,
    image_discrepancy,
    scale_free_separation,
    shuffled_discrepancy,
)
from segaug.rng import stream

LAYOUTS = [torch.contiguous_format, torch.channels_last]


def two_levels(inside, outside, rows=3, channels=4, size=(8, 8)):
    """Features that are constant in each class, and their mask: a quarter of the pixels."""
    mask = torch.zeros(rows, 1, *size)
    mask[..., : size[0] // 2, : size[1] // 2] = 1
    return (inside * mask + outside * (1 - mask)).expand(-1, channels, -1, -1).contiguous(), mask


def noise(rows=4, channels=5, size=(6, 8), name="noise"):
    """Features and masks of which nothing is special; each image has another share of foreground."""
    rng = stream(0, name)
    mask = (torch.rand(rows, 1, *size, generator=rng) < torch.linspace(0.2, 0.7, rows)[:, None, None, None]).float()
    return torch.randn(rows, channels, *size, generator=rng), mask


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("inside", "outside"), [(2.0, -1.0), (0.5, 3.0), (1.5, 1.5)])
def test_levels_of_two_classes_have_the_closed_form(inside, outside, layout):
    features, mask = two_levels(inside, outside)
    q, rows = 0.25, len(mask)
    length = sqrt(rows) * abs(q * inside - (1 - q) * outside)
    means = class_means(features.contiguous(memory_format=layout), mask)
    assert discrepancy(means).item() == pytest.approx(-log(length + EPS), abs=1e-5)
    assert discrepancy(means, "rms").item() == pytest.approx(-log(length / sqrt(rows) + EPS), abs=1e-5)
    inner = discrepancy(class_means(features, mask, "area_norm"), "rms").item()
    assert inner == pytest.approx(-log(abs(inside - outside) + EPS), abs=1e-4)


def test_growing_constant_features_lower_the_literal_loss_alone():
    """A map without any separation: (2q - 1) c, and 0 but for the rounding of single precision."""
    values = {}
    for separation in ("literal", "area_norm"):
        for level in (1.0, 10.0):
            features, mask = two_levels(level, level)
            values[separation, level] = discrepancy(class_means(features, mask, separation)).item()
    assert values["literal", 10.0] == pytest.approx(values["literal", 1.0] - log(10), abs=1e-4)
    assert values["literal", 1.0] == pytest.approx(-log(sqrt(3) * 0.5), abs=1e-4)
    for level in (1.0, 10.0):
        assert 0 <= exp(-values["area_norm", level]) - EPS * (1 - 1e-6) <= 4 * torch.finfo().eps * level


def test_equal_rows_lower_the_literal_value_by_half_the_logarithm_of_their_number():
    features, mask = noise(rows=1)
    alone = class_means(features, mask)
    many = class_means(features.expand(8, -1, -1, -1), mask.expand(8, -1, -1, -1))
    assert (discrepancy(many) - discrepancy(alone)).item() == pytest.approx(-log(8) / 2, abs=1e-4)
    assert discrepancy(many, "rms").item() == pytest.approx(discrepancy(alone, "rms").item(), abs=1e-4)


def test_layouts_agree_and_their_gradients_keep_them():
    features, mask = noise()
    gradients = []
    for layout in LAYOUTS:
        leaf = features.clone(memory_format=layout).requires_grad_()
        discrepancy(class_means(leaf, mask)).backward()
        assert leaf.grad.is_contiguous(memory_format=layout)
        gradients.append(leaf.grad)
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("separation", ["literal", "area_norm"])
def test_the_plain_term_does_not_know_the_order_of_images_or_channels(separation):
    features, mask = noise()
    want = discrepancy(class_means(features, mask, separation))
    order = torch.tensor([2, 0, 3, 1])
    torch.testing.assert_close(discrepancy(class_means(features[order], mask[order], separation)), want)
    torch.testing.assert_close(discrepancy(class_means(features.flip(1), mask, separation)), want)


def mean_over_permutations(features, mask):
    means = class_means(features, mask)
    values = [shuffled_discrepancy(means, torch.tensor(each)) for each in permutations(range(len(mask)))]
    return torch.stack(values).mean()


def test_the_shuffled_term_is_exchangeable():
    """Its mean over all permutations depends on the set of images, not on which of them are called whose."""
    features, mask = noise()
    want = mean_over_permutations(features, mask)
    for relabelled in permutations(range(4)):
        torch.testing.assert_close(mean_over_permutations(features[[*relabelled]], mask[[*relabelled]]), want)
    torch.testing.assert_close(mean_over_permutations(features.flip(1), mask), want)


def test_only_the_relative_permutation_matters():
    means = class_means(*noise())
    first, second = torch.tensor([1, 3, 0, 2]), torch.tensor([2, 1, 3, 0])
    length = torch.linalg.vector_norm(means.foreground[first] - means.background[second], dim=0)
    relative = second[first.argsort()]
    torch.testing.assert_close(shuffled_discrepancy(means, relative), -(length + EPS).log().mean())


def test_a_single_image_has_no_other_to_be_shuffled_with():
    means = class_means(*noise(rows=1))
    assert torch.equal(shuffled_discrepancy(means, torch.tensor([0])), discrepancy(means))


def test_values_of_images_are_those_of_batches_of_one():
    features, mask = noise()
    alone = [discrepancy(class_means(features[i : i + 1], mask[i : i + 1])) for i in range(4)]
    torch.testing.assert_close(image_discrepancy(class_means(features, mask)), torch.stack(alone))


def test_steps_lower_it_and_normalised_features_keep_it_above_its_bound():
    """|d| <= 2 sqrt(q (1 - q)) where each channel of each image has mean 0 and variance 1."""
    features, mask = noise(size=(8, 8))
    q = mask.mean((1, 2, 3), keepdim=True)
    bound = -(4 * q * (1 - q)).sum().sqrt().log().item()
    raw = features.requires_grad_()
    values = []
    for _ in range(60):
        loss = discrepancy(class_means(F.instance_norm(raw, eps=1e-12), mask))
        (gradient,) = torch.autograd.grad(loss, raw)
        raw = (raw - 30 * gradient).detach().requires_grad_()
        values.append(loss.item())
    assert values[1] < values[0] - 1e-3
    assert bound - 1e-4 < values[-1] < bound + 0.15


@pytest.mark.parametrize("separation", ["literal", "area_norm"])
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_one_class_or_a_dead_channel_give_finite_losses_and_gradients(share, separation):
    features, mask = noise()
    mask[0], features[:, 1] = share, 0.0
    leaf = features.requires_grad_()
    means = class_means(leaf, mask, separation)
    loss = discrepancy(means) + shuffled_discrepancy(means, torch.tensor([3, 0, 1, 2]))
    loss.backward()
    assert loss.isfinite()
    assert leaf.grad.isfinite().all()


def test_an_image_without_a_class_has_nothing_to_separate_by_area_norm():
    features, mask = noise()
    mask[1] = 0
    means = class_means(features, mask, "area_norm")
    torch.testing.assert_close(means.foreground[1], means.background[1])
    torch.testing.assert_close(means.background[1], features[1].mean((1, 2)))


def test_swapped_arguments_make_the_background_the_mean_of_what_the_features_leave_inside():
    features, mask = noise()
    swapped, intended = class_means(features, mask, swapped_bg=True), class_means(features, mask)
    torch.testing.assert_close(swapped.foreground, intended.foreground)
    torch.testing.assert_close(swapped.background, (mask * (1 - features)).mean((2, 3)))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_bfloat16_features_under_autocast_give_float32(layout):
    features, mask = noise()
    half = features.bfloat16().contiguous(memory_format=layout)
    with torch.autocast("cpu", torch.bfloat16):
        means = class_means(half, mask)
        loss = discrepancy(means)
    assert means.foreground.dtype == means.background.dtype == loss.dtype == torch.float32
    torch.testing.assert_close(loss, discrepancy(class_means(half.float(), mask)))


def test_separation_does_not_know_scale_and_offset():
    features, mask = noise()
    want = scale_free_separation(features, mask)
    torch.testing.assert_close(scale_free_separation(7 * features - 3, mask), want, rtol=1e-4, atol=1e-5)


def test_separation_has_the_closed_form():
    """Levels 3 and 1 with +-1 inside of both classes: |3 - 1| / 1."""
    features, mask = two_levels(3.0, 1.0)
    features = features + torch.tensor([1.0, -1.0]).repeat(4)
    torch.testing.assert_close(scale_free_separation(features, mask), torch.full((3,), 2.0))


def test_a_channel_without_variance_inside_of_the_classes_does_not_outweigh_the_others():
    apart, mask = two_levels(3.0, 1.0)
    mixed = torch.cat([apart[:, :1], torch.zeros_like(apart[:, :1])], dim=1)
    torch.testing.assert_close(scale_free_separation(mixed, mask), torch.full((3,), MOST_APART / 2))


def test_separation_of_one_class_is_not_known_and_a_dead_channel_has_none():
    features, mask = noise()
    mask[0], mask[1] = 0, 1
    assert scale_free_separation(features, mask).isnan().tolist() == [True, True, False, False]
    assert scale_free_separation(torch.zeros_like(features), mask)[2:].tolist() == [0, 0]


@pytest.mark.parametrize("options", [{}, {"swapped_bg": True}, {"separation": "area_norm"}], ids=str)
def test_ignored_pixels_are_of_neither_class(options):
    rng = torch.Generator().manual_seed(8)
    features = torch.randn(3, 4, 6, 8, generator=rng)
    mask = (torch.rand(3, 1, 6, 8, generator=rng) > 0.6).float()
    known = (slice(None), slice(None), slice(1, 5), slice(2, 7))
    ignored = torch.full_like(mask, torch.nan)
    ignored[known] = mask[known]
    found, wanted = (
        class_means(*each, **options, ignored=is_one)
        for each, is_one in (((features, ignored), True), ((features[known], mask[known]), False))
    )
    torch.testing.assert_close(vars(found), vars(wanted))
    torch.testing.assert_close(
        scale_free_separation(features, ignored, True), scale_free_separation(features[known], mask[known])
    )
    nothing = class_means(features, torch.full_like(mask, torch.nan), **options, ignored=True)
    assert not nothing.foreground.any()
    assert not nothing.background.any()
