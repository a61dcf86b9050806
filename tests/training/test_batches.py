from dataclasses import replace

import pytest
import torch

from segaug.batch import Batch
from segaug.patch import alternating
from segaug.rng import stream
from segaug.training.batches import SubsetBatches


def subset(images: int) -> Batch:
    return Batch(*torch.zeros(2, images, 1, 2, 2), torch.arange(images), torch.ones(images, 2), torch.zeros(images))


@pytest.mark.parametrize("images", [1, 2, 4, 8, 13, 16])
def test_every_epoch_shows_every_image_once(images):
    per_epoch = -(-images // 8)
    batches = list(SubsetBatches(subset(images), 8, updates=3 * per_epoch, seed=0))
    for epoch in range(3):
        seen = torch.cat([batch.index for batch in batches[epoch * per_epoch : (epoch + 1) * per_epoch]])
        assert sorted(seen.tolist()) == list(range(images))
    assert max(len(batch) for batch in batches) == min(images, 8)


def test_exactly_the_asked_number_of_updates():
    batches = SubsetBatches(subset(20), 8, updates=7, seed=0)
    assert len(batches) == len(list(batches)) == 7


def test_order_differs_between_epochs_and_seeds_and_repeats_itself():
    def orders(seed):
        return [batch.index.tolist() for batch in SubsetBatches(subset(8), 8, updates=4, seed=seed)]

    assert orders(0) == orders(0)
    assert orders(0) != orders(1)
    assert len({tuple(order) for order in orders(0)}) == 4


def test_the_order_of_an_epoch_is_that_of_its_named_stream_counted_from_zero():
    """Whoever knows the seed, the number of images and the epoch can repeat it."""
    batches = list(SubsetBatches(subset(6), 6, updates=3, seed=5))
    for epoch, batch in enumerate(batches):
        assert batch.index.tolist() == torch.randperm(6, generator=stream(5, "order", 6, epoch)).tolist()


def test_training_can_be_ended_before_any_batch_and_is_asked_before_each():
    asked = []
    batches = SubsetBatches(subset(20), 8, updates=5, seed=0, safe_point=lambda: asked.append(len(asked)))
    for done, _ in enumerate(batches, start=1):
        assert len(asked) == done
    assert len(asked) == 5


def patched(images, seed=0, updates=6, batch_size=8, image=(12, 9)):
    """Batches of patches; image i has its only pixel of foreground in row i, and the first one has none."""
    label = torch.zeros(images, 1, *image)
    label[torch.arange(images), 0, torch.arange(images), 4] = (torch.arange(images) > 0).float()
    part = replace(subset(images), image=torch.rand_like(label), label=label)
    return SubsetBatches(part, batch_size, updates, seed, patch=(3, 5))


def whole(batches):
    return SubsetBatches(batches.subset, batches.batch_size, batches.updates, batches.seed)


@pytest.mark.parametrize("images", [2, 3, 5, 8, 11])
def test_patches_change_neither_rows_nor_order(images):
    batches = patched(images)
    for batch, plain in zip(batches, whole(batches), strict=True):
        assert torch.equal(batch.index, plain.index)
        assert torch.equal(batch.image, plain.image)
        assert plain.patch is None
        assert batch.patch.size == (3, 5)


@pytest.mark.parametrize(("images", "batch_size"), [(1, 8), (3, 8), (5, 3), (8, 8), (11, 4)])
def test_foreground_and_background_take_turns_over_all_rows(images, batch_size):
    taken = [each.patch for each in patched(images, batch_size=batch_size)]
    wanted = torch.cat([patch.foreground ^ patch.missing for patch in taken])
    assert torch.equal(wanted, alternating(len(wanted)))


def test_a_row_of_foreground_shows_it_and_an_image_without_is_counted():
    batches = patched(8, updates=20)
    counted = batches.patches(12)
    shown = [batch for batch, _ in zip(batches, range(12), strict=False)]
    for batch in shown:
        for row, (i, j) in enumerate(batch.patch.first_px.tolist()):
            cut = batch.label[row, 0, i : i + 3, j : j + 5]
            assert cut.shape == (3, 5)
            assert cut.any() or not batch.patch.foreground[row]
        assert torch.equal(batch.patch.missing, batch.patch.missing & (batch.index == 0))
    assert counted.rows == sum(map(len, shown)) == 96
    assert counted.foreground == sum(int(batch.patch.foreground.sum()) for batch in shown)
    assert counted.missing == sum(int(batch.patch.missing.sum()) for batch in shown) > 0


def test_the_same_seed_gives_the_same_patches_and_each_batch_has_its_own():
    first, again, other = ([b.patch.centre for b in patched(8, seed=seed)] for seed in (0, 0, 1))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(first, other, strict=True))
    assert len({tuple(centre.flatten().tolist()) for centre in first}) == len(first)


def test_patches_do_not_depend_on_the_images_but_on_where_foreground_is():
    batches = patched(8)
    darker = SubsetBatches(replace(batches.subset, image=batches.subset.image / 2), 8, 6, 0, patch=(3, 5))
    assert all(torch.equal(a.patch.centre, b.patch.centre) for a, b in zip(batches, darker, strict=True))


def test_without_patches_none_are_counted():
    assert whole(patched(8)).patches(3) is None
