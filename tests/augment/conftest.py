import pytest
import torch
from torch.nn import functional as F

from segaug.batch import Batch


@pytest.fixture(autouse=True)
def _same_numbers_each_run():
    torch.manual_seed(0)


@pytest.fixture
def make_batch():
    """make_batch(rows, (H, W), structures): smooth images and discs, so that warping errors stay small and visible."""
    return _batch


def _batch(rows=4, size=(64, 48), structures=1):
    rng = torch.Generator().manual_seed(7)
    coarse = torch.rand(rows, 1, 6, 5, generator=rng)
    image = F.interpolate(coarse, size=size, mode="bicubic", align_corners=True).clamp(0, 1)
    row, column = torch.meshgrid(*(torch.linspace(-1, 1, n) for n in size), indexing="ij")
    discs = [(row**2 + (column - shift) ** 2 < 0.2).float() for shift in torch.linspace(-0.4, 0.4, structures)]
    label = torch.stack(discs)
    label = label * (label.cumsum(0) == 1)  # the first disc wins: at most one structure a pixel
    label = torch.stack([label.roll(i, dims=1) for i in range(rows)])  # another place in each row
    return Batch(image, label, torch.arange(rows), torch.ones(rows, 2), torch.zeros(rows, dtype=torch.long))
