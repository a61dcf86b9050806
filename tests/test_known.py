"""Pixels that count for nothing: whatever is predicted there, and however many there are, is of no account."""

import numpy as np
import pytest
import torch

from segaug import metrics
from segaug.known import known_pixels
from segaug.metrics import Truth
from segaug.patch import draw_patch
from segaug.rng import stream
from segaug.training.criterion import SELECT, Criterion
from segaug.training.objective import LOSSES, Objective, ObjectiveOfKnown

BOX = (slice(None), slice(None), slice(3, 13), slice(2, 14))  # of 16 x 16 pixels, what is known
NAMES = ("a", "b", "c")


def predicted(structures: int):
    """Logits and labels of three images; all but a box is ignored."""
    rng = torch.Generator().manual_seed(5)
    logits = 2 * torch.randn(3, structures + (structures > 1), 16, 16, generator=rng)
    truth = torch.randint(structures + 1, (3, 1, 16, 16), generator=rng)
    label = torch.cat([(truth == place).float() for place in range(1, structures + 1)], dim=1)
    ignored = torch.full_like(label, torch.nan)
    ignored[BOX] = label[BOX]
    return logits, ignored


def elsewhere(logits):
    """Other logits where pixels are ignored."""
    other = 50 * torch.ones_like(logits)
    other[BOX] = logits[BOX]
    return other


def truth_of(label, ignored):
    return Truth(label, torch.ones(3, 2), ["p", "p", "q"], NAMES[: label.shape[1]], ignored)


@pytest.mark.parametrize("structures", [1, 3])
def test_every_measure_is_that_of_the_known_pixels_alone(structures):
    logits, label = predicted(structures)
    fitted = metrics.Recalibration(0.5, (0.1,) if structures == 1 else (0.0, 0.1, 0.2, 0.3))
    of_known = metrics.measure(metrics.of_logits(logits, truth_of(label, True), fitted))
    of_crop = metrics.measure(metrics.of_logits(logits[BOX], truth_of(label[BOX], False), fitted))
    assert of_known.keys() == of_crop.keys()
    for key, values in of_crop.items():
        np.testing.assert_allclose(of_known[key], values, rtol=1e-6, err_msg=key)


@pytest.mark.parametrize("structures", [1, 3])
def test_what_is_predicted_in_ignored_pixels_changes_no_measure_choice_or_recalibration(structures):
    logits, label = predicted(structures)
    one, other = (metrics.of_logits(each, truth_of(label, True)) for each in (logits, elsewhere(logits)))
    assert one.mask_counts == other.mask_counts
    for key, values in metrics.measure(one).items():
        np.testing.assert_array_equal(metrics.measure(other)[key], values)
    for select in SELECT:
        criterion = Criterion(select, structures, ["p", "p", "q"], ignored=True)
        assert criterion.values(logits, label) == criterion.values(elsewhere(logits), label)
    assert metrics.fit_recalibration(*known_pixels(logits, label)) == metrics.fit_recalibration(
        *known_pixels(elsewhere(logits), label)
    )


@pytest.mark.parametrize("structures", [1, 3])
@pytest.mark.parametrize("objective", [*(Objective(loss=loss) for loss in LOSSES), Objective(background_weight=0.1)])
def test_a_loss_is_that_of_the_known_pixels_and_has_no_gradient_elsewhere(objective, structures):
    logits, label = predicted(structures)
    pixels = elsewhere(logits).requires_grad_()
    loss = ObjectiveOfKnown(objective)(pixels, label)
    (gradient,) = torch.autograd.grad(loss, pixels)
    crop = logits[BOX].requires_grad_()
    of_crop = objective(crop, label[BOX])
    torch.testing.assert_close(loss, of_crop)
    torch.testing.assert_close(gradient[BOX], torch.autograd.grad(of_crop, crop)[0])
    gradient[BOX] = 0
    assert not gradient.any()


def test_images_count_alike_however_few_of_their_pixels_are_known_and_without_any_not_at_all():
    logits, label = predicted(1)
    objective = ObjectiveOfKnown(Objective())
    label[0, :, :10], label[2] = torch.nan, torch.nan
    rows = [objective(*row) for row in zip(logits.split(1), label.split(1), strict=True)]
    torch.testing.assert_close(objective(logits, label), torch.stack(rows).mean())
    there = label[0].isfinite()
    wanted = torch.nn.functional.binary_cross_entropy_with_logits(logits[0][there], label[0][there])
    torch.testing.assert_close(rows[0], wanted)
    nothing = logits[2:].requires_grad_()
    assert objective(nothing, label[2:]) == 0
    assert not torch.autograd.grad(objective(nothing, label[2:]), nothing)[0].any()


def test_shares_atlas_and_best_constant_are_of_known_pixels():
    _, label = predicted(3)
    crop = label[BOX]
    assert metrics.structure_shares(label, True) == pytest.approx(metrics.structure_shares(crop))
    assert metrics.foreground_share(label, True) == pytest.approx(metrics.foreground_share(crop))
    torch.testing.assert_close(metrics.atlas(label, True)[BOX], metrics.atlas(crop))
    label[0, :, :8] = torch.nan  # images of which unequal parts are known
    shares = metrics.structure_shares(label, True)
    least = metrics.cross_entropy_of_probability(metrics.constant(shares), label, True).mean().item()
    assert metrics.best_constant(shares) == pytest.approx(least)
    for moved in ([0.9, 1, 1], [1, 1.1, 1], [1.1, 0.9, 1]):
        other = metrics.constant([a * b for a, b in zip(shares, moved, strict=True)])
        assert metrics.cross_entropy_of_probability(other, label, True).mean().item() > least


def test_no_patch_is_drawn_around_an_ignored_pixel():
    label = torch.zeros(1, 1, 6, 6)
    label[0, 0, 0, :3], label[0, 0, 1:] = 1, torch.nan
    for wanted, columns in ((True, {0, 1, 2}), (False, {3, 4, 5})):
        drawn = draw_patch(label.repeat(200, 1, 1, 1), (1, 1), torch.full((200,), wanted), stream(0, "patch"), True)
        assert set(map(tuple, drawn.centre.tolist())) == {(0, column) for column in columns}
        assert not drawn.missing.any()
    label[0, 0, 0, 3:] = torch.nan
    drawn = draw_patch(label, (1, 1), torch.tensor([False]), stream(0, "patch"), True)
    assert drawn.missing.all()
    assert drawn.foreground.all()
