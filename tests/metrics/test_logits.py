"""What logits mean, and their cross-entropy, against values worked out by hand."""

import math

import pytest
import torch

from segaug.metrics import cross_entropy, cross_entropy_of_probability, dice_of_mask, masks, probabilities
from segaug.metrics.logits import logits_of_probability
from segaug.rng import stream


def several(cases: int = 3, structures: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits of background and structures, and disjoint masks."""
    rng = stream(structures, "several")
    logits = 3 * torch.randn(cases, structures + 1, 5, 6, generator=rng)
    classes = torch.randint(0, structures + 1, (cases, 5, 6), generator=rng)
    return logits, torch.stack([classes == k for k in range(1, structures + 1)], dim=1).float()


def test_bce_of_zero_logits_is_log_2_for_any_label():
    label = torch.randint(0, 2, (3, 1, 4, 4), generator=stream(0, "label")).float()
    torch.testing.assert_close(cross_entropy(torch.zeros(3, 1, 4, 4), label), torch.full((3,), math.log(2)))


def test_bce_by_hand():
    """One pixel right at odds 3, one wrong at odds 3: (log(4/3) + log 4) / 2."""
    logits = torch.full((1, 1, 1, 2), math.log(3))
    label = torch.tensor([1.0, 0.0]).view(1, 1, 1, 2)
    assert cross_entropy(logits, label).item() == pytest.approx((math.log(4 / 3) + math.log(4)) / 2)


def test_bce_of_extreme_logits_is_finite_and_linear():
    logits = torch.tensor([1000.0, -1000.0]).view(2, 1, 1, 1)
    assert cross_entropy(logits, torch.zeros(2, 1, 1, 1)).tolist() == [1000.0, 0.0]


def test_bce_is_per_case_and_passes_nan_on():
    logits = torch.zeros(2, 1, 2, 2)
    logits[1, 0, 0, 0] = torch.nan
    values = cross_entropy(logits, torch.ones(2, 1, 2, 2))
    assert values[0].item() == pytest.approx(math.log(2))
    assert values[1].isnan()


def test_bce_from_probabilities_and_from_logits_agree():
    logits = torch.randn(3, 1, 5, 5, generator=stream(0, "logits"), dtype=torch.float64)
    label = torch.rand(3, 1, 5, 5, generator=stream(0, "label"), dtype=torch.float64)
    torch.testing.assert_close(cross_entropy_of_probability(logits.sigmoid(), label), cross_entropy(logits, label))


def test_cross_entropy_of_equal_logits_is_the_log_of_the_classes():
    logits, label = several()
    torch.testing.assert_close(cross_entropy(torch.ones_like(logits), label), torch.full((3,), math.log(4)))


def test_cross_entropy_of_several_by_hand():
    """One pixel of structure 2, whose probability is 6 of 10: log(10 / 6)."""
    logits = torch.tensor([1.0, 2.0, 6.0, 1.0]).log().view(1, 4, 1, 1)
    label = torch.tensor([0.0, 1.0, 0.0]).view(1, 3, 1, 1)
    assert cross_entropy(logits, label).item() == pytest.approx(math.log(10 / 6))


def test_two_logits_of_one_structure_mean_their_difference():
    logits, label = several(structures=1)
    torch.testing.assert_close(cross_entropy(logits, label), cross_entropy(logits[:, 1:] - logits[:, :1], label))
    torch.testing.assert_close(probabilities(logits), probabilities(logits[:, 1:] - logits[:, :1]))
    assert torch.equal(masks(logits), masks(logits[:, 1:] - logits[:, :1]))


def test_cross_entropy_of_several_from_probabilities_and_logits_agrees():
    logits, label = (tensor.double() for tensor in several())
    torch.testing.assert_close(cross_entropy_of_probability(probabilities(logits), label), cross_entropy(logits, label))


@pytest.mark.parametrize("structures", [1, 3])
def test_the_logits_of_probabilities_mean_them_and_are_as_many_as_a_network_gives(structures):
    shares = torch.randn(3, structures + 1, 5, 4, generator=stream(structures, "shares"), dtype=torch.float64)
    probability = shares.softmax(1)[:, 1:]
    logits = logits_of_probability(probability)
    assert logits.shape[1] == (1 if structures == 1 else structures + 1)
    torch.testing.assert_close(probabilities(logits), probability)


def test_a_soft_label_costs_the_mix_of_its_parts():
    logits, label = several()
    other = label.roll(1, 0)
    mixed = cross_entropy(logits, 0.25 * label + 0.75 * other)
    torch.testing.assert_close(mixed, 0.25 * cross_entropy(logits, label) + 0.75 * cross_entropy(logits, other))


def test_predicted_structures_are_the_likeliest_and_never_overlap():
    logits, label = several()
    predicted = masks(logits)
    assert predicted.shape == label.shape
    assert predicted.sum(1).max() == 1
    rest = 1 - probabilities(logits).sum(1)
    assert torch.equal(predicted.any(1), probabilities(logits).amax(1) > rest)


def test_a_case_does_not_depend_on_its_batch():
    rng = stream(0, "batch")
    logits = torch.randn(4, 1, 6, 6, generator=rng)
    label = torch.randint(0, 2, (4, 1, 6, 6), generator=rng).float()
    for metric in (cross_entropy, lambda logits, label: dice_of_mask(masks(logits), label)):
        torch.testing.assert_close(metric(logits, label)[2:3], metric(logits[2:3], label[2:3]))
