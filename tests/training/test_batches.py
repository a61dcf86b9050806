import pytest
import torch

from segaug.batch import Batch
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
