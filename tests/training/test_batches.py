import pytest
import torch

from segaug.batch import Batch
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
