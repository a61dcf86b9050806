from dataclasses import replace

import pytest
import torch

from segaug.augment.policy.operations import flip_ids, operations
from segaug.augment.policy.policies import Policy
from segaug.augment.policy.starts import logits_of
from segaug.augment.policy.test_time import flips, forward, most_probable, start
from segaug.augment.policy.test_time_learning import foreground_patches, learn_test_time, losses_of
from segaug.augment.policy.tuning import tuned
from tests.augment.policy.toy import halves

IDENTITY, MIRROR_ROWS, MIRROR_COLUMNS, HALF_TURN = flip_ids(2)


def rng():
    return torch.Generator().manual_seed(0)


def seen_on_the_left_only(image):
    """Logits of a network that finds the bright structure in the left half of what it is shown."""
    logits = 20 * image - 10
    logits[..., image.shape[-1] // 2 :] = -10
    return logits


def on_the_right(rows):
    """Images that are their own label, of a disc in the right half."""
    batch = halves(rows, 1)
    label = batch.label.clone()
    turned = label[..., : label.shape[-1] // 2].flatten(1).any(1)
    label[turned] = label[turned].flip(3)
    return replace(batch, image=label, label=label)


def test_the_loss_of_an_operation_is_minus_the_dice_of_what_the_network_makes_of_it():
    batch = on_the_right(1)
    losses = losses_of(seen_on_the_left_only, batch, torch.tensor(flip_ids(2)), torch.sigmoid, rng())
    expected = {IDENTITY: 0, MIRROR_ROWS: 0, MIRROR_COLUMNS: -1, HALF_TURN: -1}
    assert losses.tolist() == pytest.approx([expected[each] for each in flip_ids(2)], abs=0.02)


def test_equal_losses_have_no_gradient():
    policy = Policy(logits_of([start("flips", 2)]))
    with torch.no_grad():  # only what every pixel has a vote under
        policy.logits[[number for number in range(len(operations(2))) if number not in flip_ids(2)]] = -torch.inf
    before, batch = policy.logits.detach().clone(), on_the_right(1)
    for _ in range(3):
        learn_test_time(policy, torch.zeros_like, batch, torch.sigmoid, rng(), samples=10, rate=1.0)
    assert policy.rows == 30
    assert torch.equal(policy.logits, before)


def test_losses_that_are_not_finite_are_seen_in_the_policy():
    """So that the trial diverges, instead of going on with a policy that learns nothing."""
    policy = Policy(logits_of([start("flips", 2)]))
    learn_test_time(policy, lambda image: image * torch.nan, on_the_right(1), torch.sigmoid, rng(), samples=9, rate=1.0)
    assert not policy.sound


def test_grey_values_of_a_patch_change_in_units_of_its_image():
    """A shift is some share of the deviation of the whole image, which is flat where the patch is."""
    image = torch.rand(1, 1, 16, 16, generator=rng())
    shift = next(number for number, one in enumerate(operations(2)) if one.name == "shift 0.25")
    flat = torch.full((1, 1, 8, 8), 0.5)
    moved = forward(flat, torch.tensor([shift]), rng(), image) - flat
    torch.testing.assert_close(moved, torch.full_like(moved, 0.25 * image.std(correction=0).item()))


def tuned_on(batch, window=None):
    return tuned(seen_on_the_left_only, batch, window, torch.sigmoid, rng())


def test_what_helps_a_finished_network_gets_the_weight():
    found = tuned_on(on_the_right(6))
    weights = dict(zip(found.ids, found.weights, strict=True))
    assert weights.get(MIRROR_COLUMNS, 0) + weights.get(HALF_TURN, 0) > 0.8
    assert {IDENTITY, MIRROR_ROWS}.isdisjoint(found.ids) or weights[found.ids[0]] > 10 * weights.get(IDENTITY, 0)
    assert found == tuned_on(on_the_right(6))


def test_it_is_tuned_on_windows_around_foreground():
    shown = []

    def forward(image):
        shown.append(image)
        return seen_on_the_left_only(image)

    tuned(forward, on_the_right(4), (12, 12), torch.sigmoid, rng())
    assert {image.shape[2:] for image in shown} == {(12, 12)}
    assert all(image.amax(dim=(1, 2, 3)).min() > 0 for image in shown[:5])


def test_without_foreground_the_start_is_given_back():
    batch = on_the_right(4)
    empty = replace(batch, label=torch.zeros_like(batch.label))
    found = tuned_on(empty)
    assert found == most_probable(logits_of([start("flips", 2)]), 4)
    assert sorted(found.ids) == sorted(flips(2).ids)


def test_patches_are_around_foreground_and_whole_images_stay():
    batch = on_the_right(4)
    patches = foreground_patches(batch, (8, 8), rng())
    assert patches.image.shape[2:] == (8, 8)
    assert patches.label.flatten(1).any(1).all()
    assert foreground_patches(batch, None, rng()) is batch
