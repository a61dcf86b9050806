"""Losses against their formulas, pixel by pixel."""

import pytest
import torch
from torch.nn import functional as F

from segaug.errors import ConfigError
from segaug.rng import stream
from segaug.training.objective import Objective


def logits_and_label(structures: int, soft: bool):
    rng = stream(structures, "objective", str(soft))
    logits = 2 * torch.randn(3, structures + (structures > 1), 5, 4, generator=rng)
    shares = torch.randn(3, structures + 1, 5, 4, generator=rng)
    if soft:
        return logits, shares.softmax(1)[:, 1:]
    return logits, F.one_hot(shares.argmax(1), structures + 1).movedim(-1, 1)[:, 1:].float()


def by_hand(logits, label, weights):
    """Mean over pixels of sum_k w_k y_k times -sum_k y_k log p_k, in float64, one pixel after the other."""
    logits, label = logits.double(), label.double()
    total, pixels = 0.0, 0
    for row in range(len(logits)):
        for r in range(logits.shape[2]):
            for c in range(logits.shape[3]):
                s, y = logits[row, :, r, c], label[row, :, r, c]
                s = torch.cat([torch.zeros(1).double(), s]) if len(s) == 1 else s
                y = torch.cat([1 - y.sum(0, keepdim=True), y])
                w = 1.0 if weights is None else (torch.tensor(weights).double() * y).sum().item()
                total += w * -(y * s.log_softmax(0)).sum().item()
                pixels += 1
    return total / pixels


CASES = [(structures, soft) for structures in (1, 3) for soft in (False, True)]


@pytest.mark.parametrize(("structures", "soft"), CASES)
def test_cross_entropy_is_its_formula(structures, soft):
    logits, label = logits_and_label(structures, soft)
    assert Objective()(logits, label).item() == pytest.approx(by_hand(logits, label, None), rel=1e-5)


@pytest.mark.parametrize(("structures", "soft"), CASES)
def test_background_weight_is_its_formula(structures, soft):
    logits, label = logits_and_label(structures, soft)
    weights = [0.1, *[0.9 / structures] * structures]
    found = Objective(background_weight=0.1)(logits, label).item()
    assert found == pytest.approx(by_hand(logits, label, weights), rel=1e-5)


def test_one_structure_has_the_bits_of_binary_cross_entropy():
    logits, label = logits_and_label(1, soft=False)
    assert torch.equal(Objective()(logits, label), F.binary_cross_entropy_with_logits(logits, label))


@pytest.mark.parametrize("soft", [False, True])
def test_one_half_for_the_background_of_one_structure_halves_the_gradient(soft):
    logits, label = logits_and_label(1, soft)
    gradients = []
    for objective in (Objective(), Objective(background_weight=0.5)):
        leaf = logits.clone().requires_grad_()
        objective(leaf, label).backward()
        gradients.append(leaf.grad)
    torch.testing.assert_close(gradients[0] / 2, gradients[1])


@pytest.mark.parametrize(("structures", "soft"), CASES)
def test_dice_of_each_image_and_structure_is_added(structures, soft):
    logits, label = logits_and_label(structures, soft)
    p = torch.sigmoid(logits) if structures == 1 else logits.softmax(1)[:, 1:]
    losses = [
        1 - (2 * (p[i, k] * label[i, k]).sum() + 1) / (p[i, k].sum() + label[i, k].sum() + 1)
        for i in range(3)
        for k in range(structures)
    ]
    added = Objective(loss="cross_entropy_dice")(logits, label) - Objective()(logits, label)
    torch.testing.assert_close(added, torch.stack(losses).mean(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("loss", ["cross_entropy", "cross_entropy_dice"])
@pytest.mark.parametrize(("structures", "soft"), CASES)
def test_the_loss_is_the_mean_of_its_rows(structures, soft, loss):
    logits, label = logits_and_label(structures, soft)
    objective = Objective(loss=loss, background_weight=0.2)
    rows = [objective(logits[i : i + 1], label[i : i + 1]) for i in range(3)]
    torch.testing.assert_close(objective(logits, label), torch.stack(rows).mean())


@pytest.mark.parametrize(("structures", "soft"), CASES)
def test_dice_and_iou_of_the_whole_batch_are_their_formulas(structures, soft):
    logits, label = logits_and_label(structures, soft)
    p = torch.sigmoid(logits) if structures == 1 else logits.softmax(1)[:, 1:]
    dice = iou = 0.0
    for k in range(structures):
        overlap, total = (p[:, k] * label[:, k]).sum().item(), (p[:, k].sum() + label[:, k].sum()).item()
        dice += (1 - 2 * overlap / total) / structures
        iou += (1 - overlap / (total - overlap)) / structures
    assert Objective(loss="dice_iou")(logits, label).item() == pytest.approx(dice + iou, rel=1e-5)
    added = Objective(loss="cross_entropy_batch_dice")(logits, label) - Objective()(logits, label)
    assert added.item() == pytest.approx(dice, rel=1e-4)


@pytest.mark.parametrize("loss", ["dice_iou", "cross_entropy_batch_dice"])
def test_batches_that_show_nothing_have_finite_losses_and_gradients(loss):
    logits = torch.full((2, 1, 4, 4), -200.0, requires_grad=True)
    Objective(loss=loss)(logits, torch.zeros(2, 1, 4, 4)).backward()
    assert logits.grad.isfinite().all()


@pytest.mark.parametrize("structures", [1, 3])
def test_a_structure_that_is_rightly_left_out_costs_nothing(structures):
    logits = torch.full((1, structures + (structures > 1), 4, 4), -50.0)
    logits[:, :1] = -50.0 if structures == 1 else 50.0
    assert Objective(loss="cross_entropy_dice")(logits, torch.zeros(1, structures, 4, 4)).item() == pytest.approx(0)


@pytest.mark.parametrize(
    ("option", "value", "fix"),
    [
        ("loss", "bce", "choose from cross_entropy, cross_entropy_dice, cross_entropy_batch_dice, dice_iou"),
        ("background_weight", -0.1, "use a weight between 0 and 1, or null"),
        ("background_weight", 0.0, "use a weight between 0 and 1, or null"),
        ("background_weight", 1.0, "use a weight between 0 and 1, or null"),
        ("background_weight", float("nan"), "use a weight between 0 and 1, or null"),
    ],
)
def test_a_wrong_value_is_refused_by_name(option, value, fix):
    with pytest.raises(ConfigError, match=rf"protocol\.objective\.{option} in .*{fix}"):
        Objective(**{option: value})


def test_weights_of_pixels_need_a_loss_of_pixels():
    with pytest.raises(ConfigError, match=r"protocol\.objective\.background_weight.*dice_iou weighs no pixels"):
        Objective(loss="dice_iou", background_weight=0.1)
