import pytest
import torch

from segaug.augment.layer_masks import LayerMasks, union
from segaug.errors import ConfigError


def test_every_foreground_is_kept_however_small():
    mask = torch.zeros(3, 1, 32, 48)
    mask[0, 0, 31, 47] = mask[1, 0, 13, 5] = 1
    masks = LayerMasks(mask)
    for halvings in (5, 1, 3):
        small = masks.like(torch.zeros(3, 7, 32 >> halvings, -(-48 // (1 << halvings))))
        assert set(small.unique().tolist()) <= {0, 1}
        assert small.flatten(1).sum(1).tolist() == [1, 1, 0]


def test_repeated_pooling_is_the_maximum_of_blocks():
    mask = (torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(1)) < 0.1).float()
    blocks = mask.unfold(2, 4, 4).unfold(3, 4, 4).amax((4, 5))
    assert torch.equal(LayerMasks(mask).like(torch.zeros(2, 5, 4, 4)), blocks)


def test_the_union_of_structures_is_one_binary_mask():
    label = torch.zeros(1, 2, 2, 2)
    label[0, 0, 0, 0] = label[0, 1, 1, 1] = 1
    label[0, :, 0, 1] = torch.tensor([0.3, 0.4])
    assert union(label)[0, 0].tolist() == [[1, 1], [0, 1]]


@pytest.mark.parametrize("sides", [(5, 8), (64, 64), (8, 4)])
def test_sides_that_halving_does_not_reach_are_refused(sides):
    with pytest.raises(ConfigError, match=rf"augment\.layers: a layer has {sides[0]} x {sides[1]} pixels.*32 x 32"):
        LayerMasks(torch.zeros(1, 1, 32, 32)).like(torch.zeros(1, 1, *sides))
