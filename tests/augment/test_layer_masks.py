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


def test_a_coarse_pixel_is_ignored_where_it_shows_nothing_for_certain_and_not_all_of_it_is_known():
    nan = torch.nan
    label = torch.tensor([[[1, nan, 0, nan], [0, 0, 0, 0], [nan, nan, 0, 0], [nan, nan, 0, 0]]], dtype=torch.float)
    both = torch.cat([label, 0 * label])[None]  # of a second structure nothing is there
    masks = LayerMasks(both, ignored=True)
    halved = masks.like(torch.zeros(1, 5, 2, 2))
    torch.testing.assert_close(halved[0, 0], torch.tensor([[1, nan], [nan, 0]]), equal_nan=True)
    torch.testing.assert_close(halved[0, 1], torch.tensor([[0, nan], [nan, 0]]), equal_nan=True)
    assert masks.like(torch.zeros(1, 5, 1, 1)).flatten().tolist() == [1, 0]
    torch.testing.assert_close(union(both, ignored=True)[0], label, equal_nan=True)
