"""Counts of masks that say nothing, on cases that were made by hand."""

import torch

from segaug.metrics import MaskCounts, count_masks


def test_counts_by_hand():
    """Columns: found, missed, astray, both empty, invented, all of the image, rightly all of it."""
    whole, part, nothing = torch.ones(2, 2), torch.eye(2), torch.zeros(2, 2)
    true = torch.stack([part, part, part, nothing, nothing, part, whole])[:, None]
    predicted = torch.stack([part, nothing, 1 - part, nothing, part, whole, whole])[:, None]
    found = count_masks(predicted, true)
    assert found == MaskCounts(7, shown=(5,), missed=(1,), astray=(1,), invented=(1,), flooded=(1,))


def test_each_structure_is_counted_by_itself():
    true = torch.zeros(3, 2, 4, 4)
    true[:, 0, :2], true[0, 1, 2:] = 1, 1
    predicted = torch.zeros(3, 2, 4, 4)
    predicted[:2, 1] = 1
    found = count_masks(predicted.bool(), true)
    assert found == MaskCounts(3, shown=(3, 1), missed=(3, 0), astray=(0, 0), invented=(0, 1), flooded=(0, 2))
